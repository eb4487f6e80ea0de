"""The inbox on disk: what lies ready, taking it by an atomic rename, and putting it away.

    inbox/CODE/             where files are dropped
    inbox/.work/TOKEN/CODE/ what one running engine has taken; its lock dies with it
    inbox/done/DATE/        taken in
    inbox/rejected/         not taken, each beside a note that says why
"""

import os
import secrets
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

WORK, DONE, REJECTED = ".work", "done", "rejected"
LOCK, PROBE = "lock", ".probe"
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".download", ".swp", "~")
_OURS = (".reason.txt", ".rows.csv.reason.txt")


class Ready(NamedTuple):
    """A file that lies whole in a channel's folder; ``age`` in seconds by the folder's clock."""

    folder: str
    path: Path
    age: float


class Claim:
    """The files one engine has taken. While it lives nobody else may touch them."""

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        self.place = self._locked_place()

    def _locked_place(self) -> Path:
        # Between making the folder and locking it another engine may take it for a dead one's.
        while True:
            place = self.inbox / WORK / secrets.token_hex(8)
            place.mkdir(parents=True)
            self._lock = FileLock(place / LOCK)
            try:
                self._lock.acquire(timeout=0)
            except (Timeout, OSError):
                continue
            if place.is_dir():
                return place

    def take(self, folder: str, path: Path) -> Path | None:
        """Take ``path``; None where somebody else was faster."""
        target = free_name(self.place / folder, path.name)
        try:
            path.rename(target)
        except FileNotFoundError:
            return None
        return target

    def put_back(self, folder: str, path: Path) -> None:
        """Return a file to the folder it came from."""
        path.rename(free_name(self.inbox / folder, path.name))

    def held(self) -> Iterator[tuple[str, Path]]:
        """The files in hand, with the folder each came from."""
        yield from files_in(self.place)

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
            for folder, path in list(files_in(place)):
                path.rename(free_name(self.place / folder, path.name))
            lock.release()
            _clear(place)

    def release(self) -> None:
        """Give the place up; what is still in it is adopted by the next engine."""
        self._lock.release()
        if not any(True for _ in files_in(self.place)):
            _clear(self.place)


def files_in(place: Path) -> Iterator[tuple[str, Path]]:
    """The files in a work place, with the folder each came from."""
    for folder in sorted(place.iterdir()):
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                yield folder.name, path


def _clear(place: Path) -> None:
    for path in sorted(place.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
    place.rmdir()


def folder_clock(inbox: Path) -> float:
    """The time by the clock that stamps the inbox's files (a server's, on a network share)."""
    probe = inbox / WORK / PROBE
    probe.parent.mkdir(parents=True, exist_ok=True)
    probe.touch()
    return probe.stat().st_mtime


def lying_in(inbox: Path) -> Iterator[Ready]:
    """Every file in the inbox's folders that may be taken, whole or not yet."""
    now = folder_clock(inbox)
    for folder in sorted(inbox.iterdir()):
        if folder.is_dir() and folder.name not in (WORK, DONE, REJECTED):
            yield from _lying_in_folder(folder, now)
    yield from _lying_in_folder(inbox, now)


def _lying_in_folder(folder: Path, now: float) -> Iterator[Ready]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda found: found.name):
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(status.st_mode) and is_ours_to_take(entry.name):
                yield Ready(folder.name, Path(entry.path), now - status.st_mtime)


def is_ours_to_take(name: str) -> bool:
    """Whether a file of this name is meant for the engine: no note, no half-copied file."""
    lower = name.lower()
    if name.startswith((".", "~$")) or lower.startswith("readme"):
        return False
    return not lower.endswith((*_UNFINISHED, *_OURS))


def free_name(folder: Path, name: str) -> Path:
    """A path for ``name`` in ``folder`` that no file has yet; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    path, count = folder / name, 1
    while path.exists():
        count += 1
        path = folder / f"{Path(name).stem} ({count}){Path(name).suffix}"
    return path


def put_away(inbox: Path, path: Path, day: date) -> Path:
    """Move a file that was taken in to ``done/DATE/``; returns where it lies."""
    target = free_name(inbox / DONE / day.isoformat(), path.name)
    path.rename(target)
    return target


def reject(inbox: Path, path: Path, reason: str) -> Path:
    """Move a file to ``rejected/`` and put a note beside it; returns where it lies."""
    target = free_name(inbox / REJECTED, path.name)
    # The note first: a file in rejected/ without a reason would help nobody.
    note_for(target).write_text(reason, encoding="utf-8")
    path.rename(target)
    return target


def note_for(path: Path) -> Path:
    """The note beside a rejected file."""
    return path.with_name(path.name + ".reason.txt")
