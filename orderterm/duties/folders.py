"""The inbox on disk: what lies ready, what names files get, and putting them away.

inbox/CODE/             where files are dropped
inbox/.work/TOKEN/CODE/ what one running engine has taken
inbox/done/DATE/        taken in
inbox/rejected/         not taken, each beside a note that says why
"""

import errno
import fcntl
import os
import signal
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import NamedTuple

WORK, DONE, REJECTED = ".work", "done", "rejected"
PROBE = ".probe"
WAITING = ".waiting.txt"
_REASON = ".reason.txt"
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".download", ".swp", "~")
_OURS = (_REASON, WAITING)
# What network storage and the shipped inbox keep in a folder beside the files.
_NOT_DROPPED = ("samples", "lost+found", "@eadir", "#recycle", "$recycle.bin", "__macosx")
_NAME_BYTES = 200


class Ready(NamedTuple):
    """Something in a folder of the inbox that may be taken.

    ``folder``: the channel's, empty for the inbox itself; ``age``: seconds since anything
    happened to it, by the folder's own clock, which shows ``now``; ``is_file``: no link, no
    folder, no device.
    """

    folder: str
    path: Path
    age: float
    now: float
    is_file: bool


def folder_clock(inbox: Path) -> float:
    """The time by the clock that stamps the inbox's files (a server's, on a network share)."""
    probe = inbox / WORK / PROBE
    probe.parent.mkdir(exist_ok=True)
    probe.touch()
    return probe.stat().st_mtime


def lying_in(inbox: Path) -> Iterator[Ready]:
    """Everything in the inbox's folders that may be taken, whole or not yet.

    Raises:
        OSError: the inbox itself is away.
    """
    now = folder_clock(inbox)
    for folder in sorted(inbox.iterdir()):
        if is_channel_folder(folder):
            # One folder that is just being removed, or locked away, must not hide the others.
            with suppress(OSError):
                yield from _lying_in_folder(folder, folder.name, now)
    yield from _lying_in_folder(inbox, "", now)


def is_channel_folder(folder: Path) -> bool:
    """Whether files may be dropped in this folder of the inbox."""
    ours = folder.name in (DONE, REJECTED) or folder.name.startswith(".")
    return not ours and folder.name.lower() not in _NOT_DROPPED and folder.is_dir()


def _lying_in_folder(folder: Path, name: str, now: float) -> Iterator[Ready]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if not is_ours_to_take(entry.name):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        if not name and stat.S_ISDIR(status.st_mode):
            continue
        # A copy may keep the time of its original; when it was put here, only this one tells.
        age = now - status.st_ctime
        yield Ready(name, Path(entry.path), age, now, stat.S_ISREG(status.st_mode))


def is_ours_to_take(name: str) -> bool:
    """Whether a file of this name is meant for the engine: no note, no half-copied file."""
    lower = name.lower()
    if name.startswith((".", "~$")) or lower.startswith("readme") or lower in _NOT_DROPPED:
        return False
    return not lower.endswith((*_UNFINISHED, *_OURS))


def is_being_written(path: Path) -> bool:
    """Whether a program of this machine has the file open for writing, as far as can be told.

    Linux grants a lease for reading only while nobody writes; elsewhere, and on network
    folders, the answer is no.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        # Who opens the file in between breaks the lease; the signal for it must not end us.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(file)
    return False


# -- names ------------------------------------------------------------------------------------


def plain_name(name: str) -> str:
    """``name`` as it can be printed and stored, and short enough for what is put after it."""
    text = "".join(c if c.isprintable() else " " for c in _readable(os.fsencode(name)))
    stem, suffix = os.path.splitext(text)
    if len(suffix) > 12:
        stem, suffix = text, ""
    return stem.encode()[:_NAME_BYTES].decode(errors="ignore") + suffix


def _readable(name: bytes) -> str:
    """Archives packed on Chinese Windows name their files in GB18030."""
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return name.decode(encoding)
    return name.decode(errors="replace")


def names(folder: Path, name: str) -> Iterator[Path]:
    """Paths for ``name`` in ``folder``: first as it is, then numbered; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    stem, suffix = os.path.splitext(name)
    yield folder / name
    for number in count(2):
        yield folder / f"{stem} ({number}){suffix}"


def free_name(folder: Path, name: str) -> Path:
    """A path for ``name`` in ``folder`` that nothing has yet; the folder is made."""
    return next(path for path in names(folder, name) if not os.path.lexists(path))


# -- putting away -----------------------------------------------------------------------------


def move(path: Path, folder: Path) -> Path:
    """Move ``path`` into ``folder``, never over another file; returns where it lies."""
    for target in names(folder, path.name):
        if not os.path.lexists(target) and _moved(path, target):
            return target
    raise AssertionError("unreachable: the names never end")


def _moved(path: Path, target: Path) -> bool:
    """Move to a name that seems free; False where somebody else was faster."""
    try:
        # Unlike a rename, a link never takes another file's place.
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except FileNotFoundError:
        raise
    except OSError:  # a folder, or a file system without hard links
        path.rename(target)
        return True
    path.unlink()
    return True


def put_away(inbox: Path, path: Path, day: date) -> Path:
    """Move a file that was taken in to ``done/DATE/``; returns where it lies."""
    return move(path, inbox / DONE / day.isoformat())


def reject(inbox: Path, path: Path, reason: str) -> Path:
    """Move a file to ``rejected/`` and put a note beside it; returns where it lies."""
    for target in names(inbox / REJECTED, path.name):
        # The note first: a file in rejected/ without a reason would help nobody. Whoever makes
        # the note has the name.
        if not os.path.lexists(target) and _noted(target, reason):
            path.rename(target)
            return target
    raise AssertionError("unreachable: the names never end")


def write_rejected(inbox: Path, name: str, content: str, reason: str) -> Path:
    """Write a file of ``content`` to ``rejected/`` with a note; returns where it lies."""
    for target in names(inbox / REJECTED, name):
        if not os.path.lexists(target) and _noted(target, reason):
            # Spreadsheets take a CSV for UTF-8 only if it begins with the mark.
            target.write_text(content, encoding="utf-8-sig", newline="")
            return target
    raise AssertionError("unreachable: the names never end")


def _noted(path: Path, reason: str) -> bool:
    try:
        with note_for(path).open("x", encoding="utf-8") as note:
            note.write(reason)
    except FileExistsError:
        return False
    return True


def note_for(path: Path) -> Path:
    """The note beside a rejected file."""
    return path.with_name(path.name + _REASON)
