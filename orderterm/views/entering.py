"""What helps to enter an order by hand: who the customer is, and which channel was used last."""

from typing import Any

from msgspec import Struct, structs
from peewee import SQL, fn

from orderterm.rules.contacts import contact_tail, normalise_phone
from orderterm.rules.verification import is_contact
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Customer, Event, Order
from orderterm.terms import EventKind

_MOST_LOOKED_AT = 500
"""How many of the newest orders with one name or one phone's end are looked at."""
_MOST_ENTERED = 100
"""How many of the orders entered last are looked at for one's own."""
_AFTER_DIGITS = ":"
_STAR = "*"


class KnownCustomer(Struct, frozen=True):
    """A customer as the register or their last order has them; ``number`` is that order's, ""
    where there is none."""

    name: str
    level: str
    contact: str
    address: str
    number: str


def known_customer(text: str) -> KnownCustomer | None:
    """The customer with this whole name, or with this phone number or e-mail address.

    What they gave with their last order counts; what that left out or masked is the register's.
    Of those who never ordered, the register's people are found; by name only who has it alone, as
    nobody can tell two of one name apart.
    """
    text = text.strip()
    if not text:
        return None
    with snapshot():
        by_contact = is_contact(text)
        row = _last_with_contact(text) if by_contact else _last_with_name(text)
        if row is not None:
            return _completed(KnownCustomer(*row))
        return _registered(text) if by_contact else _registered_alone(text)


_COLUMNS = (
    Order.customer_name,
    Order.customer_level,
    Order.contact,
    Order.address,
    Order.number,
)


def _last_with_name(name: str) -> tuple[Any, ...] | None:
    return next((row for row in _newest(Order.customer_name == name) if _is_whole(row[2])), None)


def _last_with_contact(contact: str) -> tuple[Any, ...] | None:
    tail, plain = contact_tail(contact), normalise_phone(contact)
    if not tail:
        return None
    rows = _newest(Order.contact_tail == tail)
    return next((row for row in rows if row[0] and normalise_phone(row[2]) == plain), None)


def _newest(condition: Any) -> list[tuple[Any, ...]]:
    query = Order.select(*_COLUMNS).where(condition).order_by(Order.id.desc())
    return queries.rows(query.limit(_MOST_LOOKED_AT))


def _is_whole(text: str) -> bool:
    return bool(text) and _STAR not in text


def _completed(known: KnownCustomer) -> KnownCustomer:
    """With the register's address where the last order's is no use."""
    if _is_whole(known.address):
        return known
    registered = _registered(known.contact, known.name)
    return structs.replace(known, address=registered.address if registered else "")


def _registered(contact: str, name: str | None = None) -> KnownCustomer | None:
    here = Customer.contact_key == normalise_phone(contact)
    if name is not None:
        here &= Customer.name == name
    row = queries.first(_register().where(here).order_by(Customer.id.desc()))
    return KnownCustomer(*(*row, "")) if row else None


def _registered_alone(name: str) -> KnownCustomer | None:
    found = queries.rows(_register().where(Customer.name == name).limit(2))
    return KnownCustomer(*(*found[0], "")) if len(found) == 1 else None


def _register() -> Any:
    return Customer.select(Customer.name, Customer.level, Customer.contact, Customer.address)


def last_channel(badge: str, beginning: str) -> str | None:
    """The channel of the order that somebody entered last; None where there is none of late.

    Args:
        badge: who entered it.
        beginning: what the channel's number of an order begins with that was entered by hand.
    """
    number = Order.channel_order_number
    entered = (
        Order.select(Order.id, Order.number, Order.channel)
        .where((number >= f"{beginning}-0") & (number < f"{beginning}-{_AFTER_DIGITS}"))
        .order_by(number.desc())
        .limit(_MOST_ENTERED)
    )
    own = Event.select(SQL("1")).where(
        (Event.order_number == entered.c.number)
        & (Event.kind == EventKind.RECEIVED.value)
        & (Event.actor.concat("") == badge)
    )
    query = entered.select_from(entered.c.channel).where(fn.EXISTS(own))
    with snapshot():
        found = queries.first(query.order_by(entered.c.id.desc()))
    return found[0] if found else None
