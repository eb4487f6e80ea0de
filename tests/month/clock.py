"""A simulated time that several processes share: one moves it, all read it."""

import mmap
import struct
from datetime import UTC, datetime
from pathlib import Path

_FORMAT = struct.Struct("d")


class SharedClock:
    """The time, kept in a file that is mapped into memory.

    Args:
        file: where it is kept; made by whoever gives ``at``.
        at: the time it begins with; None where another process has begun it.
    """

    def __init__(self, file: Path, at: datetime | None = None) -> None:
        if at is not None:
            file.write_bytes(_FORMAT.pack(at.timestamp()))
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), _FORMAT.size)

    def __call__(self) -> datetime:
        (seconds,) = _FORMAT.unpack(self._memory[: _FORMAT.size])
        return datetime.fromtimestamp(seconds, UTC)

    def move_to(self, at: datetime) -> None:
        """Let it be ``at``, for everybody."""
        self._memory[: _FORMAT.size] = _FORMAT.pack(at.timestamp())
