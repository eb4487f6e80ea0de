"""The lines of an order: in a fixed order, each once, with what is wrong with them."""

from collections.abc import Iterator

from orderterm.intake.plans import Plan, Values
from orderterm.intake.profiles import LINE_FIELDS
from orderterm.intake.remarks import placed, refuse_rewritten
from orderterm.intake.statuses import Said, Statuses
from orderterm.intake.values import is_rounded_id, money, quantity, short
from orderterm.rules.drafts import LineDraft, OrderDraft, Problem
from orderterm.sentences import Sentence, say
from orderterm.terms import ChannelStatus

GroupLine = tuple[Values, int]

_WIDTH = len(LINE_FIELDS)
_KEY = LINE_FIELDS.index("channel_line_number")
_QUANTITY = LINE_FIELDS.index("quantity")
_PRICE = LINE_FIELDS.index("unit_price")
_UNKNOWN = "?"
_PACKED = say("the row packs several lines, so the pieces of each are not known")


class Lines:
    """Makes drafts of the lines in ``file``."""

    def __init__(self, file: str, plan: Plan) -> None:
        self._file = file
        self._plan = plan
        self._packed = plan.profile.packed
        self._decimal = plan.profile.decimal
        self._keyed = "channel_line_number" in plan.labels
        self._statuses = Statuses(plan.line_rules) if plan.line_rules else None

    def fill(self, draft: OrderDraft, found: list[GroupLine]) -> list[str]:
        """Gives ``draft``, whose status is what its own cells say, its lines and what is wrong
        with them, and the status that they and the order have together.

        Returns the status words that a person must look at.

        Raises:
            FileRejected: an id shows that Excel rewrote the file.
        """
        ask: list[str] = []
        if self._packed:
            found = [line for packed in found for line in self._unpacked(packed)]
        if len(found) > 1:
            found = sorted(found)
            if self._keyed:
                found = [line for n, line in enumerate(found) if not _is_repeated(found, n)]
        if self._statuses is not None:
            found = self._judged(draft, found, self._statuses, ask)
        for position, (values, row) in enumerate(found, start=1):
            draft.lines.append(self._line(values, row, position, draft.problems))
        if self._keyed and len(found) > 1:
            self._note_contradictions(draft, found)
        return ask

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
        return _UNKNOWN if place == _QUANTITY else "" if place == _PRICE else value

    def _judged(
        self, draft: OrderDraft, found: list[GroupLine], statuses: Statuses, ask: list[str]
    ) -> list[GroupLine]:
        """The lines still to be sent; the order's status is that of the least advanced."""
        said = [statuses.read(values[_WIDTH:]) for values, _ in found]
        own = [line.status or draft.status for line in said]
        alive = [n for n, line in enumerate(said) if _is_alive(line, own[n])]
        if draft.status is ChannelStatus.CANCELLED or not alive:
            draft.status = _status_without_lines(said, draft.status)
            return found
        draft.status = min((own[n] for n in alive), key=lambda each: each.rank)
        ask += [word for n in alive for word in said[n].ask]
        for position, n in enumerate(alive, start=1):
            if draft.status is ChannelStatus.OPEN and own[n] is not draft.status:
                reason = say("the channel says that this line is already sent")
                self._note(draft.problems, position, "sku", found[n][1], reason)
        return [found[n] for n in alive]

    def _line(self, values: Values, row: int, position: int, problems: list[Problem]) -> LineDraft:
        number, sku, name, specification, count, price = values[:_WIDTH]
        if "E+" in sku or "E+" in number:
            self._check_ids(row, number, sku)
        pieces, wrong = quantity(count) if count != _UNKNOWN else (None, _PACKED)
        if wrong is not None:
            self._note(problems, position, "quantity", row, wrong)
        amount = money(price, self._decimal) if price else None
        if price and amount is None:
            no_amount = say("{value} is no amount of money", value=short(price))
            self._note(problems, position, "unit_price", row, no_amount)
        return LineDraft(sku, name, specification, pieces, amount, number)

    def _check_ids(self, row: int, *ids: str) -> None:
        for text in filter(is_rounded_id, ids):
            refuse_rewritten(self._file, row, text)

    def _note_contradictions(self, draft: OrderDraft, found: list[GroupLine]) -> None:
        for position, (values, row) in enumerate(found[1:], start=2):
            if values[_KEY] and values[_KEY] == found[position - 2][0][_KEY]:
                reason = say("the line {line} is given twice, and differently", line=values[_KEY])
                self._note(draft.problems, position, "channel_line_number", row, reason)

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
