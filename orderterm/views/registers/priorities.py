"""订单优先级判定表: which rule gave each order its priority, and who gave it another one."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, structs

from orderterm.rules.contacts import mask_text
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.tables import Event, Order
from orderterm.terms import EventKind, Priority
from orderterm.views.registers.days import Days, in_parts
from orderterm.views.staff import all_names
from orderterm.views.times import local

_BY_HAND = "override"


class PriorityRow(Struct, frozen=True):
    """How an order came by its priority.

    ``rule`` and ``judged`` are what the rules said, ``rule`` "" where that was erased;
    ``by_hand`` is what a person made of it, None for most. ``at`` is when it was last judged.
    """

    number: str
    rule: str
    judged: Priority
    by_hand: Priority | None
    by: str
    reason: str
    at: datetime


def priorities(days: Days, settings: Settings) -> Iterator[PriorityRow]:
    """The orders received in ``days``, in the order of receipt; within the caller's reading."""
    names = all_names()
    made = partial(_rows, names=names, zone=settings.site.zone)
    for day in days.each():
        query = Order.select(
            Order.number,
            Order.priority_rule,
            Order.priority,
            Order.priority_reason,
            Order.received_at,
        ).where(queries.begins_with(Order.number, f"{day:%Y%m%d}-"))
        yield from in_parts(query.order_by(Order.id), made)


def masked(row: PriorityRow) -> PriorityRow:
    """The row for those who only watch."""
    return structs.replace(row, reason=mask_text(row.reason))


def _rows(
    found: Sequence[tuple[Any, ...]], names: dict[str, str], zone: ZoneInfo
) -> Iterator[PriorityRow]:
    told = _told([number for number, *_ in found])
    for number, rule, priority, reason, received_at in found:
        events = told.get(number, [])
        if rule == _BY_HAND:
            yield _by_hand(number, priority, reason, events, received_at, names, zone)
        else:
            at = local(_judged_at(rule, events, received_at), zone)
            yield PriorityRow(number, rule, priority, None, "", "", at)


def _judged_at(rule: str, events: list[tuple[Any, ...]], received_at: datetime) -> datetime:
    """When the rules last said ``rule``; with the receipt where the trail does not tell, as of an
    order that came of another one."""
    times = [at for at, _, facts in events if facts.get("rule") == rule]
    return times[-1] if times else received_at


def _told(numbers: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """When, by whom and what the trail tells of the priorities of orders, oldest first."""
    kinds = [EventKind.RECEIVED.value, EventKind.PRIORITY_CHANGED.value]
    query = (
        Event.select(Event.order_number, Event.at, Event.actor, Event.payload)
        .where(Event.order_number.in_(numbers) & Event.kind.in_(kinds))
        .order_by(Event.id)
    )
    found: dict[str, list[tuple[Any, ...]]] = {}
    for number, at, actor, payload in queries.rows(query):
        facts = msgspec.json.decode(payload or "{}")
        found.setdefault(number, []).append((at, actor, facts))
    return found


def _by_hand(
    number: str,
    priority: Priority,
    reason: str,
    events: list[tuple[Any, ...]],
    received_at: datetime,
    names: dict[str, str],
    zone: ZoneInfo,
) -> PriorityRow:
    rule, judged, by, at = "", priority, "", received_at
    for moment, actor, facts in events:
        if facts.get("rule") == _BY_HAND:
            by, at = names.get(actor, actor), moment
        elif "rule" in facts:
            rule, judged = facts["rule"], Priority(facts.get("after") or facts["priority"])
    return PriorityRow(number, rule, judged, priority, by, reason, local(at, zone))
