"""订单处理进度跟踪表: every stage that was finished, and every one that is open."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from msgspec import Struct, structs

from orderterm.rules.contacts import mask_text
from orderterm.rules.deadlines import Pause as Span
from orderterm.rules.deadlines import paused, stage_limit
from orderterm.rules.escalation import Ladders
from orderterm.settings import Limit, Settings
from orderterm.store import queries
from orderterm.store.people import everybody
from orderterm.store.tables import Escalation, Order, Pause, Task
from orderterm.terms import Nature, PauseReason, Priority, Role, Stage, TaskOutcome, Term
from orderterm.views.registers.days import Days, in_parts
from orderterm.views.staff import all_names
from orderterm.views.times import clocks, local

_SUBJECT = "task:"
_ZERO = timedelta(0)


class Colour(Term):
    """How a stage stands, with a word for those who see no colours."""

    GREEN = "green", "绿·完成", "green: done"
    YELLOW = "yellow", "黄·进行中", "yellow: in progress"
    RED = "red", "红·超时", "red: overdue"


class ProgressRow(Struct, frozen=True):
    """A stage of an order.

    ``took`` and ``late_by`` are on the clock of ``limit``, and ``took`` without what it stood
    still, which is ``paused``. ``risen_to`` are the names of those who heard of it last. ``waits``
    is why its clock stands still.
    """

    number: str
    priority: Priority
    stage: Stage
    role: Role
    person: str
    started_at: datetime
    limit: Limit
    due_at: datetime
    done_at: datetime | None
    took: timedelta
    paused: timedelta
    late_by: timedelta | None
    risen_to: tuple[str, ...]
    risen_at: datetime | None
    reason: str
    outcome: TaskOutcome | None
    waits: PauseReason | None

    @property
    def colour(self) -> Colour | None:
        """Red where it is or was late, yellow while it is open; None where it was taken back."""
        if self.outcome in (TaskOutcome.WITHDRAWN, TaskOutcome.UNDONE):
            return None
        if self.late_by is not None:
            return Colour.RED
        return Colour.YELLOW if self.outcome is None else Colour.GREEN


class _Context(Struct, frozen=True):
    settings: Settings
    now: datetime
    names: dict[str, str]
    ladders: Ladders


def progress(days: Days, settings: Settings, now: datetime) -> Iterator[ProgressRow]:
    """The stages that ended in ``days``, as they ended; then those that are open and had begun by
    the last of them, as queues sort. Within the caller's reading.
    """
    start, end = days.span(settings.site.zone)
    made = partial(_rows, context=_Context(settings, now, all_names(), Ladders(everybody())))
    ended = Task.done_at.is_null(False) & (Task.done_at >= start) & (Task.done_at < end)
    yield from in_parts(_tasks().where(ended).order_by(Task.done_at), made)
    begun = Task.done_at.is_null() & (Task.started_at < end)
    queue = (Task.role, Task.priority, Task.due_at, Task.order)
    yield from in_parts(_tasks().where(begun).order_by(*queue), made)


def masked(row: ProgressRow) -> ProgressRow:
    """The row for those who only watch."""
    return structs.replace(row, reason=mask_text(row.reason))


def _tasks() -> Any:
    return Task.select(
        Task.id,
        Order.number,
        Order.nature,
        Task.priority,
        Task.stage,
        Task.role,
        Task.assignee,
        Task.done_by,
        Task.started_at,
        Task.due_at,
        Task.done_at,
        Task.overdue_reason,
        Task.outcome,
    ).join(Order)


def _rows(found: Sequence[tuple[Any, ...]], context: _Context) -> Iterator[ProgressRow]:
    keys = [row[0] for row in found]
    spans, risen = _pauses(keys), _escalations(keys)
    for row in found:
        key = row[0]
        yield _row(row[1:], spans.get(key, ()), risen.get(key), context)


def _row(
    values: tuple[Any, ...],
    pauses: Iterable[tuple[PauseReason, datetime, datetime | None]],
    risen: tuple[int, datetime] | None,
    context: _Context,
) -> ProgressRow:
    number, nature, priority, stage, role, assignee, done_by, *times, reason, outcome = values
    started_at, due_at, done_at = times
    zone, badge = context.settings.site.zone, assignee or done_by
    waits = next((why for why, _, ended in pauses if ended is None), None)
    limit = _limit(stage, priority, nature, context.settings)
    spans = [(began, ended) for _, began, ended in pauses]
    took, stood = _lengths(started_at, done_at or context.now, spans, limit, context)
    return ProgressRow(
        number=number,
        priority=priority,
        stage=stage,
        role=role,
        person=context.names.get(badge, badge or ""),
        started_at=local(started_at, zone),
        limit=limit,
        due_at=local(due_at, zone),
        done_at=local(done_at, zone),
        took=took,
        paused=stood,
        late_by=None if waits else _late_by(due_at, done_at or context.now, limit, context),
        risen_to=_risen_to(risen, assignee, role, context),
        risen_at=local(risen[1], zone) if risen else None,
        reason=reason or "",
        outcome=outcome,
        waits=waits,
    )


def _limit(stage: Stage, priority: Priority, nature: Nature, settings: Settings) -> Limit:
    return stage_limit(stage, priority, nature, settings.limits)


def _lengths(
    start: datetime, end: datetime, spans: list[Span], limit: Limit, context: _Context
) -> tuple[timedelta, timedelta]:
    """How long it took without its pauses, and how long it stood still."""
    clock = clocks(context.settings)
    stood = paused(clock, spans, start, limit.clock, end)
    return max(_ZERO, clock.between(start, end, limit.clock) - stood), stood


def _late_by(due: datetime, end: datetime, limit: Limit, context: _Context) -> timedelta | None:
    if end <= due:
        return None
    return clocks(context.settings).between(due, end, limit.clock)


def _risen_to(
    risen: tuple[int, datetime] | None, assignee: str | None, role: Role, context: _Context
) -> tuple[str, ...]:
    told = context.ladders.told(assignee, role, risen[0]) if risen else ()
    return tuple(context.names[badge] for badge in told)


def _pauses(keys: Sequence[int]) -> dict[int, list[tuple[PauseReason, datetime, datetime | None]]]:
    query = (
        Pause.select(Pause.task, Pause.reason, Pause.started_at, Pause.ended_at)
        .where(Pause.task.in_(keys))
        .order_by(Pause.id)
    )
    found: dict[int, list[tuple[PauseReason, datetime, datetime | None]]] = {}
    for key, *span in queries.rows(query):
        found.setdefault(key, []).append((span[0], span[1], span[2]))
    return found


def _escalations(keys: Sequence[int]) -> Mapping[int, tuple[int, datetime]]:
    """The level each task rose to last, and when; those that are only due soon have none."""
    query = (
        Escalation.select(Escalation.subject, Escalation.level, Escalation.raised_at)
        .where(
            Escalation.subject.in_([f"{_SUBJECT}{key}" for key in keys]) & (Escalation.level > 0)
        )
        .order_by(Escalation.subject, Escalation.level)
    )
    rows = queries.rows(query)
    return {int(about[len(_SUBJECT) :]): (level, at) for about, level, at in rows}
