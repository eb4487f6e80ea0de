"""Text in columns, aligned as a terminal shows it: a Chinese character is two cells wide."""

import re
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

GAP = "  "

# Control characters, and those that turn the direction of writing: a file may hold them, and a
# terminal would obey them.
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """``text`` on one line, with nothing in it that a terminal would obey."""
    return _UNPRINTABLE.sub(" ", text)


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    width: int | None = None,
) -> list[str]:
    """Lines of a table.

    Args:
        headings: of the columns.
        rows: a text for each column.
        right: the columns, counted from 0, that are aligned right: numbers.
        width: the cells there are; the widest columns are cut to fit. None is no limit.
    """
    clean = [[printable(cell) for cell in row] for row in (headings, *rows)]
    sizes = [max(cell_len(row[column]) for row in clean) for column in range(len(headings))]
    if width is not None:
        _shrink(sizes, width)
    return [_line(row, sizes, right) for row in clean]


def _shrink(sizes: list[int], width: int) -> None:
    """Take cells from the widest column until all fit, or none has more than a few."""
    room = width - len(GAP) * (len(sizes) - 1)
    while sum(sizes) > room and max(sizes) > 4:
        sizes[sizes.index(max(sizes))] -= 1


def _line(row: Sequence[str], sizes: Sequence[int], right: Sequence[int]) -> str:
    cells = []
    for column, (text, size) in enumerate(zip(row, sizes, strict=True)):
        cut = text if cell_len(text) <= size else set_cell_size(text, size - 1).rstrip() + "…"
        padding = " " * (size - cell_len(cut))
        cells.append(padding + cut if column in right else cut + padding)
    return GAP.join(cells).rstrip()
