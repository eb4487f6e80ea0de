"""The weeks before the visitor came, put on record at once: orders, parcels, answers, handovers.

The rows are written past the workflow, which would try the visitor's patience; the trail tells of
all of them as it would have.
"""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import cycle
from typing import Any

from orderterm.demo import company
from orderterm.demo.bygone import Bygone, Step, bygone, hidden
from orderterm.demo.day import Clock
from orderterm.demo.hands import CARRIERS, LATE
from orderterm.demo.records import Records
from orderterm.demo.shifts import Span, keep_handovers
from orderterm.demo.voices import Voices
from orderterm.rules.contacts import contact_tail
from orderterm.rules.deadlines import stage_due
from orderterm.rules.numbers import order_number
from orderterm.rules.weeks import Week, week_of
from orderterm.store.connection import transaction
from orderterm.store.stock import keep_checkpoints
from orderterm.store.tables import (
    Allocation,
    Escalation,
    Order,
    OrderLine,
    OrderSerial,
    Pause,
    Shipment,
    StockMovement,
    Task,
)
from orderterm.terms import (
    STAGE_ROLES,
    ChannelStatus,
    Condition,
    EscalationCause,
    EventKind,
    ExceptionKind,
    MeasureOutcome,
    MessageKind,
    MovementKind,
    Nature,
    PauseReason,
    Priority,
    Stage,
    TaskOutcome,
)
from orderterm.workflow import measures
from orderterm.workflow.subjects import TASK, subject
from orderterm.workflow.workplace import SYSTEM, Workplace

_STOOD_STILL = (ExceptionKind.SHORTAGE, ExceptionKind.CHANGE_REQUEST)
"""While these are open the clock of the order's task stands still."""
_SUPERIORS = {one.badge: one.superior for one in company.STAFF}
_SLOW = "圆通"
"""The carrier whose parcels are late, until a measure is taken."""

MEASURES = (
    (f"carrier:{_SLOW}", "大件改发顺丰, 与圆通约谈时效", "L03"),
    ("overdue:preparation", "下午三点加派一人拣货", "L02"),
)
"""What the last review but one agreed on: causes, what is done, and who does it."""
_REVIEWED, _FINISHED_BEFORE = timedelta(days=7, hours=10), timedelta(hours=16)
"""When it was, after the beginning of its week; and how long before the end one was finished."""


class Past:
    """The weeks from ``start`` to ``end``, not written yet.

    Args:
        workplace: the home at work.
        seed: decides everything that is left to chance.
        start: before it nothing came in.
        end: before it everything has happened, but for the messages of one customer that can't be
            sent; each day's orders begin at its hour.
    """

    def __init__(self, workplace: Workplace, seed: int, start: datetime, end: datetime) -> None:
        self.reviewed_at = start + _REVIEWED
        self._workplace = workplace
        self._zone = workplace.settings.site.zone
        self._records = Records(workplace.station)
        self._voices = Voices(workplace, self._records)
        self._serials: Counter[tuple[str, str]] = Counter()
        self._moved: Counter[str] = Counter()
        self._spans: list[Span] = []
        self._carriers = cycle((*CARRIERS, *CARRIERS[:2]))
        self._reasons = cycle(LATE)
        orders = list(bygone(seed, start, end))
        for one in orders[:-1]:
            self._order(one)
        self._order(hidden(orders[-1]), sent=False)
        self._stock(orders[0].received_at)
        keep_handovers(self._records, workplace.working_time, self._spans, end)

    def write_rows(self) -> None:
        """Write all but the trail."""
        with transaction():
            self._records.write_rows()
            keep_checkpoints(self._moved)

    def write_trail(self, until: datetime) -> None:
        """Write the trail up to then."""
        with transaction():
            self._records.write_trail(until)

    # -- an order -----------------------------------------------------------------------------

    def _order(self, one: Bygone, *, sent: bool = True) -> None:
        key = self._records.key(Order)
        number = self._head(key, one)
        if one.trouble is not None:
            self._voices.trouble(key, number, one.trouble, one)
        for step in one.steps:
            self._step(key, number, step, one)
        self._goods(key, number, one, sent=sent)
        ended = one.steps[-1].done_at
        self._voices.message(key, number, MessageKind.SURVEY, number, {}, ended, sent=sent)
        if one.answer is not None:
            self._voices.answer(key, number, one.answer)

    def _head(self, key: int, one: Bygone) -> str:
        order, at = one.order, one.received_at
        day = at.astimezone(self._zone).date()
        self._serials[order.channel, day.isoformat()] += 1
        number = order_number(day, order.channel, self._serials[order.channel, day.isoformat()])
        buyer = order.abroad
        contact = buyer.phone if buyer else order.phone
        self._records.add(
            Order,
            id=key,
            number=number,
            channel=order.channel,
            channel_kind=self._workplace.settings.channels[order.channel].kind.value,
            shop=company.SHOP if order.channel == "TM" else "",
            channel_order_number=order.number,
            source_key=order.number,
            channel_status=ChannelStatus.OPEN.value,
            channel_seen_at=at,
            fingerprint=f"{key:032x}",
            nature=Nature.STANDARD.value,
            condition=Condition.COMPLETED.value,
            priority=one.priority.rank,
            priority_rule="override" if one.urgent else "default",
            priority_reason="大客户催单" if one.urgent else "",
            tags="",
            preferred_carrier="",
            customer_name=buyer.name if buyer else order.name,
            customer_level="",
            contact=contact,
            contact_tail=contact_tail(contact),
            address=f"{buyer.street}, {buyer.city}" if buyer else " ".join(order.address),
            special_request=order.request,
            note="",
            ordered_at=at - timedelta(minutes=25),
            received_at=at,
            completed_at=one.steps[-1].done_at,
        )
        self._received(number, one)
        return number

    def _received(self, number: str, one: Bygone) -> None:
        self._records.tell(
            one.received_at,
            SYSTEM.badge,
            EventKind.RECEIVED,
            number,
            channel_order_number=one.order.number,
            lines=len(one.order.lines),
            nature=Nature.STANDARD.value,
            priority=Priority.NORMAL.value,
            rule="default",
        )
        if one.urgent:
            told = {"after": "urgent", "before": "normal", "reason": "大客户催单"}
            kind = EventKind.PRIORITY_CHANGED
            self._records.tell(one.received_at, "M02", kind, number, rule="override", **told)

    def _step(self, key: int, number: str, step: Step, one: Bygone) -> None:
        task, pauses = self._records.key(Task), []
        trouble = one.trouble
        if trouble and trouble.kind in _STOOD_STILL and trouble.stage is step.stage:
            pauses = [(trouble.opened_at, trouble.resolved_at)]
        due = stage_due(
            self._workplace.working_time,
            self._workplace.settings.limits,
            step.stage,
            one.priority,
            Nature.STANDARD,
            step.started_at,
            pauses,
        )
        reason = next(self._reasons) if step.done_at > due else None
        self._records.add(
            Task,
            id=task,
            order_id=key,
            stage=step.stage.value,
            round=1,
            role=STAGE_ROLES[step.stage].value,
            priority=one.priority.rank,
            assignee=step.badge,
            claimed_at=step.started_at,
            started_at=step.started_at,
            due_at=due,
            done_at=step.done_at,
            done_by=step.badge,
            outcome=TaskOutcome.DONE.value,
            overdue_reason=reason,
            alert_level=1 if reason else None,
        )
        self._spans.append(Span(step.stage, step.started_at, due, step.done_at))
        for opened, ended in pauses:
            why = PauseReason.STOCK if step.stage is Stage.ALLOCATION else PauseReason.CUSTOMER
            times = {"started_at": opened, "ended_at": ended}
            self._records.add(Pause, task_id=task, reason=why.value, **times)
        if reason:
            self._escalate(task, number, step, due)
        self._done(number, step, reason)

    def _done(self, number: str, step: Step, reason: str | None) -> None:
        if step.stage is Stage.SHIPPING:
            return  # told with the parcel
        told: dict[str, Any] = {"stage": step.stage.value, "round": 1}
        if reason:
            told["overdue_reason"] = reason
        if step.stage is Stage.TRACKING:
            told["signed_at"] = step.done_at
        self._records.tell(step.done_at, step.badge, EventKind.STAGE_DONE, number, **told)

    def _escalate(self, task: int, number: str, step: Step, due: datetime) -> None:
        about, cause = subject(TASK, task), EscalationCause.OVERDUE.value
        self._records.add(
            Escalation,
            subject=about,
            level=1,
            cause=cause,
            order_number=number,
            due_at=due,
            raised_at=due,
        )
        told = {"subject": about, "level": 1, "cause": cause, "told": [_SUPERIORS[step.badge]]}
        facts = {"stage": step.stage.value, "assignee": step.badge, "due_at": due}
        kind = EventKind.ESCALATED
        self._records.tell(due, SYSTEM.badge, kind, number, **facts, **told)

    # -- its goods and its parcel -------------------------------------------------------------

    def _goods(self, key: int, number: str, one: Bygone, *, sent: bool) -> None:
        at = {step.stage: step for step in one.steps}
        shipping = at[Stage.SHIPPING]
        parcel = self._parcel(key, number, one, shipping, at[Stage.TRACKING].done_at, sent=sent)
        for position, line in enumerate(one.order.lines, start=1):
            own, product, pieces = self._records.key(OrderLine), line.product, int(line.quantity)
            self._moved[line.sku] += pieces
            self._records.add(
                OrderLine,
                id=own,
                order_id=key,
                position=position,
                sku=line.sku,
                name=product.name,
                specification=product.specification,
                quantity=pieces,
                unit_price=product.price,
            )
            self._records.add(
                Allocation,
                line_id=own,
                sku=line.sku,
                round=1,
                quantity=pieces,
                allocated_at=at[Stage.ALLOCATION].done_at,
                shipment_id=parcel,
            )
            self._move(line.sku, MovementKind.SHIPMENT, -pieces, shipping.done_at, key)

    def _parcel(
        self, key: int, number: str, one: Bygone, shipping: Step, signed: datetime, *, sent: bool
    ) -> int:
        is_late = one.trouble is not None and one.trouble.kind is ExceptionKind.CARRIER_DELAY
        parcel, at = self._records.key(Shipment), shipping.done_at
        carrier = next(self._carriers)
        if is_late and at < self.reviewed_at:
            carrier = _SLOW
        eta = at + timedelta(hours=20 if is_late else 44)
        told = {"carrier": carrier, "waybill": f"PT{parcel:010d}", "eta": eta}
        self._records.add(
            Shipment, id=parcel, order_id=key, round=1, shipped_at=at, signed_at=signed, **told
        )
        pieces = {line.sku: int(line.quantity) for line in one.order.lines}
        self._records.tell(
            at,
            shipping.badge,
            EventKind.STAGE_DONE,
            number,
            stage=Stage.SHIPPING.value,
            round=1,
            pieces=pieces,
            **told,
        )
        mark = sha256(f"{carrier}\n{told['waybill']}".encode()).hexdigest()[:16]
        kind = MessageKind.SHIPPING_NOTICE
        self._voices.message(key, number, kind, f"{number}:{mark}", told, at, sent=sent)
        return parcel

    def _move(
        self, sku: str, kind: MovementKind, pieces: int, at: datetime, order: int | None
    ) -> None:
        self._records.add(
            StockMovement, sku=sku, kind=kind.value, quantity=pieces, at=at, order_id=order
        )

    def _stock(self, at: datetime) -> None:
        """What all those orders wanted had come in before them."""
        for sku, pieces in sorted(self._moved.items()):
            self._move(sku, MovementKind.RECEIPT, pieces, at, None)
        for (channel, day), last in self._serials.items():
            self._records.add(OrderSerial, channel=channel, day=day, last=last)


def remember(workplace: Workplace, clock: Clock, seed: int) -> None:
    """Put the weeks before on record, from the Monday of the last week but one to the clock's time.

    Args:
        workplace: the home at work, with its staff and no orders.
        clock: its clock, which stands where it stood in the end.
        seed: decides everything that is left to chance.
    """
    zone, end = workplace.settings.site.zone, clock.at
    last = week_of(end.astimezone(zone).date(), zone).before()
    past = Past(workplace, seed, last.before().start, end)
    past.write_rows()
    for at, act in (
        (past.reviewed_at, partial(_agree, workplace, last.before())),
        (end - _FINISHED_BEFORE, partial(_finish, workplace)),
    ):
        past.write_trail(at)
        clock.at = at
        act()
    clock.at = end
    past.write_trail(end)


def _agree(workplace: Workplace, week: Week) -> None:
    for cause, text, who in MEASURES:
        due = week.sunday + timedelta(days=16)
        measures.agree(workplace, "M01", week.monday, cause, text, who, due)


def _finish(workplace: Workplace) -> None:
    measures.finish(workplace, "M02", 1, MeasureOutcome.WORKED, "圆通晚到的少了")
