"""The outbox: what is to be told is queued in the transaction of its cause, once by its key.

What a message's facts hold is never personal: name and contact are read when it is sent, so that
an erasure holds. A message that was withdrawn before it was sent is queued anew when its cause
comes about again.
"""

import hashlib
from datetime import datetime
from typing import Any, Protocol

from orderterm.settings import Limit
from orderterm.store.fields import utc_text
from orderterm.store.prepared import prepared
from orderterm.store.queries import rows
from orderterm.store.tables import Message
from orderterm.store.trail import plain_json
from orderterm.terms import EventKind, MessageKind, Nature
from orderterm.workflow.notifications import settle
from orderterm.workflow.subjects import MESSAGE, subject
from orderterm.workflow.workplace import Workplace


class InHand(Protocol):
    """What is asked of the order in hand that a message is about."""

    workplace: Workplace
    order: Any
    at: datetime

    def record(self, kind: EventKind, **payload: Any) -> None:
        """Put an event of the order on the trail."""


_QUEUE = prepared(
    lambda key, kind, order, recipient, facts, queued, due, alert: Message.insert(
        key=key,
        kind=kind,
        order=order,
        recipient=recipient,
        facts=facts,
        queued_at=queued,
        due_at=due,
        next_try_at=queued,
        alert_at=alert,
    ).on_conflict(
        conflict_target=(Message.key,),
        preserve=(
            Message.facts,
            Message.queued_at,
            Message.due_at,
            Message.next_try_at,
            Message.alert_at,
        ),
        update={
            Message.attempts: 0,
            Message.trouble: "",
            Message.given_up_at: None,
            Message.withdrawn_at: None,
        },
        where=Message.withdrawn_at.is_null(False) & Message.sent_at.is_null(),
    )
)
_TOLD_PARCELS = prepared(
    lambda order: (
        Message.select(Message.key)
        .where(
            (Message.order == order)
            & (Message.kind == MessageKind.SHIPPING_NOTICE)
            & (Message.sent_at.is_null(False) | Message.withdrawn_at.is_null())
        )
        .order_by(Message.id.desc())
    )
)
_LAST_DELAY = prepared(
    lambda order: (
        Message.select(Message.facts)
        .where(
            (Message.order == order)
            & (Message.kind == MessageKind.DELAY_NOTICE)
            & Message.withdrawn_at.is_null()
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
)


def announce_parcel(
    case: InHand, carrier: str, waybill: str, eta: datetime | None, shipped_at: datetime
) -> None:
    """Tell the customer of a parcel that has left, unless it is what they were told of last."""
    facts = {"carrier": carrier, "waybill": waybill, "eta": utc_text(eta) if eta else None}
    limit = case.workplace.settings.limits.shipping_notice
    key = _parcel_key(case, carrier, waybill)
    if not _queue(case, MessageKind.SHIPPING_NOTICE, key, facts, shipped_at, limit):
        anew = _key_anew(case, key)
        _queue(case, MessageKind.SHIPPING_NOTICE, anew, facts, shipped_at, limit)


def withdraw_parcel(case: InHand, carrier: str, waybill: str) -> None:
    """The parcel has not left after all, or goes by another waybill: it is told of no more."""
    key = _parcel_key(case, carrier, waybill)
    withdraw(case, (Message.key == key) | Message.key.startswith(f"{key}:"))


def _key_anew(case: InHand, key: str) -> str:
    """Another key for a parcel that the customer was told of before, if they were told of another
    label since: what they were told last must be what is on its way."""
    told = [one for (one,) in _TOLD_PARCELS.rows(case.order.id)]
    is_last = told and f"{told[0]}:".startswith(f"{key}:")
    return key if is_last or not told else f"{key}:{len(told)}"


def _parcel_key(case: InHand, carrier: str, waybill: str) -> str:
    """A waybill is whatever was scanned, and a gateway may take ASCII only, so it is hashed."""
    parcel = hashlib.sha256(f"{carrier}\n{waybill}".encode()).hexdigest()[:16]
    return f"{MessageKind.SHIPPING_NOTICE.value}:{case.order.number}:{parcel}"


def announce_delay(case: InHand, exception: Any, expected_at: datetime, **parcel: str) -> None:
    """Tell the customer when the order is expected now, unless that is what they were told last.

    ``parcel`` is the carrier and the waybill that it goes on with, where these are others now.
    """
    facts = {"cause": exception.kind.value, "eta": utc_text(expected_at), **parcel}
    last = _LAST_DELAY.value(case.order.id)
    if last == plain_json(facts):
        return
    if last is not None:
        withdraw(case, Message.kind == MessageKind.DELAY_NOTICE)  # an older day is told no more
    key = f"{MessageKind.DELAY_NOTICE.value}:{exception.id}:{facts['eta']}"
    limit = case.workplace.settings.limits.delay_notice
    _queue(case, MessageKind.DELAY_NOTICE, key, facts, case.at, limit)


def ask_for_survey(case: InHand) -> None:
    """Ask the customer of an order that is completed how it was, once; not after a return."""
    if case.order.nature is Nature.RETURN:
        return
    key = f"{MessageKind.SURVEY.value}:{case.order.number}"
    _queue(case, MessageKind.SURVEY, key, {}, case.at, case.workplace.settings.limits.survey)


def withdraw_survey(case: InHand) -> None:
    """The order is not completed after all."""
    withdraw(case, Message.kind == MessageKind.SURVEY)


def withdraw(case: InHand, which: Any = None) -> None:
    """Take back those messages of the order that have not been sent.

    Args:
        case: the order in hand.
        which: a condition on them; None is all.
    """
    for kind, key in _take_back(case, which):
        case.record(EventKind.MESSAGE_WITHDRAWN, message=kind.value, key=key)


def forget(case: InHand) -> None:
    """As ``withdraw``, for an erasure: after it the trail of the order tells nothing but that."""
    _take_back(case, None)


def _take_back(case: InHand, which: Any) -> list[tuple[MessageKind, str]]:
    """Withdraw messages; returns the kind and the key of each."""
    query = Message.update(withdrawn_at=case.at, next_try_at=None, alert_at=None).where(
        (Message.order == case.order.id) & is_unsent()
    )
    if which is not None:
        query = query.where(which)
    found = rows(query.returning(Message.id, Message.kind, Message.key))
    for message, _, _ in found:
        settle(subject(MESSAGE, message), case.at)
    return [(kind, key) for _, kind, key in found]


def is_unsent() -> Any:
    """The condition of a message that was neither sent nor withdrawn; it may be given up."""
    return Message.sent_at.is_null() & Message.withdrawn_at.is_null()


def is_waited_for() -> Any:
    """The condition of a customer's message that is not sent yet; it may be given up."""
    waits = Message.select(Message.id).where(Message.next_try_at.is_null(False))
    given_up = Message.given_up_at.is_null(False) & is_unsent()
    # In one of two selects, as each of them has an index and an OR has none.
    unsent = waits | Message.select(Message.id).where(given_up)
    return Message.id.in_(unsent) & (Message.kind != MessageKind.ESCALATION)


def _queue(
    case: InHand,
    kind: MessageKind,
    key: str,
    facts: dict[str, Any],
    since: datetime,
    limit: Limit,
) -> bool:
    """Put a message to the order's customer into the outbox; returns whether it was.

    Nothing is queued that the company does not send, nor for who left no address, nor what waits
    or was sent under this key.
    """
    workplace, order = case.workplace, case.order
    if kind not in workplace.settings.messages.kinds or not order.contact.strip():
        return False
    due = workplace.working_time.add(since, limit)
    told = plain_json(facts)
    return _QUEUE.changed(key, kind, order.id, None, told, case.at, due, due) > 0


def queue_escalation(
    workplace: Workplace,
    recipient: str,
    key: str,
    facts: dict[str, Any],
    order_number: str | None,
) -> None:
    """Put a message to a member of staff into the outbox, within the caller's transaction.

    Args:
        workplace: the home at work.
        recipient: the badge of who is told.
        key: one for each matter, level and person.
        facts: what a notification of the matter tells; plain values, none of them personal.
        order_number: the order that it is about; None where there is none.
    """
    at = workplace.now()
    told = plain_json({**facts, "number": order_number})
    # Of a message about something late the clock must not tell in its turn.
    _QUEUE.run(key, MessageKind.ESCALATION, None, recipient, told, at, at, None)
