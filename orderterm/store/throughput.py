"""What queues did lately and what they hold now, as plain rows: what a forecast is made from."""

from datetime import datetime
from typing import Any

from peewee import SQL, fn

from orderterm.store import queries
from orderterm.store.fields import utc_time
from orderterm.store.tables import Pause, Task, database
from orderterm.terms import STAGE_ROLES, Priority, Stage, TaskOutcome


def done_lately(
    since: datetime, now: datetime, most: int
) -> list[tuple[Stage, Priority, datetime | None, datetime]]:
    """Stage, priority, begin and end of what was done from ``since`` to ``now``, the newest first.

    The begin is None where the task's clock stood still on the way.

    Args:
        since: how far to look back.
        now: until when.
        most: how many tasks at most.
    """
    waited = Pause.select(SQL("1")).where(Pause.task == Task.id)
    query = (
        Task.select(Task.stage, Task.priority, Task.started_at, Task.done_at, fn.EXISTS(waited))
        .where((Task.done_at >= since) & (Task.done_at <= now) & (Task.outcome == TaskOutcome.DONE))
        .order_by(Task.done_at.desc())
        .limit(most)
    )
    return [
        (stage, priority, None if stood else begun, done)
        for stage, priority, begun, done, stood in queries.rows(query)
    ]


def open_in_queue(stage: Stage, most: int) -> list[tuple[int, Priority, datetime, bool]]:
    """Task, priority, due time and whether somebody has it, in the queue's order.

    Tasks whose clock stands still are left out: nobody works on them.
    """
    query = (
        Task.select(Task.id, Task.priority, Task.due_at, Task.assignee.is_null(False))
        .where(_open_at(stage) & ~_stands_still())
        .order_by(Task.priority, Task.due_at, Task.order)
        .limit(most)
    )
    # Read as they are kept: there may be very many.
    return [
        (key, Priority.of_rank(rank), utc_time(due), bool(held))
        for key, rank, due, held in database.execute(query)
    ]


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


def _stands_still() -> Any:
    return fn.EXISTS(
        Pause.select(SQL("1")).where((Pause.task == Task.id) & Pause.ended_at.is_null())
    )
