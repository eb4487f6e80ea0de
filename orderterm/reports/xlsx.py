"""A report as an Excel workbook: a sheet a section, with real dates and numbers.

Text is always written as text: an identifier keeps its digits, and nothing that a customer typed
ever becomes a formula or a link.
"""

from collections.abc import Iterable, Sequence, Sized
from datetime import date, timedelta
from itertools import chain, islice
from typing import Any, BinaryIO

import xlsxwriter
from rich.cells import cell_len
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from orderterm.reports.document import (
    NOTHING,
    NUMERIC,
    Column,
    Kind,
    Report,
    Section,
    Value,
    headline,
    shown,
    titled,
    words,
)
from orderterm.reports.workbook_charts import ChartSheet
from orderterm.terms import Language

MOST_CHARACTERS = 32_767
"""Of a cell, in Excel's own counting; what is longer is cut and ends in …"""
MOST_ROWS = 1_048_576
"""Of a sheet; the rest goes on in another one."""

_FIRST_YEAR = 1900
_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans("[]:*?/\\'", "        ")
_NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "prose": "@",
    "number": "General",
    "money": "#,##0.00",
    "percent": "0.0%",
    "time": "yyyy-mm-dd hh:mm",
    "day": "yyyy-mm-dd",
    "duration": "[h]:mm",
}
_WIDTHS: dict[Kind, int] = {
    "text": 11,
    "prose": 100,
    "number": 9,
    "money": 12,
    "percent": 9,
    "time": 17,
    "day": 12,
    "duration": 9,
}
_ALIGNED: dict[Kind, dict[str, Any]] = {
    "text": {"text_wrap": True},
    "prose": {"text_wrap": True},
    "time": {"align": "left"},
    "day": {"align": "left"},
}
_HEADING = {"bold": True, "bg_color": "#E8EDF2", "bottom": 1, "text_wrap": True, "valign": "top"}
_FILTER_BUTTON = 3
_WIDE = 20
"""From this width on a column holds texts that may take several lines."""
_LINE_HEIGHT = 18
"""In points: Chinese letters are taller than a spreadsheet's usual row."""
_MOST_LINES = 12
_PAGE_WIDTH = 250
"""So many characters can be read side by side on A4; a wider table goes on on another page."""
_SHORT = 15
"""Up to so many rows a table and its chart fit a screen one below the other."""
_OPTIONS = {"remove_timezone": True, "strings_to_formulas": False, "strings_to_urls": False}


def write(report: Report, language: Language, file: BinaryIO) -> None:
    """Write ``report`` into ``file`` as an XLSX workbook; the same report gives the same bytes."""
    # With charts the cells are kept in memory: a chart keeps a copy of its figures.
    charted = any(section.chart for section in report.sections)
    book = xlsxwriter.Workbook(file, {**_OPTIONS, "constant_memory": not charted})
    book.set_properties({"title": words(report.title, language), "created": report.made_at})
    writer = _Writer(book, report, language)
    charts = ChartSheet(book, language)
    for section in report.sections:
        sheet = writer.section(section)
        if section.chart is not None:
            charts.add(sheet, *writer.place_beside(section), section.chart)
    charts.write(writer.sheet_name)
    book.close()


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook, report: Report, language: Language) -> None:
        self._book = book
        self._report = report
        self._language = language
        self._names: set[str] = set()
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._faint = book.add_format({"font_color": "#666666"})
        self._heading = book.add_format(_HEADING)
        self._heading_right = book.add_format({**_HEADING, "align": "right"})
        self._formats = {
            kind: book.add_format(
                {"num_format": how, "valign": "vcenter", **_ALIGNED.get(kind, {})}
            )
            for kind, how in _NUMBER_FORMATS.items()
        }

    def sheet_name(self, title: str) -> str:
        """``title`` as a sheet may be called: short, without special characters, used once."""
        plain = " ".join(title.translate(_NOT_IN_SHEET_NAMES).split()) or "-"
        name, number = plain[:_SHEET_NAME], 1
        while name.casefold() in self._names:
            number += 1
            name = f"{plain[: _SHEET_NAME - 5]} {number}"
        self._names.add(name.casefold())
        return name

    def section(self, section: Section) -> Worksheet:
        """Write a section; returns its first sheet."""
        rows = iter(section.rows)
        first = sheet = self._begun(section)
        top = self._top(section)
        while True:
            last = self._rows(sheet, section.columns, islice(rows, MOST_ROWS - top - 1), top + 1)
            sheet.autofilter(top, 0, last, len(section.columns) - 1)
            if last == top:
                sheet.write_string(top + 1, 0, words(NOTHING, self._language), self._faint)
            following = next(rows, None)
            if following is None:
                return first
            rows, sheet = chain([following], rows), self._begun(section)

    def place_beside(self, section: Section) -> tuple[int, int]:
        """The row and column of a chart's corner: below a short table, which can so be printed
        as wide as the paper, beside a long one."""
        rows = len(section.rows) if isinstance(section.rows, Sized) else MOST_ROWS
        top = self._top(section)
        return (top + rows + 2, 0) if rows <= _SHORT else (top, len(section.columns) + 1)

    def _top(self, section: Section) -> int:
        """The row of the headings."""
        return 2 + (section.note is not None)

    def _begun(self, section: Section) -> Worksheet:
        """A new sheet with the section's title and headings."""
        title, top = titled(section.title, self._language), self._top(section)
        sheet = self._book.add_worksheet(self.sheet_name(title))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        widths = [self._width(column) for column in section.columns]
        sheet.fit_to_pages(1 + (sum(widths) - 1) // _PAGE_WIDTH, 0)
        sheet.print_across()
        sheet.repeat_rows(top)
        sheet.repeat_columns(0)
        sheet.set_default_row(_LINE_HEIGHT)
        sheet.set_footer("&C&P / &N")
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.write_string(0, 0, _fitting(title), self._title)
        sheet.write_string(1, 0, _fitting(headline(self._report, self._language)), self._faint)
        if section.note is not None:
            sheet.write_string(2, 0, _fitting(words(section.note, self._language)), self._faint)
        for place, column in enumerate(section.columns):
            how = self._heading_right if column.kind in NUMERIC else self._heading
            sheet.write_string(top, place, titled(column.title, self._language), how)
        sheet.set_row(top, self._heading_lines(section) * _LINE_HEIGHT)
        sheet.freeze_panes(top + 1, 1)
        return sheet

    def _heading_lines(self, section: Section) -> int:
        """How many lines the longest heading takes in its column."""
        room = ((one, self._width(one) - _FILTER_BUTTON) for one in section.columns)
        return max(-(-cell_len(words(one.title, self._language)) // wide) for one, wide in room)

    def _width(self, column: Column) -> int:
        needed = cell_len(words(column.title, self._language)) + _FILTER_BUTTON
        return column.width or max(_WIDTHS[column.kind], needed)

    def _rows(
        self,
        sheet: Worksheet,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Value]],
        first: int,
    ) -> int:
        """Write ``rows`` from the row ``first`` on; returns the last row of the table."""
        place = first - 1
        wide = [(at, one.width) for at, one in enumerate(columns) if (one.width or 0) >= _WIDE]
        writers = [(self._formats[column.kind], column.kind) for column in columns]
        for place, row in enumerate(rows, start=first):
            if (lines := self._lines(row, wide)) > 1:
                sheet.set_row(place, lines * _LINE_HEIGHT)
            for column, (value, (how, kind)) in enumerate(zip(row, writers, strict=True)):
                if value is not None and value != "":
                    self._cell(sheet, (place, column), value, how, kind)
        return place

    def _lines(self, row: Sequence[Value], wide: Sequence[tuple[int, int | None]]) -> int:
        """How many lines the longest text of a row takes; not every program finds out itself."""
        longest = 1
        for column, width in wide:
            text = shown(row[column], "text", self._language)
            longest = max(longest, -(-cell_len(text) // (width or _WIDE)))
        return min(longest, _MOST_LINES)

    def _cell(
        self, sheet: Worksheet, place: tuple[int, int], value: Value, how: Format, kind: Kind
    ) -> None:
        if _is_time(value):
            sheet.write_datetime(*place, value, how)
        elif isinstance(value, int | float) and kind in NUMERIC:
            sheet.write_number(*place, _number(value, kind), how)
        else:
            text = shown(value, kind, self._language)
            sheet.write_string(*place, _fitting(text), self._formats["text"])


def _is_time(value: Value) -> bool:
    """Whether Excel can keep ``value`` as a time; it knows none before 1900, and none below 0."""
    if isinstance(value, timedelta):
        return value >= timedelta(0)
    return isinstance(value, date) and value.year >= _FIRST_YEAR


def _number(value: float, kind: Kind) -> float:
    """``value`` as it stands in a cell; a mean is no more exact than two decimals."""
    if kind == "money":
        return value / 100
    return round(value, 2) if kind == "number" else value


def _fitting(text: str) -> str:
    """``text`` as far as it fits a cell; Excel counts a character outside the BMP twice."""
    if len(text) * 2 <= MOST_CHARACTERS:
        return text
    units = text.encode("utf-16-le")
    if len(units) // 2 <= MOST_CHARACTERS:
        return text
    return units[: (MOST_CHARACTERS - 1) * 2].decode("utf-16-le", "ignore") + "…"
