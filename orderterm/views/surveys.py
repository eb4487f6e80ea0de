"""What customers answered: by carrier, channel, product and week; and who has not answered yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from peewee import fn

from orderterm.rules.weeks import day_after, midnight, week_of
from orderterm.settings import Settings
from orderterm.store.connection import snapshot
from orderterm.store.queries import parts, rows
from orderterm.store.tables import Order, OrderLine, Shipment, SurveyReply, Task
from orderterm.terms import Nature, Stage, TaskOutcome
from orderterm.views.openwork import of_orders
from orderterm.views.times import local
from orderterm.views.work import Work, works

ASKED_DAYS = 7
"""For so many days after its end an order's customer is called and asked."""

NOBODY = "—"
"""Stands for the carrier of an order that nobody carried, such as a return."""


class Answer(Struct, frozen=True):
    """One customer's answer; each score is 1 to 5, ``at`` is site-local."""

    number: str
    channel: str
    at: datetime
    speed: int
    accuracy: int
    service: int
    comment: str
    bad: bool


class Scores(Struct, frozen=True):
    """What some answers come to: their number, the mean of each score, the share of bad ones.

    ``key`` is a carrier, a channel, a SKU or a week's Monday; "" for all of them.
    """

    key: str
    count: int
    speed: float
    accuracy: float
    service: float
    bad: float


class SurveySummary(Struct, frozen=True):
    """The answers of some days, the newest first, and what they come to from every side.

    An order with several carriers or products counts for each of them.
    """

    first: date
    last: date
    total: Scores | None
    by_carrier: list[Scores]
    by_channel: list[Scores]
    by_product: list[Scores]
    by_week: list[Scores]
    answers: list[Answer]

    @property
    def comments(self) -> list[Answer]:
        """The answers with words."""
        return [answer for answer in self.answers if answer.comment]


def survey_summary(settings: Settings, first: date, last: date) -> SurveySummary:
    """What customers answered from ``first`` to ``last``, days of the site.

    Args:
        settings: the home's settings; they say which score is bad.
        first: the first day.
        last: the last day, which counts as well.
    """
    with snapshot():
        found = _answers(settings, first, last)
        orders = list(found)
        carriers = _of_orders(Shipment, Shipment.carrier, Shipment.replaced_at.is_null(), orders)
        skus = _of_orders(OrderLine, OrderLine.sku, OrderLine.removed_at.is_null(), orders)
    zone = settings.site.zone
    answers = list(found.values())
    return SurveySummary(
        first=first,
        last=last,
        total=_scores("", answers) if answers else None,
        by_carrier=_by((key, one) for order, one in found.items() for key in carriers[order]),
        by_channel=_by((one.channel, one) for one in answers),
        by_product=_by((key, one) for order, one in found.items() for key in skus[order]),
        by_week=_by((week_of(one.at.date(), zone).monday.isoformat(), one) for one in answers),
        answers=answers,
    )


def _answers(settings: Settings, first: date, last: date) -> dict[int, Answer]:
    zone, reply = settings.site.zone, SurveyReply
    query = (
        reply.select(
            Order.id,
            Order.number,
            Order.channel,
            reply.at,
            reply.speed,
            reply.accuracy,
            reply.service,
            reply.comment,
        )
        .join(Order)
        .where((reply.at >= midnight(first, zone)) & (reply.at < midnight(day_after(last), zone)))
        .order_by(reply.at.desc())
    )
    worst = settings.survey.bad_score
    found = {}
    for order, number, channel, at, speed, accuracy, service, comment in rows(query):
        bad = min(speed, accuracy, service) <= worst
        heard_at = local(at, zone)
        found[order] = Answer(number, channel, heard_at, speed, accuracy, service, comment, bad)
    return found


def _of_orders(
    table: Any, column: Any, standing: Any, orders: Sequence[int]
) -> defaultdict[int, set[str]]:
    """The values of a column that an order's rows have; those of no row are ``NOBODY``'s."""
    found: defaultdict[int, set[str]] = defaultdict(lambda: {NOBODY})
    for some in parts(orders):
        query = table.select(table.order, column).where(table.order.in_(some) & standing)
        for order, value in rows(query):
            found.setdefault(order, set()).add(value or NOBODY)
    return found


def _by(keyed: Iterable[tuple[str, Answer]]) -> list[Scores]:
    grouped: defaultdict[str, list[Answer]] = defaultdict(list)
    for key, answer in keyed:
        grouped[key].append(answer)
    return [_scores(key, answers) for key, answers in sorted(grouped.items())]


def _scores(key: str, answers: Sequence[Answer]) -> Scores:
    count = len(answers)
    return Scores(
        key,
        count,
        sum(one.speed for one in answers) / count,
        sum(one.accuracy for one in answers) / count,
        sum(one.service for one in answers) / count,
        sum(one.bad for one in answers) / count,
    )


def unanswered(settings: Settings, now: datetime, limit: int = 200) -> list[Work]:
    """Orders that ended in the last days and whose customers have not answered, newest first.

    Nobody is asked about a return, nor can be who has left no contact, or whose data is erased.

    Args:
        settings: the home's settings.
        now: the time.
        limit: how many rows at most.
    """
    done = Task.outcome == TaskOutcome.DONE
    answered = SurveyReply.select(SurveyReply.order).where(SurveyReply.order == Task.order)
    query = (
        Task.select(Task.order)
        .join(Order)
        .where(
            (Task.done_at >= now - timedelta(days=ASKED_DAYS))
            & (Task.stage == Stage.CONFIRMATION)
            & done
            & Order.completed_at.is_null(False)
            & (Order.nature != Nature.RETURN)
            & (Order.contact != "")
            & ~fn.EXISTS(answered)
        )
        .order_by(Task.done_at.desc())
        .limit(limit)
    )
    with snapshot():
        ids = dict.fromkeys(order for (order,) in rows(query))
        return works(of_orders(list(ids)), settings, now)
