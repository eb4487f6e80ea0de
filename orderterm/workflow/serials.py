"""Order numbers: a serial a channel and day, given out in the transaction that uses them."""

from datetime import date, datetime, timedelta

from orderterm.rules.classification import usual_day
from orderterm.rules.numbers import order_number
from orderterm.rules.permissions import Person
from orderterm.store.queries import rows
from orderterm.store.tables import Order, OrderSerial, Shipment
from orderterm.terms import Condition, EventKind, Priority
from orderterm.workflow.case import Case
from orderterm.workflow.orders import OVERRIDDEN, follow_priority
from orderterm.workflow.workplace import Workplace


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
        OrderSerial.update(last=first + count - 1).where(
            (OrderSerial.channel == channel) & (OrderSerial.day == day.isoformat())
        ).execute()
    return [order_number(day, channel, serial) for serial in range(first, first + count)]


def taken(channel: str, day: date) -> int:
    """How many orders ``channel`` has had on ``day``."""
    query = OrderSerial.select(OrderSerial.last).where(
        (OrderSerial.channel == channel) & (OrderSerial.day == day.isoformat())
    )
    return int(query.scalar() or 0)


def usual(workplace: Workplace, channel: str, day: date) -> float | None:
    """A usual day of ``channel``, in orders, by the days before ``day``; None where too few."""
    rules = workplace.settings.priority
    first = day - timedelta(days=rules.surge_days)
    counts = (
        OrderSerial.select(OrderSerial.last)
        .where(
            (OrderSerial.channel == channel)
            & (OrderSerial.day >= first.isoformat())
            & (OrderSerial.day < day.isoformat())
        )
        .order_by(OrderSerial.day)
    )
    return usual_day([count for (count,) in rows(counts)], rules)


def in_surge(channel: str, day: date) -> bool:
    """Whether the channel's day has become a surge already."""
    return (
        OrderSerial.get_or_none(
            (OrderSerial.channel == channel)
            & (OrderSerial.day == day.isoformat())
            & OrderSerial.surge_at.is_null(False)
        )
        is not None
    )


def begin_surge(workplace: Workplace, actor: Person, channel: str, day: date) -> None:
    """The channel's day has become a surge: what it brought earlier today is urgent as well.

    Priorities that a person chose, and orders that have ended or left, stay as they are.
    """
    OrderSerial.update(surge_at=workplace.now()).where(
        (OrderSerial.channel == channel) & (OrderSerial.day == day.isoformat())
    ).execute()
    prefix = order_number(day, channel, 1)[:-3]
    earlier = Order.select().where(
        Order.number.startswith(prefix)
        & (Order.priority > Priority.URGENT.rank)
        & (Order.priority_rule != OVERRIDDEN)
        & Order.condition.not_in((Condition.CANCELLED, Condition.COMPLETED))
        & Order.id.not_in(Shipment.select(Shipment.order))
    )
    for order in list(earlier):
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
