"""A desk from which parcels leave: it keeps the carrier and the ETA for the parcels to come."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from msgspec import Struct, structs

from orderterm.errors import Refusal
from orderterm.sentences import Sentence, say
from orderterm.views.order import OrderView
from orderterm.views.orders import Customer
from orderterm.views.queue import Work
from orderterm.views.wishes import preferred_carriers
from orderterm.workflow.details import Details
from screens.desk import Desk
from screens.details.order_lines import brief
from screens.flows.answers import one_of
from screens.lists.sources import QueueSource, Source
from screens.station import Station
from screens.terminal.cells import wrap
from screens.widgets.canvas import Line
from screens.work_screen import StepBack, WorkScreen

NOBODY = Customer("", "", "", "")
END_OF_DAY = time(23, 59, 59)
OF_ALL = say("carrier of the parcels to come")


class ToCome(Struct):
    """What is known of the parcels to come, until signed out.

    ``carrier`` is "" until one is chosen; they should arrive in ``days``, None where nothing is
    told. ``waybills`` are those scanned for an order, by its number, that could not be kept yet.
    """

    carrier: str = ""
    days: int | None = None
    waybills: dict[str, str] = {}  # each has its own


class ShippingDesk(Desk):
    """Sends parcels out."""

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self.to_come = station.kept(self.role, ToCome)

    # -- the rows -----------------------------------------------------------------------------

    def source(self) -> Source:
        if self.found is None and self.page.read is None:
            return WishedQueue(self.wanted(), self.station)
        return super().source()

    def _found_again(self, numbers: Sequence[str]) -> Sequence[Work]:
        return with_wishes(super()._found_again(numbers))

    def finished(self, work: Work) -> None:
        self.to_come.waybills.pop(work.number, None)
        super().finished(work)

    # -- the parcel ---------------------------------------------------------------------------

    @property
    def eta(self) -> datetime | None:
        """When a parcel that leaves now should arrive: by the end of that day."""
        if self.to_come.days is None:
            return None
        now, days = self.station.now(), timedelta(days=self.to_come.days)
        return datetime.combine(now.date() + days, END_OF_DAY, now.tzinfo)

    async def carrier_of(self, work: Work, screen: WorkScreen) -> str:
        """The carrier the customer asked for, else the one of the parcels to come; asked once."""
        wished = await self.read(lambda: preferred_carriers([work.number]))
        if work.number in wished:
            return wished[work.number]
        if not self.to_come.carrier:
            self.to_come.carrier = await ask_carrier(OF_ALL, screen)
        return self.to_come.carrier

    async def parcel_of(self, work: Work, screen: WorkScreen) -> Details:
        carrier = await self.carrier_of(work, screen)
        while True:
            screen.answer(say("arrow up: another carrier for this order"), "faint")
            question = say("{carrier} waybill of {number}", carrier=carrier, number=work.number)
            kept = self.to_come.waybills.get(work.number, "")
            try:
                waybill = await screen.ask(question, kept, scan=True, back=True)
            except StepBack:
                title = say("carrier of {number}", number=work.number)
                carrier = await ask_carrier(title, screen)
            else:
                return Details(carrier=carrier, waybill=waybill, eta=self.eta)

    def need_current(self, work: Work) -> None:
        """See that an order has not left this list.

        Raises:
            Refusal: it has.
        """
        if work.key in self.window.gone:
            raise Refusal(
                "{number} is done here: scan the number of the next order first",
                number=work.number,
            )

    # -- the order beside the list ------------------------------------------------------------

    def detail_lines(self, found: OrderView, columns: int) -> Sequence[Line]:
        # The label is compared with the address, so that stands before the rest of the story.
        bare = structs.replace(found, lines=[], preferred_carrier="", customer=NOBODY)
        title, *about = brief(bare, self.station, columns)
        return [
            title,
            *([(line, "accent")] for line in wrap(self._next_parcel(found), columns)),
            *([(line, "strong")] for line in wrap(self._contents(found), columns)),
            *([(line, "")] for part in _goes_to(found.customer) for line in wrap(part, columns)),
            *(line for line in about if any(text.strip() for text, _ in line)),
        ]

    def _contents(self, found: OrderView) -> str:
        pieces = (f"{line.sku} × {line.quantity}" for line in found.lines)
        return f" {self.station.marks.open} ".join(pieces)

    def _next_parcel(self, found: OrderView) -> str:
        """What the next waybill that is scanned will ship this order with."""
        text = self.station.text
        chosen = found.preferred_carrier or self.to_come.carrier
        carrier = chosen or text(say("no carrier chosen yet"))
        parts = [f"{self.station.marks.arrow} {carrier}"]
        if self.eta is not None:
            parts.append(text(say("expected {at}", at=f"{self.eta:%m-%d}")))
        waybill = self.to_come.waybills.get(found.number)
        if waybill is not None:
            parts.append(text(say("waybill in hand: {waybill}", waybill=waybill)))
        return "  ".join(parts)


async def ask_carrier(title: Sentence, screen: WorkScreen) -> str:
    """One of the carriers that the settings know, or another one."""
    words = screen.station.settings.verification.carrier_words
    return await one_of(screen, title, [say("{carrier}", carrier=word) for word in words])


def _goes_to(customer: Customer) -> list[str]:
    parts = (customer.name, customer.level, customer.contact)
    return ["  ".join(part for part in parts if part), customer.address]


class WishedQueue(QueueSource):
    """A queue whose rows have, as their carrier, the one that the customer asked for."""

    def _page(self, **where: object) -> list[Work]:
        return with_wishes(super()._page(**where))

    def last(self) -> Sequence[Work]:
        return with_wishes(super().last())


def with_wishes(works: Sequence[Work]) -> list[Work]:
    """The rows with the carriers that were asked for."""
    wished = preferred_carriers(work.number for work in works)
    return [structs.replace(work, carrier=wished.get(work.number)) for work in works]
