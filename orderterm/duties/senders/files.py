"""Sending without a network: each message becomes a text file for a clerk, or another program."""

import hashlib
import os
import re
import secrets
from pathlib import Path

from orderterm.duties.senders import Letter, SendFailed
from orderterm.sentences import say

_UNSAFE = re.compile(r"[^A-Za-z0-9._:-]")


class Files:
    """Writes messages into ``folder``; a repeat overwrites the file of the first try."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter) -> str:
        """Write the message down; returns the file's path.

        Raises:
            SendFailed: the file can't be written.
        """
        file = self._folder / f"{_file_name(letter.key)}.txt"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(file, _page(letter))
        except OSError as error:
            raise SendFailed(
                "{file} can't be written: {reason}",
                file=file,
                reason=error.strerror or type(error).__name__,
            ) from error
        return str(file)


def _file_name(key: str) -> str:
    """``key`` as a file's name, another one for each key."""
    name = _UNSAFE.sub("_", key)
    if name != key:
        name += f"-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    return name.replace(":", "-").lstrip(".")


def _page(letter: Letter) -> str:
    head = [say("Subject: {subject}", subject=letter.subject)]
    if letter.contact:
        head.insert(0, say("To: {contact}", contact=letter.contact))
    return "\n".join([*(line.text(letter.language) for line in head), "", letter.text, ""])


def _write(file: Path, text: str) -> None:
    """Put ``text`` into ``file`` whole or not at all, and onto the disk before it is sent."""
    half = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with half.open("x", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
