"""An order that comes of another one: the rest of a split order, or what a customer sends back."""

from typing import Any

from peewee import fn

from orderterm.errors import Refusal
from orderterm.store.queries import pairs
from orderterm.store.tables import Allocation, Order, OrderLine
from orderterm.terms import Condition, EventKind, Nature, Stage, TaskOutcome
from orderterm.workflow.allocation import (
    back_to_allocation,
    needs,
    plan,
    release_stock,
    warn_of_shortage,
)
from orderterm.workflow.case import Case
from orderterm.workflow.content import add_lines, classify, lines_of
from orderterm.workflow.serials import take_numbers

_COPIED = (
    "channel",
    "channel_kind",
    "shop",
    "channel_order_number",
    "channel_status",
    "fingerprint",
    "priority",
    "priority_rule",
    "priority_reason",
    "tags",
    "preferred_carrier",
    "customer_name",
    "customer_level",
    "contact",
    "contact_tail",
    "address",
    "special_request",
    "note",
    "ordered_at",
    "ship_by",
)


def split(case: Case) -> str:
    """Move what stock does not allow into an order of its own, which waits for it.

    Returns:
        The number of the new order.

    Raises:
        Refusal: nothing of the order is there, so there is nothing to split.
    """
    planned = plan(needs(case.order.id))
    if not planned.short:
        raise Refusal(
            "all that {number} needs is in stock: confirm its allocation", number=case.order.number
        )
    if not planned.fits:
        raise Refusal(
            "nothing that {number} needs is in stock: there is nothing to split; "
            "choose transfer, delay, substitute or cancel",
            number=case.order.number,
        )
    staying: dict[int, int] = {}
    for need in planned.fits:
        staying[need.line] = staying.get(need.line, 0) + need.quantity
    rest = _sibling(case, case.order.nature)
    for need in needs(case.order.id):
        _move_line(case, need.line, need.quantity, staying.get(need.line, 0), rest.order.id)
    task = rest.open_stage(Stage.ALLOCATION, 1)
    warn_of_shortage(rest, task, planned.short)
    rest.record(EventKind.SPLIT, origin=case.order.number)
    rest.close()
    return str(rest.order.number)


def _move_line(case: Case, line_id: int, needed: int, staying: int, rest: int) -> None:
    line = OrderLine.get_by_id(line_id)
    moving = needed - staying
    if moving <= 0:
        return
    OrderLine.create(
        order=rest,
        position=line.position,
        sku=line.sku,
        name=line.name,
        specification=line.specification,
        quantity=moving,
        unit_price=line.unit_price,
        substituted_for=line.substituted_for,
    )
    _shorten(case, line, moving)


def _shorten(case: Case, line: Any, pieces: int) -> None:
    """Take pieces off a line; one that keeps none stays on record as removed."""
    if line.quantity > pieces:
        change = {"quantity": line.quantity - pieces}
    else:
        change = {"removed_at": case.at}
    OrderLine.update(change).where(OrderLine.id == line.id).execute()


def drop_rest(case: Case) -> dict[str, int]:
    """Give up what a partly shipped order still waits for; what has left goes on to its end.

    Returns:
        The pieces given up, per SKU.
    """
    given_up: dict[str, int] = {}
    for need in needs(case.order.id):
        _shorten(case, OrderLine.get_by_id(need.line), need.quantity)
        given_up[need.sku] = given_up.get(need.sku, 0) + need.quantity
    if task := case.open_task(Stage.ALLOCATION):
        case.close_task(task, TaskOutcome.WITHDRAWN)
    if not case.tasks:
        case.open_stage(Stage.CONFIRMATION, case.next_round())
    return given_up


def substitute(case: Case, lines: list[Any], product: Any) -> None:
    """Let another product take the place of what is short of these lines.

    What is held for them or shipped stays as it is. Where all of it is held on the books and the
    shelf is empty nevertheless, all of it is replaced, and the order goes back to allocation.
    """
    short = {need.line: need.quantity for need in needs(case.order.id)}
    if not any(line.id in short for line in lines):
        if case.shipped:
            raise Refusal(
                "{number} is not short of {sku}: name the SKU that is",
                number=case.order.number,
                sku=lines[0].sku,
            )
        release_stock(case)
        case.freed.clear()  # the order itself is the first to need it again
        back_to_allocation(case)
        short = {line.id: line.quantity for line in lines}
    for line in lines:
        if line.id in short:
            _replace(case, line, short[line.id], product)


def _replace(case: Case, line: Any, pieces: int, product: Any) -> None:
    new = {
        "sku": product.sku,
        "name": product.name,
        "specification": product.specification,
        "substituted_for": line.substituted_for or line.sku,
    }
    if pieces >= line.quantity:
        OrderLine.update(new).where(OrderLine.id == line.id).execute()
        return
    _shorten(case, line, pieces)
    add_lines(case, [{**new, "quantity": pieces, "unit_price": line.unit_price}])


def open_return(case: Case, note: str) -> str:
    """Open a return for an order that has been shipped; it starts at review.

    Returns:
        The number of the return.
    """
    left = _returnable(case)
    if not left:
        raise Refusal(
            "all that has been shipped of {number} comes back already; "
            "`orderterm orders` lists its returns",
            number=case.order.number,
        )
    back = _sibling(
        case, Nature.RETURN, special_request="", note=note, tags=(), preferred_carrier=""
    )
    for line in lines_of(case.order.id):
        if line.id not in left:
            continue
        OrderLine.create(
            order=back.order.id,
            position=line.position,
            sku=line.sku,
            name=line.name,
            specification=line.specification,
            quantity=left[line.id],
            unit_price=line.unit_price,
        )
    classify(back)
    back.open_stage(Stage.REVIEW, 1)
    back.record(EventKind.RECEIVED, origin=case.order.number, nature=Nature.RETURN.value, note=note)
    back.close()
    return str(back.order.number)


def _returnable(case: Case) -> dict[int, int]:
    """By line, the pieces that have left and that no standing return has announced."""
    shipped = pairs(
        Allocation.select(Allocation.line, fn.SUM(Allocation.quantity))
        .join(OrderLine)
        .where((OrderLine.order == case.order.id) & Allocation.shipment.is_null(False))
        .group_by(Allocation.line)
    )
    coming = pairs(
        OrderLine.select(OrderLine.position, fn.SUM(OrderLine.quantity))
        .join(Order)
        .where(
            (Order.origin == case.order.id)
            & (Order.nature == Nature.RETURN)
            & Order.cancelled_at.is_null()
            & OrderLine.removed_at.is_null()
        )
        .group_by(OrderLine.position)
    )
    left = {
        line.id: shipped.get(line.id, 0) - coming.get(line.position, 0)
        for line in lines_of(case.order.id)
    }
    return {line: pieces for line, pieces in left.items() if pieces > 0}


def _sibling(case: Case, nature: Nature, **own: Any) -> Case:
    """A new order of the same customer and channel, with this one as its origin."""
    order = case.order
    values: dict[str, Any] = {name: getattr(order, name) for name in _COPIED} | own
    (number,) = take_numbers(case.workplace, order.channel, case.at, 1)
    created = Order.create(
        **values,
        number=number,
        source_key=f"{order.source_key}/{number}",
        origin=order.id,
        nature=nature,
        condition=Condition.NORMAL,
        received_at=case.at,
    )
    return Case(case.workplace, case.actor, created)
