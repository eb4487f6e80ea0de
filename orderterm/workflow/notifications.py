"""A person's notifications: told once for each matter and level, acknowledged by the person.

Whoever tells does so within a transaction of their own, together with what there is to tell.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from peewee import SQL

from orderterm.errors import Refusal
from orderterm.sentences import say
from orderterm.store.connection import transaction
from orderterm.store.fields import utc_text
from orderterm.store.prepared import prepared
from orderterm.store.queries import first, rows
from orderterm.store.tables import Notification, Order, Staff
from orderterm.store.trail import plain_json
from orderterm.terms import EXCEPTION_ROLES, ExceptionKind, NoticeKind, Role
from orderterm.workflow.subjects import EXCEPTION, MESSAGE, subject
from orderterm.workflow.workplace import Outcome, Workplace, person

_MATTER = (Notification.recipient, Notification.kind, Notification.subject, Notification.level)
"""What a person is told of at most once."""

TOLD_AT_ONCE = {
    ExceptionKind.SHORTAGE: NoticeKind.STOCK_OUT,
    ExceptionKind.INFORMATION: NoticeKind.INFORMATION,
    ExceptionKind.FOLLOW_UP: NoticeKind.FOLLOW_UP,
}
"""The exceptions of which their role is told as soon as they are opened."""


class Notice(Struct, frozen=True):
    """Something to tell a person. ``level`` is the rung of the ladder, 0 where there is none."""

    recipient: str
    kind: NoticeKind
    subject: str
    order_number: str | None
    level: int
    payload: dict[str, Any]


# -- telling --------------------------------------------------------------------------------------


_TELL = prepared(
    lambda recipient, kind, number, about, level, payload, at: Notification.insert(
        recipient=recipient,
        kind=kind,
        order_number=number,
        subject=about,
        level=level,
        payload=payload,
        raised_at=at,
    ).on_conflict(action="nothing", conflict_target=_MATTER)
)


def tell(notices: Iterable[Notice], at: datetime) -> None:
    """Keep what people are told and were not told before, within the caller's transaction."""
    for one in notices:
        facts = plain_json(one.payload)
        _TELL.run(one.recipient, one.kind, one.order_number, one.subject, one.level, facts, at)


def announcements(
    kind: ExceptionKind,
    key: int,
    number: str,
    detail: dict[str, Any],
    due_at: datetime,
    recipients: Iterable[str],
) -> list[Notice]:
    """What the people of its role are told of an exception that was just opened.

    Args:
        kind: one of ``TOLD_AT_ONCE``.
        key: the exception's id.
        number: its order.
        detail: what is wrong; only what is short and which fields are wrong is told, never their
            values, which are a customer's.
        due_at: when it is due.
        recipients: their badges.
    """
    facts = {**_summary(detail), "due_at": utc_text(due_at)}
    about = subject(EXCEPTION, key)
    return [Notice(badge, TOLD_AT_ONCE[kind], about, number, 0, facts) for badge in recipients]


def told_of(kind: ExceptionKind) -> list[str]:
    """The badges of whom an exception of ``kind`` is for."""
    return holders({EXCEPTION_ROLES[kind]})


def notify_failed(workplace: Workplace, message: Any) -> None:
    """Tell the managers and those who track parcels that a message was given up.

    Within the caller's transaction.

    Args:
        workplace: the home at work.
        message: the message's row, with ``id``, ``kind``, ``order_id`` and ``due_at``.
    """
    number = Order.select(Order.number).where(Order.id == message.order_id).scalar()
    facts = {"message": message.kind.value, "due_at": utc_text(message.due_at)}
    about = subject(MESSAGE, message.id)
    tell(
        [
            Notice(badge, NoticeKind.MESSAGE_FAILED, about, number, 0, facts)
            for badge in holders({Role.MANAGER, Role.TRACKING})
        ],
        workplace.now(),
    )


def holders(roles: Collection[Role]) -> list[str]:
    """The badges of those at work here who have any of ``roles``."""
    people = rows(Staff.select(Staff.badge, Staff.roles).where(Staff.disabled_at.is_null()))
    return sorted(badge for badge, theirs in people if not set(roles).isdisjoint(theirs))


def _summary(detail: dict[str, Any]) -> dict[str, Any]:
    if short := detail.get("short"):
        return {"short": short}
    return {"fields": [problem["field"] for problem in detail.get("problems", ())]}


# -- reading --------------------------------------------------------------------------------------

_SETTLE = prepared(
    lambda at, about: Notification.update(acknowledged_at=at).where(
        (Notification.subject == about) & Notification.acknowledged_at.is_null()
    )
)


def settle(about: str, at: datetime) -> None:
    """Count what was told of a subject as read, within the caller's transaction: it is done."""
    _SETTLE.run(at, about)


def tell_on(about: str, now_about: str, settled_at: datetime) -> None:
    """What was told of a subject is told of the one that takes its place from now on.

    Within the caller's transaction. What only counted as read because the subject was settled is
    unread again.
    """
    # By recipient, because only what is unread can be found by its subject.
    told = Notification.recipient.in_(Staff.select(Staff.badge)) & (Notification.subject == about)
    told &= Notification.kind.in_([NoticeKind.DUE_SOON, NoticeKind.OVERDUE])
    settled = told & (Notification.acknowledged_at == settled_at)
    Notification.update(acknowledged_at=None).where(settled).execute()
    Notification.update(subject=now_about).where(told).execute()


def withdraw(about: str, kind: NoticeKind) -> None:
    """Take back what was told of a subject, within the caller's transaction: it is told anew."""
    # By recipient, because only what is unread can be found by its subject.
    Notification.delete().where(
        Notification.recipient.in_(Staff.select(Staff.badge))
        & (Notification.kind == kind)
        & (Notification.subject == about)
    ).execute()


def _warned(about: Any) -> Any:
    return (
        (Notification.subject == about)
        & (Notification.kind == NoticeKind.DUE_SOON)
        & Notification.acknowledged_at.is_null()
    )


_WARNINGS = prepared(
    lambda about: Notification.select(Notification.order_number, Notification.payload).where(
        _warned(about)
    )
)
_END_WARNINGS = prepared(
    lambda at, about, badge: Notification.update(acknowledged_at=at).where(
        _warned(about) & (Notification.recipient != badge)
    )
)


def pass_on(about: str, badge: str, at: datetime) -> None:
    """Tell ``badge`` that a subject is due soon in the place of who had it in hand before.

    Within the caller's transaction. Where nobody was told yet, or all that was told is read, there
    is nothing to pass on.
    """
    told = _WARNINGS.rows(about)
    if not told:
        return
    _END_WARNINGS.run(at, about, badge)
    number, facts = told[0]
    tell([Notice(badge, NoticeKind.DUE_SOON, about, number, 0, msgspec.json.decode(facts))], at)


def bequeath(leaver: str, heirs: Collection[str], at: datetime) -> None:
    """Tell ``heirs`` what somebody who leaves has not read, within the caller's transaction.

    What is due soon is told to who takes the work, see ``pass_on``; of a handover everybody knows
    who may take it.
    """
    unread = (
        (Notification.recipient == leaver)
        & Notification.kind.not_in([NoticeKind.DUE_SOON, NoticeKind.HANDOVER])
        & Notification.acknowledged_at.is_null()
    )
    columns = (
        Notification.kind,
        Notification.subject,
        Notification.order_number,
        Notification.level,
        Notification.payload,
    )
    told = rows(Notification.select(*columns).where(unread).order_by(Notification.id))
    tell(
        [
            Notice(heir, kind, about, number, level, msgspec.json.decode(facts))
            for kind, about, number, level, facts in told
            for heir in heirs
        ],
        at,
    )


def is_read(about: str, level: int) -> bool:
    """Whether anybody has read that a subject rose to ``level``."""
    # By recipient, because only what is unread can be found by its subject.
    read = (
        Notification.recipient.in_(Staff.select(Staff.badge))
        & (Notification.kind == NoticeKind.OVERDUE)
        & (Notification.subject == about)
        & (Notification.level == level)
        & Notification.acknowledged_at.is_null(False)
    )
    return first(Notification.select(SQL("1")).where(read).limit(1)) is not None


def is_told(about: str, badges: Collection[str]) -> bool:
    """Whether any of ``badges`` was ever told that a subject is overdue."""
    told = (
        Notification.recipient.in_(badges)
        & (Notification.kind == NoticeKind.OVERDUE)
        & (Notification.subject == about)
    )
    return first(Notification.select(SQL("1")).where(told).limit(1)) is not None


def acknowledge(workplace: Workplace, badge: str, notification: int) -> Outcome:
    """Mark one of a person's own notifications as read.

    Args:
        workplace: the home at work.
        badge: whose it is.
        notification: its id.

    Raises:
        Refusal: the person has no such notification.
    """
    with transaction():
        reader = person(badge)
        own = (Notification.id == notification) & (Notification.recipient == badge)
        found = first(Notification.select(Notification.order_number).where(own))
        if found is None:
            raise Refusal(
                "{name} ({badge}) has no notification {notification}; "
                "`orderterm notifications --as {badge}` lists those that are unread",
                name=reader.name,
                badge=badge,
                notification=notification,
            )
        changed = bool(_mark_read(own, workplace.now()))
        told = say("notification {notification} is read", notification=notification)
        return Outcome(found[0] or "", changed, told)


def acknowledge_all(workplace: Workplace, badge: str) -> int:
    """Mark all of a person's own notifications as read; returns how many were unread.

    Raises:
        Refusal: nobody has the badge, or the person no longer works here.
    """
    with transaction():
        reader = person(badge)
        return _mark_read(Notification.recipient == reader.badge, workplace.now())


def _mark_read(which: Any, at: datetime) -> int:
    unread = Notification.acknowledged_at.is_null()
    changed: int = Notification.update(acknowledged_at=at).where(unread & which).execute()
    return changed
