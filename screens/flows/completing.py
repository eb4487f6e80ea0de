"""Finishing stages: one order or all marked ones, with what each stage asks for."""

from collections.abc import Callable, Sequence
from functools import partial

from orderterm.errors import Refusal
from orderterm.sentences import Sentence, say
from orderterm.terms import Stage
from orderterm.views.queue import Work
from orderterm.workflow import stages
from orderterm.workflow.details import Details
from orderterm.workflow.workplace import Outcome
from screens.flows.answers import overdue_reason
from screens.flows.refunding import refund
from screens.flows.resolving import resolve_one
from screens.flows.returns import inspection
from screens.work_screen import WorkScreen

Deed = Callable[[Work], Outcome]


async def complete(screen: WorkScreen) -> None:
    """Finish the stage of the order in hand, or of every marked one."""
    await complete_all(screen, chosen_orders(screen))


async def complete_all(screen: WorkScreen, chosen: Sequence[Work]) -> None:
    """Finish the stage of each order of ``chosen``, which is not empty."""
    if len(chosen) == 1:
        await _complete_one(screen, chosen[0])
        return
    asked = [work.number for work in chosen if work.stage in _ASKED]
    if asked:
        raise Refusal(
            "{number} must be finished alone: {stage} asks for what belongs to one order",
            number=asked[0],
            stage=next(work.stage for work in chosen if work.stage in _ASKED),
        )
    await screen.sure(say("finish {count} orders?", count=len(chosen)))
    reason = await reason_if_late(screen, chosen)
    await do_all(
        screen, chosen, lambda work: confirmed(screen, work, reason, Details()), undoable=True
    )


async def _complete_one(screen: WorkScreen, work: Work) -> None:
    if work.exception is not None:
        await resolve_one(screen, work)
        return
    reason = await reason_if_late(screen, [work])
    details = await _details(screen, work)
    await finish(screen, work, reason, details)


async def finish(screen: WorkScreen, work: Work, reason: str, details: Details) -> None:
    """Finish the stage of one order with what is known for it."""
    await do_one(screen, work, lambda one: confirmed(screen, one, reason, details), undoable=True)


def confirmed(
    screen: WorkScreen, work: Work, reason: str, details: Details, stage: Stage | None = None
) -> Outcome:
    """Finish a stage of the order, the row's own where none is named; on a thread."""
    station = screen.station
    return stages.confirm(
        station.workplace,
        station.badge,
        work.number,
        stage=stage or work.stage,
        reason=reason,
        details=details,
    )


async def reason_if_late(screen: WorkScreen, chosen: Sequence[Work]) -> str:
    """Why work is late, where any of it is."""
    late = [
        work
        for work in chosen
        if work.due_at is not None and not work.paused and screen.station.now() > work.due_at
    ]
    return await overdue_reason(screen) if late else ""


async def _details(screen: WorkScreen, work: Work) -> Details:
    if work.stage is Stage.SHIPPING:
        parcel: Details = await screen.desk.parcel_of(work, screen)
        return parcel
    if work.stage is Stage.REFUND:
        return await refund(screen, work)
    if work.stage is Stage.RECEIVING:
        return await inspection(screen, work)
    return Details()


_ASKED = (Stage.SHIPPING, Stage.REFUND, Stage.RECEIVING)


# -- one order, or many ---------------------------------------------------------------------------


def chosen_orders(screen: WorkScreen) -> list[Work]:
    """The orders that are meant: the marked ones, else the one in hand.

    Raises:
        Refusal: there is none.
    """
    in_hand = screen.need_row()
    return screen.chosen or [in_hand]  # what is marked may be no orders


def each_once(screen: WorkScreen) -> list[Work]:
    """The orders that are meant, where one that has several rows is meant once.

    Raises:
        Refusal: there is none.
    """
    return list({work.number: work for work in chosen_orders(screen)}.values())


async def do_one(screen: WorkScreen, work: Work, deed: Deed, *, undoable: bool = False) -> None:
    """Do something with one order, and answer what came of it."""
    outcome = await screen.change(lambda: deed(work))
    screen.answer(outcome.sentence, "done")
    screen.finished(work)
    if undoable:
        screen.can_undo([work])


async def do_each(
    screen: WorkScreen, chosen: Sequence[Work], deed: Deed, *, undoable: bool = False
) -> None:
    """Do something with one order or with each of several."""
    if len(chosen) == 1:
        await do_one(screen, chosen[0], deed, undoable=undoable)
    else:
        await do_all(screen, chosen, deed, undoable=undoable)


async def do_all(
    screen: WorkScreen,
    chosen: Sequence[Work],
    deed: Deed,
    *,
    stays: bool = False,
    undoable: bool = False,
) -> None:
    """Do something with each of several orders; one that is refused keeps no other back.

    Args:
        screen: where.
        chosen: the orders.
        deed: what is done, on a thread.
        stays: whether the orders keep their places and marks, as nothing of them is finished.
        undoable: whether one key takes it back.
    """
    results: list[tuple[str, Sentence, bool]] = []
    for place, work in enumerate(chosen, start=1):
        screen.answer(say("{done} of {count} …", done=place, count=len(chosen)), "faint")
        try:
            outcome = await screen.change(partial(deed, work))
        except Refusal as refusal:
            results.append((work.number, refusal.sentence, False))
        else:
            results.append((work.number, outcome.sentence, True))
            if not stays:
                screen.finished(work)
    done = sum(ok for _, _, ok in results)
    if undoable and done:
        screen.can_undo([work for work, (_, _, ok) in zip(chosen, results, strict=True) if ok])
    screen.show_results(results)
    screen.refresh_soon()
    refused = next((said for _, said, ok in results if not ok), None)
    if refused is None:
        screen.answer(say("all {count} done", count=done), "done")
    else:
        screen.answer(
            say(
                "{done} done, {refused} not: {why}",
                done=done,
                refused=len(results) - done,
                why=refused,
            ),
            "refused",
        )
