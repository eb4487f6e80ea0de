"""What each gateway is sent, byte for byte, and its signature worked out a second time."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm import outgoing
from orderterm.duties.senders import SendFailed
from orderterm.duties.senders.robots import cut
from orderterm.terms import MessageKind
from tests.duties.senders.gateways import (
    HERE,
    Answer,
    Mailbox,
    Request,
    gateway,
    mail_server,
)
from tests.duties.senders.rigs import (
    KEY,
    LETTER,
    NOW,
    SIGNING,
    encoded,
    opened,
    received,
    willing,
)

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

PASSED_ON = (
    "Please pass on to 13800138000 (order 20261122-EC-001):\n"
    "您的订单已发货\n王小明您好:\n包裹 SF100 正在路上。"
)
ESCALATION = msgspec.structs.replace(
    LETTER, kind=MessageKind.ESCALATION, subject="备货超时", text="请处理", contact="139 0013 9000"
)
SECONDS = "1795320000"
MILLISECONDS = "1795320000123"


def answered(sender: str, status: int, answer: dict[str, object]) -> SendFailed:
    """What comes of such an answer."""
    with gateway(lambda _: Answer(status, encoded(answer))) as running:
        with pytest.raises(SendFailed) as raised:
            opened(sender, running.port).send(LETTER)
        return raised.value


def test_wecom() -> None:
    request = received("wecom")
    assert request.path == f"/cgi-bin/webhook/send?key={KEY}"
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert json.loads(request.body) == {"msgtype": "text", "text": {"content": PASSED_ON}}


def test_wecom_calls_a_colleague() -> None:
    assert json.loads(received("wecom", ESCALATION).body)["text"] == {
        "content": "备货超时\n请处理",
        "mentioned_mobile_list": ["13900139000"],
    }


@pytest.mark.parametrize("contact", ["li@example.com", "18412345678-1234", "0571-87654321-801"])
def test_wecom_calls_nobody_without_a_phone(contact: str) -> None:
    letter = msgspec.structs.replace(ESCALATION, contact=contact)
    assert json.loads(received("wecom", letter).body)["text"] == {"content": "备货超时\n请处理"}


def test_wecom_is_cut_to_what_it_takes() -> None:
    letter = msgspec.structs.replace(LETTER, text="包" * 3000)
    content = json.loads(received("wecom", letter).body)["text"]["content"]
    assert 2045 <= len(content.encode()) <= 2048
    assert content.endswith("包…")


@given(st.text(st.characters(codec="utf-8")), st.integers(3, 60))
def test_cut(text: str, longest: int) -> None:
    short = cut(text, longest)
    assert len(short.encode()) <= longest
    assert short == text or text.startswith(short.removesuffix("…"))
    assert (short == text) is (len(text.encode()) <= longest)


def test_dingtalk() -> None:
    request = received("dingtalk")
    query = dict(parse_qsl(urlsplit(request.path).query))
    assert query["access_token"] == KEY
    assert query["timestamp"] == MILLISECONDS
    mine = hmac.new(SIGNING.encode(), f"{MILLISECONDS}\n{SIGNING}".encode(), hashlib.sha256)
    assert base64.b64decode(query["sign"]) == mine.digest()
    assert json.loads(request.body) == {"msgtype": "text", "text": {"content": PASSED_ON}}


def test_dingtalk_calls_a_colleague() -> None:
    document = json.loads(received("dingtalk", ESCALATION).body)
    assert document["text"]["content"] == "备货超时\n请处理\n@13900139000"
    assert document["at"] == {"atMobiles": ["13900139000"]}


def test_feishu() -> None:
    request = received("feishu")
    assert request.path == f"/open-apis/bot/v2/hook/{KEY}"
    document = json.loads(request.body)
    mine = hmac.new(f"{SECONDS}\n{SIGNING}".encode(), b"", hashlib.sha256)
    assert document.pop("timestamp") == SECONDS
    assert base64.b64decode(document.pop("sign")) == mine.digest()
    assert document == {"msg_type": "text", "content": {"text": PASSED_ON}}


def test_feishu_calls_nobody_in_a_customers_name() -> None:
    letter = msgspec.structs.replace(LETTER, text='<at user_id="all">x</at>')
    assert "<" not in json.loads(received("feishu", letter).body)["content"]["text"]


def test_feishu_takes_no_more_than_so_many_bytes() -> None:
    letter = msgspec.structs.replace(LETTER, text="<" * 15000)
    assert len(received("feishu", letter).body) < 20000


@pytest.mark.parametrize("sender", ["dingtalk", "feishu"])
def test_unsigned_where_no_secret_is_set(sender: str) -> None:
    configs: dict[str, outgoing.Sender] = {
        "dingtalk": outgoing.DingtalkSender("env:DINGTALK"),
        "feishu": outgoing.FeishuSender("env:FEISHU"),
    }
    with willing(sender) as running:
        opened(sender, running.port, configs[sender]).send(LETTER)
        (request,) = running.requests
    assert "sign" not in request.told


@pytest.mark.parametrize(("sender", "pause"), [("wecom", 3.0), ("dingtalk", 3.0), ("feishu", 0.6)])
def test_no_robot_speaks_too_often(
    sender: str, pause: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    with willing(sender) as running:
        robot = opened(sender, running.port)
        for _ in range(5):
            robot.send(LETTER)
    assert slept[0] == 0
    assert 0 < max(slept) <= pause


def test_webhook() -> None:
    request = received("webhook")
    assert request.path == "/hook"
    assert request.headers["idempotency-key"] == LETTER.key
    assert request.headers["x-orderterm-timestamp"] == SECONDS
    mine = hmac.new(SIGNING.encode(), f"{SECONDS}.".encode() + request.body, hashlib.sha256)
    assert request.headers["x-orderterm-signature"] == f"sha256={mine.hexdigest()}"
    assert json.loads(request.body) == {
        "key": LETTER.key,
        "kind": "shipping_notice",
        "language": "en",
        "contact": LETTER.contact,
        "subject": LETTER.subject,
        "text": LETTER.text,
        "facts": LETTER.facts,
        "order_number": LETTER.order_number,
    }


@pytest.mark.parametrize(
    ("status", "final"),
    [(400, True), (409, True), (410, True), (422, True)]
    + [(status, False) for status in (302, 401, 403, 404, 407, 408, 425, 429, 500, 503)],
)
def test_webhook_status(status: int, final: bool) -> None:
    failure = answered("webhook", status, {"error": "no"})
    assert failure.final is final
    assert str(failure) == f"sender webhook: refused with HTTP {status}: no"


def test_webhook_says_final_itself() -> None:
    assert answered("webhook", 200, {"error": "no such customer", "final": True}).final


@pytest.mark.parametrize("body", [b"", b"ok", b"[]", b'{"id": null}', b"\xff"])
def test_webhook_takes_any_2xx(body: bytes) -> None:
    with gateway(lambda _: Answer(202, body)) as running:
        assert opened("webhook", running.port).send(LETTER) == ""


def test_apprise() -> None:
    contact = "a/b?c@example.com"
    request = received("apprise", msgspec.structs.replace(LETTER, contact=contact))
    assert unquote(request.path) == f"/{KEY}/{contact}"
    assert "a%2Fb%3Fc" in request.path
    login = base64.b64encode(f"orders:{SIGNING}".encode()).decode()
    assert request.headers["authorization"] == f"Basic {login}"
    document = json.loads(request.body)
    assert (document["title"], document["message"]) == (LETTER.subject, LETTER.text)


def test_apprise_without_a_contact() -> None:
    with pytest.raises(SendFailed, match="the order has no contact") as raised:
        opened("apprise", 1).send(msgspec.structs.replace(LETTER, contact=""))
    assert raised.value.final


def test_aliyun_sms() -> None:
    request = received("aliyun_sms")
    query = {key: text for key, (text,) in parse_qs(urlsplit(request.path).query).items()}
    assert json.loads(query.pop("TemplateParam")) == LETTER.facts
    assert query == {
        "OutId": LETTER.key,
        "PhoneNumbers": LETTER.contact,
        "SignName": "某公司",
        "TemplateCode": "SMS_1",
    }
    assert request.headers["x-acs-action"] == "SendSms"
    _check_aliyun_signature(request)


@pytest.mark.parametrize(
    ("code", "final"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", True),
        ("isv.PARAM_LENGTH_LIMIT", True),
        ("isv.BUSINESS_LIMIT_CONTROL", False),
        ("isv.AMOUNT_NOT_ENOUGH", False),
        ("isv.SMS_TEMPLATE_ILLEGAL", False),
    ],
)
def test_aliyun_refuses(code: str, final: bool) -> None:
    failure = answered("aliyun_sms", 200, {"Code": code, "Message": "no"})
    assert failure.final is final
    assert str(failure) == f"sender aliyun_sms: refused with {code}: no"


def test_aliyun_refuses_the_key() -> None:
    failure = answered(
        "aliyun_sms", 404, {"Code": "InvalidAccessKeyId.NotFound", "Message": f"{KEY} is unknown"}
    )
    assert not failure.final
    assert "InvalidAccessKeyId.NotFound: *** is unknown" in str(failure)


@pytest.mark.parametrize("sender", ["aliyun_sms", "smtp"])
@pytest.mark.parametrize(
    "contact", ["", "王小明", "138****8000", "a@b@c.de", "12345", "=?utf-8?q?a=0D=0AX=3A?=@b.de"]
)
def test_a_contact_of_no_use(sender: str, contact: str) -> None:
    with pytest.raises(SendFailed, match="the contact is no") as raised:
        opened(sender, 1).send(msgspec.structs.replace(LETTER, contact=contact))
    assert raised.value.final


def test_smtp() -> None:
    mailbox = Mailbox()
    letter = msgspec.structs.replace(
        LETTER, contact="wang@example.net", subject="已发货\nBcc: all@example.net"
    )
    with mail_server(mailbox) as port:
        sender = opened("smtp", port)
        receipts = [sender.send(letter), sender.send(letter)]
    assert mailbox.logins == [(b"orders", SIGNING.encode())] * 2
    envelope = mailbox.taken[0]
    assert (envelope.mail_from, envelope.rcpt_tos) == ("orders@example.com", ["wang@example.net"])
    assert isinstance(envelope.content, bytes)
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert message["From"] == "某公司 <orders@example.com>"
    assert message["To"] == "wang@example.net"
    assert message["Subject"] == "已发货 Bcc: all@example.net"
    assert message["Bcc"] is None
    assert message["Date"].datetime == NOW.replace(microsecond=0)
    assert [message["Message-ID"]] * 2 == receipts  # a repeat can be told
    assert message.get_content().rstrip("\n").replace("\r\n", "\n") == LETTER.text


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?x=0D=0ABcc:_all@example.net=0D=0A=0D=0Apay_here?=",
        "=?utf-8?b?DQpCY2M6IGFsbEBleGFtcGxlLm5ldA0KDQpwYXkgaGVyZQ==?=",
        "x\rBcc: all@example.net\x00\x1b[31m",
    ],
)
def test_no_name_begins_another_header(name: str) -> None:
    mailbox = Mailbox()
    letter = msgspec.structs.replace(
        LETTER, contact="wang@example.net", subject=f"{name} thank you", text="bye"
    )
    with mail_server(mailbox) as port:
        opened("smtp", port).send(letter)
    content = mailbox.taken[0].content
    assert isinstance(content, bytes)
    head = content.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] != b" "]
    assert sorted(names) == sorted(
        b"From To Subject Date Message-ID Auto-Submitted Content-Type Content-Transfer-Encoding "
        b"MIME-Version".split()
    )
    assert not set(head.replace(b"\r\n", b"")) & set(range(32))


def test_smtp_login_is_refused() -> None:
    config = outgoing.SmtpSender(HERE, "orders@example.com", 0, "none", "else", "env:SIGNING")
    failure = _mail_fails(Mailbox(), config)
    assert not failure.final
    assert str(failure).startswith("sender smtp: refused with 535")


@pytest.mark.parametrize(
    ("mailbox", "final"),
    [
        (Mailbox(recipient="450 busy"), False),
        (Mailbox(recipient="550 5.1.1 unknown"), True),
        (Mailbox(data="452 full"), False),
        (Mailbox(data="554 spam"), True),
    ],
)
def test_smtp_refuses(mailbox: Mailbox, final: bool) -> None:
    config = outgoing.SmtpSender(HERE, "orders@example.com", 0, "none")
    assert _mail_fails(mailbox, config).final is final


def test_smtp_never_falls_back_to_the_clear() -> None:
    config = outgoing.SmtpSender(HERE, "o@example.com", 0, "starttls", "orders", "env:SIGNING")
    mailbox = Mailbox()
    assert "does not do what the settings ask" in str(_mail_fails(mailbox, config))
    assert not mailbox.logins
    assert not mailbox.taken


def _mail_fails(mailbox: Mailbox, config: outgoing.SmtpSender) -> SendFailed:
    letter = msgspec.structs.replace(LETTER, contact="wang@example.net")
    with mail_server(mailbox) as port:
        chosen = msgspec.structs.replace(config, port=port)
        with pytest.raises(SendFailed) as raised:
            opened("smtp", port, chosen).send(letter)
    return raised.value


def _check_aliyun_signature(request: Request) -> None:
    """Aliyun's ACS3-HMAC-SHA256, as its manual has it."""
    scheme, _, fields = request.headers["authorization"].partition(" ")
    assert scheme == "ACS3-HMAC-SHA256"
    given_fields = dict(field.split("=", 1) for field in fields.split(","))
    assert given_fields["Credential"] == KEY
    signed = given_fields["SignedHeaders"]
    query = sorted(parse_qsl(urlsplit(request.path).query))
    canonical = "\n".join(
        [
            "POST",
            "/",
            "&".join(f"{quote(key, safe='')}={quote(text, safe='-_.~')}" for key, text in query),
            *(f"{name}:{request.headers[name]}" for name in signed.split(";")),
            "",
            signed,
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    to_sign = f"{scheme}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    mine = hmac.new(SIGNING.encode(), to_sign.encode(), hashlib.sha256)
    assert given_fields["Signature"] == mine.hexdigest()
