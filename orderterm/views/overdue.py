"""Overdue work with names: what a supervisor reads out, with the customers masked."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from peewee import SQL

from orderterm.rules.contacts import mask_address, mask_phone, mask_remark, mask_text
from orderterm.rules.escalation import Ladders
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.pauses import stands_still
from orderterm.store.people import everybody
from orderterm.store.tables import Order, OrderException, Task
from orderterm.terms import ExceptionKind, Priority, Stage
from orderterm.views.openwork import held
from orderterm.views.staff import all_names
from orderterm.views.times import local


class OverdueRow(Struct, frozen=True):
    """Overdue work: a stage, or an ``exception``. ``risen_to`` are the names of those who were told
    of it last. Phone, address and numbers in the customer's name are masked."""

    number: str
    priority: Priority
    stage: Stage | None
    exception: ExceptionKind | None
    assignee: str | None
    assignee_name: str
    risen_to: tuple[str, ...]
    since: datetime
    customer: str
    contact: str
    address: str


_OF_ORDER = (Order.number, Order.customer_name, Order.contact, Order.address)


def late(now: datetime) -> Any:
    """The condition of an open task that is overdue; one whose clock stands still is not."""
    return (Task.due_at < now) & ~stands_still()


def overdue(settings: Settings, now: datetime, limit: int) -> list[OverdueRow]:
    """The first ``limit`` of all overdue work, as queues sort; within the caller's reading."""
    rows = sorted([*_late_tasks(now, limit), *_late_exceptions(now, limit)], key=_place)[:limit]
    if not rows:
        return []
    known, ladders = all_names(), Ladders(everybody())
    return [_overdue_row(row, known, ladders, settings) for row in rows]


def _place(row: tuple[Any, ...]) -> tuple[int, datetime, int]:
    priority, due_at, order, *_ = row
    return priority.rank, due_at, order


def _late_tasks(now: datetime, limit: int) -> list[tuple[Any, ...]]:
    query = (
        Task.select(
            Task.priority,
            Task.due_at,
            Task.order,
            Task.stage,
            SQL("NULL"),
            Task.role,
            Task.assignee,
            Task.alert_level,
            *_OF_ORDER,
        )
        .join(Order)
        .where(Task.done_at.is_null() & late(now))
        .order_by(Task.priority, Task.due_at, Task.order)
    )
    return queries.rows(query.limit(limit))


def _late_exceptions(now: datetime, limit: int) -> list[tuple[Any, ...]]:
    found = OrderException
    query = (
        found.select(
            found.priority,
            found.due_at,
            found.order,
            SQL("NULL"),
            found.kind,
            found.role,
            SQL("NULL"),
            found.alert_level,
            *_OF_ORDER,
        )
        .join(Order)
        .where(found.resolved_at.is_null() & (found.due_at < now) & ~held())
        .order_by(found.priority, found.due_at, found.order)
    )
    return queries.rows(query.limit(limit))


def _overdue_row(
    row: tuple[Any, ...], known: dict[str, str], ladders: Ladders, settings: Settings
) -> OverdueRow:
    priority, due_at, _, stage, kind, role, badge, level, number, name, contact, address = row
    told = ladders.told(badge, role, level or 0)
    return OverdueRow(
        number=number,
        priority=priority,
        stage=stage,
        exception=kind,
        assignee=badge,
        assignee_name=known.get(badge, badge or ""),
        risen_to=tuple(known[one] for one in told),
        since=local(due_at, settings.site.zone),
        customer=mask_remark(name, address),
        contact=mask_text(contact) if "@" in contact else mask_phone(contact),
        address=mask_address(address),
    )
