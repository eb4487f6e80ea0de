"""Stock, always computed: on hand comes to what was moved, allocated to what is held.

Adding up all that ever moved would grow with history, so each SKU has a checkpoint, "up to this
movement it came to so many", and what moved after it is added. Movements are never changed nor
deleted, so what a checkpoint says stays true; it is moved on before much lies after it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from peewee import JOIN, fn

from orderterm.store.bulk import insert_rows
from orderterm.store.fields import utc_text
from orderterm.store.prepared import PreparedList, prepared
from orderterm.store.queries import pairs, parts
from orderterm.store.tables import Allocation, StockCheckpoint, StockMovement
from orderterm.terms import MovementKind

MOST_AFTER = 200
"""How many movements of a SKU may lie after its checkpoint."""


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


_COME_TO = StockCheckpoint.on_hand + fn.COALESCE(fn.SUM(StockMovement.quantity), 0)


def _from_checkpoints(*columns: Any) -> Any:
    """A select over each SKU's checkpoint and the movements after it."""
    after = (StockMovement.sku == StockCheckpoint.sku) & (
        StockMovement.id > StockCheckpoint.movement_id
    )
    return (
        StockCheckpoint.select(StockCheckpoint.sku, *columns)
        .join(StockMovement, JOIN.LEFT_OUTER, on=after)
        .group_by(StockCheckpoint.sku)
    )


def on_hand() -> Any:
    """A select of each SKU that ever moved and how many pieces are there, to be narrowed."""
    return _from_checkpoints(_COME_TO)


_ON_HAND = PreparedList(lambda skus: on_hand().where(StockCheckpoint.sku.in_(skus)))
_ALLOCATED = PreparedList(
    lambda skus: (
        Allocation.select(Allocation.sku, fn.SUM(Allocation.quantity))
        .where(held() & Allocation.sku.in_(skus))
        .group_by(Allocation.sku)
    )
)
_AFTER = PreparedList(
    lambda skus: _from_checkpoints(
        fn.COUNT(StockMovement.id), fn.MAX(StockMovement.id), _COME_TO
    ).where(StockCheckpoint.sku.in_(skus))
)
_COLUMNS = ("sku", "movement_id", "on_hand")
_MOVE_ON = prepared(
    lambda movement, there, sku: StockCheckpoint.update(movement_id=movement, on_hand=there).where(
        StockCheckpoint.sku == sku
    )
)


def levels(skus: Iterable[str]) -> dict[str, Level]:
    """The stock of each of ``skus``; one that has never moved has none."""
    found: dict[str, Level] = {}
    for wanted in parts(skus):
        there = dict(_ON_HAND.of(len(wanted)).rows(*wanted))
        allocated = dict(_ALLOCATED.of(len(wanted)).rows(*wanted))
        found |= {sku: Level(there.get(sku, 0), allocated.get(sku, 0)) for sku in wanted}
    return found


def move(
    kind: MovementKind,
    pieces: Mapping[str, int],
    at: datetime,
    *,
    order: int | None = None,
    file: int | None = None,
) -> None:
    """Put movements into the ledger, within the caller's transaction; the only way into it.

    Args:
        kind: why they moved.
        pieces: how many of each SKU, negative for out; never zero.
        at: when.
        order: the id of the order that they moved for.
        file: the id of the file that told of them.
    """
    columns = ("sku", "kind", "quantity", "at", "order_id", "file_id")
    when = utc_text(at)
    moved = [(sku, kind.value, count, when, order, file) for sku, count in pieces.items()]
    insert_rows(StockMovement, columns, moved)
    keep_checkpoints(pieces)


def keep_checkpoints(skus: Iterable[str]) -> None:
    """Move the checkpoints of those of ``skus`` on that have too much after them.

    Within the transaction that put the movements there: writers take turns, so none is missed.
    """
    for moved in parts(skus):
        found = _AFTER.of(len(moved)).rows(*moved)
        new = set(moved).difference(sku for sku, *_ in found)
        insert_rows(StockCheckpoint, _COLUMNS, [(sku, 0, 0) for sku in sorted(new)])
        for sku, after, last, there in found:
            if after > MOST_AFTER:
                _MOVE_ON.run(last, there, sku)


def miscounted() -> list[str]:
    """The SKUs whose checkpoint says other than their movements come to; reads all of them."""
    moved = StockMovement.select(StockMovement.sku, fn.SUM(StockMovement.quantity))
    true, told = pairs(moved.group_by(StockMovement.sku)), pairs(on_hand())
    return sorted(sku for sku in true.keys() | told.keys() if true.get(sku, 0) != told.get(sku, 0))
