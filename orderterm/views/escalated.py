"""Overdue work that has risen to somebody: what the ladder has told them of, and is late still."""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from msgspec import structs

from orderterm.rules.escalation import Ladders
from orderterm.settings import Settings
from orderterm.store.connection import snapshot
from orderterm.store.people import everybody
from orderterm.store.tables import OrderException, Task
from orderterm.views.openwork import (
    Found,
    Wanted,
    exception_columns,
    exception_roles,
    found_exceptions,
    found_tasks,
    open_exceptions,
    open_tasks,
    task_columns,
    task_roles,
)
from orderterm.views.staff import Signed
from orderterm.views.work import Work, works


def escalated(
    reader: Signed, wanted: Wanted, settings: Settings, now: datetime, limit: int = 200
) -> list[Work]:
    """The overdue work that has risen to ``reader``, as queues sort.

    Args:
        reader: who is told.
        wanted: which of the overdue work.
        settings: the home's settings.
        now: the time.
        limit: how many rows at most.
    """
    wanted = structs.replace(wanted, overdue=True)
    with snapshot():
        ladders = Ladders(everybody())
        found: list[Found] = []
        for role in task_roles(wanted):
            if below := ladders.below(reader.badge, role):
                tasks = open_tasks(wanted, role, now, *task_columns()).where(_risen(below))
                found += found_tasks(_first(tasks, Task, limit))
        for role in exception_roles(wanted):
            if level := ladders.below(reader.badge, role).get(None):
                own = OrderException.alert_level >= level
                troubles = open_exceptions(wanted, role, now, *exception_columns()).where(own)
                found += found_exceptions(_first(troubles, OrderException, limit))
        found.sort(key=lambda one: one.place)
        return works(found[:limit], settings, now)


def _risen(below: Mapping[str | None, int]) -> Any:
    """Whether a task has risen to the level at which it is told of, by who has it in hand."""
    badges: dict[int, list[str]] = {}
    for badge, level in below.items():
        if badge is not None:
            badges.setdefault(level, []).append(badge)
    own = [Task.assignee.in_(some) & (Task.alert_level >= least) for least, some in badges.items()]
    if None in below:
        own.append(Task.assignee.is_null() & (Task.alert_level >= below[None]))
    return reduce(or_, own)


def _first(query: Any, table: Any, limit: int) -> Any:
    return query.order_by(table.priority, table.due_at, table.order).limit(limit)
