"""What a screen asks for: a word on its bottom line, or one of several things in a list."""

import asyncio
from collections.abc import Callable, Sequence

from textual import events

from screens.terminal.cells import fit, width
from screens.terminal.line_editor import LineEditor
from screens.terminal.marks import Marks
from screens.widgets.canvas import Line

SHORTCUTS = "123456789abcdefghijklmnopqrstuvwxyz"
"""The keys that pick an entry of a list at once."""

GIVE_UP = frozenset({"escape", "ctrl+g", "ctrl+c"})


class GivenUp(Exception):
    """Whoever was asked gave up; nothing is done."""


class StepBack(Exception):
    """Whoever was asked wants the question before once more."""


class Question:
    """A question that waits for a word.

    Args:
        text: what is asked.
        default: what stands in the field at first.
        scan: whether a scan may answer, whatever its code is.
        secret: whether what is typed is hidden.
        back: whether the arrow up asks for the question before.
    """

    def __init__(self, text: str, default: str, *, scan: bool, secret: bool, back: bool) -> None:
        self.text = text
        self.editor = LineEditor(default)
        self.takes_scan = scan
        self._secret = secret
        self._back = back
        self.answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def press(self, event: events.Key) -> None:
        """Take a key."""
        if event.key in GIVE_UP:
            self.answered.set_exception(GivenUp())
        elif event.key == "up" and self._back:
            self.answered.set_exception(StepBack())
        elif event.key in ("enter", "ctrl+j"):
            self.answered.set_result(self.editor.text)
        else:
            self.editor.press(event.key, event.character)

    def draw(self, columns: int) -> Line:
        """The question and its field, in so many cells."""
        asked = fit(self.text, min(width(self.text), max(8, columns // 2)))
        before, under, behind = self.editor.seen(columns - width(asked) - 1)
        if self._secret:
            before, under, behind = "*" * len(before), " ", "*" * len(behind)
        return [(f"{asked} ", "accent"), (before, ""), (under, "field"), (behind, "")]


class Picker:
    """Several things, one of which is picked by its key, or with the arrows and Enter.

    Args:
        title: what is asked.
        entries: each a name and what it is about.
        marks: to draw with.
        by_name: find entries while their names are typed, instead of picking by a key.
        start: the entry that Enter takes.
    """

    def __init__(
        self,
        title: str,
        entries: Sequence[tuple[str, str]],
        marks: Callable[[], Marks],
        *,
        by_name: bool = False,
        start: int = 0,
    ) -> None:
        self._title, self._entries, self._marks = title, entries, marks
        self.by_name = by_name
        self._words = ""
        self._cursor = start
        self._found = list(range(len(entries)))
        self.picked: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def rows(self) -> int:
        """The lines it takes where there is room."""
        return len(self._entries) + 1

    def press(self, event: events.Key) -> None:
        """Take a key."""
        if event.key in GIVE_UP:
            self.picked.set_exception(GivenUp())
        elif event.key in _STEPS:
            last = len(self._found) - 1
            self._cursor = max(0, min(self._cursor + _STEPS[event.key], last))
        elif event.key == "enter":
            if self._found:
                self.picked.set_result(self._found[self._cursor])
        elif self.by_name:
            self._type(event)
        elif event.character and event.character in SHORTCUTS[: len(self._entries)]:
            self.picked.set_result(SHORTCUTS.index(event.character))

    def _type(self, event: events.Key) -> None:
        if event.key == "backspace":
            self._words = self._words[:-1]
        elif event.character and event.is_printable:
            self._words += event.character
        words = self._words.casefold().split()
        self._cursor = 0
        self._found = [
            place
            for place, entry in enumerate(self._entries)
            if all(word in " ".join(entry).casefold() for word in words)
        ]

    def draw(self, columns: int, rows: int) -> list[Line]:
        """Its lines, in so many cells."""
        room = max(1, rows - 1)
        first = max(0, min(self._cursor - room // 2, len(self._found) - room))
        names = max((width(name) for name, _ in self._entries), default=0)
        lines: list[Line] = [[(fit(f"{self._title} {self._words}".rstrip(), columns), "heading")]]
        for row, place in enumerate(self._found[first : first + room], start=first):
            lines.append(self._line(place, row == self._cursor, names, columns))
        return lines

    def _line(self, place: int, here: bool, names: int, columns: int) -> Line:
        name, about = self._entries[place]
        look = "cursor" if here else ""
        key = "" if self.by_name else SHORTCUTS[place : place + 1]
        size = min(names, columns - 4) if not about else min(names, columns * 2 // 3)
        return [
            (self._marks().cursor if here else " ", "accent"),
            (f"{key:1} ", f"{look} key"),
            (fit(name, size), look),
            (fit(f"  {about}", max(0, columns - size - 3)), f"{look} faint"),
        ]


_STEPS = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}
