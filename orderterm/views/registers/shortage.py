"""库存锁定/缺货预警表: what was locked for each order, and what it is still short of."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from peewee import SQL, fn

from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.stock import levels
from orderterm.store.tables import Allocation, Order, OrderException, OrderLine, Pause, Task
from orderterm.terms import (
    Condition,
    ExceptionKind,
    ExceptionPath,
    PauseReason,
    Stage,
    TaskOutcome,
    Term,
)
from orderterm.views.registers.days import Days, in_parts
from orderterm.views.shortages import shortages
from orderterm.views.staff import all_names
from orderterm.views.times import local


class Lock(Term):
    """How far an order has the stock it needs."""

    LOCKED = "locked", "已锁定"
    PARTLY = "partly", "部分锁定", "partly locked"
    THERE = "there", "待锁定", "in stock, not locked"
    SHORT = "short", "缺货"
    SHIPPED = "shipped", "已出库"
    CANCELLED = "cancelled", "已取消"


class LockRow(Struct, frozen=True):
    """A SKU of an order; figures in pieces, as they are now.

    ``available`` is what a new order could have of the SKU, ``locked`` what is held for this one
    or was shipped with it. ``short`` is neither locked nor available once the orders that wait
    before this one have theirs. ``told_at`` is when purchasing heard of the shortage.
    """

    number: str
    sku: str
    wanted: int
    available: int
    locked: int
    short: int
    by: str
    locked_at: datetime | None
    path: ExceptionPath | None
    expected: datetime | None
    told_at: datetime | None
    state: Lock


class _Facts(Struct, frozen=True):
    """What a part of the orders has: by order and SKU, by SKU, or by order."""

    wanted: dict[int, dict[str, int]]
    locked: dict[tuple[int, str], tuple[int, int, datetime]]
    available: dict[str, int]
    shortages: dict[int, tuple[ExceptionPath | None, datetime]]
    expected: dict[int, datetime]


def locks(days: Days, settings: Settings) -> Iterator[LockRow]:
    """The orders whose allocation was finished in ``days``, as it was; then those that wait for
    stock or have an open shortage, begun by the last of them. Within the caller's reading.
    """
    start, end = days.span(settings.site.zone)
    names, lacking = all_names(), _lacking(settings)
    made = partial(_rows, names=names, lacking=lacking, zone=settings.site.zone)
    later = Task.alias()
    again = later.select(SQL("1")).where(
        (later.order == Task.order)
        & (later.stage == Stage.ALLOCATION)
        & _finished(later, start, end)
        & (later.id > Task.id)
    )
    finished = (Task.stage == Stage.ALLOCATION) & _finished(Task, start, end)
    query = _orders(Task.done_by).where(finished & ~fn.EXISTS(again)).order_by(Task.done_at)
    yield from in_parts(query, made)
    waiting = _waiting(start, end)
    for part in queries.parts(waiting):
        query = Order.select(Order.id, Order.number, Order.condition, SQL("NULL"))
        yield from in_parts(query.where(Order.id.in_(part)).order_by(Order.id), made)


def _finished(task: Any, start: datetime, end: datetime) -> Any:
    return (task.done_at >= start) & (task.done_at < end) & (task.outcome == TaskOutcome.DONE)


def _orders(by: Any) -> Any:
    return Task.select(Order.id, Order.number, Order.condition, by).join(Order)


def _waiting(start: datetime, end: datetime) -> set[int]:
    """The orders that wait for stock, without those whose allocation was finished in between."""
    paused = (
        Pause.select(Task.order)
        .join(Task)
        .where(
            Pause.ended_at.is_null()
            & (Pause.reason == PauseReason.STOCK)
            & (Pause.started_at < end)
        )
    )
    short = OrderException.select(OrderException.order).where(
        OrderException.resolved_at.is_null()
        & (OrderException.kind == ExceptionKind.SHORTAGE)
        & (OrderException.opened_at < end)
    )
    found = {key for query in (paused, short) for (key,) in queries.rows(query)}
    for part in queries.parts(found):
        listed = Task.select(Task.order).where(
            Task.order.in_(part) & (Task.stage == Stage.ALLOCATION) & _finished(Task, start, end)
        )
        found -= {key for (key,) in queries.rows(listed)}
    return found


def _lacking(settings: Settings) -> dict[tuple[str, str], int]:
    """By number and SKU, the pieces that each order that waits for stock lacks: what is available
    goes to the first in the queue first."""
    waiting = shortages(settings).waiting
    found: dict[tuple[str, str], int] = {}
    for sku, level in levels(waiting).items():
        left = max(0, level.available)
        for order in waiting[sku]:
            found[order.number, sku] = max(0, order.pieces - left)
            left = max(0, left - order.pieces)
    return found


def _rows(
    found: Sequence[tuple[Any, ...]],
    names: dict[str, str],
    lacking: dict[tuple[str, str], int],
    zone: ZoneInfo,
) -> Iterator[LockRow]:
    facts = _facts([key for key, *_ in found])
    for key, number, condition, badge in found:
        for sku, wanted in facts.wanted.get(key, {}).items():
            held, shipped, at = facts.locked.get((key, sku), (0, 0, None))
            path, told_at = facts.shortages.get(key, (None, None))
            available = facts.available[sku]
            rest = 0 if condition is Condition.CANCELLED else max(0, wanted - held - shipped)
            short = min(rest, lacking.get((number, sku), max(0, rest - max(0, available))))
            yield LockRow(
                number=number,
                sku=sku,
                wanted=wanted,
                available=available,
                locked=held + shipped,
                short=short,
                by=names.get(badge, badge or "") if held + shipped else "",
                locked_at=local(at, zone),
                path=path,
                expected=local(facts.expected.get(key), zone),
                told_at=local(told_at, zone),
                state=_state(condition, wanted, held, shipped, short),
            )


def _state(condition: Condition, wanted: int, held: int, shipped: int, short: int) -> Lock:
    if condition is Condition.CANCELLED:
        return Lock.CANCELLED
    if shipped >= wanted:
        return Lock.SHIPPED
    if held + shipped >= wanted:
        return Lock.LOCKED
    if held + shipped:
        return Lock.PARTLY
    return Lock.SHORT if short else Lock.THERE


def _facts(orders: Sequence[int]) -> _Facts:
    wanted = _wanted(orders)
    skus = {sku for own in wanted.values() for sku in own}
    return _Facts(
        wanted=wanted,
        locked=_locked(orders),
        available={sku: level.available for sku, level in levels(skus).items()},
        shortages=_shortages(orders),
        expected=_expected(orders),
    )


def _wanted(orders: Sequence[int]) -> dict[int, dict[str, int]]:
    query = (
        OrderLine.select(OrderLine.order, OrderLine.sku, fn.SUM(OrderLine.quantity))
        .where(OrderLine.order.in_(orders) & OrderLine.removed_at.is_null())
        .group_by(OrderLine.order, OrderLine.sku)
    )
    found: dict[int, dict[str, int]] = {}
    for order, sku, pieces in queries.rows(query):
        found.setdefault(order, {})[sku] = pieces or 0
    return found


def _locked(orders: Sequence[int]) -> dict[tuple[int, str], tuple[int, int, datetime]]:
    """Pieces held and shipped, and since when they were, by order and SKU."""
    query = (
        OrderLine.select(
            OrderLine.order,
            Allocation.sku,
            Allocation.quantity,
            Allocation.shipment,
            Allocation.allocated_at,
        )
        .join(Allocation)
        .where(OrderLine.order.in_(orders) & Allocation.released_at.is_null())
    )
    found: dict[tuple[int, str], tuple[int, int, datetime]] = {}
    for order, sku, pieces, shipment, at in queries.rows(query):
        held, shipped, since = found.get((order, sku), (0, 0, at))
        if shipment is None:
            held += pieces
        else:
            shipped += pieces
        found[order, sku] = (held, shipped, min(since, at))
    return found


def _shortages(orders: Sequence[int]) -> dict[int, tuple[ExceptionPath | None, datetime]]:
    """The last shortage of each order: the way out that was taken, and when it was opened."""
    query = (
        OrderException.select(OrderException.order, OrderException.path, OrderException.opened_at)
        .where(OrderException.order.in_(orders) & (OrderException.kind == ExceptionKind.SHORTAGE))
        .order_by(OrderException.id)
    )
    return {order: (path, opened_at) for order, path, opened_at in queries.rows(query)}


def _expected(orders: Sequence[int]) -> dict[int, datetime]:
    """When the stock that an order waits, or waited, for is to come."""
    query = (
        Task.select(Task.order, Pause.expected_at)
        .join(Pause)
        .where(
            Task.order.in_(orders)
            & (Task.stage == Stage.ALLOCATION)
            & (Pause.reason == PauseReason.STOCK)
            & Pause.expected_at.is_null(False)
        )
        .order_by(Pause.id)
    )
    return queries.pairs(query)
