"""Writing to a terminal that may be slow, stalled or gone, without ever waiting for it."""

import os
import select
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Final

BACKLOG: Final = 65_536
"""Bytes that may wait for a slow terminal; one more frame, and all that wait are let go."""

_PIECE: Final = 4_096  # what a pseudo-terminal takes at a time: progress is seen this often


class TerminalWriter(Thread):
    """Writes frames in a thread of its own; no call but `stop` waits for the terminal.

    When more than BACKLOG bytes wait, the frames not begun are forgotten and further ones
    refused until the terminal has caught up. Then `on_caught_up` is called, in this thread,
    so that the app paints the whole screen once. A write that fails calls `on_lost`.
    """

    def __init__(
        self, fileno: int, on_caught_up: Callable[[], None], on_lost: Callable[[], None]
    ) -> None:
        """Prepare to write to the descriptor `fileno`; `start` begins."""
        super().__init__(name="terminal-output", daemon=True)
        self._fileno = fileno
        self._on_caught_up = on_caught_up
        self._on_lost = on_lost
        self._changed = Condition()
        self._waiting: deque[bytes] = deque()
        self._size = 0  # bytes waiting, and those of the frame being written
        self._written = 0
        self._behind = False
        self._stopping = False

    def frame(self, data: bytes) -> None:
        """Show a frame, unless the terminal is behind: then it is forgotten."""
        with self._changed:
            if self._behind:
                return
            if self._size > BACKLOG:
                self._behind = True
                self._forget()
            else:
                self._append(data)

    def replace(self, data: bytes) -> None:
        """Forget the frames not begun, and write `data` in their stead, whatever happens."""
        with self._changed:
            self._forget()
            self._append(data)

    def stop(self, patience: float = 1.0) -> None:
        """Write what waits and end; wait no longer than `patience` seconds without progress."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        written = -1
        while self.is_alive() and written != self._written:
            written = self._written
            self.join(patience)

    def run(self) -> None:
        """Write until stopped, or until the terminal is gone."""
        try:
            while (data := self._next()) is not None:
                self._write(data)
                self._done(data)
        except OSError:
            self._on_lost()

    def _append(self, data: bytes) -> None:
        self._waiting.append(data)
        self._size += len(data)
        self._changed.notify()

    def _forget(self) -> None:
        self._size -= sum(map(len, self._waiting))
        self._waiting.clear()

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            return self._waiting.popleft() if self._waiting else None

    def _write(self, data: bytes) -> None:
        while data:
            try:
                count = os.write(self._fileno, data[:_PIECE])
            except BlockingIOError:  # whoever shares the terminal made it non-blocking
                select.select([], [self._fileno], [])
            else:
                self._written += count
                data = data[count:]

    def _done(self, data: bytes) -> None:
        with self._changed:
            self._size -= len(data)
            caught_up = self._behind and not self._waiting
            self._behind = self._behind and not caught_up
        if caught_up:
            self._on_caught_up()
