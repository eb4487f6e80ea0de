"""The door to an order: one transaction with the order in hand, and what came free offered on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orderterm.errors import Refusal
from orderterm.store.connection import transaction
from orderterm.store.prepared import prepared
from orderterm.store.tables import Order
from orderterm.workflow.allocation import offer_arrivals
from orderterm.workflow.case import Case
from orderterm.workflow.workplace import Workplace, person

_ORDER = prepared(lambda number: Order.select().where(Order.number == number))


@contextmanager
def open_case(workplace: Workplace, badge: str, number: str) -> Iterator[Case]:
    """Take the order ``number`` in hand for one transaction; nothing is kept if it fails.

    Stock that came free on the way is offered to the orders that wait for it.

    Args:
        workplace: the home at work.
        badge: who acts.
        number: the order's number.

    Raises:
        Refusal: there is no such order or person.
    """
    with transaction():
        actor = person(badge)
        case = Case(workplace, actor, find_order(number))
        yield case
        case.close()
        if case.freed:
            offer_arrivals(workplace, sorted(case.freed))


def find_order(number: str) -> Any:
    """The order with ``number``, within the caller's transaction.

    Raises:
        Refusal: there is none.
    """
    order = _ORDER.first(number)
    if order is None:
        raise Refusal(
            "there is no order {number}; `orderterm orders` lists those there are", number=number
        )
    return order
