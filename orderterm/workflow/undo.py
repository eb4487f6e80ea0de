"""Taking one's own last step back, while nobody has begun the next one."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action
from orderterm.sentences import Sentence, say
from orderterm.store.queries import rows
from orderterm.store.tables import (
    Event,
    OrderException,
    Shipment,
    Task,
)
from orderterm.terms import FLOWS, EventKind, ExceptionKind, ExceptionPath, Stage, TaskOutcome
from orderterm.workflow import outbox, returns, shipping
from orderterm.workflow.allocation import release_stock
from orderterm.workflow.case import Case, staff_name
from orderterm.workflow.door import open_case
from orderterm.workflow.workplace import Outcome, Workplace

_NO_STEP = (
    EventKind.CHANNEL_STATUS.value,
    EventKind.CLAIMED.value,
    EventKind.TRACKED.value,
    EventKind.SURVEYED.value,
    EventKind.ESCALATED.value,
    EventKind.MESSAGE_SENT.value,
    EventKind.MESSAGE_GIVEN_UP.value,
    EventKind.MESSAGE_RETRIED.value,
    EventKind.MESSAGE_WITHDRAWN.value,
)


class Step(NamedTuple):
    """The last thing that was done with an order."""

    kind: EventKind
    actor: str
    payload: dict[str, Any]


def undo(workplace: Workplace, badge: str, number: str, *, reason: str) -> Outcome:
    """Take back the person's own last step: a finished stage, or a cancellation.

    What it did is compensated, never deleted: the trail shows both.

    Raises:
        Refusal: the last step was somebody else's, can't be taken back, or the next has begun.
    """
    with open_case(workplace, badge, number) as case:
        case.demand(Action.UNDO)
        if not reason.strip():
            raise Refusal("say why with --reason: it goes on the trail")
        step = _own_last_step(case)
        _UNDOABLE[step.kind](case, step)
        case.record(
            EventKind.UNDONE,
            undone=step.kind.value,
            stage=step.payload.get("stage"),
            reason=reason,
        )
        return Outcome(number, True, say("the last step of {number} is undone", number=number))


def why_not(case: Case) -> Sentence | None:
    """Why the actor has nothing to undo on this order now; None where they have."""
    try:
        step = _own_last_step(case)
        if step.kind is EventKind.STAGE_DONE:
            stage, round_ = Stage(step.payload["stage"]), int(step.payload["round"])
            _check_not_begun(case, _following(case, stage, round_))
    except Refusal as refusal:
        return refusal.sentence
    return None


def _own_last_step(case: Case) -> Step:
    step = _last_step(case.order.number)
    _check_own(case, step)
    if step.kind not in _UNDOABLE:
        raise Refusal(
            "the last step of {number} was: {step}; only a finished stage or a cancellation "
            "can be undone",
            number=case.order.number,
            step=step.kind,
        )
    return step


def _last_step(number: str) -> Step:
    query = (
        Event.select(Event.kind, Event.actor, Event.payload)
        .where((Event.order_number == number) & Event.kind.not_in(_NO_STEP))
        .order_by(Event.id.desc())
        .limit(4)
    )
    steps = [
        Step(EventKind(kind), actor, msgspec.json.decode(text or "{}"))
        for kind, actor, text in rows(query)
    ]
    # What an allocation tells beside itself comes after it on the trail.
    for step in steps:
        if _is_allocation(step) and step.actor == steps[0].actor:
            return step
        if not _goes_with_allocation(step):
            break
    return steps[0]


def _is_allocation(step: Step) -> bool:
    return step.kind is EventKind.STAGE_DONE and step.payload["stage"] == Stage.ALLOCATION


def _goes_with_allocation(step: Step) -> bool:
    """The shortage that it ends, or the one of its back order."""
    ended = step.kind is EventKind.EXCEPTION_RESOLVED and step.payload.get("path") == "arrived"
    return ended or (
        step.kind is EventKind.EXCEPTION_RAISED
        and step.payload.get("exception") == ExceptionKind.SHORTAGE
        and "short" in step.payload
    )


def _check_own(case: Case, step: Step) -> None:
    if step.actor == case.actor.badge:
        return
    raise Refusal(
        "the last step of {number} was {name}'s ({step}): only they can undo it",
        number=case.order.number,
        name=staff_name(step.actor),
        step=step.kind,
    )


def _undo_stage(case: Case, step: Step) -> None:
    stage, round_ = Stage(step.payload["stage"]), int(step.payload["round"])
    following = _following(case, stage, round_)
    _check_not_begun(case, following)
    done = Task.get((Task.order == case.order.id) & (Task.stage == stage) & (Task.round == round_))
    for task in following:
        case.close_task(task, TaskOutcome.WITHDRAWN)
    if stage in _REVERSALS:
        _REVERSALS[stage](case, round_)
    Task.update(outcome=TaskOutcome.UNDONE).where(Task.id == done.id).execute()
    if case.order.completed_at is not None:
        case.keep(completed_at=None)
        outbox.withdraw_survey(case)
    again = case.open_task(stage) or _open_again(case, done)
    case.move_goods(round_, again.round)


def _following(case: Case, stage: Stage, round_: int) -> list[Any]:
    """The open tasks that the finished stage has brought about.

    Raises:
        Refusal: what was finished has joined another part of the order.
    """
    flow = FLOWS[case.order.nature]
    after = flow[flow.index(stage) + 1 :][:1]
    found = [t for t in case.tasks if t.round == round_ or t.stage is Stage.CONFIRMATION]
    if not found and after and after[0] is not Stage.CONFIRMATION:
        raise Refusal(
            "{stage} of {number} can't be undone: it goes on together with what was at "
            "{following} already",
            stage=stage,
            number=case.order.number,
            following=after[0],
        )
    return found


def _check_not_begun(case: Case, following: list[Any]) -> None:
    for task in following:
        if task.claimed_at is not None and task.assignee_id != case.actor.badge:
            raise Refusal(
                "{name} has begun {stage} of {number}: ask them, or raise an exception",
                name=staff_name(task.assignee_id),
                stage=task.stage,
                number=case.order.number,
            )


def _open_again(case: Case, done: Any) -> Any:
    again = case.open_again(done)
    case.rise_as(again, done)
    case.give(again, case.actor.badge)
    return again


def _undo_allocation(case: Case, round_: int) -> None:
    release_stock(case, round_)
    # Whoever takes a step back means to go on: nobody else is offered the stock meanwhile.
    case.freed.clear()


def _undo_tracking(case: Case, round_: int) -> None:
    Shipment.update(signed_at=None).where(
        (Shipment.order == case.order.id) & (Shipment.round == round_)
    ).execute()


def _undo_receiving(case: Case, _: int) -> None:
    returns.unreceive(case)


def _undo_refund(case: Case, _: int) -> None:
    returns.unrefund(case)


_REVERSALS: dict[Stage, Callable[[Case, int], None]] = {
    Stage.ALLOCATION: _undo_allocation,
    Stage.SHIPPING: shipping.unship,
    Stage.TRACKING: _undo_tracking,
    Stage.RECEIVING: _undo_receiving,
    Stage.REFUND: _undo_refund,
}


def _undo_cancellation(case: Case, _: Step) -> None:
    reopened, cut_off = _exceptions_closed_by_it(case), _review_cut_off_by_it(case)
    case.keep(cancelled_at=None)
    if reopened:
        OrderException.update(resolved_at=None, resolved_by=None, path=None, resolution="").where(
            OrderException.id.in_(reopened)
        ).execute()
        case.exceptions = list(OrderException.select().where(OrderException.id.in_(reopened)))
        case.watch_exceptions()
    if case.open_exception(ExceptionKind.INFORMATION) is not None:
        return
    if cut_off is None:
        case.open_stage(Stage.REVIEW, case.next_round())
    else:
        case.rise_as(case.open_again(cut_off), cut_off)


def _exceptions_closed_by_it(case: Case) -> list[int]:
    """What the cancellation closed; only a shortage starts over, at the next allocation."""
    query = OrderException.select(OrderException.id).where(
        (OrderException.order == case.order.id)
        & (OrderException.path == ExceptionPath.CANCEL)
        & (OrderException.kind != ExceptionKind.SHORTAGE)
        & (OrderException.resolved_at == case.order.cancelled_at)
    )
    return [found for (found,) in rows(query)]


def _review_cut_off_by_it(case: Case) -> Any | None:
    """The review that the cancellation ended, whose clock goes on; else one begins anew."""
    return Task.get_or_none(
        (Task.order == case.order.id)
        & (Task.stage == Stage.REVIEW)
        & (Task.outcome == TaskOutcome.WITHDRAWN)
        & (Task.done_at == case.order.cancelled_at)
    )


_UNDOABLE: dict[EventKind, Callable[[Case, Step], None]] = {
    EventKind.STAGE_DONE: _undo_stage,
    EventKind.CANCELLED: _undo_cancellation,
}
