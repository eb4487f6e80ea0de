"""Secrets: read from the environment or a file that only its owner can read, and never shown."""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from orderterm.errors import OrdertermError

HIDDEN = "***"
_MOST_BYTES = 65536
_TELLING = 8
"""Characters from which on a part of a secret address is hidden by itself."""


class Secret:
    """A value that shows itself nowhere; ``reveal`` gives it to whom it is meant for.

    Args:
        place: where it is kept, as the settings say it.
        value: what is kept there.
    """

    __slots__ = ("_value", "place")

    def __init__(self, place: str, value: str) -> None:
        self.place = place
        self._value = value

    def __repr__(self) -> str:
        return f"Secret({self.place!r})"

    __str__ = __repr__

    def reveal(self) -> str:
        """The value itself; it must go nowhere but to the other side."""
        return self._value


class Secrets:
    """Reads secrets, and takes out of any text those it has read.

    Args:
        home: the home's folder, that a file may be in.
        environ: the environment, if another than the program's own.
    """

    def __init__(self, home: Path, environ: Mapping[str, str] | None = None) -> None:
        self._home = home
        self._environ = os.environ if environ is None else environ
        self._shown: set[str] = set()

    def read(self, place: str) -> Secret:
        """The secret that is kept at ``place``: "env:NAME" or "file:PATH".

        Raises:
            OrdertermError: there is none, it is empty or more than a line, or others can read it.
        """
        kind, _, name = place.partition(":")
        text = self._of_file(place, self._home / name) if kind == "file" else self._of_env(name)
        value = text.removesuffix("\n").removesuffix("\r")
        if not value.strip():
            raise OrdertermError("the secret {place} is empty; put it there", place=place)
        if not value.isprintable():
            raise OrdertermError(
                "the secret {place} holds more than one line, or characters that can't be "
                "seen; keep nothing there but the secret",
                place=place,
            )
        self._shown.update(_forms(value))
        return Secret(place, value)

    def optional(self, place: str) -> Secret | None:
        """As ``read``; None where ``place`` is ""."""
        return self.read(place) if place else None

    def scrub(self, text: str) -> str:
        """``text`` without any secret that was read, nor the telling parts of a secret address."""
        for shown in sorted(self._shown, key=len, reverse=True):
            text = text.replace(shown, HIDDEN)
        return text

    def _of_env(self, name: str) -> str:
        try:
            return self._environ[name]
        except KeyError:
            raise OrdertermError(
                "there is no variable {name} in the environment, where a secret is to be; set it "
                "for the user that runs orderterm",
                name=name,
            ) from None

    def _of_file(self, place: str, file: Path) -> str:
        try:
            content = _content(file)
        except (OSError, ValueError) as error:
            raise OrdertermError(
                "the secret {place} can't be read ({reason}); it must be a file of the user that "
                "runs orderterm",
                place=place,
                reason=getattr(error, "strerror", None) or type(error).__name__,
            ) from None
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise OrdertermError("the secret {place} is not text in UTF-8", place=place) from None


def _content(file: Path) -> bytes:
    """What lies in ``file``, of which only its owner knows."""
    # A pipe that lies there must not make the program wait for its writer.
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _check_owner(file, os.fstat(handle))
        return os.read(handle, _MOST_BYTES)
    finally:
        os.close(handle)


def _check_owner(file: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OrdertermError("{file} is no plain file, as a secret's must be", file=file)
    if status.st_uid not in (os.geteuid(), 0):
        raise OrdertermError(
            "{file} holds a secret but belongs to another user; `chown` it to the user that runs "
            "orderterm",
            file=file,
        )
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise OrdertermError(
            "{file} holds a secret and others can read it; run `chmod 600 {file}`", file=file
        )


def _forms(value: str) -> Iterator[str]:
    """How ``value`` may come back in somebody's answer."""
    for part in (value, *_address_parts(value)):
        yield from (part, quote(part, safe=""), quote(part))
        for quoted in (json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1]):
            yield from (quoted, quoted.replace("/", "\\/"))


def _address_parts(value: str) -> Iterator[str]:
    """What is secret in an address: its path and query, the name and password before the host.

    An address without a host gives nothing, for it is hidden whole.
    """
    try:
        address = urlsplit(value)
        parts = [address.username, address.password, *address.path.split("/")]
    except ValueError:
        return
    if not address.scheme or not address.netloc:
        return
    if not address.scheme.startswith("http"):  # such as Apprise's own, whose host is often a token
        parts.append(address.hostname)
    parts += [text for _, text in parse_qsl(address.query)]
    yield from (
        form for part in parts if part and len(part) >= _TELLING for form in (part, unquote(part))
    )
