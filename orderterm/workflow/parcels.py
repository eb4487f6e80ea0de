"""More parcels than one: what left together but did not fit into a single box."""

from typing import Any

from orderterm.errors import Refusal
from orderterm.rules.journeys import LATE_ENTRY
from orderterm.rules.permissions import Action, not_permitted
from orderterm.sentences import say
from orderterm.store.fields import utc_text
from orderterm.store.queries import rows
from orderterm.store.tables import Order, Shipment
from orderterm.terms import EventKind, Stage
from orderterm.workflow import outbox
from orderterm.workflow.case import Case
from orderterm.workflow.door import open_case
from orderterm.workflow.workplace import Outcome, Workplace


def add_parcel(workplace: Workplace, badge: str, number: str, waybill: str) -> Outcome:
    """One more parcel of an order that has just left; it goes with the same carrier.

    The stock left with the first parcel. The order is signed for when its last parcel is.

    Args:
        workplace: the home at work.
        badge: who sends it.
        number: the order.
        waybill: of the parcel; one that no other parcel has.

    Raises:
        Refusal: it is not for this person to do, the order is not on its way, or the waybill is
            blank or another order's.
    """
    waybill = waybill.strip()
    with open_case(workplace, badge, number) as case:
        if why := not_permitted(Action.CONFIRM, case.actor, Stage.SHIPPING):
            raise Refusal(why)
        if not waybill:
            raise Refusal("{number}: one more parcel needs its waybill", number=number)
        first = _parcel_on_its_way(case)
        owners = _owners(case, waybill)
        if number in owners:
            told = say(
                "{waybill} is on a parcel of {number} already", waybill=waybill, number=number
            )
            return Outcome(number, False, told)
        if owners:
            raise Refusal(
                "waybill {waybill} is on a parcel of {other}: scan the label of this parcel",
                waybill=waybill,
                other=owners[0],
            )
        _add(case, first, waybill)
        told = say("{number}: one more parcel, {waybill}", number=number, waybill=waybill)
        return Outcome(number, True, told)


def _parcel_on_its_way(case: Case) -> Any:
    """The last parcel of the round that is being tracked."""
    tracking = case.open_task(Stage.TRACKING)
    parcel = tracking and (
        Shipment.select()
        .where(
            (Shipment.order == case.order.id)
            & (Shipment.round == tracking.round)
            & Shipment.replaced_at.is_null()
        )
        .order_by(Shipment.id.desc())
        .first()
    )
    if parcel is None:
        raise Refusal(
            "{number} has no parcel on its way: ship the first one, then add the others",
            number=case.order.number,
        )
    return parcel


def _owners(case: Case, waybill: str) -> list[str]:
    """The orders that have a parcel with this waybill; those of one customer may share it.

    The number of a parcel that came home long ago may be on another one by now.
    """
    current = Shipment.signed_at.is_null() | (Shipment.shipped_at >= case.at - LATE_ENTRY)
    query = (
        Shipment.select(Order.number)
        .join(Order)
        .where((Shipment.waybill == waybill) & Shipment.replaced_at.is_null() & current)
        .order_by(Order.number)
    )
    return [number for (number,) in rows(query)]


def _add(case: Case, first: Any, waybill: str) -> None:
    Shipment.create(
        order=case.order.id,
        round=first.round,
        carrier=first.carrier,
        waybill=waybill,
        shipped_at=case.at,
        eta=first.eta,
    )
    outbox.announce_parcel(case, first.carrier, waybill, first.eta, case.at)
    # What is told of a parcel on its way stands in nobody's way who undoes the shipping.
    case.record(
        EventKind.TRACKED,
        carrier=first.carrier,
        waybill=waybill,
        shipped_at=utc_text(case.at),
        eta=utc_text(first.eta) if first.eta else None,
    )
