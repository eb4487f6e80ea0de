"""Stock comes and is counted: the ledger takes the difference, and waiting orders are offered it."""

from collections.abc import Sequence

from msgspec import Struct, field

from orderterm.errors import Refusal
from orderterm.rules.drafts import StockDraft
from orderterm.rules.permissions import Action, not_permitted
from orderterm.store import trail
from orderterm.store.connection import transaction
from orderterm.store.stock import held, levels
from orderterm.store.tables import Allocation, ImportFile, Order, OrderLine, StockMovement
from orderterm.terms import (
    EventKind,
    FileKind,
    FileStatus,
    MovementKind,
    Stage,
    TaskOutcome,
)
from orderterm.workflow.allocation import needs, offer_arrivals, plan, warn_of_shortage
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
        result.deprived = _deprive(workplace, [s for s, more in result.changes.items() if more < 0])
        result.served = offer_arrivals(
            workplace, [sku for sku, more in result.changes.items() if more > 0]
        )
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
    for sku, more in changes.items():
        StockMovement.create(
            sku=sku, kind=MovementKind.COUNT, quantity=more, at=workplace.now(), file=file
        )
    return changes


def _deprive(workplace: Workplace, skus: list[str]) -> list[str]:
    """Where less is there than is held, the last in the queue give theirs back and wait again."""
    deprived: list[str] = []
    for sku, level in levels(skus).items():
        lacking = -level.available
        while lacking > 0 and (order := _last_holder(sku)) is not None:
            lacking -= _give_back(workplace, order, sku)
            deprived.append(order.number)
    return deprived


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


def _give_back(workplace: Workplace, order: Order, sku: str) -> int:
    """Release all an order holds and put it back to allocation; returns the pieces of ``sku``."""
    case = Case(workplace, SYSTEM, order)
    lines = OrderLine.select(OrderLine.id).where(OrderLine.order == order.id)
    mine = held() & Allocation.line.in_(lines)
    rows = Allocation.select(Allocation.sku, Allocation.quantity).where(mine).tuples()
    pieces = sum(quantity for other, quantity in rows if other == sku)
    Allocation.update(released_at=case.at).where(mine).execute()
    case.record(EventKind.DEALLOCATED, sku=sku, pieces=pieces)
    task = case.open_task(Stage.ALLOCATION)
    if task is None and case.open_task(Stage.REVIEW) is None:
        for begun in [t for t in case.tasks if t.stage in (Stage.PREPARATION, Stage.SHIPPING)]:
            case.close_task(begun, TaskOutcome.WITHDRAWN)
        task = case.open_stage(Stage.ALLOCATION, case.next_round())
    if task is not None:
        warn_of_shortage(case, task, plan(needs(order.id)).short)
    case.close()
    return pieces
