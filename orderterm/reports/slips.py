"""The pick list and the packing slip as plain text, to be printed or shown.

Numbers, places and addresses are never cut: what is too long for a line goes on in the next one.
"""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from orderterm.reports.lines import wrap
from orderterm.reports.tables import GAP, printable, table
from orderterm.sentences import Sentence, say
from orderterm.terms import Language
from orderterm.views.picking import PackingSlip, PickLine, PickList

WIDTH = 72
"""What fits a page of paper in the type a printer falls back to."""

_BOX = "[ ]"


def pick_list_lines(walk: PickList, language: Language, width: int = WIDTH) -> list[str]:
    """A walk in ``language``, a line at most ``width`` cells wide (40 or more).

    With several orders each has a small number, and each stop says how many pieces go to which.
    """
    page = _Page(language, width)
    page.say(say("pick list {site} {at}", site=walk.site, at=f"{walk.at:%Y-%m-%d %H:%M}"))
    page.say(
        say("orders: {orders} · pieces: {pieces}", orders=len(walk.orders), pieces=walk.pieces)
    )
    page.lines.append("")
    marks = {order.number: f"#{place}" for place, order in enumerate(walk.orders, start=1)}
    for order in walk.orders:
        about = " · ".join(filter(None, (order.number, order.customer, order.special_request)))
        page.put(about, first=marks[order.number] + " ")
    page.stops(walk.lines, marks if len(walk.orders) > 1 else {})
    for _, why in walk.left_out:
        page.say(say("left out: {why}", why=why))
    return page.lines


def packing_slip_lines(slip: PackingSlip, language: Language, width: int = WIDTH) -> list[str]:
    """A packing slip in ``language``, a line at most ``width`` cells wide (40 or more)."""
    page = _Page(language, width)
    page.say(say("packing slip {number}", number=slip.number))
    page.put(f"{slip.site} {slip.at:%Y-%m-%d %H:%M}")
    page.lines.append("")
    page.facts(
        (say("channel"), f"{slip.channel} {slip.channel_order_number}"),
        (say("customer"), slip.customer.name),
        (say("contact"), slip.customer.contact),
        (say("address"), slip.customer.address),
        (say("carrier"), slip.carrier),
        (say("waybill"), slip.waybill),
        (say("special request"), slip.special_request),
        (say("note"), slip.note),
    )
    page.stops(slip.lines, {})
    page.say(say("pieces in this parcel: {pieces}", pieces=slip.pieces))
    return page.lines


class _Page:
    """The lines so far, and the language and width they are in."""

    def __init__(self, language: Language, width: int) -> None:
        self.language = language
        self.width = width
        self.lines: list[str] = []

    def say(self, sentence: Sentence) -> None:
        """A sentence on as many lines as it takes."""
        self.put(sentence.text(self.language))

    def put(self, text: str, first: str = "") -> None:
        """A text on as many lines as it takes, each as far in as ``first`` is long."""
        self.lines += wrapped(text, self.width, first)

    def facts(self, *facts: tuple[Sentence, str]) -> None:
        """Named facts under each other; those that are empty are left out."""
        told = [(name.text(self.language), value) for name, value in facts if value.strip()]
        margin = max((cell_len(name) for name, _ in told), default=0)
        for name, value in told:
            self.put(value, name + " " * (margin - cell_len(name)) + GAP)

    def stops(self, lines: Sequence[PickLine], marks: dict[str, str]) -> None:
        """A table between empty lines, with a box to tick at each stop.

        Args:
            lines: the stops.
            marks: what each order is called, where a stop is to say whose its pieces are.
        """
        columns = (say("location"), say("SKU"), say("product"), say("specification"), say("pieces"))
        headings = ["", *(column.text(self.language) for column in columns)]
        rows = [(_BOX, *_words_of(line), str(line.pieces)) for line in lines]
        right = [len(headings) - 1]
        head, *told = table(headings, rows, right=right, width=self.width)
        self.lines += ["", head]
        for line, text in zip(lines, told, strict=True):
            self.lines.append(text)
            self._under(part for part in _words_of(line) if part not in text)
            self._under(f"{marks[one.number]} × {one.pieces}" for one in line.orders if marks)
        self.lines.append("")

    def _under(self, parts: Iterable[str]) -> None:
        """What belongs to the stop above, where there is anything to say."""
        if text := " · ".join(parts):
            self.put(text, " " * len(_BOX + GAP))


def _words_of(line: PickLine) -> tuple[str, ...]:
    words = (line.location, line.sku, line.name, line.specification)
    return tuple(" ".join(printable(word).split()) for word in words)


def wrapped(text: str, width: int, first: str = "") -> list[str]:
    """``text`` in lines of at most ``width`` cells, parted between words where it has any.

    Args:
        text: what is to be printed; nothing that a printer or terminal would obey is left in it.
        width: cells of a line; a few more than those of ``first``.
        first: what the first line begins with; the others are as far in.
    """
    margin = " " * cell_len(first)
    lines = wrap(" ".join(printable(text).split()), width - len(margin))
    begins = [first] + [margin] * (len(lines) - 1)
    return [(begin + line).rstrip() for begin, line in zip(begins, lines, strict=True)]
