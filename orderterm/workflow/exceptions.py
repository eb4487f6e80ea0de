"""Raising an exception, and resolving it by one of the standard paths."""

from datetime import datetime
from typing import Any

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action
from orderterm.sentences import say
from orderterm.terms import EXCEPTION_PATHS, ExceptionKind, ExceptionPath, PauseReason, Stage
from orderterm.workflow import allocation
from orderterm.workflow.case import Case
from orderterm.workflow.door import open_case
from orderterm.workflow.paths import PATHS, Resolution
from orderterm.workflow.workplace import Outcome, Workplace


def raise_by_hand(
    workplace: Workplace,
    badge: str,
    number: str,
    kind: ExceptionKind,
    *,
    note: str,
    fields: dict[str, str] | None = None,
    cancelled: bool = False,
) -> Outcome:
    """Open an exception on an order.

    Args:
        workplace: the home at work.
        badge: who found it.
        number: the order.
        kind: what kind of exception.
        note: what is wrong, in words.
        fields: for a change request, the new values the customer wants, by column.
        cancelled: for a change request, that the customer wants the order no more.

    Raises:
        Refusal: it is not open to this person now, nothing was said, or more than its kind takes.
    """
    with open_case(workplace, badge, number) as case:
        case.demand(Action.RAISE, kind=kind)
        if not note.strip():
            raise Refusal("say what is wrong with --note: whoever resolves it must know")
        detail: dict[str, Any] = {"note": note}
        if kind is ExceptionKind.CHANGE_REQUEST:
            detail |= {"fields": fields or {}, "cancelled": cancelled}
        elif fields or cancelled:
            raise Refusal(
                "what the customer wants instead is a change request: give it as one with "
                "--kind {kind}, and what else is wrong by itself",
                kind=ExceptionKind.CHANGE_REQUEST.value,
            )
        open_exception(case, kind, detail)
        return Outcome(
            number,
            True,
            say("{number} has an exception now: {kind}", number=number, kind=kind),
        )


def open_exception(case: Case, kind: ExceptionKind, detail: dict[str, Any]) -> None:
    """Open an exception and stop what must not go on while it is open."""
    case.raise_exception(kind, detail)
    if kind is ExceptionKind.INFORMATION:
        case.withdraw_tasks()
    elif kind is ExceptionKind.SHORTAGE:
        if task := case.open_task(Stage.ALLOCATION):
            case.pause(task, PauseReason.STOCK)
    elif kind is ExceptionKind.CHANGE_REQUEST:
        case.pause_all()


def resolve(
    workplace: Workplace,
    badge: str,
    number: str,
    *,
    kind: ExceptionKind | None = None,
    path: ExceptionPath | None = None,
    resolution: Resolution | None = None,
) -> Outcome:
    """Resolve an open exception by one of its kind's standard paths.

    Args:
        workplace: the home at work.
        badge: who resolves it.
        number: the order.
        kind: which exception, where several are open.
        path: the way out; may be left out where a kind has one usual way.
        resolution: what the path needs.

    Raises:
        Refusal: it is not open to this person now, the path is not one of this kind's, or
            something it needs is missing.
    """
    told = resolution or Resolution()
    with open_case(workplace, badge, number) as case:
        exception = _meant(case, kind)
        case.demand(Action.RESOLVE, kind=exception.kind)
        chosen = path or _usual_path(exception.kind)
        if chosen not in EXCEPTION_PATHS[exception.kind]:
            raise Refusal(
                "{path} is no way out of this exception ({kind}); there are {paths}",
                path=chosen.value,
                kind=exception.kind,
                paths=[one.value for one in EXCEPTION_PATHS[exception.kind]],
            )
        solved = PATHS[chosen](case, exception, told)
        note = {"note": told.note} if told.note else {}
        if exception in case.exceptions and solved.closed:
            facts = {**solved.facts, **note}
            close_exception(case, exception, chosen, facts, solved.promised_until)
        return Outcome(number, True, solved.sentence)


def _meant(case: Case, kind: ExceptionKind | None) -> Any:
    if kind is None and len(case.exceptions) > 1:
        raise Refusal(
            "{number} has several open exceptions ({kinds}): say which one with --kind",
            number=case.order.number,
            kinds=[found.kind.value for found in case.exceptions],
        )
    if kind is None and case.exceptions:
        return case.exceptions[0]
    found = case.open_exception(kind) if kind else None
    if found is None:
        case.demand(Action.RESOLVE, kind=kind)
    return found


def _usual_path(kind: ExceptionKind) -> ExceptionPath:
    usual = {
        ExceptionKind.INFORMATION: ExceptionPath.COMPLETE,
        ExceptionKind.FOLLOW_UP: ExceptionPath.SETTLE,
        ExceptionKind.OTHER: ExceptionPath.SETTLE,
    }
    if kind not in usual:
        raise Refusal(
            "say how with --path: {paths}", paths=[path.value for path in EXCEPTION_PATHS[kind]]
        )
    return usual[kind]


def close_exception(
    case: Case,
    exception: Any,
    path: ExceptionPath,
    facts: dict[str, Any],
    promised_until: datetime | None = None,
) -> None:
    """Resolve an exception, and let the clocks run again that stood still for it."""
    case.resolve_exception(exception, path, facts, promised_until)
    if exception.kind is ExceptionKind.CHANGE_REQUEST and case.order.held_at is None:
        case.resume_all(PauseReason.CUSTOMER)
    if exception.kind is not ExceptionKind.SHORTAGE:
        allocation.offer_again(case)
