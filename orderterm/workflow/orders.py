"""What may befall an order at any stage: a hold, a cancellation, another priority, erasure."""

from typing import Any

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action
from orderterm.sentences import say
from orderterm.store.tables import (
    ChannelVersion,
    Event,
    Message,
    OrderException,
    Shipment,
    SurveyReply,
    Task,
    TrackingUpdate,
)
from orderterm.terms import EventKind, ExceptionKind, ExceptionPath, PauseReason, Priority
from orderterm.workflow import outbox
from orderterm.workflow.allocation import needs, offer_again, release_stock
from orderterm.workflow.case import Case
from orderterm.workflow.details import OTHER_REASON
from orderterm.workflow.door import open_case
from orderterm.workflow.hearing import go_on_if_signed
from orderterm.workflow.workplace import Outcome, Workplace

OVERRIDDEN = "override"
"""The priority rule of an order whose priority a person chose."""
ERASED = ""
"""The fingerprint of an order whose personal data was erased: nothing is compared with it."""


def hold(workplace: Workplace, badge: str, number: str, *, reason: str) -> Outcome:
    """Stop an order, and its clocks, until it is released.

    Raises:
        Refusal: it is not open to this person now, or no reason was given.
    """
    with open_case(workplace, badge, number) as case:
        case.demand(Action.HOLD)
        need_reason(reason)
        case.keep(held_at=case.at)
        case.pause_all()
        case.record(EventKind.HELD, reason=reason)
        return Outcome(number, True, say("{number} is on hold", number=number))


def release(workplace: Workplace, badge: str, number: str, *, reason: str = "") -> Outcome:
    """Let a held order go on where it stood.

    Raises:
        Refusal: it is not on hold, or not for this person to release.
    """
    with open_case(workplace, badge, number) as case:
        case.demand(Action.RELEASE)
        case.keep(held_at=None)
        if case.open_exception(ExceptionKind.CHANGE_REQUEST) is None:
            case.resume_all(PauseReason.CUSTOMER)
        offer_again(case)
        case.record(EventKind.RELEASED, reason=reason)
        go_on_if_signed(case)
        return Outcome(number, True, say("{number} goes on", number=number))


def cancel(workplace: Workplace, badge: str, number: str, *, reason: str) -> Outcome:
    """End an order that has not been shipped; what it holds is given back.

    Raises:
        Refusal: it has been shipped or has ended, is not for this person to cancel, or no reason
            was given.
    """
    with open_case(workplace, badge, number) as case:
        case.demand(Action.CANCEL)
        need_reason(reason)
        cancel_case(case, reason)
        return Outcome(number, True, say("{number} is cancelled", number=number))


def cancel_case(case: Case, reason: str, **payload: Any) -> None:
    """Cancel the order in hand: tasks withdrawn, exceptions closed, stock given back."""
    case.withdraw_tasks()
    for exception in list(case.exceptions):
        case.resolve_exception(exception, ExceptionPath.CANCEL, {"reason": reason})
    # An undone allocation kept its stock for this order, which now needs it no more.
    case.freed |= {need.sku for need in needs(case.order.id)}
    released = sum(release_stock(case).values())
    case.keep(cancelled_at=case.at, held_at=None)
    outbox.withdraw(case)
    case.record(EventKind.CANCELLED, reason=reason, released=released, **payload)


def set_priority(
    workplace: Workplace, badge: str, number: str, priority: Priority, *, reason: str
) -> Outcome:
    """Give an order another priority than its rule did; its due times follow.

    Raises:
        Refusal: it is not open to this person now, or no reason was given.
    """
    with open_case(workplace, badge, number) as case:
        case.demand(Action.PRIORITY)
        need_reason(reason)
        before = case.order.priority
        case.keep(priority=priority, priority_rule=OVERRIDDEN, priority_reason=reason)
        follow_priority(case)
        case.record(
            EventKind.PRIORITY_CHANGED,
            before=before.value,
            after=priority.value,
            rule=OVERRIDDEN,
            reason=reason,
        )
        return Outcome(
            number, True, say("{number} is {priority} now", number=number, priority=priority)
        )


def follow_priority(case: Case) -> None:
    """Give the open work the order's priority, and its tasks the due times that go with it."""
    for task in case.tasks:
        task.priority = case.order.priority
        task.due_at = case.due(task.stage, task.started_at, case.pauses_of(task))
        Task.update(priority=task.priority, due_at=task.due_at, alert_at=case.alert_of(task)).where(
            Task.id == task.id
        ).execute()
    for exception in case.exceptions:
        exception.priority = case.order.priority
        OrderException.update(priority=exception.priority).where(
            OrderException.id == exception.id
        ).execute()


def note(
    workplace: Workplace, badge: str, number: str, text: str, *, with_customer: bool = False
) -> Outcome:
    """Put a note on an order's trail, also when the order has ended.

    Args:
        workplace: the home at work.
        badge: who tells it.
        number: the order.
        text: what there is to tell.
        with_customer: whether it was said by or to the customer, as on the phone.

    Raises:
        Refusal: it is not for this person to do, or nothing was said.
    """
    with open_case(workplace, badge, number) as case:
        case.demand(Action.NOTE)
        if not text.strip():
            raise Refusal("say what is to be noted with --text: it goes on the trail")
        case.record(EventKind.NOTED, note=text.strip(), with_customer=with_customer)
        return Outcome(number, True, say("the note is on the trail of {number}", number=number))


def erase(workplace: Workplace, badge: str, number: str, *, reason: str) -> Outcome:
    """Erase the personal data of an ended order, in the order and on the trail.

    The events stay and the chain still verifies; only their payloads are gone.

    Raises:
        Refusal: the order has not ended, or it is not for this person to do.
    """
    with open_case(workplace, badge, number) as case:
        case.demand(Action.ERASE)
        need_reason(reason)
        if not case.standing().ended:
            raise Refusal(
                "{number} has not ended, so its customer's data is still needed: erase "
                "it once the order is completed or cancelled",
                number=number,
            )
        outbox.forget(case)
        _blank(case)
        Event.update(payload=None).where(
            (Event.order_number == number)
            & Event.payload.is_null(False)
            & (Event.kind != EventKind.ERASED)
        ).execute()
        case.record(EventKind.ERASED, reason=reason)
        return Outcome(number, True, say("the personal data of {number} is erased", number=number))


def _blank(case: Case) -> None:
    """Empty every place beside the trail that tells of the customer.

    The fingerprint goes as well: from a hash of name, phone and address they could be guessed.
    """
    order = case.order.id
    texts = ("customer_name", "contact", "address", "special_request", "note", "priority_reason")
    blank = dict.fromkeys(texts, "")
    case.keep(**blank, fingerprint=ERASED)
    ChannelVersion.delete().where(ChannelVersion.order == order).execute()
    OrderException.update(detail="{}", resolution="{}").where(
        OrderException.order == order
    ).execute()
    worded = Task.overdue_reason.startswith(f"{OTHER_REASON}: ")
    Task.update(overdue_reason=OTHER_REASON).where((Task.order == order) & worded).execute()
    SurveyReply.update(comment="").where(SurveyReply.order == order).execute()
    # The other side's own words, who may have repeated whom it was asked to tell.
    Message.update(receipt="", trouble="").where(Message.order == order).execute()
    waybills = Shipment.select(Shipment.waybill).where(Shipment.order == order)
    TrackingUpdate.update(description="").where(TrackingUpdate.waybill.in_(waybills)).execute()


def need_reason(reason: str) -> None:
    """Refuse to go on without a reason."""
    if not reason.strip():
        raise Refusal("say why with --reason: it goes on the trail")
