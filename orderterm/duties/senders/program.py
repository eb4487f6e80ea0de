"""Sending by a program of the company's own, which gets each message as JSON."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from typing import Any

import msgspec

from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import Letter, SendFailed
from orderterm.outgoing import ProgramSender

REFUSED = os.EX_DATAERR
"""The exit code by which the program says that trying again is of no use."""
_LONGEST = 300
_KEPT_BYTES = 65536
"""Of what a program prints, at either end: one that never stops must not fill the memory."""
_LAST_WORDS_SECONDS = 1.0
"""For what is still in a pipe when its program has ended."""


class Program:
    """Starts ``config.command`` for each message, in the home's folder.

    What it says is told without ``secrets``: it sees those of the environment.
    """

    def __init__(
        self, name: str, config: ProgramSender, home: Path, secrets: Secrets, timeout: float
    ) -> None:
        self._name = name
        self._secrets = secrets
        self._command = config.command
        self._home = home
        self._timeout = timeout

    def send(self, letter: Letter) -> str:
        """Hand the message over on standard input; returns the first line that is printed.

        Raises:
            SendFailed: the program is not there, takes too long, or ends with another code than 0.
        """
        process = self._started(msgspec.json.encode(letter))
        ears = _Ear(process.stdout), _Ear(process.stderr)
        self._end(process)
        printed, complained = (ear.words() for ear in ears)
        if process.returncode:
            raise SendFailed(
                "the program of sender {name} ended with code {code}: {reason}",
                name=self._name,
                code=process.returncode,
                reason=self._line(complained[1], -1),
                final=process.returncode == REFUSED,
            )
        return self._line(printed[0], 0)

    def _line(self, output: bytes, index: int) -> str:
        """The first (0) or last (-1) line in which anything can be seen; "" where none is."""
        text = self._secrets.scrub(output.decode("utf-8", "replace"))
        lines = [_seen(line) for line in text.splitlines()]
        told = [line for line in lines if line]
        return told[index][:_LONGEST] if told else ""

    def _started(self, message: bytes) -> subprocess.Popen[bytes]:
        try:
            with TemporaryFile() as file:  # a pipe would be full where the program does not read
                file.write(message)
                file.seek(0)
                return subprocess.Popen(
                    self._command,
                    bufsize=0,
                    cwd=self._home,
                    stdin=file,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,  # so that what it starts can be ended with it
                )
        except (OSError, ValueError, IndexError) as error:
            raise SendFailed(
                "the program of sender {name} can't be started: {reason}",
                name=self._name,
                reason=getattr(error, "strerror", None) or str(error),
            ) from error

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the program's end, and end whatever it leaves behind."""
        try:
            process.wait(self._timeout)
        except subprocess.TimeoutExpired:
            raise SendFailed(
                "the program of sender {name} had not ended after {seconds} s",
                name=self._name,
                seconds=self._timeout,
            ) from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class _Ear:
    """Hears a pipe out, and keeps how it begins and how it ends."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._first = self._last = b""
        # What has left the session may hold the pipe open: nobody waits for that.
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def words(self) -> tuple[bytes, bytes]:
        """The beginning and the end of what was said."""
        self._thread.join(_LAST_WORDS_SECONDS)
        return self._first, self._last

    def _listen(self) -> None:
        with self._pipe as pipe:
            while chunk := pipe.read(_KEPT_BYTES):
                self._first += chunk[: _KEPT_BYTES - len(self._first)]
                self._last = (self._last + chunk)[-_KEPT_BYTES:]


def _seen(line: str) -> str:
    """``line`` without what would do something to the terminal that it is shown on."""
    return "".join(sign if sign.isprintable() else " " for sign in line).strip()
