"""What a terminal sends becomes Textual messages, whatever the bytes are."""

from codecs import getincrementaldecoder
from collections.abc import Generator, Iterable, Iterator
from typing import Final

from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

PASTE_LIMIT: Final = 1_000_000
"""Characters of one paste that are kept; what follows is let go."""

_ESCAPE: Final = "\x1b"
_PASTE_START: Final = "\x1b[200~"
_PASTE_END: Final = "\x1b[201~"

# A station asks for no mouse and no reports of size, so whatever looks like one is noise.
_WANTED: Final = (
    events.Key,
    events.Paste,
    events.AppFocus,
    events.AppBlur,
    TerminalSupportsSynchronizedOutput,
)


class TerminalInput:
    """Decodes and parses the bytes of one terminal, in the order they come.

    Pastes are taken out before Textual's parser sees them: it keeps every character of a
    paste, and gives nothing back while one that lost its end goes on.
    """

    def __init__(self, encoding: str = "utf-8") -> None:
        """Begin with nothing read; bytes that `encoding` does not know become U+FFFD."""
        self._decode = getincrementaldecoder(encoding)("replace").decode
        self._parser = XTermParser()
        self._held = ""  # the end of what came, while it may be the start of a marker
        self._paste: _Paste | None = None

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield the keys and pastes that `data` completes."""
        text, self._held = self._held + self._decode(data), ""
        while text:
            if self._paste is None:
                text = yield from self._take_keys(text)
            else:
                text = yield from self._take_paste(text, self._paste)

    def tick(self) -> Iterator[Message]:
        """Yield what a silence of Textual's escape delay has decided."""
        yield from self._wanted(self._parser.tick())
        if self._paste is None:
            yield from self._release()
        elif self._held == _ESCAPE:
            # The end of the paste got lost. A person who presses Escape gets the keys back.
            self._held = ""
            yield self._end(self._paste)

    def _release(self) -> Iterator[Message]:
        """No marker came of what was held: it is keys."""
        held, self._held = self._held, ""
        if held == _ESCAPE:
            yield events.Key("escape", _ESCAPE)
        else:
            yield from self._parse(held)

    def _take_keys(self, text: str) -> Generator[Message, None, str]:
        keys, start, rest = text.partition(_PASTE_START)
        if start:
            self._paste = _Paste()
        else:
            keys, self._held = _hold_back(keys, _PASTE_START)
        yield from self._parse(keys)
        return rest

    def _take_paste(self, text: str, paste: "_Paste") -> Generator[Message, None, str]:
        pasted, end, rest = text.partition(_PASTE_END)
        if not end:
            pasted, self._held = _hold_back(pasted, _PASTE_END)
        paste.add(pasted)
        if end:
            yield self._end(paste)
        return rest

    def _end(self, paste: "_Paste") -> events.Paste:
        self._paste = None
        return events.Paste(paste.text())

    def _parse(self, text: str) -> Iterator[Message]:
        # One at a time: a sequence that the parser fails on costs no key that follows it.
        for character in text:
            yield from self._wanted(self._parser.feed(character))

    def _wanted(self, messages: Iterable[Message]) -> Iterator[Message]:
        try:
            for message in messages:
                if isinstance(message, _WANTED):
                    yield message
        except Exception:  # noqa: BLE001 - no sequence may cost a station its keyboard
            self._parser = XTermParser()


class _Paste:
    """The text of a paste so far, up to the limit."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._room = PASTE_LIMIT

    def add(self, text: str) -> None:
        kept = text[: self._room]
        self._parts.append(kept)
        self._room -= len(kept)

    def text(self) -> str:
        return "".join(self._parts).replace("\x00", "")


def _hold_back(text: str, marker: str) -> tuple[str, str]:
    """Split off the end of `text` when it may be the start of `marker`."""
    for length in range(min(len(marker) - 1, len(text)), 0, -1):
        if text.endswith(marker[:length]):
            return text[:-length], text[-length:]
    return text, ""
