"""The rows of a workbook's table: real dates and numbers, and text that stays text."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from rich.cells import cell_len
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from orderterm.reports.document import FIGURES, NUMERIC, Kind, Value, shown
from orderterm.terms import Language

MOST_CHARACTERS = 32_767
"""Of a cell, in Excel's own counting; what is longer is cut and ends in …"""
LINE_HEIGHT = 18
"""In points: Chinese letters are taller than a spreadsheet's usual row."""

_MOST_LINES = 12
_MINUTE = timedelta(minutes=1)
_FIRST_YEAR = 1900


class Cells:
    """Writes the cells of one column of a table."""

    def __init__(
        self, place: int, kind: Kind, width: int, look: Format, text: Format, language: Language
    ) -> None:
        """A column, counted from 0, ``width`` characters wide; what is not known as a ``kind`` has
        the look of a ``text``."""
        self._place = place
        self._kind = kind
        self._width = width
        self._look = look
        self._text = text
        self._language = language
        self._numeric = kind in NUMERIC

    def write(self, sheet: Worksheet, row: int, value: Value) -> int:
        """Write the cell of a row, counted from 0; returns how many lines it takes."""
        if isinstance(value, date | timedelta) and _is_known(value):
            sheet.write_datetime(row, self._place, _to_the_minute(value), self._look)
        elif self._numeric and isinstance(value, FIGURES):
            sheet.write_number(row, self._place, _rounded(value, self._kind), self._look)
        elif text := fitting(shown(value, self._kind, self._language)):
            sheet.write_string(row, self._place, _plain(text), self._text)
            return self._lines(text)
        return 1

    def _lines(self, text: str) -> int:
        return 1 if len(text) * 2 <= self._width else -(-cell_len(text) // self._width)


def add_rows(
    sheet: Worksheet, first: int, columns: Sequence[Cells], rows: Iterable[Sequence[Value]]
) -> int:
    """Write a table's ``rows`` from the row ``first``, counted from 0, on, below all that stands
    on ``sheet``; returns the last one, ``first - 1`` for none."""
    last = first - 1
    for last, row in enumerate(rows, start=first):
        lines = 1
        for column, value in zip(columns, row, strict=True):
            if value is not None:
                lines = max(lines, column.write(sheet, last, value))
        if lines > 1:
            # Not every program finds out by itself how high a row of several lines must be.
            sheet.set_row(last, min(lines, _MOST_LINES) * LINE_HEIGHT)
    return last


def _is_known(value: date | timedelta) -> bool:
    """Whether Excel can keep ``value`` as a time; it knows none before 1900, and none below 0."""
    if isinstance(value, timedelta):
        return value >= timedelta(0)
    return value.year >= _FIRST_YEAR


def _to_the_minute(value: date | timedelta) -> date | timedelta:
    """A length rounded as the other formats tell it; Excel would leave its seconds out."""
    if isinstance(value, timedelta):
        return round(value / _MINUTE) * _MINUTE
    return value


def _rounded(value: float, kind: Kind) -> float:
    """``value`` as it stands in a cell; a mean is no more exact than two decimals."""
    if kind == "money":
        return value / 100
    return round(value, 2) if kind == "mean" else value


def fitting(text: str) -> str:
    """``text`` as far as it fits a cell; Excel counts a character outside the BMP twice."""
    if len(text) * 2 <= MOST_CHARACTERS:
        return text
    units = text.encode("utf-16-le")
    if len(units) // 2 <= MOST_CHARACTERS:
        return text
    return units[: (MOST_CHARACTERS - 1) * 2].decode("utf-16-le", "ignore") + "…"


def _plain(text: str) -> str:
    """``text`` so that xlsxwriter does not take it for XML of its own making."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
