"""What has come in and what was done since the site's midnight, read through indexes."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from peewee import SQL, fn

from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.fields import utc_time
from orderterm.store.tables import Order, OrderSerial, Task
from orderterm.terms import Stage, TaskOutcome

Hours = tuple[int, ...]
"""How many in each of the 24 hours of a day, as the site's clocks show them."""


class Today(Struct, frozen=True):
    """The site's day so far.

    ``received`` are orders by channel and ``surges`` the channels whose day is a surge;
    ``done`` are finished stages by who finished them and which.
    """

    received: dict[str, int]
    surges: frozenset[str]
    arrivals: Hours
    completions: Hours
    done: dict[tuple[str, Stage], int]


def today(settings: Settings, now: datetime) -> Today:
    """The site's day at ``now``, within the caller's reading."""
    zone = settings.site.zone
    day = now.astimezone(zone).date()
    midnight = datetime.combine(day, time(), zone)
    arrivals = _arrivals(day)
    received: dict[str, int] = {}
    for channel, _, orders in arrivals:
        received[channel] = received.get(channel, 0) + orders
    return Today(
        received=received,
        surges=_surges(day, list(received)),
        arrivals=_by_hour((row[1:] for row in arrivals), zone),
        completions=_by_hour(_completions(midnight), zone),
        done=_done(midnight),
    )


def _arrivals(day: date) -> list[tuple[str, datetime, int]]:
    """Channel, minute and how many orders; an order's number begins with its day."""
    minute = _minute(Order.received_at)
    query = Order.select(Order.channel, minute, fn.COUNT(SQL("1"))).where(
        queries.begins_with(Order.number, f"{day:%Y%m%d}-")
    )
    return queries.rows(query.group_by(Order.channel, minute))


def _surges(day: date, channels: list[str]) -> frozenset[str]:
    """Those of ``channels`` whose day has become a surge."""
    query = OrderSerial.select(OrderSerial.channel).where(
        OrderSerial.channel.in_(channels)
        & (OrderSerial.day == day.isoformat())
        & OrderSerial.surge_at.is_null(False)
    )
    return frozenset(channel for (channel,) in queries.rows(query))


def _completions(midnight: datetime) -> list[tuple[datetime, int]]:
    """Minute and how many orders; confirmation is what completes an order."""
    minute = _minute(Task.done_at)
    query = Task.select(minute, fn.COUNT(SQL("1"))).where(
        _done_since(midnight) & (Task.stage == Stage.CONFIRMATION)
    )
    return queries.rows(query.group_by(minute))


def _done(midnight: datetime) -> dict[tuple[str, Stage], int]:
    query = Task.select(Task.done_by, Task.stage, fn.COUNT(SQL("1"))).where(_done_since(midnight))
    rows = queries.rows(query.group_by(Task.done_by, Task.stage))
    return {(badge, stage): tasks for badge, stage, tasks in rows}


def _done_since(midnight: datetime) -> Any:
    return (Task.done_at >= midnight) & (Task.outcome == TaskOutcome.DONE)


def _minute(column: Any) -> Any:
    """The minute of a time: fine enough for every zone, and few however much has happened."""
    return fn.SUBSTR(column, 1, len("2026-11-22T02:30")).converter(
        lambda text: utc_time(text + "Z")
    )


def _by_hour(counts: Iterable[tuple[datetime, int]], zone: ZoneInfo) -> Hours:
    hours = [0] * 24
    for minute, count in counts:
        hours[minute.astimezone(zone).hour] += count
    return tuple(hours)
