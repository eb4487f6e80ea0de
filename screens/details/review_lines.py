"""What a reviewer needs to decide: what was found, why this priority, and who else is there."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from orderterm.rules.classification import rule_sentence
from orderterm.rules.drafts import Problem
from orderterm.sentences import Sentence, say
from orderterm.terms import ExceptionKind, Nature, Stage
from orderterm.views.exceptions import detail_text
from orderterm.views.find import neighbours, of_numbers
from orderterm.views.order import OrderView
from orderterm.views.queue import Work
from screens.flows.forms import field_name, problems, values_of
from screens.lists.columns import clock
from screens.station import Station
from screens.terminal.cells import wrap
from screens.widgets.canvas import Line

BEFORE_SHIPPING = (Stage.REVIEW, Stage.ALLOCATION, Stage.PREPARATION, Stage.SHIPPING)
"""The stages at which two orders can still go into one parcel."""


class Review(Struct, frozen=True):
    """What is known of an order beside itself: what verification finds, and its neighbours."""

    number: str
    problems: Sequence[Problem]
    neighbours: Sequence[Work]


def review(order: OrderView, station: Station) -> Review:
    """Look into the database for what a reviewer needs; runs off the screen's thread."""
    others = neighbours(order.number)
    return Review(
        order.number,
        problems(station.workplace, values_of(order)),
        of_numbers(others, station.settings, station.now()),
    )


def review_lines(order: OrderView, found: Review, station: Station, columns: int) -> list[Line]:
    """Findings, priority, special request and neighbours, the most needed first."""
    return [
        *_findings(order, found, station, columns),
        *_told(_priority(order, station), "", station, columns),
        *_requests(order, station, columns),
        *_neighbours(order, found, station, columns),
    ]


def _told(said: Sentence, look: str, station: Station, columns: int) -> list[Line]:
    return [[(line, look)] for line in wrap(station.text(said), columns)]


def _findings(order: OrderView, found: Review, station: Station, columns: int) -> Iterator[Line]:
    for one in found.problems:
        text = f"{station.marks.warning} {station.text(one.reason)}"
        yield from ([(line, "exception")] for line in wrap(text, columns))
    if not found.problems:
        said = say("{mark} verified: nothing is missing or wrong", mark=station.marks.done)
        yield from _told(said, "done", station, columns)
    for past in order.exceptions:
        if past.kind is not ExceptionKind.INFORMATION or past.resolved_at is None:
            continue
        said = say(
            "completed {at}: {fields} (it was: {problems})",
            at=clock(past.resolved_at, station),
            fields=[field_name(field) for field in past.facts.get("fields", ())] or "-",
            problems=detail_text(past.detail, station.language),
        )
        yield from _told(said, "in-progress", station, columns)


def _priority(order: OrderView, station: Station) -> Sentence:
    why = order.priority_reason or station.text(rule_sentence(order.priority_rule))
    return say("{priority}: {why}", priority=order.priority, why=why)


def _requests(order: OrderView, station: Station, columns: int) -> list[Line]:
    if not order.special_request:
        return []
    said = say("special request: {request}", request=order.special_request)
    return _told(said, "in-progress", station, columns)


def _neighbours(order: OrderView, found: Review, station: Station, columns: int) -> Iterator[Line]:
    together = [one for one in found.neighbours if _can_join(order, one)]
    apart = [one for one in found.neighbours if one not in together]
    if together:
        said = say(
            "same customer, same address: {orders} could go in one parcel",
            orders=[_place(one, station) for one in together],
        )
        yield from _told(said, "accent", station, columns)
    if apart:
        said = say(
            "same customer, same address: {orders}",
            orders=[_place(one, station) for one in apart],
        )
        yield from _told(said, "faint", station, columns)


def _can_join(order: OrderView, other: Work) -> bool:
    """Whether both can still leave together; of one in trouble that is not known yet."""
    comes_back = Nature.RETURN in (order.nature, other.nature)
    return other.stage in BEFORE_SHIPPING and other.exception is None and not comes_back


def _place(work: Work, station: Station) -> str:
    """An order with the stage where it stands, or its trouble."""
    return f"{work.number} ({station.text(work.exception or work.stage or work.condition)})"
