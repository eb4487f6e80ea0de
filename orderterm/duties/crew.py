"""The duties at work beside the inbox, each in a thread of its own, none the ruin of another."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from peewee import PeeweeException

from orderterm.duties.duty import Duty
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say
from orderterm.store.connection import reading
from orderterm.workflow.workplace import Workplace

log = logging.getLogger(__name__)

Tell = Callable[[Sentence], None]

LONGEST_PAUSE_SECONDS = 60.0
"""Between two tries of a duty that fails again and again."""
GRACE_SECONDS = 1.0
"""How long all duties are waited for when the engine stops; what is cut off then begins anew."""

_TITLES = {
    "clock": say("the clock"),
    "outbox": say("sending messages"),
    "polling": say("asking where parcels are"),
    "reporting": say("writing reports"),
}


def hire(workplace: Workplace, home: Path, tell: Tell) -> list[Duty]:
    """The duties of a home, in the order in which one brings about work for the next.

    Raises:
        OrdertermError: the settings hold something that a duty can't work with.
    """
    from orderterm.duties.clock import ClockDuty
    from orderterm.duties.outbox import OutboxDuty
    from orderterm.duties.polling import PollingDuty
    from orderterm.duties.reporting import ReportingDuty

    kinds = (PollingDuty, ClockDuty, OutboxDuty, ReportingDuty)
    return [duty(workplace, home, tell) for duty in kinds]


def do_all(duties: Sequence[Duty], tell: Tell) -> None:
    """Do what there is to do now, a duty after the other; one that fails is told and left."""
    for duty in duties:
        hand = Hand(duty, tell)
        while hand.turn() == 0.0:
            pass


@contextmanager
def at_work(duties: Sequence[Duty], tell: Tell) -> Iterator["Crew"]:
    """The duties in their threads, until the end of the block."""
    crew = Crew([Hand(duty, tell) for duty in duties])
    try:
        yield crew
    finally:
        crew.stop()


class Crew:
    """The threads of several duties."""

    def __init__(self, hands: Sequence["Hand"]) -> None:
        self._hands = hands
        for hand in hands:
            hand.start()

    def renew(self, duties: Sequence[Duty]) -> None:
        """Go on with ``duties`` in the place of those before them, after the step in hand."""
        for hand, duty in zip(self._hands, duties, strict=True):
            hand.take_up(duty)

    def stop(self) -> None:
        """Stop after the steps in hand; what takes longer than ``GRACE_SECONDS`` is cut off."""
        for hand in self._hands:
            hand.stop()
        for hand in self._hands:
            hand.join(GRACE_SECONDS / len(self._hands))


class Hand(threading.Thread):
    """One duty in a thread: steps as long as there is something to do, and then looks again.

    A duty that fails is told of once and tried again with growing pauses.
    """

    def __init__(self, duty: Duty, tell: Tell) -> None:
        super().__init__(name=duty.name, daemon=True)
        self._duty = duty
        self._tell = tell
        self._wake = threading.Event()
        self._stopping = False
        self._failures = 0
        self._trouble = ""

    def take_up(self, duty: Duty) -> None:
        """Go on with ``duty``."""
        self._duty = duty
        self._wake.set()

    def stop(self) -> None:
        """Stop after the step in hand."""
        self._stopping = True
        self._wake.set()

    def run(self) -> None:
        """Step until stopped."""
        while not self._stopping:
            self._wake.clear()
            pause = self.turn()
            if not self._stopping:
                self._wake.wait(pause)

    def turn(self) -> float:
        """One step; returns how many seconds to wait before the next one."""
        duty = self._duty
        try:
            with reading():
                more = duty.step()
        except Exception as error:  # noqa: BLE001 - a fault of one duty must end no other
            return self._failed(error)
        if self._failures:
            self._failures, self._trouble = 0, ""
            self._tell(say("{duty} is at work again", duty=self._title))
        return 0.0 if more else duty.interval_seconds

    @property
    def _title(self) -> object:
        return _TITLES.get(self._duty.name, self._duty.name)

    def _failed(self, error: Exception) -> float:
        sentence = self._told(error)
        if str(sentence) != self._trouble:
            self._trouble = str(sentence)
            self._tell(sentence)
        self._failures += 1
        return min(2.0 ** min(self._failures - 1, 10), LONGEST_PAUSE_SECONDS)

    def _told(self, error: Exception) -> Sentence:
        if isinstance(error, OrdertermError):
            return self._stuck(error.sentence)
        if isinstance(error, PeeweeException):
            return self._stuck(say("the database says {error}", error=error))
        if isinstance(error, OSError):
            return self._stuck(error.strerror or str(error))
        log.error("a fault in the program, in the duty %s", self._duty.name, exc_info=error)
        return say(
            "{duty} met a fault in orderterm itself, which errors.log in the home tells more of: "
            "please report it; it is tried again, and everything else goes on",
            duty=self._title,
        )

    def _stuck(self, reason: object) -> Sentence:
        return say(
            "{duty} can't go on now: {reason}; it is tried again", duty=self._title, reason=reason
        )
