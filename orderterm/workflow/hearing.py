"""What is heard from outside about an order: its parcel's journey, its customer's answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from unicodedata import normalize

import msgspec

from orderterm.errors import Refusal
from orderterm.rules.drafts import SurveyDraft, TrackingDraft
from orderterm.rules.journeys import Step, journey
from orderterm.rules.numbers import order_number, parse_number
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.sentences import Sentence, say
from orderterm.store import trail
from orderterm.store.connection import reading, transaction
from orderterm.store.fields import utc_text
from orderterm.store.queries import rows
from orderterm.store.tables import (
    Event,
    Order,
    OrderException,
    Shipment,
    SurveyReply,
    TrackingUpdate,
)
from orderterm.terms import EventKind, ExceptionKind, ExceptionPath, Stage, TrackingState
from orderterm.workflow.case import Case
from orderterm.workflow.details import OTHER_REASON, Details
from orderterm.workflow.door import find_order
from orderterm.workflow.news import keep, not_known, placed
from orderterm.workflow.shipping import current_shipments, sign
from orderterm.workflow.troubles import known_steps, look_after, track_again
from orderterm.workflow.workplace import SYSTEM, Workplace, person

CARRIER_LATE = "carrier_late"
"""The overdue reason of a tracking whose parcel was signed for late."""


def note_tracking(
    workplace: Workplace, badge: str, drafts: Sequence[TrackingDraft]
) -> dict[int, Sentence]:
    """Keep steps of parcels' journeys, and do what each journey as a whole asks for.

    The customer's signature finishes the tracking of the order. A parcel that is refused, comes
    back, is stuck or no longer followed makes an exception of its order; one that moves again
    after all ends it. A step told twice, late or out of order is kept once and does no harm.

    Returns:
        By row, why a step could not be kept: a waybill that nobody has shipped, or a time at
        which it can't have been.

    Raises:
        Refusal: it is not for this person to do.
    """
    refused: dict[int, Sentence] = {}
    with reading():
        _importer(badge)
        # Most files tell again what is known: while that is sorted out nobody has to wait.
        fresh = not_known(placed(workplace, drafts, refused))
        if fresh:
            with transaction():
                actor = _importer(badge)
                for parcel, steps in keep(placed(workplace, fresh, refused)):
                    _heard(workplace, actor, parcel, steps)
    return refused


def lose_sight(workplace: Workplace, parcel_id: int) -> None:
    """Nobody can tell where a parcel is any more, as of the last that was heard of it."""
    with transaction():
        parcel = Shipment.get_by_id(parcel_id)
        known = known_steps(parcel)
        at = max((step.at for step in known), default=parcel.shipped_at)
    lost = TrackingDraft(parcel.carrier, parcel.waybill, TrackingState.EXPIRED, at)
    note_tracking(workplace, SYSTEM.badge, [lost])


def _heard(workplace: Workplace, actor: Person, parcel: Any, news: Sequence[Step]) -> None:
    case = Case(workplace, actor, Order.get_by_id(parcel.order_id))
    for step in news:
        case.record(
            EventKind.TRACKED,
            carrier=parcel.carrier,
            waybill=parcel.waybill,
            state=step.state.value,
            at=utc_text(step.at),
        )
    steps = known_steps(parcel)
    whole = journey(steps)
    if whole.signed_at is not None:
        _signed(case, parcel, whole.signed_at)
    elif whole.came_back:
        _not_signed_after_all(case, parcel)
    look_after(case, parcel, steps, news)
    case.close()


def _signed(case: Case, parcel: Any, at: datetime) -> None:
    if parcel.signed_at is not None and parcel.signed_at <= at:
        return
    first = parcel.signed_at is None
    Shipment.update(signed_at=at).where(Shipment.id == parcel.id).execute()
    parcel.signed_at = at
    if first:
        _all_signed(case, parcel, at)


def _all_signed(case: Case, parcel: Any, at: datetime) -> None:
    """Finish the tracking of a round when its last parcel has been signed for.

    An order on hold stays where it is, see ``go_on_if_signed``.
    """
    task = case.open_task(Stage.TRACKING)
    if task is None or task.round != parcel.round or case.order.held_at is not None:
        return
    parcels = [one for one in current_shipments(case.order.id) if one.round == parcel.round]
    signatures = [one.signed_at for one in parcels if one.signed_at is not None]
    if len(signatures) < len(parcels):
        return
    late = _why_late(case, task, max(signatures))
    facts = sign(case, task, Details(signed_at=at))
    case.finish(task, late, {**facts, "waybill": parcel.waybill})
    case.advance(Stage.TRACKING, task.round)


def _why_late(case: Case, task: Any, signed_at: datetime) -> str | None:
    """Why a tracking is finished late: the carrier is to blame for the parcel alone, not where
    it was there in time and only the word of it came late."""
    if not case.is_overdue(task):
        return None
    return CARRIER_LATE if signed_at > task.due_at else OTHER_REASON


def go_on_if_signed(case: Case) -> None:
    """Finish the tracking of an order whose parcels were all signed for while it was on hold.

    Within the caller's transaction; where a parcel is still on its way, nothing happens.
    """
    tracking = case.open_task(Stage.TRACKING)
    signed = Shipment.signed_at.is_null(False) & Shipment.replaced_at.is_null()
    last = tracking and (
        Shipment.select()
        .where((Shipment.order == case.order.id) & (Shipment.round == tracking.round) & signed)
        .order_by(Shipment.signed_at.desc())
        .first()
    )
    if last is not None:
        _all_signed(case, last, last.signed_at)


def _not_signed_after_all(case: Case, parcel: Any) -> None:
    """The signature was the sender's own, which only a step told late has shown.

    Where the customer has not confirmed yet, the order is on its way again; what a person said
    of a parcel stays.
    """
    told = (TrackingUpdate.waybill == parcel.waybill) & (TrackingUpdate.at == parcel.signed_at)
    signature = told & (TrackingUpdate.state == TrackingState.SIGNED)
    confirmation = case.open_task(Stage.CONFIRMATION)
    tracking = case.open_task(Stage.TRACKING)
    if not TrackingUpdate.select().where(signature).exists() or not (confirmation or tracking):
        return
    Shipment.update(signed_at=None).where(Shipment.id == parcel.id).execute()
    parcel.signed_at = None
    if confirmation is not None and tracking is None:
        track_again(case, confirmation, parcel.round)


def note_survey(
    workplace: Workplace, badge: str, drafts: Sequence[SurveyDraft]
) -> dict[int, Sentence]:
    """Keep customers' answers; a second answer of the same order takes the first one's place.

    A bad score opens a follow-up for the manager; where the customer corrects it, that ends. An
    answer that the order has had before is one told again, and overturns no later one.

    Returns:
        By row, why an answer could not be kept: an order that there is not, one of which nothing
        has reached its customer, or one whose personal data was erased.

    Raises:
        Refusal: it is not for this person to do.
    """
    refused: dict[int, Sentence] = {}
    with transaction():
        actor = _importer(badge)
        for draft in drafts:
            try:
                case = _asked(workplace, actor, draft)
                if not _had_before(case, draft):
                    _answered(case, draft)
            except Refusal as error:
                why = error.sentence
                refused[draft.row] = say("row {row}: {reason}", row=draft.row, reason=why)
    return refused


def note_answer(workplace: Workplace, badge: str, draft: SurveyDraft) -> None:
    """Keep one customer's answer, as ``note_survey`` keeps those of a file.

    Raises:
        Refusal: there is no such order, nothing of it has reached its customer, its personal data
            was erased, or it is not for this person to do.
    """
    with transaction():
        _answered(_asked(workplace, _importer(badge), draft), draft)


def _asked(workplace: Workplace, actor: Person, draft: SurveyDraft) -> Case:
    """The order that an answer is of.

    Raises:
        Refusal: there is none, or it can have no answer.
    """
    case = Case(workplace, actor, find_order(_number(draft.number)))
    if not _has_had_it(case):
        raise Refusal(
            "{number} has not been shipped, so there is nothing to ask about", number=draft.number
        )
    if _events(case, EventKind.ERASED):
        raise Refusal(
            "the personal data of {number} is erased, so no answer is kept of it any more",
            number=case.order.number,
        )
    return case


def _events(case: Case, kind: EventKind) -> list[tuple[Any, ...]]:
    """The payloads of the order's events of one kind."""
    same = (Event.order_number == case.order.number) & (Event.kind == kind.value)
    return rows(Event.select(Event.payload).where(same))


def _had_before(case: Case, draft: SurveyDraft) -> bool:
    answer = _answer_of(draft)
    told = [msgspec.json.decode(payload) for (payload,) in _events(case, EventKind.SURVEYED)]
    return any(answer.items() <= one.items() for one in told)


def _scores_of(draft: SurveyDraft) -> dict[str, int]:
    return {"speed": draft.speed, "accuracy": draft.accuracy, "service": draft.service}


def _answer_of(draft: SurveyDraft) -> dict[str, Any]:
    return {**_scores_of(draft), "comment": draft.comment}


def _number(typed: str) -> str:
    """An order's number however it was typed; anything else as it stands."""
    found = parse_number(normalize("NFKC", typed))
    return order_number(*found) if found else typed


def _has_had_it(case: Case) -> bool:
    ending = case.order.completed_at is not None or case.open_task(Stage.CONFIRMATION)
    return bool(ending) or case.shipped


def _answered(case: Case, draft: SurveyDraft) -> None:
    answer = _answer_of(draft)
    order = case.order.id
    known = SurveyReply.get_or_none(SurveyReply.order == order)
    if known and all(getattr(known, name) == value for name, value in answer.items()):
        return
    values = {**answer, "at": case.at}
    SurveyReply.insert(order=order, **values).on_conflict(
        conflict_target=[SurveyReply.order], update=values
    ).execute()
    case.record(EventKind.SURVEYED, **answer)
    _follow_up(case, _scores_of(draft), draft.comment)
    case.close()


def _follow_up(case: Case, scores: dict[str, int], comment: str) -> None:
    """A bad score is looked after by a manager, and is the manager's no more if it was a slip."""
    bad = min(scores.values()) <= case.workplace.settings.survey.bad_score
    found = case.open_exception(ExceptionKind.FOLLOW_UP)
    detail = {"scores": scores, "comment": comment}
    if found is None and bad:
        case.raise_exception(ExceptionKind.FOLLOW_UP, detail)
    elif found is not None and bad:
        case.record(EventKind.EXCEPTION_UPDATED, exception=found.kind.value, **detail)
        OrderException.update(detail=trail.plain_json(detail)).where(
            OrderException.id == found.id
        ).execute()
    elif found is not None:
        case.resolve_exception(found, ExceptionPath.SETTLE, {"scores": scores})


def _importer(badge: str) -> Person:
    actor = person(badge)
    if why := not_permitted(Action.IMPORT, actor):
        raise Refusal(why)
    return actor
