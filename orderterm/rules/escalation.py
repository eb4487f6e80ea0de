"""Who hears of overdue work: one rung further up the ladder for each further part of the limit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from orderterm.rules import deadlines
from orderterm.rules.working_time import WorkingTime
from orderterm.settings import Limit
from orderterm.terms import Role

Rungs = tuple[tuple[str, ...], ...]
"""The badges of each rung of a ladder, the nearest first."""

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


class Climb(NamedTuple):
    """One piece of work on its way up: its span, its limit, and the site's settings for both.

    ``due_soon`` and ``step`` are parts of the limit, ``patience`` is how long, on the limit's
    clock, a level may stay without anybody's having read of it.
    """

    working_time: WorkingTime
    started_at: datetime
    due_at: datetime
    limit: Limit
    due_soon: float
    step: float
    patience: timedelta

    def level(self, now: datetime) -> int:
        """The level that time alone has brought it to: 1 as soon as it is overdue, also off
        hours."""
        due = _down(self.due_at)
        if now <= due:
            return 0
        overdue_for = self.working_time.between(due, now, self.limit.clock)
        return max(1, level(overdue_for, self._length(), self.step))

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
        above = (level - 1) * _rung(self._length(), self.step)
        return max(due + _TICK, _up(self.working_time.advance(due, above, self.limit.clock)))

    def _length(self) -> timedelta:
        return deadlines.length(self.working_time, self.limit, self.started_at)

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
        return min(following, max(self.patient_until(unread_since), self.reached_at(1)))

    def patient_until(self, unread_since: datetime) -> datetime:
        """When a level climbs that nobody has read of; nobody is there to read it off hours."""
        clock = self.limit.clock
        return _up(self.working_time.advance(unread_since, self.patience, clock))


def _down(moment: datetime) -> datetime:
    """To the millisecond, as the record keeps it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _up(moment: datetime) -> datetime:
    down = _down(moment)
    return down if down == moment else down + _TICK


class Ladders:
    """Who hears of overdue work, rung by rung, by the staff as it is: whoever tells of overdue
    work, and whoever shows to whom it has gone up, asks here.

    Args:
        staff: of everybody the badge, the roles, the superior's badge, and whether they are gone.
            Who no longer works here is passed over.
    """

    def __init__(self, staff: Iterable[tuple[str, Sequence[Role], str | None, bool]]) -> None:
        people = list(staff)
        superior_of = {badge: superior for badge, _, superior, _ in people}
        here = {badge: roles for badge, roles, _, is_gone in people if not is_gone}
        self._managers = {badge: roles for badge, roles in here.items() if Role.MANAGER in roles}
        self._above = {
            badge: [one for one in superiors(badge, superior_of) if one in here]
            for badge in superior_of
        }

    def rungs(self, badge: str | None, role: Role) -> Rungs:
        """The badges that hear of work of ``role`` at level 1, at level 2, and so on to the top.

        Args:
            badge: who has it in hand; None for nobody.
            role: whose work it is: where nobody is above ``badge``, the managers who have the role
                themselves hear of it, and where there is none all managers; then those above them.
        """
        own = self._above.get(badge) if badge else None
        return tuple((above,) for above in own) if own else self._from_managers(role)

    def told(self, badge: str | None, role: Role, level: int) -> tuple[str, ...]:
        """Who has heard of work last that has risen to ``level``: nobody where that is 0."""
        rungs = self.rungs(badge, role)
        return rungs[min(level, len(rungs)) - 1] if rungs and level > 0 else ()

    def below(self, reader: str, role: Role) -> dict[str | None, int]:
        """Whose overdue work of ``role`` goes up to ``reader``, and at which level; None is
        nobody's."""
        found: dict[str | None, int] = {
            badge: above.index(reader) + 1
            for badge, above in self._above.items()
            if reader in above
        }
        for level, rung in enumerate(self._from_managers(role), start=1):
            if reader in rung:
                alone = [badge for badge, above in self._above.items() if not above]
                found |= dict.fromkeys([None, *alone], level)
        return found

    def _from_managers(self, role: Role) -> Rungs:
        """Nobody hears of the same work on two rungs."""
        own = [badge for badge, roles in self._managers.items() if role in roles]
        chiefs = sorted(own or self._managers)
        told: set[str] = set()
        found: list[tuple[str, ...]] = []
        for rung in (chiefs, *zip_longest(*(self._above[chief] for chief in chiefs))):
            fresh = tuple(dict.fromkeys(one for one in rung if one and one not in told))
            told.update(fresh)
            if fresh:
                found.append(fresh)
        return tuple(found)


def superiors(badge: str, superior_of: Mapping[str, str | None]) -> tuple[str, ...]:
    """The ladder above ``badge``, nearest first; a circle ends before it closes."""
    found: list[str] = []
    above = superior_of.get(badge)
    while above and above != badge and above not in found:
        found.append(above)
        above = superior_of.get(above)
    return tuple(found)
