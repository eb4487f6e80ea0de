"""Gateways that do what none should, and an environment that would lead messages astray."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from orderterm.duties.senders import SendFailed
from tests.duties.senders.gateways import HERE, Answer, closed_port, gateway
from tests.duties.senders.rigs import LETTER, RIGS, encoded, opened

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


@contextmanager
def pouring(drop: bytes, pause: float) -> Iterator[int]:
    """A port whose answer never ends: ``drop`` after ``drop``, ``pause`` seconds between."""
    over = threading.Event()

    def pour() -> None:
        caller, _ = server.accept()
        with caller:
            try:
                caller.recv(65536)
                caller.sendall(HEAD)
                while not over.wait(pause):
                    caller.sendall(drop)
            except OSError:
                return  # the other side has had enough

    with socket.create_server((HERE, 0)) as server:
        thread = threading.Thread(target=pour, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


def test_a_trickle() -> None:
    with pouring(b" ", 0.02) as port, pytest.raises(SendFailed, match=r"no answer within 0\.3 s"):
        opened("wecom", port, timeout=0.3).send(LETTER)


def test_a_flood() -> None:
    with pouring(b"x" * 8192, 0) as port, pytest.raises(SendFailed, match="neither yes nor no"):
        opened("wecom", port).send(LETTER)


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://{HERE}:{closed_port()}")
    with gateway(lambda _: Answer(200, encoded(RIGS["wecom"].yes))) as running:
        opened("wecom", running.port).send(LETTER)
        assert len(running.requests) == 1


@pytest.mark.parametrize("sender", ["wecom", "smtp"])
def test_a_host_that_nobody_knows(sender: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    robot = opened(sender, 1)
    monkeypatch.setattr("socket.getaddrinfo", unknown)
    letter = msgspec.structs.replace(LETTER, contact=RIGS[sender].contact)
    with pytest.raises(SendFailed, match=r"nobody knows where 127\.0\.0\.1 is|not known"):
        robot.send(letter)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"null",
        b'"errcode"',
        b'{"errcode": "0"}',
        b'{"errcode": false}',
        b'{"errcode": 0.0}',
        b'{"errmsg": "ok"}',
        b"[" * 60000,
        b'{"a":' * 10000,
        b"\xff\xfe",
    ],
)
@pytest.mark.parametrize("sender", ["wecom", "dingtalk", "feishu", "aliyun_sms"])
def test_nothing_but_a_clear_yes_is_success(sender: str, answer: bytes) -> None:
    spelt = answer.replace(b"errcode", b"Code" if sender == "aliyun_sms" else b"errcode")
    if sender == "feishu":
        spelt = spelt.replace(b"errcode", b"code")
    with gateway(lambda _: Answer(200, spelt)) as running:
        with pytest.raises(SendFailed) as raised:
            opened(sender, running.port).send(LETTER)
        assert not raised.value.final
        assert len(str(raised.value)) < 300
