"""The reserve that each product's demand asks for, beside the one that is kept."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from peewee import Case, fn

from orderterm.rules.safety_stock import SafetyStock, safety_stock
from orderterm.rules.weeks import Week
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.rests import is_rest
from orderterm.store.tables import Order, OrderLine, Product
from orderterm.terms import Nature
from orderterm.views.weekly.troubles import Troubles
from orderterm.views.weekly.volumes import day_of_number, numbers_of

WEEKS = 8
"""So many weeks of demand are looked at, the week of the review with them."""

MOST_ROWS = 200


class Reserve(Struct, frozen=True):
    """A product: how often it was short in the week, and its safety stock now and as suggested.

    ``demand`` are the pieces ordered in ``days`` days; ``suggested`` is None where those are too
    few to tell.
    """

    sku: str
    name: str
    short: int
    present: int
    suggested: SafetyStock | None
    demand: int
    days: int


def reserves(week: Week, troubles: Troubles, settings: Settings, now: datetime) -> list[Reserve]:
    """The products that were short, or whose safety stock is not what their demand asks for.

    Demand is what was ordered and not cancelled, by the day of receipt; the rest of a split order
    counts on the day of the whole one. Every day counts, worked or not, as in a lead time. Those
    that were short come first, then those that differ most; ``MOST_ROWS`` at most.
    """
    days = _days(week, now)
    pieces = _pieces(days)
    short = troubles.counts("shortage")
    query = Product.select(
        Product.sku, Product.name, Product.safety_stock, Product.lead_time_days
    ).order_by(Product.sku)
    rows = [
        _reserve(
            product, short.get(product[0], 0), pieces.get(product[0], Counter()), days, settings
        )
        for product in queries.rows(query)
        if product[0] in pieces or product[0] in short
    ]
    return sorted(filter(_tells, rows), key=_place)[:MOST_ROWS]


def _days(week: Week, now: datetime) -> list[date]:
    """The days of the weeks that are looked at, from the first order on and to today."""
    oldest = Order.select(fn.MIN(Order.id))
    first = queries.first(Order.select(Order.received_at).where(Order.id == oldest))
    if first is None:
        return []
    begun = max(week.before(WEEKS - 1).monday, first[0].astimezone(week.zone).date())
    last = min(week.sunday, now.astimezone(week.zone).date())
    return [begun + timedelta(days=n) for n in range((last - begun).days + 1)]


def _pieces(days: Sequence[date]) -> dict[str, Counter[date]]:
    """By SKU, the pieces of each day."""
    found: dict[str, Counter[date]] = {}
    if days:
        for sku, day, pieces in (*_of_whole(days[0], days[-1]), *_of_rests(days[0], days[-1])):
            found.setdefault(sku, Counter())[day] += pieces
    return found


def _of_whole(first: date, last: date) -> list[tuple[str, date, int]]:
    """SKU, day and pieces of what stayed with the orders of some days."""
    query = _ordered(day_of_number())
    return queries.rows(query.where(numbers_of(first, last) & ~is_rest()))


def _of_rests(first: date, last: date) -> list[tuple[str, date, int]]:
    """SKU, day and pieces of what was split off the orders of some days, whenever that was."""
    rest, further = Order.alias(), Order.alias()
    split_off = Order.select(rest.id, day_of_number().alias("day")).join(
        rest, on=(rest.origin == Order.id)
    )
    condition = numbers_of(first, last) & ~is_rest() & is_rest(rest)
    rests = split_off.where(condition).cte("rests", recursive=True)
    again = further.select(further.id, rests.c.day).join(rests, on=(further.origin == rests.c.id))
    whole = rests.union_all(again.where(is_rest(further)))
    query = _ordered(whole.c.day).join(whole, on=(whole.c.id == Order.id)).with_cte(whole)
    return [(sku, date.fromisoformat(day), pieces) for sku, day, pieces in queries.rows(query)]


def _ordered(day: Any) -> Any:
    wanted = _wanted_sku()
    return (
        OrderLine.select(wanted, day, fn.SUM(OrderLine.quantity))
        .join(Order)
        .where(
            OrderLine.removed_at.is_null()
            & OrderLine.quantity.is_null(False)
            & Order.cancelled_at.is_null()
            & (Order.nature != Nature.RETURN)
        )
        .group_by(wanted, day)
    )


def _wanted_sku() -> Case:
    """What the customer asked for, where something else took its place."""
    return Case(
        None, ((OrderLine.substituted_for != "", OrderLine.substituted_for),), OrderLine.sku
    )


def _reserve(
    product: tuple[str, str, int, int],
    short: int,
    pieces: Counter[date],
    days: Sequence[date],
    settings: Settings,
) -> Reserve:
    sku, name, present, lead_time = product
    suggested = safety_stock(
        [pieces[day] for day in days],
        lead_time or settings.reports.lead_time_days,
        settings.reports.service_level,
    )
    return Reserve(sku, name, short, present, suggested, pieces.total(), len(days))


def _tells(row: Reserve) -> bool:
    return bool(row.short) or (row.suggested is not None and row.suggested.pieces != row.present)


def _place(row: Reserve) -> tuple[int, int, str]:
    differs = 0 if row.suggested is None else abs(row.suggested.pieces - row.present)
    return -row.short, -differs, row.sku
