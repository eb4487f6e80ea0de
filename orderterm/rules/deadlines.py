"""When each stage and each exception is due, and how near that is."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from orderterm.rules.working_time import Clock, WorkingTime
from orderterm.settings import Limit, Limits
from orderterm.terms import ExceptionKind, Nature, Priority, Stage, Term

Pause = tuple[datetime, datetime | None]
"""When a clock stopped and when it ran on; None while it still stands."""

_UP_TO_SHIPPING = frozenset({Stage.REVIEW, Stage.ALLOCATION, Stage.PREPARATION, Stage.SHIPPING})


class Urgency(Term):
    """How near a due time is."""

    ON_TIME = "on_time", "正常"
    DUE_SOON = "due_soon", "临期"
    OVERDUE = "overdue", "超时"


def stage_limit(stage: Stage, priority: Priority, nature: Nature, limits: Limits) -> Limit:
    """The limit of ``stage``. Custom work takes its time, however urgent the order is."""
    if stage is Stage.PREPARATION:
        if nature is Nature.CUSTOM:
            return limits.preparation_custom
        if priority is Priority.URGENT:
            return limits.preparation_urgent
    limit: Limit = getattr(limits, stage.value)
    return limit


def stage_due(
    working_time: WorkingTime,
    limits: Limits,
    stage: Stage,
    priority: Priority,
    nature: Nature,
    started_at: datetime,
    pauses: Sequence[Pause] = (),
    ship_by: datetime | None = None,
    now: datetime | None = None,
) -> datetime:
    """When a stage is due, in UTC.

    Each pause moves the due time by as much of the limit's clock as it stopped. The channel's
    promise ``ship_by`` caps the due time of every stage up to shipping.

    Args:
        pauses: in any order, they may overlap; ``now`` ends one that is still open.

    Raises:
        OrdertermError: the calendar has too little working time.
    """
    limit = stage_limit(stage, priority, nature, limits)
    due = _due(working_time, limit, started_at, pauses, now)
    if ship_by is not None and stage in _UP_TO_SHIPPING:
        return min(due, ship_by)
    return due


def exception_limit(kind: ExceptionKind, limits: Limits) -> Limit:
    """The limit within which an exception of ``kind`` is to be resolved."""
    limit: Limit = getattr(limits, kind.value)
    return limit


def exception_due(
    kind: ExceptionKind,
    working_time: WorkingTime,
    limits: Limits,
    opened_at: datetime,
    pauses: Sequence[Pause] = (),
    now: datetime | None = None,
) -> datetime:
    """When an exception is due, in UTC; pauses as for a stage."""
    return _due(working_time, exception_limit(kind, limits), opened_at, pauses, now)


def paused(
    working_time: WorkingTime,
    pauses: Iterable[Pause],
    since: datetime,
    clock: Clock,
    now: datetime | None = None,
) -> timedelta:
    """How much of ``clock`` the pauses stopped after ``since``; overlapping ones count once."""
    total = timedelta(0)
    for start, end in sorted((start, _ended(end, now)) for start, end in pauses):
        start = max(start, since)
        if end > start:
            total += working_time.between(start, end, clock)
            since = end
    return total


def length(working_time: WorkingTime, limit: Limit, started_at: datetime) -> timedelta:
    """How much of its own clock ``limit`` grants, if begun at ``started_at``."""
    if limit.hours is not None:
        return timedelta(hours=limit.hours)
    return working_time.between(started_at, working_time.add(started_at, limit), limit.clock)


def due_soon_at(
    working_time: WorkingTime,
    started_at: datetime,
    due_at: datetime,
    limit: Limit,
    due_soon: float,
) -> datetime:
    """From when on a task is due soon: when no more than 1 - ``due_soon`` of its limit is left.

    A due time that a promise made earlier leaves less than the limit; the share is of that.
    """
    granted = working_time.between(started_at, due_at, limit.clock)
    full = min(granted, length(working_time, limit, started_at))
    unmarked = granted - full * (1 - due_soon)
    return min(due_at, working_time.advance(started_at, unmarked, limit.clock))


def latest_due_soon(
    working_time: WorkingTime, limit: Limit, now: datetime, due_soon: float
) -> datetime:
    """The latest due time that can be due soon at ``now``.

    What was begun earlier under a limit of days is due before what would be begun now.
    """
    if limit.hours is None:
        return working_time.add(now, limit)
    left = timedelta(hours=limit.hours * (1 - due_soon))
    return working_time.advance(now, left, limit.clock)


def urgency(
    working_time: WorkingTime,
    started_at: datetime,
    due_at: datetime,
    limit: Limit,
    now: datetime,
    due_soon: float,
) -> Urgency:
    """How near ``due_at`` is at ``now``; ``due_soon`` is the share of the limit, 0 to 1."""
    if now > due_at:
        return Urgency.OVERDUE
    if now >= due_soon_at(working_time, started_at, due_at, limit, due_soon):
        return Urgency.DUE_SOON
    return Urgency.ON_TIME


def _due(
    working_time: WorkingTime,
    limit: Limit,
    started_at: datetime,
    pauses: Sequence[Pause],
    now: datetime | None,
) -> datetime:
    if not pauses:
        return working_time.add(started_at, limit)
    extra = paused(working_time, pauses, started_at, limit.clock, now)
    return working_time.add(started_at, limit, extra)


def _ended(end: datetime | None, now: datetime | None) -> datetime:
    if end is not None:
        return end
    if now is None:
        raise ValueError("an open pause needs now")
    return now
