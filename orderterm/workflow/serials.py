"""Order numbers: a serial a channel and day, given out in the transaction that uses them."""

from datetime import date, datetime, timedelta
from typing import Any

from peewee import SQL, fn

from orderterm.rules.classification import usual_day
from orderterm.rules.numbers import order_number
from orderterm.rules.permissions import Person
from orderterm.store.prepared import prepared
from orderterm.store.queries import begins_with
from orderterm.store.tables import Order, OrderSerial, Shipment
from orderterm.terms import Condition, EventKind, Priority
from orderterm.workflow.case import Case
from orderterm.workflow.orders import OVERRIDDEN, follow_priority
from orderterm.workflow.workplace import Workplace


def _on(channel: Any, day: Any) -> Any:
    return (OrderSerial.channel == channel) & (OrderSerial.day == day)


_TAKEN = prepared(
    lambda channel, day: OrderSerial.select(OrderSerial.last).where(_on(channel, day))
)
_SURGE_AT = prepared(
    lambda channel, day: OrderSerial.select(OrderSerial.surge_at).where(_on(channel, day))
)
_GIVE_OUT = prepared(
    lambda last, channel, day: OrderSerial.update(last=last).where(_on(channel, day))
)
_DAYS_BEFORE = prepared(
    lambda channel, first, day: (
        OrderSerial.select(OrderSerial.last)
        .where(
            (OrderSerial.channel == channel) & (OrderSerial.day >= first) & (OrderSerial.day < day)
        )
        .order_by(OrderSerial.day)
    )
)


def local_day(workplace: Workplace, moment: datetime) -> date:
    """The day it is at the site."""
    return moment.astimezone(workplace.settings.site.zone).date()


def take_numbers(workplace: Workplace, channel: str, at: datetime, count: int) -> list[str]:
    """The next ``count`` order numbers of ``channel`` on the site's day of ``at``."""
    day = local_day(workplace, at)
    first = taken(channel, day) + 1
    if first == 1:
        OrderSerial.create(channel=channel, day=day.isoformat(), last=count)
    else:
        _GIVE_OUT.run(first + count - 1, channel, day.isoformat())
    return [order_number(day, channel, serial) for serial in range(first, first + count)]


def taken(channel: str, day: date) -> int:
    """How many orders ``channel`` has had on ``day``."""
    return int(_TAKEN.value(channel, day.isoformat()) or 0)


def usual(workplace: Workplace, channel: str, day: date) -> float | None:
    """A usual day of ``channel``, in orders, by the days before ``day``; None where too few."""
    rules = workplace.settings.priority
    first = day - timedelta(days=rules.surge_days)
    counts = _DAYS_BEFORE.rows(channel, first.isoformat(), day.isoformat())
    return usual_day([count for (count,) in counts], rules)


def in_surge(channel: str, day: date) -> bool:
    """Whether the channel's day has become a surge already."""
    return _SURGE_AT.value(channel, day.isoformat()) is not None


def begin_surge(workplace: Workplace, actor: Person, channel: str, day: date) -> None:
    """The channel's day has become a surge: what it brought earlier today is urgent as well.

    Priorities that a person chose, and orders that have ended or left, stay as they are.
    """
    OrderSerial.update(surge_at=workplace.now()).where(
        (OrderSerial.channel == channel) & (OrderSerial.day == day.isoformat())
    ).execute()
    for order in _brought_today(channel, day):
        case = Case(workplace, actor, order)
        before = order.priority
        case.keep(priority=Priority.URGENT, priority_rule="surge_day")
        follow_priority(case)
        case.record(
            EventKind.PRIORITY_CHANGED,
            before=before.value,
            after=Priority.URGENT.value,
            rule="surge_day",
        )
        case.close()


def _brought_today(channel: str, day: date) -> list[Any]:
    """The channel's orders of the day that are still to be hurried; their numbers tell them."""
    prefix = order_number(day, channel, 1)[:-3]
    left = Shipment.select(SQL("1")).where(Shipment.order == Order.id)
    earlier = Order.select().where(
        begins_with(Order.number, prefix)
        & (Order.priority > Priority.URGENT.rank)
        & (Order.priority_rule != OVERRIDDEN)
        & Order.condition.not_in((Condition.CANCELLED, Condition.COMPLETED))
        & ~fn.EXISTS(left)
    )
    return list(earlier)
