"""发货与物流跟踪表: every parcel, where it is, and what its customer was told."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct, structs

from orderterm.rules.contacts import mask_text
from orderterm.rules.journeys import Step, journey, own_steps
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.tables import Message, Order, OrderException, Shipment, TrackingUpdate
from orderterm.terms import (
    Condition,
    ExceptionKind,
    ExceptionPath,
    MessageKind,
    TrackingState,
)
from orderterm.views.messages import MessageState, state_of
from orderterm.views.registers.days import Days, in_parts
from orderterm.views.times import clocks, local

_ENDED = (Condition.COMPLETED.value, Condition.CANCELLED.value)


class Notice(Struct, frozen=True):
    """What became of telling the customer: ``at`` when it was sent, ``sender`` how."""

    at: datetime | None
    sender: str
    state: MessageState


class ParcelRow(Struct, frozen=True):
    """A parcel. ``underway`` is how long nobody has signed for it, None once somebody has or
    another parcel has replaced it; ``path`` is what was done about its delay."""

    number: str
    key: str
    carrier: str
    waybill: str
    shipped_at: datetime
    eta: datetime | None
    told: str
    told_at: datetime | None
    state: TrackingState | None
    underway: timedelta | None
    delayed: bool
    path: ExceptionPath | None
    signed_at: datetime | None
    replaced_at: datetime | None
    notice: Notice | None


class _Context(Struct, frozen=True):
    settings: Settings
    now: datetime


def parcels(days: Days, settings: Settings, now: datetime) -> Iterator[ParcelRow]:
    """The parcels shipped earlier that are still on their way, then those shipped in ``days``,
    each by time; within the caller's reading."""
    start, end = days.span(settings.site.zone)
    made = partial(_rows, context=_Context(settings, now))
    underway = Shipment.signed_at.is_null() & Shipment.replaced_at.is_null()
    earlier = underway & (Shipment.shipped_at < start) & Order.condition.not_in(_ENDED)
    shipped = (Shipment.shipped_at >= start) & (Shipment.shipped_at < end)
    for condition in (earlier, shipped):
        yield from in_parts(_query().where(condition).order_by(Shipment.shipped_at), made)


def masked(row: ParcelRow) -> ParcelRow:
    """The row for those who only watch: a courier's words may hold a phone number."""
    return structs.replace(row, told=mask_text(row.told))


def _query() -> Any:
    return Shipment.select(
        Shipment.id,
        Shipment.order,
        Order.number,
        Shipment.carrier,
        Shipment.waybill,
        Shipment.shipped_at,
        Shipment.eta,
        Shipment.signed_at,
        Shipment.replaced_at,
    ).join(Order)


def _rows(found: Sequence[tuple[Any, ...]], context: _Context) -> Iterator[ParcelRow]:
    orders = [row[1] for row in found]
    steps = _steps(sorted({row[4] for row in found}))
    delays, notices = _delays(orders), _notices(orders, context)
    for key, order, number, carrier, waybill, *times in found:
        zone = context.settings.site.zone
        shipped_at, eta, signed_at, replaced_at = times
        over = signed_at or replaced_at
        told = steps.get((carrier, waybill), []) + steps.get(("", waybill), [])
        heard = own_steps(told, shipped_at)
        last = journey(heard).last if heard else None
        yield ParcelRow(
            number=number,
            key=str(key),
            carrier=carrier,
            waybill=waybill,
            shipped_at=local(shipped_at, zone),
            eta=local(eta, zone),
            told=last.words if last else "",
            told_at=local(last.at, zone) if last else None,
            state=last.state if last else None,
            underway=None if over else context.now - shipped_at,
            delayed=_is_late(shipped_at, over or context.now, context.settings),
            path=_taken(delays.get(order, ()), shipped_at),
            signed_at=local(signed_at, zone),
            replaced_at=local(replaced_at, zone),
            notice=notices.get((order, waybill)),
        )


def _is_late(shipped_at: datetime, until: datetime, settings: Settings) -> bool:
    return until > clocks(settings).add(shipped_at, settings.limits.tracking)


def _steps(waybills: list[str]) -> dict[tuple[str, str], list[Step]]:
    """What was heard of each parcel, by carrier and waybill; "" is the carrier of what was told
    without one."""
    heard = TrackingUpdate
    query = heard.select(heard.carrier, heard.waybill, heard.at, heard.state, heard.description)
    found: dict[tuple[str, str], list[Step]] = {}
    for carrier, waybill, *step in queries.rows(query.where(heard.waybill.in_(waybills))):
        found.setdefault((carrier, waybill), []).append(Step(*step))
    return found


def _delays(orders: list[int]) -> dict[int, list[tuple[datetime, ExceptionPath | None]]]:
    found: dict[int, list[tuple[datetime, ExceptionPath | None]]] = {}
    one = OrderException
    query = one.select(one.order, one.opened_at, one.path).where(
        one.order.in_(orders) & (one.kind == ExceptionKind.CARRIER_DELAY)
    )
    for order, opened_at, path in queries.rows(query.order_by(one.id)):
        found.setdefault(order, []).append((opened_at, path))
    return found


def _taken(
    delays: Sequence[tuple[datetime, ExceptionPath | None]], shipped_at: datetime
) -> ExceptionPath | None:
    """What was done about the first delay after a parcel was shipped."""
    return next((path for opened_at, path in delays if opened_at >= shipped_at), None)


def _notices(orders: list[int], context: _Context) -> dict[tuple[int, str], Notice]:
    """The shipping notice of each parcel, by order and waybill."""
    query = (
        Message.select(
            Message.order,
            Message.facts,
            Message.sender,
            Message.sent_at,
            Message.given_up_at,
            Message.withdrawn_at,
        )
        .where(Message.order.in_(orders) & (Message.kind == MessageKind.SHIPPING_NOTICE))
        .order_by(Message.id)
    )
    found = {}
    for order, facts, sender, sent_at, *gone in queries.rows(query):
        waybill = str(msgspec.json.decode(facts).get("waybill", ""))
        at = local(sent_at, context.settings.site.zone)
        found[order, waybill] = Notice(at, sender, state_of(sent_at, *gone))
    return found
