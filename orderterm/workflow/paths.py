"""The standard paths out of every kind of exception."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action, not_permitted
from orderterm.sentences import Sentence, say
from orderterm.store.tables import Product
from orderterm.terms import EventKind, ExceptionKind, ExceptionPath, PauseReason, Stage
from orderterm.workflow import allocation, content, orders, outbox, shipping, splitting
from orderterm.workflow.case import Case


class Resolution(Struct, frozen=True):
    """What a person tells when they resolve an exception; each path takes its own.

    ``until`` is when the stock comes or the delay ends; ``agreed`` how the customer agreed;
    ``told`` how the customer was told; ``fields`` new values by column (``line1.sku`` for a line).
    """

    note: str = ""
    until: datetime | None = None
    agreed: str = ""
    sku: str = ""
    substitute: str = ""
    fields: dict[str, str] = {}
    carrier: str = ""
    waybill: str = ""
    eta: datetime | None = None
    told: str = ""


class Solved(Struct, frozen=True):
    """What a path did: facts for the trail, and whether the exception stays open after all.

    ``promised_until`` is when all is to be well, where that is still to come.
    """

    facts: dict[str, Any]
    sentence: Sentence
    closed: bool = True
    promised_until: datetime | None = None


# -- shortage -------------------------------------------------------------------------------------


def _transfer(case: Case, exception: Any, told: Resolution) -> Solved:
    until = _until(case, told)
    _await_stock(case, until)
    zone = case.workplace.settings.site.zone
    if until.astimezone(zone).date() > case.at.astimezone(zone).date():
        outbox.announce_delay(case, exception, until)
    facts = {"until": until.isoformat()}
    return Solved(facts, _waits_until(case, until), promised_until=until)


def _delay(case: Case, exception: Any, told: Resolution) -> Solved:
    until = _until(case, told)
    agreed = _needed(told.agreed, say("how the customer agreed"), "--agreed")
    _await_stock(case, until)
    outbox.announce_delay(case, exception, until)
    facts = {"until": until.isoformat(), "agreed": agreed}
    return Solved(facts, _waits_until(case, until), promised_until=until)


def _until(case: Case, told: Resolution) -> datetime:
    if told.until is None:
        raise Refusal("say until when with --until, as 2026-11-25")
    limit = case.workplace.settings.limits.delay_without_manager
    latest = case.workplace.working_time.add(case.at, limit)
    if told.until.date() > latest.astimezone(told.until.tzinfo).date():
        why = not_permitted(Action.LONG_DELAY, case.actor)
        if why is not None:
            raise Refusal(
                "a delay until {until} is longer than {days} working days and needs a manager: "
                "{why}",
                until=f"{told.until:%Y-%m-%d}",
                days=limit.days or limit.hours,
                why=why,
            )
    return told.until


def _await_stock(case: Case, until: datetime) -> None:
    task = case.open_task(Stage.ALLOCATION)
    if task is not None:
        case.pause(task, PauseReason.STOCK, until)


def _waits_until(case: Case, until: datetime) -> Sentence:
    return say(
        "{number} waits for stock until {until}",
        number=case.order.number,
        until=f"{until:%Y-%m-%d}",
    )


def _substitute(case: Case, _: Any, told: Resolution) -> Solved:
    sku = _needed(told.sku, say("which SKU is replaced"), "--sku")
    other = _needed(told.substitute, say("what it is replaced by"), "--with")
    agreed = _needed(told.agreed, say("how the customer agreed"), "--agreed")
    product = Product.get_or_none(Product.sku == other)
    if product is None:
        raise Refusal("{sku} is not in the catalogue: import the products first", sku=other)
    lines = [line for line in content.lines_of(case.order.id) if line.sku == sku]
    if not lines:
        raise Refusal(
            "{number} has no line of {sku}: `orderterm show {number}` lists its lines",
            number=case.order.number,
            sku=sku,
        )
    splitting.substitute(case, lines, product)
    case.resume_all(PauseReason.STOCK)
    return Solved(
        {"sku": sku, "substitute": other, "agreed": agreed},
        say(
            "{sku} in {number} is replaced by {other}; it can be allocated",
            number=case.order.number,
            other=other,
            sku=sku,
        ),
    )


def _split(case: Case, _: Any, told: Resolution) -> Solved:
    agreed = _needed(told.agreed, say("how the customer agreed"), "--agreed")
    rest = splitting.split(case)
    case.resume_all(PauseReason.STOCK)
    return Solved(
        {"agreed": agreed, "rest": rest},
        say(
            "{number} goes on with what is there; the rest waits as {rest}",
            number=case.order.number,
            rest=rest,
        ),
    )


def _cancel(case: Case, exception: Any, told: Resolution) -> Solved:
    note = _needed(told.note, say("why it is cancelled"), "--note")
    if exception.kind is ExceptionKind.SHORTAGE and case.shipped:
        return _close_rest(case)
    case.demand(Action.CANCEL)
    orders.cancel_case(case, note)
    return Solved({}, say("{number} is cancelled", number=case.order.number))


def _close_rest(case: Case) -> Solved:
    if why := not_permitted(Action.CANCEL, case.actor):
        raise Refusal(why)
    number = case.order.number
    given_up = splitting.drop_rest(case)
    return Solved(
        {"given_up": given_up},
        say("{number} ends with what has been shipped; the rest is given up", number=number),
    )


# -- information ----------------------------------------------------------------------------------


def _complete(case: Case, exception: Any, told: Resolution) -> Solved:
    changes = content.set_fields(case, told.fields)
    if changes:
        case.record(EventKind.CHANGED, changes=changes)
    if any(field.endswith((".sku", ".quantity")) for field in changes):
        allocation.release_stock(case)
    content.reclassify(case)
    problems = content.problems_of(case)
    if problems:
        lacks = say(
            "{number} still lacks something: {problems}; give it with --set",
            number=case.order.number,
            problems=[problem.reason for problem in problems],
        )
        if not changes:
            raise Refusal(lacks)
        content.still_lacks(case, exception, problems)
        return Solved({}, lacks, closed=False)
    case.back_to_review()
    return Solved(
        {"fields": sorted(changes)},
        say("{number} is complete and goes to review", number=case.order.number),
    )


# -- carrier delay --------------------------------------------------------------------------------


def _expedite(case: Case, exception: Any, told: Resolution) -> Solved:
    eta, how = _eta(told), _needed(told.told, say("how the customer was told"), "--told")
    facts = shipping.expedite(case, eta)
    outbox.announce_delay(case, exception, eta)
    return Solved({**facts, "told": how}, _on_its_way(case, eta), promised_until=eta)


def _recarry(case: Case, exception: Any, told: Resolution) -> Solved:
    eta, how = _eta(told), _needed(told.told, say("how the customer was told"), "--told")
    facts = shipping.replace_parcel(case, told.carrier, told.waybill, eta)
    parcel = {key: facts[key] for key in ("carrier", "waybill")}
    outbox.announce_delay(case, exception, eta, **parcel)
    return Solved({**facts, "told": how}, _on_its_way(case, eta), promised_until=eta)


def _eta(told: Resolution) -> datetime:
    if told.eta is None:
        raise Refusal("say when it will be there now with --eta, as 2026-11-25")
    return told.eta


def _on_its_way(case: Case, eta: datetime) -> Sentence:
    return say("{number} is expected on {eta} now", number=case.order.number, eta=f"{eta:%Y-%m-%d}")


# -- change request -------------------------------------------------------------------------------


def _accept(case: Case, exception: Any, told: Resolution) -> Solved:
    number, detail = case.order.number, msgspec.json.decode(exception.detail)
    if case.shipped:
        raise Refusal(
            "{number} has been shipped: a change can only be refused, or taken as a return "
            "(--path refuse or --path return)",
            number=number,
        )
    if case.order.completed_at is not None:
        raise Refusal("{number} is completed: a change can only be refused", number=number)
    if detail.get("cancelled"):
        note = told.note or "the customer wants it no more"
        orders.cancel_case(case, note)
        return Solved({}, say("{number} is cancelled", number=number))
    changes = content.set_fields(case, {**detail.get("fields", {}), **told.fields})
    if lines := detail.get("lines"):
        content.replace_lines(case, lines)
    released = sum(allocation.release_stock(case).values())
    case.record(EventKind.CHANGED, changes=changes, lines=lines or [], released=released)
    problems = content.verify_again(case)
    if problems:
        return Solved(
            {"fields": sorted(changes)},
            say(
                "the change of {number} is made, but now it lacks something: {problems}",
                number=number,
                problems=[problem.reason for problem in problems],
            ),
        )
    return Solved(
        {"fields": sorted(changes)},
        say("the change of {number} is made; it goes back to review", number=number),
    )


def _refuse(case: Case, _: Any, told: Resolution) -> Solved:
    reason = _needed(told.note, say("why it is refused"), "--note")
    return Solved(
        {"reason": reason},
        say("the change of {number} is refused; it goes on as it was", number=case.order.number),
    )


def _return(case: Case, _: Any, told: Resolution) -> Solved:
    if not case.shipped:
        raise Refusal(
            "{number} has not been shipped: accept or refuse the change instead",
            number=case.order.number,
        )
    back = splitting.open_return(case, told.note)
    return Solved(
        {"return": back},
        say("{number} comes back as {back}", number=case.order.number, back=back),
    )


def _settle(case: Case, _: Any, told: Resolution) -> Solved:
    _needed(told.note, say("how it was settled"), "--note")
    return Solved({}, say("{number} goes on", number=case.order.number))


def _needed(value: str, what: Sentence, option: str) -> str:
    if not value.strip():
        raise Refusal("say {what} with {option}", what=what, option=option)
    return value


PATHS: dict[ExceptionPath, Callable[[Case, Any, Resolution], Solved]] = {
    ExceptionPath.TRANSFER: _transfer,
    ExceptionPath.DELAY: _delay,
    ExceptionPath.SUBSTITUTE: _substitute,
    ExceptionPath.SPLIT: _split,
    ExceptionPath.CANCEL: _cancel,
    ExceptionPath.COMPLETE: _complete,
    ExceptionPath.EXPEDITE: _expedite,
    ExceptionPath.RECARRY: _recarry,
    ExceptionPath.ACCEPT: _accept,
    ExceptionPath.REFUSE: _refuse,
    ExceptionPath.RETURN: _return,
    ExceptionPath.SETTLE: _settle,
}
"""What each path does with an exception of the order in hand; ``Refusal`` is raised where something
that it needs is missing."""
