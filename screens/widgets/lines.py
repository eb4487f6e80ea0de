"""The three lines every screen has: who and when at the top, the answer and the keys below."""

from collections.abc import Sequence
from typing import Protocol

from screens.terminal.cells import fit, width, wrap
from screens.widgets.canvas import Canvas, Line, Span


class Asked(Protocol):
    """A question with its field."""

    def draw(self, columns: int) -> Line:
        """The line that shows it."""


class StatusLine(Canvas):
    """What stands left and what stands right on the top line."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._left: Sequence[Span] = ()
        self._right: Sequence[Span] = ()

    def show(self, left: Sequence[Span], right: Sequence[Span]) -> None:
        """Show these; where both don't fit the left gives way."""
        self._left, self._right = left, right
        self.redraw()

    def draw(self, columns: int, height: int) -> Sequence[Line]:  # noqa: ARG002 - one line
        return [_opposite(self._left, self._right, columns, "status")]


class AnswerLine(Canvas):
    """The quiet line that answers the last key or scan."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.text = ""
        self._look = ""

    def show(self, text: str, look: str = "") -> None:
        """Show ``text``; it stays until something else is answered."""
        self.text, self._look = text, look
        self.redraw()

    def draw(self, columns: int, height: int) -> Sequence[Line]:
        lines = wrap(self.text, columns)[:height] or [""]
        return [[(line, self._look)] for line in lines]


class KeyLine(Canvas):
    """The keys that work here, as many as fit."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._keys: Sequence[tuple[str, str]] = ()
        self._question: Asked | None = None

    def ask(self, question: "Asked | None") -> None:
        """Show a question and its field in the keys' place; None shows the keys again."""
        if question is not None or self._question is not None:
            self._question = question
            self.redraw()

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these keys, each with what it does."""
        self._keys = keys
        self.redraw()

    def draw(self, columns: int, height: int) -> Sequence[Line]:  # noqa: ARG002 - one line
        if self._question is not None:
            return [self._question.draw(columns)]
        return [_as_many_as_fit(self._keys, columns)]


def _as_many_as_fit(keys: Sequence[tuple[str, str]], cells: int) -> Line:
    line: list[Span] = []
    room = cells
    for key, title in keys:
        needed = width(key) + width(title) + 3
        if needed > room + 2:
            continue
        room -= needed
        line += [(key, "key"), (f" {title}  ", "faint")]
    return line


def _opposite(left: Sequence[Span], right: Sequence[Span], cells: int, ground: str) -> Line:
    """One line with ``left`` and ``right`` at its ends."""
    needed = sum(width(text) for text, _ in right)
    room = max(0, cells - needed)
    line: list[Span] = []
    for text, look in left:
        cut = text if width(text) <= room else fit(text, room)
        line.append((cut, f"{ground} {look}"))
        room -= width(cut)
    line.append((" " * room, ground))
    return [*line, *((text, f"{ground} {look}") for text, look in right)]
