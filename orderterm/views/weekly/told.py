"""Who was told what in a week: escalations, messages, and what customers answered."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from peewee import SQL, Case, fn

from orderterm.rules.weeks import Week
from orderterm.store import queries
from orderterm.store.tables import Escalation, Message, SurveyReply
from orderterm.terms import EscalationCause, MessageKind


class EscalationRow(Struct, frozen=True):
    """How often a level was reached, and why; level 0 is due soon."""

    level: int
    cause: EscalationCause
    count: int


class MessageRow(Struct, frozen=True):
    """The messages of a kind that were queued in the week, and what became of them.

    ``late`` were sent after they were due, or are neither sent nor withdrawn and overdue now.
    """

    kind: MessageKind
    queued: int
    sent: int
    given_up: int
    withdrawn: int
    late: int


class Scores(Struct, frozen=True):
    """What customers answered: how many did, and the mean score from 1 to 5 of each question."""

    replies: int
    speed: float | None
    accuracy: float | None
    service: float | None


def escalations(week: Week) -> list[EscalationRow]:
    """The levels that were reached in the week."""
    query = (
        Escalation.select(Escalation.level, Escalation.cause, fn.COUNT(SQL("1")))
        .where((Escalation.raised_at >= week.start) & (Escalation.raised_at < week.end))
        .group_by(Escalation.level, Escalation.cause)
        .order_by(Escalation.level, Escalation.cause)
    )
    return [EscalationRow(*row) for row in queries.rows(query)]


def messages(week: Week, now: datetime) -> list[MessageRow]:
    """The messages that were queued in the week, by kind."""
    waits = Message.sent_at.is_null() & Message.withdrawn_at.is_null() & (Message.due_at < now)
    query = (
        Message.select(
            Message.kind,
            fn.COUNT(SQL("1")),
            _how_many(Message.sent_at.is_null(False)),
            _how_many(Message.given_up_at.is_null(False) & Message.sent_at.is_null()),
            _how_many(Message.withdrawn_at.is_null(False)),
            _how_many((Message.sent_at > Message.due_at) | waits),
        )
        .where((Message.queued_at >= week.start) & (Message.queued_at < week.end))
        .group_by(Message.kind)
    )
    rows = [MessageRow(*row) for row in queries.rows(query)]
    return sorted(rows, key=lambda row: list(MessageKind).index(row.kind))


def scores(week: Week) -> Scores:
    """What customers answered in the week."""
    reply = SurveyReply
    query = reply.select(
        fn.COUNT(SQL("1")), fn.AVG(reply.speed), fn.AVG(reply.accuracy), fn.AVG(reply.service)
    ).where((reply.at >= week.start) & (reply.at < week.end))
    return Scores(*(queries.first(query) or (0, None, None, None)))


def _how_many(condition: Any) -> Any:
    return fn.SUM(Case(None, ((condition, 1),), 0))
