"""What every change is made with: the settings, the clock, the station, and who acts."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from orderterm.rules.classification import ClassificationRules
from orderterm.rules.permissions import Person
from orderterm.rules.verification import VerificationRules
from orderterm.rules.working_time import WorkingTime
from orderterm.sentences import Sentence
from orderterm.settings import Settings
from orderterm.store.people import employed

SYSTEM = Person("orderterm", "orderterm", system=True)
"""The program itself, where nobody pressed a key."""


class Workplace:
    """One home at work.

    Args:
        settings: the home's settings.
        clock: tells the time, aware; the only one there is.
        station: the terminal or program that changes are made from, for the trail.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime], station: str) -> None:
        self.settings = settings
        self.station = station
        self.working_time = WorkingTime(settings)
        self.verification = VerificationRules(settings)
        self.classification = ClassificationRules(settings)
        self._clock = clock

    def now(self) -> datetime:
        """The time, to the millisecond that the database keeps."""
        moment = self._clock()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Outcome(Struct, frozen=True):
    """What came of an action. ``changed`` is False where it had been done before."""

    number: str
    changed: bool
    sentence: Sentence


def person(badge: str) -> Person:
    """The staff member with ``badge``, within the caller's transaction.

    Raises:
        Refusal: nobody has it, or the person no longer works here.
    """
    if badge == SYSTEM.badge:
        return SYSTEM
    found = employed(badge)
    return Person(badge, found.name, found.roles)
