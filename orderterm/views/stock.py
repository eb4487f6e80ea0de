"""What is there of each product, what is held for orders, and what is left."""

from msgspec import Struct
from peewee import fn

from orderterm.errors import Refusal
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.stock import Level, held, on_hand
from orderterm.store.tables import Allocation, Product, StockCheckpoint


class StockRow(Struct, frozen=True):
    """One SKU; all figures in pieces. ``below_safety`` when less is available than should be."""

    sku: str
    name: str
    specification: str
    location: str
    on_hand: int
    allocated: int
    available: int
    safety: int
    below_safety: bool


_UNKNOWN = ("", "", "", 0)


def stock(sku: str | None = None) -> list[StockRow]:
    """The stock of every SKU of the catalogue and of every one that ever moved, or of one.

    Raises:
        Refusal: ``sku`` is neither in the catalogue nor was ever in stock.
    """
    with snapshot():
        products = _products(sku)
        levels = _levels(sku)
    if sku is not None and not products and not levels:
        raise Refusal(
            "{sku} is neither in the catalogue nor in stock; `orderterm stock` lists what is",
            sku=sku,
        )
    return [
        _row(one, products.get(one, _UNKNOWN), levels.get(one, Level(0, 0)))
        for one in sorted(products.keys() | levels.keys())
    ]


def _products(sku: str | None) -> dict[str, tuple[str, str, str, int]]:
    query = Product.select(
        Product.sku, Product.name, Product.specification, Product.location, Product.safety_stock
    )
    if sku is not None:
        query = query.where(Product.sku == sku)
    return {row[0]: row[1:] for row in queries.rows(query)}


def _levels(sku: str | None) -> dict[str, Level]:
    there = on_hand()
    taken = Allocation.select(Allocation.sku, fn.SUM(Allocation.quantity)).where(held())
    if sku is not None:
        there = there.where(StockCheckpoint.sku == sku)
        taken = taken.where(Allocation.sku == sku)
    pieces = queries.pairs(there)
    allocated = queries.pairs(taken.group_by(Allocation.sku))
    return {
        one: Level(pieces.get(one, 0), allocated.get(one, 0))
        for one in pieces.keys() | allocated.keys()
    }


def _row(sku: str, product: tuple[str, str, str, int], level: Level) -> StockRow:
    name, specification, location, safety = product
    return StockRow(
        sku=sku,
        name=name,
        specification=specification,
        location=location,
        on_hand=level.on_hand,
        allocated=level.allocated,
        available=level.available,
        safety=safety,
        below_safety=level.available < safety,
    )
