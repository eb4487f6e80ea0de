"""Weeks of the site: from a Monday's midnight to the next one's, whatever the clocks do."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


class Week(Struct, frozen=True):
    """A week of a site, named by its Monday."""

    monday: date
    zone: ZoneInfo

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + 6 * _DAY

    @property
    def start(self) -> datetime:
        """Its first moment, in UTC."""
        return midnight(self.monday, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment after it, in UTC."""
        return midnight(self.monday + _WEEK, self.zone)

    @property
    def days(self) -> Sequence[date]:
        """Its seven days."""
        return [self.monday + n * _DAY for n in range(7)]

    def before(self, weeks: int = 1) -> "Week":
        """The week so many weeks earlier."""
        return Week(self.monday - weeks * _WEEK, self.zone)


def week_of(day: date, zone: ZoneInfo) -> Week:
    """The week that ``day`` lies in."""
    return Week(day - day.weekday() * _DAY, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When ``day`` begins at the site, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_after(day: date) -> date:
    """The next day."""
    return day + _DAY
