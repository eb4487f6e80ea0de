"""What is to be refunded, and what was refunded today."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from msgspec import structs
from peewee import fn

from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Inspection, Order, OrderLine, Refund
from orderterm.views.find import of_numbers
from orderterm.views.staff import names
from orderterm.views.times import local
from orderterm.views.work import Work

MOST_TODAY = 200
"""How many of the latest refunds are looked at; a list that is longer nobody reads."""


class Refunded(Work, frozen=True):
    """An order with a refund of today; ``amount`` in minor units of ``currency``."""

    amount: int = 0
    currency: str = ""
    reference: str = ""
    refunded_at: datetime | None = None
    refunded_by: str = ""


def worth(number: str) -> int | None:
    """What the pieces that came back with an order had cost and was not refunded, in minor units.

    None where nothing came back, or a price is not known.
    """
    with snapshot():
        order = queries.first(Order.select(Order.id).where(Order.number == number))
    return worths([order[0]]).get(order[0]) if order else None


def worths(orders: Iterable[int]) -> dict[int, int | None]:
    """By order id, what ``worth`` tells; orders with which nothing came back are left out."""
    ids = sorted(set(orders))
    pieces = Inspection.restocked + Inspection.scrapped
    unknown = fn.SUM(OrderLine.unit_price.is_null().cast("INTEGER"))
    came = (
        OrderLine.select(OrderLine.order, fn.SUM(pieces * OrderLine.unit_price), unknown)
        .join(Inspection, on=(Inspection.line == OrderLine.id))
        .where(OrderLine.order.in_(ids) & Inspection.withdrawn_at.is_null())
        .group_by(OrderLine.order)
    )
    with snapshot():
        paid = _paid(ids)
        return {
            order: None if without else max(0, int(cost) - paid.get(order, 0))
            for order, cost, without in queries.rows(came)
        }


def _paid(ids: list[int]) -> dict[int, int]:
    query = Refund.select(Refund.order, fn.SUM(Refund.amount)).where(
        Refund.order.in_(ids) & Refund.withdrawn_at.is_null()
    )
    return {order: int(amount) for order, amount in queries.rows(query.group_by(Refund.order))}


def refunded_today(settings: Settings, now: datetime) -> list[Refunded]:
    """The refunds since the site's midnight, the latest first; ``MOST_TODAY`` at most.

    Their keys are the refunds' own, since an order may have several.
    """
    zone = settings.site.zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    with snapshot():
        rows = [row for row in _latest() if row[5] >= midnight]
        people = names(row[6] for row in rows)
        works = {work.number: work for work in of_numbers([row[1] for row in rows], settings, now)}
    return [
        Refunded(
            **{**structs.asdict(works[number]), "key": f"r{key}"},
            amount=amount,
            currency=currency,
            reference=reference,
            refunded_at=local(at, zone),
            refunded_by=people.get(by, by),
        )
        for key, number, amount, currency, reference, at, by in rows
    ]


def _latest() -> list[tuple[Any, ...]]:
    """The latest refunds by their ids, which are given in their order, that stand."""
    query = (
        Refund.select(
            Refund.id,
            Order.number,
            Refund.amount,
            Refund.currency,
            Refund.reference,
            Refund.at,
            Refund.by,
            Refund.withdrawn_at,
        )
        .join(Order)
        .order_by(Refund.id.desc())
        .limit(MOST_TODAY)
    )
    return [row[:-1] for row in queries.rows(query) if row[-1] is None]
