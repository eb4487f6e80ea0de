"""One order, whole, with its timeline."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from peewee import fn

from orderterm.errors import Refusal
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import (
    Allocation,
    Order,
    OrderException,
    OrderLine,
    Pause,
    Shipment,
    Task,
)
from orderterm.terms import (
    ChannelKind,
    ChannelStatus,
    Condition,
    ExceptionKind,
    ExceptionPath,
    Nature,
    Priority,
    Role,
    Stage,
    Tag,
)
from orderterm.views.orders import STAGE_RANKS, Customer
from orderterm.views.staff import names
from orderterm.views.times import local
from orderterm.views.trail import EventRow, events


class LineView(Struct, frozen=True):
    """A line; figures in pieces. ``allocated`` is held for it or shipped, ``unit_price`` in minor
    units of the site's currency, ``substituted_for`` the SKU that was ordered."""

    sku: str
    name: str
    specification: str
    quantity: int | None
    allocated: int
    unit_price: int | None
    substituted_for: str


class ExceptionView(Struct, frozen=True):
    """An exception; ``resolution`` is the path taken, None while it is open."""

    kind: ExceptionKind
    opened_at: datetime
    due_at: datetime
    resolved_at: datetime | None
    resolution: ExceptionPath | None
    role: Role
    overdue: bool
    opened_by: str
    resolved_by: str | None
    detail: dict[str, Any]
    facts: dict[str, Any]


class ShipmentView(Struct, frozen=True):
    """A parcel; one that another has replaced is not shown."""

    carrier: str
    waybill: str
    shipped_at: datetime
    eta: datetime | None
    signed_at: datetime | None


class StageView(Struct, frozen=True):
    """An open stage, and in whose hands it is."""

    stage: Stage
    role: Role
    assignee: str | None
    assignee_name: str | None
    started_at: datetime
    due_at: datetime
    paused: bool
    overdue: bool


class TimelineEntry(Struct, frozen=True, omit_defaults=True):
    """Something that happened: ``actor`` is a badge, ``name`` whose it is; ``people`` are the
    names, by badge, of those whom ``facts`` tell of."""

    at: datetime
    actor: str
    kind: str
    stage: Stage | None
    note: str
    name: str
    facts: dict[str, Any]
    people: dict[str, str] = {}


class OrderView(Struct, frozen=True):
    """One order. ``stage``, ``role``, ``assignee`` and ``due_at`` are those of its earliest open
    stage, or of its exception where no stage is open."""

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
    received_at: datetime
    ordered_at: datetime | None
    due_at: datetime | None
    overdue: bool
    customer: Customer
    lines: list[LineView]
    exceptions: list[ExceptionView]
    ship_by: datetime | None
    shipment: ShipmentView | None
    timeline: list[TimelineEntry]
    priority_reason: str
    assignee_name: str | None
    stages: list[StageView]
    shipments: list[ShipmentView]
    channel_status: ChannelStatus
    preferred_carrier: str
    special_request: str
    note: str
    origin: str | None
    derived: list[str]
    held_at: datetime | None
    cancelled_at: datetime | None
    completed_at: datetime | None


def order(number: str, settings: Settings, now: datetime) -> OrderView:
    """The order ``number`` as it stands at ``now``; its times are the site's.

    Raises:
        Refusal: there is no such order.
    """
    zone = settings.site.zone
    with snapshot():
        found: Any = Order.get_or_none(Order.number == number)
        if found is None:
            raise Refusal(
                "there is no order {number}; `orderterm orders` lists those there are",
                number=number,
            )
        stages = _stages(found, zone, now)
        exceptions = _exceptions(found, zone, now)
        shipments = _shipments(found.id, zone)
        return OrderView(
            **_columns(found, zone),
            **_due(stages, exceptions),
            lines=_lines(found.id),
            exceptions=exceptions,
            shipment=shipments[-1] if shipments else None,
            timeline=[_entry(event) for event in events(settings, number)],
            stages=stages,
            shipments=shipments,
            origin=_number_of(found.origin_id),
            derived=_derived(found.id),
        )


def _columns(found: Any, zone: ZoneInfo) -> dict[str, Any]:
    """What the order itself holds."""
    plain = (
        "number",
        "channel",
        "channel_kind",
        "channel_order_number",
        "shop",
        "nature",
        "condition",
        "priority",
        "priority_rule",
        "priority_reason",
        "tags",
        "channel_status",
        "preferred_carrier",
        "special_request",
        "note",
    )
    times = ("received_at", "ordered_at", "ship_by", "held_at", "cancelled_at", "completed_at")
    customer = Customer(found.customer_name, found.customer_level, found.contact, found.address)
    return {
        **{name: getattr(found, name) for name in plain},
        **{name: local(getattr(found, name), zone) for name in times},
        "customer": customer,
    }


def _due(stages: Sequence[StageView], exceptions: Sequence[ExceptionView]) -> dict[str, Any]:
    """Who is to do something about the order, and by when."""
    unresolved = [found for found in exceptions if found.resolved_at is None]
    if stages:
        first = stages[0]
        return {
            name: getattr(first, name)
            for name in ("stage", "role", "assignee", "assignee_name", "due_at", "overdue")
        }
    empty = {"stage": None, "assignee": None, "assignee_name": None}
    if unresolved:
        nearest = min(unresolved, key=lambda found: found.due_at)
        due = {"role": nearest.role, "due_at": nearest.due_at, "overdue": nearest.overdue}
        return {**empty, **due}
    return {**empty, "role": None, "due_at": None, "overdue": False}


def _stages(found: Any, zone: ZoneInfo, now: datetime) -> list[StageView]:
    tasks: list[Any] = list(Task.select().where((Task.order == found.id) & Task.done_at.is_null()))
    pauses = Pause.select(Pause.task).where(
        Pause.task.in_([task.id for task in tasks]) & Pause.ended_at.is_null()
    )
    paused = {task for (task,) in queries.rows(pauses)}
    known = names(task.assignee_id for task in tasks)
    return [
        StageView(
            stage=task.stage,
            role=task.role,
            assignee=task.assignee_id,
            assignee_name=known.get(task.assignee_id),
            started_at=local(task.started_at, zone),
            due_at=local(task.due_at, zone),
            paused=task.id in paused,
            overdue=task.id not in paused and now > task.due_at,
        )
        for task in sorted(tasks, key=lambda task: STAGE_RANKS[task.stage])
    ]


def _lines(order_id: int) -> list[LineView]:
    taken = (
        Allocation.select(Allocation.line, fn.SUM(Allocation.quantity))
        .join(OrderLine)
        .where((OrderLine.order == order_id) & Allocation.released_at.is_null())
        .group_by(Allocation.line)
    )
    allocated = queries.pairs(taken)
    rows = (
        OrderLine.select()
        .where((OrderLine.order == order_id) & OrderLine.removed_at.is_null())
        .order_by(OrderLine.position)
    )
    return [
        LineView(
            sku=line.sku,
            name=line.name,
            specification=line.specification,
            quantity=line.quantity,
            allocated=allocated.get(line.id, 0),
            unit_price=line.unit_price,
            substituted_for=line.substituted_for,
        )
        for line in rows
    ]


def _exceptions(found: Any, zone: ZoneInfo, now: datetime) -> list[ExceptionView]:
    rows = (
        OrderException.select()
        .where(OrderException.order == found.id)
        .order_by(OrderException.opened_at, OrderException.id)
    )
    running = found.held_at is None
    return [
        ExceptionView(
            kind=row.kind,
            opened_at=local(row.opened_at, zone),
            due_at=local(row.due_at, zone),
            resolved_at=local(row.resolved_at, zone),
            resolution=row.path,
            role=row.role,
            overdue=running and row.resolved_at is None and now > row.due_at,
            opened_by=row.opened_by,
            resolved_by=row.resolved_by,
            detail=msgspec.json.decode(row.detail),
            facts=msgspec.json.decode(row.resolution or "{}"),
        )
        for row in rows
    ]


def _shipments(order_id: int, zone: ZoneInfo) -> list[ShipmentView]:
    rows = (
        Shipment.select()
        .where((Shipment.order == order_id) & Shipment.replaced_at.is_null())
        .order_by(Shipment.shipped_at, Shipment.id)
    )
    return [
        ShipmentView(
            carrier=row.carrier,
            waybill=row.waybill,
            shipped_at=local(row.shipped_at, zone),
            eta=local(row.eta, zone),
            signed_at=local(row.signed_at, zone),
        )
        for row in rows
    ]


def _entry(event: EventRow) -> TimelineEntry:
    stage = event.facts.get("stage")
    return TimelineEntry(
        at=event.at,
        actor=event.actor,
        kind=event.kind,
        stage=Stage(stage) if stage else None,
        note=event.note,
        name=event.name,
        facts=event.facts,
        people=event.people,
    )


def _number_of(order_id: int | None) -> str | None:
    if order_id is None:
        return None
    number: str | None = Order.select(Order.number).where(Order.id == order_id).scalar()
    return number


def _derived(order_id: int) -> list[str]:
    """The orders that came of this one: the rest of a split, and returns."""
    rows = Order.select(Order.number).where(Order.origin == order_id).order_by(Order.id)
    return [number for (number,) in queries.rows(rows)]
