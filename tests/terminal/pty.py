"""A real pseudo-terminal with a program on it: what it shows, what it costs, how it ends."""

import errno
import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.terminal.display import Display, Run

KEYS: Final[Mapping[str, bytes]] = {
    "enter": b"\r",
    "tab": b"\t",
    "shift+tab": b"\x1b[Z",
    "escape": b"\x1b",
    "space": b" ",
    "backspace": b"\x7f",
    "delete": b"\x1b[3~",
    "insert": b"\x1b[2~",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "f1": b"\x1bOP",
    "f2": b"\x1bOQ",
    "f3": b"\x1bOR",
    "f4": b"\x1bOS",
    "f5": b"\x1b[15~",
    "f6": b"\x1b[17~",
    "f7": b"\x1b[18~",
    "f8": b"\x1b[19~",
    "f9": b"\x1b[20~",
    "f10": b"\x1b[21~",
    "f11": b"\x1b[23~",
    "f12": b"\x1b[24~",
}
"""What an xterm sends for the keys that Textual calls so; `ctrl+a` to `ctrl+z` need no entry."""

PATIENCE: Final = 60.0
"""Seconds to wait for what must happen: far more than it takes on the busiest machine."""

# What a developer's own terminal says must not decide a result.
_UNSET: Final = ("COLORTERM", "NO_COLOR", "COLUMNS", "LINES", "TMUX", "TERM_PROGRAM", "LC_TERMINAL")
# What a screen runs through is not measured, see tests/conftest.py.
_MEASURING: Final = ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
_ASKS_SYNCHRONIZED: Final = b"\x1b[?2026$p"
_CLOCK_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Terminal:
    """One program on one pseudo-terminal. Use it in a `with` statement, or `close` it."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        synchronized: bool = True,
        controlling: bool = True,
    ) -> None:
        """Start `argv` on a terminal of `size` columns and rows, 256 colours.

        `env` adds to this process's environment. `synchronized` answers the question whether
        the terminal can show a frame at once. Without `controlling` the program gets no SIGHUP
        when the terminal is hung up, and no SIGWINCH when it is resized.
        """
        self._master, slave = os.openpty()
        self._set_size(*size)
        self.modes_before = termios.tcgetattr(slave)
        self.slave = slave  # kept, to see the modes that the program leaves behind
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            ["setsid", *(["-c"] if controlling else []), *argv],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=_environment(env or {}),
            cwd=cwd,
        )
        self._answers = synchronized
        self._display = Display(*size)
        self._output = bytearray()
        self._drawn = 0
        self._last = self.started
        self._lock = threading.Lock()
        self._reading = threading.Event()
        self._reading.set()
        self._ended = threading.Event()
        self._reader = threading.Thread(target=self._read, name="terminal-reader", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        """Return the terminal, which `__exit__` closes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the terminal, however the block ended."""
        self.close()

    # ------------------------------------------------------------------ what a person does

    def send(self, data: bytes, timeout: float = PATIENCE) -> None:
        """Type raw bytes. Raises AssertionError if the program takes none for `timeout` seconds."""
        while data:
            if not select.select([], [self._master], [], timeout)[1]:
                raise AssertionError(f"the program took nothing for {timeout} s\n{self.text()}")
            data = data[os.write(self._master, data[:1024]) :]

    def press(self, *keys: str) -> None:
        """Press keys by the names Textual gives them, such as "c", "enter", "ctrl+q", "订"."""
        self.send(b"".join(map(_key, keys)))

    def paste(self, text: str) -> None:
        """Paste as a terminal does that was asked for bracketed paste."""
        self.send(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        with self._lock:
            self._draw()
            self._display.resize(columns, rows)
            self._set_size(columns, rows)

    def stall(self) -> None:
        """Stop reading what the program writes."""
        self._reading.clear()

    def resume(self) -> None:
        """Read again after `stall`."""
        self._reading.set()

    def hang_up(self) -> None:
        """Take the terminal away, as a lost connection does."""
        self._stop_reading()
        os.close(self.slave)
        os.close(self._master)
        self._master = self.slave = -1

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self._process.send_signal(number)

    def close(self) -> None:
        """End the program at once, if it still runs, and give everything back."""
        self._process.kill()
        self._process.wait()
        if self._master >= 0:
            self.hang_up()

    # ------------------------------------------------------------------ what can be seen

    def screen(self) -> list[str]:
        """Return the rows as text, trailing blanks stripped; a wide character is one character."""
        with self._lock:
            self._draw()
            return self._display.rows()

    def text(self) -> str:
        """Return the screen as one string."""
        return "\n".join(self.screen())

    def styled(self) -> list[list[Run]]:
        """Return the rows as runs of equally styled text, blanks at their ends included."""
        with self._lock:
            self._draw()
            return self._display.styled()

    @property
    def display(self) -> Display:
        """What is on the screen now."""
        with self._lock:
            self._draw()
            return self._display

    def mark(self) -> int:
        """Return the number of bytes written so far."""
        with self._lock:
            return len(self._output)

    def bytes_since(self, mark: int) -> int:
        """Return how many bytes were written after `mark`."""
        return self.mark() - mark

    def output_since(self, mark: int) -> bytes:
        """Return what was written after `mark`."""
        with self._lock:
            return bytes(self._output[mark:])

    def wait_for(
        self, what: str | Callable[["Terminal"], bool], timeout: float = PATIENCE
    ) -> float:
        """Wait until the screen holds a text, or a predicate of this terminal is true.

        Returns the seconds it took. Raises AssertionError with the screen after `timeout`.
        """
        began = time.monotonic()
        while not (what in self.text() if isinstance(what, str) else what(self)):
            if time.monotonic() - began > timeout:
                raise AssertionError(f"not seen in {timeout} s: {what!r}\n{self.text()}")
            time.sleep(0.005)
        return time.monotonic() - began

    def answer(self, *keys: str) -> int:
        """Press keys and wait until the program writes something; returns the mark before it."""
        mark = self.mark()
        self.press(*keys)
        self.wait_for(lambda _: self.bytes_since(mark) > 0)
        return mark

    def settle(self, quiet: float = 0.2, timeout: float = PATIENCE) -> None:
        """Wait until nothing was written for `quiet` seconds; AssertionError after `timeout`."""
        began = time.monotonic()
        while time.monotonic() - max(self._last, began) < quiet and not self._ended.is_set():
            if time.monotonic() - began > timeout:
                raise AssertionError(f"still writing after {timeout} s\n{self.text()}")
            time.sleep(0.01)

    def modes(self) -> list[object]:
        """Return the terminal's modes now, to compare with `modes_before`."""
        return list(termios.tcgetattr(self.slave))

    # ------------------------------------------------------------------ the program

    @property
    def pid(self) -> int:
        """The program's process."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the program still runs."""
        return self._process.poll() is None

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for the program's end and return its exit status, negative for a signal.

        Raises subprocess.TimeoutExpired after `timeout` seconds.
        """
        return self._process.wait(timeout)

    def cpu_seconds(self) -> float:
        """Return the processor time that the running program has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS

    def memory(self) -> dict[str, int]:
        """Return the running program's memory in bytes: `Rss`, `Pss` and their like."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()[1:]
        return {name: int(rest.split()[0]) * 1024 for name, rest in (x.split(":") for x in lines)}

    # ------------------------------------------------------------------ the reading thread

    def _read(self) -> None:
        while not self._ended.is_set():
            if not self._reading.wait(0.05) or not select.select([self._master], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self._master, 65_536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                break
            self._keep(data)
        self._ended.set()

    def _keep(self, data: bytes) -> None:
        with self._lock:
            before = len(self._output)
            self._output += data
            self._last = time.monotonic()
            asked = self._output.find(_ASKS_SYNCHRONIZED, max(0, before - 8)) >= 0
        if asked and self._answers:
            os.write(self._master, b"\x1b[?2026;2$y")

    def _draw(self) -> None:
        if self._drawn < len(self._output):
            self._display.feed(bytes(self._output[self._drawn :]))
            self._drawn = len(self._output)

    def _stop_reading(self) -> None:
        self._ended.set()
        self._reader.join()

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _key(name: str) -> bytes:
    if name in KEYS:
        return KEYS[name]
    if name.startswith("ctrl+") and len(name) == 6 and name[5].isascii():
        return bytes([ord(name[5].upper()) & 0x1F])
    if len(name) != 1:
        raise ValueError(f"no such key: {name}")
    return name.encode()


def _environment(added: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in (*_UNSET, *_MEASURING) and not name.startswith("TEXTUAL_")
    }
    return {**kept, "TERM": "xterm-256color", **added}
