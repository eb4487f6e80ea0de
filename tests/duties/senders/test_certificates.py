"""A server that can't prove who it is gets nothing."""

import datetime
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from orderterm import outgoing
from orderterm.duties.senders import SendFailed
from tests.duties.senders.gateways import HERE, Answer, Gateway, Mailbox, gateway, mail_server
from tests.duties.senders.rigs import LETTER, RIGS, encoded, opened

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that this machine gave itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HERE)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "own.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@contextmanager
def secured(tls: ssl.SSLContext, sender: str) -> Iterator[Gateway]:
    with gateway(lambda _: Answer(200, encoded(RIGS[sender].yes))) as running:
        plain = running.server.socket
        running.server.socket = tls.wrap_socket(
            plain, server_side=True, do_handshake_on_connect=False
        )
        yield running


CONFIGS: dict[str, Callable[[int], outgoing.Sender]] = {
    "wecom": lambda _: outgoing.WecomSender("env:SECURE"),
    "webhook": lambda port: outgoing.WebhookSender(f"https://{HERE}:{port}/hook", "env:KEY"),
    "aliyun_sms": lambda port: msgspec.structs.replace(
        RIGS["aliyun_sms"].config(port), endpoint=f"{HERE}:{port}"
    ),
}


@pytest.mark.parametrize("sender", CONFIGS)
def test_nothing_is_posted(sender: str, tls: ssl.SSLContext) -> None:
    with secured(tls, sender) as running:
        with pytest.raises(SendFailed, match=r"127\.0\.0\.1.* can't be trusted") as raised:
            opened(sender, running.port, CONFIGS[sender](running.port)).send(LETTER)
        assert running.requests == []
    assert not raised.value.final


def test_posted_where_the_system_trusts(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with secured(tls, "webhook") as running:
        receipt = opened("webhook", running.port, CONFIGS["webhook"](running.port)).send(LETTER)
    assert receipt == RIGS["webhook"].receipt


_CONTEXT = {"tls": "ssl_context", "starttls": "tls_context"}


@pytest.mark.parametrize("security", _CONTEXT)
@pytest.mark.parametrize("trusted", [False, True])
def test_mail(
    security: str,
    trusted: bool,
    tls: ssl.SSLContext,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mailbox = Mailbox()
    letter = msgspec.structs.replace(LETTER, contact="wang@example.net")
    with mail_server(mailbox, **{_CONTEXT[security]: tls}) as port:
        config = msgspec.structs.replace(RIGS["smtp"].config(port), security=security)
        sender = opened("smtp", port, config)
        if trusted:
            sender.send(letter)
        else:
            with pytest.raises(SendFailed, match="can't be trusted"):
                sender.send(letter)
    assert len(mailbox.taken) == len(mailbox.logins) == int(trusted)
