"""客户满意度调研表: what customers were asked, and what they answered."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, structs
from peewee import JOIN, SQL

from orderterm.rules.contacts import mask_text
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.tables import Message, Order, OrderException, SurveyReply
from orderterm.terms import ExceptionKind, MessageKind, Role
from orderterm.views.registers.days import Days, in_parts
from orderterm.views.staff import all_names
from orderterm.views.times import local


class SurveyRow(Struct, frozen=True):
    """A survey; the scores, 1 to 5, are None until it is answered.

    ``sender`` is how it was sent, "" where nobody sent it, as by phone. ``followed_by`` is who
    follows a bad answer up: a name once it is settled, a role until then, None where nobody must.
    """

    number: str
    sent_at: datetime | None
    sender: str
    speed: int | None
    accuracy: int | None
    service: int | None
    comment: str
    answered_at: datetime | None
    followed_by: str | Role | None


def surveys(days: Days, settings: Settings) -> Iterator[SurveyRow]:
    """The surveys queued in ``days``, then the answers that came in them to others, each by time;
    within the caller's reading."""
    zone = settings.site.zone
    start, end = days.span(zone)
    made = partial(_rows, names=all_names(), zone=zone)
    queued = (
        (Message.queued_at >= start)
        & (Message.queued_at < end)
        & (Message.kind == MessageKind.SURVEY)
    )
    answer = SurveyReply.order == Message.order
    asked = (
        Message.select(*_columns())
        .join(Order)
        .join_from(Message, SurveyReply, JOIN.LEFT_OUTER, on=answer)
    )
    yield from in_parts(asked.where(queued).order_by(Message.queued_at), made)
    yield from in_parts(_unasked(start, end), made)


def masked(row: SurveyRow) -> SurveyRow:
    """The row for those who only watch."""
    return structs.replace(row, comment=mask_text(row.comment))


def _columns() -> tuple[Any, ...]:
    reply = SurveyReply
    return (
        Order.id,
        Order.number,
        Message.sent_at,
        Message.sender,
        reply.speed,
        reply.accuracy,
        reply.service,
        reply.comment,
        reply.at,
    )


def _unasked(start: datetime, end: datetime) -> Any:
    """The answers of a time whose survey was not queued in it, or never."""
    own = (Message.order == SurveyReply.order) & (Message.kind == MessageKind.SURVEY)
    here = (Message.queued_at >= start) & (Message.queued_at < end)
    elsewhere = Message.queued_at.is_null() | ~here
    return (
        SurveyReply.select(*_columns())
        .join(Order)
        .join_from(SurveyReply, Message, JOIN.LEFT_OUTER, on=own)
        .where((SurveyReply.at >= start) & (SurveyReply.at < end) & elsewhere)
        .order_by(SurveyReply.at, SQL("1"))
    )


def _rows(
    found: Sequence[tuple[Any, ...]], names: dict[str, str], zone: ZoneInfo
) -> Iterator[SurveyRow]:
    followed = _followed([row[0] for row in found], names)
    for key, number, sent_at, sender, speed, accuracy, service, comment, at in found:
        yield SurveyRow(
            number=number,
            sent_at=local(sent_at, zone),
            sender=sender or "",
            speed=speed,
            accuracy=accuracy,
            service=service,
            comment=comment or "",
            answered_at=local(at, zone),
            followed_by=followed.get(key),
        )


def _followed(orders: list[int], names: dict[str, str]) -> dict[int, str | Role]:
    one = OrderException
    query = (
        one.select(one.order, one.role, one.resolved_by)
        .where(one.order.in_(orders) & (one.kind == ExceptionKind.FOLLOW_UP))
        .order_by(one.id)
    )
    return {
        order: names.get(badge, badge) if badge else role
        for order, role, badge in queries.rows(query)
    }
