"""The senders at work: each opened when it is first used, and left alone while it is down."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from orderterm.duties.patience import Patience, TakesTooLong
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import Letter, Sender, SendFailed, open_sender
from orderterm.duties.senders.http import late
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings

IN_A_ROW = 3
"""After so many failures in a row a sender counts as down."""
REST = timedelta(seconds=60)
"""For so long a sender that is down is not asked: waiting for it would hold up all others."""
GRACE_SECONDS = 30.0
"""So much longer than a sender's timeout a whole try may last: a robot waits for its turn, and a
mail server has the timeout for each step."""


class LeftAlone(Exception):
    """A sender that is down was not asked; it is from ``until`` on."""

    def __init__(self, sentence: Sentence, until: datetime) -> None:
        super().__init__(str(sentence))
        self.sentence, self.until = sentence, until


class Post:
    """Hands letters to the senders of a home.

    Args:
        settings: the home's settings.
        home: its folder.
        secrets: reads the senders' secrets.
        clock: tells the time, aware.
    """

    def __init__(
        self, settings: Settings, home: Path, secrets: Secrets, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._home = home
        self._secrets = secrets
        self._clock = clock
        self._open: dict[str, Sender] = {}
        self._patience: dict[str, Patience] = {}
        self._failures: dict[str, int] = {}
        self._down: dict[str, tuple[datetime, Sentence]] = {}

    def send(self, name: str, letter: Letter) -> str:
        """Send ``letter`` by the sender ``name``; returns its receipt.

        Raises:
            LeftAlone: it was not tried, for the sender is down.
            OrdertermError: it was not sent, or nobody knows whether it was.
        """
        self._demand_rest(name)
        try:
            receipt = self._send(name, letter)
        except OrdertermError as error:
            self._note_failure(name, error)
            raise
        self._failures[name] = 0
        return receipt

    def _demand_rest(self, name: str) -> None:
        until, why = self._down.get(name, (None, None))
        # A clock that was put back would make the rest as long as that.
        if until is None or why is None or not until - REST <= self._clock() < until:
            return
        rest = say(
            "sender {name} failed {count} times in a row and is left alone until {at}: {reason}",
            name=name,
            count=self._failures[name],
            at=f"{until.astimezone(self._settings.site.zone):%H:%M:%S}",
            reason=why,
        )
        raise LeftAlone(rest, until)

    def _send(self, name: str, letter: Letter) -> str:
        seconds = self._settings.messages.timeout_seconds + GRACE_SECONDS
        patience = self._patience.setdefault(name, Patience())
        try:
            return patience.wait(lambda: self._sender(name).send(letter), seconds)
        except TakesTooLong:
            raise SendFailed(late(name, seconds)) from None

    def _note_failure(self, name: str, error: OrdertermError) -> None:
        if isinstance(error, SendFailed) and error.final:
            self._failures[name] = 0  # it is there, and only this letter is refused
            return
        self._failures[name] = self._failures.get(name, 0) + 1
        if self._failures[name] >= IN_A_ROW:
            self._down[name] = self._clock() + REST, error.sentence
            self._open.pop(name, None)  # its secret may be another one by then

    def _sender(self, name: str) -> Sender:
        """The sender; one that can't be opened is tried anew each time, one that is down opened
        anew."""
        if name not in self._open:
            self._open[name] = open_sender(
                name,
                self._settings.senders[name],
                self._home,
                self._secrets,
                self._settings.messages.timeout_seconds,
                self._clock,
            )
        return self._open[name]
