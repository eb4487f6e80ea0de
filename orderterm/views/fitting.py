"""Whether what is on the shelf is enough for the orders that wait to be allocated.

Of an order alone, as a queue's column tells it; and of all of a queue in turn, where what one
order takes is not there for the next.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec.structs import replace
from peewee import fn

from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.stock import levels
from orderterm.store.tables import Allocation, OrderLine
from orderterm.terms import Condition, Stage
from orderterm.views import queue
from orderterm.views.openwork import Wanted
from orderterm.views.work import Work

_PAGE = 500
"""Orders that are read at a time, where all of a queue is gone through."""

_STOPPED = frozenset({Condition.ON_HOLD, Condition.EXCEPTION})
"""Conditions in which no stock is held for an order, however much there is."""


def shortfalls(works: Iterable[Work]) -> dict[int, dict[str, int]]:
    """What is not there for each of these orders, if it alone were allocated now.

    Args:
        works: rows of a queue.

    Returns:
        By order id, the pieces missing of each SKU; empty where all is there. Only of the orders
        that are at allocation.
    """
    orders = {work.place[2] for work in works if work.stage is Stage.ALLOCATION}
    with snapshot():
        needs = _needs(orders)
        there = _available(needs)
    return {order: _missing(needs.get(order, {}), there) for order in orders}


def allocatable(wanted: Wanted, settings: Settings, now: datetime, badge: str) -> list[Work]:
    """The orders of a queue for which everything is there, one after the other in its order.

    Args:
        wanted: which queue; only its allocations count.
        settings: the home's settings.
        now: the time.
        badge: who is to allocate them; what is in a colleague's hands is left out.
    """
    found: list[Work] = []
    left: dict[str, int] = {}
    with snapshot():
        for works in _pages(wanted, settings, now):
            able = [work for work in works if _may_go(work, badge)]
            needs = _needs({work.place[2] for work in able})
            left = _available(needs) | left
            found += [work for work in able if _take(needs.get(work.place[2], {}), left)]
    return found


def _pages(wanted: Wanted, settings: Settings, now: datetime) -> Iterator[list[Work]]:
    wanted = replace(wanted, stages=(Stage.ALLOCATION,), exceptions=False)
    works = queue.page(wanted, settings, now, count=_PAGE)
    while works:
        yield works
        works = queue.page(wanted, settings, now, after=works[-1].place, count=_PAGE)


def _may_go(work: Work, badge: str) -> bool:
    return work.condition not in _STOPPED and work.assignee in (None, badge)


def _take(needs: Mapping[str, int], left: dict[str, int]) -> bool:
    """Take what is needed out of ``left``, if all of it is there."""
    if _missing(needs, left):
        return False
    for sku, pieces in needs.items():
        left[sku] -= pieces
    return True


def _missing(needs: Mapping[str, int], there: Mapping[str, int]) -> dict[str, int]:
    return {
        sku: pieces - max(0, there[sku]) for sku, pieces in needs.items() if pieces > there[sku]
    }


def _available(needs: Mapping[int, Mapping[str, int]]) -> dict[str, int]:
    skus = {sku for wanted in needs.values() for sku in wanted}
    return {sku: level.available for sku, level in levels(skus).items()}


def _needs(orders: Iterable[int]) -> dict[int, dict[str, int]]:
    """By order id, the pieces of each SKU that are neither held for it nor shipped."""
    taken = Allocation.select(fn.COALESCE(fn.SUM(Allocation.quantity), 0)).where(
        (Allocation.line == OrderLine.id) & Allocation.released_at.is_null()
    )
    lines = OrderLine.select(
        OrderLine.order, OrderLine.sku, fn.COALESCE(OrderLine.quantity, 0) - taken
    ).where(OrderLine.removed_at.is_null())
    needs: dict[int, dict[str, int]] = {}
    for some in queries.parts(orders):
        for order, sku, pieces in queries.rows(lines.where(OrderLine.order.in_(some))):
            if pieces > 0:
                wanted = needs.setdefault(order, {})
                wanted[sku] = wanted.get(sku, 0) + pieces
    return needs
