"""Text broken into lines of terminal cells: a Chinese character is two cells wide."""

import re
from functools import cache

from rich.cells import cell_len, chop_cells

from orderterm.reports.tables import printable

# Terminals disagree on what these do to the width of their neighbours; without them they agree.
_JOINERS = re.compile("[\u200d\ufe0e\ufe0f]")

_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
_OPENING = "（《〈「『【〔“‘"
_CLOSING = "，。、；：！？）》〉」』】〕”’…"


@cache
def _piece() -> re.Pattern[str]:
    """What stays on one line: blanks; a wide character or a word, with its punctuation.

    Compiled when something first has to be broken: that takes as long as loading a large module.
    """
    return re.compile(rf" +|[{_OPENING}]*(?:[{_WIDE}]|[^ {_WIDE}]+)[{_CLOSING}]*")


def shown(text: str) -> str:
    """``text`` as it can stand on one line of a screen: control characters become blanks."""
    return _JOINERS.sub("", printable(text))


def wrap(text: str, cells: int) -> list[str]:
    """``text`` in lines of at most so many cells; at least one line.

    English breaks between words, Chinese between characters but not before a closing or after an
    opening mark. A word that is longer than a line is cut.

    Args:
        text: what is to be shown; its own line breaks are kept.
        cells: the cells of a line; at least the 2 that a Chinese character takes.
    """
    paragraphs = text.splitlines() or [""]
    return [line for one in paragraphs for line in _wrapped(shown(one), max(cells, 2))]


def _wrapped(text: str, cells: int) -> list[str]:
    if cell_len(text) <= cells:
        return [text.rstrip()]
    lines = [""]
    used = 0
    for piece in _piece().findall(text):
        size = cell_len(piece)
        if used + size <= cells:
            lines[-1] += piece
            used += size
        elif piece.isspace():
            # The blanks at which a line breaks are not shown: the next piece begins a line.
            used = cells
        else:
            lines += chop_cells(piece, cells)
            used = cell_len(lines[-1])
    return [line.rstrip() for line in _without_blank_start(lines)]


def _without_blank_start(lines: list[str]) -> list[str]:
    """The lines without a first one that stayed blank because its only word was too long."""
    return lines if len(lines) == 1 or lines[0].strip() else lines[1:]
