"""Messages that are not sent: once more, and the order that they are about."""

from collections.abc import Sequence
from functools import partial

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action
from orderterm.sentences import Sentence, say
from orderterm.views.messages import MessageRow
from orderterm.workflow import sending
from orderterm.workflow.workplace import Outcome
from screens.desk import Desk
from screens.flows.permitted import demand
from screens.order_screen import open_order
from screens.work_screen import Handler


async def retry(desk: Desk) -> None:
    """Send the message in hand once more, or all marked ones."""
    demand(desk, Action.MESSAGES)
    chosen = [row for row in desk.window.chosen if isinstance(row, MessageRow)]
    if not chosen:
        raise Refusal("no message is in hand here: the page of the messages shows those not sent")
    if len(chosen) > 1:
        await _retry_each(desk, chosen)
    else:
        desk.answer((await _retry(desk, chosen[0])).sentence, "done")
    desk.refresh_soon()


async def _retry(desk: Desk, row: MessageRow) -> Outcome:
    station = desk.station
    return await desk.change(partial(sending.retry, station.workplace, station.badge, row.id))


async def _retry_each(desk: Desk, chosen: Sequence[MessageRow]) -> None:
    """Send each of several; one that is refused keeps no other back."""
    refused: list[Sentence] = []
    for row in chosen:
        try:
            await _retry(desk, row)
        except Refusal as refusal:
            refused.append(refusal.sentence)
    desk.window.marks.clear()
    done = len(chosen) - len(refused)
    if refused:
        told = {"done": done, "refused": len(refused), "why": refused[0]}
        desk.answer(say("{done} done, {refused} not: {why}", **told), "refused")
    else:
        desk.answer(say("messages that are sent again: {count}", count=done), "done")


async def open_row(desk: Desk) -> None:
    """Show the order that the message in hand is about; else the whole order in hand."""
    row = desk.window.row
    if not isinstance(row, MessageRow):
        await open_order(desk)
    elif row.number is None:
        raise Refusal("this message is about no order")
    elif await desk.go_to(row.number):
        desk.answer(say("esc leads back"), "faint")


HANDLERS: dict[str, Handler] = {"messages.retry": retry}
