"""What a scanned code is: a badge, an order, a SKU, a waybill, or a channel's order number."""

from itertools import product
from typing import Any, Literal

from msgspec import Struct

from orderterm.rules.numbers import order_number, parse_number
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Order, Product, Shipment, Staff

MOST_OTHERS = 20
"""A code that leads to more orders than these is told with the newest of them."""

_MOST_LETTERS = 12
"""Of a SKU whose letters are tried as capitals and small ones each; they double the tries."""


class Meaning(Struct, frozen=True):
    """What a code is, and where it leads.

    ``code`` is written as it is kept: a SKU in the catalogue's letters. ``number`` is the order it
    leads to, the newest where there are several; ``others`` are the rest of them, or the other
    SKUs that differ from it in letter case only.
    """

    kind: Literal["badge", "order", "sku", "waybill", "channel_number", "unknown"]
    code: str
    number: str | None = None
    others: tuple[str, ...] = ()


def meaning(code: str) -> Meaning:
    """What ``code`` is, blanks around it aside; the first kind that knows it, exact before alike.

    A badge is one of enabled staff; a waybill is on a parcel that was not replaced by another.
    """
    # A code that is no Unicode is in no table, and the database can't even be asked for it.
    text = code.encode(errors="replace").decode().strip()
    if not text:
        return Meaning("unknown", text)
    with snapshot():
        for look in (_badge, _order, _sku, _waybill, _channel_number, _sku_in_other_letters):
            if found := look(text):
                return found
    return Meaning("unknown", text)


def _badge(code: str) -> Meaning | None:
    here = (Staff.badge == code) & Staff.disabled_at.is_null()
    return Meaning("badge", code) if queries.first(Staff.select(Staff.badge).where(here)) else None


def _order(code: str) -> Meaning | None:
    parts = parse_number(code)
    if parts is None:
        return None
    number = order_number(*parts)
    known = queries.first(Order.select(Order.number).where(Order.number == number))
    return Meaning("order", number, number) if known else None


def _sku(code: str) -> Meaning | None:
    known = queries.first(Product.select(Product.sku).where(Product.sku == code))
    return Meaning("sku", code) if known else None


def _waybill(code: str) -> Meaning | None:
    current = (Shipment.waybill == code) & Shipment.replaced_at.is_null()
    # The order of the shipments, not of their orders: it is found with the waybill.
    query = Shipment.select(Order.number).join(Order).where(current).order_by(Shipment.id.desc())
    return _leading("waybill", code, query)


def _channel_number(code: str) -> Meaning | None:
    query = Order.select(Order.number).where(Order.channel_order_number == code)
    return _leading("channel_number", code, query.order_by(Order.id.desc()))


def _leading(kind: Literal["waybill", "channel_number"], code: str, query: Any) -> Meaning | None:
    found = dict.fromkeys(number for (number,) in queries.rows(query.limit(1 + MOST_OTHERS)))
    if not found:
        return None
    newest, *others = found
    return Meaning(kind, code, newest, tuple(others))


def _sku_in_other_letters(code: str) -> Meaning | None:
    query = Product.select(Product.sku).where(Product.sku.in_(_spellings(code)))
    found = sorted(sku for (sku,) in queries.rows(query))
    return Meaning("sku", found[0], others=tuple(found[1:])) if found else None


def _spellings(code: str) -> list[str]:
    """``code`` in capitals and small letters, so that an index can be asked for each.

    A very long one is only tried as a whole, and as a keyboard's caps lock turns it.
    """
    if sum(letter.lower() != letter.upper() for letter in code) > _MOST_LETTERS:
        return sorted({code.upper(), code.lower(), code.swapcase()})
    cases = [sorted({letter.lower(), letter.upper()}) for letter in code]
    return ["".join(letters) for letters in product(*cases)]
