"""Rows under headings, in a place of fixed size; longer lists are shown part by part."""

from collections.abc import Sequence
from typing import Any

from screens.station import Station
from screens.terminal.cells import fit, width
from screens.widgets.canvas import Line, Span
from screens.widgets.work_list import GAP, Column, sizes_of

MARGIN = 1


def table(
    columns: Sequence[Column], rows: Sequence[Any], cells: int, station: Station
) -> list[Line]:
    """A heading and a line for each row; what does not fit beside the rest is left out.

    Args:
        columns: from left to right.
        rows: what the columns are told.
        cells: how wide it may be.
        station: gives words and marks.
    """
    sizes = list(sizes_of(columns, cells - MARGIN))
    heading = [
        (_cell(_title(column, station), column, size, station) + " " * GAP, "heading")
        for column, size in sizes
    ]
    lines: list[Line] = [[(" " * MARGIN, "heading"), *heading]]
    for row in rows:
        line: list[Span] = [(" " * MARGIN, "")]
        for column, size in sizes:
            look = column.look(row, station) if column.look else ""
            text = _cell(column.text(row, station), column, size, station)
            # The gap looks as its column does: each change of look costs as much as many letters.
            line.append((text + " " * GAP, look))
        lines.append(line)
    return lines


def _cell(text: str, column: Column, size: int, station: Station) -> str:
    return fit(text, size, right=column.right, ellipsis=station.marks.ellipsis)


def _title(column: Column, station: Station) -> str:
    return station.text(column.title) if column.title else ""


def exactly(line: Line, cells: int, ellipsis: str) -> list[Span]:
    """A line in exactly so many cells; one that is too long ends with ``ellipsis``."""
    fitted: list[Span] = []
    room = cells
    for text, look in line:
        cut = text if width(text) <= room else fit(text, room, ellipsis=ellipsis)
        fitted.append((cut, look))
        room -= width(cut)
    return [*fitted, (" " * room, "")]


def part_of(rows: Sequence[Any], room: int, part: int) -> tuple[int, Sequence[Any]]:
    """The rows of one part of a list, and the place of the first of them.

    Args:
        rows: the whole list.
        room: how many rows fit.
        part: which part; after the last one they begin anew.
    """
    first = part % parts_of(len(rows), room) * max(1, room)
    return first, rows[first : first + max(1, room)]


def parts_of(length: int, room: int) -> int:
    """In how many parts a list is shown."""
    return max(1, -(-length // max(1, room)))
