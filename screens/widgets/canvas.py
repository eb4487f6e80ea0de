"""Lines of text in cells, of which only those that changed are sent to the terminal.

Textual sends a widget whole whenever anything in it changes. Over a slow line that is the
difference between a key that answers at once and one that does not, so what our widgets show is
compared, cell by cell, with what they showed before.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Protocol

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.events import Resize
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from orderterm.reports.tables import printable

Span = tuple[str, str]
"""A text, and the names of its looks, such as ``"cursor overdue"``; ``""`` is the plain look."""

Line = Sequence[Span]

Cell = tuple[str, str]
"""A character and its look; the second cell of a wide character holds ``""``."""


class Cover(Protocol):
    """What can be drawn over a canvas for a while: a list to pick from, the notifications."""

    @property
    def rows(self) -> int:
        """The lines it takes where there is room."""

    def draw(self, columns: int, rows: int) -> Sequence[Line]:
        """Its lines."""


LOOKS = {
    "accent",
    "closed",
    "cursor",
    "done",
    "due-soon",
    "exception",
    "faint",
    "field",
    "flash",
    "heading",
    "in-progress",
    "key",
    "number",
    "overdue",
    "refused",
    "rule",
    "status",
    "strong",
}
"""The looks there are; a screen works them out once for all of its canvases."""

_NO_CELLS: list[Cell] = []

PLAIN = {"…": "~", "×": "x"}
"""What stands for a sign of our own sentences where only plain characters can be drawn."""

NEARBY = 8
"""Unchanged cells between two changes that cost less to send again than to jump over."""


class Canvas(Widget):
    """A widget whose ``draw`` gives its lines; ``redraw`` sends the cells that differ."""

    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; }"
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._cells: list[list[Cell]] = []
        self._strips: list[Strip] = []
        self._styles_of: dict[str, Style] = {}
        self._over: Cover | None = None

    def lay_over(self, cover: "Cover | None") -> None:
        """Draw ``cover`` over the last lines, until it is called with None."""
        if cover is not None or self._over is not None:
            self._over = cover
            self.redraw()

    def draw(self, columns: int, height: int) -> Sequence[Line]:
        """The lines as they should look now, in ``columns`` × ``height`` cells."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw again, and have the cells that differ sent."""
        width, height = self.size
        if not width or not height:
            return
        lines = self._covered(list(self.draw(width, height))[:height], width, height)
        cells = [cells_of(line, width) for line in lines]
        cells += [[(" ", "")] * width for _ in range(height - len(cells))]
        if self.app.has_class("-ascii"):
            cells = [[(PLAIN.get(text, text), look) for text, look in row] for row in cells]
        regions = [
            Region(start, y, end - start, 1)
            for y, (old, new) in enumerate(zip_longest(self._cells, cells, fillvalue=_NO_CELLS))
            for start, end in changes(old, new)
        ]
        self._cells = cells
        self._strips = []
        if regions:
            self.refresh(*regions)

    def _covered(self, lines: list[Line], width: int, height: int) -> list[Line]:
        if self._over is None:
            return lines
        over = self._over.draw(width, min(height, self._over.rows))
        lines += [[]] * (height - len(lines))
        return [*lines[: height - len(over)], *over]

    def render_line(self, y: int) -> Strip:
        if not self._strips:
            self._strips = [self._strip(line) for line in self._cells]
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self._style(""))

    def _strip(self, line: list[Cell]) -> Strip:
        segments: list[Segment] = []
        text, look = "", ""
        for character, own in line:
            if own != look and text:
                segments.append(Segment(text, self._style(look)))
                text = ""
            look = own
            text += character
        return Strip([*segments, Segment(text, self._style(look))], len(line))

    def _style(self, looks: str) -> Style:
        if looks not in self._styles_of:
            style = self.rich_style
            for name in looks.split():
                style += self.screen.get_component_rich_style(name, partial=True)
            self._styles_of[looks] = style
        return self._styles_of[looks]

    def notify_style_update(self) -> None:
        self._styles_of.clear()
        self._strips = []
        super().notify_style_update()

    def on_resize(self, _: Resize) -> None:
        self._cells = []
        self.redraw()


def cells_of(line: Line, width: int) -> list[Cell]:
    """The cells of a line, cut or filled to ``width``."""
    cells: list[Cell] = []
    for text, look in line:
        for character in printable(text):
            size = get_character_cell_size(character)
            if size == 0:
                continue
            if len(cells) + size > width:
                return cells + [(" ", look)] * (width - len(cells))
            cells.append((character, look))
            cells += [("", look)] * (size - 1)
    return cells + [(" ", "")] * (width - len(cells))


def changes(old: list[Cell], new: list[Cell]) -> Iterator[tuple[int, int]]:
    """The spans of cells, from and to, in which ``new`` differs; near ones are joined."""
    if old == new:
        return
    if len(old) != len(new):
        yield 0, max(len(old), len(new))
        return
    start = end = -1
    for column, (before, after) in enumerate(zip(old, new, strict=True)):
        if before == after:
            continue
        if start >= 0 and column - end > NEARBY:
            yield _whole(old, new, start, end)
            start = column
        elif start < 0:
            start = column
        end = column + 1
    yield _whole(old, new, start, end)


def _whole(old: list[Cell], new: list[Cell], start: int, end: int) -> tuple[int, int]:
    """The span widened so that no wide character is cut in two, on either side."""
    while start > 0 and "" in (old[start][0], new[start][0]):
        start -= 1
    while end < len(new) and "" in (old[end][0], new[end][0]):
        end += 1
    return start, end
