"""The list of a screen: rows in columns, with a cursor that stays on its row."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from orderterm.sentences import Sentence
from screens.lists.window import Window
from screens.station import Station
from screens.terminal.cells import fit
from screens.timing import after
from screens.widgets.canvas import Canvas, Line, Span

GAP = 1
BAR = 1


class Column(Struct, frozen=True):
    """A column of a list.

    ``text`` and ``look`` are told the row and the station. Where the screen is too narrow the
    columns with the lowest ``keep`` are left out; what is left over goes to the ones that ``grow``.
    """

    title: Sentence | None
    width: int
    text: Callable[[Any, Station], str]
    look: Callable[[Any, Station], str] | None = None
    right: bool = False
    keep: int = 5
    grow: bool = False


class WorkList(Canvas):
    """Rows of a ``Window``, under their headings."""

    def __init__(self, station: Station) -> None:
        super().__init__(id="list")
        self.station = station
        self.window: Window[Any] = Window()
        self.columns: Sequence[Column] = ()
        self.empty = ""
        self._flashing: dict[str, Any] = {}
        self._calming: asyncio.TimerHandle | None = None

    def lay_out(self, columns: Sequence[Column]) -> None:
        """Show rows of another kind, in these columns; none of those before flashes any more."""
        self.columns = columns
        self._flashing = {}

    def flash(self, before: dict[str, Any]) -> None:
        """Show in another look, for a moment, what differs from these former rows."""
        shown = {row.key for row in self.window.shown}
        found = {key: row for key, row in before.items() if key in shown}
        self._flashing |= found
        self.redraw()
        if found:
            if self._calming is not None:
                self._calming.cancel()
            self._calming = after(1.0, self, self._calm)

    def _calm(self) -> None:
        self._flashing = {}
        self.redraw()

    def draw(self, columns: int, height: int) -> Sequence[Line]:
        self.window.resize(height - 1)
        sizes = list(sizes_of(self.columns, columns - BAR - GAP))
        lines: list[Line] = [self._heading(sizes)]
        if not self.window.rows:
            return [*lines, [("", "")], [("  " + self.empty, "faint")]]
        return lines + [
            self._line(row, self.window.top + place == self.window.cursor, sizes)
            for place, row in enumerate(self.window.shown)
        ]

    def _heading(self, sizes: Sequence[tuple[Column, int]]) -> Line:
        line: list[Span] = [(" " * (BAR + GAP), "heading")]
        for column, size in sizes:
            title = self.station.text(column.title) if column.title else ""
            line.append((fit(title, size, right=column.right) + " " * GAP, "heading"))
        line.append((self._more(), "heading"))
        return line

    def _more(self) -> str:
        return "" if self.window.at_end else self.station.marks.down

    def _line(self, row: Any, here: bool, sizes: Sequence[tuple[Column, int]]) -> Line:
        marks = self.station.marks
        bar = marks.cursor if here else " "
        marked = marks.marked if row.key in self.window.marks else " "
        gone = row.key in self.window.gone
        ground = "cursor" if here else ""
        line: list[Span] = [(bar, "accent"), (marks.done if gone else marked, f"{ground} strong")]
        before = self._flashing.get(row.key)
        for column, size in sizes:
            text = column.text(row, self.station)
            look = column.look(row, self.station) if column.look and not gone else ""
            if gone:
                look = "faint"
            if before is not None and column.text(before, self.station) != text:
                look = "flash"
            # The gap looks as its column does: each change of look costs as much as many letters.
            cell = fit(text, size, right=column.right) + " " * GAP
            line.append((cell, f"{ground} {look}".strip()))
        return line


def sizes_of(columns: Sequence[Column], room: int) -> Iterator[tuple[Column, int]]:
    """The columns that fit into ``room`` cells, with the cells that each gets."""
    kept = list(columns)
    while len(kept) > 1 and sum(column.width + GAP for column in kept) > room:
        kept.remove(min(kept, key=lambda column: column.keep))
    growing = [column for column in kept if column.grow]
    over = max(0, room - sum(column.width + GAP for column in kept))
    for column in kept:
        share = min(over // len(growing), column.width * 2) if column in growing else 0
        yield column, column.width + share
