"""The rest of a split order: an order to the house, to its customer a part of the first one."""

from typing import Any

from orderterm.store.tables import Order
from orderterm.terms import Nature


def is_rest(order: Any = Order) -> Any:
    """The condition that an order was split off another one.

    A return has an origin, too, and is an order of its own.
    """
    return order.origin.is_null(False) & (order.nature != Nature.RETURN)
