"""Real servers on this machine, that answer in every way a gateway may."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HERE = "127.0.0.1"


class Request(NamedTuple):
    """What a gateway was sent."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> str:
        """All of it, for an answer that repeats what it was sent."""
        return f"{self.path} {self.headers} {self.body.decode()}"


class Answer(NamedTuple):
    status: int
    body: bytes


Answering = Callable[[Request], Answer]


class Gateway:
    """An HTTP server.

    Args:
        answer: what it answers to what it was sent.
    """

    def __init__(self, answer: Answering) -> None:
        gateway = self
        self.requests: list[Request] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.path, headers, self.rfile.read(length))
                gateway.requests.append(request)
                status, body = answer(request)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing: what is on the screen is looked at for secrets."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                """Nothing: a caller that hangs up on us is what some tests are about."""

        self.server = Server((HERE, 0), Handler)
        self.port: int = self.server.server_address[1]


@contextmanager
def gateway(answer: Answering) -> Iterator[Gateway]:
    """A gateway at work."""
    running = Gateway(answer)
    thread = threading.Thread(
        target=running.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    try:
        yield running
    finally:
        running.server.shutdown()
        running.server.server_close()
        thread.join()


@contextmanager
def plug(greeting: bytes | None) -> Iterator[int]:
    """A port where somebody answers the telephone and no more; yields it.

    Args:
        greeting: what is said before hanging up; None stays silent and never hangs up.
    """
    with socket.create_server((HERE, 0)) as server:
        held: list[socket.socket] = []

        def answer() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                if greeting is None:
                    held.append(caller)
                    continue
                with caller:
                    caller.sendall(greeting)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for caller in held:
                caller.close()


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server((HERE, 0)) as server:
        return int(server.getsockname()[1])


class Mailbox:
    """A mail server's hands: keeps what it takes, and answers as it was told to.

    Args:
        recipient: its answer to each recipient.
        data: its answer to each message; None takes it.
    """

    def __init__(self, recipient: str | None = None, data: str | None = None) -> None:
        self.recipient = recipient
        self.data = data
        self.taken: list[Envelope] = []
        self.logins: list[tuple[bytes, bytes]] = []

    async def handle_RCPT(  # noqa: N802 - so aiosmtpd calls it
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if self.recipient:
            return self.recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            return self.data
        self.taken.append(envelope)
        return "250 OK, queued as 42"

    def login(self, _: SMTP, __: Session, ___: Envelope, ____: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.login == b"orders", handled=False)


@contextmanager
def mail_server(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """A mail server at work; yields its port."""
    port = closed_port()
    controller = Controller(
        mailbox,
        hostname=HERE,
        port=port,
        authenticator=mailbox.login,
        auth_require_tls=False,
        **options,
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
