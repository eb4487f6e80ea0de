"""Text in terminal cells: a Chinese character is two cells wide, an accent none."""

import re

from rich.cells import cell_len, chop_cells, set_cell_size

from orderterm.reports.tables import printable

# Terminals disagree on what these do to the width of their neighbours; without them they agree.
_JOINERS = re.compile("[\u200d\ufe0e\ufe0f]")

_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
_OPENING = "（《〈「『【〔“‘"
_CLOSING = "，。、；：！？）》〉」』】〕”’…"
# What stays on one line: blanks, a wide character with its punctuation, a word.
_PIECE = re.compile(rf" +|[{_OPENING}]*[{_WIDE}][{_CLOSING}]*|[^ {_WIDE}]+")


def shown(text: str) -> str:
    """``text`` as it can stand on one line of a screen: control characters become blanks."""
    return _JOINERS.sub("", printable(text))


def width(text: str) -> int:
    """The cells that ``text`` takes when it is shown."""
    return cell_len(shown(text))


def fit(text: str, cells: int, *, right: bool = False, ellipsis: str = "…") -> str:
    """``text`` in exactly so many cells, blanks beside it, or cut where it is too long.

    Args:
        text: what is to be shown.
        cells: the cells there are, 0 or more.
        right: align it right, as numbers are.
        ellipsis: what a cut text ends with, where there is room for it.
    """
    whole = shown(text)
    room = cells - cell_len(whole)
    if room < 0:
        whole = _cut(whole, cells, ellipsis)
        room = cells - cell_len(whole)
    return " " * room + whole if right else whole + " " * room


def _cut(text: str, cells: int, ellipsis: str) -> str:
    room = cells - cell_len(ellipsis)
    if room < 0:
        return set_cell_size(text, cells)
    return set_cell_size(text, room).rstrip() + ellipsis


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
    lines = [""]
    used = 0
    for piece in _PIECE.findall(text):
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
