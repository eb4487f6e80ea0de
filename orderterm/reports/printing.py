"""Getting lines onto paper: into a file, or through the printer's own program."""

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import IO

from orderterm.errors import OrdertermError
from orderterm.reports.tables import printable

PATIENCE_SECONDS = 20.0

_NAME_BYTES = 200
"""Of a file's name, so that with a number and its ending it fits any file system."""
_COMPLAINT_LENGTH = 200


def save(lines: Sequence[str], folder: Path, name: str) -> Path:
    """Write ``lines`` into a new file, whole or not at all; no other file is overwritten.

    Args:
        lines: without line ends.
        folder: where to; made when it is not there.
        name: the file's name; where it is taken, a number is put before its ending.

    Returns:
        The file, in UTF-8.

    Raises:
        OrdertermError: it can't be written; says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".printing-", dir=folder) as nearby:
            whole = Path(nearby, "whole")
            whole.write_text(_text(lines), encoding="utf-8", newline="")
            return next(path for path in _names(folder, name) if _take(whole, path))
    except OSError as error:
        raise OrdertermError(
            "{name} can't be written to {folder}: {reason}; name another folder",
            name=name,
            folder=folder,
            reason=error.strerror,
        ) from error


def send(lines: Sequence[str], command: str, patience: float = PATIENCE_SECONDS) -> None:
    """Hand ``lines`` to a program that prints what it reads, in UTF-8.

    Args:
        lines: without line ends.
        command: the program with its options, as ``lp -d label``; no shell reads it.
        patience: how many seconds it may take; after that it is ended with all it started.

    Raises:
        OrdertermError: the program is missing, fails or takes too long.
    """
    arguments = _arguments(command)
    with tempfile.TemporaryFile() as complaint:
        try:
            ended = _run(arguments, _text(lines).encode(), complaint, patience)
        except OSError as error:
            raise OrdertermError(
                "the print command {command} can't be started: {reason}; install it, or name "
                "another one",
                command=command,
                reason=error.strerror,
            ) from error
        except subprocess.TimeoutExpired:
            raise OrdertermError(
                "the print command {command} did not end within {seconds} s and was stopped: "
                "see whether the printer is there, then try again",
                command=command,
                seconds=round(patience),
            ) from None
        if ended != 0:
            raise OrdertermError(
                "the print command {command} failed ({code}): {complaint}",
                command=command,
                code=ended,
                complaint=_last_words(complaint),
            )


def _text(lines: Sequence[str]) -> str:
    return "".join(printable(line) + "\n" for line in lines)


def _names(folder: Path, name: str) -> Iterator[Path]:
    """``name`` and then the same with a number; without what would lead out of the folder."""
    whole = Path(printable(name).replace("/", "-").lstrip("."))
    stem = whole.stem.encode(errors="replace")[:_NAME_BYTES].decode(errors="ignore")
    yield folder / (stem + whole.suffix)
    yield from (folder / f"{stem}-{number}{whole.suffix}" for number in count(2))


def _take(whole: Path, target: Path) -> bool:
    """Give a finished file its name; False where another has it."""
    try:
        # Unlike a rename, a link never takes another file's place.
        os.link(whole, target)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            return False
        whole.rename(target)
    return True


def _arguments(command: str) -> list[str]:
    try:
        arguments = shlex.split(command)
    except ValueError as error:
        raise OrdertermError(
            "the print command {command} can't be read ({reason}): write it as in a terminal, "
            "such as lp -d label",
            command=command,
            reason=error,
        ) from None
    if not arguments:
        raise OrdertermError("there is no print command: name one, such as lp")
    return arguments


def _run(arguments: list[str], data: bytes, complaint: IO[bytes], patience: float) -> int:
    # In a session of its own the program can't write on the terminal, and what it starts can be
    # ended with it. Its complaint goes to a file: somebody it left behind may keep a pipe open.
    with subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=complaint,
        start_new_session=True,
    ) as printer:
        try:
            printer.communicate(data, timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(printer.pid, signal.SIGKILL)
            raise
        return printer.returncode


def _last_words(complaint: IO[bytes]) -> str:
    complaint.seek(0)
    told = [line for line in complaint.read().decode(errors="replace").splitlines() if line.strip()]
    return printable(told[-1]).strip()[:_COMPLAINT_LENGTH] if told else "?"
