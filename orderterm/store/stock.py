"""Stock, always computed: on hand sums the movements, allocated sums what is held."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from peewee import fn

from orderterm.store.queries import pairs, parts
from orderterm.store.tables import Allocation, StockMovement


class Level(NamedTuple):
    """Pieces of one SKU."""

    on_hand: int
    allocated: int

    @property
    def available(self) -> int:
        """What a new order may have."""
        return self.on_hand - self.allocated


def levels(skus: Iterable[str]) -> dict[str, Level]:
    """The stock of each of ``skus``; one that has never moved has none."""
    found: dict[str, Level] = {}
    for wanted in parts(skus):
        on_hand = pairs(
            StockMovement.select(StockMovement.sku, fn.SUM(StockMovement.quantity))
            .where(StockMovement.sku.in_(wanted))
            .group_by(StockMovement.sku)
        )
        allocated = pairs(
            Allocation.select(Allocation.sku, fn.SUM(Allocation.quantity))
            .where(held() & Allocation.sku.in_(wanted))
            .group_by(Allocation.sku)
        )
        found |= {sku: Level(on_hand.get(sku, 0), allocated.get(sku, 0)) for sku in wanted}
    return found


def held() -> Any:
    """The condition of an allocation that still holds stock."""
    return Allocation.released_at.is_null() & Allocation.shipment.is_null()
