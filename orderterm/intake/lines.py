"""The lines of an order: in a fixed order, each once, with what is wrong with them."""

from collections.abc import Iterator

from msgspec import Struct, field

from orderterm.intake.plans import Plan, Values
from orderterm.intake.profiles import LINE_FIELDS
from orderterm.intake.remarks import placed, refuse_rewritten
from orderterm.intake.statuses import Said, Statuses
from orderterm.intake.values import is_rounded_id, money, quantity, short
from orderterm.rules.drafts import LineDraft, Problem
from orderterm.sentences import Sentence, say
from orderterm.terms import ChannelStatus

GroupLine = tuple[Values, int]

_WIDTH = len(LINE_FIELDS)
_KEY = LINE_FIELDS.index("channel_line_number")
_QUANTITY = LINE_FIELDS.index("quantity")
_PRICE = LINE_FIELDS.index("unit_price")


class LinesRead(Struct):
    """An order's lines, the status they and the order have together, and words to ask about."""

    status: ChannelStatus
    lines: list[LineDraft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ask: set[str] = field(default_factory=set)


class Lines:
    """Makes drafts of the lines in ``file``."""

    def __init__(self, file: str, plan: Plan) -> None:
        self._file = file
        self._plan = plan
        self._packed = plan.profile.packed
        self._decimal = plan.profile.decimal
        self._statuses = Statuses(plan.line_rules)

    def read(self, found: list[GroupLine], order_status: ChannelStatus | None) -> LinesRead:
        """The lines of one order whose own status cells say ``order_status``.

        Raises:
            FileRejected: an id shows that Excel rewrote the file.
        """
        status = order_status or ChannelStatus.OPEN
        if self._packed:
            found = [line for packed in found for line in self._unpacked(packed)]
        if len(found) > 1:
            found = sorted(found)
            found = [line for n, line in enumerate(found) if not _is_repeated(found, n)]
        if not self._plan.line_rules:
            read = LinesRead(status)
        else:
            read, found = self._judged(found, status)
        for position, (values, row) in enumerate(found, start=1):
            read.lines.append(self._line(values, row, position, read.problems))
        if len(found) > 1:
            self._note_contradictions(found, read)
        return read

    def _unpacked(self, line: GroupLine) -> Iterator[GroupLine]:
        """Several lines packed into one row; a cell that does not tell them apart tells none."""
        values, row = line
        parts = [[part.strip() for part in value.split(self._packed)] for value in values]
        count = len(parts[_KEY])
        if count < 2:
            yield line
            return
        for index in range(count):
            yield (
                tuple(
                    part[index] if len(part) == count else self._undivided(place, value)
                    for place, (part, value) in enumerate(zip(parts, values, strict=True))
                ),
                row,
            )

    def _undivided(self, place: int, value: str) -> str:
        return "?" if place == _QUANTITY else "" if place == _PRICE else value

    def _judged(
        self, found: list[GroupLine], status: ChannelStatus
    ) -> tuple[LinesRead, list[GroupLine]]:
        """The lines still to be sent, and the status that the least advanced of them has."""
        said = [self._statuses.read(values[_WIDTH:]) for values, _ in found]
        own = [line.status or status for line in said]
        alive = [n for n, line in enumerate(said) if _is_alive(line, own[n])]
        if status is ChannelStatus.CANCELLED or not alive:
            return LinesRead(_status_without_lines(said, status)), found
        lowest = min((own[n] for n in alive), key=lambda each: each.rank)
        read = LinesRead(lowest, ask={word for n in alive for word in said[n].ask})
        for position, n in enumerate(alive, start=1):
            if lowest is ChannelStatus.OPEN and own[n].rank > lowest.rank:
                reason = say("the channel says that this line is already sent")
                self._note(read.problems, position, "sku", found[n][1], reason)
        return read, [found[n] for n in alive]

    def _line(self, values: Values, row: int, position: int, problems: list[Problem]) -> LineDraft:
        number, sku, name, specification, count, price = values[:_WIDTH]
        for text in (number, sku):
            if "E+" in text and is_rounded_id(text):
                refuse_rewritten(self._file, row, text)
        if count == "?":
            pieces, wrong = None, say("the row packs several lines, so their pieces are not known")
        else:
            pieces, wrong = quantity(count)
        if wrong is not None:
            self._note(problems, position, "quantity", row, wrong)
        amount = money(price, self._decimal) if price else None
        if price and amount is None:
            wrong = say("{value} is no amount of money", value=short(price))
            self._note(problems, position, "unit_price", row, wrong)
        return LineDraft(sku, name, specification, pieces, amount, number)

    def _note_contradictions(self, found: list[GroupLine], read: LinesRead) -> None:
        for position, (values, row) in enumerate(found[1:], start=2):
            if values[_KEY] and values[_KEY] == found[position - 2][0][_KEY]:
                reason = say("the line {line} is given twice, and differently", line=values[_KEY])
                self._note(read.problems, position, "channel_line_number", row, reason)

    def _note(
        self, problems: list[Problem], position: int, name: str, row: int, reason: Sentence
    ) -> None:
        place = placed(self._file, row, self._plan, name, reason)
        problems.append(Problem(f"line{position}.{name}", place))


def _is_repeated(found: list[GroupLine], n: int) -> bool:
    """Whether the line before is the same line; without a number two of a kind may be meant."""
    values = found[n][0]
    return n > 0 and bool(values[_KEY]) and values == found[n - 1][0]


def _is_alive(said: Said, status: ChannelStatus) -> bool:
    return said.goods and status is not ChannelStatus.CANCELLED


def _status_without_lines(said: list[Said], status: ChannelStatus) -> ChannelStatus:
    """An order of which nothing is left to send."""
    if not said or status is ChannelStatus.CANCELLED:
        return status
    no_goods = any(not line.goods for line in said)
    return ChannelStatus.COMPLETED if no_goods else ChannelStatus.CANCELLED
