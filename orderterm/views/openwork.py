"""Open work as its tables keep it: the tasks and exceptions that a queue asks for, and where each
of them stands in it.

What is asked of the order itself is asked in subqueries, so that the work's own partial index
leads and ended orders cost nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from peewee import SQL, fn

from orderterm.store import queries
from orderterm.store.pauses import stands_still
from orderterm.store.tables import Order, OrderException, Task
from orderterm.terms import (
    EXCEPTION_ROLES,
    STAGE_ROLES,
    ExceptionKind,
    Priority,
    Role,
    Stage,
)
from orderterm.views.orders import STAGE_RANKS, excepted

Place = tuple[int, datetime, int, str]
"""Where a row stands: priority rank, due time in UTC, order id, key. An order without open work
stands at its receipt."""


class Wanted(Struct, frozen=True):
    """Which open work is wanted; an empty tuple and None are any.

    ``excepted`` asks for the work of orders with an open exception, ``mine`` for the tasks of the
    person with that badge.
    """

    roles: tuple[Role, ...] = ()
    stages: tuple[Stage, ...] = ()
    kinds: tuple[ExceptionKind, ...] = ()
    tasks: bool = True
    exceptions: bool = True
    channel: str | None = None
    priority: Priority | None = None
    overdue: bool = False
    excepted: bool = False
    mine: str | None = None


class Found(Struct, frozen=True):
    """Open work that was found, or an order without any, which has no ``role``.

    ``level`` is the last rung of the ladder that was told of it, 0 for none; ``detail`` is an
    exception's, as JSON.
    """

    place: Place
    started_at: datetime | None = None
    role: Role | None = None
    stage: Stage | None = None
    exception: ExceptionKind | None = None
    assignee: str | None = None
    paused: bool = False
    level: int = 0
    detail: str = "{}"

    @property
    def order(self) -> int:
        return self.place[2]

    @property
    def key(self) -> str:
        return self.place[3]

    @property
    def due_at(self) -> datetime | None:
        return None if self.role is None else self.place[1]


def task_roles(wanted: Wanted) -> list[Role]:
    """The roles with tasks that are wanted; asked one by one, as the index has each in order."""
    if not wanted.tasks:
        return []
    return _among({STAGE_ROLES[stage] for stage in wanted.stages or Stage}, wanted)


def exception_roles(wanted: Wanted) -> list[Role]:
    """The roles with exceptions that are wanted; nobody is assigned to an exception."""
    if not wanted.exceptions or wanted.mine is not None:
        return []
    return _among({EXCEPTION_ROLES[kind] for kind in wanted.kinds or ExceptionKind}, wanted)


def _among(responsible: set[Role], wanted: Wanted) -> list[Role]:
    return sorted(responsible & set(wanted.roles) if wanted.roles else responsible)


def open_tasks(wanted: Wanted, role: Role, now: datetime, *columns: Any) -> Any:
    """A query for ``columns`` of the open tasks of ``role`` that are wanted."""
    query = Task.select(*columns).where(Task.done_at.is_null())
    if wanted.mine is None:
        query = query.where(Task.role == role)
    else:
        # Through the role's index everybody's tasks would be read; one's own are few.
        own = (Task.assignee == wanted.mine) & (Task.role.concat("") == role.value)
        query = query.where(own)
    if wanted.stages:
        query = query.where(Task.stage.in_(wanted.stages))
    if wanted.overdue:
        query = query.where((Task.due_at < now) & ~stands_still())
    return _of_orders(query, Task, wanted)


def open_exceptions(wanted: Wanted, role: Role, now: datetime, *columns: Any) -> Any:
    """A query for ``columns`` of the open exceptions of ``role`` that are wanted."""
    query = OrderException.select(*columns).where(
        OrderException.resolved_at.is_null() & (OrderException.role == role)
    )
    if wanted.kinds:
        query = query.where(OrderException.kind.in_(wanted.kinds))
    if wanted.overdue:
        query = query.where((OrderException.due_at < now) & ~held())
    return _of_orders(query, OrderException, wanted)


def _of_orders(query: Any, table: Any, wanted: Wanted) -> Any:
    if wanted.priority is not None:
        query = query.where(table.priority == wanted.priority)
    if wanted.channel is not None:
        query = query.where(of_order(table, Order.channel == wanted.channel))
    if wanted.excepted and table is Task:
        query = query.where(excepted(Task.order))
    return query


def of_order(table: Any, condition: Any) -> Any:
    """Whether the order of a task or an exception is such."""
    return fn.EXISTS(Order.select(SQL("1")).where((Order.id == table.order) & condition))


def held() -> Any:
    """Whether an exception's clock stands still, with its order on hold."""
    return of_order(OrderException, Order.held_at.is_null(False))


def task_columns() -> tuple[Any, ...]:
    """The columns that ``found_tasks`` reads."""
    work = (Task.id, Task.order, Task.priority, Task.due_at)
    own = (Task.started_at, Task.role, Task.stage, Task.assignee)
    return (*work, *own, stands_still(), fn.COALESCE(Task.alert_level, 0))


def exception_columns() -> tuple[Any, ...]:
    """The columns that ``found_exceptions`` reads."""
    own = OrderException
    work = (own.id, own.order, own.priority, own.due_at)
    level = fn.COALESCE(own.alert_level, 0)
    return (*work, own.opened_at, own.role, own.kind, held(), level, own.detail)


def found_tasks(query: Any) -> list[Found]:
    """The tasks of a query for ``task_columns``."""
    return [
        Found((priority.rank, due, order, f"t{key}"), at, role, stage, None, who, bool(p), level)
        for key, order, priority, due, at, role, stage, who, p, level in queries.rows(query)
    ]


def found_exceptions(query: Any) -> list[Found]:
    """The exceptions of a query for ``exception_columns``."""
    return [
        Found((priority.rank, due, order, f"e{key}"), at, role, None, kind, None, bool(p), *rest)
        for key, order, priority, due, at, role, kind, p, *rest in queries.rows(query)
    ]


def by_keys(keys: Iterable[str]) -> list[Found]:
    """The work of ``keys`` that is still open, and the orders among them."""
    ids: dict[str, list[int]] = {"t": [], "e": [], "o": []}
    for key in keys:
        ids[key[0]].append(int(key[1:]))
    tasks = Task.select(*task_columns()).where(Task.done_at.is_null() & Task.id.in_(ids["t"]))
    troubles = OrderException.select(*exception_columns()).where(
        OrderException.resolved_at.is_null() & OrderException.id.in_(ids["e"])
    )
    return [*found_tasks(tasks), *found_exceptions(troubles), *_bare(ids["o"])]


def of_orders(ids: list[int]) -> list[Found]:
    """For each order its earliest open stage, its exception where no stage is open, else itself.

    In the order of ``ids``.
    """
    tasks = Task.select(*task_columns()).where(Task.done_at.is_null() & Task.order.in_(ids))
    troubles = OrderException.select(*exception_columns()).where(
        OrderException.resolved_at.is_null() & OrderException.order.in_(ids)
    )
    first: dict[int, Found] = {}
    for work in sorted(
        found_tasks(tasks), key=lambda work: STAGE_RANKS[work.stage or Stage.REVIEW]
    ):
        first.setdefault(work.order, work)
    for work in sorted(found_exceptions(troubles), key=lambda work: work.place):
        first.setdefault(work.order, work)
    first |= {bare.order: bare for bare in _bare([one for one in ids if one not in first])}
    return [first[one] for one in ids if one in first]


def _bare(ids: list[int]) -> list[Found]:
    query = Order.select(Order.id, Order.priority, Order.received_at).where(Order.id.in_(ids))
    return [
        Found((priority.rank, received_at, order, f"o{order}"))
        for order, priority, received_at in queries.rows(query)
    ]
