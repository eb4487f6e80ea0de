"""Stock is counted: the ledger takes the difference, and waiting orders are offered what came."""

from collections.abc import Sequence

from msgspec import Struct, field

from orderterm.errors import Refusal
from orderterm.rules.drafts import StockDraft
from orderterm.rules.permissions import Action, not_permitted
from orderterm.store import trail
from orderterm.store.connection import transaction
from orderterm.store.stock import held, levels, move
from orderterm.store.tables import Allocation, ImportFile, Order, OrderLine
from orderterm.terms import EventKind, FileKind, FileStatus, MovementKind
from orderterm.workflow.allocation import (
    back_to_allocation,
    needs,
    offer_arrivals,
    plan,
    release_stock,
    warn_of_shortage,
)
from orderterm.workflow.case import Case
from orderterm.workflow.workplace import SYSTEM, Workplace, person


class Counted(Struct):
    """What a count changed: pieces per SKU, the orders it served, and those it took stock from."""

    changes: dict[str, int] = field(default_factory=dict)
    served: list[str] = field(default_factory=list)
    deprived: list[str] = field(default_factory=list)
    known: bool = False


def count(
    workplace: Workplace,
    badge: str,
    drafts: Sequence[StockDraft],
    file: int | None = None,
    content_hash: str = "",
) -> Counted:
    """Set what is on hand of each SKU to what was counted, all of a file in one transaction.

    A file that was counted before is not counted again: stock has moved since.

    Args:
        workplace: the home at work.
        badge: who counted.
        drafts: the counts; of a SKU given twice the last one holds.
        file: the file they came in; it is marked as done in the same transaction.
        content_hash: what the file holds, to know it again.

    Raises:
        Refusal: it is not for this person to do.
    """
    with transaction():
        actor = person(badge)
        if why := not_permitted(Action.IMPORT, actor):
            raise Refusal(why)
        if content_hash and _counted_before(content_hash):
            return Counted(known=True)
        for draft in drafts:
            if draft.on_hand < 0:
                raise Refusal("a count of {sku} can't be below zero", sku=draft.sku)
        counted = {draft.sku: draft.on_hand for draft in drafts}
        result = Counted(changes=_move(workplace, counted, file))
        entry = trail.Entry(
            workplace.now(),
            actor.badge,
            workplace.station,
            None,
            EventKind.STOCK_COUNTED.value,
            {"changes": result.changes},
        )
        trail.append([entry])
        result.deprived, freed = _deprive(
            workplace, [sku for sku, more in result.changes.items() if more < 0]
        )
        came = {sku for sku, more in result.changes.items() if more > 0}
        result.served = offer_arrivals(workplace, sorted(came | freed))
        if file is not None:
            ImportFile.update(status=FileStatus.DONE, finished_at=workplace.now()).where(
                ImportFile.id == file
            ).execute()
        return result


def _counted_before(content_hash: str) -> bool:
    query = ImportFile.select().where(
        (ImportFile.content_hash == content_hash)
        & (ImportFile.kind == FileKind.STOCK)
        & (ImportFile.status == FileStatus.DONE)
    )
    return bool(query.exists())


def _move(workplace: Workplace, counted: dict[str, int], file: int | None) -> dict[str, int]:
    there = levels(counted)
    changes = {sku: pieces - there[sku].on_hand for sku, pieces in counted.items()}
    changes = {sku: more for sku, more in changes.items() if more}
    move(MovementKind.COUNT, changes, workplace.now(), file=file)
    return changes


def _deprive(workplace: Workplace, skus: list[str]) -> tuple[list[str], set[str]]:
    """Where less is there than is held, the last in the queue give theirs back and wait again.

    Returns:
        The numbers of those orders, and the SKUs that came free with what was short.
    """
    deprived: list[str] = []
    freed: set[str] = set()
    for sku in skus:
        while levels([sku])[sku].available < 0 and (order := _last_holder(sku)) is not None:
            freed |= _give_back(workplace, order)
            deprived.append(order.number)
    return deprived, freed


def _last_holder(sku: str) -> Order | None:
    holder: Order | None = (
        Order.select(Order)
        .join(OrderLine)
        .join(Allocation)
        .where(held() & (Allocation.sku == sku))
        .order_by(Order.priority.desc(), Order.id.desc())
        .first()
    )
    return holder


def _give_back(workplace: Workplace, order: Order) -> set[str]:
    """Release all an order holds and put it back to allocation; returns the SKUs."""
    case = Case(workplace, SYSTEM, order)
    pieces = release_stock(case)
    case.record(EventKind.DEALLOCATED, pieces=pieces)
    if task := back_to_allocation(case):
        warn_of_shortage(case, task, plan(needs(order.id)).short)
    case.close()
    return set(pieces)
