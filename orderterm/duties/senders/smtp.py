"""E-mail by the company's own mail server."""

import hashlib
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from orderterm import outgoing
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import Letter, SendFailed
from orderterm.duties.senders.addresses import email
from orderterm.duties.senders.http import broken, distrust, late, unclear
from orderterm.duties.senders.quoting import quoted
from orderterm.errors import OrdertermError

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Smtp:
    """Sends e-mails; each over a connection of its own, for they are few.

    Args:
        name: of the sender.
        config: its settings.
        secrets: reads the password.
        timeout: how many seconds the server may take for each step.
        clock: tells the time, aware.

    Raises:
        OrdertermError: the password can't be read or would go over the network in the clear, or
            the sender's own address is none.
    """

    def __init__(
        self,
        name: str,
        config: outgoing.SmtpSender,
        secrets: Secrets,
        timeout: float,
        clock: Callable[[], datetime],
    ) -> None:
        self._name = name
        self._config = config
        self._secrets = secrets
        self._timeout = timeout
        self._clock = clock
        self._password = secrets.optional(config.password)
        self._from = parseaddr(config.sender)[1]
        self._check()

    def _check(self) -> None:
        if not email(self._from) or not self._config.sender.isprintable():
            raise OrdertermError(
                "sender {name}: {address} in sender is no e-mail address",
                name=self._name,
                address=self._config.sender,
            )
        if bool(self._config.user) != bool(self._password):
            raise OrdertermError(
                "sender {name}: user and password go together; give both or none", name=self._name
            )
        if self._password and not (self._config.user + self._password.reveal()).isascii():
            raise OrdertermError(
                "sender {name}: user and password must be plain ASCII, as mail servers want them",
                name=self._name,
            )
        if self._password and self._is_open_to_all():
            raise OrdertermError(
                "sender {name}: the password would go to {host} in the clear; set security to "
                '"starttls" or "tls"',
                name=self._name,
                host=self._config.host,
            )

    def _is_open_to_all(self) -> bool:
        return self._config.security == "none" and self._config.host not in _LOOPBACK

    def send(self, letter: Letter) -> str:
        """Send ``letter`` to the e-mail address that its contact is; the receipt is its id."""
        recipient = email(letter.contact)
        if not recipient:
            raise SendFailed(
                "sender {name}: the contact is no e-mail address; mend it, or narrow the route to "
                "contact = {kind}",
                final=True,
                name=self._name,
                kind='"email"',
            )
        message = self._message(letter, recipient)
        with self._failures_told(), self._connected() as server:
            server.send_message(message, self._from, [recipient])
        return str(message["Message-ID"])

    def _message(self, letter: Letter, recipient: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._config.sender
        message["To"] = recipient
        message["Subject"] = _on_one_line(letter.subject)
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{_digest(letter.key)}@{self._from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="base64")  # any server takes it, whatever the lines
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._connection()
        try:
            if self._config.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self._password:
                server.login(self._config.user, self._password.reveal())
            yield server
            with suppress(smtplib.SMTPException, OSError):
                server.quit()  # it has been taken: a server that leaves without a word is no matter
        finally:
            server.close()

    def _connection(self) -> smtplib.SMTP:
        host, port = self._config.host, self._config.port
        if self._config.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=context)
        return smtplib.SMTP(host, port, timeout=self._timeout)

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        """Errors as sentences; their causes may hold what was said to the server."""
        host = self._config.host
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            ((code, words),) = error.recipients.values()
            raise self._refused(code, words, final=code >= 500) from None
        except smtplib.SMTPDataError as error:
            raise self._refused(
                error.smtp_code, error.smtp_error, final=error.smtp_code >= 500
            ) from None
        except smtplib.SMTPResponseException as error:  # of the server, the login or the sender
            raise self._refused(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError:
            raise SendFailed(
                "sender {name}: {host} does not do what the settings ask of it (security, user)",
                name=self._name,
                host=host,
            ) from None
        except ssl.SSLError as error:
            raise SendFailed(distrust(self._name, host, error)) from None
        except (smtplib.SMTPException, OSError, UnicodeError) as error:  # a host no name can be
            if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
                raise SendFailed(late(self._name, self._timeout)) from None
            raise SendFailed(broken(self._name, host, error)) from None

    def _refused(self, code: int, words: bytes | str, *, final: bool = False) -> SendFailed:
        text = words.decode(errors="replace") if isinstance(words, bytes) else words
        if code < 0:
            return SendFailed(unclear(self._name, quoted(text, self._secrets)))
        return SendFailed(
            "sender {name}: refused with {code}: {words}",
            final=final,
            name=self._name,
            code=code,
            words=quoted(text, self._secrets),
        )


def _on_one_line(subject: str) -> str:
    """``subject`` as a header may hold it: with a line's end another header would begin.

    One may be hidden in an encoded word, as the ``=?utf-8?q?a=0D=0ABcc:…?=`` that somebody gives as
    a name; for the library reads the subject it is given as if it had been received.
    """
    seen = "".join(sign if sign.isprintable() else " " for sign in subject)
    return " ".join(seen.split()).replace("=?", "= ?")


def _digest(key: str) -> str:
    """The same at each try of a message, so that mail programs can tell a repeat."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]
