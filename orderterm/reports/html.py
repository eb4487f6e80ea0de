"""A report as one HTML file that stands by itself: no script, nothing fetched from elsewhere."""

from collections.abc import Iterator, Sized
from functools import cache
from pathlib import Path
from typing import BinaryIO

import jinja2
from msgspec import Struct
from rich.cells import cell_len

from orderterm.reports.charts import svg
from orderterm.reports.document import (
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
_PAGE = 774
"""How wide A4 across is between its margins, in points."""
_LARGEST, _SMALLEST = 9.0, 6.0
"""The sizes of letters on paper, in points."""
_CELL_WIDTH = 0.59
"""How wide a half-width letter is, of its size."""
_LEAST_CELLS, _LONG_CELLS, _GAP = 4, 14, 2
"""The room of a column, in half-width letters: the least, of texts in lines, between columns."""

_Cell = tuple[str, str]
"""A text and its class; "" is none."""


class _Part(Struct, frozen=True):
    """A section as the page shows it; a ``short`` one is not torn apart on paper. Once the rows
    are read, ``widths`` holds how wide each column's texts are, 0 where nothing stands."""

    place: int
    title: str
    note: str
    chart: str
    empty: str
    headings: list[_Cell]
    rows: Iterator[list[_Cell]]
    widths: list[int]
    short: bool

    def hidden(self) -> list[int]:
        """The columns that paper is too narrow for, counted from 1: the empty ones."""
        return [at for at, width in enumerate(self.widths, start=1) if not width and self._cells()]

    def print_size(self) -> float:
        """The size of letters, in points, in which the columns fit across a page."""
        fitting = _PAGE / (max(self._cells(), 1) * _CELL_WIDTH)
        return round(min(max(fitting, _SMALLEST), _LARGEST), 1)

    def is_crowded(self) -> bool:
        """Whether not even the smallest letters fit, so that lines must be broken: what is too
        wide is lost on paper."""
        return self._cells() * _CELL_WIDTH * _SMALLEST > _PAGE

    def _cells(self) -> int:
        return sum(max(width, _LEAST_CELLS) + _GAP for width in self.widths if width)


def write(report: Report, language: Language, file: BinaryIO) -> None:
    """Write ``report`` into ``file`` as a page that a browser shows and prints."""
    page = _template().stream(
        lang=_LANGUAGES[language],
        title=titled(report.title, language),
        headline=headline(report, language),
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
    widths = [0] * len(section.columns)
    return _Part(
        place=place,
        title=titled(section.title, language),
        note=words(section.note, language) if section.note else "",
        chart=svg(section.chart, language, place) if section.chart else "",
        empty=titled(section.empty, language),
        headings=[
            (titled(column.title, language), "right" if column.kind in NUMERIC else "")
            for column in section.columns
        ],
        rows=_rows(section, language, widths),
        widths=widths,
        short=isinstance(section.rows, Sized) and len(section.rows) <= _SHORT,
    )


def _rows(section: Section, language: Language, widths: list[int]) -> Iterator[list[_Cell]]:
    """The cells of each row; widens ``widths`` to what stands in them."""
    kinds = [column.kind for column in section.columns]
    for row in section.rows:
        cells = [
            _cell(shown(value, kind, language), kind)
            for value, kind in zip(row, kinds, strict=True)
        ]
        for at, (text, _) in enumerate(cells):
            if len(text) * 2 > widths[at]:
                widths[at] = max(widths[at], _width(text))
        yield cells


def _width(text: str) -> int:
    return _LONG_CELLS if len(text) > _LONG else cell_len(text)


def _cell(text: str, kind: Kind) -> _Cell:
    if kind in NUMERIC:
        return text, "right"
    if kind == "prose":
        return text, "prose"
    if kind in ("time", "day"):
        return text, "when"
    return text, "long" if len(text) > _LONG else ""
