"""Every report there is, by name, and of which days it is made unless somebody names others."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from orderterm.errors import OrdertermError
from orderterm.reports.document import Period, Report
from orderterm.reports.names import ReportName
from orderterm.reports.registers import (
    exceptions,
    handover,
    priority,
    progress,
    registration,
    shipping,
    shortage,
    survey,
)
from orderterm.reports.registers.frame import Request
from orderterm.reports.weekly import report as weekly
from orderterm.settings import Settings

Builder = Callable[[Request], Report]

BUILDERS: Mapping[ReportName, Builder] = {
    ReportName.REGISTRATION: registration.build,
    ReportName.PRIORITY: priority.build,
    ReportName.PROGRESS: progress.build,
    ReportName.SHORTAGE: shortage.build,
    ReportName.EXCEPTIONS: exceptions.build,
    ReportName.SHIPPING: shipping.build,
    ReportName.SURVEY: survey.build,
    ReportName.WEEKLY: weekly.build,
    ReportName.HANDOVER: handover.build,
}
"""What makes each report, within the caller's reading; its rows may be read only once."""

_WEEK = timedelta(days=7)
_LONGEST = timedelta(days=3660)


def usual_period(name: ReportName, settings: Settings, now: datetime) -> Period:
    """The site's day at ``now``; for the weekly review the last whole week."""
    day = now.astimezone(settings.site.zone).date()
    return last_week(day) if name is ReportName.WEEKLY else Period(day, day)


def last_week(day: date) -> Period:
    """The whole week, Monday to Sunday, before the one of ``day``."""
    monday = day - timedelta(days=day.weekday()) - _WEEK
    return Period(monday, monday + timedelta(days=6))


def period_of(
    name: ReportName, first: date | None, last: date | None, settings: Settings, now: datetime
) -> Period:
    """The days that are meant: one of them named alone is the only one. The weekly review is of
    the whole week that they lie in.

    Raises:
        OrdertermError: the last day is before the first, or too long after it.
    """
    begin, end = first or last, last or first
    if begin is None or end is None:
        return usual_period(name, settings, now)
    if end < begin:
        raise OrdertermError(
            "the report would end on {last}, before it begins on {first}: exchange the two days",
            first=begin.isoformat(),
            last=end.isoformat(),
        )
    if name is ReportName.WEEKLY:
        return _week_of(begin, end)
    if end - begin > _LONGEST:
        raise OrdertermError(
            "from {first} to {last} is more than ten years: ask for a shorter time",
            first=begin.isoformat(),
            last=end.isoformat(),
        )
    return Period(begin, end)


def _week_of(first: date, last: date) -> Period:
    week = last_week(first + _WEEK)
    if last > week.last:
        raise OrdertermError(
            "the weekly review is of one week: the one of {first} ends on {sunday}",
            first=first.isoformat(),
            sunday=week.last.isoformat(),
        )
    return week
