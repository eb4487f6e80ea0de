"""Parcels: leaving the house, changing carriers, being signed for."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import fn

from orderterm.errors import Refusal
from orderterm.store.fields import utc_text
from orderterm.store.stock import held
from orderterm.store.tables import Allocation, Order, OrderLine, Shipment, StockMovement
from orderterm.terms import MovementKind
from orderterm.workflow.case import Case
from orderterm.workflow.details import Details


def ship(case: Case, task: Any, details: Details) -> dict[str, Any]:
    """A parcel leaves with what is held for this round; the stock goes with it.

    Raises:
        Refusal: carrier or waybill is missing, or the waybill is on somebody else's parcel.
    """
    carrier = details.carrier or case.order.preferred_carrier
    _check_waybill(case, carrier, details.waybill)
    shipment = Shipment.create(
        order=case.order.id,
        round=task.round,
        carrier=carrier,
        waybill=details.waybill,
        shipped_at=case.at,
        eta=details.eta,
    )
    pieces = _take_out(case, task.round, shipment.id)
    return {
        "carrier": carrier,
        "waybill": details.waybill,
        "eta": utc_text(details.eta) if details.eta else None,
        "pieces": pieces,
    }


def _check_waybill(case: Case, carrier: str, waybill: str) -> None:
    number = case.order.number
    if not carrier or not waybill:
        raise Refusal(
            "{number} can't be shipped without a carrier and a waybill: "
            "give --carrier and --waybill",
            number=number,
        )
    other = (
        Order.select(Order.number)
        .join(Shipment)
        .where(
            (Shipment.waybill == waybill)
            & (Shipment.carrier == carrier)
            & ((Order.contact != case.order.contact) | (Order.address != case.order.address))
        )
        .scalar()
    )
    if other:
        raise Refusal(
            "waybill {waybill} is on the parcel of {other}, which goes to another customer: "
            "scan the label of {number} again",
            waybill=waybill,
            other=other,
            number=number,
        )


def _take_out(case: Case, round_: int, shipment: int) -> dict[str, int]:
    lines = OrderLine.select(OrderLine.id).where(OrderLine.order == case.order.id)
    condition = held() & Allocation.line.in_(lines) & (Allocation.round == round_)
    pieces = dict(
        Allocation.select(Allocation.sku, fn.SUM(Allocation.quantity))
        .where(condition)
        .group_by(Allocation.sku)
        .tuples()
    )
    if not pieces:
        raise Refusal(
            "nothing is allocated for {number}: it can't be shipped", number=case.order.number
        )
    Allocation.update(shipment=shipment).where(condition).execute()
    move(case, MovementKind.SHIPMENT, {sku: -quantity for sku, quantity in pieces.items()})
    return pieces


def move(case: Case, kind: MovementKind, pieces: dict[str, int]) -> None:
    """Put stock movements of this order into the ledger; pieces per SKU, negative for out."""
    for sku, quantity in pieces.items():
        StockMovement.create(sku=sku, kind=kind, quantity=quantity, at=case.at, order=case.order.id)


def unship(case: Case, round_: int) -> None:
    """Take a parcel back that has not left after all: the stock is held again."""
    for shipment in list(current_shipments(case.order.id)):
        if shipment.round != round_:
            continue
        condition = Allocation.shipment == shipment.id
        pieces = dict(
            Allocation.select(Allocation.sku, fn.SUM(Allocation.quantity))
            .where(condition)
            .group_by(Allocation.sku)
            .tuples()
        )
        Allocation.update(shipment=None).where(condition).execute()
        move(case, MovementKind.REVERSAL, pieces)
        shipment.delete_instance()


def current_shipments(order_id: int) -> Iterable[Any]:
    """The order's parcels, without those that another one has replaced."""
    return Shipment.select().where((Shipment.order == order_id) & Shipment.replaced_at.is_null())


def sign(case: Case, task: Any, details: Details) -> dict[str, Any]:
    """The customer has signed for the parcels of this round."""
    at = details.signed_at or case.at
    Shipment.update(signed_at=at).where(
        (Shipment.order == case.order.id)
        & (Shipment.round == task.round)
        & Shipment.replaced_at.is_null()
    ).execute()
    return {"signed_at": utc_text(at)}


def replace_parcel(case: Case, carrier: str, waybill: str, eta: datetime) -> dict[str, Any]:
    """Send the order on with another carrier: the unsigned parcels get a new label.

    Raises:
        Refusal: carrier or waybill is missing or somebody else's, or nothing is on its way.
    """
    _check_waybill(case, carrier, waybill)
    unsigned = [parcel for parcel in current_shipments(case.order.id) if not parcel.signed_at]
    if not unsigned:
        raise Refusal("{number} has no parcel on its way", number=case.order.number)
    for parcel in unsigned:
        Shipment.update(replaced_at=case.at).where(Shipment.id == parcel.id).execute()
        new = Shipment.create(
            order=case.order.id,
            round=parcel.round,
            carrier=carrier,
            waybill=waybill,
            shipped_at=parcel.shipped_at,
            eta=eta,
        )
        Allocation.update(shipment=new.id).where(Allocation.shipment == parcel.id).execute()
    return {"carrier": carrier, "waybill": waybill, "eta": utc_text(eta)}


def expedite(case: Case, eta: datetime) -> dict[str, Any]:
    """The carrier speeds the parcels up; they are expected at ``eta``."""
    Shipment.update(eta=eta).where(
        (Shipment.order == case.order.id)
        & Shipment.replaced_at.is_null()
        & Shipment.signed_at.is_null()
    ).execute()
    return {"eta": utc_text(eta)}
