"""Parcels in trouble by the carrier's own word: one exception of the order as long as it lasts."""

from collections.abc import Sequence
from typing import Any

import msgspec

from orderterm.rules.journeys import LATE_ENTRY, Journey, Step, journey
from orderterm.store import trail
from orderterm.store.fields import utc_text
from orderterm.store.queries import rows
from orderterm.store.tables import OrderException, Task, TrackingUpdate
from orderterm.terms import EventKind, ExceptionKind, ExceptionPath, Stage, TaskOutcome
from orderterm.workflow.case import Case
from orderterm.workflow.shipping import current_shipments

TOLD = "tracking"
"""Where an exception's detail keeps what the carrier said."""


def known_steps(parcel: Any) -> list[Step]:
    """What was ever heard of a parcel, and not of an earlier one with its number."""
    told = TrackingUpdate
    query = told.select(told.at, told.state, told.description).where(
        (told.waybill == parcel.waybill)
        & told.carrier.in_(["", parcel.carrier])
        & (told.at >= parcel.shipped_at - LATE_ENTRY)
    )
    return [Step(*row) for row in rows(query)]


def look_after(case: Case, parcel: Any, steps: Sequence[Step], news: Sequence[Step]) -> None:
    """Open, correct or end the order's carrier delay by what is known of its parcels.

    One that a person opened is theirs to end; like one of the clock's, it is told what the carrier
    says while it is open, for once it is resolved the trouble counts as dealt with.

    Args:
        case: the order.
        parcel: the parcel there is news of.
        steps: all that is known of it.
        news: what is new.
    """
    if case.order.completed_at is not None or case.order.cancelled_at is not None:
        return
    whole = journey(steps)
    has_begun = _is_in_trouble(parcel, whole) and _has_begun(whole, steps, news)
    delay = case.open_exception(ExceptionKind.CARRIER_DELAY)
    if delay is not None and TOLD in _detail_of(delay):
        _follow(case, delay)
    elif delay is not None and has_begun:
        _update(case, delay, _detail(case, parcel, whole))
    elif has_begun:
        case.raise_exception(ExceptionKind.CARRIER_DELAY, _detail(case, parcel, whole))


def _is_in_trouble(parcel: Any, whole: Journey) -> bool:
    """A parcel that a person has called signed for is in no trouble unless it comes back."""
    return whole.trouble is not None and (parcel.signed_at is None or whole.came_back)


def _has_begun(whole: Journey, steps: Sequence[Step], news: Sequence[Step]) -> bool:
    """Whether the trouble is new: one that a person has dealt with is not told again."""
    just_told = set(news)
    earlier = [step for step in steps if step not in just_told]
    before = journey(earlier).trouble if earlier else None
    now = whole.trouble
    return now is not None and (
        before is None or before.state is not now.state or before.at < now.at
    )


def _follow(case: Case, delay: Any) -> None:
    """What the carrier said first may be over, or be worse by now."""
    found = [(parcel, known_steps(parcel)) for parcel in current_shipments(case.order.id)]
    wholes = [(parcel, journey(steps)) for parcel, steps in found if steps]
    details = [_detail(case, *one) for one in wholes if _is_in_trouble(*one)]
    if not details:
        if _ends_by_itself(case, delay):
            case.resolve_exception(delay, ExceptionPath.SETTLE, _last_word(wholes))
    elif _detail_of(delay)[TOLD] not in [detail[TOLD] for detail in details]:
        _update(case, delay, details[0])


def _ends_by_itself(case: Case, delay: Any) -> bool:
    """Neither a person's own exception does, nor one of a parcel that is late all the same."""
    tracking = case.open_task(Stage.TRACKING)
    on_time = tracking is None or not case.is_overdue(tracking)
    return on_time and "note" not in _detail_of(delay)


def _update(case: Case, delay: Any, detail: dict[str, Any]) -> None:
    """Put what the carrier says now beside what the delay was opened with."""
    delay.detail = trail.plain_json({**_detail_of(delay), **detail})
    OrderException.update(detail=delay.detail).where(OrderException.id == delay.id).execute()
    case.record(EventKind.EXCEPTION_UPDATED, exception=delay.kind.value, **detail)


def _detail_of(delay: Any) -> dict[str, Any]:
    known: dict[str, Any] = msgspec.json.decode(delay.detail)
    return known


def _detail(case: Case, parcel: Any, whole: Journey) -> dict[str, Any]:
    step = whole.trouble or whole.last
    zone = case.workplace.settings.site.zone
    said = {
        "state": step.state.value,
        "at": step.at.astimezone(zone).isoformat(timespec="minutes"),
        "carrier": parcel.carrier,
        "waybill": parcel.waybill,
        "words": step.words,
    }
    return {TOLD: said}


def _last_word(wholes: Sequence[tuple[Any, Journey]]) -> dict[str, Any]:
    last = max((whole.last for _, whole in wholes), key=lambda step: step.at)
    return {"state": last.state.value, "at": utc_text(last.at)}


def track_again(case: Case, confirmation: Any, round_: int) -> None:
    """An order that waits for its customer's word is on its way again after all."""
    done = Task.get_or_none(
        (Task.order == case.order.id) & (Task.stage == Stage.TRACKING) & (Task.round == round_)
    )
    if done is None:
        return
    case.close_task(confirmation, TaskOutcome.WITHDRAWN)
    Task.update(outcome=TaskOutcome.UNDONE).where(Task.id == done.id).execute()
    again = case.open_again(done)
    case.move_goods(round_, again.round)
    case.record(EventKind.UNDONE, undone=EventKind.STAGE_DONE.value, stage=Stage.TRACKING.value)
