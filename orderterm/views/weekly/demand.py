"""The reserve that each product's demand asks for, beside the one that is kept."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from peewee import Case, fn

from orderterm.rules.safety_stock import SafetyStock, safety_stock
from orderterm.rules.weeks import Week
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.tables import Order, OrderLine, Product
from orderterm.terms import Nature
from orderterm.views.times import clocks
from orderterm.views.weekly.troubles import Troubles
from orderterm.views.weekly.volumes import day_of_number, numbers_of

WEEKS = 8
"""So many weeks of demand are looked at, the week of the review with them."""

MOST_ROWS = 200


class Reserve(Struct, frozen=True):
    """A product: how often it was short in the week, and its safety stock now and as suggested.

    ``demand`` are the pieces ordered in ``days`` working days; ``suggested`` is None where those
    are too few to tell.
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

    Demand is what was ordered and not cancelled, by the day of receipt; what came in on a day that
    is not worked counts on the next working day. Those that were short come first, then those that
    differ most; ``MOST_ROWS`` at most.
    """
    days = _working_days(week, settings, now)
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


def _working_days(week: Week, settings: Settings, now: datetime) -> list[date]:
    """The working days of the weeks that are looked at, from the first order on and to today."""
    oldest = Order.select(fn.MIN(Order.id))
    first = queries.first(Order.select(Order.received_at).where(Order.id == oldest))
    if first is None:
        return []
    begun = max(week.before(WEEKS - 1).monday, first[0].astimezone(week.zone).date())
    last = min(week.sunday, now.astimezone(week.zone).date())
    days = [begun + timedelta(days=n) for n in range((last - begun).days + 1)]
    return [day for day in days if clocks(settings).is_working_day(day)]


def _pieces(days: Sequence[date]) -> dict[str, Counter[date]]:
    """By SKU, the pieces of each working day."""
    if not days:
        return {}
    day, wanted = day_of_number(), _wanted_sku()
    query = (
        OrderLine.select(wanted, day, fn.SUM(OrderLine.quantity))
        .join(Order)
        .where(
            numbers_of(days[0], days[-1])
            & OrderLine.removed_at.is_null()
            & OrderLine.quantity.is_null(False)
            & Order.cancelled_at.is_null()
            & (Order.nature != Nature.RETURN)
        )
        .group_by(wanted, day)
    )
    found: dict[str, Counter[date]] = {}
    for sku, received, pieces in queries.rows(query):
        found.setdefault(sku, Counter())[_worked(received, days)] += pieces
    return found


def _wanted_sku() -> Case:
    """What the customer asked for, where something else took its place."""
    return Case(
        None, ((OrderLine.substituted_for != "", OrderLine.substituted_for),), OrderLine.sku
    )


def _worked(day: date, days: Sequence[date]) -> date:
    """The working day on which the orders of ``day`` are worked."""
    return days[bisect_left(days, day)]


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
