"""Each sender against a real server, in every way that one can answer; and no secret told."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import pytest

from orderterm.duties.senders import SendFailed
from tests.duties.senders.gateways import (
    Answer,
    Mailbox,
    Request,
    closed_port,
    gateway,
    mail_server,
    plug,
)
from tests.duties.senders.rigs import LETTER, LONG, RIGS, SECRETS, encoded, opened

# Apprise looks at what Python 3.13 has no more.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TIMEOUT = 0.3
LATE = f"no answer within {TIMEOUT} s"
UNCLEAR = "an answer that says neither yes nor no"
UNREACHED = "no connection to 127.0.0.1"
APPRISE = "Apprise was refused, or got no answer"

SAID = {
    "refusal": {
        "smtp": "refused with 550: no such mailbox",
        "wecom": "refused with 93000: invalid webhook url",
        "dingtalk": "refused with 310000: sign not match",
        "feishu": "refused with 19021: sign match fail",
        "webhook": "refused with HTTP 200: no such number",
        "apprise": "",  # it asks for nothing but HTTP 200, as docs/messages.md warns
        "aliyun_sms": "refused with isv.BUSINESS_LIMIT_CONTROL: limit",
    },
    "fault": {
        "smtp": "refused with 451: try later",
        "apprise": APPRISE,
        "aliyun_sms": UNCLEAR,
        **dict.fromkeys(("wecom", "dingtalk", "feishu", "webhook"), "refused with HTTP 500: Oops"),
    },
    "garbage": {
        "smtp": UNCLEAR,
        "webhook": UNREACHED,
        "apprise": APPRISE,
        **dict.fromkeys(("wecom", "dingtalk", "feishu", "aliyun_sms"), UNCLEAR),
    },
    "slow": {**dict.fromkeys(RIGS, LATE), "apprise": APPRISE},
    "dropped": {**dict.fromkeys(RIGS, UNREACHED), "apprise": APPRISE},
    "nobody": {**dict.fromkeys(RIGS, UNREACHED), "apprise": APPRISE},
}
FINAL = {("smtp", "refusal")}


@contextmanager
def answering(sender: str, answer: str) -> Iterator[int]:
    """A port where ``sender`` gets such an answer."""
    if answer == "nobody":
        yield closed_port()
    elif answer in ("slow", "dropped"):
        with plug(None if answer == "slow" else b"") as port:
            yield port
    elif sender == "smtp":
        with _mail(answer) as port:
            yield port
    elif (sender, answer) == ("webhook", "garbage"):  # any 2xx is a yes, so it is no HTTP at all
        with plug(b"\x00\xff what?\r\n\r\n") as port:
            yield port
    else:
        with gateway(_answer(sender, answer)) as running:
            yield running.port


@contextmanager
def _mail(answer: str) -> Iterator[int]:
    if answer == "garbage":
        with plug(b"HTTP/1.1 what?\r\n") as port:
            yield port
        return
    mailbox = Mailbox(
        recipient="550 no such mailbox" if answer == "refusal" else None,
        data="451 try later" if answer == "fault" else None,
    )
    with mail_server(mailbox) as port:
        yield port


def _answer(sender: str, answer: str) -> Callable[[Request], Answer]:
    def answer_to(request: Request) -> Answer:
        if answer == "success":
            return Answer(200, encoded(RIGS[sender].yes))
        if answer == "refusal":
            return Answer(200, encoded(RIGS[sender].no, request.told))
        status = 500 if answer == "fault" or sender == "apprise" else 200
        return Answer(status, f"Oops \x1b[2J {request.told}".encode())

    return answer_to


@pytest.fixture(autouse=True)
def everything_logged(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that any library may log, at its most talkative."""
    caplog.set_level(logging.CRITICAL, "mail.log")  # of the server that is sent to
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("DEBUG", "sdk")


@pytest.mark.parametrize("sender", RIGS)
@pytest.mark.parametrize("answer", ["success", *SAID])
def test_answer(
    sender: str,
    answer: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    letter = msgspec.structs.replace(LETTER, contact=RIGS[sender].contact)
    said = SAID.get(answer, {}).get(sender, "")
    timeout = TIMEOUT if answer == "slow" else LONG
    told = ""
    with answering(sender, answer) as port:
        if not said:
            told = opened(sender, port, timeout=timeout).send(letter)
            assert told.startswith(RIGS[sender].receipt)
        else:
            with pytest.raises(SendFailed) as raised:
                opened(sender, port, timeout=timeout).send(letter)
            told = _everything_of(raised.value)
            assert said in str(raised.value)
            assert str(raised.value).startswith(f"sender {sender}: ")
            assert str(raised.value).isprintable()
            assert raised.value.final is ((sender, answer) in FINAL)
    told += caplog.text + "".join(capfd.readouterr())
    for secret in (*SECRETS, letter.contact):
        assert secret not in told


def _everything_of(error: SendFailed) -> str:
    """All that can come to light of an error, its traceback in a log included."""
    logging.getLogger("orderterm").error("a fault", exc_info=error)
    sentence = error.sentence
    return "\n".join(
        [
            repr(error),
            *map(repr, sentence.values.values()),
            sentence.text("zh"),
            sentence.text("en"),
            *traceback.format_exception(error),
        ]
    )
