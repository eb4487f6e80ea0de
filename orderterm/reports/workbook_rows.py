"""The rows of a workbook's table, written as the XML in which a sheet keeps them.

xlsxwriter makes an object of each cell before it writes it, which takes most of a large workbook's
time. In its mode of constant memory a sheet's rows lie as XML in a file; what is added here lies
there as they would, and all else of the sheet is xlsxwriter's.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape

from rich.cells import cell_len
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from orderterm.reports.document import FIGURES, NUMERIC, Kind, Value, shown
from orderterm.terms import Language

MOST_CHARACTERS = 32_767
"""Of a cell, in Excel's own counting; what is longer is cut and ends in …"""
LINE_HEIGHT = 18
"""In points: Chinese letters are taller than a spreadsheet's usual row."""

_MOST_LINES = 12
_EPOCH = date(1899, 12, 30).toordinal()
_FIRST_YEAR = 1901
"""Excel counts a day of 1900 that never was, and none before that year."""
_DAY = timedelta(days=1)
_TAKEN_FOR_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Cells:
    """Writes the cells of one column of a table."""

    def __init__(
        self, place: int, kind: Kind, width: int, look: Format, text: Format, language: Language
    ) -> None:
        """A column, counted from 0, ``width`` characters wide; what is not known as a ``kind`` has
        the look of a ``text``."""
        self._kind = kind
        self._language = language
        self._numeric = kind in NUMERIC
        self._width = width
        self._start = f'<c r="{xl_col_to_name(place)}'
        self._figure = f'" s="{look._get_xf_index()}"><v>'
        self._text = f'" s="{text._get_xf_index()}" t="inlineStr"><is><t>'
        self._spaced = self._text.replace("<t>", '<t xml:space="preserve">')

    def cell(self, row: int, value: Value) -> tuple[str, int]:
        """The cell of a row, counted from 1, and how many lines it takes."""
        if type(value) is not str and (figure := self._number(value)) is not None:
            return f"{self._start}{row}{self._figure}{figure}</v></c>", 1
        text = fitting(shown(value, self._kind, self._language))
        if not text:
            return "", 1
        look = self._text if text[0] != " " != text[-1] else self._spaced
        lines = 1 if len(text) * 2 <= self._width else -(-cell_len(text) // self._width)
        return f"{self._start}{row}{look}{_escaped(text)}</t></is></c>", lines

    def _number(self, value: Value) -> float | None:
        """``value`` as Excel counts it, times in days; None for what is text."""
        if isinstance(value, date):
            return _days(value) if value.year >= _FIRST_YEAR else None
        if isinstance(value, timedelta):
            return value / _DAY if value.days >= 0 else None
        if self._numeric and isinstance(value, FIGURES):
            return _rounded(value, self._kind)
        return None


def add_rows(
    sheet: Worksheet, first: int, columns: Sequence[Cells], rows: Iterable[Sequence[Value]]
) -> int:
    """Write a table's ``rows`` from the row ``first``, counted from 0, on, below all that stands
    on ``sheet``; returns the last one, ``first - 1`` for none."""
    sheet._write_single_row(first)
    last = first - 1
    for last, row in enumerate(rows, start=first):
        sheet.fh.write(_row(last + 1, columns, row))
    if last >= first:
        sheet._check_dimensions(last, len(columns) - 1)
    return last


def _row(number: int, columns: Sequence[Cells], row: Sequence[Value]) -> str:
    cells = [
        column.cell(number, value)
        for column, value in zip(columns, row, strict=True)
        if value is not None
    ]
    # Not every program finds out by itself how high a row of several lines must be.
    lines = min(max((lines for _, lines in cells), default=1), _MOST_LINES)
    height = f'{lines * LINE_HEIGHT}" customHeight="1' if lines > 1 else LINE_HEIGHT
    return f'<row r="{number}" ht="{height}">{"".join([cell for cell, _ in cells])}</row>'


def _days(moment: date) -> float:
    """A day or a time as Excel counts it, on the clock that it comes with."""
    days = moment.toordinal() - _EPOCH
    if not isinstance(moment, datetime):
        return days
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return days + (seconds + moment.microsecond / 1e6) / 86_400


def _rounded(value: float, kind: Kind) -> float:
    """``value`` as it stands in a cell; a mean is no more exact than two decimals."""
    if kind == "money":
        return value / 100
    return round(value, 2) if kind == "number" else value


def fitting(text: str) -> str:
    """``text`` as far as it fits a cell; Excel counts a character outside the BMP twice."""
    if len(text) * 2 <= MOST_CHARACTERS:
        return text
    units = text.encode("utf-16-le")
    if len(units) // 2 <= MOST_CHARACTERS:
        return text
    return units[: (MOST_CHARACTERS - 1) * 2].decode("utf-16-le", "ignore") + "…"


def _escaped(text: str) -> str:
    """``text`` as XML; Excel reads ``_x0041_`` as an A."""
    if "_x" in text:
        text = _TAKEN_FOR_ESCAPED.sub("_x005F_", text)
    return escape(text)
