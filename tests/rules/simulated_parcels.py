"""Simulated parcels: each travels as long as its carrier takes; its customer confirms at leisure.

Seeded; nothing of the program takes part. Carriers differ and deliver by day, now and then all are
held up by a storm, and a few parcels go astray. Some customers confirm at once, some the next day,
and some when they are reminded.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from orderterm.terms import Priority, Stage
from tests.rules.simulated_days import FIRST, PRIORITIES

PARCELS_A_DAY = 150
STAGES = (Stage.TRACKING, Stage.CONFIRMATION)
LIMITS = {Stage.TRACKING: timedelta(hours=48), Stage.CONFIRMATION: timedelta(hours=24)}
HOUR = timedelta(hours=1)


class Carrier(NamedTuple):
    """Half its parcels travel less than ``hours``; the others, by ``spread``, longer."""

    name: str
    hours: float
    spread: float
    share: int


CARRIERS = (Carrier("SF", 26, 0.25, 3), Carrier("ZTO", 40, 0.28, 5), Carrier("YD", 46, 0.35, 2))


class Awaited(NamedTuple):
    """A task that is waited for."""

    key: int
    stage: Stage
    priority: Priority
    carrier: str
    started_at: datetime
    due_at: datetime
    done_at: datetime

    @property
    def place(self) -> tuple[int, datetime, int]:
        """Where it would be in a queue."""
        return self.priority.rank, self.due_at, self.key

    def is_open(self, at: datetime) -> bool:
        """Whether it has begun and is not done."""
        return self.started_at <= at < self.done_at


def awaited(seed: int, days: int) -> Iterator[Awaited]:
    """The tracking and the confirmation of each parcel that leaves in so many days."""
    random = Random(seed)
    storms = {day for day in range(days) if random.random() < 1 / 20}
    for number in range(PARCELS_A_DAY * days):
        day = number // PARCELS_A_DAY
        shipped = FIRST + timedelta(days=day) + random.uniform(9, 22) * HOUR
        carrier = random.choices(CARRIERS, [one.share for one in CARRIERS])[0]
        signed = shipped + _journey(random, carrier, storm=day in storms)
        signed = _within(random, signed, 9, 20)
        confirmed = _within(random, signed + _leisure(random), 8, 23)
        priority = random.choices(list(PRIORITIES), list(PRIORITIES.values()))[0]
        for stage, begun, done in (
            (Stage.TRACKING, shipped, signed),
            (Stage.CONFIRMATION, signed, confirmed),
        ):
            yield Awaited(number, stage, priority, carrier.name, begun, begun + LIMITS[stage], done)


def _journey(random: Random, carrier: Carrier, *, storm: bool) -> timedelta:
    hours = carrier.hours * random.lognormvariate(0, carrier.spread)
    if storm:
        hours += random.uniform(6, 20)
    if random.random() < 1 / 50:  # astray
        hours += random.uniform(48, 120)
    return hours * HOUR


def _leisure(random: Random) -> timedelta:
    kind = random.random()
    if kind < 0.55:
        return random.expovariate(1 / 5) * HOUR
    if kind < 0.85:
        return random.expovariate(1 / 20) * HOUR
    return random.uniform(24, 7 * 24) * HOUR


def _within(random: Random, at: datetime, opens: int, closes: int) -> datetime:
    """The moment itself by day, else within three hours of the next morning's ``opens``."""
    midnight = at - (at - FIRST) % timedelta(days=1)
    hour = (at - midnight) / HOUR
    if opens <= hour <= closes:
        return at
    morning = midnight + timedelta(days=hour > closes, hours=opens)
    return morning + random.uniform(0, 3) * HOUR
