"""The outbox to read: what waits, what was given up, and what one message is made of."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct
from peewee import fn

from orderterm.errors import Refusal
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Allocation, Message, Order, OrderLine, Shipment, Staff
from orderterm.terms import ChannelKind, MessageKind, Term
from orderterm.views.staff import names
from orderterm.views.times import local

PAGE = 100
"""How many messages are listed at once, unless told otherwise."""


class MessageState(Term):
    """What has become of a message."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    GIVEN_UP = "given_up", "发送失败", "given up"
    WITHDRAWN = "withdrawn", "已撤回"


class Which(StrEnum):
    """Which messages are wanted."""

    ALL = "all"
    UNSENT = "unsent"
    FAILED = "failed"


class MessageRow(Struct, frozen=True):
    """A message as it stands; ``number`` is its order's, ``recipient`` the badge of who is told.

    ``contact`` is where it goes. ``next_try_at`` is None where nothing more is to be done.
    """

    id: int
    key: str
    kind: MessageKind
    number: str | None
    recipient: str | None
    name: str
    contact: str
    state: MessageState
    queued_at: datetime
    due_at: datetime
    overdue: bool
    attempts: int
    next_try_at: datetime | None
    sent_at: datetime | None
    given_up_at: datetime | None
    withdrawn_at: datetime | None
    sender: str
    receipt: str
    trouble: str


class Matter(Struct, frozen=True):
    """All that a message may tell, as it is now; texts are "" where there is nothing to tell.

    ``order_number`` is "" for what is about no order; ``channel`` is the channel's code, ``""``
    for what goes to staff. ``items`` are names with pieces; ``facts`` what was queued.
    """

    contact: str
    name: str
    order_number: str
    channel: str
    channel_kind: ChannelKind | None
    channel_order_number: str
    shop: str
    items: list[tuple[str, int]]
    facts: dict[str, Any]
    queued_at: datetime


def messages(
    settings: Settings,
    now: datetime,
    which: Which = Which.ALL,
    *,
    number: str | None = None,
    limit: int = PAGE,
) -> list[MessageRow]:
    """Messages: those that wait by their next try, all others the newest first.

    Args:
        settings: the home's settings.
        now: the time.
        which: all, those that wait for being sent, or those that were given up.
        number: only those about this order.
        limit: at most so many.

    Raises:
        Refusal: there is no such order.
    """
    query = _select().limit(limit)
    if which is Which.UNSENT:
        query = query.where(Message.next_try_at.is_null(False)).order_by(Message.next_try_at)
    elif which is Which.FAILED:
        query = query.where(_failed()).order_by(Message.given_up_at.desc())
    else:
        query = query.order_by(Message.id.desc())
    with snapshot():
        if number is not None:
            query = query.where(Message.order == _order_id(number))
        return [_row(found, settings, now) for found in queries.rows(query)]


def _order_id(number: str) -> int:
    found = queries.pairs(Order.select(Order.number, Order.id).where(Order.number == number))
    if number not in found:
        raise Refusal(
            "there is no order {number}; `orderterm orders` lists those there are", number=number
        )
    return int(found[number])


def state_text(row: MessageRow) -> Sentence:
    """What there is to say of where a message stands."""
    if row.sent_at is not None:
        return say("{at} by {sender}", at=f"{row.sent_at:%m-%d %H:%M}", sender=row.sender)
    if row.withdrawn_at is not None or row.given_up_at is not None:
        return say("{text}", text=row.trouble)
    if row.trouble and row.next_try_at is not None:
        at = f"{row.next_try_at:%m-%d %H:%M}"
        return say("again at {at}: {reason}", at=at, reason=row.trouble)
    return say("not tried yet") if not row.attempts else say("being sent")


def _failed() -> Any:
    return (
        Message.given_up_at.is_null(False)
        & Message.sent_at.is_null()
        & Message.withdrawn_at.is_null()
    )


def _select() -> Any:
    return (
        Message.select(
            Message.id,
            Message.key,
            Message.kind,
            Order.number,
            Message.recipient,
            Order.customer_name,
            Order.contact,
            Staff.name,
            Staff.contact,
            Message.queued_at,
            Message.due_at,
            Message.attempts,
            Message.next_try_at,
            Message.sent_at,
            Message.given_up_at,
            Message.withdrawn_at,
            Message.sender,
            Message.receipt,
            Message.trouble,
        )
        .left_outer_join(Order, on=(Message.order == Order.id))
        .switch(Message)
        .left_outer_join(Staff, on=(Message.recipient == Staff.badge))
    )


def _row(found: tuple[Any, ...], settings: Settings, now: datetime) -> MessageRow:
    key, text, kind, number, recipient, customer, contact, staff, staff_contact, *rest = found
    queued_at, due_at, attempts, *moments, sender, receipt, trouble = rest
    next_try_at, sent_at, given_up_at, withdrawn_at = moments
    zone = settings.site.zone
    return MessageRow(
        id=key,
        key=text,
        kind=kind,
        number=number,
        recipient=recipient,
        name=(customer if recipient is None else staff) or "",
        contact=(contact if recipient is None else staff_contact) or "",
        state=state_of(sent_at, given_up_at, withdrawn_at),
        queued_at=local(queued_at, zone),
        due_at=local(due_at, zone),
        overdue=sent_at is None and withdrawn_at is None and now > due_at,
        attempts=attempts,
        next_try_at=local(next_try_at, zone),
        sent_at=local(sent_at, zone),
        given_up_at=local(given_up_at, zone),
        withdrawn_at=local(withdrawn_at, zone),
        sender=sender,
        receipt=receipt,
        trouble=trouble,
    )


def state_of(
    sent_at: datetime | None, given_up_at: datetime | None, withdrawn_at: datetime | None
) -> MessageState:
    """What became of a message, by when each thing happened to it."""
    if sent_at is not None:
        return MessageState.SENT
    if withdrawn_at is not None:
        return MessageState.WITHDRAWN
    return MessageState.WAITING if given_up_at is None else MessageState.GIVEN_UP


def matter(message: int) -> Matter | None:
    """What a message is made of now; None where it is to be sent no more."""
    with snapshot():
        found: Any = Message.get_or_none(
            (Message.id == message) & Message.next_try_at.is_null(False)
        )
        if found is None:
            return None
        facts = msgspec.json.decode(found.facts)
        return _to_customer(found, facts) if found.order_id else _to_staff(found, facts)


def _to_customer(message: Any, facts: dict[str, Any]) -> Matter:
    order = message.order
    told = message.kind is MessageKind.SHIPPING_NOTICE and _shipped(order.id, facts)
    return Matter(
        contact=order.contact.strip(),
        name=order.customer_name,
        order_number=order.number,
        channel=order.channel,
        channel_kind=order.channel_kind,
        channel_order_number=order.channel_order_number,
        shop=order.shop,
        items=told or _ordered(order.id),
        facts=facts,
        queued_at=message.queued_at,
    )


def _ordered(order: int) -> list[tuple[str, int]]:
    lines = (
        OrderLine.select(OrderLine.name, OrderLine.sku, OrderLine.quantity)
        .where((OrderLine.order == order) & OrderLine.removed_at.is_null())
        .order_by(OrderLine.position)
    )
    return [(name or sku, pieces or 0) for name, sku, pieces in queries.rows(lines)]


def _shipped(order: int, facts: dict[str, Any]) -> list[tuple[str, int]]:
    """What left with a parcel and those that left together with it, for nobody tells their
    boxes apart; nothing where that is not known."""
    parcel = (Shipment.carrier == facts["carrier"]) & (Shipment.waybill == facts["waybill"])
    rounds = Shipment.select(Shipment.round).where((Shipment.order == order) & parcel)
    boxes = Shipment.select(Shipment.id).where(
        (Shipment.order == order) & Shipment.round.in_(rounds)
    )
    lines = (
        OrderLine.select(OrderLine.name, OrderLine.sku, fn.SUM(Allocation.quantity))
        .join(Allocation, on=(Allocation.line == OrderLine.id))
        .where(Allocation.shipment.in_(boxes))
        .group_by(OrderLine.id)
        .order_by(OrderLine.position)
    )
    return [(name or sku, pieces) for name, sku, pieces in queries.rows(lines)]


def _to_staff(message: Any, facts: dict[str, Any]) -> Matter:
    if assignee := facts.get("assignee"):
        facts["name"] = names([assignee]).get(assignee)
    return Matter(
        contact=message.recipient.contact.strip(),
        name=message.recipient.name,
        order_number=facts.get("number") or "",
        channel="",
        channel_kind=None,
        channel_order_number="",
        shop="",
        items=[],
        facts=facts,
        queued_at=message.queued_at,
    )
