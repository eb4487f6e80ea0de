"""Who hears of overdue work: one rung further up the ladder for each further part of the limit."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from orderterm.rules import deadlines
from orderterm.rules.working_time import WorkingTime
from orderterm.settings import Limit

_TICK = timedelta(milliseconds=1)
"""The least time that the record tells apart."""
_LEAST_RUNG = timedelta(seconds=1)


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
    return 1 + overdue_for // _rung(length, step)


def _rung(length: timedelta, step: float) -> timedelta:
    return max(length * step, _LEAST_RUNG)


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


class Climb(NamedTuple):
    """One piece of work on its way up: its span, its limit, and the site's settings for both.

    ``due_soon`` and ``step`` are parts of the limit, ``patience`` is how long a level may stay
    without anybody's having read of it.
    """

    working_time: WorkingTime
    started_at: datetime
    due_at: datetime
    limit: Limit
    due_soon: float
    step: float
    patience: timedelta

    def level(self, now: datetime) -> int:
        """The level that time alone has brought it to: 0 until it is overdue."""
        return level_at(
            self.working_time, self.started_at, _down(self.due_at), self.limit, now, self.step
        )

    def reached_at(self, level: int) -> datetime:
        """The first moment on record at which it is at ``level``; level 0 is due soon."""
        due = _down(self.due_at)
        if level > 0:
            return self._overdue_at(due, level)
        times = (self.started_at, due, self.limit, self.due_soon)
        return _up(deadlines.due_soon_at(self.working_time, *times))

    def _overdue_at(self, due: datetime, level: int) -> datetime:
        if level == 1:
            return due + _TICK
        length = deadlines.length(self.working_time, self.limit, self.started_at)
        above = (level - 1) * _rung(length, self.step)
        return max(due + _TICK, _up(self.working_time.advance(due, above, self.limit.clock)))

    def next_at(
        self, raised: int | None, *, warns: bool, unread_since: datetime | None = None
    ) -> datetime:
        """When the clock next has something to say.

        What nobody reads climbs before its time, but only while the work is overdue: it may have
        been given longer since.

        Args:
            raised: the last level that was raised; None for none.
            warns: whether somebody is there to be told that it is due soon.
            unread_since: since when nobody has read of level ``raised``; None where somebody has.
        """
        if raised is None:
            return self.reached_at(0 if warns else 1)
        following = self.reached_at(raised + 1)
        if raised == 0 or unread_since is None:
            return following
        return min(following, max(unread_since + self.patience, self.reached_at(1)))


def _down(moment: datetime) -> datetime:
    """To the millisecond, as the record keeps it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _up(moment: datetime) -> datetime:
    down = _down(moment)
    return down if down == moment else down + _TICK


def rungs(
    badge: str | None,
    chiefs: Collection[str],
    superior_of: Mapping[str, str | None],
    gone: Collection[str],
) -> tuple[tuple[str, ...], ...]:
    """Who hears of overdue work at level 1, at level 2, and so on to the top.

    Args:
        badge: who has the work in hand; None for nobody.
        chiefs: the managers who hear of it where nobody is above ``badge``.
        superior_of: each person's superior.
        gone: who no longer works here, and is passed over.
    """
    own = ladder(badge, superior_of, gone) if badge else []
    if own:
        return tuple((above,) for above in own)
    ladders = [ladder(chief, superior_of, gone) for chief in sorted(chiefs)]
    told: set[str] = set()
    found: list[tuple[str, ...]] = []
    for rung in (tuple(sorted(chiefs)), *zip_longest(*ladders)):
        fresh = tuple(dict.fromkeys(one for one in rung if one and one not in told))
        told.update(fresh)
        if fresh:
            found.append(fresh)
    return tuple(found)


def ladder(badge: str, superior_of: Mapping[str, str | None], gone: Collection[str]) -> list[str]:
    """The superiors of ``badge`` who still work here, nearest first."""
    return [above for above in superiors(badge, superior_of) if above not in gone]


def superiors(badge: str, superior_of: Mapping[str, str | None]) -> tuple[str, ...]:
    """The ladder above ``badge``, nearest first; a circle ends before it closes."""
    found: list[str] = []
    above = superior_of.get(badge)
    while above and above != badge and above not in found:
        found.append(above)
        above = superior_of.get(above)
    return tuple(found)


def superior_at(badge: str, superior_of: Mapping[str, str | None], level: int) -> str | None:
    """The superior on rung ``level`` above ``badge``, at most the top one; None if alone."""
    found = superiors(badge, superior_of)
    return found[min(level, len(found)) - 1] if found and level > 0 else None
