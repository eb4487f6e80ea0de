"""Rows of a queue: open work together with all that a screen tells of its order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from peewee import JOIN, fn

from orderterm.rules.deadlines import Urgency, exception_limit, stage_limit, urgency
from orderterm.rules.picking import shelf_order
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.tables import Order, OrderLine, Product, Shipment
from orderterm.terms import Condition, ExceptionKind, Nature, Priority, Role, Stage, Tag
from orderterm.views.openwork import Found, Place
from orderterm.views.orders import earliest_stages
from orderterm.views.staff import names
from orderterm.views.times import clocks, local


class Work(Struct, frozen=True):
    """A row: an open task (key ``t12``), an open exception (``e7``), or an order without open
    work (``o5``). Times are the site's; ``place`` is in UTC.

    ``exception`` is the work where it is an exception; ``stage`` is then where its order stands.
    ``pieces`` and ``skus`` are of the lines that stand, ``location`` is the first of their places
    in shelf order, "" where none is known. The parcel is the one that counts now. ``level`` is
    the last rung of the ladder that was told of it, 0 for none. ``detail`` is what is wrong, of an
    exception.
    """

    key: str
    place: Place
    number: str
    channel: str
    channel_name: str
    channel_order_number: str
    shop: str
    nature: Nature
    condition: Condition
    priority: Priority
    tags: tuple[Tag, ...]
    stage: Stage | None
    exception: ExceptionKind | None
    role: Role | None
    customer: str
    customer_level: str
    contact: str
    address: str
    pieces: int
    skus: int
    location: str
    received_at: datetime
    ordered_at: datetime | None
    started_at: datetime | None
    due_at: datetime | None
    urgency: Urgency
    paused: bool
    level: int
    assignee: str | None
    assignee_name: str | None
    carrier: str | None
    waybill: str | None
    shipped_at: datetime | None
    eta: datetime | None
    ship_by: datetime | None
    detail: dict[str, Any]


def works(found: Sequence[Found], settings: Settings, now: datetime) -> list[Work]:
    """The rows of what was found, in its order, within the caller's reading."""
    ids = sorted({one.order for one in found})
    orders, goods, parcels = _orders(ids), _goods(ids), _parcels(ids)
    people = names(one.assignee for one in found)
    stages = earliest_stages([one.order for one in found if one.exception is not None])
    return [
        Work(
            **_of_work(one, stages, people, settings),
            **_of_order(orders[one.order], settings),
            **_of_goods(goods.get(one.order, _NO_GOODS)),
            **_of_parcel(parcels.get(one.order, _NO_PARCEL), settings),
            urgency=_urgency(one, orders[one.order]["nature"], settings, now),
        )
        for one in found
    ]


def _urgency(found: Found, nature: Nature, settings: Settings, now: datetime) -> Urgency:
    """How near the due time of open work is; paused work is never pressing."""
    if found.paused or found.due_at is None or found.started_at is None:
        return Urgency.ON_TIME
    if found.exception is not None:
        limit = exception_limit(found.exception, settings.limits)
    else:
        stage, priority = found.stage or Stage.REVIEW, Priority.of_rank(found.place[0])
        limit = stage_limit(stage, priority, nature, settings.limits)
    share = settings.escalation.due_soon
    return urgency(clocks(settings), found.started_at, found.due_at, limit, now, share)


def _of_work(
    found: Found, stages: dict[int, Stage], people: dict[str, str], settings: Settings
) -> dict[str, Any]:
    zone = settings.site.zone
    return {
        "key": found.key,
        "place": found.place,
        "stage": found.stage or stages.get(found.order),
        "exception": found.exception,
        "role": found.role,
        "started_at": local(found.started_at, zone),
        "due_at": local(found.due_at, zone),
        "paused": found.paused,
        "level": found.level,
        "assignee": found.assignee,
        "assignee_name": people.get(found.assignee or ""),
        "detail": msgspec.json.decode(found.detail),
    }


_ORDER = (
    Order.number,
    Order.channel,
    Order.channel_order_number,
    Order.shop,
    Order.nature,
    Order.condition,
    Order.priority,
    Order.tags,
    Order.customer_name,
    Order.customer_level,
    Order.contact,
    Order.address,
    Order.received_at,
    Order.ordered_at,
    Order.ship_by,
)
_NAMES = [
    "customer" if column.name == "customer_name" else column.name  # as a row calls them
    for column in _ORDER
]
_GOODS = ("pieces", "skus", "location")
_PARCEL = ("carrier", "waybill", "shipped_at", "eta")
_NO_GOODS = (0, 0, "")
_NO_PARCEL = (None, None, None, None)


def _orders(ids: list[int]) -> dict[int, dict[str, Any]]:
    rows = queries.rows(Order.select(Order.id, *_ORDER).where(Order.id.in_(ids)))
    return {row[0]: dict(zip(_NAMES, row[1:], strict=True)) for row in rows}


def _of_order(order: dict[str, Any], settings: Settings) -> dict[str, Any]:
    channel, zone = settings.channels.get(order["channel"]), settings.site.zone
    times = {name: local(order[name], zone) for name in ("received_at", "ordered_at", "ship_by")}
    return order | times | {"channel_name": channel.name if channel else order["channel"]}


def _goods(ids: list[int]) -> dict[int, tuple[int, int, str]]:
    """By order: pieces, lines, and the first location."""
    rows = (
        OrderLine.select(
            OrderLine.order,
            fn.COALESCE(OrderLine.quantity, 0),
            fn.COALESCE(Product.location, ""),
            OrderLine.sku,
        )
        .join(Product, JOIN.LEFT_OUTER, on=(OrderLine.sku == Product.sku))
        .where(OrderLine.order.in_(ids) & OrderLine.removed_at.is_null())
    )
    lines: dict[int, list[tuple[int, str, str]]] = {}
    for order, *line in queries.rows(rows):
        lines.setdefault(order, []).append(tuple(line))
    return {order: _summed(found) for order, found in lines.items()}


def _of_goods(goods: tuple[int, int, str]) -> dict[str, Any]:
    return dict(zip(_GOODS, goods, strict=True))


def _summed(lines: list[tuple[int, str, str]]) -> tuple[int, int, str]:
    first = min(lines, key=lambda line: shelf_order(line[1], line[2]))
    return sum(quantity for quantity, _, _ in lines), len(lines), first[1]


def _parcels(ids: list[int]) -> dict[int, tuple[Any, ...]]:
    """By order, the parcel that was sent last and not replaced."""
    rows = (
        Shipment.select(Shipment.order, *(getattr(Shipment, name) for name in _PARCEL))
        .where(Shipment.order.in_(ids) & Shipment.replaced_at.is_null())
        .order_by(Shipment.shipped_at, Shipment.id)
    )
    return {order: tuple(parcel) for order, *parcel in queries.rows(rows)}


def _of_parcel(parcel: tuple[Any, ...], settings: Settings) -> dict[str, Any]:
    carrier, waybill, shipped_at, eta = parcel
    zone = settings.site.zone
    times = (local(shipped_at, zone), local(eta, zone))
    return dict(zip(_PARCEL, (carrier, waybill, *times), strict=True))
