"""Shipping: the carrier and ETA of the parcels to come, waybills by scan, packing slips."""

from collections.abc import Sequence

from orderterm.errors import Refusal
from orderterm.reports.slips import packing_slip_lines
from orderterm.sentences import Sentence, say
from orderterm.terms import Stage
from orderterm.views.picking import PackingSlip, packing_slip
from orderterm.views.queue import Work
from orderterm.workflow.details import Details
from orderterm.workflow.parcels import add_parcel
from orderterm.workflow.workplace import Outcome
from screens.flows.completing import confirmed, each_once, reason_if_late
from screens.flows.paper import put_on_paper
from screens.shipping_desk import OF_ALL, ShippingDesk, ask_carrier
from screens.station import Station
from screens.work_screen import GivenUp, Handler, WorkScreen

MOST_DAYS = 365


async def choose_carrier(screen: WorkScreen) -> None:
    """Choose the carrier of the parcels to come."""
    desk: ShippingDesk = screen.desk
    desk.to_come.carrier = carrier = await ask_carrier(OF_ALL, screen)
    screen.answer(
        say("parcels go with {carrier}, unless the customer asked for another", carrier=carrier),
        "done",
    )
    desk.detail.redraw()


async def choose_arrival(screen: WorkScreen) -> None:
    """Choose in how many days the parcels to come should arrive."""
    desk: ShippingDesk = screen.desk
    now = "" if desk.to_come.days is None else str(desk.to_come.days)
    text = await screen.ask(say("arrive in how many days (blank: none)"), now, blank=True)
    desk.to_come.days = _days(text) if text else None
    if desk.eta is None:
        screen.answer(say("parcels leave without an ETA"), "done")
    else:
        day = f"{desk.eta:%m-%d}"
        screen.answer(
            say("parcels that leave today are expected in {days} days, {day}", days=text, day=day),
            "done",
        )
    desk.detail.redraw()


def _days(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= MOST_DAYS:
        return int(text)
    raise Refusal(
        "{text} is no number of days: type one from 0 to {most}", text=text, most=MOST_DAYS
    )


# -- a waybill by scan ----------------------------------------------------------------------------


async def ship_scanned(desk: ShippingDesk, work: Work, waybill: str) -> None:
    """Ship an order with the waybill that was scanned for it."""
    desk.need_current(work)
    _refuse_second(desk, work, waybill)
    desk.to_come.waybills[work.number] = waybill
    try:
        carrier = await desk.carrier_of(work, desk)
        reason = await reason_if_late(desk, [work])
    except GivenUp:
        _stays_in_hand(desk, work, waybill)
        return
    details = Details(carrier=carrier, waybill=waybill, eta=desk.eta)
    try:
        outcome = await desk.change(lambda: confirmed(desk, work, reason, details, Stage.SHIPPING))
    except Refusal:
        # Where only the database was away it stays in hand; what is refused is not tried again.
        del desk.to_come.waybills[work.number]
        raise
    _tell(desk, work, outcome, details)


def _refuse_second(desk: ShippingDesk, work: Work, waybill: str) -> None:
    kept = desk.to_come.waybills.get(work.number, waybill)
    if kept != waybill:
        raise Refusal(
            "{waybill} was not used: {kept} is still in hand for {number}; {key} ships it",
            waybill=waybill,
            kept=kept,
            number=work.number,
            key=desk.station.keys.named("order.complete").key,
        )


def _stays_in_hand(desk: ShippingDesk, work: Work, waybill: str) -> None:
    key = desk.station.keys.named("order.complete").key
    desk.answer(
        say(
            "{number} is not shipped; {waybill} stays in hand for it, {key} ships it",
            number=work.number,
            waybill=waybill,
            key=key,
        ),
        "due-soon",
    )
    desk.detail.redraw()


def _tell(desk: ShippingDesk, work: Work, outcome: Outcome, details: Details) -> None:
    told, waybill = outcome.sentence, details.waybill
    if outcome.changed:
        desk.answer(
            say(
                "{number} left with {carrier} {waybill}",
                number=work.number,
                carrier=details.carrier,
                waybill=waybill,
            ),
            "done",
        )
    else:
        desk.refuse_scan(say("{told}; {waybill} was not used", told=told, waybill=waybill))
    desk.finished(work)
    desk.can_undo([work])


async def one_more_parcel(screen: WorkScreen) -> None:
    """Add a parcel to the order in hand if it is on its way, else to the one that left last."""
    station = screen.station
    on_its_way = any(work.stage is Stage.TRACKING for work in screen.chosen)
    works: Sequence[Work] = [screen.need_one()] if on_its_way else screen.desk.last_done
    if not works:
        raise Refusal("nothing has left from here yet: ship the first parcel of the order first")
    number = works[-1].number
    waybill = await screen.ask(say("one more waybill of {number}", number=number), scan=True)
    outcome = await screen.change(
        lambda: add_parcel(station.workplace, station.badge, number, waybill)
    )
    screen.answer(outcome.sentence, "done" if outcome.changed else "refused")
    screen.refresh_soon()


# -- packing slips --------------------------------------------------------------------------------


async def print_slips(screen: WorkScreen) -> None:
    """The packing slip of each marked order, else of the one in hand."""
    station, numbers = screen.station, [work.number for work in each_once(screen)]
    slips, refused = await screen.read(lambda: _slips(station, numbers))
    if not slips:
        why = refused[0]
        raise Refusal(why)
    language = station.language
    sheets = [
        (f"packing-slip-{slip.number}.txt", packing_slip_lines(slip, language)) for slip in slips
    ]
    where = await put_on_paper(sheets, station)
    told = (
        say("packing slip of {number} {where}", number=slips[0].number, where=where)
        if len(slips) == 1
        else say("{count} packing slips {where}", count=len(slips), where=where)
    )
    if refused:
        screen.answer(say("{told}; not all: {why}", told=told, why=refused[0]), "refused")
    else:
        screen.answer(told, "done")


def _slips(station: Station, numbers: Sequence[str]) -> tuple[list[PackingSlip], list[Sentence]]:
    """The slips, and why some orders have none."""
    slips, refused = [], []
    for number in numbers:
        try:
            slips.append(packing_slip(number, station.settings, station.now()))
        except Refusal as refusal:
            refused.append(refusal.sentence)
    return slips, refused


HANDLERS: dict[str, Handler] = {
    "shipping.carrier": choose_carrier,
    "shipping.arrival": choose_arrival,
    "shipping.parcel": one_more_parcel,
    "shipping.slip": print_slips,
}
