"""What a cell's text means: pieces, money, a moment, an id."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from orderterm.sentences import Sentence, say

MAX_PIECES = 1_000_000
MAX_STOCK = 1_000_000_000
_MAX_MINOR_UNITS = 10**14

_WHOLE = re.compile(r"[+-]?\d+(?:\.0*)?\Z", re.ASCII)
_AMOUNT = re.compile(r"(?P<before>[^\d(]*?)(?P<number>\.?\d[\d.,' ]*)[^\d)]*", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[,.' ])\d{3}(?:(?P=mark)\d{3})*\Z", re.ASCII)
_PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)
_ROUNDED_ID = re.compile(r"[+-]?\d(?:[.,]\d*)?E\+\d{2,}", re.ASCII)
_SAVED_DATE = re.compile(
    r"(?:\d{4}/\d{1,2}/\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}-[A-Za-z]{3}-\d{2,4})"
    r"(?: \d{1,2}:\d{2}(?::\d{2})?(?: [AaPp][Mm])?)?\Z",
    re.ASCII,
)
_EXCEL_DIGITS = 15


def whole_number(text: str) -> int | None:
    """``2``, ``2.0`` and ``２`` as 2; None for what is no whole number."""
    text = unicodedata.normalize("NFKC", text)
    return int(text.partition(".")[0]) if _WHOLE.match(text) and len(text) < 40 else None


@lru_cache(maxsize=4096)
def quantity(text: str) -> tuple[int | None, Sentence | None]:
    """The pieces a cell tells, and what is wrong with them; a bad count below 1 is kept."""
    if not text:
        return None, say("the quantity is missing")
    number = whole_number(text)
    if number is None:
        return None, say("the quantity {value} is no whole number of pieces", value=short(text))
    if number > MAX_PIECES:
        return None, say(
            "the quantity {value} is more than {limit} pieces", value=short(text), limit=MAX_PIECES
        )
    if number < 1:
        return number, say("the quantity is {value}; it must be 1 or more", value=number)
    return number, None


@lru_cache(maxsize=65536)
def money(text: str, decimal: str = ".") -> int | None:
    """An amount in minor units (cents, 分); None where it is no amount.

    ``decimal`` is the sign before the cents where an amount alone does not tell: ``1,234`` is
    1234 with a point, 1.234 with a comma.
    """
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).replace("’", "'"))
    if found is None or found["before"].endswith(","):
        return None
    sign = -1 if "-" in found["before"] else 1
    plain = _with_point(found["number"].rstrip(" .,'"), decimal)
    if plain is None or not _PLAIN.fullmatch(plain) or len(plain) > 30:
        return None
    cents = int((Decimal(plain) * 100).to_integral_value(ROUND_HALF_UP))
    return sign * cents if cents <= _MAX_MINOR_UNITS else None


def _with_point(number: str, decimal: str) -> str | None:
    """``number`` with a decimal point and no marks between the thousands."""
    last = max(number.rfind("."), number.rfind(","))
    if "." in number and "," in number:
        whole, fraction = number[:last], number[last + 1 :]
        return f"{_ungrouped(whole)}.{fraction}" if _GROUPED.match(whole) else None
    if last < 0:
        return _ungrouped(number) if _GROUPED.match(number) else number
    mark = number[last]
    if number.count(mark) > 1 or (mark != decimal and len(number) - last == 4):
        return _ungrouped(number) if _GROUPED.match(number) else None
    whole = number[:last]
    return (_ungrouped(whole) if _GROUPED.match(whole) else whole) + "." + number[last + 1 :]


def _ungrouped(number: str) -> str:
    return re.sub(r"[,.' ]", "", number)


class Moments:
    """Reads times; those without an offset are in ``zone``.

    ISO 8601 is always understood, then each of ``formats`` as ``strptime`` takes it. Where the
    clocks go back, the first of the two hours is meant.
    """

    def __init__(self, formats: Sequence[str], zone: ZoneInfo) -> None:
        self._readers = (_iso, *map(_by_format, formats))
        self._zone = zone
        self._known: dict[str, datetime | None] = {}
        self._known_ends: dict[str, datetime | None] = {}

    def start(self, text: str) -> datetime | None:
        """The moment in UTC, a date alone being its midnight; None where it is no time."""
        if text not in self._known:
            self._known[text] = self._read(text, time())
        return self._known[text]

    def end(self, text: str) -> datetime | None:
        """As ``start``, a date alone being its last second: a deadline lasts the whole day."""
        if text not in self._known_ends:
            self._known_ends[text] = self._read(text, time(23, 59, 59))
        return self._known_ends[text]

    def _read(self, text: str, of_day: time) -> datetime | None:
        for read in self._readers:
            if (moment := read(text, of_day)) is not None:
                return _in_utc(moment, self._zone)
        return None


def moment_by_format(text: str, form: str, zone: ZoneInfo) -> datetime | None:
    """The moment in UTC that ``text`` tells by one format, ``unix`` being seconds since 1970."""
    if form == "unix":
        seconds = int(text) if text.isdecimal() and len(text) <= 10 else 0
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    moment = _by_format(form)(text, time())
    return None if moment is None else _in_utc(moment, zone)


def _in_utc(moment: datetime, zone: ZoneInfo) -> datetime | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    # A year outside is a slip of the pen, and the ends of the calendar can't be converted.
    return moment.astimezone(UTC) if 1970 <= moment.year < 2200 else None


def _iso(text: str, of_day: time) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(moment, of_day) if len(text) <= len("2026-09-10") else moment


def _by_format(form: str) -> Callable[[str, time], datetime | None]:
    has_time = any(mark in form for mark in ("%H", "%I", "%T", "%X", "%c"))

    def read(text: str, of_day: time) -> datetime | None:
        try:
            # The zone is put in by the caller, who knows the platform's.
            moment = datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            return None
        return moment if has_time else datetime.combine(moment, of_day)

    return read


def is_rounded_id(text: str) -> bool:
    """Whether a spreadsheet turned an id into a number such as ``1.23E+18``."""
    return "E+" in text and _ROUNDED_ID.fullmatch(text) is not None


def is_saved_date(text: str) -> bool:
    """Whether a date looks as Excel writes it when it saves a CSV: ``2026/9/10 8:00``."""
    return _SAVED_DATE.match(text) is not None


def lost_digits(ids: Sequence[str]) -> bool:
    """Whether all long ids end in zeros past the 15 digits that Excel keeps."""
    long = [text for text in ids if len(text) > _EXCEL_DIGITS and text.isdecimal()]
    return len(long) > 1 and all(not text[_EXCEL_DIGITS:].strip("0") for text in long)


def short(text: str) -> str:
    """A cell for a sentence."""
    return text if len(text) <= 40 else text[:39] + "…"
