"""Overdue work that has risen to somebody: by the ladder of superiors, a rung for each level."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import structs

from orderterm.rules.deadlines import exception_limit, stage_limit
from orderterm.rules.escalation import ladder, level_at
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Staff
from orderterm.terms import Role
from orderterm.views import queue
from orderterm.views.openwork import Wanted
from orderterm.views.staff import Signed
from orderterm.views.times import clocks
from orderterm.views.work import Work

MOST_LOOKED_AT = 2_000
"""How much overdue work is looked at, as queues sort."""
_PART = 500


def level(work: Work, settings: Settings, now: datetime) -> int:
    """The rung to which open work has risen at ``now``: 0 while it is not overdue."""
    if work.due_at is None or work.started_at is None or work.paused:
        return 0
    if work.exception is not None:
        limit = exception_limit(work.exception, settings.limits)
    elif work.stage is not None:
        limit = stage_limit(work.stage, work.priority, work.nature, settings.limits)
    else:
        return 0
    times = (work.started_at, work.due_at, limit, now, settings.escalation.step)
    return level_at(clocks(settings), *times)


def escalated(
    reader: Signed, wanted: Wanted, settings: Settings, now: datetime, limit: int = 200
) -> list[Work]:
    """The overdue work that has risen to ``reader``, as queues sort.

    What is in nobody's hands, an exception, and the work of somebody with nobody above go to the
    managers at once.

    Args:
        reader: who is told.
        wanted: which of the overdue work.
        settings: the home's settings.
        now: the time.
        limit: how many rows at most.
    """
    wanted = structs.replace(wanted, overdue=True)
    rungs = _rungs(reader)
    found: list[Work] = []
    looked_at, after = 0, None
    while len(found) < limit and looked_at < MOST_LOOKED_AT:
        part = queue.page(wanted, settings, now, after=after, count=_PART)
        found += [work for work in part if _has_risen(work, rungs, settings, now)]
        if len(part) < _PART:
            break
        looked_at, after = looked_at + len(part), part[-1].place
    return found[:limit]


def _has_risen(
    work: Work, rungs: Mapping[str | None, int], settings: Settings, now: datetime
) -> bool:
    rung = rungs.get(work.assignee)
    return rung is not None and level(work, settings, now) >= rung


def _rungs(reader: Signed) -> dict[str | None, int]:
    """Whose overdue work goes up to ``reader``, and from which level on; None is nobody's."""
    with snapshot():
        people = queries.rows(Staff.select(Staff.badge, Staff.superior, Staff.disabled_at))
    superior_of = {badge: superior for badge, superior, _ in people}
    gone = {badge for badge, _, disabled_at in people if disabled_at is not None}
    is_manager = Role.MANAGER in reader.roles
    found: dict[str | None, int] = {None: 1} if is_manager else {}
    for badge in superior_of:
        above = ladder(badge, superior_of, gone)
        if reader.badge in above:
            found[badge] = above.index(reader.badge) + 1
        elif not above and is_manager:
            found[badge] = 1
    return found
