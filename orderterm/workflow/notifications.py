"""A person's notifications: raised once for each matter and level, acknowledged by the person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import SQL, fn

from orderterm.errors import Refusal
from orderterm.rules.permissions import Person
from orderterm.sentences import say
from orderterm.store.connection import snapshot, transaction
from orderterm.store.queries import first, rows
from orderterm.store.tables import Notification, OrderException, Task
from orderterm.store.trail import plain_json
from orderterm.terms import NoticeKind
from orderterm.workflow.concerns import EXCEPTION, MOST, TASK, Concern, concerns
from orderterm.workflow.workplace import Outcome, Workplace, person

_MATTER = (Notification.recipient, Notification.kind, Notification.subject, Notification.level)
"""What a person is told of at most once."""


def raise_for(workplace: Workplace, badge: str) -> int:
    """Tell a person what the record says they should know and have not been told.

    What they have not read and is settled in the meantime counts as read. Where there is nothing
    to tell and nothing to settle, nothing is written.

    Args:
        workplace: the home at work.
        badge: who is told.

    Returns:
        How many notifications are new.

    Raises:
        Refusal: nobody has the badge, or the person no longer works here.
    """
    with snapshot():
        reader = person(badge)
        found = list(concerns(workplace, reader))
        settled = _settled(reader)
    if not found and not settled:
        return 0
    at = workplace.now()
    with transaction():
        _mark_read(Notification.id.in_(settled), at)
        return _keep(reader, found, at)


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


def _keep(reader: Person, found: Sequence[Concern], at: datetime) -> int:
    """Insert what is not there yet; returns how many that were."""
    if not found:
        return 0
    query = Notification.insert_many([_row(reader, one, at) for one in found])
    # Another station may have told the same person in the meantime.
    once = query.on_conflict(action="nothing", conflict_target=_MATTER)
    return len(rows(once.returning(Notification.id)))


def _row(reader: Person, concern: Concern, at: datetime) -> dict[str, Any]:
    return {
        "recipient": reader.badge,
        "kind": concern.kind,
        "order_number": concern.order_number,
        "subject": concern.subject,
        "level": concern.level,
        "payload": plain_json(concern.payload),
        "raised_at": at,
    }


def _settled(reader: Person) -> list[int]:
    """The unread notifications of what is done, resolved, or due from somebody else now."""
    other_hands = (Notification.kind == NoticeKind.DUE_SOON) & (Task.assignee != reader.badge)
    working = Task.select(SQL("1")).where(
        (Task.id == _key(TASK)) & Task.done_at.is_null() & ~other_hands
    )
    troubled = OrderException.select(SQL("1")).where(
        (OrderException.id == _key(EXCEPTION)) & OrderException.resolved_at.is_null()
    )
    query = Notification.select(Notification.id).where(
        (Notification.recipient == reader.badge)
        & Notification.acknowledged_at.is_null()
        & ((_is_about(TASK) & ~fn.EXISTS(working)) | (_is_about(EXCEPTION) & ~fn.EXISTS(troubled)))
    )
    return [key for (key,) in rows(query.limit(MOST))]


def _is_about(prefix: str) -> Any:
    return fn.SUBSTR(Notification.subject, 1, len(prefix)) == prefix


def _key(prefix: str) -> Any:
    """The id of the row that a notification is about."""
    return fn.SUBSTR(Notification.subject, len(prefix) + 1).cast("INTEGER")
