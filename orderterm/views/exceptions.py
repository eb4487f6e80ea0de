"""Open exceptions, sorted as queues sort, and what is wrong in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from orderterm.rules.causes import field_name
from orderterm.sentences import say
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Order, OrderException
from orderterm.terms import (
    Condition,
    ExceptionKind,
    Language,
    Priority,
    Role,
    TrackingState,
)
from orderterm.views.times import local


class ExceptionRow(Struct, frozen=True):
    """An open exception; ``detail`` is what is wrong, as plain values."""

    number: str
    priority: Priority
    condition: Condition
    kind: ExceptionKind
    role: Role
    opened_at: datetime
    opened_by: str
    due_at: datetime
    overdue: bool
    detail: dict[str, Any]


def exceptions(
    settings: Settings, now: datetime, kind: ExceptionKind | None = None, role: Role | None = None
) -> list[ExceptionRow]:
    """Every open exception, or those of one kind or of one role."""
    query = (
        OrderException.select(
            Order.number,
            Order.priority,
            Order.condition,
            OrderException.kind,
            OrderException.role,
            OrderException.opened_at,
            OrderException.opened_by,
            OrderException.due_at,
            OrderException.detail,
        )
        .join(Order)
        .where(OrderException.resolved_at.is_null())
        .order_by(Order.priority, OrderException.due_at, Order.id)
    )
    if kind is not None:
        query = query.where(OrderException.kind == kind)
    if role is not None:
        query = query.where(OrderException.role == role)
    with snapshot():
        return [_row(row, settings, now) for row in queries.rows(query)]


def _row(row: tuple[Any, ...], settings: Settings, now: datetime) -> ExceptionRow:
    number, priority, condition, kind, role, opened_at, opened_by, due_at, detail = row
    zone = settings.site.zone
    return ExceptionRow(
        number=number,
        priority=priority,
        condition=condition,
        kind=kind,
        role=role,
        opened_at=local(opened_at, zone),
        opened_by=opened_by,
        due_at=local(due_at, zone),
        overdue=condition is not Condition.ON_HOLD and now > due_at,
        detail=msgspec.json.decode(detail),
    )


def detail_text(detail: Mapping[str, Any], language: Language) -> str:
    """What is wrong, in words: the problems found, the pieces short, the change wanted, a note."""
    parts = [str(problem[language]) for problem in detail.get("problems", ())]
    parts += [f"{sku} × {pieces}" for sku, pieces in detail.get("short", {}).items()]
    wanted = detail.get("fields", {}).items()
    parts += [f"{field_name(field).text(language)} → {value}" for field, value in wanted]
    parts += [f"{line['sku']} × {line['quantity']}" for line in detail.get("lines", ())]
    if promised := detail.get("promised"):
        until = f"{datetime.fromisoformat(promised):%m-%d %H:%M}"
        parts.append(say("expected by {until}, not come", until=until).text(language))
    parts += _heard(detail, language)
    if detail.get("cancelled"):
        parts.append(say("the customer wants it no more").text(language))
    if note := detail.get("note"):
        parts.append(str(note))
    return ("；" if language == "zh" else "; ").join(parts)


def _heard(detail: Mapping[str, Any], language: Language) -> list[str]:
    """What the carrier said of a parcel, and what the customer said of it all."""
    parts = []
    if since := detail.get("unsigned_since"):
        shown = f"{datetime.fromisoformat(since):%m-%d %H:%M}"
        parts.append(say("on its way since {since}, not signed for", since=shown).text(language))
    if told := detail.get("tracking"):
        state, at = TrackingState(told["state"]).label(language), datetime.fromisoformat(told["at"])
        parts += [f"{told['carrier']} {told['waybill']} {state} {at:%m-%d %H:%M}", told["words"]]
    if scores := detail.get("scores"):
        sentence = say("speed {speed}, accuracy {accuracy}, service {service}", **scores)
        parts += [sentence.text(language), detail.get("comment", "")]
    return [part for part in parts if part]
