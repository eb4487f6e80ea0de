"""Short messages by Aliyun: approved templates only, and success is ``Code == "OK"`` alone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orderterm import outgoing
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import Letter, SendFailed
from orderterm.duties.senders.addresses import phone
from orderterm.duties.senders.extras import of_extra
from orderterm.duties.senders.http import broken, distrust, late, unclear
from orderterm.duties.senders.quoting import hush, plain, quoted
from orderterm.sentences import Sentence

if TYPE_CHECKING:
    from alibabacloud_dysmsapi20170525.models import SendSmsRequest  # type: ignore[import-untyped]

_FINAL = {
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.PHONE_NUMBER_ILLEGAL",
    "isv.PARAM_LENGTH_LIMIT",
    "isv.PARAM_NOT_SUPPORT_URL",
    "isv.BLACK_KEY_CONTROL_LIMIT",
}
"""What is wrong with the message itself; the rest (money, limits, approval) can be mended."""


class AliyunSms:
    """Sends the template of a message's kind, filled by Aliyun with the message's facts.

    Args:
        name: of the sender.
        config: its settings.
        secrets: reads the access key.
        timeout: how many seconds a request may take.

    Raises:
        OrdertermError: the extra is not installed, or a secret can't be read.
    """

    def __init__(
        self, name: str, config: outgoing.AliyunSmsSender, secrets: Secrets, timeout: float
    ) -> None:
        with of_extra(name, "aliyun"):
            from alibabacloud_dysmsapi20170525 import client, models  # type: ignore[import-untyped]
            from alibabacloud_tea_openapi.models import Config  # type: ignore[import-untyped]
            from darabonba.runtime import RuntimeOptions  # type: ignore[import-untyped]
        hush("darabonba-core")
        self._name = name
        self._config = config
        self._secrets = secrets
        self._timeout = timeout
        self._models = models
        self._host, protocol = _host(config.endpoint)
        milliseconds = max(1, round(timeout * 1000))
        self._patience = RuntimeOptions(connect_timeout=milliseconds, read_timeout=milliseconds)
        self._client = client.Client(
            Config(
                access_key_id=secrets.read(config.access_key_id).reveal(),
                access_key_secret=secrets.read(config.access_key_secret).reveal(),
                endpoint=self._host,
                protocol=protocol,
            )
        )

    def send(self, letter: Letter) -> str:
        """Send the short message; the receipt is Aliyun's BizId."""
        request = self._request(letter)
        with self._failures_told():
            reply = self._client.send_sms_with_options(request, self._patience)
            body = reply.body
            code = body.code
        if code == "OK":
            return plain(str(body.biz_id or ""), self._secrets)
        if code is None:
            raise SendFailed(unclear(self._name, quoted(str(body.to_map()), self._secrets)))
        raise self._refused(code, body.message)

    def _request(self, letter: Letter) -> "SendSmsRequest":
        number = phone(letter.contact)
        if not number:
            raise SendFailed(
                "sender {name}: the contact is no phone number; mend it, or narrow the route to "
                "contact = {kind}",
                final=True,
                name=self._name,
                kind='"phone"',
            )
        facts = {key: str(value) for key, value in letter.facts.items()}
        return self._models.SendSmsRequest(
            phone_numbers=number,
            sign_name=self._config.sign_name,
            template_code=self._template(letter),
            template_param=json.dumps({**facts, "number": letter.order_number}, ensure_ascii=False),
            out_id=letter.key,
        )

    def _template(self, letter: Letter) -> str:
        found = self._config.template(letter.kind, letter.language)
        if found is None:
            raise SendFailed(
                "sender {name} has no template for {kind}; add it to its templates",
                name=self._name,
                kind=letter.kind,
            )
        return found

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        """Errors as sentences; their own words and causes hold the whole request."""
        from Tea.exceptions import TeaException, UnretryableException  # type: ignore[import-untyped]

        try:
            yield
        except UnretryableException as error:
            raise SendFailed(self._unanswered(error.inner_exception)) from None
        except TeaException as error:
            data = error.data if isinstance(error.data, dict) else {}
            raise self._refused(error.code, data.get("Message", "")) from None
        except (AttributeError, TypeError, ValueError) as error:
            # So the library stumbles over answers that are not what it expects.
            raise SendFailed(unclear(self._name, type(error).__name__)) from None

    def _unanswered(self, error: BaseException | None) -> Sentence:
        from requests import exceptions

        cause = error.__context__ if error is not None else None
        if isinstance(cause, exceptions.Timeout):
            return late(self._name, self._timeout)
        if isinstance(cause, exceptions.SSLError):
            return distrust(self._name, self._host, cause)
        if isinstance(cause, OSError):
            return broken(self._name, self._host, cause)
        return unclear(self._name, type(error).__name__)

    def _refused(self, code: Any, words: Any) -> SendFailed:
        return SendFailed(
            "sender {name}: refused with {code}: {words}",
            final=code in _FINAL,
            name=self._name,
            code=quoted(str(code), self._secrets),
            words=quoted(str(words or ""), self._secrets),
        )


def _host(endpoint: str) -> tuple[str, str]:
    """Host and protocol of an endpoint; plain HTTP is for a gateway in between."""
    if "://" not in endpoint:
        return endpoint, "HTTPS"
    parts = urlsplit(endpoint)
    return parts.netloc, parts.scheme.upper()
