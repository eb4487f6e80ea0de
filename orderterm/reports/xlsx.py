"""A report as an Excel workbook: a sheet a section, with real dates and numbers.

Text is always written as text: an identifier keeps its digits, and nothing that a customer typed
ever becomes a formula or a link.
"""

from collections.abc import Sequence, Sized
from itertools import chain, islice
from textwrap import wrap
from typing import Any, BinaryIO

import xlsxwriter
from rich.cells import cell_len
from xlsxwriter.chartsheet import Chartsheet
from xlsxwriter.worksheet import Worksheet

from orderterm.reports.document import (
    NUMERIC,
    Chart,
    Column,
    Kind,
    Report,
    Section,
    headline,
    titled,
    words,
)
from orderterm.reports.workbook_charts import ChartSheet
from orderterm.reports.workbook_rows import LINE_HEIGHT, Cells, add_rows, fitting
from orderterm.terms import Language

MOST_ROWS = 1_048_576
"""Of a sheet; the rest goes on in another one."""

_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans("[]:*?/\\'", "        ")
_NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "prose": "@",
    "number": "General",
    "mean": "0.00",
    "money": "#,##0.00",
    "percent": "0.0%",
    "time": "yyyy-mm-dd hh:mm",
    "day": "yyyy-mm-dd",
    "duration": "[h]:mm",
}
_WIDTHS: dict[Kind, int] = {
    "text": 14,
    "prose": 100,
    "number": 9,
    "mean": 9,
    "money": 12,
    "percent": 9,
    "time": 17,
    "day": 12,
    "duration": 9,
}
_ALIGNED: dict[Kind, dict[str, Any]] = {
    "text": {"text_wrap": True},
    "prose": {"text_wrap": True},
    **{kind: {"align": "right", "indent": 1} for kind in NUMERIC},
    "time": {"align": "left"},
    "day": {"align": "left"},
}
_HEADING = {"bold": True, "bg_color": "#E8EDF2", "bottom": 1, "text_wrap": True, "valign": "top"}
_FILTER_BUTTON = 3
_PAGE_WIDTH = 250
"""So many characters can be read side by side on A4; a wider table goes on on another page."""
_SHORT = 8
"""Up to so many rows a table and its chart fit A4 across one below the other."""
_LONGEST_HEADING = 16
"""So wide a column becomes for its heading alone; a longer one takes several lines."""
_A4 = 9
_OPTIONS = {"remove_timezone": True, "constant_memory": True}


def write(report: Report, language: Language, file: BinaryIO) -> None:
    """Write ``report`` into ``file`` as an XLSX workbook; the same report gives the same bytes."""
    book = xlsxwriter.Workbook(file, _OPTIONS)
    book.set_properties({"title": words(report.title, language), "created": report.made_at})
    writer = _Writer(book, report, language)
    charts = ChartSheet(book, language)
    for section in report.sections:
        sheet = writer.section(section)
        if section.chart is not None:
            charts.add(*writer.place_of_chart(section, section.chart, sheet), section.chart)
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
        self._remark = book.add_format(
            {"font_color": "#666666", "text_wrap": True, "valign": "top"}
        )
        self._heading = book.add_format(_HEADING)
        self._heading_right = book.add_format({**_HEADING, **_ALIGNED["number"]})
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
        rows, columns = iter(section.rows), self._columns(section)
        first = sheet = self._begun(section)
        top = self._top(section)
        while True:
            last = add_rows(sheet, top + 1, columns, islice(rows, MOST_ROWS - top - 1))
            sheet.autofilter(top, 0, last, len(section.columns) - 1)
            if last == top:
                sheet.write_string(top + 1, 0, titled(section.empty, self._language), self._faint)
            following = next(rows, None)
            if following is None:
                return first
            rows, sheet = chain([following], rows), self._begun(section)

    def _columns(self, section: Section) -> list[Cells]:
        text = self._formats["text"]
        return [
            Cells(at, one.kind, self._width(one), self._formats[one.kind], text, self._language)
            for at, one in enumerate(section.columns)
        ]

    def place_of_chart(
        self, section: Section, chart: Chart, sheet: Worksheet
    ) -> tuple[Worksheet | Chartsheet, int]:
        """Where a chart is drawn, and in which row: below a short table, else on a sheet of its
        own, so that paper never cuts it in two."""
        if isinstance(section.rows, Sized) and _is_short(section):
            return sheet, self._top(section) + len(section.rows) + 2
        alone = self._book.add_chartsheet(self.sheet_name(titled(chart.title, self._language)))
        alone.set_paper(_A4)
        return alone, 0

    def _top(self, section: Section) -> int:
        """The row of the headings."""
        return 2 + (section.note is not None)

    def _begun(self, section: Section) -> Worksheet:
        """A new sheet with the section's title and headings."""
        title, top = titled(section.title, self._language), self._top(section)
        sheet = self._book.add_worksheet(self.sheet_name(title))
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        widths = [self._width(column) for column in section.columns]
        across = 1 + (sum(widths) - 1) // _PAGE_WIDTH
        keys = _keys(section)
        # In a column that a second page repeats, a title would be cut there.
        aside = keys if across > 1 else 0
        sheet.fit_to_pages(across, 1 if section.chart and _is_short(section) else 0)
        sheet.print_across()
        sheet.repeat_rows(top)
        sheet.repeat_columns(0, keys - 1)
        sheet.set_default_row(LINE_HEIGHT)
        sheet.set_footer("&C&P / &N")
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.write_string(0, aside, fitting(title), self._title)
        made = fitting(headline(self._report, self._language))
        sheet.write_string(1, aside, made, self._faint)
        if section.note is not None:
            self._note(sheet, fitting(words(section.note, self._language)), widths)
        for place, column in enumerate(section.columns):
            how = self._heading_right if column.kind in NUMERIC else self._heading
            sheet.write_string(top, place, titled(column.title, self._language), how)
        sheet.set_row(top, self._heading_lines(section) * LINE_HEIGHT)
        sheet.freeze_panes(top + 1, keys)
        return sheet

    def _note(self, sheet: Worksheet, note: str, widths: Sequence[int]) -> None:
        """The line above the headings, no wider than the table: paper is fitted to the widest."""
        sheet.set_row(2, _lines(note, sum(widths)) * LINE_HEIGHT)
        if len(widths) > 1:
            sheet.merge_range(2, 0, 2, len(widths) - 1, note, self._remark)
        else:
            sheet.write_string(2, 0, note, self._remark)

    def _heading_lines(self, section: Section) -> int:
        """How many lines the longest heading takes in its column."""
        return max(
            _lines(words(one.title, self._language), self._width(one) - _FILTER_BUTTON)
            for one in section.columns
        )

    def _width(self, column: Column) -> int:
        needed = cell_len(words(column.title, self._language)) + _FILTER_BUTTON
        return column.width or max(_WIDTHS[column.kind], min(needed, _LONGEST_HEADING))


def _keys(section: Section) -> int:
    """How many columns tell the rows apart, and stay in sight: a day alone does not."""
    return 2 if section.columns[0].kind == "day" else 1


def _is_short(section: Section) -> bool:
    return isinstance(section.rows, Sized) and len(section.rows) <= _SHORT


def _lines(text: str, width: int) -> int:
    """How many lines a text takes, with its words whole or, as Chinese, broken anywhere."""
    return max(len(wrap(text, width)), -(-cell_len(text) // width))
