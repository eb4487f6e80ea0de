"""Text in terminal cells: a Chinese character is two cells wide, an accent none."""

from rich.cells import cell_len, set_cell_size

from orderterm.reports.lines import shown, wrap

__all__ = ["fit", "shown", "width", "wrap"]


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
