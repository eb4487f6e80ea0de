"""What a person is told of and has not read, the newest first, and each in words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from peewee import SQL

from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.fields import utc_time
from orderterm.store.tables import Notification, OrderException
from orderterm.terms import ExceptionKind, Language, MessageKind, NoticeKind, Role, Stage
from orderterm.views.exceptions import detail_text
from orderterm.views.staff import names
from orderterm.views.times import local

MOST_COUNTED = 999
"""What a count ends at: more are not told apart."""
_PEOPLE = ("assignee", "giver")
"""Facts that are a badge, which ``name`` goes with."""
_OF_EXCEPTIONS = {NoticeKind.STOCK_OUT, NoticeKind.INFORMATION, NoticeKind.FOLLOW_UP}


class Notice(Struct, frozen=True):
    """Something to tell a person. ``level`` is the rung of the ladder, 0 where there is none.

    ``facts`` are ``stage``, ``exception`` or ``message``, ``due_at`` and, for a stage, whose it
    was (``assignee``, ``name``; None where nobody's); ``short`` is pieces by SKU, ``fields`` those
    that are wrong, ``detail`` what the exception tells now. Of a ``handover`` they are its id, the
    ``role``, and who gave it (``giver``, ``name``).
    """

    id: int
    kind: NoticeKind
    order_number: str | None
    level: int
    raised_at: datetime
    facts: dict[str, Any]


class _Detail(Struct, frozen=True):
    """What is wrong, to be told in the reader's language."""

    detail: dict[str, Any]

    def label(self, language: Language) -> str:
        return detail_text(self.detail, language)


def unread(badge: str, settings: Settings, limit: int = 200) -> list[Notice]:
    """The notifications of ``badge`` that are unread, the newest first, ``limit`` at most."""
    columns = (
        Notification.id,
        Notification.kind,
        Notification.order_number,
        Notification.level,
        Notification.raised_at,
        Notification.subject,
        Notification.payload,
    )
    query = Notification.select(*columns).where(_unread_of(badge))
    latest = query.order_by(Notification.raised_at.desc(), Notification.id.desc()).limit(limit)
    with snapshot():
        found = [(*row[:6], msgspec.json.decode(row[6])) for row in queries.rows(latest)]
        known = names(payload.get(who) for *_, payload in found for who in _PEOPLE)
        details = _details(subject for *_, subject, _ in found)
    return [_notice(row, settings, known, details) for row in found]


def unread_count(badge: str) -> int:
    """How many notifications of ``badge`` are unread, ``MOST_COUNTED`` at most."""
    capped = Notification.select(SQL("1")).where(_unread_of(badge)).limit(MOST_COUNTED)
    with snapshot():
        return int(capped.count())


def left_text(shown: int, unread: int) -> Sentence | None:
    """How many of the ``unread`` are not among those that are shown; None where all are."""
    left = unread - shown
    if left <= 0:
        return None
    count = f"{left}+" if unread >= MOST_COUNTED else str(left)
    return say("{count} older ones come up once these are read", count=count)


def notice_text(notice: Notice) -> Sentence:
    """What a notification tells."""
    facts, number = notice.facts, notice.order_number
    due = f"{facts['due_at']:%m-%d %H:%M}" if "due_at" in facts else ""
    match notice.kind, facts:
        case NoticeKind.OVERDUE, {"stage": stage}:
            return say(
                "{stage} of {number} is overdue since {due}: {name}",
                stage=Stage(stage),
                number=number,
                due=due,
                name=facts["name"] or say("nobody yet"),
            )
        case NoticeKind.OVERDUE, {"exception": kind}:
            return say(
                "the exception of {number} ({kind}) is overdue since {due}",
                number=number,
                kind=ExceptionKind(kind),
                due=due,
            )
        case NoticeKind.OVERDUE, {"message": kind}:
            return say(
                "the message of {number} ({kind}) should have been sent by {due}",
                number=number,
                kind=MessageKind(kind),
                due=due,
            )
        case NoticeKind.MESSAGE_FAILED, {"message": kind}:
            return say(
                "the message of {number} ({kind}) can't be sent and was given up",
                number=number,
                kind=MessageKind(kind),
            )
        case NoticeKind.DUE_SOON, {"stage": stage}:
            return say(
                "{stage} of {number} is due soon: {due}", stage=Stage(stage), number=number, due=due
            )
        case NoticeKind.HANDOVER, {"role": role}:
            return say("{name} has handed {role} over", name=facts["name"], role=Role(role))
        case _, {"detail": detail} if notice.kind in _OF_EXCEPTIONS:
            return _of_detail(notice.kind, number, _Detail(detail))
        case _:
            return say("{name}: {text}", name=notice.kind, text=number or "")


def _of_detail(kind: NoticeKind, number: str | None, what: _Detail) -> Sentence:
    if kind is NoticeKind.FOLLOW_UP:
        return say("{number} is to be followed up: {what}", number=number, what=what)
    if kind is NoticeKind.STOCK_OUT:
        return say("{number} waits for stock: {what}", number=number, what=what)
    return say("{number} waits for information: {what}", number=number, what=what)


def _unread_of(badge: str) -> Any:
    return (Notification.recipient == badge) & Notification.acknowledged_at.is_null()


def _details(subjects: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What the exceptions among ``subjects`` tell now, by subject."""
    words = (subject.partition(":") for subject in subjects)
    keys = [int(key) for table, _, key in words if table == "exception"]
    query = OrderException.select(OrderException.id, OrderException.detail)
    return {
        f"exception:{key}": msgspec.json.decode(detail)
        for part in queries.parts(keys)
        for key, detail in queries.rows(query.where(OrderException.id.in_(part)))
    }


def _notice(
    row: tuple[Any, ...],
    settings: Settings,
    known: dict[str, str],
    details: dict[str, dict[str, Any]],
) -> Notice:
    key, kind, number, level, raised_at, subject, facts = row
    zone = settings.site.zone
    if "due_at" in facts:
        facts["due_at"] = local(utc_time(facts["due_at"]), zone)
    for badge in (facts[who] for who in _PEOPLE if who in facts):
        facts["name"] = known.get(badge)
    if subject in details:
        facts["detail"] = details[subject]
    return Notice(key, kind, number, level, local(raised_at, zone), facts)
