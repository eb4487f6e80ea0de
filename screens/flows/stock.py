"""Allocating from the shelf, and counting what lies on it."""

from orderterm.errors import Refusal
from orderterm.rules.drafts import StockDraft
from orderterm.sentences import Sentence, say
from orderterm.terms import Stage
from orderterm.views.fitting import allocatable
from orderterm.views.queue import Work
from orderterm.views.stock import stock
from orderterm.workflow import stages, stocktaking
from orderterm.workflow.details import Details
from orderterm.workflow.stocktaking import Counted
from orderterm.workflow.workplace import Outcome
from screens.flows.completing import Deed, chosen_orders, do_all, do_each, reason_if_late
from screens.flows.returns import pieces
from screens.sku_desk import SkuDesk
from screens.work_screen import Handler, WorkScreen


async def allocate_all(desk: SkuDesk) -> None:
    """Allocate every order of the queue for which everything is there."""
    station, wanted = desk.station, desk.wanted()
    able = await desk.read(
        lambda: allocatable(wanted, station.settings, station.now(), station.badge)
    )
    if not able:
        raise Refusal("no order of the queue has everything there: nothing is to be allocated")
    await desk.sure(say("{count} orders have everything there: allocate them?", count=len(able)))
    reason = await reason_if_late(desk, able)
    await do_all(desk, able, _allocated(desk, Details(), reason), undoable=True)


async def allocate_part(screen: WorkScreen) -> None:
    """Allocate what is there of the orders in hand; the rest follows as a back order."""
    chosen = chosen_orders(screen)
    if len(chosen) > 1:
        await screen.sure(say("allocate what is there of {count} orders?", count=len(chosen)))
    reason = await reason_if_late(screen, chosen)
    await do_each(screen, chosen, _allocated(screen, Details(partial=True), reason), undoable=True)


def _allocated(screen: WorkScreen, details: Details, reason: str) -> Deed:
    station = screen.station

    def deed(work: Work) -> Outcome:
        return stages.confirm(
            station.workplace,
            station.badge,
            work.number,
            stage=Stage.ALLOCATION,
            reason=reason,
            details=details,
        )

    return deed


async def count(desk: SkuDesk) -> None:
    """Enter how many pieces of the SKU in hand, or of the one just scanned, are on hand."""
    station = desk.station
    sku = await _sku(desk)
    (known,) = await desk.read(lambda: stock(sku))
    found = pieces(
        await desk.ask(say("{sku}: pieces on hand (so far {count})", sku=sku, count=known.on_hand))
    )
    drafts = [StockDraft(sku, found)]
    counted = await desk.change(lambda: stocktaking.count(station.workplace, station.badge, drafts))
    desk.answer(counted_sentence(sku, found, counted), "done")
    desk.refresh_soon()


async def _sku(desk: SkuDesk) -> str:
    return desk.sku_meant or desk.scanned or await desk.ask(say("which SKU is counted?"), scan=True)


def counted_sentence(sku: str, found: int, counted: Counted) -> Sentence:
    """What a count changed, and which orders gained or lost by it."""
    change = counted.changes.get(sku, 0)
    if not change:
        return say("{sku}: {count} on hand, as it was", sku=sku, count=found)
    told = {"sku": sku, "count": found, "change": f"{change:+}"}
    if counted.served:
        return say(
            "{sku}: {count} on hand ({change}); {orders} waited for it and are allocated",
            orders=counted.served,
            **told,
        )
    if counted.deprived:
        return say(
            "{sku}: {count} on hand ({change}); {orders} lost what they held and wait again",
            orders=counted.deprived,
            **told,
        )
    return say("{sku}: {count} on hand ({change})", **told)


HANDLERS: dict[str, Handler] = {
    "allocation.all": allocate_all,
    "allocation.part": allocate_part,
    "stock.count": count,
}
"""What the people at the shelf do, by command."""
