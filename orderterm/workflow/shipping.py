"""Parcels: leaving the house, changing carriers, being signed for."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import fn

from orderterm.errors import Refusal
from orderterm.rules.journeys import LATE_ENTRY
from orderterm.store import stock
from orderterm.store.fields import utc_text
from orderterm.store.prepared import insert, prepared
from orderterm.store.queries import pairs
from orderterm.store.stock import held
from orderterm.store.tables import Allocation, Order, OrderLine, Shipment
from orderterm.terms import ExceptionKind, ExceptionPath, MovementKind
from orderterm.workflow import outbox
from orderterm.workflow.case import Case
from orderterm.workflow.details import Details


def ship(case: Case, task: Any, details: Details) -> dict[str, Any]:
    """A parcel leaves with what is held for this round; the stock goes with it.

    Raises:
        Refusal: carrier or waybill is missing, or the waybill is on somebody else's parcel.
    """
    carrier = details.carrier.strip() or case.order.preferred_carrier
    waybill = details.waybill.strip()
    _check_waybill(case, carrier, waybill)
    shipment = insert(
        Shipment,
        order=case.order.id,
        round=task.round,
        carrier=carrier,
        waybill=waybill,
        shipped_at=case.at,
        eta=details.eta,
    )
    pieces = _take_out(case, task.round, shipment)
    outbox.announce_parcel(case, carrier, waybill, details.eta, case.at)
    return {
        "carrier": carrier,
        "waybill": waybill,
        "eta": utc_text(details.eta) if details.eta else None,
        "pieces": pieces,
    }


_ANOTHERS_PARCEL = prepared(
    lambda waybill, carrier, since, contact, address: (
        Order.select(Order.number)
        .join(Shipment)
        .where(
            (Shipment.waybill == waybill)
            & (Shipment.carrier == carrier)
            & (unsigned() | (Shipment.shipped_at >= since))
            & ((Order.contact != contact) | (Order.address != address))
        )
    )
)


def _check_waybill(case: Case, carrier: str, waybill: str) -> None:
    number = case.order.number
    if not carrier or not waybill:
        raise Refusal(
            "{number} can't be shipped without a carrier and a waybill: "
            "give --carrier and --waybill",
            number=number,
        )
    since = case.at - LATE_ENTRY
    customer = case.order.contact, case.order.address
    other = _ANOTHERS_PARCEL.value(waybill, carrier, since, *customer)
    if other:
        raise Refusal(
            "waybill {waybill} is on the parcel of {other}, which goes to another customer: "
            "scan the label of {number} again",
            waybill=waybill,
            other=other,
            number=number,
        )


def _held_for(order: Any, round_: Any) -> Any:
    lines = OrderLine.select(OrderLine.id).where(OrderLine.order == order)
    return held() & Allocation.line.in_(lines) & (Allocation.round == round_)


_HELD_PIECES = prepared(
    lambda order, round_: (
        Allocation.select(Allocation.sku, fn.SUM(Allocation.quantity))
        .where(_held_for(order, round_))
        .group_by(Allocation.sku)
    )
)
_SHIP_HELD = prepared(
    lambda shipment, order, round_: Allocation.update(shipment=shipment).where(
        _held_for(order, round_)
    )
)


def _take_out(case: Case, round_: int, shipment: int) -> dict[str, int]:
    pieces = dict(_HELD_PIECES.rows(case.order.id, round_))
    if not pieces:
        raise Refusal(
            "nothing is allocated for {number}, so nothing can be shipped: undo the preparation "
            "and allocate it, or raise an exception",
            number=case.order.number,
        )
    _SHIP_HELD.run(shipment, case.order.id, round_)
    move(case, MovementKind.SHIPMENT, {sku: -quantity for sku, quantity in pieces.items()})
    return pieces


def _pieces(condition: Any) -> dict[str, int]:
    return pairs(
        Allocation.select(Allocation.sku, fn.SUM(Allocation.quantity))
        .where(condition)
        .group_by(Allocation.sku)
    )


def move(case: Case, kind: MovementKind, pieces: dict[str, int]) -> None:
    """Put stock movements of this order into the ledger; pieces per SKU, negative for out."""
    stock.move(kind, pieces, case.at, order=case.order.id)


def unship(case: Case, round_: int) -> None:
    """Take parcels back that have not left after all: the stock is held again.

    Raises:
        Refusal: a customer has signed for one of them.
    """
    parcels = [one for one in current_shipments(case.order.id) if one.round == round_]
    for shipment in parcels:
        if shipment.signed_at is not None:
            raise Refusal(
                "parcel {waybill} of {number} has been signed for, so its shipping can't be undone",
                waybill=shipment.waybill,
                number=case.order.number,
            )
    for shipment in parcels:
        condition = Allocation.shipment == shipment.id
        pieces = _pieces(condition)
        Allocation.update(shipment=None).where(condition).execute()
        move(case, MovementKind.REVERSAL, pieces)
        outbox.withdraw_parcel(case, shipment.carrier, shipment.waybill)
        shipment.delete_instance()


def current_shipments(order_id: int) -> Iterable[Any]:
    """The order's parcels, without those that another one has replaced."""
    return Shipment.select().where((Shipment.order == order_id) & Shipment.replaced_at.is_null())


def unsigned() -> Any:
    """The condition of a parcel that is on its way: neither signed for nor replaced."""
    return Shipment.signed_at.is_null() & Shipment.replaced_at.is_null()


_SIGN = prepared(
    lambda at, order, round_: Shipment.update(signed_at=at).where(
        (Shipment.order == order) & (Shipment.round == round_) & unsigned()
    )
)


def sign(case: Case, task: Any, details: Details) -> dict[str, Any]:
    """The customer has signed for the parcels of this round; a late carrier is late no more.

    When a parcel was signed for stays as the carrier told it.
    """
    at = details.signed_at or case.at
    _SIGN.run(at, case.order.id, task.round)
    late = case.open_exception(ExceptionKind.CARRIER_DELAY)
    on_its_way = (Shipment.order == case.order.id) & unsigned()
    if late is not None and not Shipment.select().where(on_its_way).exists():
        case.resolve_exception(late, ExceptionPath.SETTLE, {"signed_at": utc_text(at)})
    return {"signed_at": utc_text(at)}


def replace_parcel(case: Case, carrier: str, waybill: str, eta: datetime) -> dict[str, Any]:
    """Send the order on with another carrier: the unsigned parcels get a new label.

    Raises:
        Refusal: carrier or waybill is missing or somebody else's, or nothing is on its way.
    """
    carrier, waybill = carrier.strip(), waybill.strip()
    _check_waybill(case, carrier, waybill)
    parcels = list(Shipment.select().where((Shipment.order == case.order.id) & unsigned()))
    if not parcels:
        raise Refusal(
            "{number} has no parcel on its way, so there is no carrier to change",
            number=case.order.number,
        )
    for parcel in parcels:
        Shipment.update(replaced_at=case.at).where(Shipment.id == parcel.id).execute()
        new = Shipment.create(
            order=case.order.id,
            round=parcel.round,
            carrier=carrier,
            waybill=waybill,
            shipped_at=case.at,  # its carrier is not to blame for the time before
            eta=eta,
        )
        Allocation.update(shipment=new.id).where(Allocation.shipment == parcel.id).execute()
        outbox.withdraw_parcel(case, parcel.carrier, parcel.waybill)
    outbox.announce_parcel(case, carrier, waybill, eta, case.at)
    return {"carrier": carrier, "waybill": waybill, "eta": utc_text(eta)}


def expedite(case: Case, eta: datetime) -> dict[str, Any]:
    """The carrier speeds the parcels up; they are expected at ``eta``."""
    Shipment.update(eta=eta).where((Shipment.order == case.order.id) & unsigned()).execute()
    return {"eta": utc_text(eta)}
