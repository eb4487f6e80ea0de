"""How much open work there is, and how much of it presses; no count goes past ``CAP``."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from msgspec import Struct
from peewee import SQL, fn

from orderterm.rules.deadlines import (
    due_soon_at,
    exception_limit,
    latest_due_soon,
    stage_limit,
)
from orderterm.settings import Limit, Settings
from orderterm.store.connection import snapshot
from orderterm.store.fields import utc_text, utc_time
from orderterm.store.pauses import stands_still
from orderterm.store.tables import Order, OrderException, Task, database
from orderterm.terms import (
    EXCEPTION_ROLES,
    STAGE_ROLES,
    ExceptionKind,
    Nature,
    Priority,
    Stage,
)
from orderterm.views.openwork import (
    Wanted,
    exception_roles,
    held,
    of_order,
    open_exceptions,
    open_tasks,
    task_roles,
)
from orderterm.views.times import clocks

Sort = tuple[str, int]
"""What limits go by, as it is kept: a stage or a kind of exception, and the priority's rank."""
CAP = 9999
"""Where counting ends: more is as much as this to whoever reads it."""


class Counts(Struct, frozen=True):
    """Open work, and what of it is due soon or overdue; each at most ``CAP``."""

    open: int
    due_soon: int
    overdue: int


def counts(wanted: Wanted, settings: Settings, now: datetime) -> Counts:
    """Count the open work that is wanted, all at the same moment."""
    with snapshot():
        return Counts(
            open=_capped(_all(wanted, now)),
            due_soon=_length(_due_soon(wanted, settings, now)),
            overdue=_capped(_late(wanted, now)),
        )


def _capped(found: Iterable[Any]) -> int:
    total = 0
    for query in found:
        limited = query.limit(CAP - total)
        total += limited.select_from(fn.COUNT(SQL("1"))).scalar() or 0
        if total >= CAP:
            break
    return total


def _length(found: Iterator[Any]) -> int:
    return sum(1 for _ in islice(found, CAP))


def _all(wanted: Wanted, now: datetime) -> Iterator[Any]:
    for role in task_roles(wanted):
        yield open_tasks(wanted, role, now, Task.id)
    for role in exception_roles(wanted):
        yield open_exceptions(wanted, role, now, OrderException.id)


def _late(wanted: Wanted, now: datetime) -> Iterator[Any]:
    for role in task_roles(wanted):
        query = open_tasks(wanted, role, now, Task.id).where((Task.due_at < now) & ~stands_still())
        yield _of_every_priority(query, Task)
    for role in exception_roles(wanted):
        query = open_exceptions(wanted, role, now, OrderException.id)
        query = query.where((OrderException.due_at < now) & ~held())
        yield _of_every_priority(query, OrderException)


def _of_every_priority(query: Any, table: Any) -> Any:
    """Each priority named, so that the index leads to the due times of each."""
    return query.where(table.priority.in_(list(Priority)))


def _due_soon(wanted: Wanted, settings: Settings, now: datetime) -> Iterator[Any]:
    """The work that is due soon, out of what is due within the longest such time."""
    for role in task_roles(wanted):
        stages = [stage for stage in wanted.stages or Stage if STAGE_ROLES[stage] is role]
        by_limits = _natures_by_limits(stages, settings)
        for limits, natures in by_limits.items():
            columns = (Task.stage, Task.priority, Task.started_at, Task.due_at)
            query = open_tasks(wanted, role, now, *columns).where(~stands_still())
            if len(by_limits) > 1:
                query = query.where(of_order(Task, Order.nature.in_(natures)))
            yield from _pressing(query, Task, dict(limits), settings, now)
    for role in exception_roles(wanted):
        own = OrderException
        columns = (own.kind, own.priority, own.opened_at, own.due_at)
        query = open_exceptions(wanted, role, now, *columns).where(~held())
        kinds = [kind for kind in wanted.kinds or ExceptionKind if EXCEPTION_ROLES[kind] is role]
        kind_limits = {
            (kind.value, priority.rank): exception_limit(kind, settings.limits)
            for kind in kinds
            for priority in Priority
        }
        yield from _pressing(query, own, kind_limits, settings, now)


def _natures_by_limits(
    stages: list[Stage], settings: Settings
) -> dict[tuple[tuple[Sort, Limit], ...], list[Nature]]:
    """The natures that have the same limits: few have long ones, and need not hold up the rest."""
    found: dict[tuple[tuple[Sort, Limit], ...], list[Nature]] = defaultdict(list)
    for nature in Nature:
        limits = (
            ((stage.value, priority.rank), stage_limit(stage, priority, nature, settings.limits))
            for stage in stages
            for priority in Priority
        )
        found[tuple(limits)].append(nature)
    return found


def _pressing(
    query: Any, table: Any, limits: dict[Sort, Limit], settings: Settings, now: datetime
) -> Iterator[Any]:
    """The rows of ``query`` (stage or kind, priority, start, due time) that are due soon."""
    site, share = clocks(settings), settings.escalation.due_soon
    untils = {
        limit: utc_text(latest_due_soon(site, limit, now, share)) for limit in {*limits.values()}
    }
    near = (table.due_at >= now) & (table.due_at <= max(untils.values()))
    # Read as they are kept, because there may be thousands and most of them are far from due.
    for sort, rank, started, due in database.execute(_of_every_priority(query.where(near), table)):
        limit = limits[sort, rank]
        if due <= untils[limit] and now >= due_soon_at(
            site, utc_time(started), utc_time(due), limit, share
        ):
            yield due
