"""How messages leave the house: every way of sending behind one small interface."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from orderterm import outgoing
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence
from orderterm.terms import Language, MessageKind

if TYPE_CHECKING:
    from orderterm.duties.secrets import Secrets


class Letter(Struct, frozen=True):
    """A message ready to be sent.

    ``key`` is the same at each try, so that a gateway can drop a repeat. ``contact`` is where it
    goes, "" where the sender knows by itself. ``facts`` are the fields of the template by name, as
    texts; ``order_number`` is "" for a message about no order.
    """

    key: str
    kind: MessageKind
    language: Language
    contact: str
    subject: str
    text: str
    facts: dict[str, Any]
    order_number: str


class SendFailed(OrdertermError):
    """A message was not sent. ``final`` where trying again could not help."""

    def __init__(
        self, template: str | Sentence, /, *, final: bool = False, **values: object
    ) -> None:
        super().__init__(template, **values)
        self.final = final


class Sender(Protocol):
    """One way of sending."""

    def send(self, letter: Letter) -> str:
        """Send ``letter``, each step of it within the timeout the sender was opened with.

        Returns:
            The receipt: the other side's id, or where the letter lies; "" where there is none.

        Raises:
            SendFailed: it was not sent, or nobody knows whether it was.
        """


def open_sender(
    name: str,
    config: outgoing.Sender,
    home: Path,
    secrets: "Secrets",
    timeout: float,
    clock: Callable[[], datetime],
) -> Sender:
    """The sender that ``config`` describes.

    Each kind is loaded only where it is used: most of them bring a library along.

    Args:
        name: of the sender, as the settings call it; for what is told of it.
        config: its settings.
        home: the home's folder, that relative paths are in.
        secrets: reads what "env:NAME" and "file:PATH" stand for.
        timeout: how many seconds one try may take.
        clock: tells the time, aware; some gateways want it in their signature.

    Raises:
        OrdertermError: a secret can't be read, or the extra that it needs is not installed.
    """
    match config:
        case outgoing.FilesSender():
            from orderterm.duties.senders.files import Files

            return Files(home / config.folder)
        case outgoing.ProgramSender():
            from orderterm.duties.senders.program import Program

            return Program(name, config, home, secrets, timeout)
        case outgoing.SmtpSender():
            from orderterm.duties.senders.smtp import Smtp

            return Smtp(name, config, secrets, timeout, clock)
        case outgoing.WecomSender():
            from orderterm.duties.senders.robots import Wecom

            return Wecom(name, config, secrets, timeout)
        case outgoing.DingtalkSender():
            from orderterm.duties.senders.robots import Dingtalk

            return Dingtalk(name, config, secrets, timeout, clock)
        case outgoing.FeishuSender():
            from orderterm.duties.senders.robots import Feishu

            return Feishu(name, config, secrets, timeout, clock)
        case outgoing.WebhookSender():
            from orderterm.duties.senders.webhook import Webhook

            return Webhook(name, config, secrets, timeout, clock)
        case outgoing.AppriseSender():
            from orderterm.duties.senders.apprise_urls import AppriseUrl

            return AppriseUrl(name, config, secrets, timeout)
        case outgoing.AliyunSmsSender():
            from orderterm.duties.senders.aliyun_sms import AliyunSms

            return AliyunSms(name, config, secrets, timeout)
