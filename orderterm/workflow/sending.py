"""A message on its way: taken in hand, sent, tried again, given up; and what people do about it.

Who takes a message says until when the try may last. A program that is killed in the middle leaves
the message to whoever comes after that: it is sent at least once, always under the same key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from peewee import Case

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.sentences import say
from orderterm.store import trail
from orderterm.store.connection import reading, transaction
from orderterm.store.prepared import prepared
from orderterm.store.queries import rows
from orderterm.store.tables import Message, Notification, Order, Staff
from orderterm.terms import EventKind, MessageKind, NoticeKind
from orderterm.workflow import notifications
from orderterm.workflow.lapsed import is_over
from orderterm.workflow.outbox import is_unsent
from orderterm.workflow.subjects import MESSAGE, subject
from orderterm.workflow.workplace import SYSTEM, Outcome, Workplace, person

_AT_ONCE = 500
"""How many messages are sent again in one transaction."""

_NEXT = prepared(
    lambda now: (
        Message.select(Message.id)
        .where(Message.next_try_at <= now)
        .order_by(Message.next_try_at)
        .limit(1)
    )
)
_TAKE = prepared(
    lambda until, message: (
        Message.update(attempts=Message.attempts + 1, next_try_at=until, trouble="")
        .where(Message.id == message)
        .returning(Message.id, Message.key, Message.kind, Message.attempts)
    )
)


class Claimed(Struct, frozen=True):
    """A message that one program has in hand; ``attempt`` counts from 1."""

    id: int
    key: str
    kind: MessageKind
    attempt: int


def claim(workplace: Workplace, seconds: float) -> Claimed | None:
    """Take the next message that is to be sent; None where there is none now.

    Args:
        workplace: the home at work.
        seconds: after how long the try counts as lost, and the message is anybody's again.
    """
    with reading():
        # So that nothing is written where there is nothing to do.
        if _NEXT.value(workplace.now()) is None:
            return None
        with transaction():
            now = workplace.now()  # it may have waited for others, and the try begins here
            found = _NEXT.value(now)
            if found is None:
                return None
            taken = _TAKE.first(now + timedelta(seconds=seconds), found)
    assert taken is not None
    return Claimed(taken.id, taken.key, taken.kind, taken.attempts)


def sent(workplace: Workplace, message: Claimed, sender: str, receipt: str) -> None:
    """Note that a message was sent, by which sender, and what the other side said to it."""
    now = workplace.now()
    # What was taken back in the meantime may be an erased order's, which keeps none.
    kept = Case(None, ((Message.withdrawn_at.is_null(), receipt),), "")
    with transaction():
        done = Message.update(
            sent_at=now,
            sender=sender,
            receipt=kept,
            trouble="",
            next_try_at=None,
            alert_at=None,
            given_up_at=None,
        ).where((Message.id == message.id) & Message.sent_at.is_null())
        if done.execute():
            notifications.settle(subject(MESSAGE, message.id), now)
            _record(workplace, [message.id], EventKind.MESSAGE_SENT, sender=sender)


def failed(
    workplace: Workplace, message: Claimed, trouble: str, *, sender: str, final: bool
) -> bool:
    """Note that a try failed: it is made again after a pause, or the message is given up.

    Args:
        workplace: the home at work.
        message: as it was claimed.
        trouble: why, without anything personal.
        sender: which sender it was; "" where none would take it.
        final: whether trying again is of no use.

    Returns:
        Whether the message was given up.
    """
    pauses = workplace.settings.messages.pauses_minutes
    gives_up = final or message.attempt > len(pauses)
    with transaction():
        now = workplace.now()
        told: dict[str, Any] = {"trouble": trouble, "sender": sender}
        if gives_up:
            # It is not sent, so it goes on climbing until somebody sees to it.
            told |= {"given_up_at": now, "next_try_at": None}
        else:
            told["next_try_at"] = now + timedelta(minutes=pauses[message.attempt - 1])
        if not Message.update(told).where(_in_hand_still(message)).execute():
            return False
        if gives_up:
            _record(workplace, [message.id], EventKind.MESSAGE_GIVEN_UP, sender=sender)
            notifications.notify_failed(workplace, Message.get_by_id(message.id))
    return gives_up


def put_off(message: Claimed, trouble: str, *, sender: str, until: datetime) -> None:
    """Give a message back whose sender was not asked: it waits, and has one try more again.

    Args:
        message: as it was claimed.
        trouble: why, without anything personal.
        sender: which sender it was.
        until: when that is asked again.
    """
    told = {"trouble": trouble, "sender": sender, "next_try_at": until}
    with transaction():
        Message.update(attempts=Message.attempts - 1, **told).where(
            _in_hand_still(message)
        ).execute()


def _in_hand_still(message: Claimed) -> Any:
    """Another program may have it in hand by now, where this try took too long."""
    same = (Message.id == message.id) & (Message.attempts == message.attempt)
    return same & is_unsent() & Message.given_up_at.is_null()


def lapse(workplace: Workplace, message: Claimed) -> bool:
    """Take a message back where what it tells is over; returns whether it is.

    Args:
        workplace: the home at work.
        message: as it was claimed.
    """
    with transaction():
        found = Message.get_or_none((Message.id == message.id) & is_unsent())
        if found is None or not is_over(found):
            return False
        _take_back(workplace, SYSTEM, found.id)
        return True


def retry(workplace: Workplace, badge: str, message: int) -> Outcome:
    """Send a message that was given up once more, or one that waits for its next try at once.

    Args:
        workplace: the home at work.
        badge: who wants it.
        message: its id.

    Raises:
        Refusal: it is not for this person to do, or the message was sent, was withdrawn, or is
            being sent.
    """
    with transaction():
        actor = _permitted(badge)
        found = _unsent(message)
        if _is_in_hand(found, workplace.now()):
            raise Refusal(
                "message {message} is being sent just now: wait for what comes of it",
                message=message,
            )
        _try_again(workplace, actor, [found.id])
        told = say("message {message} is sent again", message=message)
        return Outcome(_number_of(found), True, told)


def retry_all(workplace: Workplace, badge: str) -> int:
    """Send every message that was given up once more; returns how many there are.

    Raises:
        Refusal: it is not for this person to do.
    """
    given_up = Message.given_up_at.is_null(False) & is_unsent()
    with reading():
        _permitted(badge)
        # What is given up once more meanwhile waits until somebody asks again.
        messages = _ids(given_up)
    count = 0
    for start in range(0, len(messages), _AT_ONCE):
        some = Message.id.in_(messages[start : start + _AT_ONCE])
        with transaction():
            found = _ids(some & given_up)
            _try_again(workplace, _permitted(badge), found)
            count += len(found)
    return count


def _ids(which: Any) -> list[int]:
    return [message for (message,) in rows(Message.select(Message.id).where(which))]


def withdraw(workplace: Workplace, badge: str, message: int, *, reason: str) -> Outcome:
    """Take a message back that was not sent: it will not be.

    Raises:
        Refusal: it is not for this person to do, no reason was given, or the message was sent or
            withdrawn before.
    """
    with transaction():
        actor = _permitted(badge)
        if not reason.strip():
            raise Refusal("say why with --reason: it goes on the trail")
        found = _unsent(message)
        _take_back(workplace, actor, found.id, reason=reason.strip())
        told = say("message {message} is withdrawn", message=message)
        return Outcome(_number_of(found), True, told)


def _take_back(workplace: Workplace, actor: Person, message: int, **reason: str) -> None:
    _record(workplace, [message], EventKind.MESSAGE_WITHDRAWN, actor=actor, **reason)
    at = workplace.now()
    Message.update(withdrawn_at=at, next_try_at=None, alert_at=None).where(
        Message.id == message
    ).execute()
    notifications.settle(subject(MESSAGE, message), at)


def _permitted(badge: str) -> Person:
    actor = person(badge)
    if why := not_permitted(Action.MESSAGES, actor):
        raise Refusal(why)
    return actor


def _unsent(message: int) -> Any:
    found: Any = Message.get_or_none(Message.id == message)
    if found is None:
        raise Refusal(
            "there is no message {message}; `orderterm messages list` shows those there are",
            message=message,
        )
    if found.sent_at is not None:
        raise Refusal("message {message} has been sent already", message=message)
    if found.withdrawn_at is not None:
        raise Refusal("message {message} was withdrawn", message=message)
    return found


def _is_in_hand(message: Any, now: datetime) -> bool:
    """Whether a program is trying to send a message, and the try does not count as lost yet.

    Such a try has no trouble so far; what waits after one that failed has that one's.
    """
    tried = message.attempts > 0 and not message.trouble
    return tried and message.next_try_at is not None and now < message.next_try_at


def _number_of(message: Any) -> str:
    return message.order.number if message.order_id else ""


def _try_again(workplace: Workplace, actor: Person, messages: Sequence[int]) -> None:
    """Start the tries of messages anew; what is late goes on climbing."""
    Message.update(attempts=0, given_up_at=None, next_try_at=workplace.now()).where(
        Message.id.in_(messages)
    ).execute()
    # Should it fail once more, the same people are told once more. By whom, for the index's sake.
    Notification.delete().where(
        Notification.recipient.in_(Staff.select(Staff.badge))
        & (Notification.kind == NoticeKind.MESSAGE_FAILED)
        & Notification.subject.in_([subject(MESSAGE, message) for message in messages])
    ).execute()
    _record(workplace, messages, EventKind.MESSAGE_RETRIED, actor=actor)


def _record(
    workplace: Workplace,
    messages: Sequence[int],
    kind: EventKind,
    *,
    actor: Person = SYSTEM,
    **payload: str,
) -> None:
    """Put it on the trail, for messages to customers on their order's."""
    query = (
        Message.select(Message.key, Message.kind, Order.number)
        .left_outer_join(Order, on=(Message.order == Order.id))
        .where(Message.id.in_(list(messages)))
        .order_by(Message.id)
    )
    at = workplace.now()
    trail.append(
        trail.Entry(
            at,
            actor.badge,
            workplace.station,
            number,
            kind.value,
            {"message": message.value, "key": key, **payload},
        )
        for key, message, number in rows(query)
    )
