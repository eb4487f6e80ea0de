"""A workbook's own charts, and the sheet that their figures stand on."""

from collections.abc import Callable
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from orderterm.reports.document import Chart, words
from orderterm.sentences import say
from orderterm.terms import Language

_KINDS: dict[str, dict[str, Any]] = {
    "bar": {"type": "column"},
    "line": {"type": "line"},
    "stacked": {"type": "column", "subtype": "stacked"},
}
_SIZE = {"width": 720, "height": 360}


class ChartSheet:
    """The charts of a workbook. Each is put by its table; its figures lie on a last sheet,
    where a filter set on the table does not touch them."""

    def __init__(self, book: xlsxwriter.Workbook, language: Language) -> None:
        self._book = book
        self._language = language
        self._charts: list[tuple[Worksheet, int, int, Chart]] = []

    def add(self, sheet: Worksheet, row: int, column: int, chart: Chart) -> None:
        """Have ``chart`` drawn on ``sheet``, its upper left corner at ``row`` and ``column``."""
        self._charts.append((sheet, row, column, chart))

    def write(self, naming: Callable[[str], str]) -> None:
        """Write the figures and insert the charts; call it once, when all tables are written.

        Args:
            naming: makes a title into a name that no sheet has.
        """
        if not self._charts:
            return
        name = naming(words(say("Chart data"), self._language))
        data, at = self._book.add_worksheet(name), 0
        for sheet, row, column, chart in self._charts:
            self._figures(data, at, chart)
            sheet.insert_chart(row, column, self._drawn(name, at, chart))
            at += len(chart.categories) + 3

    def _figures(self, data: Worksheet, top: int, chart: Chart) -> None:
        """The block of one chart: its title, the names of its series, and a row a category."""
        data.write_string(top, 0, words(chart.title, self._language))
        for place, category in enumerate(chart.categories, start=top + 2):
            data.write_string(place, 0, words(category, self._language))
        for column, series in enumerate(chart.series, start=1):
            data.write_string(top + 1, column, words(series.name, self._language))
            for place, value in enumerate(series.values, start=top + 2):
                if value is not None:
                    data.write_number(place, column, value)

    def _drawn(self, name: str, top: int, chart: Chart) -> Any:
        drawn: Any = self._book.add_chart(_KINDS[chart.kind])
        first, last = top + 2, top + 1 + len(chart.categories)
        for column in range(1, len(chart.series) + 1):
            drawn.add_series(
                {
                    "name": [name, top + 1, column],
                    "categories": [name, first, 0, last, 0],
                    "values": [name, first, column, last, column],
                }
            )
        drawn.set_title({"name": words(chart.title, self._language), "name_font": {"size": 12}})
        drawn.set_y_axis({"name": words(chart.unit, self._language), "min": _floor(chart)})
        drawn.set_legend({"position": "bottom"} if len(chart.series) > 1 else {"none": True})
        drawn.set_size(_SIZE)
        return drawn


def _floor(chart: Chart) -> int | None:
    """0 where no figure lies below it: an axis that begins elsewhere exaggerates."""
    values = (value for series in chart.series for value in series.values if value is not None)
    return 0 if min(values, default=0) >= 0 else None
