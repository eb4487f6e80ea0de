"""Posting to a gateway: one place for time limits, certificates, and what is told of an answer.

Nothing of the environment changes where a message goes: no proxy, no password file, no redirect.
Certificates are checked against the system's own.
"""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import urllib3
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as TimedOut

from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import SendFailed
from orderterm.duties.senders.quoting import hush, plain, quoted
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say

_MOST_BYTES = 65536
_CHUNK_BYTES = 8192

hush("urllib3.connectionpool")


class Reply(NamedTuple):
    """What a gateway answered."""

    status: int
    body: bytes

    @property
    def well(self) -> bool:
        """Whether the gateway took the request, as far as HTTP goes."""
        return 200 <= self.status < 300

    def document(self) -> dict[str, Any]:
        """The JSON object in it; empty where there is none."""
        try:
            return msgspec.json.decode(self.body, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}


class Gateway:
    """The other side of a sender that posts over HTTP.

    Args:
        name: of the sender, for what is told.
        secrets: what must not be told.
        timeout: how many seconds one request may take.
    """

    def __init__(self, name: str, secrets: Secrets, timeout: float) -> None:
        self.name = name
        self._secrets = secrets
        self._timeout = timeout

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
        """Post a JSON document.

        Raises:
            SendFailed: there was no answer; the sentence tells the host alone of the address.
        """
        host = urlsplit(url).hostname or ""
        kept = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "orderterm"}
        with self._failures_told(host), urllib3.PoolManager(retries=False) as pool:
            started = time.monotonic()
            reply = pool.request(
                "POST",
                url,
                body=body,
                headers={**kept, **(headers or {})},
                redirect=False,
                timeout=urllib3.Timeout(total=self._timeout),
                preload_content=False,
                decode_content=False,
            )
            try:
                return Reply(reply.status, self._read(reply, started + self._timeout))
            finally:
                reply.close()

    def misread(self, reply: Reply) -> SendFailed:
        """To raise of an answer that is not what this kind of gateway says."""
        words = quoted(reply.body.decode(errors="replace"), self._secrets)
        if reply.well:
            return SendFailed(unclear(self.name, words))
        return self.refused(f"HTTP {reply.status}", words)

    def refused(self, code: object, words: object, *, final: bool = False) -> SendFailed:
        """To raise of a refusal, with the gateway's own code and words."""
        return SendFailed(
            "sender {name}: refused with {code}: {words}",
            final=final,
            name=self.name,
            code=quoted(str(code), self._secrets),
            words=quoted(str(words), self._secrets),
        )

    def receipt(self, words: object) -> str:
        """The gateway's own name for what it took, as it may be kept."""
        return "" if words is None else plain(str(words), self._secrets)

    def _read(self, reply: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
        """The start of the body; no gateway needs more to say yes or no."""
        body = b""
        while len(body) < _MOST_BYTES and (chunk := reply.read1(_CHUNK_BYTES)):
            body += chunk
            if time.monotonic() > deadline:  # a trickle keeps each single read in time
                raise SendFailed(self._late())
        return body[:_MOST_BYTES]

    @contextmanager
    def _failures_told(self, host: str) -> Iterator[None]:
        """Errors as sentences; their own words and causes hold the whole address."""
        try:
            yield
        except NameResolutionError:
            raise SendFailed(
                "sender {name}: nobody knows where {host} is; check its address and the network",
                name=self.name,
                host=host,
            ) from None
        except NewConnectionError as error:  # for urllib3 a kind of being late
            raise SendFailed(broken(self.name, host, error)) from None
        except TimedOut:
            raise SendFailed(self._late()) from None
        except SSLError as error:
            raise SendFailed(distrust(self.name, host, error.args[0])) from None
        except (HTTPError, OSError) as error:
            raise SendFailed(broken(self.name, host, error)) from None

    def _late(self) -> Sentence:
        return late(self.name, self._timeout)


def unclear(name: str, words: str) -> Sentence:
    """That the answer is none that such a gateway gives."""
    return say(
        "sender {name}: an answer that says neither yes nor no: {words}", name=name, words=words
    )


def late(name: str, seconds: float) -> Sentence:
    """That there was no answer in time."""
    return say("sender {name}: no answer within {seconds} s", name=name, seconds=seconds)


def broken(name: str, host: str, error: BaseException) -> Sentence:
    """That there was no connection, or that it broke."""
    return say(
        "sender {name}: no connection to {host} ({reason})",
        name=name,
        host=host,
        reason=_reason(error),
    )


def distrust(name: str, host: str, error: object) -> Sentence:
    """That the other side is not, or not provably, who it is meant to be."""
    reason = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else "TLS"
    return say(
        "sender {name}: {host} can't be trusted ({reason}); nothing was sent",
        name=name,
        host=host,
        reason=reason,
    )


def web_address(name: str, address: str, place: str) -> str:
    """``address``, which ``place`` holds, if it is one of the web; it is told to nobody.

    Raises:
        OrdertermError: it is none.
    """
    try:
        parts = urlsplit(address)
        if parts.scheme in ("https", "http") and parts.hostname and " " not in address:
            return address
    except ValueError:
        pass
    raise OrdertermError(
        "sender {name}: what {place} holds is no address that begins with https://",
        name=name,
        place=place,
    )


def _reason(error: BaseException) -> str:
    """The system's word for it, or the kind of error: the rest may hold the address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
