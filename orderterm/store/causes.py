"""What the causes of a time are counted from: its exceptions, and its tasks that came late."""

from datetime import datetime
from typing import Any

from peewee import SQL, Case, fn

from orderterm.store.queries import pairs, rows
from orderterm.store.tables import Order, OrderException, Shipment, Task
from orderterm.terms import ExceptionKind, Stage, TaskOutcome


def raised(start: datetime, end: datetime, *columns: Any) -> list[tuple[Any, ...]]:
    """Exceptions opened from ``start`` to before ``end``, oldest first.

    Returns:
        Kind, detail (JSON), channel, carrier ("" for none), then ``columns``.
    """
    found = OrderException
    query = (
        found.select(found.kind, found.detail, Order.channel, _carrier(), *columns)
        .join(Order)
        .where((found.opened_at >= start) & (found.opened_at < end))
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


def _carrier() -> Any:
    """Who carried the order when its carrier was reported late; "" for every other exception."""
    parcel, found = Shipment, OrderException
    here = (parcel.shipped_at <= found.opened_at) & (
        parcel.replaced_at.is_null() | (parcel.replaced_at > found.opened_at)
    )
    carrier = (
        parcel.select(parcel.carrier)
        .where((parcel.order == found.order) & here)
        .order_by(parcel.id.desc())
        .limit(1)
    )
    is_late = found.kind == ExceptionKind.CARRIER_DELAY
    return fn.COALESCE(Case(None, ((is_late, carrier),), ""), "")
