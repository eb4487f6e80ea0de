"""A desk at which orders are verified: their pieces are counted as they are scanned."""

from collections.abc import Sequence

from textual import events

from orderterm.errors import Refusal
from orderterm.rules.picking import Scanned, Verdict, Verification
from orderterm.sentences import Sentence, say
from orderterm.terms import Stage
from orderterm.views.order import OrderView
from orderterm.views.picking import PickLine, PickList, pick_list
from orderterm.views.queue import Work
from screens.commands import PICKING
from screens.desk import Desk
from screens.details.picking_lines import line_of_next, to_pick
from screens.station import Station
from screens.widgets.canvas import Line

MOST_DIGITS = 4
"""Digits of a typed count."""

TAKES_BACK = ("escape", "backspace", "minus")
"""The keys that take back a typed count before it is used."""


class PickingDesk(Desk):
    """Counts pieces. What was counted of an order is kept until it is done, left, or signed out;
    another role's screen may be opened meanwhile."""

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self.verifications: dict[str, Verification] = station.kept(self.role, dict)
        self.typed = ""
        self._walks: dict[str, PickList] = {}

    @property
    def verification(self) -> Verification | None:
        """What is counted of the order in hand; None where nobody has begun."""
        return None if self.row is None else self.verifications.get(self.row.number)

    @property
    def places(self) -> Sequence[str]:  # type: ignore[override]
        places = super().places
        verifying = self.verification is not None and not self.notices.display
        return (PICKING, *places) if verifying else places

    def need_verification(self) -> Verification:
        """What is counted of the order in hand.

        Raises:
            Refusal: nobody has begun.
        """
        if self.verification is None:
            raise Refusal("nothing is being verified: scan a SKU of the order in hand")
        return self.verification

    # -- what is to be picked -----------------------------------------------------------------

    def _order_of(self, number: str) -> OrderView:
        # Read together with the order, so that its first piece is counted without a reading.
        self._walks = {number: self.walk([number])}
        return super()._order_of(number)

    def walk(self, numbers: Sequence[str]) -> PickList:
        """What is to be picked for some orders; read off the screen's thread."""
        return pick_list(numbers, self.station.settings, self.station.now())

    def stops(self, number: str) -> list[PickLine]:
        """What is to be picked for an order, as far as it has been read."""
        walk = self._walks.get(number)
        return walk.to_pick(number) if walk else []

    async def begin(self, work: Work) -> Verification:
        """What is to be counted of an order, with nothing counted yet; it is not kept yet.

        Raises:
            Refusal: it can't be picked now; says why.
        """
        number = work.number
        walk = await self.read(lambda: self.walk([number]))
        for _, why in walk.left_out:
            raise Refusal(why)
        if not walk.lines:
            raise Refusal(
                "nothing is allocated for {number}: there is nothing to pick", number=number
            )
        self._walks = {number: walk}
        return _counting(walk.to_pick(number))

    def keep(self, work: Work, verification: Verification) -> None:
        """Go on with the verification of an order."""
        self.verifications[work.number] = verification

    def finished(self, work: Work) -> None:
        if work.stage is Stage.PREPARATION:
            self.verifications.pop(work.number, None)
        super().finished(work)

    # -- scans and counts ---------------------------------------------------------------------

    def scan_first(self, code: str) -> bool:
        """Count a piece of the order in hand at once, so that no burst outruns the database."""
        work = self.row
        if work is None or work.key in self.window.gone:
            return False
        verification = self.verifications.get(work.number) or _counting(self.stops(work.number))
        scanned = verification.scan(code)
        if scanned.verdict is Verdict.WRONG:
            return False  # it may be another order's number, or a badge: that is looked up
        self.keep(work, verification)
        self.show_scanned(scanned)
        return True

    def show_scanned(self, scanned: Scanned) -> None:
        """Answer a scan, and show beside the list what is counted now."""
        self.typed = ""
        if scanned.verdict.refused:
            self.refuse_scan(scanned.sentence)
        elif scanned.verdict is Verdict.COMPLETE:
            self.answer(self.all_checked(scanned.sentence), "done")
        else:
            self.answer(scanned.sentence, "done" if scanned.verdict is Verdict.COUNTED else "")
        self.show_counts()

    def all_checked(self, checked: Sentence) -> Sentence:
        """That all is checked, and what is left to do."""
        key = self.station.keys.named("order.complete").key
        return say("{checked}; {key} or the order's number finishes it", checked=checked, key=key)

    def show_counts(self) -> None:
        """Show beside the list what is counted, with the next SKU in sight."""
        self.show_keys()
        work, verification = self.row, self.verification
        if self.results or self.order is None or work is None or self.order.number != work.number:
            self.results = ()
            self.rest()
        elif verification is not None:
            place = line_of_next(self.stops(work.number), verification)
            self.detail.top = max(0, place + 2 - self.detail.size.height)
        self.detail.redraw()

    def detail_lines(self, found: OrderView, columns: int) -> Sequence[Line]:
        stops = self.stops(found.number)
        if not stops:
            return super().detail_lines(found, columns)
        verification = self.verifications.get(found.number)
        return to_pick(found, stops, verification, self.station, columns)

    # -- keys ---------------------------------------------------------------------------------

    def rest(self) -> None:
        super().rest()
        self.show_keys()  # they differ with whether the order in hand is being verified

    async def press(self, event: events.Key) -> None:
        if PICKING in self.places and (event.character or "").isdecimal():
            self._type(event.character or "")
            return
        taken_back = self.typed and event.key in TAKES_BACK
        if self.typed and event.character != "*":
            self._forget_count()
        if not taken_back:
            await super().press(event)

    def _type(self, digit: str) -> None:
        """Take one more digit of how many pieces the next scan counts."""
        typed = (self.typed + digit).lstrip("0")[:MOST_DIGITS]
        self.show_scanned(self.need_verification().scan(f"{typed or 1}*"))
        self.typed = typed

    def _forget_count(self) -> None:
        self.typed = ""
        if self.verification is not None:
            self.show_scanned(self.verification.scan("1*"))


def _counting(stops: Sequence[PickLine]) -> Verification:
    return Verification((stop.sku, stop.pieces) for stop in stops)
