"""What is still to come back with a return or an exchange."""

from peewee import fn

from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Inspection, Order, OrderLine


def announced(number: str) -> dict[str, int]:
    """The pieces of each SKU that were announced and not inspected yet, in the order's own order.

    Args:
        number: a return or an exchange; of an order that there is not nothing is announced.
    """
    inspected = Inspection.select(
        fn.COALESCE(fn.SUM(Inspection.restocked + Inspection.scrapped), 0)
    ).where((Inspection.line == OrderLine.id) & Inspection.withdrawn_at.is_null())
    query = (
        OrderLine.select(OrderLine.sku, fn.COALESCE(OrderLine.quantity, 0) - inspected)
        .join(Order)
        .where((Order.number == number) & OrderLine.removed_at.is_null())
        .order_by(OrderLine.position)
    )
    pieces: dict[str, int] = {}
    with snapshot():
        for sku, left in queries.rows(query):
            if left > 0:
                pieces[sku] = pieces.get(sku, 0) + left
    return pieces
