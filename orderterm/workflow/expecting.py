"""Telling an order when the stock comes that it waits for, once and again when the day changes."""

from datetime import datetime

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action, not_permitted
from orderterm.store.connection import transaction
from orderterm.terms import ExceptionKind, ExceptionPath, PauseReason
from orderterm.workflow.case import Case
from orderterm.workflow.door import open_case
from orderterm.workflow.exceptions import resolve
from orderterm.workflow.paths import Resolution
from orderterm.workflow.workplace import Outcome, Workplace


def expect(workplace: Workplace, badge: str, number: str, until: datetime, note: str) -> Outcome:
    """Resolve the order's shortage by stock that comes; one resolved before gets the new day.

    Args:
        workplace: the home at work.
        badge: who expects it.
        number: the order that waits.
        until: when the stock is there, aware.
        note: why the shortage is opened once more, where it had been resolved before.

    Raises:
        Refusal: it is not open to this person now, the order does not wait for stock, or so long
            a delay needs a manager.
    """
    with transaction():
        with open_case(workplace, badge, number) as case:
            if case.open_exception(ExceptionKind.SHORTAGE) is None:
                _open_again(case, note)
        return resolve(
            workplace,
            badge,
            number,
            kind=ExceptionKind.SHORTAGE,
            path=ExceptionPath.TRANSFER,
            resolution=Resolution(until=until),
        )


def _open_again(case: Case, note: str) -> None:
    """Open the shortage of an order that waits on, also where a part of it has left already."""
    number = case.order.number
    if why := not_permitted(Action.RESOLVE, case.actor, kind=ExceptionKind.SHORTAGE):
        raise Refusal(why)
    if not any(pause.reason is PauseReason.STOCK for pause in case.pauses):
        raise Refusal(
            "{number} waits for no stock now: `orderterm show {number}` tells where it is",
            number=number,
        )
    if not note.strip():
        raise Refusal("{number}: say why the day changes: it goes on the trail", number=number)
    case.raise_exception(ExceptionKind.SHORTAGE, {"note": note.strip()})
