"""Saying when a SKU comes: every order that waits for it is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from orderterm.errors import Refusal
from orderterm.sentences import say
from orderterm.views.find import of_numbers
from orderterm.views.queue import Work
from orderterm.views.shortages import Shortages, WaitingOrder, shortages
from orderterm.workflow import expecting
from orderterm.workflow.workplace import Outcome
from screens.flows.answers import day_at
from screens.flows.completing import do_all
from screens.sku_desk import SkuDesk
from screens.station import Station
from screens.work_screen import Handler, WorkScreen


async def expect(screen: WorkScreen) -> None:
    """Ask when the SKU in hand comes, and tell each order that waits for it."""
    station = screen.station
    sku = await _sku(screen)
    found = await screen.read(lambda: shortages(station.settings))
    waiting = found.waiting_for(sku)
    if not waiting:
        raise Refusal("no order waits for {sku}: there is nobody to tell", sku=sku)
    until = day_at(
        await screen.ask(say("{sku} comes in how many days (or 11-25)?", sku=sku)), station
    )
    await screen.sure(
        say(
            "tell {count} orders {sku} on {day}?", count=len(waiting), sku=sku, day=f"{until:%m-%d}"
        )
    )
    works = await screen.read(lambda: _works(waiting, station))
    days = _days(sku, until, found)

    def deed(work: Work) -> Outcome:
        return expecting.expect(
            station.workplace,
            station.badge,
            work.number,
            days[work.number],
            note=station.text(say("the expected day changes")),
        )

    await do_all(screen, works, deed)


async def _sku(screen: WorkScreen) -> str:
    """The SKU in hand, or what the order in hand is short of."""
    desk: SkuDesk = screen.desk
    if sku := desk.sku_meant:
        return sku
    work = screen.need_one()
    short = [*work.detail.get("short", {})]
    if not short:
        raise Refusal("{number} is short of no SKU that is known", number=work.number)
    if len(short) == 1:
        return str(short[0])
    return await screen.choose(say("which SKU comes?"), [(one, one) for one in short])


def _works(waiting: Sequence[WaitingOrder], station: Station) -> list[Work]:
    numbers = [order.number for order in waiting]
    return of_numbers(numbers, station.settings, station.now())


def _days(sku: str, until: datetime, found: Shortages) -> Mapping[str, datetime]:
    """When each order can have all it waits for: not before its other SKUs are there as well."""
    others = {
        order.number: order.expected
        for other, orders in found.waiting.items()
        for order in orders
        if other != sku and order.expected is not None
    }
    return {
        order.number: max(until, others.get(order.number, until))
        for order in found.waiting_for(sku)
    }


HANDLERS: dict[str, Handler] = {"purchasing.expect": expect}
"""What purchasing does, by command."""
