"""What is taken from the shelves: one walk for several orders, and what goes into a parcel."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from peewee import JOIN, fn

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action, Holding, Person, Standing, closed
from orderterm.rules.picking import shelf_order
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.stock import held
from orderterm.store.tables import (
    Allocation,
    Order,
    OrderException,
    OrderLine,
    Product,
    Shipment,
    Task,
)
from orderterm.terms import Condition, ExceptionKind, Stage
from orderterm.views.orders import Customer
from orderterm.views.times import local


class Share(Struct, frozen=True):
    """The pieces of a line that are one order's."""

    number: str
    pieces: int


class PickLine(Struct, frozen=True):
    """A stop on the walk; ``pieces`` are those of all its orders."""

    location: str
    sku: str
    name: str
    specification: str
    pieces: int
    orders: tuple[Share, ...]


class PickOrder(Struct, frozen=True):
    """An order on the walk."""

    number: str
    customer: str
    special_request: str
    pieces: int


class PickList(Struct, frozen=True):
    """One walk; ``left_out`` are the orders that were asked for and can't be picked, and why."""

    at: datetime
    site: str
    orders: tuple[PickOrder, ...]
    lines: tuple[PickLine, ...]
    left_out: tuple[tuple[str, Sentence], ...]

    @property
    def pieces(self) -> int:
        """All the pieces of the walk."""
        return sum(line.pieces for line in self.lines)

    def to_pick(self, number: str) -> list[PickLine]:
        """What is one order's, in the order of the walk."""
        return [
            PickLine(line.location, line.sku, line.name, line.specification, one.pieces, (one,))
            for line in self.lines
            for one in line.orders
            if one.number == number
        ]


class PackingSlip(Struct, frozen=True):
    """What goes into one parcel; ``carrier`` is the one wished for while there is no waybill."""

    at: datetime
    site: str
    number: str
    channel: str
    channel_order_number: str
    customer: Customer
    lines: tuple[PickLine, ...]
    special_request: str
    note: str
    carrier: str
    waybill: str

    @property
    def pieces(self) -> int:
        """All the pieces of the parcel."""
        return sum(line.pieces for line in self.lines)


_READER = Person("", "", system=True)
"""Whoever reads a list: what may be picked depends on the order only."""

_Piece = tuple[str, str, str, str, str, int]
"""Order number, location, SKU, name, specification, pieces."""


def pick_list(numbers: Sequence[str], settings: Settings, now: datetime) -> PickList:
    """The pieces that preparation is to fetch for some orders, in shelf order.

    Args:
        numbers: the orders; a number that comes twice counts once.
        settings: the home's settings.
        now: when it is asked.
    """
    wanted = list(dict.fromkeys(numbers))
    with snapshot():
        found = {one.number: one for one in _orders(wanted)}
        refused = _refused(wanted, found)
        picked = [number for number in wanted if number not in refused]
        pieces = _at_preparation(picked)
    totals = _sums((number, count) for number, *_, count in pieces)
    return PickList(
        at=local(now, settings.site.zone),
        site=settings.site.name,
        orders=tuple(_pick_order(found[number], totals.get(number, 0)) for number in picked),
        lines=_walk(pieces, {number: place for place, number in enumerate(picked)}),
        left_out=tuple(refused.items()),
    )


def packing_slip(number: str, settings: Settings, now: datetime) -> PackingSlip:
    """What is in the parcel that is packed now, else in the one that left last.

    Raises:
        Refusal: there is no such order, or nothing is allocated or shipped of it.
    """
    with snapshot():
        order = next(iter(_orders([number])), None)
        if order is None:
            why = _unknown(number)
            raise Refusal(why)
        pieces, parcel = _packed(order)
    if not pieces:
        raise Refusal(
            "nothing is allocated for {number} and nothing has been shipped, so there is nothing "
            "to pack: allocate it first",
            number=number,
        )
    known = order.channel in settings.channels
    return PackingSlip(
        at=local(now, settings.site.zone),
        site=settings.site.name,
        number=order.number,
        channel=settings.channels[order.channel].name if known else order.channel,
        channel_order_number=order.channel_order_number,
        customer=Customer(order.customer_name, order.customer_level, order.contact, order.address),
        lines=_walk(pieces, {order.number: 0}),
        special_request=order.special_request,
        note=order.note,
        carrier=parcel.carrier if parcel else order.preferred_carrier,
        waybill=parcel.waybill if parcel else "",
    )


def _pick_order(order: Any, pieces: int) -> PickOrder:
    return PickOrder(order.number, order.customer_name, order.special_request, pieces)


def _orders(numbers: Sequence[str]) -> list[Any]:
    return [
        order
        for some in queries.parts(numbers)
        for order in Order.select().where(Order.number.in_(some))
    ]


# -- who may be picked ----------------------------------------------------------------------------


def _refused(wanted: Sequence[str], found: dict[str, Any]) -> dict[str, Sentence]:
    """The orders that are not to be picked now, and why."""
    ids = [order.id for order in found.values()]
    stages, exceptions = _open_stages(ids), _open_exceptions(ids)
    refused = {}
    for number in wanted:
        order = found.get(number)
        why = (
            _unknown(number)
            if order is None
            else closed(
                Action.CONFIRM,
                _standing(order, stages.get(order.id, ()), exceptions.get(order.id, ())),
                _READER,
                stage=Stage.PREPARATION,
            )
        )
        if why is not None:
            refused[number] = why
    return refused


def _unknown(number: str) -> Sentence:
    return say(
        "there is no order {number}; `orderterm orders` lists those there are", number=number
    )


def _standing(order: Any, stages: Iterable[Stage], kinds: Iterable[ExceptionKind]) -> Standing:
    nobody = Holding(None, "", None)
    return Standing(
        number=order.number,
        condition=order.condition,
        held=order.condition is Condition.ON_HOLD,
        shipped=False,  # says nothing about preparation
        stages=dict.fromkeys(stages, nobody),
        exceptions=frozenset(kinds),
    )


def _open_stages(ids: Sequence[int]) -> dict[int, list[Stage]]:
    return _grouped(
        row
        for some in queries.parts(ids)
        for row in queries.rows(
            Task.select(Task.order, Task.stage).where(Task.order.in_(some) & Task.done_at.is_null())
        )
    )


def _open_exceptions(ids: Sequence[int]) -> dict[int, list[ExceptionKind]]:
    return _grouped(
        row
        for some in queries.parts(ids)
        for row in queries.rows(
            OrderException.select(OrderException.order, OrderException.kind).where(
                OrderException.order.in_(some) & OrderException.resolved_at.is_null()
            )
        )
    )


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for key, value in rows:
        groups.setdefault(key, []).append(value)
    return groups


# -- the pieces -----------------------------------------------------------------------------------


def _at_preparation(numbers: Sequence[str]) -> list[_Piece]:
    """What orders hold in the round that is at preparation."""
    here = (
        (Task.order == Order.id)
        & (Task.stage == Stage.PREPARATION)
        & Task.done_at.is_null()
        & (Task.round == Allocation.round)
    )
    return [
        row
        for some in queries.parts(numbers)
        for row in queries.rows(
            _pieces(Order.number.in_(some) & held()).join_from(Order, Task, on=here)
        )
    ]


def _packed(order: Any) -> tuple[list[_Piece], Any]:
    """The pieces that are packed now, or those that left last with their parcel."""
    packing = (Stage.PREPARATION, Stage.SHIPPING)
    rounds = dict(
        queries.rows(
            Task.select(Task.stage, Task.round).where(
                (Task.order == order.id) & Task.done_at.is_null() & Task.stage.in_(packing)
            )
        )
    )
    for stage in reversed(packing):
        if stage in rounds:
            own = (Order.id == order.id) & (Allocation.round == rounds[stage]) & held()
            return queries.rows(_pieces(own)), None
    parcels = Shipment.select().where((Shipment.order == order.id) & Shipment.replaced_at.is_null())
    parcel = parcels.order_by(Shipment.shipped_at.desc(), Shipment.id.desc()).first()
    if parcel is None:
        return [], None
    return queries.rows(_pieces(Allocation.shipment == parcel.id)), parcel


def _pieces(condition: Any) -> Any:
    """Allocated pieces with their place; the catalogue's words go before the order's own."""
    return (
        Allocation.select(
            Order.number,
            fn.COALESCE(Product.location, ""),
            Allocation.sku,
            fn.COALESCE(Product.name, OrderLine.name),
            fn.COALESCE(Product.specification, OrderLine.specification),
            Allocation.quantity,
        )
        .join(OrderLine)
        .join(Order)
        .join_from(Allocation, Product, JOIN.LEFT_OUTER, on=(Product.sku == Allocation.sku))
        .where(condition)
    )


def _walk(pieces: Iterable[_Piece], place: Mapping[str, int]) -> tuple[PickLine, ...]:
    """One stop for each SKU; its orders as they were asked for."""
    words: dict[str, tuple[str, str, str]] = {}
    shares: dict[str, list[tuple[str, int]]] = {}
    for number, location, sku, name, specification, count in pieces:
        words.setdefault(sku, (location, name, specification))
        shares.setdefault(sku, []).append((number, count))
    stops = sorted(words, key=lambda sku: shelf_order(words[sku][0], sku))
    return tuple(_stop(sku, words[sku], _sums(shares[sku]), place) for sku in stops)


def _stop(
    sku: str, words: tuple[str, str, str], shares: dict[str, int], place: Mapping[str, int]
) -> PickLine:
    location, name, specification = words
    own = tuple(
        Share(number, shares[number]) for number in sorted(shares, key=lambda number: place[number])
    )
    return PickLine(location, sku, name, specification, sum(shares.values()), own)


def _sums(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for key, count in counts:
        sums[key] = sums.get(key, 0) + count
    return sums
