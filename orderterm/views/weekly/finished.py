"""The tasks that were finished in a week, each with the time it took."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from orderterm.rules.deadlines import Pause as Span
from orderterm.rules.deadlines import paused, stage_limit
from orderterm.rules.weeks import Week
from orderterm.rules.working_time import Clock
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.causes import finished_in
from orderterm.store.tables import Order, Pause, Task
from orderterm.terms import Nature, Priority, Stage
from orderterm.views.times import clocks


class Finished(Struct, frozen=True):
    """A task that is done.

    ``spent`` is what it took on the clock of its limit, ``elapsed`` what it took on the wall's;
    neither counts the time in which it was paused. ``reason`` is why it was late, as a code.
    """

    stage: Stage
    started_at: datetime
    done_at: datetime
    done_by: str
    late: bool
    reason: str
    spent: timedelta
    elapsed: timedelta


def finished(week: Week, settings: Settings) -> list[Finished]:
    """The tasks that were finished in a week, within the caller's reading."""
    done = finished_in(week.start, week.end)
    query = Task.select(
        Task.id,
        Task.stage,
        Task.priority,
        Order.nature,
        Task.started_at,
        Task.due_at,
        Task.done_at,
        Task.done_by,
        Task.overdue_reason,
    )
    rows = queries.rows(query.join(Order).where(done).order_by(Task.done_at))
    stood = _pauses(done)
    return [_finished(row, stood.get(row[0], []), settings) for row in rows]


def _pauses(done: Any) -> dict[int, list[Span]]:
    query = Pause.select(Pause.task, Pause.started_at, Pause.ended_at).join(Task).where(done)
    found: dict[int, list[Span]] = {}
    for task, started, ended in queries.rows(query):
        found.setdefault(task, []).append((started, ended))
    return found


def _finished(row: tuple[Any, ...], pauses: list[Span], settings: Settings) -> Finished:
    _, stage, priority, nature, started, due, done, by, reason = row
    clock = _clock(stage, priority, nature, settings)
    return Finished(
        stage=stage,
        started_at=started,
        done_at=done,
        done_by=by or "",
        late=done > due,
        reason=(reason or "").partition(":")[0],
        spent=_took(started, done, pauses, clock, settings),
        elapsed=_took(started, done, pauses, "elapsed", settings),
    )


def _clock(stage: Stage, priority: Priority, nature: Nature, settings: Settings) -> Clock:
    return stage_limit(stage, priority, nature, settings.limits).clock


def _took(
    started: datetime, done: datetime, pauses: list[Span], clock: Clock, settings: Settings
) -> timedelta:
    time = clocks(settings)
    took = time.between(started, done, clock)
    if not pauses:
        return took
    return max(took - paused(time, pauses, started, clock, done), timedelta(0))
