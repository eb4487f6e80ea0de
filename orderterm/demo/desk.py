"""What lies before the sample company's staff: the open work, as each of them finds it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec
from peewee import SQL, fn

from orderterm.store.connection import transaction
from orderterm.store.queries import rows
from orderterm.store.tables import Event, Order, OrderException, OrderLine, Task
from orderterm.terms import Condition, ExceptionKind, Stage

STATION = "demo"
"""Where the simulated staff work, as the trail tells it; a visitor works somewhere else."""

_UNTROUBLED = (Condition.NORMAL, Condition.PENDING_REVIEW)

T = TypeVar("T")
Problem = tuple[str, dict[str, Any]]
"""An order with an open exception, and what was said of it."""


class Waiting(NamedTuple):
    """A task in a queue, and the badge of who has claimed it."""

    number: str
    due_at: datetime
    started_at: datetime
    assignee: str | None


class Desk:
    """All of the open work, what is to be done first coming first."""

    def tasks(self, stage: Stage) -> list[Waiting]:
        """The stage's queue, without what is on hold."""
        return [Waiting(*row) for row in rows(_open_tasks(stage))]

    def problems(self, kind: ExceptionKind) -> list[Problem]:
        """The open exceptions of one kind."""
        return [(number, msgspec.json.decode(detail)) for number, detail in rows(_open(kind))]

    def orders(self) -> list[str]:
        """Every order that is being worked on."""
        return [number for (number,) in rows(_any_open())]

    @contextmanager
    def at_hand(self, _: str) -> Iterator[bool]:
        """While it lasts, one of the staff works on the order; whether they may."""
        yield True


class SharedDesk(Desk):
    """The work beside a visitor: without what the visitor has in hand, and without what is left.

    An order is the visitor's from the first thing they did with it, not only while they have
    claimed it: so one person can take it through every stage.

    Args:
        left: how many tasks of a stage, or exceptions of a kind, are left to lie.
        first: whether those to be done first are left, or those to be done last.
    """

    def __init__(self, left: Mapping[Stage | ExceptionKind, int], *, first: bool) -> None:
        self._left = left
        self._first = first

    def tasks(self, stage: Stage) -> list[Waiting]:
        """What there is to do beyond what is left; what can't be done now does not count."""
        workable = Order.condition.in_(_UNTROUBLED) & _untouched()
        found = [Waiting(*row) for row in rows(_open_tasks(stage).where(workable))]
        return self._beyond(found, self._left[stage])

    def problems(self, kind: ExceptionKind) -> list[Problem]:
        """The exceptions beyond those that are left."""
        found = rows(_open(kind).where(_untouched()))
        beyond = self._beyond(found, self._left[kind])
        return [(number, msgspec.json.decode(detail)) for number, detail in beyond]

    def orders(self) -> list[str]:
        """Every order in work that is not the visitor's."""
        return [number for (number,) in rows(_any_open().where(_untouched()))]

    def short(self) -> list[str]:
        """The SKUs of the open shortages, those that are short for longest first."""
        found = (msgspec.json.decode(detail) for _, detail in rows(_open(ExceptionKind.SHORTAGE)))
        return list(dict.fromkeys(sku for detail in found for sku in detail.get("short", {})))

    def waited_for(self) -> set[str]:
        """The SKUs of the orders that wait for stock."""
        waiting = Order.condition == Condition.AWAITING_STOCK
        query = OrderLine.select(OrderLine.sku).distinct().join(Order).where(waiting)
        return {sku for (sku,) in rows(query)}

    @contextmanager
    def at_hand(self, number: str) -> Iterator[bool]:
        """As for any desk; meanwhile the visitor's first touch of the order has to wait."""
        with transaction():
            order = Order.select(SQL("1")).where((Order.number == number) & _untouched())
            yield order.exists()

    def _beyond(self, found: list[T], left: int) -> list[T]:
        return found[left:] if self._first else found[: max(0, len(found) - left)]


def _open_tasks(stage: Stage) -> Any:
    columns = (Order.number, Task.due_at, Task.started_at, Task.assignee)
    return (
        Task.select(*columns)
        .join(Order)
        .where((Task.stage == stage) & Task.done_at.is_null() & Order.held_at.is_null())
        .order_by(Task.priority, Task.due_at, Task.order)
    )


def _open(kind: ExceptionKind) -> Any:
    return (
        OrderException.select(Order.number, OrderException.detail)
        .join(Order)
        .where((OrderException.kind == kind) & OrderException.resolved_at.is_null())
        .order_by(OrderException.due_at, OrderException.id)
    )


def _any_open() -> Any:
    return Task.select(Order.number).join(Order).where(Task.done_at.is_null()).order_by(Task.id)


def _untouched() -> Any:
    """Whether nobody at another station has done anything with the order."""
    elsewhere = (Event.order_number == Order.number) & (Event.station != STATION)
    return ~fn.EXISTS(Event.select(SQL("1")).where(elsewhere))
