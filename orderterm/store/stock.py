"""Stock, always computed: on hand sums the movements, allocated sums what is held."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from peewee import fn

from orderterm.store.prepared import PreparedList
from orderterm.store.queries import parts
from orderterm.store.tables import Allocation, StockMovement


class Level(NamedTuple):
    """Pieces of one SKU."""

    on_hand: int
    allocated: int

    @property
    def available(self) -> int:
        """What a new order may have."""
        return self.on_hand - self.allocated


def held() -> Any:
    """The condition of an allocation that still holds stock."""
    return Allocation.released_at.is_null() & Allocation.shipment.is_null()


_ON_HAND = PreparedList(
    lambda skus: (
        StockMovement.select(StockMovement.sku, fn.SUM(StockMovement.quantity))
        .where(StockMovement.sku.in_(skus))
        .group_by(StockMovement.sku)
    )
)
_ALLOCATED = PreparedList(
    lambda skus: (
        Allocation.select(Allocation.sku, fn.SUM(Allocation.quantity))
        .where(held() & Allocation.sku.in_(skus))
        .group_by(Allocation.sku)
    )
)


def levels(skus: Iterable[str]) -> dict[str, Level]:
    """The stock of each of ``skus``; one that has never moved has none."""
    found: dict[str, Level] = {}
    for wanted in parts(skus):
        on_hand = dict(_ON_HAND.of(len(wanted)).rows(*wanted))
        allocated = dict(_ALLOCATED.of(len(wanted)).rows(*wanted))
        found |= {sku: Level(on_hand.get(sku, 0), allocated.get(sku, 0)) for sku in wanted}
    return found
