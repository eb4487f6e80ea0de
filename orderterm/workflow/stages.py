"""Working an order's stages: take one in hand, finish it, hand it to somebody else."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import structs

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action, not_permitted
from orderterm.sentences import Sentence, say
from orderterm.store.tables import Task
from orderterm.terms import FLOWS, EventKind, ExceptionKind, Stage, TaskOutcome
from orderterm.workflow import allocation, orders, returns, shipping
from orderterm.workflow.case import Case, staff_name
from orderterm.workflow.details import OTHER_REASON, Details
from orderterm.workflow.door import open_case
from orderterm.workflow.workplace import Outcome, Workplace, person

Effect = Callable[[Case, Any, Details], dict[str, Any]]


def claim(
    workplace: Workplace,
    badge: str,
    number: str,
    *,
    stage: Stage | None = None,
    take_over: bool = False,
) -> Outcome:
    """Take an open task in hand.

    Args:
        workplace: the home at work.
        badge: who takes it.
        number: the order.
        stage: which open stage, where there are several.
        take_over: also from the person who has it now.

    Raises:
        Refusal: it is not open to this person now; says why.
    """
    with open_case(workplace, badge, number) as case:
        chosen = _stage_meant(case, stage)
        case.demand(Action.TAKE_OVER if take_over else Action.CLAIM, stage=chosen)
        task = case.open_task(chosen)
        if task.assignee_id == badge:
            return Outcome(number, False, say("{number} is yours already", number=number))
        before = case.give(task, badge)
        case.record(EventKind.CLAIMED, stage=chosen.value, taken_from=before)
        return Outcome(
            number, True, say("{stage} of {number} is yours", stage=chosen, number=number)
        )


def reassign(
    workplace: Workplace,
    badge: str,
    number: str,
    to: str,
    *,
    reason: str,
    stage: Stage | None = None,
) -> Outcome:
    """Give an open task to another person.

    Args:
        workplace: the home at work.
        badge: who decides.
        number: the order.
        to: the badge of who is to do it.
        reason: why; kept on the trail.
        stage: which open stage, where there are several.

    Raises:
        Refusal: it is not open, or the other person may not do that work.
    """
    with open_case(workplace, badge, number) as case:
        chosen = _stage_meant(case, stage)
        case.demand(Action.REASSIGN, stage=chosen)
        orders.need_reason(reason)
        colleague = person(to)
        if why := not_permitted(Action.CONFIRM, colleague, chosen):
            raise Refusal(why)
        task = case.open_task(chosen)
        case.give(task, to)
        case.record(EventKind.REASSIGNED, stage=chosen.value, to=to, reason=reason)
        return Outcome(
            number,
            True,
            say(
                "{stage} of {number} is with {name}",
                stage=chosen,
                number=number,
                name=colleague.name,
            ),
        )


def confirm(
    workplace: Workplace,
    badge: str,
    number: str,
    *,
    stage: Stage | None = None,
    reason: str = "",
    details: Details | None = None,
) -> Outcome:
    """Finish an open stage; the next one opens in the same moment.

    Args:
        workplace: the home at work.
        badge: who finishes it.
        number: the order.
        stage: which open stage, where there are several.
        reason: why it is late, where it is: a code of the settings, a code and a note after a
            colon, or words.
        details: what the stage itself needs (carrier and waybill, inspection, refund, …).

    Returns:
        What came of it. A stage that was finished before is said so, and not finished again.

    Raises:
        Refusal: it is not open to this person now, or something it needs is missing.
    """
    given = details or Details()
    with open_case(workplace, badge, number) as case:
        if done := _done_before(case, stage):
            return Outcome(number, False, done)
        chosen = _stage_meant(case, stage)
        case.demand(Action.CONFIRM, stage=chosen)
        _take_only_own(number, chosen, given)
        task = case.open_task(chosen)
        reason, given = _noted(case, reason, given)
        if chosen is Stage.ALLOCATION:
            return _confirm_allocation(case, task, reason, given)
        late = overdue_reason(case, task, reason)
        facts = _EFFECTS[chosen](case, task, given) if chosen in _EFFECTS else {}
        case.finish(task, late, {**facts, **given.note_payload()})
        case.advance(chosen, task.round)
        return Outcome(number, True, _finished(case, chosen))


_DETAILS_OF = {
    Stage.ALLOCATION: ("partial",),
    Stage.SHIPPING: ("carrier", "waybill", "eta"),
    Stage.TRACKING: ("signed_at",),
    Stage.RECEIVING: ("restock", "scrap"),
    Stage.REFUND: ("amount", "reference"),
}


def _take_only_own(number: str, stage: Stage, given: Details) -> None:
    """Refuse facts of another stage: whoever tells them means that one."""
    for other, fields in _DETAILS_OF.items():
        if other is not stage and any(getattr(given, field) not in (None, "") for field in fields):
            raise Refusal(
                "{number} is at {stage}, and what was given belongs to {other}: leave it out, "
                "or finish {stage} first",
                number=number,
                stage=stage,
                other=other,
            )


def _confirm_allocation(case: Case, task: Any, reason: str, given: Details) -> Outcome:
    number = case.order.number
    partial = case.workplace.settings.allocation.partial if given.partial is None else given.partial
    planned = allocation.plan(allocation.needs(case.order.id))
    if not planned.suffices(partial=partial):
        if case.open_exception(ExceptionKind.SHORTAGE):
            raise Refusal(_still_short(number, planned.short))
        allocation.warn_of_shortage(case, task, planned.short)
        return Outcome(number, True, _now_waits(number, planned.short))
    late = overdue_reason(case, task, reason)
    allocation.hold_stock(case, task, planned.fits)
    allocation.finish_allocation(case, task, late, given.note_payload())
    if planned.short:
        allocation.await_rest(case, planned.short)
    return Outcome(number, True, _finished(case, Stage.ALLOCATION))


def _listed(short: dict[str, int]) -> list[str]:
    return [f"{sku} × {quantity}" for sku, quantity in short.items()]


def _still_short(number: str, short: dict[str, int]) -> Sentence:
    return say("{number} still waits for stock: {short}", number=number, short=_listed(short))


def _now_waits(number: str, short: dict[str, int]) -> Sentence:
    return say(
        "{number} is short of {short}: purchasing has been told, the order waits for stock",
        number=number,
        short=_listed(short),
    )


def _finished(case: Case, stage: Stage) -> Sentence:
    number = case.order.number
    if case.order.completed_at is not None:
        return say("{number} is completed", number=number)
    stages = [task.stage for task in case.tasks]
    if not stages:
        return say("{stage} of {number} is done", stage=stage, number=number)
    return say(
        "{stage} of {number} is done; now at {stages}", stage=stage, number=number, stages=stages
    )


def overdue_reason(case: Case, task: Any, reason: str) -> str | None:
    """The reason code a late task is finished with; None where it is in time.

    One that waited for stock need not be given any: no list shows it as late while it waits.

    Raises:
        Refusal: it is late and no reason was given.
    """
    codes = case.workplace.settings.overdue_reasons
    if not case.is_overdue(task):
        return None
    if not reason.strip() and allocation.waits_for_stock(case, task):
        return allocation.WAITED
    if not reason.strip():
        raise Refusal(
            "{stage} of {number} is overdue since {due}: say why with --reason "
            "({codes}, or words of your own)",
            stage=task.stage,
            number=case.order.number,
            due=local(case.workplace, task.due_at),
            codes=list(codes),
        )
    if reason in codes:
        return reason
    return f"{OTHER_REASON}: {reason.removeprefix(f'{OTHER_REASON}: ')}"


def _noted(case: Case, reason: str, given: Details) -> tuple[str, Details]:
    """The reason's code alone, and what was said beside it as a note of the stage."""
    code, colon, words = (part.strip() for part in reason.partition(":"))
    codes = case.workplace.settings.overdue_reasons
    if not colon or code not in codes or code == OTHER_REASON:
        return reason, given
    note = "; ".join(one for one in (words, given.note) if one)
    return code, structs.replace(given, note=note)


def local(workplace: Workplace, moment: datetime) -> str:
    """A time as the site's clocks show it."""
    return f"{moment.astimezone(workplace.settings.site.zone):%m-%d %H:%M}"


def _stage_meant(case: Case, stage: Stage | None) -> Stage:
    """The stage that is meant: the one named, the only one, or the one of the person's role."""
    if stage is not None:
        return stage
    stages: list[Stage] = [task.stage for task in case.tasks]
    if not stages:
        case.demand(Action.CONFIRM)
        raise Refusal(
            "{number} has no open stage now: `orderterm show {number}` tells why",
            number=case.order.number,
        )
    if len(stages) == 1:
        return stages[0]
    own = [one for one in stages if _is_own(case, one)]
    if len(own) == 1:
        return own[0]
    raise Refusal(
        "{number} is at {stages}: say which one with --stage",
        number=case.order.number,
        stages=[one.value for one in stages],
    )


def _done_before(case: Case, stage: Stage | None) -> Sentence | None:
    """Who finished the stage and when, if it is not open because it was finished.

    Where no stage is named it is the one the person could have meant: the last one of theirs,
    where nothing that is open now is for them.
    """
    if case.order.cancelled_at is not None or (stage and case.open_task(stage)):
        return None
    done = _last_done(case, _own_stages(case) if stage is None else [stage])
    if done is None or _taken_back(case, done.stage):
        return None
    return say(
        "{stage} of {number} was done by {name} at {at}",
        stage=done.stage,
        number=case.order.number,
        name=staff_name(done.done_by),
        at=local(case.workplace, done.done_at),
    )


def _taken_back(case: Case, stage: Stage) -> bool:
    """Whether the order has gone back to before ``stage``: what was done there holds no more."""
    if case.order.completed_at is not None or case.shipped:
        return False
    flow = FLOWS[case.order.nature]
    return not any(flow.index(task.stage) > flow.index(stage) for task in case.tasks)


def _own_stages(case: Case) -> list[Stage]:
    """The person's own stages; none while one of them is open."""
    if any(_is_own(case, task.stage) for task in case.tasks):
        return []
    return [stage for stage in Stage if _is_own(case, stage)]


def _is_own(case: Case, stage: Stage) -> bool:
    return not_permitted(Action.CONFIRM, case.actor, stage) is None


def _last_done(case: Case, stages: list[Stage]) -> Any:
    if not stages:
        return None
    return (
        Task.select()
        .where(
            (Task.order == case.order.id)
            & Task.stage.in_(stages)
            & (Task.outcome == TaskOutcome.DONE)
        )
        .order_by(Task.done_at.desc(), Task.id.desc())
        .first()
    )


_EFFECTS: dict[Stage, Effect] = {
    Stage.SHIPPING: shipping.ship,
    Stage.TRACKING: shipping.sign,
    Stage.RECEIVING: returns.receive,
    Stage.REFUND: returns.refund,
}
