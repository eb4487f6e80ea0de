"""Times as the site's clocks show them."""

from datetime import datetime
from typing import overload
from zoneinfo import ZoneInfo

from orderterm.rules.working_time import WorkingTime
from orderterm.settings import Settings

_clocks: tuple[Settings, WorkingTime] | None = None


@overload
def local(moment: datetime, zone: ZoneInfo) -> datetime: ...
@overload
def local(moment: datetime | None, zone: ZoneInfo) -> datetime | None: ...
def local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """``moment`` in the site's zone; None stays None."""
    return None if moment is None else moment.astimezone(zone)


def clocks(settings: Settings) -> WorkingTime:
    """The site's clocks; kept for the next call, because a year of shifts takes its time."""
    global _clocks
    kept = _clocks
    if kept is None or kept[0] is not settings:
        kept = _clocks = settings, WorkingTime(settings)
    return kept[1]
