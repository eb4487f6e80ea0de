"""What purchasing is to get: SKUs that orders wait for, and those below their safety stock.

Read from the pauses that are open and the catalogue, never from orders that have ended.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace
from peewee import JOIN, fn

from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.stock import Level, levels
from orderterm.store.tables import (
    Allocation,
    Order,
    OrderException,
    OrderLine,
    Pause,
    Product,
    Task,
)
from orderterm.terms import ExceptionKind, PauseReason, Priority, Stage
from orderterm.views.times import local


class WaitingOrder(Struct, frozen=True):
    """An order that waits for stock of a SKU.

    ``pieces`` it still needs, ``since`` when it waits, ``due`` when purchasing is to have found a
    way out (the allocation's due time once it has), ``expected`` when the stock is to come.
    """

    number: str
    customer: str
    pieces: int
    priority: Priority
    since: datetime
    due: datetime
    expected: datetime | None


class ShortageRow(Struct, frozen=True):
    """A SKU; figures in pieces.

    ``wanted`` by the orders that wait, ``short`` how much of it is not available, ``expected`` the
    latest day that an order was told. ``below_safety`` when less is available than should be.
    """

    sku: str
    name: str
    specification: str
    on_hand: int
    allocated: int
    available: int
    safety_stock: int
    wanted: int
    short: int
    lead_time_days: int
    expected: datetime | None
    waiting: int

    @property
    def below_safety(self) -> bool:
        """Whether less is available than should be."""
        return self.available < self.safety_stock


class Shortages(Struct, frozen=True):
    """Purchasing's page: first what orders are short of, the first in the queue first; then what
    is below its safety stock. ``waiting`` are the orders that wait, by SKU, in queue order."""

    rows: list[ShortageRow]
    waiting: dict[str, list[WaitingOrder]]

    def waiting_for(self, sku: str) -> list[WaitingOrder]:
        """The orders that wait for ``sku``, first in the queue first."""
        return self.waiting.get(sku, [])


class _Need(Struct, frozen=True):
    """What an order that waits needs of one SKU."""

    sku: str
    name: str
    specification: str
    order: WaitingOrder


class _Words(Struct, frozen=True):
    """What the catalogue says of a SKU."""

    name: str
    specification: str
    safety_stock: int = 0
    lead_time_days: int = 0


def shortages(settings: Settings) -> Shortages:
    """Every SKU that is short for orders or below its safety stock, as it stands now.

    An order whose shortage was told in words only is on the list of exceptions, not here.
    """
    with snapshot():
        needs = _needs(settings.site.zone)
        words = _words(needs)
        stock = levels(words)
    waiting: dict[str, list[WaitingOrder]] = {}
    for need in needs:
        waiting.setdefault(need.sku, []).append(need.order)
    rows = [_row(sku, words[sku], stock[sku], waiting.get(sku, ())) for sku in words]
    # ``words`` begins with what is waited for, in the order of the queue; sorting keeps it.
    wanted = [row for row in rows if row.short or row.below_safety]
    return Shortages(sorted(wanted, key=lambda row: row.short == 0), waiting)


def _row(sku: str, words: _Words, level: Level, waiting: Sequence[WaitingOrder]) -> ShortageRow:
    wanted = sum(order.pieces for order in waiting)
    told = [order.expected for order in waiting if order.expected is not None]
    return ShortageRow(
        sku=sku,
        name=words.name,
        specification=words.specification,
        on_hand=level.on_hand,
        allocated=level.allocated,
        available=level.available,
        safety_stock=words.safety_stock,
        wanted=wanted,
        short=max(0, wanted - max(0, level.available)),
        lead_time_days=words.lead_time_days,
        expected=max(told, default=None),
        waiting=len(waiting),
    )


def _words(needs: Iterable[_Need]) -> dict[str, _Words]:
    """Every SKU that matters: what is waited for, then what has a safety stock, by SKU."""
    found = {need.sku: _Words(need.name, need.specification) for need in needs}
    columns = (Product.name, Product.specification, Product.safety_stock, Product.lead_time_days)
    query = Product.select(Product.sku, *columns).order_by(Product.sku)
    rows = queries.rows(query.where(Product.safety_stock > 0))
    for some in queries.parts(found):
        rows += queries.rows(query.where(Product.sku.in_(some)))
    return found | {sku: _Words(*words) for sku, *words in rows}


def _needs(zone: ZoneInfo) -> list[_Need]:
    """What the orders that wait for stock still need, in queue order."""
    taken = Allocation.select(fn.COALESCE(fn.SUM(Allocation.quantity), 0)).where(
        (Allocation.line == OrderLine.id) & Allocation.released_at.is_null()
    )
    short = (
        (OrderException.order == Order.id)
        & (OrderException.kind == ExceptionKind.SHORTAGE)
        & OrderException.resolved_at.is_null()
    )
    query = (
        Pause.select(
            OrderLine.sku,
            OrderLine.name,
            OrderLine.specification,
            Order.number,
            Order.customer_name,
            OrderLine.quantity - taken,
            Task.priority,
            Pause.started_at,
            OrderException.due_at,
            Task.due_at,
            Pause.expected_at,
        )
        .join(Task)
        .join(Order)
        .join(OrderLine)
        .join_from(Order, OrderException, JOIN.LEFT_OUTER, on=short)
        .where(
            Pause.ended_at.is_null()
            & (Pause.reason == PauseReason.STOCK)
            & Task.done_at.is_null()
            & (Task.stage == Stage.ALLOCATION)
            & OrderLine.removed_at.is_null()
        )
        .order_by(Task.priority, Task.due_at, Order.id, OrderLine.position)
    )
    needs = (_need(row, zone) for row in queries.rows(query))
    return _of_one_order_together(need for need in needs if need.order.pieces > 0)


def _need(row: tuple[Any, ...], zone: ZoneInfo) -> _Need:
    sku, name, specification, number, customer, pieces, priority, since, *times = row
    due, task_due, expected = times
    order = WaitingOrder(
        number=number,
        customer=customer,
        pieces=pieces,
        priority=priority,
        since=local(since, zone),
        due=local(due or task_due, zone),
        expected=local(expected, zone),
    )
    return _Need(sku, name, specification, order)


def _of_one_order_together(needs: Iterable[_Need]) -> list[_Need]:
    """Lines of one SKU in one order as one need."""
    found: dict[tuple[str, str], _Need] = {}
    for need in needs:
        key = (need.order.number, need.sku)
        found[key] = _joined(found[key], need) if key in found else need
    return list(found.values())


def _joined(first: _Need, second: _Need) -> _Need:
    pieces = first.order.pieces + second.order.pieces
    order = replace(first.order, pieces=pieces)
    return replace(first, order=order)
