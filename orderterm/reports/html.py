"""A report as one HTML file that stands by itself: no script, nothing fetched from elsewhere."""

from collections.abc import Iterator, Sized
from functools import cache
from pathlib import Path
from typing import BinaryIO

import jinja2
from msgspec import Struct

from orderterm.reports.charts import svg
from orderterm.reports.document import (
    NOTHING,
    NUMERIC,
    Kind,
    Report,
    Section,
    headline,
    shown,
    titled,
    words,
)
from orderterm.terms import Language

_FOLDER = Path(__file__).parent / "templates"
_LANGUAGES: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
_CHUNK = 200
"""How many pieces of the page are written at once."""


_LONG = 20
"""From so many characters on a text may take several lines."""
_SHORT = 15
"""Up to so many rows a table, with its chart, fits one page of paper."""
_PRINT_SIZES = ((8, 9.0), (13, 8.0), (18, 7.0))
"""Up to how many columns a table is printed in letters of so many points."""
_SMALLEST_PRINT = 6.0

_Cell = tuple[str, str]
"""A text and its class; "" is none."""


class _Part(Struct, frozen=True):
    """A section as the page shows it; a ``short`` one is not torn apart on paper. Once the rows
    are read, ``empty`` holds the places of the columns in which nothing stands."""

    place: int
    title: str
    note: str
    chart: str
    headings: list[_Cell]
    rows: Iterator[list[_Cell]]
    empty: set[int]
    short: bool

    def hidden(self) -> list[int]:
        """The columns that paper is too narrow for, counted from 1: the empty ones."""
        if len(self.empty) == len(self.headings):
            return []
        return [place + 1 for place in sorted(self.empty)]

    def print_size(self) -> float:
        """The size of letters, in points, in which the columns fit across a page."""
        shown = len(self.headings) - len(self.hidden())
        return next((size for most, size in _PRINT_SIZES if shown <= most), _SMALLEST_PRINT)


def write(report: Report, language: Language, file: BinaryIO) -> None:
    """Write ``report`` into ``file`` as a page that a browser shows and prints."""
    page = _template().stream(
        lang=_LANGUAGES[language],
        title=titled(report.title, language),
        headline=headline(report, language),
        nothing=words(NOTHING, language),
        parts=(_part(section, place, language) for place, section in enumerate(report.sections)),
    )
    page.enable_buffering(_CHUNK)
    for piece in page:
        file.write(piece.encode())


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("report.html")


def _part(section: Section, place: int, language: Language) -> _Part:
    empty = set(range(len(section.columns)))
    return _Part(
        place=place,
        title=titled(section.title, language),
        note=words(section.note, language) if section.note else "",
        chart=svg(section.chart, language, place) if section.chart else "",
        headings=[
            (titled(column.title, language), "right" if column.kind in NUMERIC else "")
            for column in section.columns
        ],
        rows=_rows(section, language, empty),
        empty=empty,
        short=isinstance(section.rows, Sized) and len(section.rows) <= _SHORT,
    )


def _rows(section: Section, language: Language, empty: set[int]) -> Iterator[list[_Cell]]:
    """The cells of each row; takes out of ``empty`` the columns in which something stands."""
    kinds = [column.kind for column in section.columns]
    for row in section.rows:
        cells = [
            _cell(shown(value, kind, language), kind)
            for value, kind in zip(row, kinds, strict=True)
        ]
        if empty:
            empty.difference_update([at for at in empty if cells[at][0]])
        yield cells


def _cell(text: str, kind: Kind) -> _Cell:
    if kind in NUMERIC:
        return text, "right"
    if kind == "prose":
        return text, "prose"
    return text, "long" if len(text) > _LONG else ""
