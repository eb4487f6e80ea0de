"""A terminal's screen as an SVG picture, the same bytes for the same screen.

As a script it runs a program for a moment and draws what it shows:
`python -m tests.terminal.picture OUT.svg 120x40 orderterm demo`.
"""

import sys
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from tests.terminal.display import Cell, Display, Look
from tests.terminal.pty import Terminal

CELL: Final = (8.4, 17.0)  # width and height of one column and row, in pixels
FONT_SIZE: Final = 14
FONT: Final = "'Sarasa Mono SC','Noto Sans Mono CJK SC','DejaVu Sans Mono',Menlo,Consolas,monospace"
PADDING: Final = 12.0
BASELINE: Final = 13.0  # from the top of a row

INK: Final = "#d8dee4"
PAPER: Final = "#14181d"

# Pyte's names of the sixteen colours, its own slip of the pen among them.
COLOURS: Final = {
    "black": "#14181d",
    "red": "#e0605e",
    "green": "#79b66f",
    "brown": "#d6a84b",
    "blue": "#5d9fe0",
    "magenta": "#b583d1",
    "cyan": "#4fb5b5",
    "white": "#c5ccd3",
    "brightblack": "#6d7783",
    "brightred": "#f28482",
    "brightgreen": "#98d18e",
    "brightbrown": "#f0c674",
    "brightblue": "#82bbf5",
    "brightmagenta": "#cfa3e8",
    "bfightmagenta": "#cfa3e8",
    "brightcyan": "#7fd4d4",
    "brightwhite": "#f5f7f9",
}


class _Paint(NamedTuple):
    """What one look means in a picture: colours and further attributes of the text."""

    ink: str
    paper: str
    extra: str


class _Placed(NamedTuple):
    """A cell and the column it begins at."""

    column: int
    cell: Cell


def svg(display: Display) -> str:
    """Return the screen as an SVG document; wide characters take exactly two columns."""
    columns, rows = display.size
    width, height = columns * CELL[0] + 2 * PADDING, rows * CELL[1] + 2 * PADDING
    body = "\n".join(line for row in range(rows) for line in _row(row, display.cells(row)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}"'
        f' font-family="{FONT}" font-size="{FONT_SIZE}">\n'
        f'<rect width="100%" height="100%" rx="6" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )


def draw(program: list[str], size: tuple[int, int], path: Path) -> None:
    """Run a program on a terminal until it is quiet, and write what it shows to `path`."""
    with Terminal(program, size=size) as terminal:
        terminal.wait_for(lambda seen: any(seen.screen()))
        terminal.settle(1.0)
        path.write_text(svg(terminal.display), encoding="utf-8")


def _row(row: int, cells: Iterable[Cell]) -> Iterator[str]:
    for look, group in groupby(_placed(cells), key=lambda placed: placed.cell.look):
        run, paint = list(group), _paint(look)
        if paint.paper != PAPER:
            yield _background(row, run, paint)
        if text := "".join(_text(part) for part in _parts(run)):
            y = PADDING + row * CELL[1] + BASELINE
            yield f'<text y="{_n(y)}" fill="{paint.ink}"{paint.extra}>{text}</text>'


def _placed(cells: Iterable[Cell]) -> Iterator[_Placed]:
    column = 0
    for cell in cells:
        yield _Placed(column, cell)
        column += cell.width


def _background(row: int, run: list[_Placed], paint: _Paint) -> str:
    x, y = PADDING + run[0].column * CELL[0], PADDING + row * CELL[1]
    width = sum(placed.cell.width for placed in run) * CELL[0]
    size = f'width="{_n(width)}" height="{_n(CELL[1])}"'
    return f'<rect x="{_n(x)}" y="{_n(y)}" {size} fill="{paint.paper}"/>'


def _parts(run: list[_Placed]) -> Iterator[list[_Placed]]:
    """Split a run into words, and into single characters where they are wide.

    Each part is placed by itself, so that a font of other widths moves nothing out of its column.
    """
    part: list[_Placed] = []
    for placed in run:
        alone = placed.cell.width == 2 or placed.cell.text == " "
        if part and alone:
            yield part
            part = []
        if placed.cell.width == 2:
            yield [placed]
        elif not alone:
            part.append(placed)
    if part:
        yield part


def _text(part: list[_Placed]) -> str:
    columns = sum(placed.cell.width for placed in part)
    text = escape("".join(placed.cell.text for placed in part), quote=False)
    x = PADDING + part[0].column * CELL[0]
    if part[0].cell.width == 2:
        middle = x + CELL[0]
        return f'<tspan x="{_n(middle)}" text-anchor="middle">{text}</tspan>'
    return f'<tspan x="{_n(x)}" textLength="{_n(columns * CELL[0])}">{text}</tspan>'


def _paint(look: Look) -> _Paint:
    ink, paper = _colour(look.fg, INK), _colour(look.bg, PAPER)
    if look.reverse:
        ink, paper = paper, ink
    marks = [
        name for name, on in (("underline", look.underline), ("line-through", look.strike)) if on
    ]
    extra = (
        ' font-weight="bold"' * look.bold
        + ' font-style="italic"' * look.italic
        + ' opacity="0.6"' * look.dim
        + f' text-decoration="{" ".join(marks)}"' * bool(marks)
    )
    return _Paint(ink, paper, extra)


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return COLOURS.get(name, f"#{name}")


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


if __name__ == "__main__":
    target, size, *command = sys.argv[1:]
    columns, _, rows = size.partition("x")
    draw(command, (int(columns), int(rows)), Path(target))
