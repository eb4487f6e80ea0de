"""Halves of pairs that lie in their folder until the other half comes.

A note beside each tells whoever looks into the folder what is missing; its age is how long the
half has waited, for the file's own times may be those of the original it was copied from.
"""

import os
from contextlib import suppress
from pathlib import Path

from orderterm.duties import folders
from orderterm.duties.folders import Ready

Neighbours = frozenset[tuple[str, float]]


class Halves:
    """The halves that wait in the inbox; each is looked at anew when something beside it changes.

    Args:
        inbox: the watched folder.
        minutes: how long a half waits.
    """

    def __init__(self, inbox: Path, minutes: float) -> None:
        self._inbox = inbox
        self._seconds = minutes * 60
        self._seen: dict[Path, Neighbours] = {}

    def waits(self, ready: Ready) -> bool:
        """Whether it has been looked at, and neither anything has changed nor its time is up."""
        if ready.path not in self._seen or self.is_overdue(ready):
            return False
        return self._seen[ready.path] == _neighbours(ready.path.parent)

    def is_overdue(self, ready: Ready) -> bool:
        """Whether it has waited for so long that the other half will not come."""
        since = _since(ready.path)
        return since is not None and ready.now - since > self._seconds

    def taken(self, path: Path) -> float | None:
        """The file was taken from its folder; returns since when it has waited there."""
        since = _since(path)
        if since is not None:
            _note_for(path).unlink(missing_ok=True)
        self._seen.pop(path, None)
        return since

    def put_back(self, path: Path, since: float | None, reason: str) -> bool:
        """The file lies in its folder again; returns whether it is the first time."""
        note = _note_for(path)
        note.write_text(reason, encoding="utf-8")
        if since is not None:
            os.utime(note, (since, since))
        self._seen[path] = _neighbours(path.parent)
        return since is None

    def tidy(self) -> None:
        """Remove the notes of halves that somebody has taken away."""
        for pattern in ("*", "*/*"):
            self._tidy(pattern + folders.WAITING)

    def _tidy(self, pattern: str) -> None:
        for note in self._inbox.glob(pattern):
            path = note.with_name(note.name.removesuffix(folders.WAITING))
            if not os.path.lexists(path):
                note.unlink(missing_ok=True)
                self._seen.pop(path, None)


def _note_for(path: Path) -> Path:
    return path.with_name(path.name + folders.WAITING)


def _since(path: Path) -> float | None:
    with suppress(OSError):
        return _note_for(path).stat().st_mtime
    return None


def _neighbours(folder: Path) -> Neighbours:
    found = set()
    with os.scandir(folder) as entries:
        for entry in entries:
            if folders.is_ours_to_take(entry.name):
                with suppress(FileNotFoundError):
                    found.add((entry.name, entry.stat(follow_symlinks=False).st_mtime))
    return frozenset(found)
