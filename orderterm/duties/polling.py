"""The duty that asks kuaidi100 where parcels are, one at a time; off unless the settings say so."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from orderterm.duties.patience import Patience, TakesTooLong
from orderterm.duties.secrets import Secrets
from orderterm.duties.senders.http import Gateway, Reply, late
from orderterm.errors import OrdertermError
from orderterm.intake.profiles import Profile, load_profiles
from orderterm.intake.replies import read_steps
from orderterm.outgoing import Kuaidi100
from orderterm.rules.carriers import carriers, code_of
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.workflow import hearing, polling
from orderterm.workflow.polling import Turn
from orderterm.workflow.workplace import SYSTEM, Workplace

SERVICE = "kuaidi100"
SETBACK = timedelta(minutes=5)
"""How long nothing is asked after an answer that is no answer: it is the same for every parcel."""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_PHONE = "408"
_ACCOUNT = frozenset({"503", "600", "601"})
"""Codes of kuaidi100 for a sign, a customer or a key that it does not accept."""
_BUSY = frozenset({"501", "502"})


class _Answer(Struct, frozen=True):
    """What kuaidi100 said: ``code`` is its refusal, "" where it told where the parcel is."""

    reply: Reply
    code: str
    words: str


def check_polling(settings: Settings, home: Path) -> Iterator[Sentence]:
    """What keeps kuaidi100 from being asked, as far as can be told without asking."""
    secrets = Secrets(home)
    for one in _account(settings.kuaidi100) if settings.kuaidi100.enabled else ():
        try:
            _secret(secrets, *one)
        except OrdertermError as error:
            yield error.sentence


def _account(settings: Kuaidi100) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("customer", settings.customer), ("key", settings.key)


def _secret(secrets: Secrets, name: str, place: str) -> str:
    if not place:
        raise OrdertermError(
            "kuaidi100 is to be asked, but {name} says nothing: give it in orderterm.toml, "
            "[kuaidi100]",
            name=name,
        )
    return secrets.read(place).reveal()


class PollingDuty:
    """Asks after parcels that nobody has signed for; any number of them may work side by side.

    Args:
        workplace: the home at work.
        home: the home's folder.
        tell: told what fails, once for each trouble; nothing personal or secret is in it.
    """

    name = "polling"
    interval_seconds = 30.0

    def __init__(self, workplace: Workplace, home: Path, tell: Callable[[Sentence], None]) -> None:
        self.workplace = workplace
        self._settings = workplace.settings.kuaidi100
        self._folder = home / workplace.settings.inbox.profiles
        self._secrets = Secrets(home)
        self._seconds = workplace.settings.messages.timeout_seconds
        self._gateway = Gateway(SERVICE, self._secrets, self._seconds)
        self._patience = Patience()
        self._tell = tell
        self._told: set[str] = set()
        self._trouble = ""
        self._rest_until: datetime | None = None
        self._profile: Profile | None = None

    def step(self) -> bool:
        """Ask after the parcel whose turn it is."""
        if not self._settings.enabled or self._rests():
            return False
        interval = timedelta(minutes=self._settings.interval_minutes)
        turn = polling.take_turn(self.workplace, interval)
        if turn is None:
            return False
        try:
            self._ask(turn)
        except OrdertermError as error:
            self._rest(error.sentence)
            return False
        return True

    def _rests(self) -> bool:
        # A clock that was put back would make the rest as long as that.
        until, now = self._rest_until, self.workplace.now()
        return until is not None and until - SETBACK <= now < until

    def _rest(self, why: Sentence) -> None:
        """The trouble is the same for every parcel; it is told again only once it was over."""
        if str(why) != self._trouble:
            self._tell(why)
        self._trouble = str(why)
        self._rest_until = self.workplace.now() + SETBACK

    def _tell_once(self, sentence: Sentence) -> None:
        if str(sentence) not in self._told:
            self._told.add(str(sentence))
            self._tell(sentence)

    def _ask(self, turn: Turn) -> None:
        code = self._settings.carriers.get(turn.carrier) or code_of(turn.carrier)
        if code is None:
            self._tell_once(
                say(
                    "kuaidi100 can't be asked after parcels of {carrier}: give its code in "
                    "orderterm.toml, [kuaidi100] carriers",
                    carrier=turn.carrier,
                )
            )
            return
        known = carriers().get(code)
        answer = self._query(turn, code, turn.tail if known is not None and known.phone else "")
        if answer.code == _PHONE and turn.tail:
            answer = self._query(turn, code, turn.tail)
        if answer.code:
            self._learn_of_refusal(turn, answer)
        else:
            self._learn(turn, answer)

    def _query(self, turn: Turn, code: str, phone: str) -> _Answer:
        """Ask; a telephone's last digits are told only where they are needed.

        Raises:
            OrdertermError: there was no answer, or none that kuaidi100 gives.
        """
        asked = {"com": code, "num": turn.waybill, "resultv2": "4"}
        param = json.dumps(asked | ({"phone": phone} if phone else {}), ensure_ascii=False)
        customer, key = (_secret(self._secrets, *one) for one in _account(self._settings))
        # The gateway's own way of signing; nothing is kept safe by it on our side.
        digest = hashlib.md5(f"{param}{key}{customer}".encode(), usedforsecurity=False)
        form = {"customer": customer, "param": param, "sign": digest.hexdigest().upper()}
        reply = self._post(urlencode(form).encode())
        found = reply.document()
        if not reply.well or not found:
            raise self._gateway.misread(reply)
        refused = found.get("result") is False or not found.get("data")
        refusal = str(found.get("returnCode") or found.get("status") or "?") if refused else ""
        return _Answer(reply, refusal, str(found.get("message", "")))

    def _post(self, form: bytes) -> Reply:
        url, seconds = self._settings.url, 2 * self._seconds
        try:
            return self._patience.wait(lambda: self._gateway.post(url, form, _FORM), seconds)
        except TakesTooLong:
            raise OrdertermError(late(SERVICE, seconds)) from None

    def _learn(self, turn: Turn, answer: _Answer) -> None:
        profile = self._profile = self._profile or self._own_profile()
        drafts, rejected = read_steps(answer.reply.body, profile, self.workplace.settings.site.zone)
        for row in rejected:
            self._tell_once(row.reason)
        # Whatever kuaidi100 calls the carrier and the number, this parcel was asked after.
        steps = [replace(draft, carrier=turn.carrier, waybill=turn.waybill) for draft in drafts]
        hearing.note_tracking(self.workplace, SYSTEM.badge, steps)
        polling.found_out(turn.parcel)
        self._trouble = ""

    def _learn_of_refusal(self, turn: Turn, answer: _Answer) -> None:
        """Nothing is known of this parcel, or the account itself has a trouble.

        Raises:
            OrdertermError: the trouble is not the parcel's.
        """
        if answer.code in _ACCOUNT | _BUSY:
            raise self._gateway.refused(answer.code, answer.words)
        polling.found_nothing(self.workplace, turn.parcel, self._settings.failures)
        self._trouble = ""

    def _own_profile(self) -> Profile:
        return next(one for one in load_profiles(self._folder) if one.name == SERVICE)
