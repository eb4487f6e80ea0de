"""Taking files by an atomic rename, so that each is in the hands of one engine only."""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from orderterm.duties.folders import WORK, free_name, move, plain_name

LOCK = "lock"
PAIRS = "pairs.lock"
_TOP = ".top"
_TRIES = 20


class Claim:
    """The files one engine has taken. While it lives nobody else may touch them.

    They lie in a place of its own, whose lock dies with it.
    """

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        self.place = self._locked_place()

    def _locked_place(self) -> Path:
        # Between making the folder and locking it another engine may take it for a dead one's.
        for _ in range(_TRIES):
            place = self.inbox / WORK / secrets.token_hex(8)
            place.parent.mkdir(exist_ok=True)
            place.mkdir()
            self._lock = FileLock(place / LOCK)
            with suppress(Timeout, FileNotFoundError):
                self._lock.acquire(timeout=0)
                if os.path.lexists(place / LOCK):
                    return place
                self._lock.release()
        raise OSError(f"no lock can be had in {self.inbox / WORK}")

    def keep(self) -> None:
        """Have a place still, also after the whole inbox was replaced.

        Raises:
            OSError: the inbox is away.
        """
        if not (self.place / LOCK).exists():
            self._lock.release()
            self.place = self._locked_place()

    def pairing(self) -> FileLock:
        """Held while two files are taken as one: two engines with a half each would both wait."""
        return FileLock(self.inbox / WORK / PAIRS)

    def take(self, folder: str, path: Path) -> Path | None:
        """Take ``path``; None where somebody else was faster.

        In hand it has a name that can be shown and stored.
        """
        target = free_name(self.place / (folder or _TOP), plain_name(path.name))
        try:
            path.rename(target)
        except FileNotFoundError:
            return None
        return target

    def put_back(self, folder: str, path: Path) -> Path:
        """Return a file to the folder it came from; returns where it lies."""
        return move(path, self.inbox / folder)

    def held(self) -> Iterator[tuple[str, Path]]:
        """The files in hand, with the folder each came from."""
        yield from _files_in(self.place)

    def adopt(self) -> None:
        """Take over what engines that have died had in hand."""
        for place in sorted((self.inbox / WORK).iterdir()):
            if place == self.place or not place.is_dir():
                continue
            lock = FileLock(place / LOCK)
            try:
                lock.acquire(timeout=0)
            except (Timeout, OSError):
                continue
            for folder, path in list(_files_in(place)):
                path.rename(free_name(self.place / (folder or _TOP), path.name))
            _clear(place)
            lock.release()

    def release(self) -> None:
        """Give the place up; what is still in it is adopted by the next engine."""
        with suppress(FileNotFoundError):
            if not any(True for _ in _files_in(self.place)):
                _clear(self.place)
        self._lock.release()


def _files_in(place: Path) -> Iterator[tuple[str, Path]]:
    for folder in sorted(place.iterdir()):
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                yield "" if folder.name == _TOP else folder.name, path


def _clear(place: Path) -> None:
    """Remove a place, its lock last and while it is held; not where a file has come to lie."""
    with suppress(OSError):
        for folder in [path for path in place.iterdir() if path.is_dir()]:
            folder.rmdir()
        (place / LOCK).unlink(missing_ok=True)
        place.rmdir()
