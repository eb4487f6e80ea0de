"""The settings of what leaves the house: messages, how they are sent, polling, and reports."""

from typing import Annotated, Literal

from msgspec import Struct

from orderterm.faults import allowed
from orderterm.sentences import say
from orderterm.terms import Language, MessageKind

Text = Annotated[str, allowed(say("a text in quotes that is not blank"), pattern=r"\S")]
Secret = Annotated[
    str,
    allowed(
        say(
            'where the secret is kept: "env:NAME" for a variable of the environment, or '
            '"file:PATH" for a file that only its owner can read'
        ),
        secret=True,
        pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.*\S.*)\Z",
    ),
]
OptionalSecret = Annotated[
    str,
    allowed(
        say('"env:NAME", "file:PATH", or "" for none'),
        secret=True,
        pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.*\S.*)?\Z",
    ),
]
Url = Annotated[
    str, allowed(say("an address that begins with https:// or http://"), pattern=r"^https?://\S+\Z")
]
Port = Annotated[int, allowed(say("a port from 1 to 65535"), ge=1, le=65535)]
Minutes = Annotated[
    float, allowed(say("a number of minutes above 0, at most 10080"), gt=0, le=10080)
]
Timeout = Annotated[float, allowed(say("a number of seconds above 0, at most 120"), gt=0, le=120)]
Score = Annotated[int, allowed(say("a whole number from 1 to 4"), ge=1, le=4)]
Failures = Annotated[int, allowed(say("a whole number from 1 to 100"), ge=1, le=100)]
SenderName = Annotated[
    str,
    allowed(
        say("the name of a sender: small letters, digits and _, beginning with a letter"),
        pattern=r"^[a-z][a-z0-9_]*\Z",
    ),
]
Contact = Literal["any", "phone", "email"]
"""What an address must be for a route to take a message."""


class _Sender(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """A way to send messages; ``kind`` in the settings tells which."""


class FilesSender(_Sender, frozen=True, tag="files"):
    """Each message becomes a text file, for a clerk or another program to send."""

    folder: Text = "messages"


class SmtpSender(_Sender, frozen=True, tag="smtp"):
    host: Text
    sender: Text
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: OptionalSecret = ""


class WecomSender(_Sender, frozen=True, tag="wecom"):
    """A group robot of WeCom (企业微信); ``url`` is secret, for it holds the key."""

    url: Secret


class DingtalkSender(_Sender, frozen=True, tag="dingtalk"):
    """A group robot of DingTalk (钉钉); ``secret`` signs, where the robot asks for it."""

    url: Secret
    secret: OptionalSecret = ""


class FeishuSender(_Sender, frozen=True, tag="feishu"):
    """A group robot of Feishu (飞书); ``secret`` signs, where the robot asks for it."""

    url: Secret
    secret: OptionalSecret = ""


class WebhookSender(_Sender, frozen=True, tag="webhook"):
    """A JSON document posted to ``url``, signed with HMAC-SHA256 of ``secret``."""

    url: Url
    secret: Secret


class ProgramSender(_Sender, frozen=True, tag="program"):
    """A program that gets the message as JSON on standard input; exit code 0 is success."""

    command: list[Text]


class AppriseSender(_Sender, frozen=True, tag="apprise"):
    """Anything Apprise knows; its ``url`` is secret, and may hold {contact}."""

    url: Secret


class AliyunSmsSender(_Sender, frozen=True, tag="aliyun_sms"):
    """Short messages by Aliyun, with the approved signature and a template for each kind.

    ``templates`` is by kind of message, or ``kind.language``; ``endpoint`` is another than Aliyun's
    own for a gateway in between, and may begin with http://.
    """

    access_key_id: Secret
    access_key_secret: Secret
    sign_name: Text
    templates: dict[str, Text]
    endpoint: str = "dysmsapi.aliyuncs.com"

    def template(self, kind: MessageKind, language: Language) -> str | None:
        """Aliyun's code of the template to use: that of the language before that of any."""
        return self.templates.get(f"{kind.value}.{language}", self.templates.get(kind.value))


Sender = (
    FilesSender
    | SmtpSender
    | WecomSender
    | DingtalkSender
    | FeishuSender
    | WebhookSender
    | ProgramSender
    | AppriseSender
    | AliyunSmsSender
)


class Route(Struct, frozen=True, forbid_unknown_fields=True):
    """Which messages ``sender`` takes; an empty list is all. The first route that fits is used."""

    sender: SenderName
    messages: list[MessageKind] = []
    channels: list[str] = []
    contact: Contact = "any"


class Messages(Struct, frozen=True, forbid_unknown_fields=True):
    """What customers are told, and how often a failed message is tried again.

    ``pauses_minutes`` lie between the tries; after the last of them a message is given up.
    """

    kinds: list[MessageKind]
    language: Literal["auto", "zh", "en"]
    templates: Text
    survey_link: str
    pauses_minutes: list[Minutes]
    timeout_seconds: Timeout
    routes: list[Route]


class Survey(Struct, frozen=True, forbid_unknown_fields=True):
    """An answer with any score of ``bad_score`` or less is followed up by a manager."""

    bad_score: Score


class Kuaidi100(Struct, frozen=True, forbid_unknown_fields=True):
    """Asking kuaidi100 where parcels are; ``customer`` and ``key`` are of the company's account.

    ``carriers`` gives kuaidi100's codes of carriers that orderterm does not know.
    """

    enabled: bool
    customer: OptionalSecret
    key: OptionalSecret
    url: Url
    interval_minutes: Minutes
    failures: Failures
    carriers: dict[str, Text]


class Reports(Struct, frozen=True, forbid_unknown_fields=True):
    """Which reports the engine writes by itself, where, and in which formats."""

    folder: Text
    shift: list[Literal["exceptions", "progress", "handover"]]
    week: list[Literal["weekly", "survey", "shortage", "shipping"]]
    formats: list[Literal["xlsx", "csv", "html"]]
    language: Literal["auto", "zh", "en"]
    lead_time_days: Annotated[
        int, allowed(say("a whole number of days from 1 to 366"), ge=1, le=366)
    ]
    service_level: Annotated[float, allowed(say("a number from 0.5 to 0.9999"), ge=0.5, le=0.9999)]
