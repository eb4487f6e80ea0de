"""The field in which a word is typed: one line, drawn by whoever shows it.

Textual's own field is repainted whole at each key, and reads its Enter after the keys that follow
it; here a key costs the cells it changes, and all keys are taken in the order in which they came.
"""

from collections.abc import Callable

from screens.terminal.cells import width

LONGEST = 2000


class LineEditor:
    """A line of text with a cursor.

    Args:
        text: what stands in it at first; the cursor is behind it.
    """

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.cursor = len(text)

    def press(self, key: str, character: str | None) -> bool:
        """Take a key; False where it is none for a line of text."""
        if key in _MOVES:
            self.cursor = max(0, min(_MOVES[key](self), len(self.text)))
        elif key in _CUTS:
            start, end = _CUTS[key](self)
            self._cut(max(0, start), min(end, len(self.text)))
        elif character and character.isprintable():
            self.insert(character)
        else:
            return False
        return True

    def insert(self, text: str) -> None:
        """Put ``text`` where the cursor is; line breaks and tabs become blanks.

        What does not print is left out, as it is of what is typed.
        """
        words = " ".join(text.split()) if len(text) > 1 else text
        room = LONGEST - len(self.text)
        kept = "".join(filter(str.isprintable, words))[:room]
        self.text = self.text[: self.cursor] + kept + self.text[self.cursor :]
        self.cursor += len(kept)

    def seen(self, cells: int) -> tuple[str, str, str]:
        """What fits into ``cells``: before the cursor, under it, and behind it."""
        # A character has a cell or more, those that have none aside: nothing beyond is in sight.
        near = max(0, self.cursor - 2 * cells)
        before, under = self.text[near : self.cursor], self.text[self.cursor : self.cursor + 1]
        under = under or " "
        while before and width(before) + width(under) > cells:
            before = before[1:]
        behind = self.text[self.cursor + 1 : self.cursor + 1 + 2 * cells]
        while behind and width(before + under + behind) > cells:
            behind = behind[:-1]
        return before, under, behind

    def _cut(self, start: int, end: int) -> None:
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start

    def _word_start(self) -> int:
        before = self.text[: self.cursor].rstrip()
        return before.rfind(" ") + 1


_MOVES: dict[str, Callable[[LineEditor], int]] = {
    "left": lambda line: line.cursor - 1,
    "right": lambda line: line.cursor + 1,
    "home": lambda _: 0,
    "ctrl+a": lambda _: 0,
    "end": lambda line: len(line.text),
    "ctrl+e": lambda line: len(line.text),
}
_CUTS: dict[str, Callable[[LineEditor], tuple[int, int]]] = {
    "backspace": lambda line: (line.cursor - 1, line.cursor),
    "ctrl+h": lambda line: (line.cursor - 1, line.cursor),
    "delete": lambda line: (line.cursor, line.cursor + 1),
    "ctrl+d": lambda line: (line.cursor, line.cursor + 1),
    "ctrl+u": lambda line: (0, line.cursor),
    "ctrl+k": lambda line: (line.cursor, len(line.text)),
    "ctrl+w": lambda line: (line._word_start(), line.cursor),
}
