"""异常订单处理记录表: every exception, and every stage that became overdue."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, structs

from orderterm.rules.causes import Raised, cause_sentence, causes_of, counted_as
from orderterm.rules.contacts import mask_remark
from orderterm.sentences import Sentence
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.causes import finished_in, had_last_first
from orderterm.store.tables import (
    Escalation,
    Event,
    Measure,
    Message,
    Order,
    OrderException,
    Shipment,
    Task,
)
from orderterm.terms import (
    EventKind,
    ExceptionKind,
    ExceptionPath,
    MessageKind,
    NoticeKind,
    Priority,
    Role,
    Stage,
)
from orderterm.views.masked import masked_facts
from orderterm.views.orders import STAGE_RANKS
from orderterm.views.overdue import late
from orderterm.views.registers.days import Days, in_parts
from orderterm.views.staff import all_names
from orderterm.views.times import local

_SUBJECT = "task:"


class TroubleRow(Struct, frozen=True):
    """An exception, or a stage that became overdue (``kind`` says which).

    ``detail`` tells what is wrong, as the exception keeps it; ``resolution`` what its way out
    took. ``found_at`` of a late stage is when somebody was told of it; where nobody was, when it
    was finished, or became overdue. ``responsible`` is a person's name or a role. ``notified`` is
    whether the customer was told of it, None where nobody needs to be. ``reason`` is why a stage
    was late, as it was given.
    """

    key: str
    number: str
    customer: str
    address: str
    stage: Stage | None
    kind: ExceptionKind | NoticeKind
    priority: Priority
    detail: dict[str, Any]
    found_by: str
    found_at: datetime
    responsible: str | Role
    path: ExceptionPath | None
    due_at: datetime
    done_at: datetime | None
    resolution: dict[str, Any]
    reason: str
    notified: bool | None
    causes: list[Sentence]
    measure: str
    closed_by: str


class _Context(Struct, frozen=True):
    zone: ZoneInfo
    names: dict[str, str]
    measures: dict[str, str]


def troubles(days: Days, settings: Settings, now: datetime) -> Iterator[TroubleRow]:
    """The exceptions of ``days``, within the caller's reading: first those opened earlier that
    were resolved in them or are open still, then those opened in them, each by time; then the
    stages that became overdue in them, last those of which nobody was told.
    """
    start, end = days.span(settings.site.zone)
    context = _Context(settings.site.zone, all_names(), _measures())
    made = partial(_exceptions, context=context)
    found = OrderException
    earlier = found.opened_at < start
    for condition in (
        earlier & (found.resolved_at >= start) & (found.resolved_at < end),
        earlier & found.resolved_at.is_null(),
        (found.opened_at >= start) & (found.opened_at < end),
    ):
        query = _query().where(condition).order_by(found.opened_at, found.id)
        yield from in_parts(query, made)
    risen = Escalation.select(Escalation.subject, Escalation.raised_at).where(
        (Escalation.raised_at >= start)
        & (Escalation.raised_at < end)
        & (Escalation.level == 1)
        & queries.begins_with(Escalation.subject, _SUBJECT)
    )
    yield from in_parts(risen.order_by(Escalation.raised_at), partial(_overdue, context=context))
    here = (Task.due_at >= start) & (Task.due_at < end)
    for condition, found_at in (
        (finished_in(start, end) & (Task.done_at > Task.due_at), Task.done_at),
        (Task.done_at.is_null() & here & late(now), Task.due_at),
    ):
        missed = Task.select(Task.id, found_at).where(condition).order_by(found_at, Task.id)
        yield from in_parts(missed, partial(_untold, context=context))


def masked(row: TroubleRow) -> TroubleRow:
    """The row for those who only watch."""
    return structs.replace(
        row,
        customer=mask_remark(row.customer, row.address),
        detail=masked_facts(row.detail, row.address),
        resolution=masked_facts(row.resolution, row.address),
        reason=mask_remark(row.reason, row.address),
    )


_OF_ORDER = (Order.number, Order.customer_name, Order.address, Order.channel)


def _query() -> Any:
    found = OrderException
    return found.select(
        found.id,
        found.order,
        found.kind,
        found.role,
        found.priority,
        found.detail,
        found.opened_at,
        found.opened_by,
        found.due_at,
        found.resolved_at,
        found.resolved_by,
        found.path,
        found.resolution,
        *_OF_ORDER,
    ).join(Order)


class _Around(Struct, frozen=True):
    """What a part of the orders went through, by order or number."""

    tasks: dict[int, list[tuple[Stage, datetime, datetime | None]]]
    parcels: dict[int, list[tuple[str, datetime, datetime | None]]]
    told: dict[str, list[datetime]]

    def stage(self, order: int, at: datetime) -> Stage | None:
        """The earliest stage that was open at a moment, or that ended with it."""
        spans = [span for span in self.tasks.get(order, ()) if span[1] <= at]
        was_open = [stage for stage, _, ended in spans if ended is None or ended > at]
        just_ended = [stage for stage, _, ended in spans if ended == at]
        return min(was_open or just_ended, key=STAGE_RANKS.__getitem__, default=None)

    def carrier(self, order: int, at: datetime) -> str:
        """Who had the order's last parcel at a moment; "" for nobody."""
        had = [
            carrier
            for carrier, shipped, replaced in self.parcels.get(order, ())
            if shipped <= at and (replaced is None or replaced >= at)
        ]
        return had[0] if had else ""


def _exceptions(found: Sequence[tuple[Any, ...]], context: _Context) -> Iterator[TroubleRow]:
    around = _around([row[1] for row in found], [row[-4] for row in found])
    for row in found:
        yield _exception(row, around, context)


def _exception(row: tuple[Any, ...], around: _Around, context: _Context) -> TroubleRow:
    key, order, kind, role, priority, detail, opened_at, opened_by, due_at, *rest = row
    resolved_at, resolved_by, path, resolution, number, customer, address, channel = rest
    carrier = around.carrier(order, opened_at) if kind is ExceptionKind.CARRIER_DELAY else ""
    codes = causes_of(Raised(kind, detail, channel, carrier))
    facts = msgspec.json.decode(resolution or "{}")
    told = any(at >= opened_at for at in around.told.get(number, ()))
    return TroubleRow(
        key=f"E{key}",
        number=number,
        customer=customer,
        address=address,
        stage=around.stage(order, opened_at),
        kind=kind,
        priority=priority,
        detail=msgspec.json.decode(detail),
        found_by=context.names.get(opened_by, opened_by),
        found_at=local(opened_at, context.zone),
        responsible=role,
        path=path,
        due_at=local(due_at, context.zone),
        done_at=local(resolved_at, context.zone),
        resolution=facts,
        reason="",
        notified=told or bool(facts.get("agreed") or facts.get("told")),
        causes=[cause_sentence(code) for code in codes],
        measure=_measure(codes, context.measures),
        closed_by=context.names.get(resolved_by, resolved_by or ""),
    )


def _untold(found: Sequence[tuple[Any, ...]], context: _Context) -> Iterator[TroubleRow]:
    """Those of some late stages of which nobody was told: no engine ran in time."""
    late_ones = [(f"{_SUBJECT}{key}", found_at) for key, found_at in found]
    risen = Escalation.select(Escalation.subject).where(
        Escalation.subject.in_([about for about, _ in late_ones]) & (Escalation.level == 1)
    )
    told = {about for (about,) in queries.rows(risen)}
    return _overdue([one for one in late_ones if one[0] not in told], context)


def _overdue(found: Sequence[tuple[Any, ...]], context: _Context) -> Iterator[TroubleRow]:
    keys = [int(about[len(_SUBJECT) :]) for about, _ in found]
    query = (
        Task.select(
            Task.id,
            Task.stage,
            Task.role,
            Task.priority,
            Task.assignee,
            Task.due_at,
            Task.done_at,
            Task.done_by,
            Task.overdue_reason,
            *_OF_ORDER,
        )
        .join(Order)
        .where(Task.id.in_(keys))
    )
    tasks = {row[0]: row[1:] for row in queries.rows(query)}
    for key, (_, raised_at) in zip(keys, found, strict=True):
        if key in tasks:
            yield _late(key, tasks[key], raised_at, context)


def _late(key: int, task: tuple[Any, ...], raised_at: datetime, context: _Context) -> TroubleRow:
    stage, role, priority, badge, due_at, done_at, done_by, reason, number, *rest = task
    customer, address, _ = rest
    code = f"overdue:{stage.value}"
    return TroubleRow(
        key=f"T{key}",
        number=number,
        customer=customer,
        address=address,
        stage=stage,
        kind=NoticeKind.OVERDUE,
        priority=priority,
        detail={},
        found_by="orderterm",
        found_at=local(raised_at, context.zone),
        responsible=context.names.get(badge or done_by, role),
        path=None,
        due_at=local(due_at, context.zone),
        done_at=local(done_at, context.zone),
        resolution={},
        reason=reason or "",
        notified=None,
        causes=[cause_sentence(code)],
        measure=_measure([code], context.measures),
        closed_by=context.names.get(done_by, done_by or ""),
    )


def _measures() -> dict[str, str]:
    """The last measure that was agreed on against each cause."""
    query = Measure.select(Measure.cause, Measure.text).order_by(Measure.id)
    return {counted_as(cause): text for cause, text in queries.rows(query)}


def _measure(codes: Sequence[str], measures: Mapping[str, str]) -> str:
    return next((measures[code] for code in codes if code in measures), "")


def _around(orders: list[int], numbers: list[str]) -> _Around:
    tasks = Task.select(Task.order, Task.stage, Task.started_at, Task.done_at)
    parcels = Shipment.select(
        Shipment.order, Shipment.carrier, Shipment.shipped_at, Shipment.replaced_at
    ).order_by(*had_last_first())
    return _Around(
        tasks=_by_first(tasks.where(Task.order.in_(orders))),
        parcels=_by_first(parcels.where(Shipment.order.in_(orders))),
        told=_told(orders, numbers),
    )


def _by_first(query: Any) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for first, *rest in queries.rows(query):
        found.setdefault(first, []).append(tuple(rest))
    return found


def _told(orders: list[int], numbers: list[str]) -> dict[str, list[datetime]]:
    """When customers were told: by a delay notice that was sent, or in a call on the trail."""
    sent = (
        Message.select(Order.number, Message.sent_at)
        .join(Order)
        .where(
            Message.order.in_(orders)
            & (Message.kind == MessageKind.DELAY_NOTICE)
            & Message.sent_at.is_null(False)
        )
    )
    notes = Event.select(Event.order_number, Event.at, Event.payload).where(
        Event.order_number.in_(numbers) & (Event.kind == EventKind.NOTED.value)
    )
    found = {number: [at for (at,) in times] for number, times in _by_first(sent).items()}
    for number, at, payload in queries.rows(notes):
        if msgspec.json.decode(payload or "{}").get("with_customer"):
            found.setdefault(number, []).append(at)
    return found
