"""What queues did lately and what they hold now, as plain rows: what a forecast is made from."""

from datetime import datetime
from typing import Any

from peewee import SQL, Case, Value, fn

from orderterm.store import queries
from orderterm.store.fields import utc_time
from orderterm.store.pauses import stands_still
from orderterm.store.tables import Pause, Shipment, Task, database
from orderterm.terms import STAGE_ROLES, Priority, Stage, TaskOutcome


def done_lately(
    since: datetime, now: datetime, most: int
) -> list[tuple[Stage, Priority, datetime | None, datetime, str]]:
    """What was done from ``since`` to ``now``, the newest first: stage, priority, begin, end and
    the carrier of a parcel that was tracked, else "".

    A parcel's begin is when that carrier got it; the begin is None where the task's clock stood
    still on the way.

    Args:
        since: how far to look back.
        now: until when.
        most: how many tasks at most.
    """
    waited = Pause.select(SQL("1")).where(Pause.task == Task.id)
    is_tracking = Task.stage == Stage.TRACKING
    tracked = Case(None, ((is_tracking, _of_parcel(Shipment.carrier)),), "")
    got = Case(None, ((is_tracking, _of_parcel(Shipment.shipped_at)),))
    begun = fn.COALESCE(got, Task.started_at).coerce(False)
    columns = (Task.stage, Task.priority, begun, Task.done_at, fn.EXISTS(waited), tracked)
    query = (
        Task.select(*columns)
        .where((Task.done_at >= since) & (Task.done_at <= now) & (Task.outcome == TaskOutcome.DONE))
        .order_by(Task.done_at.desc())
        .limit(most)
    )
    return [
        (stage, priority, None if stood else utc_time(begun), done, carrier or "")
        for stage, priority, begun, done, stood, carrier in queries.rows(query)
    ]


def open_in_queue(
    stage: Stage, most: int
) -> list[tuple[int, Priority, datetime, datetime, bool, str]]:
    """Task, priority, begin, due time, whether somebody has it, and the carrier of a parcel that is
    tracked, in the queue's order. A parcel's begin is when that carrier got it.

    Tasks whose clock stands still are left out: nobody works on them.
    """
    held = Task.assignee.is_null(False)
    columns = (Task.id, Task.priority, begun_at(stage), Task.due_at, held, carrier_at(stage))
    query = (
        Task.select(*columns)
        .where(_open_at(stage) & ~stands_still())
        .order_by(Task.priority, Task.due_at, Task.order)
        .limit(most)
    )
    # Read as they are kept: there may be very many.
    return [
        (key, Priority.of_rank(rank), utc_time(begun), utc_time(due), bool(held), carrier)
        for key, rank, begun, due, held, carrier in database.execute(query)
    ]


def carrier_at(stage: Stage) -> Any:
    """The carrier of the parcel that a task of ``stage`` waits for; "" where it waits for none."""
    return fn.COALESCE(_of_parcel(Shipment.carrier), "") if stage is Stage.TRACKING else Value("")


def begun_at(stage: Stage) -> Any:
    """Since when a task of ``stage`` is worked on, or its parcel's carrier has had it."""
    if stage is not Stage.TRACKING:
        return Task.started_at
    return fn.COALESCE(_of_parcel(Shipment.shipped_at), Task.started_at)


def _of_parcel(column: Any) -> Any:
    """A column of the task's first parcel that was not replaced by another."""
    of_task = (Shipment.order == Task.order) & (Shipment.round == Task.round)
    here = of_task & Shipment.replaced_at.is_null()
    return Shipment.select(column).where(here).order_by(Shipment.id).limit(1)


def standing_still() -> dict[Stage, int]:
    """How many open tasks wait for the customer or for stock, by stage."""
    query = (
        Task.select(Task.stage, fn.COUNT(Task.id.distinct()))
        .join(Pause, on=(Pause.task == Task.id))
        .where(Pause.ended_at.is_null() & Task.done_at.is_null())
        .group_by(Task.stage)
    )
    return queries.pairs(query)


def _open_at(stage: Stage) -> Any:
    return Task.done_at.is_null() & (Task.role == STAGE_ROLES[stage]) & (Task.stage == stage)
