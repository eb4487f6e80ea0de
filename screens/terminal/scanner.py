"""A barcode scanner types as a keyboard does; this tells its codes from a person's keys.

It only knows the keys and the times at which they were read: no widget, no clock, no timer.
"""

from itertools import groupby

from msgspec import Struct

from orderterm.terminal import Scanner

LONGEST = 512
"""The characters of the longest code; nothing longer is kept."""

PATIENCE_SECONDS = 2.0
"""How long the next character after a prefix is waited for."""

_ENDINGS = {"enter": "ctrl+j", "ctrl+j": "enter", "tab": ""}
"""The keys that end a code, and the one that may follow as the other half of the same ending."""

_REPEATED = 3
"""So often a letter comes in a row when its key is held down."""

# GS1 and other codes have separators in them. A terminal names the key and may not tell the
# character.
_CONTROLS = {f"ctrl+{chr(code + 96)}": chr(code) for code in range(1, 27)} | {
    "ctrl+backslash": "\x1c",
    "ctrl+right_square_bracket": "\x1d",
    "ctrl+circumflex_accent": "\x1e",
    "ctrl+underscore": "\x1f",
}

# Terminals that tell every key tell of a capital's shift as well.
_MODIFIERS = {
    f"{side}_{key}"
    for side in ("left", "right")
    for key in ("shift", "control", "alt", "super", "hyper", "meta")
} | {"iso_level3_shift", "iso_level5_shift", "caps_lock", "num_lock"}


class Press(Struct, frozen=True):
    """A key as it was read: its name, its character if it has one, and the time in seconds."""

    key: str
    character: str | None
    at: float

    @property
    def text(self) -> str:
        """The character that it adds to a code; "" for a key that belongs to none."""
        if self.key in _CONTROLS:
            return _CONTROLS[self.key]
        with_alt = self.key.rpartition("+")[0] not in ("", "shift")
        if with_alt or self.character is None or not self.character.isprintable():
            return ""
        return self.character


class Scan(Struct, frozen=True):
    """A code that was scanned, and when its ending was read."""

    code: str
    at: float


class Keys(Struct, frozen=True):
    """What a person pressed, in order."""

    presses: tuple[Press, ...]

    @property
    def collapsed(self) -> tuple[Press, ...]:
        """The presses, with one for a letter that was held down: one command, not many."""
        kept: list[Press] = []
        for (_, text), run in groupby(self.presses, lambda press: (press.key, press.text)):
            same = list(run)
            held_down = len(same) >= _REPEATED and text.isalpha()
            kept += same[:1] if held_down else same
        return tuple(kept)


class Unfinished(Struct, frozen=True):
    """A code that had no ending, or was longer than ``LONGEST``.

    ``text`` is its beginning, and all of it where it is not too long; ``length`` its characters.
    """

    text: str
    length: int


Outcome = Scan | Keys | Unfinished


class Collector:
    """Is fed every key, and gives back scans and keys in the order in which they came.

    Each key comes back once: in a ``Scan`` (its prefix and ending with it), in ``Keys`` or in an
    ``Unfinished``. Only the second half of a CR LF or LF CR that ends a code comes to nothing.

    Args:
        settings: the prefix, or what makes keys without one a scan.
    """

    def __init__(self, settings: Scanner) -> None:
        self._prefix = settings.prefix
        self._gap = settings.gap_milliseconds / 1000
        self._shortest = settings.minimum_length
        self._presses: list[Press] = []
        self._text: list[str] = []
        self._length = 0
        self._collecting = False
        self._deadline = 0.0
        self._other_half = ""

    def feed(self, key: str, character: str | None, at: float) -> list[Outcome]:
        """What is known now that a key was pressed.

        Args:
            key: its name, as Textual names it.
            character: its character, if it has one.
            at: when it was read, in seconds of a clock that never goes back.
        """
        outcomes = self._late(late=at > self._deadline)
        press = Press(key, character, at)
        if not self._collecting:
            return outcomes + self._first(press)
        return outcomes + self._next(press)

    def due(self) -> float | None:
        """When ``flush`` is to be called, in the clock of ``at``; None while nothing is held."""
        return self._deadline if self._collecting else None

    def flush(self, now: float) -> list[Outcome]:
        """What is held, if its time is up at ``now`` (seconds, the clock of ``at``).

        Every key that was read before ``now`` must have been fed, or a scan that waits in a
        queue would be torn.
        """
        return self._late(late=now >= self._deadline)

    def _late(self, *, late: bool) -> list[Outcome]:
        if not late:
            return []
        self._other_half = ""
        return [self._given_up()] if self._collecting else []

    def _first(self, press: Press) -> list[Outcome]:
        """A key that comes while nothing is held."""
        other_half, self._other_half = self._other_half, ""
        if press.key == other_half:
            return []
        if self._starts(press):
            self._start(press)
            return []
        return [Keys((press,))]

    def _next(self, press: Press) -> list[Outcome]:
        """A key that comes while a code may be under way."""
        if press.key in _ENDINGS:
            return [self._ended(press)]
        if press.key in _MODIFIERS:
            return self._beside(press)
        if self._prefix in _CONTROLS and press.key == self._prefix:
            unfinished = self._given_up()
            self._start(press)
            return [unfinished]
        if press.text:
            self._hold(press)
            return []
        return self._between(press)

    def _starts(self, press: Press) -> bool:
        if self._prefix:
            return self._prefix in (press.key, press.text)
        return press.text.isalnum()

    def _start(self, press: Press) -> None:
        self._collecting = True
        if self._prefix:
            self._wait(press)
        else:
            self._hold(press)

    def _hold(self, press: Press) -> None:
        self._wait(press)
        self._length += 1
        if self._length <= LONGEST:
            self._text.append(press.text)
            self._keep(press)

    def _keep(self, press: Press) -> None:
        """Remember the key itself, to be given back if it was a person's after all."""
        if not self._prefix:
            self._presses.append(press)

    def _wait(self, press: Press) -> None:
        self._deadline = press.at + (PATIENCE_SECONDS if self._prefix else self._gap)

    def _beside(self, press: Press) -> list[Outcome]:
        """A shift key: no part of the code, and no end of it."""
        if self._prefix or self._length > LONGEST or len(self._presses) >= 2 * LONGEST:
            return [Keys((press,))]
        self._wait(press)
        self._keep(press)
        return []

    def _between(self, press: Press) -> list[Outcome]:
        """A key that no scanner sends. After a prefix the code is known to go on."""
        if self._prefix:
            return [Keys((press,))]
        before = self._given_up()
        if isinstance(before, Keys):
            return [Keys((*before.presses, press))]
        return [before, Keys((press,))]

    def _ended(self, ending: Press) -> Outcome:
        outcome: Outcome
        if (1 if self._prefix else self._shortest) <= self._length <= LONGEST:
            outcome = Scan("".join(self._text), ending.at)
            self._clear()
        else:
            self._keep(ending)
            outcome = self._given_up()
        if not isinstance(outcome, Keys):
            self._other_half = _ENDINGS[ending.key]
            self._deadline = ending.at + self._gap
        return outcome

    def _given_up(self) -> Keys | Unfinished:
        """What is held, as what it is without an ending."""
        presses, text, length = self._presses, "".join(self._text), self._length
        self._clear()
        if self._prefix or length > LONGEST:
            return Unfinished(text, length)
        return Keys(tuple(presses))

    def _clear(self) -> None:
        self._presses, self._text, self._length = [], [], 0
        self._collecting = False
