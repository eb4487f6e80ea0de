"""Lists of orders, sorted as queues sort: by priority, then due time, then receipt.

A list is read from the open work, through its partial indexes, so that it costs the same however
many orders have ended; those follow, the newest first, where there is room.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from peewee import JOIN, SQL, Case, fn

from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.pauses import stands_still
from orderterm.store.tables import Order, OrderException, Staff, Task
from orderterm.terms import (
    STAGE_ROLES,
    ChannelKind,
    Condition,
    ExceptionKind,
    Nature,
    Priority,
    Role,
    Stage,
    Tag,
)
from orderterm.views.times import local

STAGE_RANKS = {stage: rank for rank, stage in enumerate(Stage)}
"""Where each stage stands in the flow; ``Stage`` lists them so that every nature's flow agrees."""


class Filter(Struct, frozen=True):
    """Which orders are wanted; None is any. ``limit`` is how many at most."""

    stage: Stage | None = None
    role: Role | None = None
    priority: Priority | None = None
    condition: Condition | None = None
    channel: str | None = None
    overdue: bool = False
    limit: int = 50


class Customer(Struct, frozen=True):
    name: str
    level: str
    contact: str
    address: str


class OrderRow(Struct, frozen=True):
    """An order in a list, with the open work that put it there.

    ``exception`` is that work where it is an exception and not a stage. ``paused`` work is never
    overdue.
    """

    number: str
    channel: str
    channel_kind: ChannelKind
    channel_order_number: str
    shop: str
    nature: Nature
    condition: Condition
    priority: Priority
    priority_rule: str
    tags: tuple[Tag, ...]
    stage: Stage | None
    role: Role | None
    assignee: str | None
    assignee_name: str | None
    received_at: datetime
    ordered_at: datetime | None
    due_at: datetime | None
    overdue: bool
    paused: bool
    exception: ExceptionKind | None
    customer: Customer
    ship_by: datetime | None


class _Work(Struct, frozen=True):
    """An order's columns, and the open work that was found of it."""

    order: tuple[Any, ...]
    stage: Stage | None = None
    role: Role | None = None
    assignee: str | None = None
    assignee_name: str | None = None
    due_at: datetime | None = None
    paused: bool = False
    exception: ExceptionKind | None = None

    @property
    def place(self) -> tuple[int, datetime | None, int]:
        """Where it stands in the queue."""
        return self.order[_PRIORITY].rank, self.due_at, self.order[0]


_ORDER_COLUMNS: tuple[Any, ...] = (
    Order.id,
    Order.number,
    Order.channel,
    Order.channel_kind,
    Order.channel_order_number,
    Order.shop,
    Order.nature,
    Order.condition,
    Order.priority,
    Order.priority_rule,
    Order.tags,
    Order.received_at,
    Order.ordered_at,
    Order.ship_by,
    Order.customer_name,
    Order.customer_level,
    Order.contact,
    Order.address,
)
_PRIORITY = [column.name for column in _ORDER_COLUMNS].index("priority")
_WIDTH = len(_ORDER_COLUMNS)


def orders(wanted: Filter, settings: Settings, now: datetime) -> list[OrderRow]:
    """The orders that ``wanted`` asks for, each once.

    Asked for a stage, a role or what is overdue, an order is shown with the open work that
    answers; else with its earliest open stage, or its exception where no stage is open.
    """
    with snapshot():
        found = list(islice(_once(_open_work(wanted, now)), wanted.limit))
        if not _by_work(wanted):
            found += _without_work(wanted, wanted.limit - len(found))
        found = _with_stages(found)
    return [_row(work, settings.site.zone, now) for work in found]


def _by_work(wanted: Filter) -> bool:
    """Whether open work is asked for, and not just orders."""
    return wanted.overdue or wanted.stage is not None or wanted.role is not None


def _once(works: Iterable[_Work]) -> Iterator[_Work]:
    seen = set()
    for work in works:
        if work.order[0] not in seen:
            seen.add(work.order[0])
            yield work


def _open_work(wanted: Filter, now: datetime) -> list[_Work]:
    found: list[_Work] = []
    for role in _stage_roles(wanted):
        found += _tasks(wanted, role, now)
    if wanted.stage is None:
        found += _exceptions(wanted, now)
    return sorted(found, key=lambda work: work.place)


def _stage_roles(wanted: Filter) -> list[Role]:
    """The roles whose queues are read; one by one, because the index gives each in order."""
    roles = set(STAGE_ROLES.values())
    if wanted.stage is not None:
        roles &= {STAGE_ROLES[wanted.stage]}
    if wanted.role is not None:
        roles &= {wanted.role}
    return sorted(roles)


def _stages_at_once(role: Role) -> int:
    """At how many stages of ``role`` one order can be, so that a list is full of distinct ones."""
    return sum(responsible is role for responsible in STAGE_ROLES.values())


def _tasks(wanted: Filter, role: Role, now: datetime) -> Iterator[_Work]:
    query = (
        Task.select(
            *_ORDER_COLUMNS,
            Task.stage,
            Task.role,
            Task.assignee,
            Staff.name,
            Task.due_at,
            stands_still(),
        )
        .join(Order)
        .join(Staff, JOIN.LEFT_OUTER, on=(Task.assignee == Staff.badge))
        .where(Task.done_at.is_null() & (Task.role == role))
        .order_by(Task.priority, Task.due_at, Task.order)
        .limit(wanted.limit * _stages_at_once(role))
    )
    if wanted.stage is not None:
        query = query.where(Task.stage == wanted.stage)
    if wanted.priority is not None:
        query = query.where(Task.priority == wanted.priority)
    if wanted.overdue:
        query = query.where((Task.due_at < now) & ~stands_still())
    if not _by_work(wanted):
        query = query.where(~_earlier_open()).limit(wanted.limit)
    for row in queries.rows(_of_order(query, wanted)):
        stage, role, assignee, name, due_at, paused = row[_WIDTH:]
        yield _Work(row[:_WIDTH], stage, role, assignee, name, due_at, bool(paused))


def _exceptions(wanted: Filter, now: datetime) -> Iterator[_Work]:
    query = (
        OrderException.select(
            *_ORDER_COLUMNS,
            OrderException.role,
            OrderException.due_at,
            OrderException.kind,
            Order.held_at.is_null(False),
        )
        .join(Order)
        .where(OrderException.resolved_at.is_null())
        .order_by(Order.priority, OrderException.due_at, Order.id)
        .limit(wanted.limit * len(ExceptionKind))
    )
    if wanted.role is not None:
        query = query.where(OrderException.role == wanted.role)
    if wanted.priority is not None:
        query = query.where(Order.priority == wanted.priority)
    if wanted.overdue:
        query = query.where((OrderException.due_at < now) & Order.held_at.is_null())
    if not _by_work(wanted):
        query = query.where(~_any_open())
    for row in queries.rows(_of_order(query, wanted)):
        role, due_at, kind, held = row[_WIDTH:]
        yield _Work(row[:_WIDTH], role=role, due_at=due_at, paused=bool(held), exception=kind)


def _of_order(query: Any, wanted: Filter) -> Any:
    if wanted.condition is not None:
        query = query.where(Order.condition == wanted.condition)
    if wanted.channel is not None:
        # Through the channel's index all its orders would be read and sorted; nobody wants that.
        query = query.where(Order.channel.concat("") == wanted.channel)
    return query


def _without_work(wanted: Filter, room: int) -> list[_Work]:
    """Orders on which nothing is to be done, the newest first: ended ones, as a rule."""
    if room <= 0:
        return []
    query = Order.select(*_ORDER_COLUMNS).where(~_any_open() & ~excepted(Order.id))
    if wanted.priority is not None:
        query = query.where(Order.priority == wanted.priority)
    query = _of_order(query, wanted).order_by(_ORDER_COLUMNS[0].desc()).limit(room)
    return [_Work(row) for row in queries.rows(query)]


def _any_open() -> Any:
    return fn.EXISTS(Task.select(SQL("1")).where((Task.order == Order.id) & Task.done_at.is_null()))


def excepted(order: Any) -> Any:
    """Whether an order, by a column that holds its id, has an open exception."""
    found = OrderException.select(SQL("1")).where(
        (OrderException.order == order) & OrderException.resolved_at.is_null()
    )
    return fn.EXISTS(found)


def _earlier_open() -> Any:
    """Whether the order has an open stage that comes before the task's."""
    other = Task.alias()
    earlier = other.select(SQL("1")).where(
        (other.order == Task.order)
        & other.done_at.is_null()
        & (_rank(other.stage) < _rank(Task.stage))
    )
    return fn.EXISTS(earlier)


def _rank(stage: Any) -> Any:
    return Case(stage, tuple((one.value, rank) for one, rank in STAGE_RANKS.items()))


def _with_stages(found: list[_Work]) -> list[_Work]:
    """Where the orders stand that an exception put into the list."""
    ids = [work.order[0] for work in found if work.exception is not None]
    if not ids:
        return found
    stages = earliest_stages(ids)
    return [
        work if work.exception is None else _at(work, stages.get(work.order[0])) for work in found
    ]


def earliest_stages(ids: list[int]) -> dict[int, Stage]:
    """By order id, the earliest of its open stages, within the caller's reading."""
    rows = Task.select(Task.order, Task.stage).where(Task.done_at.is_null() & Task.order.in_(ids))
    # The earliest stage comes last, and stays.
    return dict(sorted(queries.rows(rows), key=lambda row: -STAGE_RANKS[row[1]]))


def _at(work: _Work, stage: Stage | None) -> _Work:
    return _Work(
        work.order,
        stage=stage,
        role=work.role,
        due_at=work.due_at,
        paused=work.paused,
        exception=work.exception,
    )


def _row(work: _Work, zone: ZoneInfo, now: datetime) -> OrderRow:
    _, number, channel, channel_kind, channel_number, shop, *rest = work.order
    nature, condition, priority, rule, tags, received_at, ordered_at, ship_by, *customer = rest
    return OrderRow(
        number=number,
        channel=channel,
        channel_kind=channel_kind,
        channel_order_number=channel_number,
        shop=shop,
        nature=nature,
        condition=condition,
        priority=priority,
        priority_rule=rule,
        tags=tags,
        stage=work.stage,
        role=work.role,
        assignee=work.assignee,
        assignee_name=work.assignee_name,
        received_at=local(received_at, zone),
        ordered_at=local(ordered_at, zone),
        due_at=local(work.due_at, zone),
        overdue=work.due_at is not None and not work.paused and now > work.due_at,
        paused=work.paused,
        exception=work.exception,
        customer=Customer(*customer),
        ship_by=local(ship_by, zone),
    )
