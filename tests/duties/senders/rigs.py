"""Each sender that needs a network, set up against a server on this machine."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from orderterm import outgoing
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import Letter, Sender, open_sender
from orderterm.terms import MessageKind
from tests.duties.senders.gateways import HERE, Answer, Gateway, Request, gateway

NOW = datetime(2026, 11, 22, 4, 0, 0, 123000, tzinfo=UTC)
LONG = 20.0
"""Seconds that no answer takes, however busy the machine is."""
KEY = "kEy-0a1b2c3d4e5f"
SIGNING = "sIgN-9f8e7d6c5b4a"
SECRETS = (KEY, SIGNING)

LETTER = Letter(
    key="shipping_notice:20261122-EC-001",
    kind=MessageKind.SHIPPING_NOTICE,
    language="en",
    contact="13800138000",
    subject="您的订单已发货",
    text="王小明您好:\n包裹 SF100 正在路上。",
    facts={"waybill": "SF100", "carrier": "顺丰", "number": "20261122-EC-001"},
    order_number="20261122-EC-001",
)


class Rig(NamedTuple):
    """How a sender is set up, and how its gateway says yes and no with HTTP 200."""

    config: Callable[[int], outgoing.Sender]
    yes: dict[str, object]
    no: dict[str, object]
    receipt: str = ""
    contact: str = LETTER.contact


RIGS = {
    "smtp": Rig(
        lambda port: outgoing.SmtpSender(
            HERE, "某公司 <orders@example.com>", port, "none", "orders", "env:SIGNING"
        ),
        {},
        {},
        receipt="<b07dae1fbe0def4282f94e6d6c6d9962@example.com>",
        contact="wang@example.net",
    ),
    "wecom": Rig(
        lambda _: outgoing.WecomSender("env:WECOM"),
        {"errcode": 0, "errmsg": "ok"},
        {"errcode": 93000, "errmsg": "invalid webhook url"},
    ),
    "dingtalk": Rig(
        lambda _: outgoing.DingtalkSender("env:DINGTALK", "env:SIGNING"),
        {"errcode": 0, "errmsg": "ok"},
        {"errcode": 310000, "errmsg": "sign not match"},
    ),
    "feishu": Rig(
        lambda _: outgoing.FeishuSender("env:FEISHU", "env:SIGNING"),
        {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"},
        {"code": 19021, "data": {}, "msg": "sign match fail"},
    ),
    "webhook": Rig(
        lambda port: outgoing.WebhookSender(f"http://{HERE}:{port}/hook", "env:SIGNING"),
        {"id": "gw-7"},
        {"error": "no such number"},
        receipt="gw-7",
    ),
    "apprise": Rig(lambda _: outgoing.AppriseSender("env:APPRISE"), {}, {}),
    "aliyun_sms": Rig(
        lambda port: outgoing.AliyunSmsSender(
            "env:KEY",
            "env:SIGNING",
            "某公司",
            {"shipping_notice": "SMS_1"},
            f"http://{HERE}:{port}",
        ),
        {"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0", "RequestId": "R"},
        {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "limit", "RequestId": "R"},
        receipt="900619746936498440^0",
    ),
}


def environ(port: int) -> dict[str, str]:
    """Where the secrets are kept, for gateways at ``port``."""
    base = f"http://{HERE}:{port}"
    return {
        "KEY": KEY,
        "SIGNING": SIGNING,
        "WECOM": f"{base}/cgi-bin/webhook/send?key={KEY}",
        "SECURE": f"https://{HERE}:{port}/cgi-bin/webhook/send?key={KEY}",
        "DINGTALK": f"{base}/robot/send?access_token={KEY}",
        "FEISHU": f"{base}/open-apis/bot/v2/hook/{KEY}",
        "APPRISE": f"json://orders:{SIGNING}@{HERE}:{port}/{KEY}/{{contact}}",
    }


def opened(
    name: str, port: int, config: outgoing.Sender | None = None, timeout: float = LONG
) -> Sender:
    """The sender, set up against ``port``."""
    secrets = Secrets(Path("/nowhere"), environ(port))
    chosen = config or RIGS[name].config(port)
    return open_sender(name, chosen, Path("/nowhere"), secrets, timeout, lambda: NOW)


def encoded(answer: dict[str, object], told: str = "") -> bytes:
    """``answer`` as JSON, each text in it followed by ``told``."""
    return json.dumps(
        {
            key: f"{value} {told}" if told and isinstance(value, str) and key != "Code" else value
            for key, value in answer.items()
        }
    ).encode()


@contextmanager
def willing(sender: str) -> Iterator[Gateway]:
    """A gateway that takes whatever it is sent."""
    with gateway(lambda _: Answer(200, encoded(RIGS[sender].yes))) as running:
        yield running


def received(sender: str, letter: Letter = LETTER) -> Request:
    """What a willing gateway is sent."""
    with willing(sender) as running:
        opened(sender, running.port).send(letter)
        (request,) = running.requests
        return request
