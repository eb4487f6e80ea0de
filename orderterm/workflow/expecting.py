"""Telling an order when the stock comes that it waits for, once and again when the day changes."""

from datetime import datetime

from orderterm.store.connection import transaction
from orderterm.store.tables import Order, OrderException
from orderterm.terms import ExceptionKind, ExceptionPath
from orderterm.workflow.exceptions import Resolution, raise_by_hand, resolve
from orderterm.workflow.workplace import Outcome, Workplace


def expect(workplace: Workplace, badge: str, number: str, until: datetime, note: str) -> Outcome:
    """Resolve the order's shortage by stock that comes; one resolved before gets the new day.

    Args:
        workplace: the home at work.
        badge: who expects it.
        number: the order that waits.
        until: when the stock is there, aware.
        note: why the shortage is opened once more, where it had been resolved before.

    Raises:
        Refusal: it is not open to this person now, or so long a delay needs a manager.
    """
    with transaction():
        if not _is_short(number):
            raise_by_hand(workplace, badge, number, ExceptionKind.SHORTAGE, note=note)
        return resolve(
            workplace,
            badge,
            number,
            kind=ExceptionKind.SHORTAGE,
            path=ExceptionPath.TRANSFER,
            resolution=Resolution(until=until),
        )


def _is_short(number: str) -> bool:
    query = OrderException.select().join(Order)
    return bool(
        query.where(
            (Order.number == number)
            & (OrderException.kind == ExceptionKind.SHORTAGE)
            & OrderException.resolved_at.is_null()
        ).exists()
    )
