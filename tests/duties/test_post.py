"""The senders at work: bounded as a whole, and opened anew after they were down."""

import hashlib
import hmac
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orderterm.duties import post
from orderterm.duties.post import IN_A_ROW, REST, LeftAlone, Post
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import SendFailed
from orderterm.settings import parse
from tests.duties.senders.gateways import HERE, Answer, Request, closed_port, gateway
from tests.duties.senders.rigs import LETTER, NOW

BY_MAIL = msgspec.structs.replace(LETTER, contact="wang@example.net")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def opened(home: Path, config: dict[str, Any], clock: Clock, timeout: float = 20.0) -> Post:
    settings = parse(
        {
            "senders": {"own": config},
            "messages": {"routes": [{"sender": "own"}], "timeout_seconds": timeout},
        }
    )
    return Post(settings, home, Secrets(home), clock)


def put_secret(home: Path, value: str) -> None:
    file = home / "hook.secret"
    file.write_text(value, encoding="utf-8")
    file.chmod(0o600)


def test_a_mended_secret_is_read_without_a_new_start(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        signed = request.headers["x-orderterm-timestamp"].encode() + b"." + request.body
        right = hmac.new(b"right", signed, hashlib.sha256).hexdigest()
        good = request.headers["x-orderterm-signature"] == f"sha256={right}"
        return Answer(200 if good else 401, b"{}")

    clock = Clock()
    put_secret(tmp_path, "wrong")
    with gateway(answer) as server:
        url = f"http://{HERE}:{server.port}/"
        config = {"kind": "webhook", "url": url, "secret": "file:hook.secret"}
        sender = opened(tmp_path, config, clock)
        for _ in range(IN_A_ROW):
            with pytest.raises(SendFailed, match="401"):
                sender.send("own", LETTER)
        put_secret(tmp_path, "right")
        clock.now += REST
        assert sender.send("own", LETTER) == ""


def test_a_clock_that_is_put_back_prolongs_no_rest(tmp_path: Path) -> None:
    clock = Clock()
    config = {
        "kind": "smtp",
        "host": HERE,
        "port": closed_port(),
        "sender": "orders@example.com",
        "security": "none",
    }
    sender = opened(tmp_path, config, clock)
    for _ in range(IN_A_ROW):
        with pytest.raises(SendFailed, match="no connection"):
            sender.send("own", BY_MAIL)
    with pytest.raises(LeftAlone, match="left alone") as left:
        sender.send("own", BY_MAIL)
    assert left.value.until == clock.now + REST
    clock.now -= timedelta(days=1)
    with pytest.raises(SendFailed, match=r"^sender own: no connection"):
        sender.send("own", BY_MAIL)


@contextmanager
def dripping(beginning: bytes, drop: bytes) -> Iterator[int]:
    """A port that says a little again and again, and never gets to its point."""
    over = threading.Event()

    def drip() -> None:
        caller, _ = server.accept()
        with caller:
            try:
                caller.sendall(beginning)
                while not over.wait(0.02):
                    caller.sendall(drop)
            except OSError:
                return

    with socket.create_server((HERE, 0)) as server:
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("kind", ["smtp", "webhook"])
def test_a_server_that_drips_for_ever_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(post, "GRACE_SECONDS", 0.3)
    put_secret(tmp_path, "right")
    said = (b"220-", b"x") if kind == "smtp" else (b"HTTP/1.1 200 OK\r\nX: ", b"x")
    with dripping(*said) as port:
        configs: dict[str, dict[str, Any]] = {
            "smtp": {
                "kind": "smtp",
                "host": HERE,
                "port": port,
                "sender": "orders@example.com",
                "security": "none",
            },
            "webhook": {
                "kind": "webhook",
                "url": f"http://{HERE}:{port}/",
                "secret": "file:hook.secret",
            },
        }
        sender = opened(tmp_path, configs[kind], Clock(), timeout=0.3)
        letter = BY_MAIL if kind == "smtp" else LETTER
        for _ in range(2):
            with pytest.raises(SendFailed, match=r"no answer within 0\.6 s"):
                sender.send("own", letter)


def test_a_host_that_no_name_can_be_is_told(tmp_path: Path) -> None:
    config = {"kind": "smtp", "host": "mail..example.com", "sender": "orders@example.com"}
    with pytest.raises(SendFailed, match=r"no connection to mail\.\.example"):
        opened(tmp_path, config, Clock()).send("own", BY_MAIL)
