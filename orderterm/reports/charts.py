"""A chart as an SVG drawing for a page: no script, no address, the same bytes each time.

The colours are the page's own variables, so that a drawing follows light and dark with it.
"""

import math
import sys
from xml.etree.ElementTree import Element, tostring

import pygal
from pygal.style import Style
from rich.cells import cell_len, set_cell_size

from orderterm.reports.document import Chart, words
from orderterm.terms import Language

# Pygal's import hook is for old plugins of maps; Python 3.11 warns of it at every later import.
sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, pygal.PluginImportFixer)]

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
_HOVERING = "tooltip-overlay"
_WIDTH, _HEIGHT = 900, 380
_CELLS_ACROSS = 100
"""How many half-width characters fit below the drawing side by side."""
_LABEL_CELLS = 28
_MARGIN = 20
_CELL_WIDTH, _PYGAL_WIDTH = 6.8, 7.8
"""What a half-width cell of a label takes in pixels, and what Pygal allows for a character."""


def svg(chart: Chart, language: Language, number: int) -> str:
    """Draw ``chart``; ``number`` keeps it apart from the others on its page.

    A figure shows when the pointer rests on it.
    """
    labels = [_short(words(category, language)) for category in chart.categories]
    lean = _rotation(labels)
    below, beside = _lacking(labels, lean)
    drawing = _KINDS[chart.kind](
        style=_STYLE,
        js=[],
        disable_xml_declaration=True,
        width=_WIDTH,
        height=_HEIGHT,
        title=words(chart.title, language),
        y_title=words(chart.unit, language),
        x_labels=labels,
        x_label_rotation=lean,
        margin_bottom=_MARGIN + below,
        margin_right=_MARGIN + beside,
        legend_at_bottom=True,
        legend_at_bottom_columns=4,
        show_legend=len(chart.series) > 1,
        truncate_legend=-1,
        truncate_label=-1,
        value_formatter=_figure,
        include_x_axis=True,
        max_scale=10,
    )
    drawing.uuid = str(number)
    for series in chart.series:
        drawing.add(words(series.name, language), list(series.values))
    return _cleaned(drawing.render_tree())


def _rotation(labels: list[str]) -> int:
    """How far the labels must lean so as not to lie on each other."""
    widest = max(map(cell_len, labels), default=0)
    return 0 if (widest + 2) * len(labels) <= _CELLS_ACROSS else 40


def _short(label: str) -> str:
    """A label that leaves room for the drawing."""
    if cell_len(label) <= _LABEL_CELLS:
        return label
    return set_cell_size(label, _LABEL_CELLS - 1).rstrip() + "…"


def _lacking(labels: list[str], lean: int) -> tuple[int, int]:
    """The room, down and across, that leaning labels take beyond what Pygal leaves them: it
    takes every character for a narrow one."""
    if not lean:
        return 0, 0
    needed = max(map(cell_len, labels), default=0) * _CELL_WIDTH
    lacking = max(0.0, needed - max(map(len, labels), default=0) * _PYGAL_WIDTH)
    slant = math.radians(lean)
    return round(lacking * math.sin(slant)), round(lacking * math.cos(slant))


def _figure(value: int | float) -> str:
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
    # A comment's tag is a function.
    return callable(child.tag) or child.tag == "script" or _HOVERING in child.get("class", "")


def _told(parent: Element, note: Element) -> None:
    """A drawn value's title; its coordinates are left out."""
    if note.get("class") == "value":
        note.tag = "title"
        note.attrib.clear()
    else:
        parent.remove(note)
