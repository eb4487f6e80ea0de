"""What a terminal shows of the bytes it is sent: text, colours and cursor."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

import msgspec
import pyte
from pyte.screens import Char
from wcwidth import wcwidth

# Pyte takes these questions and answers about keyboards and pointers for other commands.
_FOREIGN: Final = re.compile(rb"\x1b\[[<>=][0-9;:]*[a-zA-Z]|\x1b\]22;[^\x07\x1b]*(?:\x07|\x1b\\)")


class Cell(NamedTuple):
    """One character as it stands on the screen, one or two columns wide."""

    text: str
    width: int
    look: "Look"


class Look(msgspec.Struct, frozen=True):
    """How text looks. Colours are "default", a name such as "red", or six hexadecimal digits."""

    fg: str = "default"
    bg: str = "default"
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False


class Run(msgspec.Struct, frozen=True):
    """Neighbouring characters of one look. `column` counts cells from 0."""

    text: str
    column: int
    look: Look


class Display:
    """The cells of a terminal of so many columns and rows."""

    def __init__(self, columns: int, rows: int) -> None:
        """Begin with a blank screen."""
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._screen.columns, self._screen.lines

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Column and row of the cursor, None while it is hidden."""
        cursor = self._screen.cursor
        return None if cursor.hidden else (cursor.x, cursor.y)

    def feed(self, data: bytes) -> None:
        """Show what a program wrote."""
        self._stream.feed(_FOREIGN.sub(b"", data))

    def resize(self, columns: int, rows: int) -> None:
        """Change the size; what was there is lost until the program paints again."""
        self._screen.resize(rows, columns)

    def rows(self) -> list[str]:
        """Return each row's text, trailing blanks stripped."""
        return ["".join(cell.text for cell in self.cells(row)).rstrip() for row in self._rows()]

    def styled(self) -> list[list[Run]]:
        """Return each row as runs of one look."""
        return [list(self._runs(row)) for row in self._rows()]

    def cells(self, row: int) -> Iterator[Cell]:
        """Yield a row's characters. Half a wide character that was painted over is a blank."""
        line = self._screen.buffer[row]
        column = 0
        while column < self._screen.columns:
            char = line[column]
            wide = wcwidth(char.data[:1]) == 2 if char.data else False
            whole = wide and column + 1 < self._screen.columns and not line[column + 1].data
            width = 2 if whole else 1
            text = char.data if whole or not wide else ""
            yield Cell(text or " ", width, _look(char))
            column += width

    def _rows(self) -> range:
        return range(self._screen.lines)

    def _runs(self, row: int) -> Iterator[Run]:
        column = 0
        for look, group in groupby(self.cells(row), key=lambda cell: cell.look):
            cells = list(group)
            yield Run("".join(cell.text for cell in cells), column, look)
            column += sum(cell.width for cell in cells)


class _Screen(pyte.Screen):
    """Pyte knows no faint text; nothing here blinks, so its mark for that stands for faint."""

    def select_graphic_rendition(self, *attrs: int) -> None:
        """Set the look of what is drawn next."""
        super().select_graphic_rendition(*_faint_as_blink(attrs))


def _faint_as_blink(attrs: tuple[int, ...]) -> Iterator[int]:
    rest = iter(attrs)
    for attr in rest:
        if attr in (38, 48):  # a colour: its parameters are no attributes
            kind = next(rest, 5)
            yield from (attr, kind, *(next(rest, 0) for _ in range(3 if kind == 2 else 1)))
        elif attr == 2:
            yield 5
        elif attr == 22:
            yield from (22, 25)
        else:
            yield attr


def _look(char: Char) -> Look:
    return Look(
        fg=char.fg,
        bg=char.bg,
        bold=char.bold,
        dim=char.blink,
        italic=char.italics,
        underline=char.underscore,
        reverse=char.reverse,
        strike=char.strikethrough,
    )
