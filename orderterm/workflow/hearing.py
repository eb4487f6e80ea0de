"""What is heard from outside about an order: its parcel's journey, its customer's answer."""

from collections.abc import Sequence
from typing import Any

from orderterm.errors import Refusal
from orderterm.rules.drafts import SurveyDraft, TrackingDraft
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.sentences import Sentence, say
from orderterm.store import trail
from orderterm.store.connection import transaction
from orderterm.store.fields import utc_text
from orderterm.store.tables import Order, Shipment, SurveyReply, TrackingUpdate
from orderterm.terms import EventKind, Stage, TrackingState
from orderterm.workflow.case import Case
from orderterm.workflow.details import Details
from orderterm.workflow.shipping import sign, unsigned
from orderterm.workflow.workplace import Workplace, person


def note_tracking(
    workplace: Workplace, badge: str, drafts: Sequence[TrackingDraft]
) -> dict[int, Sentence]:
    """Keep steps of parcels' journeys; a signature finishes the tracking of its order.

    A step told twice, late or out of order is kept once and does no harm.

    Returns:
        By row, why a step could not be kept: a waybill that nobody has shipped.

    Raises:
        Refusal: it is not for this person to do.
    """
    refused: dict[int, Sentence] = {}
    with transaction():
        actor = _importer(badge)
        for draft in sorted(drafts, key=lambda one: one.at):
            parcels = list(_parcels(draft))
            if not parcels:
                refused[draft.row] = say(
                    "row {row}: no parcel has the waybill {waybill} of {carrier}",
                    row=draft.row,
                    waybill=draft.waybill,
                    carrier=draft.carrier,
                )
            elif _keep(draft):
                for parcel in parcels:
                    _heard(workplace, actor, parcel, draft)
    return refused


def _parcels(draft: TrackingDraft) -> Any:
    condition = (Shipment.waybill == draft.waybill) & Shipment.replaced_at.is_null()
    if draft.carrier:
        condition &= Shipment.carrier == draft.carrier
    return Shipment.select().where(condition)


def _keep(draft: TrackingDraft) -> bool:
    added = (
        TrackingUpdate.insert(
            carrier=draft.carrier,
            waybill=draft.waybill,
            state=draft.state,
            at=draft.at,
            description=draft.description,
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    return bool(added)


def _heard(workplace: Workplace, actor: Person, parcel: Any, draft: TrackingDraft) -> None:
    case = Case(workplace, actor, Order.get_by_id(parcel.order_id))
    case.record(
        EventKind.TRACKED,
        carrier=parcel.carrier,
        waybill=parcel.waybill,
        state=draft.state.value,
        at=utc_text(draft.at),
    )
    if draft.state is TrackingState.SIGNED and parcel.signed_at is None:
        Shipment.update(signed_at=draft.at).where(Shipment.id == parcel.id).execute()
        _all_signed(case, parcel.round, draft)
    case.close()


def _all_signed(case: Case, round_: int, draft: TrackingDraft) -> None:
    """Finish the tracking of a round when its last parcel has been signed for.

    An order on hold stays where it is; whoever finishes its tracking later finds the signature.
    """
    task = case.open_task(Stage.TRACKING)
    if task is None or task.round != round_ or case.order.held_at is not None:
        return
    others = (Shipment.order == case.order.id) & (Shipment.round == round_) & unsigned()
    if Shipment.select().where(others).exists():
        return
    facts = sign(case, task, Details(signed_at=draft.at))
    late = "carrier_late" if case.is_overdue(task) else None
    case.finish(task, late, {**facts, "waybill": draft.waybill})
    case.advance(Stage.TRACKING, task.round)


def note_survey(
    workplace: Workplace, badge: str, drafts: Sequence[SurveyDraft]
) -> dict[int, Sentence]:
    """Keep customers' answers; a second answer of the same order takes the first one's place.

    Returns:
        By row, why an answer could not be kept: an order that there is not.

    Raises:
        Refusal: it is not for this person to do.
    """
    refused: dict[int, Sentence] = {}
    with transaction():
        actor = _importer(badge)
        for draft in drafts:
            order = Order.get_or_none(Order.number == draft.number)
            if order is None:
                refused[draft.row] = say(
                    "row {row}: there is no order {number}", row=draft.row, number=draft.number
                )
                continue
            _answered(workplace, actor, order, draft)
    return refused


def _answered(workplace: Workplace, actor: Person, order: Any, draft: SurveyDraft) -> None:
    scores = {"speed": draft.speed, "accuracy": draft.accuracy, "service": draft.service}
    answer = {**scores, "comment": draft.comment}
    known = SurveyReply.get_or_none(SurveyReply.order == order.id)
    if known and all(getattr(known, name) == value for name, value in answer.items()):
        return
    values = {**answer, "at": workplace.now()}
    SurveyReply.insert(order=order.id, **values).on_conflict(
        conflict_target=[SurveyReply.order], update=values
    ).execute()
    entry = trail.Entry(
        workplace.now(),
        actor.badge,
        workplace.station,
        order.number,
        EventKind.SURVEYED.value,
        answer,
    )
    trail.append([entry])


def _importer(badge: str) -> Person:
    actor = person(badge)
    if why := not_permitted(Action.IMPORT, actor):
        raise Refusal(why)
    return actor
