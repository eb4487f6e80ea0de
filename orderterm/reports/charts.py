"""A chart as an SVG drawing for a page: no script, no address, the same bytes each time.

The colours are the page's own variables, so that a drawing follows light and dark with it.
"""

from xml.etree.ElementTree import Element, tostring

import pygal
from pygal.style import Style
from rich.cells import cell_len

from orderterm.reports.document import Chart, words
from orderterm.terms import Language

_COLOURS = tuple(f"var(--series-{number})" for number in range(1, 9))
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="var(--ink)",
    foreground_strong="var(--ink)",
    foreground_subtle="var(--rule)",
    colors=_COLOURS,
    font_family="inherit",
    opacity="1",
    opacity_hover="0.8",
    transition="0",
    title_font_size=18,
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=13,
)
_KINDS = {"bar": pygal.Bar, "line": pygal.Line, "stacked": pygal.StackedBar}
_WIDTH, _HEIGHT = 900, 380
_CELLS_ACROSS = 90
"""How many half-width characters fit below the drawing side by side."""


def svg(chart: Chart, language: Language, number: int) -> str:
    """Draw ``chart``; ``number`` keeps it apart from the others on its page.

    A figure shows when the pointer rests on it.
    """
    labels = [words(category, language) for category in chart.categories]
    drawing = _KINDS[chart.kind](
        style=_STYLE,
        js=[],
        disable_xml_declaration=True,
        width=_WIDTH,
        height=_HEIGHT,
        title=words(chart.title, language),
        y_title=words(chart.unit, language),
        x_labels=labels,
        x_label_rotation=_rotation(labels),
        legend_at_bottom=True,
        legend_at_bottom_columns=4,
        show_legend=len(chart.series) > 1,
        truncate_legend=-1,
        truncate_label=-1,
        value_formatter=_figure,
        include_x_axis=True,
    )
    drawing.uuid = str(number)
    for series in chart.series:
        drawing.add(words(series.name, language), list(series.values))
    return _cleaned(drawing.render_tree())


def _rotation(labels: list[str]) -> int:
    """How far the labels must lean so as not to lie on each other."""
    widest = max(map(cell_len, labels), default=0)
    return 0 if (widest + 2) * len(labels) <= _CELLS_ACROSS else 40


def _figure(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _cleaned(root: Element) -> str:
    """The drawing without what only a script would use, and its figures as browsers show them."""
    for parent in list(root.iter()):
        for child in list(parent):
            if _useless(child):
                parent.remove(child)
            elif child.tag == "desc":
                _told(parent, child)
    return tostring(root, encoding="unicode")


def _useless(child: Element) -> bool:
    tag: object = child.tag  # a comment's is a function
    return tag == "script" or callable(tag) or "tooltip-overlay" in child.get("class", "")


def _told(parent: Element, note: Element) -> None:
    """A drawn value's title; its coordinates are left out."""
    if note.get("class") == "value":
        note.tag = "title"
        note.attrib.clear()
    else:
        parent.remove(note)
