"""What a queue screen reads: its open work a page at a time, sorted by priority, due time and
receipt, and counted.

A page begins after a row or ends before one, by that row's place, so that the tenth page costs what
the first one does, however many orders there are.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import Tuple

from orderterm.settings import Settings
from orderterm.store.connection import snapshot
from orderterm.store.fields import utc_text
from orderterm.store.tables import OrderException, Task
from orderterm.terms import ExceptionKind, Stage
from orderterm.views.counts import CAP, Counts, counts
from orderterm.views.openwork import (
    Found,
    Place,
    Wanted,
    by_keys,
    exception_columns,
    exception_roles,
    found_exceptions,
    found_tasks,
    open_exceptions,
    open_tasks,
    task_columns,
    task_roles,
)
from orderterm.views.work import Work, works

__all__ = ["CAP", "Counts", "Place", "Wanted", "Work", "again", "counts", "last", "page"]

_AT_ONE_PLACE = len(Stage) + len(ExceptionKind)
"""How many rows of one order may stand at one place but for their keys, which no index knows."""


def page(
    wanted: Wanted,
    settings: Settings,
    now: datetime,
    *,
    after: Place | None = None,
    before: Place | None = None,
    count: int = 100,
) -> list[Work]:
    """A page of the queue, in its order.

    Args:
        wanted: which work.
        settings: the home's settings.
        now: the time, for what is overdue or due soon.
        after: the page is the ``count`` rows that follow this place.
        before: it is the ``count`` rows that come just before this place; without either it is
            the first page.
        count: how many rows at most.
    """
    with snapshot():
        if before is not None:
            found = _stretch(wanted, now, before, count, forward=False)
        else:
            found = _stretch(wanted, now, after, count, forward=True)
        return works(found, settings, now)


def last(wanted: Wanted, settings: Settings, now: datetime, count: int = 100) -> list[Work]:
    """The last page of the queue, in its order."""
    with snapshot():
        return works(_stretch(wanted, now, None, count, forward=False), settings, now)


def again(keys: Iterable[str], settings: Settings, now: datetime) -> dict[str, Work]:
    """The rows of ``keys`` as they are now, by key; without those that are open work no more."""
    with snapshot():
        return {work.key: work for work in works(by_keys(keys), settings, now)}


def _stretch(
    wanted: Wanted, now: datetime, place: Place | None, count: int, *, forward: bool
) -> list[Found]:
    """The rows beyond ``place``, nearest first from the queue's beginning or from its end."""
    found: list[Found] = []
    for role in task_roles(wanted):
        tasks = open_tasks(wanted, role, now, *task_columns())
        found += found_tasks(_beyond(tasks, Task, place, count, forward))
    for role in exception_roles(wanted):
        troubles = open_exceptions(wanted, role, now, *exception_columns())
        found += found_exceptions(_beyond(troubles, OrderException, place, count, forward))
    found.sort(key=lambda one: one.place)
    if forward:
        return [one for one in found if place is None or one.place > place][:count]
    return [one for one in found if place is None or one.place < place][-count:]


def _beyond(query: Any, table: Any, place: Place | None, count: int, forward: bool) -> Any:
    """The rows of one role at ``place`` and beyond it, in the order of the role's index."""
    columns = (table.priority, table.due_at, table.order)
    if place is not None:
        rank, due, order, _ = place
        there = Tuple(*columns)
        here = (rank, utc_text(due), order)
        query = query.where(there >= here if forward else there <= here)
    ordered = columns if forward else tuple(column.desc() for column in columns)
    return query.order_by(*ordered).limit(count + _AT_ONE_PLACE)
