"""What comes back: inspected on receipt, put back on the shelf or scrapped, and refunded."""

from typing import Any

from peewee import fn

from orderterm.errors import Refusal
from orderterm.store.queries import pairs, rows
from orderterm.store.stock import levels
from orderterm.store.tables import Inspection, OrderLine, Refund
from orderterm.terms import MovementKind
from orderterm.workflow.case import Case
from orderterm.workflow.content import lines_of
from orderterm.workflow.details import Details
from orderterm.workflow.shipping import move


def receive(case: Case, _: Any, details: Details) -> dict[str, Any]:
    """Inspect what came back: each piece goes back on the shelf or is scrapped.

    Without ``restock`` and ``scrap`` everything that was announced goes back on the shelf. What was
    inspected in an earlier round, before the order went back to review, is not expected again.

    Raises:
        Refusal: more came back than was announced, or a SKU that was not.
    """
    lines = _announced(case)
    restock = dict(details.restock or {})
    scrap = dict(details.scrap or {})
    if details.restock is None and details.scrap is None:
        restock = {sku: sum(q for _, q in found) for sku, found in lines.items()}
    for sku in sorted({*restock, *scrap}):
        _inspect(case, sku, lines.get(sku, []), restock.get(sku, 0), scrap.get(sku, 0))
    back = {sku: pieces for sku, pieces in restock.items() if pieces}
    move(case, MovementKind.RESTOCK, back)
    case.freed |= back.keys()
    return {"restock": restock, "scrap": scrap}


def _announced(case: Case) -> dict[str, list[tuple[int, int]]]:
    """By SKU, the lines and the pieces of each that are still to come."""
    inspected = pairs(
        Inspection.select(Inspection.line, fn.SUM(Inspection.restocked + Inspection.scrapped))
        .join(OrderLine)
        .where((OrderLine.order == case.order.id) & Inspection.withdrawn_at.is_null())
        .group_by(Inspection.line)
    )
    lines: dict[str, list[tuple[int, int]]] = {}
    for line in lines_of(case.order.id):
        left = (line.quantity or 0) - inspected.get(line.id, 0)
        lines.setdefault(line.sku, []).append((line.id, left))
    return lines


def _inspect(case: Case, sku: str, lines: list[tuple[int, int]], restock: int, scrap: int) -> None:
    announced = sum(quantity for _, quantity in lines)
    if restock < 0 or scrap < 0 or restock + scrap > announced:
        raise Refusal(
            "{number} announced {announced} × {sku}, but {restock} to restock and {scrap} to "
            "scrap were given: correct the figures, or raise an exception for what is too many",
            number=case.order.number,
            announced=announced,
            sku=sku,
            restock=restock,
            scrap=scrap,
        )
    for line, quantity in lines:
        good = min(restock, quantity)
        bad = min(scrap, quantity - good)
        restock, scrap = restock - good, scrap - bad
        Inspection.create(line=line, restocked=good, scrapped=bad, at=case.at, by=case.actor.badge)


def unreceive(case: Case) -> None:
    """Undo an inspection: what was put back on the shelf is taken off again.

    Raises:
        Refusal: another order has got it in the meantime.
    """
    lines = OrderLine.select(OrderLine.id).where(OrderLine.order == case.order.id)
    valid = Inspection.line.in_(lines) & Inspection.withdrawn_at.is_null()
    back = pairs(
        Inspection.select(OrderLine.sku, fn.SUM(Inspection.restocked))
        .join(OrderLine)
        .where(valid)
        .group_by(OrderLine.sku)
    )
    for sku, level in levels(back).items():
        if level.available < back[sku]:
            raise Refusal(
                "{sku} that came back with {number} is promised to other orders by now: "
                "the inspection can't be undone; count the stock instead",
                sku=sku,
                number=case.order.number,
            )
    move(case, MovementKind.REVERSAL, {sku: -pieces for sku, pieces in back.items() if pieces})
    Inspection.update(withdrawn_at=case.at).where(valid).execute()


def refund(case: Case, _: Any, details: Details) -> dict[str, Any]:
    """The customer's money went back.

    Raises:
        Refusal: no amount was given, and the lines' prices don't tell it.
    """
    amount = details.amount if details.amount is not None else _worth(case)
    if amount is None or amount < 0:
        raise Refusal(
            "say how much was refunded for {number} with --amount", number=case.order.number
        )
    currency = case.workplace.settings.site.currency
    Refund.create(
        order=case.order.id,
        amount=amount,
        currency=currency,
        reference=details.reference,
        at=case.at,
        by=case.actor.badge,
    )
    return {"amount": amount, "currency": currency, "reference": details.reference}


def _worth(case: Case) -> int | None:
    """What the pieces that came back had cost and was not refunded, where every price is known."""
    came = rows(
        Inspection.select(Inspection.restocked + Inspection.scrapped, OrderLine.unit_price)
        .join(OrderLine)
        .where((OrderLine.order == case.order.id) & Inspection.withdrawn_at.is_null())
    )
    if not came or any(price is None for _, price in came):
        return None
    paid = Refund.select(fn.SUM(Refund.amount)).where(
        (Refund.order == case.order.id) & Refund.withdrawn_at.is_null()
    )
    worth = sum(int(pieces * price) for pieces, price in came)
    return max(0, worth - int(paid.scalar() or 0))


def unrefund(case: Case) -> None:
    """Take the last refund back, which was entered by mistake; earlier ones stand."""
    last = (
        Refund.select(fn.MAX(Refund.id))
        .where((Refund.order == case.order.id) & Refund.withdrawn_at.is_null())
        .scalar()
    )
    Refund.update(withdrawn_at=case.at).where(Refund.id == last).execute()
