"""Entering an order by hand: at the counter, on the phone, from a dealer."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from peewee import PeeweeException

from orderterm.errors import OrdertermError, Refusal
from orderterm.intake.values import whole_number
from orderterm.rules.drafts import OrderDraft, Problem
from orderterm.rules.verification import MOST_PIECES, Product, is_contact
from orderterm.sentences import Sentence, say
from orderterm.views.entering import KnownCustomer, known_customer, last_channel
from orderterm.workflow import entering
from screens.desk import Desk
from screens.details.entry_lines import entry_lines
from screens.faults import explained
from screens.flows.forms import FIELDS, Step, article, draft_of, parts, problems, walk
from screens.work_screen import GivenUp, Handler, StepBack

T = TypeVar("T")

_SURE = say("enter the order? (enter: yes)")

HEAD = ("channel", "customer_name", "contact", "address")


async def enter(desk: Desk) -> None:
    """Enter an order by hand."""
    entry = Entry(desk)
    try:
        await walk(entry.step_at)
        await entry.keep()
    except GivenUp:
        desk.answer(say("given up; nothing of the order was kept"), "faint")
    finally:
        desk.show_instead(None)


class Entry:
    """An order that is being entered, field by field; ``values`` are those answered so far."""

    def __init__(self, desk: Desk) -> None:
        self.values: dict[str, str] = {}
        self.articles: dict[str, Product] = {}
        self.problems: list[Problem] = []
        self._desk = desk
        self._offered: dict[str, str] = {}
        self._scanned_ahead = ""
        self._asks: dict[str, Callable[[str, bool], Awaitable[None]]] = {
            "channel": self._ask_channel,
            "customer_name": self._ask_customer,
            "contact": self._ask_contact,
            "sku": self._ask_sku,
            "quantity": self._ask_pieces,
            "sure": self._ask_sure,
        }

    def step_at(self, place: int) -> Step | None:
        """The question at a place; lines are asked for until one is left blank."""
        fields = self._fields()
        if place >= len(fields):
            return None
        field = fields[place]
        ask = self._asks.get(parts(field)[1], self._ask_word)

        async def step(back: bool) -> None:
            await self._show()
            await ask(field, back)

        return step

    def _fields(self) -> list[str]:
        fields = [*HEAD]
        line = 1
        while self.values.get(f"line{line}.sku"):
            fields += [f"line{line}.sku", f"line{line}.quantity"]
            line += 1
        return [*fields, f"line{line}.sku", "special_request", "sure"]

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return sum(field.endswith(".quantity") for field in self._fields())

    async def _show(self) -> None:
        """Show the order as it is so far, beside the list."""
        desk = self._desk
        found = await desk.read(lambda: problems(desk.station.workplace, self.values))
        self.problems = [one for one in found if one.field in self.values]
        desk.show_instead(lambda columns: entry_lines(self, desk.station, columns))

    async def keep(self) -> None:
        """Enter the order, and say its number."""
        desk, station = self._desk, self._desk.station
        channel, draft = self.values["channel"], self.draft()
        outcome = await self._entered(
            lambda: entering.enter(station.workplace, station.badge, channel, draft)
        )
        if self.problems:
            said = say("{number} is entered, and waits for information", number=outcome.number)
            desk.answer(said, "exception")
        else:
            desk.answer(outcome.sentence, "done")
        desk.refresh_soon()

    async def _entered(self, work: Callable[[], T]) -> T:
        """What ``work`` returns; where it fails it can be tried again, as much was typed."""
        desk = self._desk
        while True:
            try:
                return await desk.change(work)
            except OrdertermError as error:
                desk.answer(error.sentence, "refused")
            except (PeeweeException, OSError) as error:
                desk.answer(explained(error, desk.station), "refused")
            await desk.ask(_SURE, blank=True)

    def draft(self) -> OrderDraft:
        """The order as it is taken in."""
        return draft_of(self.values)

    # -- the questions ------------------------------------------------------------------------

    async def _ask_channel(self, field: str, _: bool) -> None:
        desk = self._desk
        channels = desk.station.settings.channels
        last = self.values.get(field) or await desk.read(
            lambda: last_channel(desk.station.badge, entering.BY_HAND)
        )
        codes = [*channels]
        self.values[field] = await desk.choose(
            say("new order: through which channel?"),
            [(one.name, code) for code, one in channels.items()],
            about=codes,
            start=codes.index(last) if last in codes else 0,
        )

    async def _ask_word(self, field: str, back: bool) -> None:
        question = FIELDS[field]
        self.values[field] = await self._desk.ask(
            question, self.values.get(field, ""), blank=True, back=back
        )

    async def _ask_customer(self, field: str, back: bool) -> None:
        """Ask for the name; a phone number or e-mail address tells who it is, if they are known."""
        default = self.values.get(field, "")
        text = await self._desk.ask(say("customer (name or phone)"), default, back=back)
        if text == default:
            return
        known = await self._known(text)
        if is_contact(text):
            self.values["contact"] = text
            if known is None:
                self._desk.answer(say("nobody is known by {contact} yet", contact=text), "faint")
                try:
                    text = await self._desk.ask(say("customer's name"), back=True)
                except StepBack:
                    await self._ask_customer(field, back)
                    return
            else:
                text = known.name
        self.values[field] = text

    async def _ask_contact(self, field: str, back: bool) -> None:
        before = self.values.get(field, "")
        await self._ask_word(field, back)
        if self.values[field] != before and not self.values.get("address"):
            await self._known(self.values[field])

    async def _known(self, text: str) -> KnownCustomer | None:
        """Who that is; what is known of them stands in the fields that were not filled in yet."""
        known = await self._desk.read(lambda: known_customer(text))
        if known is None:
            return None
        for field, value in (("contact", known.contact), ("address", known.address)):
            if self.values.get(field, "") == self._offered.get(field, ""):
                self.values[field] = self._offered[field] = value
        self._desk.answer(_who(known), "accent")
        return known

    async def _ask_sku(self, field: str, back: bool) -> None:
        """Ask until it is an article, or blank after the last line; one that is there already
        gets a piece more."""
        while True:
            code, self._scanned_ahead = self._scanned_ahead, ""
            code = code or await self._desk.ask(
                say("line {line}: SKU, scanned or typed", line=parts(field)[0]),
                self.values.get(field, ""),
                scan=True,
                blank=True,
                back=back,
            )
            if code == self.values.get(field):
                return
            if await self._take(field, code):
                return

    async def _take(self, field: str, code: str) -> bool:
        """Take a code as the SKU of a line; False where another one is wanted."""
        if not code:
            return self._end_lines(field)
        try:
            found = await self._desk.read(lambda: article(code))
        except Refusal as refusal:
            self._desk.refuse_scan(refusal.sentence)
            return False
        self.articles[found.sku] = found
        same = self._line_of(found.sku)
        if same:
            await self._one_more(same, found.sku)
            return False
        self.values[field] = found.sku
        self._desk.answer(say("{sku}: {name}", sku=found.sku, name=_article_name(found)), "done")
        return True

    def _line_of(self, sku: str) -> int:
        """The line that has the SKU already; 0 for none."""
        lines = range(1, self.line_count + 1)
        return next((one for one in lines if self.values[f"line{one}.sku"] == sku), 0)

    async def _one_more(self, line: int, sku: str) -> None:
        pieces = int(self.values.get(f"line{line}.quantity", "1")) + 1
        self.values[f"line{line}.quantity"] = str(pieces)
        self._desk.answer(say("{sku}: {pieces} pieces now", sku=sku, pieces=pieces), "done")
        await self._show()

    def _end_lines(self, field: str) -> bool:
        line = parts(field)[0]
        if line == 1:
            self._desk.answer(
                say("an order needs a line: scan or type a SKU, or give up with esc"), "refused"
            )
            return False
        for later in [one for one in self.values if parts(one)[0] >= line]:
            del self.values[later]
        return True

    async def _ask_pieces(self, field: str, back: bool) -> None:
        """Ask how many; a scan of the next article means that of this one it is one piece."""
        default = self.values.get(field, "1")
        while True:
            typed = await self._desk.ask(
                say("pieces ({count})", count=default), scan=True, blank=True, back=back
            )
            pieces = whole_number(typed or default)
            if pieces is not None and 0 < pieces <= MOST_PIECES:
                self.values[field] = str(pieces)
                return
            if await self._desk.read(partial(_is_article, typed)):
                self.values[field], self._scanned_ahead = default, typed
                return
            self._desk.refuse_scan(
                say("{text} is no number of pieces: type it in digits, as 12", text=typed)
            )

    async def _ask_sure(self, _: str, back: bool) -> None:
        said, look = self._summary(), "accent"
        if self.problems:
            reasons = [one.reason for one in self.problems]
            said = say("it will wait for what is missing: {problems}", problems=reasons)
            look = "exception"
        self._desk.answer(said, look)
        await self._desk.ask(_SURE, blank=True, back=back)

    def _summary(self) -> Sentence:
        lines = self.line_count
        pieces = sum(int(self.values[f"line{one}.quantity"]) for one in range(1, lines + 1))
        return say(
            "{lines} lines, {pieces} pieces; the arrow up goes back", lines=lines, pieces=pieces
        )


def _who(known: KnownCustomer) -> Sentence:
    level: dict[str, Any] = {"name": known.name, "level": known.level or "-"}
    if known.number:
        return say("{name} is known ({level}), last order {number}", number=known.number, **level)
    return say("{name} is known ({level}), no order yet", **level)


def _article_name(found: Product) -> str:
    return f"{found.name} {found.specification}".strip()


def _is_article(code: str) -> bool:
    try:
        article(code)
    except Refusal:
        return False
    return True


HANDLERS: dict[str, Handler] = {"sales.enter": enter}
