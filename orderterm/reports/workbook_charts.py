"""A workbook's own charts, and the sheet that their figures stand on."""

from collections.abc import Callable
from typing import Any

import xlsxwriter
from xlsxwriter.chartsheet import Chartsheet
from xlsxwriter.worksheet import Worksheet

from orderterm.reports.document import Chart, words
from orderterm.sentences import say
from orderterm.terms import Language

_KINDS: dict[str, dict[str, Any]] = {
    "bar": {"type": "column"},
    "line": {"type": "line"},
    "stacked": {"type": "column", "subtype": "stacked"},
}
_A4 = 9
_CATEGORY_WIDTH = 30
_SIZE = {"width": 720, "height": 360}


class ChartSheet:
    """The charts of a workbook, each below its table or on a sheet of its own after it. Their
    figures lie on a last sheet, where a filter set on a table does not touch them."""

    def __init__(self, book: xlsxwriter.Workbook, language: Language) -> None:
        self._book = book
        self._language = language
        self._charts: list[tuple[Worksheet | Chartsheet, int, Chart]] = []

    def add(self, sheet: Worksheet | Chartsheet, row: int, chart: Chart) -> None:
        """Have ``chart`` drawn on ``sheet``: from ``row`` on, or all over a chart's own sheet."""
        self._charts.append((sheet, row, chart))

    def write(self, naming: Callable[[str], str]) -> None:
        """Write the figures and insert the charts; call it once, when all tables are written.

        Args:
            naming: makes a title into a name that no sheet has.
        """
        if not self._charts:
            return
        name = naming(words(say("Chart data"), self._language))
        data, at = self._book.add_worksheet(name), 0
        data.set_landscape()
        data.set_paper(_A4)
        data.fit_to_pages(1, 0)
        data.set_column(0, 0, _CATEGORY_WIDTH)
        for sheet, row, chart in self._charts:
            self._figures(data, at, chart)
            drawn = self._drawn(name, at, chart)
            if isinstance(sheet, Chartsheet):
                sheet.set_chart(drawn)
            else:
                sheet.insert_chart(row, 0, drawn)
            at += len(chart.categories) + 3

    def _figures(self, data: Worksheet, top: int, chart: Chart) -> None:
        """The block of one chart: its title, the names of its series, and a row a category."""
        data.write_string(top, 0, words(chart.title, self._language))
        for column, name in enumerate(self._names(chart), start=1):
            data.write_string(top + 1, column, name)
        values = zip(*(series.values for series in chart.series), strict=True)
        rows = zip(self._categories(chart), values, strict=True)
        for place, (category, figures) in enumerate(rows, start=top + 2):
            data.write_string(place, 0, category)
            for column, value in enumerate(figures, start=1):
                if value is not None:
                    data.write_number(place, column, value)

    def _categories(self, chart: Chart) -> list[str]:
        return [words(category, self._language) for category in chart.categories]

    def _names(self, chart: Chart) -> list[str]:
        return [words(series.name, self._language) for series in chart.series]

    def _drawn(self, name: str, top: int, chart: Chart) -> Any:
        drawn: Any = self._book.add_chart(_KINDS[chart.kind])
        first, last = top + 2, top + 1 + len(chart.categories)
        categories, names = self._categories(chart), self._names(chart)
        for column, series in enumerate(chart.series, start=1):
            # A chart keeps a copy of its figures, for programs that don't look them up.
            drawn.add_series(
                {
                    "name": [name, top + 1, column],
                    "name_data": names[column - 1 : column],
                    "categories": [name, first, 0, last, 0],
                    "categories_data": categories,
                    "values": [name, first, column, last, column],
                    "values_data": list(series.values),
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
