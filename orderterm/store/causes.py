"""What the causes of a time are counted from: its exceptions, and its tasks that came late."""

from datetime import datetime
from typing import Any

from peewee import SQL, Case, fn

from orderterm.store.queries import pairs, rows
from orderterm.store.rests import is_rest
from orderterm.store.tables import Order, OrderException, Shipment, Task
from orderterm.terms import ExceptionKind, Stage, TaskOutcome


def raised(start: datetime, end: datetime, *columns: Any) -> list[tuple[Any, ...]]:
    """Exceptions opened from ``start`` to before ``end``, oldest first.

    A shortage that a split passes on to the rest of its order is the one that was met before.

    Returns:
        Kind, detail (JSON), channel, carrier ("" for none), then ``columns``.
    """
    found = OrderException
    query = (
        found.select(found.kind, found.detail, Order.channel, _carrier(), *columns)
        .join(Order)
        .where((found.opened_at >= start) & (found.opened_at < end) & ~_passed_on())
        .order_by(found.opened_at, found.id)
    )
    return rows(query)


def late(start: datetime, end: datetime) -> dict[Stage, int]:
    """How many tasks of each stage were finished late from ``start`` to before ``end``."""
    query = Task.select(Task.stage, fn.COUNT(SQL("1"))).where(
        finished_in(start, end) & (Task.done_at > Task.due_at)
    )
    return pairs(query.group_by(Task.stage))


def finished_in(start: datetime, end: datetime) -> Any:
    """The condition of a task that was finished from ``start`` to before ``end``."""
    return (Task.done_at >= start) & (Task.done_at < end) & (Task.outcome == TaskOutcome.DONE)


def _passed_on() -> Any:
    """The condition of the shortage that a rest begins with."""
    found, earlier = OrderException, OrderException.alias()
    is_short = found.kind == ExceptionKind.SHORTAGE
    before = earlier.select(SQL("1")).where(
        (earlier.order == found.order) & (earlier.kind == found.kind) & (earlier.id < found.id)
    )
    return is_short & is_rest() & ~fn.EXISTS(before)


def had_last_first() -> tuple[Any, ...]:
    """How the parcels that an order had at a moment are sorted: the one it was about comes first.

    One that took another's place may be on record as shipped when that one was.
    """
    return Shipment.replaced_at.is_null(), Shipment.replaced_at, Shipment.id.desc()


def _carrier() -> Any:
    """Who carried the order when its carrier was reported late; "" for every other exception."""
    parcel, found = Shipment, OrderException
    here = (parcel.shipped_at <= found.opened_at) & (
        parcel.replaced_at.is_null() | (parcel.replaced_at >= found.opened_at)
    )
    carrier = (
        parcel.select(parcel.carrier)
        .where((parcel.order == found.order) & here)
        .order_by(*had_last_first())
        .limit(1)
    )
    is_late = found.kind == ExceptionKind.CARRIER_DELAY
    return fn.COALESCE(Case(None, ((is_late, carrier),), ""), "")
