"""The terminal of a station: what it may send and suffer without harm to the work.

Textual's own driver ends the app on bytes that are not UTF-8, freezes it while a terminal
does not read, and spins when the terminal is gone. This one does not, and it asks for less:
no mouse, no reports of focus, size or single keys, and no suspending.
"""

import contextvars
import errno
import os
import selectors
import signal
import sys
import termios
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final, TextIO

from textual import constants, events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from screens.terminal.driver_input import TerminalInput
from screens.terminal.driver_output import TerminalWriter

_ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?7l"  # alternate screen, bracketed paste
_LEAVE: Final = "\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"
_ASK_SYNCHRONIZED: Final = "\x1b[?2026$p"

_READ_SIZE: Final = 65_536
_AT_ONCE: Final = 128  # keys handed over before the app is asked whether it has taken them
_MOST_HELD: Final = 100_000  # keys that wait for the app; then no more are read for a while
_GRACE: Final = 5.0  # seconds for an app that was told to end; then the process ends

_FAREWELLS: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)


class StationDriver(Driver):
    """Drives a full-screen app on the terminal that is the process's standard input.

    While it runs, SIGHUP, SIGTERM and SIGINT end the app with 128 + the signal's number as
    its return code and the terminal restored, and so does the loss of the terminal.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        """Prepare to drive `app`; the mouse stays unasked for, whatever `mouse` says."""
        self._input = _descriptor(sys.__stdin__)
        self._output, self._encoding = _screen()
        super().__init__(app, debug=debug, mouse=mouse, size=size or _size(self._output))
        self._context = contextvars.copy_context()
        self._attributes: list[Any] | None = None
        self._writer: TerminalWriter | None = None
        self._keys: threading.Thread | None = None
        self._wake = -1, -1  # a pipe whose end stops the reading thread
        self._frame: list[str] | None = None  # the parts of a synchronized frame
        self._leaving = False
        self._stopping = threading.Event()
        self._held: deque[Message] = deque()  # keys that were read and not handed over
        self._asked = False  # whether the app has been asked for having taken the last ones

    # ------------------------------------------------------------------ what the app calls

    def start_application_mode(self) -> None:
        """Take the terminal over, and begin to read keys."""
        self._writer = TerminalWriter(
            self._output, lambda: self._soon(self._app.refresh), self._lost
        )
        self._writer.start()
        self._attributes = _attributes(self._input)
        self._enter()
        self._handle_signals()
        self._send_size()
        self._wake = os.pipe()
        self._keys = threading.Thread(target=self._read_keys, name="terminal-input", daemon=True)
        self._keys.start()

    def write(self, data: str) -> None:
        """Show one frame, or a part of one between the marks of a synchronized update."""
        if self._frame is not None:
            self._frame.append(data)
        elif data == SYNC_START:
            self._frame = [data]
        else:
            self._show(data)
        if data == SYNC_END and self._frame is not None:
            frame, self._frame = "".join(self._frame), None
            self._show(frame)

    def disable_input(self) -> None:
        """Stop reading keys, and forget those not read."""
        keys, self._keys = self._keys, None
        if keys is None:
            return
        self._stopping.set()
        os.close(self._wake[1])
        keys.join()
        os.close(self._wake[0])
        with suppress(termios.error):
            termios.tcflush(self._input, termios.TCIFLUSH)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self.disable_input()
        self._loop.remove_signal_handler(signal.SIGWINCH)
        self._loop.remove_signal_handler(signal.SIGCONT)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        self._restore_attributes()
        if self._writer is not None:
            self._writer.replace(_LEAVE.encode())

    def close(self) -> None:
        """Wait until the terminal has what was written, if it still reads."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.stop()

    # ------------------------------------------------------------------ the terminal's modes

    def _enter(self) -> None:
        """Set the modes, also again after the process was stopped and continued."""
        _set_raw(self._input)
        # Apple's terminal prints the end of this question instead of ignoring it.
        asked = "" if os.environ.get("TERM_PROGRAM") == "Apple_Terminal" else _ASK_SYNCHRONIZED
        if self._writer is not None:
            self._writer.replace((_ENTER + asked).encode())

    def _restore_attributes(self) -> None:
        if self._attributes is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._input, termios.TCSANOW, self._attributes)

    def _show(self, frame: str) -> None:
        if self._writer is not None:
            self._writer.frame(frame.encode(self._encoding, "replace"))

    def _send_size(self) -> None:
        size = Size(*_size(self._output))
        self._app.post_message(events.Resize(size, size))

    # ------------------------------------------------------------------ signals and the end

    def _handle_signals(self) -> None:
        loop = self._loop
        loop.add_signal_handler(signal.SIGWINCH, self._send_size)
        loop.add_signal_handler(signal.SIGCONT, self._continued)
        for number in _FAREWELLS:
            loop.add_signal_handler(number, self._leave, number)
        # Stopped, it would leave the terminal unusable; the shell is a key press away anyway.
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    def _continued(self) -> None:
        self._enter()
        self._app.refresh()

    def _lost(self) -> None:
        """The terminal is gone: called in the threads that read and write."""
        self._soon(self._leave, signal.SIGHUP)

    def _leave(self, number: int) -> None:
        """End the app; if it does not end in time, end the process."""
        if self._leaving:
            return
        self._leaving = True
        last = threading.Timer(_GRACE, self._abandon, (128 + number,))
        last.daemon = True
        last.start()
        self._app.exit(return_code=128 + number)

    def _abandon(self, status: int) -> None:
        """End the process now. What it had begun in the database is rolled back there."""
        self._restore_attributes()
        os._exit(status)

    # ------------------------------------------------------------------ the reading thread

    def _soon(self, function: Callable[..., object], *arguments: object) -> None:
        """Call a function in the app's thread; forget it when the app has ended."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(function, *arguments, context=self._context)

    def _read_keys(self) -> None:
        parse = TerminalInput(self._encoding)
        with selectors.PollSelector() as selector:
            selector.register(self._input, selectors.EVENT_READ)
            selector.register(self._wake[0], selectors.EVENT_READ)
            while not self._stopping.is_set():
                ready = selector.select(constants.ESCAPE_DELAY)
                if not ready:
                    self._pass_on(parse.tick())
                elif any(key.fd == self._input for key, _ in ready):
                    data = _read(self._input)
                    if not data:
                        self._lost()
                        return
                    self._pass_on(parse.feed(data))

    def _pass_on(self, messages: Iterable[Message]) -> None:
        """Keep keys until the app takes them. Each knows when it was read, however long it waits:
        a scanner's keys are told from a person's by that time."""
        self._held.extend(messages)
        if self._held:
            self._soon(self._hand_over)
        while len(self._held) > _MOST_HELD and not self._stopping.wait(0.05):
            pass

    # ------------------------------------------------------------------ keys in the app's thread

    @property
    def holds_keys(self) -> bool:
        """Whether keys were read that the app has not been given yet."""
        return bool(self._held)

    def _hand_over(self) -> None:
        """Give the app keys no faster than it takes them: a flood must not bury its clock."""
        if self._asked:
            return
        for _ in range(min(_AT_ONCE, len(self._held))):
            message = self._held.popleft()
            message.set_sender(self._app)
            self._app.post_message(message)
        self._asked = bool(self._held)
        if self._asked:
            self._app.call_later(self._soon, self._go_on)  # by way of the loop, so that it lives

    def _go_on(self) -> None:
        self._asked = False
        self._hand_over()


def _descriptor(stream: TextIO | None) -> int:
    if stream is None:
        raise OSError(errno.EBADF, "a standard stream of this process is closed")
    return stream.fileno()


def _screen() -> tuple[int, str]:
    """The descriptor that shows the screen, and its encoding: the first that is a terminal."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and stream.isatty():
            return stream.fileno(), stream.encoding
    return _descriptor(sys.__stderr__), "utf-8"


def _size(fileno: int) -> tuple[int, int]:
    """Columns and rows; a line that knows no size counts as 80 by 24."""
    try:
        columns, rows = os.get_terminal_size(fileno)
    except OSError:
        return 80, 24
    return columns or 80, rows or 24


def _read(fileno: int) -> bytes:
    """What was typed; nothing when the terminal is gone."""
    try:
        return os.read(fileno, _READ_SIZE)
    except OSError:
        return b""


def _attributes(fileno: int) -> list[Any] | None:
    try:
        return termios.tcgetattr(fileno)
    except termios.error:  # not a terminal
        return None


def _set_raw(fileno: int) -> None:
    """Every byte as it is typed: no echo, no line editing, no signals, no flow control."""
    attributes = _attributes(fileno)
    if attributes is None:
        return
    attributes[0] &= ~(
        termios.IXON
        | termios.IXOFF
        | termios.ICRNL
        | termios.INLCR
        | termios.IGNCR
        | termios.ISTRIP
    )
    attributes[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    attributes[6][termios.VMIN], attributes[6][termios.VTIME] = 1, 0
    with suppress(termios.error):
        termios.tcsetattr(fileno, termios.TCSANOW, attributes)
