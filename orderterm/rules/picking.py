"""Picking: in which order the shelves are walked, and checking an order's pieces scan by scan."""

import re
from collections.abc import Iterable
from unicodedata import normalize

from msgspec import Struct

from orderterm.sentences import Sentence, say
from orderterm.terms import Term

_DIGITS = re.compile(r"([0-9]+)")
_TIMES = re.compile(r"([1-9][0-9]{0,3})\s*[*×]\s*(.*)", re.DOTALL)

ShelfKey = tuple[bool, tuple[str | tuple[int, str], ...], str]


def shelf_order(location: str, sku: str) -> ShelfKey:
    """What shelves are sorted by: A2 before A10, then the SKU; what has no location comes last."""
    parts = _DIGITS.split(normalize("NFKC", location).casefold().strip())
    return not location.strip(), tuple(map(_comparable, parts)), sku


def _comparable(part: str) -> str | tuple[int, str]:
    """Digits compare as a number of any length; they stand at every second place of a split."""
    if not _DIGITS.fullmatch(part):
        return part
    digits = part.lstrip("0")
    return len(digits), digits


class Verdict(Term):
    """What came of a scan."""

    COUNTED = "counted", "已核"
    COMPLETE = "complete", "核完"
    SURPLUS = "surplus", "多件"
    WRONG = "wrong", "错件"
    TAKEN_BACK = "taken_back", "退回"
    NOTHING = "nothing", "待扫"

    @property
    def refused(self) -> bool:
        """Whether the piece in hand does not belong into the parcel."""
        return self in (Verdict.SURPLUS, Verdict.WRONG)


class Scanned(Struct, frozen=True):
    """What came of a scan: ``sku`` as the list spells it, "" where it is none of the list's."""

    verdict: Verdict
    sentence: Sentence
    sku: str = ""


class Verification:
    """An order's pieces, counted as they are scanned.

    Args:
        expected: the SKUs in shelf order, each with its pieces; a SKU that comes twice is summed.
    """

    def __init__(self, expected: Iterable[tuple[str, int]]) -> None:
        self.expected: dict[str, int] = {}
        for sku, pieces in expected:
            self.expected[sku] = self.expected.get(sku, 0) + pieces
        self.counted = dict.fromkeys(self.expected, 0)
        self._scans: list[tuple[str, int]] = []
        self._times = 1

    @property
    def complete(self) -> bool:
        """Whether every piece is checked."""
        return self.counted == self.expected

    @property
    def next(self) -> str | None:
        """The first SKU on the walk of which pieces are missing; None where none is."""
        missing = (sku for sku, pieces in self.expected.items() if self.counted[sku] < pieces)
        return next(missing, None)

    @property
    def pieces(self) -> int:
        """How many pieces there are to check."""
        return sum(self.expected.values())

    def scan(self, text: str, count: int = 1) -> Scanned:
        """Count pieces of a SKU, all of them or none.

        Args:
            text: the SKU in capitals or not, with ``3*`` before it for three pieces; ``3*`` alone
                is kept for the next scan.
            count: how many pieces, where ``text`` doesn't say.
        """
        text = text.strip()
        sku = self._known(text)
        if sku is None and (multiplied := _TIMES.fullmatch(normalize("NFKC", text))):
            text, count = multiplied[2].strip(), int(multiplied[1])
            sku = self._known(text)
        elif self._times > 1:
            count = self._times
        self._times = count if not text else 1
        if not text:
            return self._awaited()
        return self._wrong(text) if sku is None else self._count(sku, count)

    def uncount(self, text: str = "") -> Scanned:
        """Take the last scan back, or the last one of the SKU ``text``."""
        self._times = 1
        sku = self._known(text.strip())
        if text.strip() and sku is None:
            return self._wrong(text.strip())
        for index in reversed(range(len(self._scans))):
            if sku in (None, self._scans[index][0]):
                return self._take_back(*self._scans.pop(index))
        return Scanned(Verdict.NOTHING, say("nothing is checked yet, so nothing is taken back"))

    def _known(self, text: str) -> str | None:
        """The SKU of the list that ``text`` means; of two spellings the one that misses pieces."""
        if text in self.expected:
            return text
        same = [sku for sku in self.expected if _folded(sku) == _folded(text)]
        missing = (sku for sku in same if self.counted[sku] < self.expected[sku])
        return next(missing, same[0] if same else None)

    def _count(self, sku: str, count: int) -> Scanned:
        before, expected = self.counted[sku], self.expected[sku]
        if before + count > expected:
            return Scanned(Verdict.SURPLUS, _surplus(sku, expected, before, count), sku)
        self.counted[sku] = before + count
        self._scans.append((sku, count))
        if self.complete:
            return Scanned(Verdict.COMPLETE, self._all_checked(), sku)
        return Scanned(Verdict.COUNTED, self._so_far(sku), sku)

    def _take_back(self, sku: str, count: int) -> Scanned:
        self.counted[sku] -= count
        now = self._so_far(sku)
        told = say("{count} of {sku} taken back: {now}", count=count, sku=sku, now=now)
        return Scanned(Verdict.TAKEN_BACK, told, sku)

    def _wrong(self, text: str) -> Scanned:
        expected = self.next
        if expected is None:
            told = say("{sku} is not in this order: {done}", sku=text, done=self._all_checked())
        else:
            told = say("{sku} is not in this order: {next} is next", sku=text, next=expected)
        return Scanned(Verdict.WRONG, told)

    def _awaited(self) -> Scanned:
        expected = self.next
        if expected is None:
            return Scanned(Verdict.NOTHING, self._all_checked())
        if self._times == 1:
            return Scanned(Verdict.NOTHING, say("scan {sku} next", sku=expected))
        told = say("scan {sku} next: it counts {count} times", sku=expected, count=self._times)
        return Scanned(Verdict.NOTHING, told)

    def _so_far(self, sku: str) -> Sentence:
        return say(
            "{sku} checked {counted}/{expected}",
            sku=sku,
            counted=self.counted[sku],
            expected=self.expected[sku],
        )

    def _all_checked(self) -> Sentence:
        if self.pieces == 1:
            return say("the only piece is checked")
        return say("all {pieces} pieces are checked", pieces=self.pieces)


def _folded(sku: str) -> str:
    return normalize("NFKC", sku).casefold()


def _surplus(sku: str, expected: int, counted: int, count: int) -> Sentence:
    return say(
        "{sku}: {expected} expected, {counted} checked already; {surplus} too many, put back",
        sku=sku,
        expected=expected,
        counted=counted,
        surplus=counted + count - expected,
    )
