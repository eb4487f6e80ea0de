"""What is to be simulated, and what came of it."""

from datetime import date, datetime
from pathlib import Path

from msgspec import Struct


class Plan(Struct, frozen=True):
    """What is simulated: ``orders`` a day, ``surge`` times as many on the ``surge_day``."""

    first: date = date(2026, 9, 21)
    days: int = 30
    orders: int = 2000
    surge_day: int = 13
    surge: float = 4.0
    tick_minutes: int = 30
    engines: int = 3
    kills_a_day: float = 10.0
    seed: int = 7


class Lived(Struct):
    """What happened: for the checks, and to be printed."""

    home: Path
    plan: Plan
    end: datetime
    ordered: int = 0
    acts: int = 0
    kills: int = 0
    ticks: int = 0
    seconds: float = 0.0
