"""Sending by a program of the company's own, which gets each message as JSON."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import msgspec

from orderterm.duties.senders import Letter, SendFailed
from orderterm.outgoing import ProgramSender

REFUSED = os.EX_DATAERR
"""The exit code by which the program says that trying again is of no use."""
_LONGEST = 300


class Program:
    """Starts ``config.command`` for each message, in the home's folder."""

    def __init__(self, name: str, config: ProgramSender, home: Path, timeout: float) -> None:
        self._name = name
        self._command = config.command
        self._home = home
        self._timeout = timeout

    def send(self, letter: Letter) -> str:
        """Hand the message over on standard input; returns the first line that is printed.

        Raises:
            SendFailed: the program is not there, takes too long, or ends with another code than 0.
        """
        try:
            process = subprocess.Popen(
                self._command,
                cwd=self._home,
                stdin=subprocess.PIPE,
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
        with process:
            printed, complained = self._talk(process, msgspec.json.encode(letter))
        if process.returncode:
            raise SendFailed(
                "the program of sender {name} ended with code {code}: {reason}",
                name=self._name,
                code=process.returncode,
                reason=_line(complained, -1),
                final=process.returncode == REFUSED,
            )
        return _line(printed, 0)

    def _talk(self, process: subprocess.Popen[bytes], message: bytes) -> tuple[bytes, bytes]:
        try:
            return process.communicate(message, timeout=self._timeout)
        except subprocess.TimeoutExpired:
            raise SendFailed(
                "the program of sender {name} had not ended after {seconds} s",
                name=self._name,
                seconds=self._timeout,
            ) from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _line(output: bytes, index: int) -> str:
    """The first (0) or last (-1) line that is not blank; "" where there is none."""
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines()]
    told = [line for line in lines if line]
    return told[index][:_LONGEST] if told else ""
