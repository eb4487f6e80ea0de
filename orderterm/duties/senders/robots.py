"""Group robots of WeCom, DingTalk and Feishu: posted to directly, their own code read.

HTTP 200 is no success for any of them. A refusal is never final: it is about the robot (its key,
signature, keywords), which can be mended while the message waits. They may speak so often a minute
and no more, so each message waits for its turn.
"""

import base64
import hashlib
import hmac
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import msgspec

from orderterm import outgoing
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import Letter
from orderterm.duties.senders.addresses import phone
from orderterm.duties.senders.http import Gateway, web_address
from orderterm.sentences import say
from orderterm.terms import MessageKind

Clock = Callable[[], datetime]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Robot(ABC):
    """What the three have in common.

    Args:
        name: of the sender.
        url: where the robot's address is kept.
        secrets: reads it.
        timeout: how many seconds a request may take.
    """

    codes: ClassVar[tuple[str, ...]] = ("errcode",)
    """The fields of an answer that may hold its code; the first that is there counts."""
    words: ClassVar[str] = "errmsg"
    pause_seconds: ClassVar[float] = 3.0
    """Between two messages: 20 a minute."""

    def __init__(self, name: str, url: str, secrets: Secrets, timeout: float) -> None:
        self._gateway = Gateway(name, secrets, timeout)
        self._url = web_address(name, secrets.read(url).reveal(), url)
        self._free_at = time.monotonic()

    def send(self, letter: Letter) -> str:
        """Say ``letter`` in the group, when it is its turn; there is no receipt."""
        self._take_turn()
        reply = self._gateway.post(self._address(), msgspec.json.encode(self._document(letter)))
        answer = reply.document()
        code = next((answer[field] for field in self.codes if field in answer), None)
        if not reply.well or type(code) is not int:
            raise self._gateway.misread(reply)
        if code != 0:
            raise self._gateway.refused(code, answer.get(self.words, ""))
        return ""

    def _take_turn(self) -> None:
        time.sleep(max(0.0, self._free_at - time.monotonic()))
        self._free_at = time.monotonic() + self.pause_seconds

    def _address(self) -> str:
        return self._url

    @abstractmethod
    def _document(self, letter: Letter) -> dict[str, Any]: ...


class Wecom(_Robot):
    """A group robot of WeCom.

    Args:
        name: of the sender.
        config: its settings.
        secrets: reads its address.
        timeout: how many seconds a request may take.

    Raises:
        OrdertermError: the address can't be read, or is none.
    """

    longest = 2048

    def __init__(
        self, name: str, config: outgoing.WecomSender, secrets: Secrets, timeout: float
    ) -> None:
        super().__init__(name, config.url, secrets, timeout)

    def _document(self, letter: Letter) -> dict[str, Any]:
        text: dict[str, Any] = {"content": cut(said(letter), self.longest)}
        if mobile := mentioned(letter):
            text["mentioned_mobile_list"] = [mobile]
        return {"msgtype": "text", "text": text}


class _SigningRobot(_Robot):
    """A robot that wants a signature where its group asks for one."""

    longest = 16000
    """Bytes of text; a whole request may have 20,000."""

    def __init__(
        self,
        name: str,
        config: outgoing.DingtalkSender | outgoing.FeishuSender,
        secrets: Secrets,
        timeout: float,
        clock: Clock,
    ) -> None:
        super().__init__(name, config.url, secrets, timeout)
        self._secret = secrets.optional(config.secret)
        self._clock = clock


class Dingtalk(_SigningRobot):
    """A group robot of DingTalk.

    Args:
        name: of the sender.
        config: its settings.
        secrets: reads its address and its secret.
        timeout: how many seconds a request may take.
        clock: tells the time, aware.

    Raises:
        OrdertermError: a secret can't be read, or the address is none.
    """

    def _address(self) -> str:
        if self._secret is None:
            return self._url
        timestamp = (self._clock() - _EPOCH) // timedelta(milliseconds=1)
        secret = self._secret.reveal()
        sign = _base64_hmac(secret, f"{timestamp}\n{secret}")
        joint = "&" if urlsplit(self._url).query else "?"
        return f"{self._url}{joint}timestamp={timestamp}&sign={quote(sign, safe='')}"

    def _document(self, letter: Letter) -> dict[str, Any]:
        content = cut(said(letter), self.longest)
        if not (mobile := mentioned(letter)):
            return {"msgtype": "text", "text": {"content": content}}
        # Who is called must stand in the text too.
        text = {"content": f"{content}\n@{mobile}"}
        return {"msgtype": "text", "text": text, "at": {"atMobiles": [mobile]}}


class Feishu(_SigningRobot):
    """A group robot of Feishu or Lark; it can call nobody by phone number.

    Args:
        name: of the sender.
        config: its settings.
        secrets: reads its address and its secret.
        timeout: how many seconds a request may take.
        clock: tells the time, aware.

    Raises:
        OrdertermError: a secret can't be read, or the address is none.
    """

    codes = ("code", "StatusCode")
    words = "msg"
    pause_seconds = 0.6

    def _document(self, letter: Letter) -> dict[str, Any]:
        # "<at …>" in a customer's name would call the whole group.
        content = cut(said(letter).replace("<", "＜"), self.longest)
        document = {"msg_type": "text", "content": {"text": content}}
        if self._secret is None:
            return document
        timestamp = (self._clock() - _EPOCH) // timedelta(seconds=1)
        sign = _base64_hmac(f"{timestamp}\n{self._secret.reveal()}", "")
        return {"timestamp": str(timestamp), "sign": sign, **document}


def said(letter: Letter) -> str:
    """What is said in the group, to staff: a customer's message tells whom to pass it on to."""
    parts = [letter.subject, letter.text]
    if letter.kind is not MessageKind.ESCALATION:
        errand = say(
            "Please pass on to {contact} (order {number}):",
            contact=letter.contact or "?",
            number=letter.order_number,
        )
        parts.insert(0, errand.text(letter.language))
    return "\n".join(part for part in parts if part)


def mentioned(letter: Letter) -> str:
    """The phone of the colleague to call by name in the group; "" for nobody."""
    return phone(letter.contact) if letter.kind is MessageKind.ESCALATION else ""


def cut(text: str, longest: int) -> str:
    """``text`` in at most ``longest`` bytes of UTF-8, whole characters, … where it was cut."""
    encoded = text.encode()
    if len(encoded) <= longest:
        return text
    return encoded[: longest - len("…".encode())].decode(errors="ignore") + "…"


def _base64_hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), message.encode(), hashlib.sha256)).decode()
