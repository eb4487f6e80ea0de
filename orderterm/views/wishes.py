"""Which carrier the customers of some orders have asked for."""

from collections.abc import Iterable

from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Order


def preferred_carriers(numbers: Iterable[str]) -> dict[str, str]:
    """By order number the carrier that was asked for; an order that asked for none is left out."""
    wanted = list(numbers)
    with snapshot():
        return {
            number: carrier
            for some in queries.parts(wanted)
            for number, carrier in queries.rows(
                Order.select(Order.number, Order.preferred_carrier).where(
                    Order.number.in_(some) & (Order.preferred_carrier != "")
                )
            )
        }
