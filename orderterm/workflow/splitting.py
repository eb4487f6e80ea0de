"""An order that comes of another one: the rest of a split order, or what a customer sends back."""

from typing import Any

from orderterm.errors import Refusal
from orderterm.store.tables import Order, OrderLine
from orderterm.terms import Condition, EventKind, Nature, Stage
from orderterm.workflow.allocation import needs, plan, warn_of_shortage
from orderterm.workflow.case import Case
from orderterm.workflow.content import lines_of
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
    if line.quantity > moving:
        OrderLine.update(quantity=line.quantity - moving).where(OrderLine.id == line_id).execute()
    else:
        OrderLine.update(removed_at=case.at).where(OrderLine.id == line_id).execute()


def open_return(case: Case, note: str) -> str:
    """Open a return for an order that has been shipped; it starts at review.

    Returns:
        The number of the return.
    """
    back = _sibling(case, Nature.RETURN)
    for line in lines_of(case.order.id):
        OrderLine.create(
            order=back.order.id,
            position=line.position,
            sku=line.sku,
            name=line.name,
            specification=line.specification,
            quantity=line.quantity,
            unit_price=line.unit_price,
        )
    back.open_stage(Stage.REVIEW, 1)
    back.record(EventKind.RECEIVED, origin=case.order.number, nature=Nature.RETURN.value, note=note)
    back.close()
    return str(back.order.number)


def _sibling(case: Case, nature: Nature) -> Case:
    """A new order of the same customer and channel, with this one as its origin."""
    order = case.order
    values: dict[str, Any] = {name: getattr(order, name) for name in _COPIED}
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
