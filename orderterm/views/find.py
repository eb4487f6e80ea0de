"""Finding an order by what a person has at hand: a number, a name, a phone, a SKU, a waybill.

Everything is looked up through an index. Where very much would match, the newest of it is found.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from peewee import SQL, fn

from orderterm.rules.contacts import (
    contact_digits,
    contact_tail,
    normalise_address,
    normalise_phone,
    part_extension,
)
from orderterm.rules.numbers import order_number, parse_number
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Order, OrderException, OrderLine, Shipment, Task
from orderterm.views.openwork import of_orders
from orderterm.views.times import local
from orderterm.views.work import Work, works

MOST_NEIGHBOURS = 20
_MOST_LOOKED_AT = 2_000
"""How many of the newest rows of an index are looked at, where most of them may not fit."""
_MOST_NAMES = 100
"""How many customers' names a beginning may stand for."""
_MOST_NUMBERS = 800
"""How many order numbers a tail may stand for: a day each, as far back as that goes."""
_WHOLE_PHONE = 7
"""With fewer digits it is no whole number, and no other can be told by ending so."""
_TAIL = re.compile(r"(?:([A-Z][A-Z0-9]{1,3})-([0-9]{1,12})|([0-9]{1,3}))")
_PHONE = re.compile(r"[+()0-9 .－—-]+")
_HIGHEST = "\U0010ffff"

Ids = Iterator[int]


def find(text: str, settings: Settings, now: datetime, limit: int = 100) -> list[Work]:
    """The orders that ``text`` may mean, the likeliest first, within one kind the newest first.

    Args:
        text: an order number or its end (``TM-117``, ``117``), the channel's number or its
            beginning, a waybill, a SKU, the last four or more digits of a phone, or the beginning
            of a customer's name; as it was typed or scanned.
        settings: the home's settings.
        now: the time.
        limit: how many orders at most.

    Returns:
        A row for each order: its earliest open stage, its exception where no stage is open, else
        the order itself.
    """
    text = text.strip()
    if not text:
        return []
    with snapshot():
        today = local(now, settings.site.zone).date()
        ids = list(islice(_once(_candidates(text, [*settings.channels], today, limit)), limit))
        return works(of_orders(ids), settings, now)


def neighbours(number: str) -> list[str]:
    """The other open orders of an order's customer for the same address, the newest first.

    Contact and address are compared without their spelling. At most ``MOST_NEIGHBOURS``; none for
    an order that there is not.
    """
    with snapshot():
        columns = (Order.id, Order.contact, Order.address, Order.customer_name)
        own = queries.first(Order.select(*columns).where(Order.number == number))
        if own is None:
            return []
        order, contact, address, name = own
        return list(islice(_like(order, contact, address, name), MOST_NEIGHBOURS))


def _like(order: int, contact: str, address: str, name: str) -> Iterator[str]:
    if not normalise_phone(contact) or not normalise_address(address):
        return
    tail = contact_tail(contact)
    same = Order.contact_tail == tail if tail else Order.customer_name == name
    columns = (Order.id, Order.number, Order.contact, Order.address)
    ended = fn.COALESCE(Order.completed_at, Order.cancelled_at).is_null(False)
    query = Order.select(*columns, ended).where(same).order_by(Order.id.desc())
    for other, number, its_contact, its_address, has_ended in queries.rows(
        query.limit(_MOST_LOOKED_AT)
    ):
        if (
            other != order
            and not has_ended
            and normalise_phone(its_contact) == normalise_phone(contact)
            and normalise_address(its_address) == normalise_address(address)
        ):
            yield number


def of_numbers(numbers: Sequence[str], settings: Settings, now: datetime) -> list[Work]:
    """The orders with these numbers, in this order, as ``find`` tells them."""
    with snapshot():
        known = queries.pairs(
            Order.select(Order.number, Order.id).where(Order.number.in_(list(numbers)))
        )
        return works(of_orders([known[one] for one in numbers if one in known]), settings, now)


def _once(ids: Iterable[int]) -> Ids:
    seen: set[int] = set()
    for one in ids:
        if one not in seen:
            seen.add(one)
            yield one


def _candidates(text: str, channels: list[str], today: date, limit: int) -> Ids:
    """Order ids by every way to find one, the surest first; none is asked before it is needed."""
    ways: tuple[Callable[[], Ids], ...] = (
        lambda: _by_number(text),
        lambda: _by_numbers_end(text, channels, today),
        lambda: _by_channels_number(text),
        lambda: _by_waybill(text, limit),
        lambda: _by_sku(text),
        lambda: _by_beginning(Order.channel_order_number, text, limit),
        lambda: _by_phone(text),
        lambda: _by_customer(text, limit),
    )
    for way in ways:
        yield from way()


def _by_number(text: str) -> Ids:
    parsed = parse_number(text)
    if parsed is not None:
        yield from _ids(Order.select(Order.id).where(Order.number == order_number(*parsed)))


def _by_numbers_end(text: str, channels: list[str], today: date) -> Ids:
    """Without the channel every one is tried, for fewer days; more digits are of a phone."""
    found = _TAIL.fullmatch(text.upper())
    if found is None:
        return
    channel, serial = found[1], int(found[2] or found[3])
    tried = [channel] if channel else channels
    days = (today - timedelta(days=ago) for ago in range(_MOST_NUMBERS // max(len(tried), 1)))
    numbers = [order_number(day, one, serial) for day in days for one in tried]
    yield from _ids(_newest(Order.select(Order.id).where(Order.number.in_(numbers))))


def _by_channels_number(text: str) -> Ids:
    same = Order.channel_order_number.in_(_spellings(text))
    yield from _ids(_newest(Order.select(Order.id).where(same)).limit(_MOST_LOOKED_AT))


def _by_waybill(text: str, limit: int) -> Ids:
    same = Shipment.waybill.in_(_spellings(text))
    query = Shipment.select(Shipment.order).where(same).order_by(Shipment.order.desc())
    yield from _ids(query.limit(limit))


def _by_sku(text: str) -> Ids:
    """Open orders first, as far as they are among the newest with the SKU."""
    # Of two spellings at once all orders would be read and sorted.
    rows = [row for sku in _spellings(text) for row in _newest_with(sku)]
    yield from (order for order, is_open in rows if is_open)
    yield from (order for order, is_open in rows if not is_open)


def _newest_with(sku: str) -> list[tuple[Any, ...]]:
    """The newest orders with a line of ``sku``, and whether each has open work."""
    newest = (
        OrderLine.select(OrderLine.order)
        .where(OrderLine.sku == sku)
        .order_by(OrderLine.order.desc())
        .limit(_MOST_LOOKED_AT)
    )
    order = newest.c.order_id
    return queries.rows(newest.select_from(order, _is_open(order)))


def _is_open(order: Any) -> Any:
    tasks = Task.select(SQL("1")).where((Task.order == order) & Task.done_at.is_null())
    troubles = OrderException.select(SQL("1")).where(
        (OrderException.order == order) & OrderException.resolved_at.is_null()
    )
    return fn.EXISTS(tasks) | fn.EXISTS(troubles)


def _by_beginning(column: Any, text: str, limit: int) -> Ids:
    """The highest numbers that begin so, which are the latest that a channel gave out."""
    query = Order.select(Order.id).where(_begins(column, text)).order_by(column.desc())
    yield from sorted(_ids(query.limit(limit)), reverse=True)


def _by_phone(text: str) -> Ids:
    number, _ = part_extension(text)
    digits = contact_digits(number)
    if not _PHONE.fullmatch(number) or len(digits) < 4:
        return
    query = Order.select(Order.id, Order.contact).where(Order.contact_tail == contact_tail(digits))
    for order, contact in queries.rows(_newest(query).limit(_MOST_LOOKED_AT)):
        if _same_end(contact_digits(part_extension(contact)[0]), digits):
            yield order


def _same_end(known: str, typed: str) -> bool:
    """Whether it is the same phone: typed from its end, or whole with a country's code before."""
    return known.endswith(typed) or (len(known) >= _WHOLE_PHONE and typed.endswith(known))


def _by_customer(text: str, limit: int) -> Ids:
    """Name by name, because within one name an index has the newest at its end."""
    names = list(islice(_names(text), _MOST_NAMES))
    found: list[int] = []
    for name in names:
        query = _newest(Order.select(Order.id).where(Order.customer_name == name))
        found += _ids(query.limit(limit))
    yield from sorted(found, reverse=True)


def _names(beginning: str) -> Iterator[str]:
    """The customers' names that begin so, each once."""
    for spelling in sorted({beginning, beginning.title(), beginning.upper()}):
        start = Order.customer_name >= spelling
        while True:
            within = start & (Order.customer_name < spelling + _HIGHEST)
            name = Order.select(fn.MIN(Order.customer_name)).where(within).scalar()
            if name is None:
                break
            yield name
            start = Order.customer_name > name


def _begins(column: Any, text: str) -> Any:
    return (column >= text) & (column < text + _HIGHEST)


def _newest(query: Any) -> Any:
    return query.order_by(Order.id.desc())


def _ids(query: Any) -> Ids:
    return (found for (found,) in queries.rows(query))


def _spellings(text: str) -> list[str]:
    """As typed, and in capitals, in which scanners and labels write."""
    return sorted({text, text.upper()})
