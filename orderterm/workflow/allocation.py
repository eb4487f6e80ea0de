"""Holding stock for an order: all of it or nothing, checked and held in one transaction."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from peewee import SQL, fn

from orderterm.store.bulk import insert_rows
from orderterm.store.fields import utc_text
from orderterm.store.prepared import PreparedList, prepared
from orderterm.store.queries import pairs, parts, rows
from orderterm.store.stock import held, levels
from orderterm.store.tables import Allocation, Order, OrderLine, Pause, Task
from orderterm.terms import (
    ExceptionKind,
    ExceptionPath,
    PauseReason,
    Stage,
    TaskOutcome,
)
from orderterm.workflow.case import Case
from orderterm.workflow.workplace import SYSTEM, Workplace

WAITED = "waiting_stock"
"""The reason of the settings for what is late and waited for stock, where nobody gives one."""


class Need(Struct, frozen=True):
    """What a line still needs, in pieces."""

    line: int
    sku: str
    quantity: int


class Plan(Struct, frozen=True):
    """What can be held now, and what is short of each SKU, in pieces."""

    fits: tuple[Need, ...]
    short: dict[str, int]

    def suffices(self, *, partial: bool) -> bool:
        """Whether the order can go on: with all it needs, or a part where that may go alone."""
        return not self.short or (partial and bool(self.fits))


_LINES = prepared(
    lambda order: (
        OrderLine.select(OrderLine.id, OrderLine.sku, OrderLine.quantity)
        .where((OrderLine.order == order) & OrderLine.removed_at.is_null())
        .order_by(OrderLine.position)
    )
)
_TAKEN = prepared(
    lambda order: (
        Allocation.select(Allocation.line, fn.SUM(Allocation.quantity))
        .join(OrderLine)
        .where((OrderLine.order == order) & Allocation.released_at.is_null())
        .group_by(Allocation.line)
    )
)


def needs(order_id: int) -> list[Need]:
    """What is neither held nor shipped yet, line by line."""
    taken = dict(_TAKEN.rows(order_id))
    open_lines = (
        (line, sku, (quantity or 0) - taken.get(line, 0))
        for line, sku, quantity in _LINES.rows(order_id)
    )
    return [Need(line, sku, quantity) for line, sku, quantity in open_lines if quantity > 0]


def plan(wanted: list[Need]) -> Plan:
    """What of ``wanted`` the stock allows, summed per SKU over all lines, first line first."""
    left = {sku: level.available for sku, level in levels(n.sku for n in wanted).items()}
    fits: list[Need] = []
    short: dict[str, int] = {}
    for need in wanted:
        have = max(0, min(need.quantity, left[need.sku]))
        left[need.sku] -= have
        if have:
            fits.append(Need(need.line, need.sku, have))
        if have < need.quantity:
            short[need.sku] = short.get(need.sku, 0) + need.quantity - have
    return Plan(tuple(fits), short)


_GATHER = PreparedList(
    lambda others, round_, order: Allocation.update(round=round_).where(
        held()
        & Allocation.line.in_(OrderLine.select(OrderLine.id).where(OrderLine.order == order))
        & (Allocation.round != round_)
        & Allocation.round.not_in(others)
    )
)


def hold_stock(case: Case, task: Any, fits: tuple[Need, ...]) -> None:
    """Hold stock for the order; what it held before goes with it into this round.

    A part of the order that is at a later stage keeps what is its own.
    """
    others = [other.round for other in case.tasks if other.round != task.round]
    _GATHER.of(len(others)).run(task.round, case.order.id, *others)
    at = utc_text(case.at)
    columns = ("line_id", "sku", "round", "quantity", "allocated_at")
    held_now = [(need.line, need.sku, task.round, need.quantity, at) for need in fits]
    insert_rows(Allocation, columns, held_now)


def release_stock(case: Case, round_: int | None = None) -> dict[str, int]:
    """Give back what the order holds (of one round, or all of it); returns the pieces per SKU.

    Other orders are offered them when the case is closed.
    """
    lines = OrderLine.select(OrderLine.id).where(OrderLine.order == case.order.id)
    condition = held() & Allocation.line.in_(lines)
    if round_ is not None:
        condition &= Allocation.round == round_
    pieces = pairs(
        Allocation.select(Allocation.sku, fn.SUM(Allocation.quantity))
        .where(condition)
        .group_by(Allocation.sku)
    )
    if pieces:
        Allocation.update(released_at=case.at).where(condition).execute()
        case.freed |= pieces.keys()
    return pieces


def back_to_allocation(case: Case) -> Any:
    """Take preparation and shipping back, where they have begun.

    Returns:
        The open allocation; None where the order has not come so far yet.
    """
    begun = [task for task in case.tasks if task.stage in (Stage.PREPARATION, Stage.SHIPPING)]
    for task in begun:
        case.close_task(task, TaskOutcome.WITHDRAWN)
    if begun and case.open_task(Stage.ALLOCATION) is None:
        case.open_stage(Stage.ALLOCATION, case.next_round())
    return case.open_task(Stage.ALLOCATION)


def await_rest(case: Case, short: dict[str, int]) -> None:
    """Keep what is short as a back order: an allocation of its own that waits for stock."""
    task = case.open_stage(Stage.ALLOCATION, case.next_round())
    warn_of_shortage(case, task, short)


def warn_of_shortage(case: Case, task: Any, short: dict[str, int]) -> None:
    """Tell purchasing what is short, and stop the clock until it is there."""
    case.pause(task, PauseReason.STOCK)
    if case.open_exception(ExceptionKind.SHORTAGE) is None:
        case.raise_exception(ExceptionKind.SHORTAGE, {"short": short})


def offer_arrivals(workplace: Workplace, skus: list[str]) -> list[str]:
    """Offer stock that has arrived to the orders that wait for it, first in the queue first.

    Within the caller's transaction. An order takes it only if all it needs is there.

    Args:
        workplace: the home at work.
        skus: what arrived.

    Returns:
        The numbers of the orders that were allocated.
    """
    served = []
    for order in _waiting_orders(skus):
        case = Case(workplace, SYSTEM, order)
        task = case.open_task(Stage.ALLOCATION)
        if task is None or order.held_at is not None or _blocked(case):
            continue
        planned = plan(needs(order.id))
        if planned.short:
            continue
        late = WAITED if case.is_overdue(task) else None
        hold_stock(case, task, planned.fits)
        finish_allocation(case, task, late, {"offered": True})
        case.close()
        served.append(order.number)
    return served


def offer_again(case: Case) -> None:
    """What came while the order could not take it is offered once it can."""
    if any(pause.reason is PauseReason.STOCK for pause in case.pauses):
        case.freed |= {need.sku for need in needs(case.order.id)}


def waits_for_stock(case: Case, task: Any) -> bool:
    """Whether a task's clock stands still until stock comes."""
    return any(
        pause.task_id == task.id and pause.reason is PauseReason.STOCK for pause in case.pauses
    )


def finish_allocation(case: Case, task: Any, late: str | None, payload: dict[str, Any]) -> None:
    """Close a successful allocation, with the shortage it ends, and go on to preparation."""
    case.finish(task, late, payload)
    if exception := case.open_exception(ExceptionKind.SHORTAGE):
        case.resolve_exception(exception, ExceptionPath.ARRIVED, {})
    case.advance(Stage.ALLOCATION, task.round)


def _blocked(case: Case) -> bool:
    return any(found.kind is not ExceptionKind.SHORTAGE for found in case.exceptions)


def _waiting_orders(skus: list[str]) -> Iterator[Any]:
    """The orders that wait for any of ``skus``, by priority, due time and receipt."""
    queue = {place for some in parts(skus) for place in rows(_waiting_for(some))}
    for *_, order in sorted(queue, key=_place):
        yield Order.get_by_id(order)


def _place(waiting: tuple[Any, ...]) -> tuple[int, Any, int]:
    priority, due_at, order = waiting
    return priority.rank, due_at, order


def _waiting_for(skus: list[str]) -> Any:
    # Asked of each order that waits: a SKU may be in any number of orders.
    wanted = OrderLine.select(SQL("1")).where(
        (OrderLine.order == Task.order) & OrderLine.sku.in_(skus) & OrderLine.removed_at.is_null()
    )
    return (
        Task.select(Task.priority, Task.due_at, Task.order)
        .join(Pause)
        .where(
            (Task.stage == Stage.ALLOCATION)
            & Task.done_at.is_null()
            & (Pause.reason == PauseReason.STOCK)
            & Pause.ended_at.is_null()
            & fn.EXISTS(wanted)
        )
    )
