"""Who hears of overdue work: one rung further up the ladder for each further part of the limit."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from orderterm.rules import deadlines
from orderterm.rules.working_time import WorkingTime
from orderterm.settings import Limit


def level(overdue_for: timedelta, length: timedelta, step: float) -> int:
    """The rung to which overdue work has risen.

    Args:
        overdue_for: how long it is overdue, on its limit's clock.
        length: the whole limit, on the same clock.
        step: the part of the limit that makes one level.

    Returns:
        0 for work that is not overdue, else 1 and one more for each whole ``step`` of the limit.
    """
    if overdue_for <= timedelta(0):
        return 0
    return 1 + overdue_for // max(length * step, timedelta(seconds=1))


def level_at(
    working_time: WorkingTime,
    started_at: datetime,
    due_at: datetime,
    limit: Limit,
    now: datetime,
    step: float,
) -> int:
    """The rung to which a task has risen at ``now``: 1 as soon as it is overdue, also off hours."""
    if now <= due_at:
        return 0
    overdue_for = working_time.between(due_at, now, limit.clock)
    length = deadlines.length(working_time, limit, started_at)
    return max(1, level(overdue_for, length, step))


def superiors(badge: str, superior_of: Mapping[str, str | None]) -> tuple[str, ...]:
    """The ladder above ``badge``, nearest first; a circle ends before it closes."""
    ladder: list[str] = []
    above = superior_of.get(badge)
    while above and above != badge and above not in ladder:
        ladder.append(above)
        above = superior_of.get(above)
    return tuple(ladder)


def superior_at(badge: str, superior_of: Mapping[str, str | None], level: int) -> str | None:
    """The superior on rung ``level`` above ``badge``, at most the top one; None if alone."""
    ladder = superiors(badge, superior_of)
    return ladder[min(level, len(ladder)) - 1] if ladder and level > 0 else None
