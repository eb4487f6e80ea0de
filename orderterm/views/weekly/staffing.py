"""The hours of the day: what comes to each stage, what gets done, how many people that takes."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from peewee import SQL, fn

from orderterm.errors import OrdertermError
from orderterm.rules.weeks import Week
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.causes import finished_in
from orderterm.store.fields import utc_time
from orderterm.store.tables import Task
from orderterm.terms import Stage
from orderterm.views.staff import names
from orderterm.views.times import clocks
from orderterm.views.weekly.finished import Finished

LEAST_PERSON_HOURS = 5
"""From fewer hours in which somebody finished something nothing is told of how many it takes."""

_LOOKED_AFTER = timedelta(days=7)
"""So long after a week a task that came in it is looked for among those that are done."""

_CLOSED_AT_MOST = timedelta(days=62)
"""So long before a week its last shift is looked for."""

_DAY = timedelta(days=1)


class HourRow(Struct, frozen=True):
    """An hour of the day at a stage, all days of the week together.

    ``arrived`` counts what came outside the shifts in the first hour of the next one, where it
    waits for people. ``people`` is how many finished anything in it, on an average worked day;
    ``needed`` is how many its arrivals take, None where there is too little to tell.
    """

    stage: Stage
    hour: int
    arrived: int
    completed: int
    people: float
    needed: int | None


class Pace(Struct, frozen=True):
    """How many tasks of a stage one person finishes in an hour in which they finish any.

    ``median`` is None where ``person_hours`` are too few to tell.
    """

    stage: Stage
    person_hours: int
    median: float | None


class Staffing(Struct, frozen=True):
    """The hours in which anything came or was done, and the pace of each stage.

    ``worked_days`` are the days on which somebody finished something.
    """

    hours: list[HourRow]
    paces: list[Pace]
    worked_days: int


def staffing(week: Week, done: Sequence[Finished], settings: Settings) -> Staffing:
    """What the week's hours were like, within the caller's reading.

    Args:
        week: the week.
        done: what was finished in it.
        settings: the home's settings, with its shifts.
    """
    people = set(names({one.done_by for one in done}))
    by_hand = _by_person_hour([one for one in done if one.done_by in people], week.zone)
    days = len({day for _, _, day, _ in by_hand})
    arrived = _arrived(week, done, settings)
    completed = Counter((one.stage, one.done_at.astimezone(week.zone).hour) for one in done)
    present = Counter((stage, hour) for stage, _, _, hour in by_hand)
    paces = {stage: _pace(stage, by_hand) for stage in Stage}
    hours = [
        HourRow(
            stage,
            hour,
            arrived[stage, hour],
            completed[stage, hour],
            present[stage, hour] / days if days else 0.0,
            _needed(arrived[stage, hour], days, paces[stage].median),
        )
        for stage in Stage
        for hour in range(24)
        if arrived[stage, hour] or completed[stage, hour]
    ]
    return Staffing(hours, [one for one in paces.values() if one.person_hours], days)


_PersonHour = tuple[Stage, str, date, int]


def _by_person_hour(done: Iterable[Finished], zone: ZoneInfo) -> Counter[_PersonHour]:
    """How many tasks each person finished at each stage in each hour of the week."""
    local = ((one.stage, one.done_by, one.done_at.astimezone(zone)) for one in done)
    return Counter((stage, badge, at.date(), at.hour) for stage, badge, at in local)


def _pace(stage: Stage, by_hand: Counter[_PersonHour]) -> Pace:
    tasks = [count for (at, *_), count in by_hand.items() if at is stage]
    enough = len(tasks) >= LEAST_PERSON_HOURS
    return Pace(stage, len(tasks), statistics.median(tasks) if enough else None)


def _needed(arrived: int, days: int, pace: float | None) -> int | None:
    if pace is None or not days:
        return None
    return math.ceil(arrived / days / pace)


def _arrived(
    week: Week, done: Iterable[Finished], settings: Settings
) -> Counter[tuple[Stage, int]]:
    """How many tasks came to each stage in each hour: those of the week that are done, were done
    soon after it, or are open. A task is of the week in which people are there for it, or of an
    earlier one in which somebody finished it nevertheless."""
    closed = _closed(week, settings)
    # What is done needs nobody any more: it stays with the week that has done it.
    found = Counter((one.stage, one.started_at) for one in done if one.started_at >= closed)
    began = (Task.started_at >= closed) & (Task.started_at < week.end)
    for which in (Task.done_at.is_null(), finished_in(week.end, week.end + _LOOKED_AFTER)):
        for stage, minute, count in _begun(began & which):
            if _attended(minute, settings) < week.end:
                found[stage, minute] += count
    by_hour = Counter[tuple[Stage, int]]()
    for (stage, moment), count in found.items():
        attended = _attended(moment, settings)
        if attended >= week.start:
            by_hour[stage, attended.astimezone(week.zone).hour] += count
    return by_hour


def _closed(week: Week, settings: Settings) -> datetime:
    """When the last shift before the week was over: what has come since waits for its first."""
    for back in range(1, _CLOSED_AT_MOST.days + 1):
        if spans := clocks(settings).shifts_on(week.monday - back * _DAY):
            return min(week.start, max(span.end for span in spans))
    return week.start - _CLOSED_AT_MOST


def _attended(moment: datetime, settings: Settings) -> datetime:
    """When people are there for what came at ``moment``; a site without shifts is never left."""
    try:
        return clocks(settings).advance(moment, timedelta.resolution, "working")
    except OrdertermError:
        return moment


def _begun(condition: Any) -> list[tuple[Stage, datetime, int]]:
    minute = fn.SUBSTR(Task.started_at, 1, len("2026-11-22T02:30")).converter(
        lambda text: utc_time(text + "Z")
    )
    query = Task.select(Task.stage, minute, fn.COUNT(SQL("1"))).where(condition)
    return queries.rows(query.group_by(Task.stage, minute))
