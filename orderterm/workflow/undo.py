"""Taking one's own last step back, while nobody has begun the next one."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action
from orderterm.sentences import say
from orderterm.store.tables import (
    Allocation,
    Event,
    OrderException,
    OrderLine,
    Shipment,
    Staff,
    Task,
)
from orderterm.terms import FLOWS, EventKind, ExceptionKind, ExceptionPath, Stage, TaskOutcome
from orderterm.workflow import returns, shipping
from orderterm.workflow.allocation import release_stock
from orderterm.workflow.case import Case, open_case
from orderterm.workflow.workplace import Outcome, Workplace

_NO_STEP = (EventKind.CHANNEL_STATUS.value, EventKind.TRACKED.value)


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
        step = _last_step(number)
        _check_own(case, step)
        undone = _UNDOABLE.get(step.kind)
        if undone is None:
            raise Refusal(
                "the last step of {number} was: {step}; only a finished stage or a cancellation "
                "can be undone",
                number=number,
                step=step.kind,
            )
        undone(case, step)
        case.record(
            EventKind.UNDONE,
            undone=step.kind.value,
            stage=step.payload.get("stage"),
            reason=reason,
        )
        return Outcome(number, True, say("the last step of {number} is undone", number=number))


def _last_step(number: str) -> Step:
    rows = (
        Event.select(Event.kind, Event.actor, Event.payload)
        .where((Event.order_number == number) & Event.kind.not_in(_NO_STEP))
        .order_by(Event.id.desc())
        .limit(4)
        .tuples()
    )
    steps = [
        Step(EventKind(k), actor, msgspec.json.decode(text or "{}")) for k, actor, text in rows
    ]
    # A stage that ends an order's shortage leaves two events, the finished stage below.
    if steps[0].kind is EventKind.EXCEPTION_RESOLVED and steps[0].payload.get("path") == "arrived":
        return steps[1]
    if steps[0].kind is EventKind.EXCEPTION_RAISED and len(steps) > 1:
        below = steps[1:]
        if _is_partial_allocation(steps[0], below[0]):
            return below[0]
    return steps[0]


def _is_partial_allocation(raised: Step, done: Step) -> bool:
    return (
        raised.payload.get("exception") == ExceptionKind.SHORTAGE
        and done.kind is EventKind.STAGE_DONE
        and done.payload.get("stage") == Stage.ALLOCATION
        and raised.actor == done.actor
    )


def _check_own(case: Case, step: Step) -> None:
    if step.actor == case.actor.badge:
        return
    name = Staff.select(Staff.name).where(Staff.badge == step.actor).scalar() or step.actor
    raise Refusal(
        "the last step of {number} was {name}'s ({step}): only they can undo it",
        number=case.order.number,
        name=name,
        step=step.kind,
    )


def _undo_stage(case: Case, step: Step) -> None:
    stage, round_ = Stage(step.payload["stage"]), int(step.payload["round"])
    _check_not_begun(case, stage)
    done = Task.get((Task.order == case.order.id) & (Task.stage == stage) & (Task.round == round_))
    for task in list(case.tasks):
        if task.round == round_ or task.stage is Stage.CONFIRMATION:
            case.close_task(task, TaskOutcome.WITHDRAWN)
    if stage in _REVERSALS:
        _REVERSALS[stage](case, round_)
    Task.update(outcome=TaskOutcome.UNDONE).where(Task.id == done.id).execute()
    if case.order.completed_at is not None:
        case.keep(completed_at=None)
    if case.open_task(stage) is None:
        again = case.open_stage(stage, case.next_round(), done.started_at)
        Task.update(assignee=case.actor.badge, claimed_at=case.at).where(
            Task.id == again.id
        ).execute()
        _move_stock_to(case, stage, round_, again.round)


def _check_not_begun(case: Case, stage: Stage) -> None:
    flow = FLOWS[case.order.nature]
    for task in case.tasks:
        begun = task.claimed_at is not None and flow.index(task.stage) > flow.index(stage)
        if begun and task.assignee_id != case.actor.badge:
            name = Staff.get_by_id(task.assignee_id).name
            raise Refusal(
                "{name} has begun {stage} of {number}: ask them, or raise an exception",
                name=name,
                stage=task.stage,
                number=case.order.number,
            )


def _move_stock_to(case: Case, stage: Stage, old: int, new: int) -> None:
    """What is held or shipped follows the order into the round in which the stage is done again."""
    lines = OrderLine.select(OrderLine.id).where(OrderLine.order == case.order.id)
    Allocation.update(round=new).where(
        Allocation.line.in_(lines) & (Allocation.round == old) & Allocation.released_at.is_null()
    ).execute()
    Shipment.update(round=new).where(
        (Shipment.order == case.order.id) & (Shipment.round == old)
    ).execute()


def _undo_allocation(case: Case, round_: int) -> None:
    release_stock(case, round_)


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
    reopened = _exceptions_closed_by_it(case)
    case.keep(cancelled_at=None)
    if reopened:
        OrderException.update(resolved_at=None, resolved_by=None, path=None, resolution="").where(
            OrderException.id.in_(reopened)
        ).execute()
        case.exceptions = list(OrderException.select().where(OrderException.id.in_(reopened)))
    if case.open_exception(ExceptionKind.INFORMATION) is None:
        case.open_stage(Stage.REVIEW, case.next_round())


def _exceptions_closed_by_it(case: Case) -> list[int]:
    """The information exception that the cancellation closed; the others start over at review."""
    rows = OrderException.select(OrderException.id).where(
        (OrderException.order == case.order.id)
        & (OrderException.path == ExceptionPath.CANCEL)
        & (OrderException.kind == ExceptionKind.INFORMATION)
        & (OrderException.resolved_at == case.order.cancelled_at)
    )
    return [row.id for row in rows]


_UNDOABLE: dict[EventKind, Callable[[Case, Step], None]] = {
    EventKind.STAGE_DONE: _undo_stage,
    EventKind.CANCELLED: _undo_cancellation,
}
