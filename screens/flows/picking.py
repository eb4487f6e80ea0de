"""Preparation: the pick list on paper, and verifying an order's pieces."""

from orderterm.errors import Refusal
from orderterm.reports.slips import pick_list_lines
from orderterm.rules.picking import Verification
from orderterm.sentences import Sentence, say
from orderterm.views.picking import PickList
from orderterm.views.queue import Work
from orderterm.workflow.details import Details
from screens.flows import completing
from screens.flows.completing import chosen_orders
from screens.flows.paper import put_on_paper
from screens.picking_desk import PickingDesk
from screens.work_screen import Handler, WorkScreen


async def print_list(screen: WorkScreen) -> None:
    """One pick list over the marked orders, else for the one in hand."""
    desk: PickingDesk = screen.desk
    numbers = [work.number for work in chosen_orders(screen)]
    walk = await screen.read(lambda: desk.walk(numbers))
    if not walk.orders:
        _, why = walk.left_out[0]
        raise Refusal(why)
    station = screen.station
    name = f"pick-list-{walk.at:%Y%m%d-%H%M%S}.txt"
    where = await put_on_paper([(name, pick_list_lines(walk, station.language))], station)
    _tell_of_list(screen, walk, where)


def _tell_of_list(screen: WorkScreen, walk: PickList, where: Sentence) -> None:
    if len(walk.orders) == 1:
        number = walk.orders[0].number
        told = say("pick list of {number} {where}", number=number, where=where)
    else:
        orders, pieces = len(walk.orders), walk.pieces
        told = say(
            "pick list of {orders} orders, {pieces} pieces, {where}",
            orders=orders,
            pieces=pieces,
            where=where,
        )
    if not walk.left_out:
        screen.answer(told, "done")
        return
    count, why = len(walk.left_out), walk.left_out[0][1]
    screen.answer(
        say("{told}; {count} left out: {why}", told=told, count=count, why=why), "refused"
    )


async def verify(desk: PickingDesk) -> None:
    """Begin to verify the order in hand, or say what is to be scanned next.

    What is marked is for a pick list; pieces are counted of the order in hand, as scans are.
    """
    work = desk.need_row()
    verification = desk.verifications.get(work.number) or await desk.begin(work)
    desk.keep(work, verification)
    desk.show_scanned(verification.scan(""))


async def one_less(desk: PickingDesk) -> None:
    """Take back the scan that was counted last."""
    desk.show_scanned(desk.need_verification().uncount())


async def times(desk: PickingDesk) -> None:
    """Say how many pieces the next scan counts."""
    verification = desk.need_verification()
    count = desk.typed or await desk.ask(say("pieces that the next scan counts"))
    if not (count.isascii() and count.isdecimal() and len(count) <= 4 and int(count)):
        raise Refusal("{text} is no number of pieces: type one from 1 to 9999", text=count)
    desk.show_scanned(verification.scan(f"{int(count)}*"))


async def leave(desk: PickingDesk) -> None:
    """Verify the order in hand no longer."""
    desk.need_verification()
    number = desk.need_row().number
    del desk.verifications[number]
    desk.answer(say("{number} is no longer verified; its counts are forgotten", number=number))
    desk.show_counts()


async def complete(screen: WorkScreen) -> None:
    """Finish preparation; what was verified must still be what is to be picked, and whole."""
    desk: PickingDesk = screen.desk
    chosen = chosen_orders(screen)
    begun = {
        work.number: desk.verifications[work.number]
        for work in chosen
        if work.number in desk.verifications
    }
    await _check_unchanged(desk, begun)
    unfinished = [number for number, one in begun.items() if not one.complete]
    if unfinished:
        await screen.sure(
            say("{numbers}: pieces are not checked yet; done all the same?", numbers=unfinished)
        )
    await completing.complete_all(screen, chosen)


async def finish(desk: PickingDesk, work: Work) -> None:
    """Finish the preparation of one order that was verified and is not late."""
    await _check_unchanged(desk, {work.number: desk.verifications[work.number]})
    await completing.finish(desk, work, "", Details())


async def _check_unchanged(desk: PickingDesk, begun: dict[str, Verification]) -> None:
    walk = await desk.read(lambda: desk.walk([*begun]))
    gone = {number for number, _ in walk.left_out}  # why they can't be finished is told by that
    for number, verification in begun.items():
        expected = {stop.sku: stop.pieces for stop in walk.to_pick(number)}
        if number not in gone and expected != verification.expected:
            desk.verifications.pop(number, None)
            desk.refresh_soon()
            raise Refusal(
                "what is to be picked for {number} has changed since: verify it again",
                number=number,
            )


HANDLERS: dict[str, Handler] = {
    "order.complete": complete,
    "picking.print": print_list,
    "picking.verify": verify,
    "picking.less": one_less,
    "picking.times": times,
    "picking.leave": leave,
}
