"""The company's own webhook: a JSON document, signed so that nobody else can send one."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

import msgspec

from orderterm import outgoing
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import Letter
from orderterm.duties.senders.http import Gateway, Reply, web_address

_ABOUT_THE_SETUP = (401, 403, 404, 407)
_FOR_THE_MOMENT = (408, 425, 429)


class Webhook:
    """Posts a message to the company's own gateway.

    Args:
        name: of the sender.
        config: its settings.
        secrets: reads the secret it signs with.
        timeout: how many seconds a request may take.
        clock: tells the time, aware.

    Raises:
        OrdertermError: the secret can't be read, or the address is none.
    """

    def __init__(
        self,
        name: str,
        config: outgoing.WebhookSender,
        secrets: Secrets,
        timeout: float,
        clock: Callable[[], datetime],
    ) -> None:
        self._gateway = Gateway(name, secrets, timeout)
        self._url = web_address(name, config.url, "url")
        self._secret = secrets.read(config.secret)
        self._clock = clock

    def send(self, letter: Letter) -> str:
        """Post ``letter``; the receipt is the "id" of the answer."""
        body = msgspec.json.encode(letter)
        timestamp = str(int(self._clock().timestamp()))
        signed = hmac.digest(
            self._secret.reveal().encode(), timestamp.encode() + b"." + body, hashlib.sha256
        )
        reply = self._gateway.post(
            self._url,
            body,
            {
                "Idempotency-Key": letter.key,
                "X-Orderterm-Timestamp": timestamp,
                "X-Orderterm-Signature": f"sha256={signed.hex()}",
            },
        )
        return self._receipt(reply)

    def _receipt(self, reply: Reply) -> str:
        answer = reply.document()
        if not reply.well:
            raise self._gateway.refused(
                f"HTTP {reply.status}",
                answer.get("error") or reply.body.decode(errors="replace"),
                final=_is_final(reply.status),
            )
        if answer.get("error"):
            raise self._gateway.refused(
                f"HTTP {reply.status}", answer["error"], final=answer.get("final") is True
            )
        return self._gateway.receipt(answer.get("id"))


def _is_final(status: int) -> bool:
    """Whether the message itself was refused; what is wrong with the set-up can be mended."""
    return 400 <= status < 500 and status not in (*_ABOUT_THE_SETUP, *_FOR_THE_MOMENT)
