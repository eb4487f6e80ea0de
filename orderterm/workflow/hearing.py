"""What is heard from outside about an order: its parcel's journey, its customer's answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

from orderterm.errors import Refusal
from orderterm.rules import carriers
from orderterm.rules.drafts import SurveyDraft, TrackingDraft
from orderterm.rules.journeys import Step, journey
from orderterm.rules.numbers import order_number, parse_number
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.sentences import Sentence, say
from orderterm.store import trail
from orderterm.store.connection import transaction
from orderterm.store.fields import utc_text
from orderterm.store.tables import (
    Order,
    OrderException,
    Shipment,
    SurveyReply,
    TrackingUpdate,
)
from orderterm.terms import EventKind, ExceptionKind, ExceptionPath, Stage, TrackingState
from orderterm.workflow.case import Case
from orderterm.workflow.details import Details
from orderterm.workflow.door import find_order
from orderterm.workflow.shipping import sign, unsigned
from orderterm.workflow.troubles import known_steps, look_after, track_again
from orderterm.workflow.workplace import SYSTEM, Workplace, person

_AHEAD = timedelta(days=1)
"""So much ahead a time may be: where it has no zone, it may have been taken for one of another."""
_LATE_ENTRY = timedelta(days=30)
"""So long before its shipping was entered a parcel may have left. News from before that are of
another parcel: carriers give the same numbers again after some months."""


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
    with transaction():
        actor = _importer(badge)
        heard: dict[int, tuple[Any, list[Step]]] = {}
        for (carrier, waybill), told in _by_label(drafts).items():
            parcels = _parcels(carrier, waybill)
            wrong = _refused(workplace, parcels, told)
            refused |= wrong
            possible = [draft for draft in told if draft.row not in wrong]
            for parcel in parcels:
                heard.setdefault(parcel.id, (parcel, []))[1].extend(_steps(parcel, possible))
        _keep_steps(heard)
        for parcel, steps in _with_news(heard):
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


def _by_label(
    drafts: Sequence[TrackingDraft],
) -> dict[tuple[str, str], list[TrackingDraft]]:
    found: dict[tuple[str, str], list[TrackingDraft]] = {}
    for draft in drafts:
        found.setdefault((draft.carrier, draft.waybill), []).append(draft)
    return found


def _parcels(carrier: str, waybill: str) -> list[Any]:
    """The parcels with this label; of a carrier by an unknown name, the only one there can be."""
    plain = "".join(normalize("NFKC", waybill).split())
    spellings = sorted({waybill, plain, plain.upper(), plain.lower()})
    with_label = Shipment.waybill.in_(spellings) & Shipment.replaced_at.is_null()
    found = list(Shipment.select().where(with_label).order_by(Shipment.id))
    parcels = [parcel for parcel in found if parcel.waybill == waybill] or found
    if not carrier:
        return parcels
    own = [parcel for parcel in parcels if carriers.same(carrier, parcel.carrier)]
    if own or len(parcels) != 1:
        return own
    return parcels if carriers.same(carrier, parcels[0].carrier) is None else []


def _refused(
    workplace: Workplace, parcels: Sequence[Any], told: Sequence[TrackingDraft]
) -> dict[int, Sentence]:
    """By row, what is no news of ``parcels``."""
    if not parcels:
        return {draft.row: _no_parcel(draft) for draft in told}
    first = min(parcel.shipped_at for parcel in parcels) - _LATE_ENTRY
    last = workplace.now() + _AHEAD
    return {
        draft.row: _not_then(workplace, draft, draft.at)
        for draft in told
        if draft.at is not None and not first <= draft.at <= last
    }


def _not_then(workplace: Workplace, draft: TrackingDraft, at: datetime) -> Sentence:
    return say(
        "row {row}: the time {at} can't be right for {waybill}: it is still to come, or long "
        "before the parcel was shipped",
        row=draft.row,
        at=f"{at.astimezone(workplace.settings.site.zone):%Y-%m-%d %H:%M}",
        waybill=draft.waybill,
    )


def _no_parcel(draft: TrackingDraft) -> Sentence:
    replaced = (Shipment.waybill == draft.waybill) & Shipment.replaced_at.is_null(False)
    if Shipment.select().where(replaced).exists():
        return say(
            "row {row}: the order with the waybill {waybill} has gone on with another one since",
            row=draft.row,
            waybill=draft.waybill,
        )
    return say(
        "row {row}: no parcel has the waybill {waybill} of {carrier}",
        row=draft.row,
        waybill=draft.waybill,
        carrier=draft.carrier,
    )


def _steps(parcel: Any, told: Sequence[TrackingDraft]) -> list[Step]:
    return [Step(one.at or parcel.shipped_at, one.state, one.description) for one in told]


def _keep_steps(heard: dict[int, tuple[Any, list[Step]]]) -> None:
    """Keep what was not known yet, and leave no more than that in ``heard``.

    Orders in one parcel hear the same news.
    """
    kept: dict[tuple[str, str, Step], bool] = {}
    for parcel, steps in heard.values():
        for step in steps:
            label = (parcel.waybill, parcel.carrier, step)
            if label not in kept:
                kept[label] = _keep(parcel, step)
        steps[:] = [
            step for step in dict.fromkeys(steps) if kept[parcel.waybill, parcel.carrier, step]
        ]


def _keep(parcel: Any, step: Step) -> bool:
    added = (
        TrackingUpdate.insert(
            carrier=parcel.carrier,
            waybill=parcel.waybill,
            state=step.state,
            at=step.at,
            description=step.words,
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    return bool(added)


def _with_news(heard: dict[int, tuple[Any, list[Step]]]) -> list[tuple[Any, list[Step]]]:
    found = [(parcel, sorted(steps, key=_when)) for parcel, steps in heard.values() if steps]
    return sorted(found, key=lambda news: _when(news[1][0]))


def _when(step: Step) -> datetime:
    return step.at


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

    An order on hold stays where it is; whoever finishes its tracking later finds the signature.
    """
    task = case.open_task(Stage.TRACKING)
    if task is None or task.round != parcel.round or case.order.held_at is not None:
        return
    others = (Shipment.order == case.order.id) & (Shipment.round == parcel.round) & unsigned()
    if Shipment.select().where(others).exists():
        return
    facts = sign(case, task, Details(signed_at=at))
    late = "carrier_late" if case.is_overdue(task) else None
    case.finish(task, late, {**facts, "waybill": parcel.waybill})
    case.advance(Stage.TRACKING, task.round)


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

    A bad score opens a follow-up for the manager; where the customer corrects it, that ends.

    Returns:
        By row, why an answer could not be kept: an order that there is not, or one of which
        nothing has reached its customer.

    Raises:
        Refusal: it is not for this person to do.
    """
    refused: dict[int, Sentence] = {}
    with transaction():
        actor = _importer(badge)
        for draft in drafts:
            try:
                _hear(workplace, actor, draft)
            except Refusal as error:
                why = error.sentence
                refused[draft.row] = say("row {row}: {reason}", row=draft.row, reason=why)
    return refused


def note_answer(workplace: Workplace, badge: str, draft: SurveyDraft) -> None:
    """Keep one customer's answer, as ``note_survey`` keeps those of a file.

    Raises:
        Refusal: there is no such order, nothing of it has reached its customer, or it is not for
            this person to do.
    """
    with transaction():
        _hear(workplace, _importer(badge), draft)


def _hear(workplace: Workplace, actor: Person, draft: SurveyDraft) -> None:
    case = Case(workplace, actor, find_order(_number(draft.number)))
    if not _has_had_it(case):
        raise Refusal(
            "{number} has not been shipped, so there is nothing to ask about", number=draft.number
        )
    _answered(case, draft)


def _number(typed: str) -> str:
    """An order's number however it was typed; anything else as it stands."""
    found = parse_number(normalize("NFKC", typed))
    return order_number(*found) if found else typed


def _has_had_it(case: Case) -> bool:
    ending = case.order.completed_at is not None or case.open_task(Stage.CONFIRMATION)
    return bool(ending) or case.shipped


def _answered(case: Case, draft: SurveyDraft) -> None:
    scores = {"speed": draft.speed, "accuracy": draft.accuracy, "service": draft.service}
    answer = {**scores, "comment": draft.comment}
    order = case.order.id
    known = SurveyReply.get_or_none(SurveyReply.order == order)
    if known and all(getattr(known, name) == value for name, value in answer.items()):
        return
    values = {**answer, "at": case.at}
    SurveyReply.insert(order=order, **values).on_conflict(
        conflict_target=[SurveyReply.order], update=values
    ).execute()
    case.record(EventKind.SURVEYED, **answer)
    _follow_up(case, scores, draft.comment)
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
