"""How many orders came in, were completed and were cancelled, by day, channel and priority.

The rest of a split order came in with the whole one: it counts nowhere here.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from peewee import SQL, fn

from orderterm.rules.weeks import Week, day_after, midnight
from orderterm.store import queries
from orderterm.store.causes import finished_in
from orderterm.store.rests import is_rest
from orderterm.store.tables import Order, Task
from orderterm.terms import Priority, Stage

_Key = tuple[date, str, Priority]


class Volume(Struct, frozen=True):
    """Orders of a day, channel and priority, as the order's priority is now."""

    day: date
    channel: str
    priority: Priority
    received: int
    completed: int
    cancelled: int


class Flow(Struct, frozen=True):
    """Orders of some volumes together."""

    received: int
    completed: int
    cancelled: int


def volumes(week: Week) -> list[Volume]:
    """The orders of a week, by day, channel and priority; without what had none."""
    received, completed, cancelled = _received(week), _completed(week), _cancelled(week)
    keys = sorted({*received, *completed, *cancelled}, key=_place)
    return [Volume(*key, received[key], completed[key], cancelled[key]) for key in keys]


def together(rows: list[Volume]) -> Flow:
    """The sum of some volumes."""
    return Flow(
        sum(row.received for row in rows),
        sum(row.completed for row in rows),
        sum(row.cancelled for row in rows),
    )


def numbers_of(first: date, last: date) -> Any:
    """The condition of an order received from ``first`` to ``last``: its number begins with its
    day."""
    after = day_after(last)
    return (Order.number >= f"{first:%Y%m%d}-") & (Order.number < f"{after:%Y%m%d}-")


def day_of_number() -> Any:
    """The day that an order's number begins with."""
    return fn.SUBSTR(Order.number, 1, 8).converter(date.fromisoformat)


def _place(key: _Key) -> tuple[date, str, int]:
    day, channel, priority = key
    return day, channel, priority.rank


def _received(week: Week) -> Counter[_Key]:
    day = day_of_number()
    query = Order.select(day, Order.channel, Order.priority, fn.COUNT(SQL("1"))).where(
        numbers_of(week.monday, week.sunday) & ~is_rest()
    )
    rows = queries.rows(query.group_by(day, Order.channel, Order.priority))
    return Counter({(day, channel, priority): count for day, channel, priority, count in rows})


def _completed(week: Week) -> Counter[_Key]:
    """Confirmation is what completes an order."""
    found: Counter[_Key] = Counter()
    for day, start, end in _days(week):
        of_day = finished_in(start, end) & (Task.stage == Stage.CONFIRMATION) & ~is_rest()
        query = Task.select(Order.channel, Order.priority, fn.COUNT(Order.id.distinct())).join(
            Order
        )
        grouped = query.where(of_day).group_by(Order.channel, Order.priority)
        found.update({(day, *key): count for *key, count in queries.rows(grouped)})
    return found


def _cancelled(week: Week) -> Counter[_Key]:
    found: Counter[_Key] = Counter()
    for day, start, end in _days(week):
        query = Order.select(Order.channel, Order.priority, fn.COUNT(SQL("1"))).where(
            (Order.cancelled_at >= start) & (Order.cancelled_at < end) & ~is_rest()
        )
        grouped = query.group_by(Order.channel, Order.priority)
        found.update({(day, *key): count for *key, count in queries.rows(grouped)})
    return found


def _days(week: Week) -> Iterator[tuple[date, datetime, datetime]]:
    """Each day with its first moment and that of the next."""
    for day in week.days:
        yield day, midnight(day, week.zone), midnight(day_after(day), week.zone)
