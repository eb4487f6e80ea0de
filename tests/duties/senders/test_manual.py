"""What docs/messages.md shows can be used as it stands there."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from orderterm.settings import parse
from tests.duties.senders.rigs import LETTER, SIGNING, received

PAGE = (Path(__file__).parents[3] / "docs/messages.md").read_text(encoding="utf-8")
SENDERS = PAGE[PAGE.index("## Senders") :]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", SENDERS, re.DOTALL)


@pytest.mark.parametrize("block", blocks("toml"))
def test_settings(block: str) -> None:
    (name,) = tomllib.loads(block)["senders"]
    assert name in parse(tomllib.loads(block)).senders


def test_webhook_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = blocks("python")
    names: dict[str, Any] = {}
    exec(block, names)
    request = received("webhook")
    headers = {
        header: request.headers[header.lower()]
        for header in ("X-Orderterm-Timestamp", "X-Orderterm-Signature")
    }
    at = int(headers["X-Orderterm-Timestamp"])
    monkeypatch.setattr("time.time", lambda: float(at + 3))
    assert names["is_genuine"](SIGNING.encode(), headers, request.body)
    assert not names["is_genuine"](b"another", headers, request.body)
    assert not names["is_genuine"](SIGNING.encode(), headers, request.body + b" ")
    monkeypatch.setattr("time.time", lambda: float(at + 3000))
    assert not names["is_genuine"](SIGNING.encode(), headers, request.body)
    assert LETTER.key.encode() in request.body
