"""Messages that are not sent: once more, and the order that they are about."""

from functools import partial

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action
from orderterm.sentences import say
from orderterm.views.messages import MessageRow
from orderterm.workflow import sending
from screens.desk import Desk
from screens.flows.permitted import demand
from screens.order_screen import open_order
from screens.work_screen import Handler


async def retry(desk: Desk) -> None:
    """Send the message in hand once more, or all marked ones."""
    demand(desk, Action.MESSAGES)
    station = desk.station
    chosen = [row for row in desk.window.chosen if isinstance(row, MessageRow)]
    if not chosen:
        raise Refusal("no message is in hand here: the page of the messages shows those not sent")
    for row in chosen:
        again = partial(sending.retry, station.workplace, station.badge, row.id)
        outcome = await desk.change(again)
    if len(chosen) == 1:
        desk.answer(outcome.sentence, "done")
    else:
        desk.answer(say("messages that are sent again: {count}", count=len(chosen)), "done")
        desk.window.marks.clear()
    desk.refresh_soon()


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
