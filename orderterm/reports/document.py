"""A report as plain values: what every format is written from.

A builder makes a ``Report``, a writer (``xlsx``, ``csv_file``, ``html``) turns it into a file.
Rows may be a generator, so that a year of orders needs no memory; they are then read once.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from msgspec import Struct

from orderterm.sentences import Labelled, Sentence, say
from orderterm.terms import Language, Term

Kind = Literal["text", "prose", "number", "mean", "money", "percent", "time", "day", "duration"]
"""What a column holds: prose is whole sentences, a mean has two decimals, money is in minor
units, a percentage a part of 1, times are on the site's clocks."""

Value = str | int | float | datetime | date | timedelta | Labelled | Sentence | None
"""A cell: a term or a sentence follows the reader's language, None stays empty. Text stands in
any column, where something is not known as a number."""

FIGURES = (int, float)
"""The types of a number; told once, because a report asks for every cell."""

NUMERIC: frozenset[Kind] = frozenset({"number", "mean", "money", "percent", "duration"})
"""What is aligned right."""

_MINUTE = timedelta(minutes=1)
_TO_THE_MINUTE = len("2026-11-22 10:42")

NOTHING = say("There is nothing to show here.")

# What XML can't hold, what a terminal would obey, and what turns the direction of writing.
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ufffe\uffff]+"
)


class Period(Struct, frozen=True):
    """Days of the site, both of them included."""

    first: date
    last: date

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()} – {self.last.isoformat()}"


class Column(Struct, frozen=True):
    """A column; ``width`` is in characters of a digit's width, None is what its kind needs."""

    title: Sentence
    kind: Kind = "text"
    width: int | None = None


class Series(Struct, frozen=True):
    """One line, or the bars of one colour: a value for each category of its chart."""

    name: Sentence | Labelled | str
    values: Sequence[int | float | None]


class Chart(Struct, frozen=True):
    """A picture of figures; ``unit`` says what they count. ``stacked`` are bars on each other."""

    kind: Literal["bar", "line", "stacked"]
    title: Sentence
    categories: Sequence[Sentence | Labelled | str]
    series: Sequence[Series]
    unit: Sentence | Labelled | str = ""


class Section(Struct, frozen=True):
    """A table with its title; a sheet of its own in a workbook. Each row has a value a column.

    ``empty`` is said where there are no rows, so that it is not taken for a fault.
    """

    title: Sentence | Labelled
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    note: Sentence | None = None
    chart: Chart | None = None
    empty: Sentence = NOTHING


class Report(Struct, frozen=True):
    """A report; ``name`` is what it is called on the command line, ``site`` whose it is."""

    name: str
    title: Sentence | Labelled
    period: Period
    made_at: datetime
    site: str
    sections: Sequence[Section]


def words(value: str | Labelled | Sentence, language: Language) -> str:
    """What a reader of ``language`` sees of a text: on one line, and harmless in every format."""
    if isinstance(value, Sentence):
        value = value.text(language)
    elif isinstance(value, Term) or not isinstance(value, str):  # a term is a str as well
        value = value.label(language)
    return value if value.isprintable() else _UNPRINTABLE.sub(" ", value)


def titled(value: str | Labelled | Sentence, language: Language) -> str:
    """``words`` as a title or a sentence begins: with a capital letter."""
    text = words(value, language)
    return text[:1].upper() + text[1:]


def shown(value: Value, kind: Kind, language: Language) -> str:
    """A cell as text: ``1234.50``, ``12.5%``, ``2026-11-22 10:42``, ``26:05`` for hours and
    minutes."""
    if value is None:
        return ""
    if type(value) is str and kind != "prose":
        return words(value, language)
    if isinstance(value, datetime):
        return value.isoformat(" ")[:_TO_THE_MINUTE]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _hours(value)
    if isinstance(value, FIGURES):
        return _figure(value, kind)
    return titled(value, language) if kind == "prose" else words(value, language)


def _hours(length: timedelta) -> str:
    sign = "-" if length < timedelta(0) else ""
    hours, minutes = divmod(round(abs(length) / _MINUTE), 60)
    return f"{sign}{hours}:{minutes:02}"


def _figure(value: int | float, kind: Kind) -> str:
    if kind == "money":
        return f"{value / 100:.2f}"
    if kind == "percent":
        return f"{value * 100:.1f}%"
    return f"{value:.2f}" if kind == "mean" else str(value)


def headline(report: Report, language: Language) -> str:
    """Whose report it is, of which days, and when it was made: ``Site · days · as of …``."""
    made = words(say("as of {time}", time=f"{report.made_at:%Y-%m-%d %H:%M}"), language)
    return " · ".join(filter(None, (words(report.site, language), str(report.period), made)))
