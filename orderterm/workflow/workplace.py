"""What every change is made with: the settings, the clock, the station, and who acts."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from orderterm.rules.permissions import Person
from orderterm.rules.working_time import WorkingTime
from orderterm.sentences import Sentence
from orderterm.settings import Settings
from orderterm.store.people import employed

if TYPE_CHECKING:
    from orderterm.rules.classification import ClassificationRules
    from orderterm.rules.verification import VerificationRules

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
        self._clock = clock

    # The rules are loaded when an order is first judged: a terminal that shows a list needs none.

    @cached_property
    def verification(self) -> "VerificationRules":
        """What an order must have."""
        from orderterm.rules.verification import VerificationRules

        return VerificationRules(self.settings)

    @cached_property
    def classification(self) -> "ClassificationRules":
        """How an order's nature, tags and priority are told."""
        from orderterm.rules.classification import ClassificationRules

        return ClassificationRules(self.settings)

    def with_settings(self, settings: Settings) -> "Workplace":
        """The same place with other settings."""
        return Workplace(settings, self._clock, self.station)

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
