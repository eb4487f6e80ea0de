"""What every change is made with: the settings, the clock, the station, and who acts."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from orderterm.errors import Refusal
from orderterm.rules.classification import ClassificationRules
from orderterm.rules.permissions import Person
from orderterm.rules.verification import VerificationRules
from orderterm.rules.working_time import WorkingTime
from orderterm.sentences import Sentence
from orderterm.settings import Settings
from orderterm.store.prepared import prepared
from orderterm.store.tables import Staff

SYSTEM = Person("orderterm", "orderterm", system=True)
"""The program itself, where nobody pressed a key."""

_STAFF = prepared(
    lambda badge: Staff.select(Staff.name, Staff.roles, Staff.disabled_at).where(
        Staff.badge == badge
    )
)


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
    found = _STAFF.first(badge)
    if found is None:
        raise Refusal(
            "nobody has the badge {badge}; `orderterm staff list` shows who is there", badge=badge
        )
    if found.disabled_at is not None:
        raise Refusal(
            "{name} ({badge}) is disabled and may not act; an administrator can add a new badge",
            name=found.name,
            badge=badge,
        )
    return Person(badge, found.name, found.roles)
