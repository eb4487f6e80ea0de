"""Where each block of the monitor stands: a page for each size of screen, or three.

A block's place depends on the size of the screen alone, so that nothing jumps when figures change.
"""

from collections.abc import Sequence

from msgspec import Struct

from orderterm.sentences import Sentence, say
from orderterm.views.monitor import MonitorView
from screens.station import Station
from screens.wall.blocks import (
    AHEAD,
    CHANNELS,
    CHART,
    EXCEPTIONS,
    OVERDUE,
    PEOPLE,
    STAGES,
    TOTALS,
    Block,
)
from screens.wall.table import exactly
from screens.widgets.canvas import Line, Span

GAP = 2
STAGE_ROWS = 9
"""The stages with their heading."""
EXCEPTION_ROWS = 7
"""The kinds of exceptions with their heading."""


class Place(Struct, frozen=True):
    """A block's place on a page, in cells; it shows nothing where no cell is left."""

    block: Block
    left: int
    top: int
    columns: int
    rows: int


class Page(Struct, frozen=True):
    """What is seen at once."""

    title: Sentence
    places: tuple[Place, ...]

    def parts(self, view: MonitorView) -> int:
        """How many turns it takes until every list was shown whole."""
        return max(place.block.parts(view, place.rows) for place in self.places)


def pages(columns: int, rows: int) -> tuple[Page, ...]:
    """The pages of a screen with so much room for them."""
    if columns >= 200 and rows >= 48:
        return (_vast(columns, rows),)
    if columns >= 120 and rows >= 34:
        return (_wide(columns, rows),)
    return _small(columns, rows)


def _small(columns: int, rows: int) -> tuple[Page, ...]:
    totals = Place(TOTALS, 0, 0, columns, 1)
    below = STAGE_ROWS + 2
    half = (columns - GAP) // 2
    right, others = half + GAP, columns - half - GAP
    return (
        Page(
            say("stages"),
            (
                totals,
                Place(STAGES, 0, 1, columns, STAGE_ROWS),
                Place(AHEAD, 0, below - 1, columns, 1),
                Place(CHART, 0, below, columns, rows - below),
            ),
        ),
        Page(say("overdue"), (totals, Place(OVERDUE, 0, 1, columns, rows - 1))),
        Page(
            say("load"),
            (
                totals,
                Place(PEOPLE, 0, 1, half, rows - 1),
                Place(EXCEPTIONS, right, 1, others, EXCEPTION_ROWS),
                Place(CHANNELS, right, EXCEPTION_ROWS + 2, others, rows - EXCEPTION_ROWS - 2),
            ),
        ),
    )


def _wide(columns: int, rows: int) -> Page:
    """The stages, the chart and what is overdue, and beside them who and what carries it."""
    left = columns * 2 // 3
    right, others = left + GAP, columns - left - GAP
    chart_at = STAGE_ROWS + 3
    chart_rows = rows // 4 + 1
    overdue_at = chart_at + chart_rows + 1
    channels = (rows - EXCEPTION_ROWS) // 3
    channels_at = rows - channels
    exceptions_at = channels_at - EXCEPTION_ROWS - 1
    return Page(
        say("overview"),
        (
            Place(TOTALS, 0, 0, columns, 1),
            Place(STAGES, 0, 2, left, STAGE_ROWS),
            Place(AHEAD, 0, chart_at - 1, left, 1),
            Place(CHART, 0, chart_at, left, chart_rows),
            Place(OVERDUE, 0, overdue_at, left, rows - overdue_at),
            Place(PEOPLE, right, 2, others, exceptions_at - 3),
            Place(EXCEPTIONS, right, exceptions_at, others, EXCEPTION_ROWS),
            Place(CHANNELS, right, channels_at, others, channels),
        ),
    )


def _vast(columns: int, rows: int) -> Page:
    """Everything at once: what is overdue has a half of its own."""
    half = (columns - GAP) // 2
    right, others = half + GAP, columns - half - GAP
    chart_at = STAGE_ROWS + 3
    chart_rows = rows // 3
    lists_at = chart_at + chart_rows + 1
    column = (half - GAP) // 2
    second = column + GAP
    channels_at = lists_at + EXCEPTION_ROWS + 1
    return Page(
        say("overview"),
        (
            Place(TOTALS, 0, 0, columns, 1),
            Place(STAGES, 0, 2, half, STAGE_ROWS),
            Place(AHEAD, 0, chart_at - 1, half, 1),
            Place(CHART, 0, chart_at, half, chart_rows),
            Place(PEOPLE, 0, lists_at, column, rows - lists_at),
            Place(EXCEPTIONS, second, lists_at, half - second, EXCEPTION_ROWS),
            Place(CHANNELS, second, channels_at, half - second, rows - channels_at),
            Place(OVERDUE, right, 2, others, rows - 2),
        ),
    )


def drawn(page: Page, view: MonitorView, station: Station, rows: int, part: int) -> list[Line]:
    """The page as lines.

    Args:
        page: what is to be seen.
        view: its figures.
        station: gives words and marks.
        rows: how many lines there are.
        part: which part of the lists that don't fit.
    """
    lines: list[list[Span]] = [[] for _ in range(rows)]
    used = [0] * rows
    for place in sorted(page.places, key=lambda place: place.left):
        for y, line in _lines(place, view, station, part):
            if y < rows:
                gap = (" " * (place.left - used[y]), "")
                lines[y] += [gap, *exactly(line, place.columns, station.marks.ellipsis)]
                used[y] = place.left + place.columns
    return list(lines)


def _lines(
    place: Place, view: MonitorView, station: Station, part: int
) -> Sequence[tuple[int, Line]]:
    """The lines of a block, each with its row on the screen."""
    if place.rows < 1 or place.columns < 1:
        return ()
    lines = place.block.draw(view, station, place.columns, place.rows, part)
    return list(enumerate(lines[: place.rows], start=place.top))
