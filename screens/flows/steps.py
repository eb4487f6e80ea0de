"""The steps beside the stages: take, hand over, hold, cancel, undo, override, raise, note."""

from collections.abc import Sequence

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action
from orderterm.sentences import say
from orderterm.terms import Condition, ExceptionKind, Priority, Stage
from orderterm.views.queue import Work
from orderterm.views.staff import colleagues
from orderterm.workflow import exceptions, orders, stages, undo
from orderterm.workflow.workplace import Outcome
from screens.flows.answers import one_of
from screens.flows.completing import Deed, chosen_orders, do_all, do_each, each_once
from screens.flows.permitted import demand
from screens.work_screen import WorkScreen

HOLD_REASONS = (
    say("the customer asked to wait"),
    say("the address is in doubt"),
    say("payment is in doubt"),
)
CANCEL_REASONS = (say("the customer cancelled"), say("ordered twice"), say("can't be delivered"))
UNDO_REASONS = (say("pressed by mistake"), say("found wrong afterwards"))
PRIORITY_REASONS = (say("the customer pressed"), say("promised by sales"), say("it can wait"))
REASSIGN_REASONS = (say("to share the load"), say("absent"), say("end of shift"))


async def claim(screen: WorkScreen) -> None:
    """Take the orders in hand."""
    await _claim(screen, take_over=False)


async def take_over(screen: WorkScreen) -> None:
    """Take the orders over from whoever has them."""
    await _claim(screen, take_over=True)


async def _claim(screen: WorkScreen, *, take_over: bool) -> None:
    station = screen.station

    def deed(work: Work) -> Outcome:
        return stages.claim(
            station.workplace, station.badge, work.number, stage=work.stage, take_over=take_over
        )

    await _keep(screen, chosen_orders(screen), deed)


async def reassign(screen: WorkScreen) -> None:
    """Give the orders to somebody else."""
    demand(screen, Action.REASSIGN)
    chosen, station = chosen_orders(screen), screen.station
    stage = chosen[0].stage or Stage.REVIEW
    able = await screen.read(lambda: colleagues(stage))
    others = [one for one in able if one.badge != chosen[0].assignee]
    if not others:
        raise Refusal("nobody else works at {stage}: there is nobody to hand it to", stage=stage)
    to = await screen.choose(
        say("hand to"),
        [(one.name, one.badge) for one in others],
        about=[one.badge for one in others],
    )
    reason = await one_of(screen, say("why?"), REASSIGN_REASONS)

    def deed(work: Work) -> Outcome:
        return stages.reassign(
            station.workplace, station.badge, work.number, to, reason=reason, stage=work.stage
        )

    await do_if_sure(screen, chosen, deed)


async def hold(screen: WorkScreen) -> None:
    """Put the order on hold, or release it."""
    demand(screen, Action.HOLD)
    chosen, station = each_once(screen), screen.station
    if all(work.condition is Condition.ON_HOLD for work in chosen):
        await do_if_sure(
            screen,
            chosen,
            lambda one: orders.release(station.workplace, station.badge, one.number),
        )
        return
    reason = await one_of(screen, say("why is it put on hold?"), HOLD_REASONS)

    def deed(one: Work) -> Outcome:
        return orders.hold(station.workplace, station.badge, one.number, reason=reason)

    await do_if_sure(screen, chosen, deed)


async def cancel(screen: WorkScreen) -> None:
    """Cancel the orders."""
    demand(screen, Action.CANCEL)
    chosen, station = each_once(screen), screen.station
    reason = await one_of(screen, say("why is it cancelled?"), CANCEL_REASONS)
    if len(chosen) > 1:
        await screen.sure(say("cancel {count} orders?", count=len(chosen)))
    else:
        await screen.sure(say("cancel {number}?", number=chosen[0].number))
    await do_each(
        screen,
        chosen,
        lambda one: orders.cancel(station.workplace, station.badge, one.number, reason=reason),
        undoable=True,
    )


async def take_back(screen: WorkScreen) -> None:
    """Undo the person's own last step: on all orders just done, else on the one in hand."""
    works, station = screen.undoable, screen.station
    if len(works) == 1:
        asked = say("undo {number}: why?", number=works[0].number)
    else:
        asked = say("undo the last step of {count} orders: why?", count=len(works))
    reason = await one_of(screen, asked, UNDO_REASONS)

    def deed(work: Work) -> Outcome:
        return undo.undo(station.workplace, station.badge, work.number, reason=reason)

    try:
        await _keep(screen, works, deed)
    except Refusal:
        screen.can_undo(())  # the next time another order may be meant
        raise
    screen.undone(works)


async def override_priority(screen: WorkScreen) -> None:
    """Give the orders another priority."""
    demand(screen, Action.PRIORITY)
    chosen, station = each_once(screen), screen.station
    priority = await screen.choose(say("priority"), [(one, one) for one in Priority])
    reason = await one_of(screen, say("why?"), PRIORITY_REASONS)

    def deed(work: Work) -> Outcome:
        return orders.set_priority(
            station.workplace, station.badge, work.number, priority, reason=reason
        )

    await do_if_sure(screen, chosen, deed)


_RAISED = [one for one in ExceptionKind if one is not ExceptionKind.FOLLOW_UP]
"""What people raise: a follow-up comes of a customer's answer."""


async def raise_exception(screen: WorkScreen) -> None:
    """Raise an exception on the orders."""
    chosen = each_once(screen)
    kind = await screen.choose(say("exception"), [(one, one) for one in _RAISED])
    await raise_kind(screen, chosen, kind, await screen.ask(say("what is wrong?")))


async def raise_kind(
    screen: WorkScreen, chosen: list[Work], kind: ExceptionKind, note: str
) -> None:
    """Raise an exception of this kind on the orders, with what is wrong."""
    station = screen.station
    await do_if_sure(
        screen,
        chosen,
        lambda one: exceptions.raise_by_hand(
            station.workplace, station.badge, one.number, kind, note=note
        ),
    )


async def note(screen: WorkScreen) -> None:
    """Write down a call with the customer, or a note for colleagues."""
    chosen, station = each_once(screen), screen.station
    title = say("note on {number}", number=chosen[0].number)
    if len(chosen) > 1:
        title = say("note on {count} orders", count=len(chosen))
    called = await screen.choose(
        title, [(say("called the customer"), True), (say("for colleagues"), False)]
    )
    words = await screen.ask(say("what was said?"))

    def deed(work: Work) -> Outcome:
        return orders.note(
            station.workplace, station.badge, work.number, words, with_customer=called
        )

    await _keep(screen, chosen, deed)


async def _keep(screen: WorkScreen, chosen: Sequence[Work], deed: Deed) -> None:
    """Do it with one order or with all; nothing of them is finished."""
    if len(chosen) > 1:
        await do_all(screen, chosen, deed, stays=True)
        return
    outcome = await screen.change(lambda: deed(chosen[0]))
    screen.answer(outcome.sentence, "done")
    screen.refresh_soon()


async def do_if_sure(
    screen: WorkScreen, chosen: list[Work], deed: Deed, *, undoable: bool = False
) -> None:
    """Do it with one order or, after a look at how many there are, with all."""
    if len(chosen) > 1:
        await screen.sure(say("all {count} orders?", count=len(chosen)))
    await do_each(screen, chosen, deed, undoable=undoable)
