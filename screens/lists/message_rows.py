"""Messages that are not sent as rows of a list, and what is told of one beside it."""

from collections.abc import Sequence

from orderterm.sentences import say
from orderterm.settings import Settings
from orderterm.views.messages import MessageRow, MessageState, Which, messages, state_text
from screens.desk import Desk, Page
from screens.lists.columns import clock, countdown
from screens.station import Station
from screens.terminal.cells import wrap
from screens.widgets.canvas import Line
from screens.widgets.pane import Maker
from screens.widgets.work_list import Column

MOST_SHOWN = 200
"""How many messages of either sort are shown; who has more of them has another trouble."""


def message_rows(desk: Desk) -> Sequence[MessageRow]:
    """Those that were given up, the latest first, then those that wait, by their next try."""
    settings: Settings = desk.station.settings
    now = desk.station.now()
    given_up = messages(settings, now, Which.FAILED, limit=MOST_SHOWN)
    return [*given_up, *messages(settings, now, Which.UNSENT, limit=MOST_SHOWN)]


def _look(row: MessageRow, _: Station) -> str:
    if row.state is MessageState.GIVEN_UP:
        return "exception"
    return "overdue" if row.overdue else ""


def _left(row: MessageRow, station: Station) -> str:
    return countdown(row.due_at - station.now())


MESSAGES = (
    Column(say("kind"), 15, lambda row, s: s.text(row.kind), look=_look, keep=10),
    Column(say("order"), 16, lambda row, _: row.number or "", keep=10),
    Column(say("to"), 10, lambda row, _: row.name, keep=6),
    Column(say("state"), 8, lambda row, s: s.text(row.state), look=_look, keep=9),
    Column(say("due"), 5, lambda row, s: clock(row.due_at, s), right=True, keep=5),
    Column(say("left"), 6, _left, look=_look, right=True, keep=8),
    Column(say("what"), 20, lambda row, s: s.text(state_text(row)), keep=7, grow=True),
)


def about_message(desk: Desk, row: MessageRow) -> Maker:
    """All there is to know of a message, and what can be done about it."""
    station = desk.station

    def lines(columns: int) -> Sequence[Line]:
        told = [
            say("{name}: {text}", name=row.name, text=row.contact or say("no address")),
            say("tries: {count}", count=row.attempts),
            say("{name}: {text}", name=row.state, text=state_text(row)),
        ]
        if row.sender:
            told.append(say("by the sender {name}", name=row.sender))
        key = station.keys.named("messages.retry").key
        again = say("{key} sends it once more; enter shows its order", key=key)
        head: Line = [(station.text(row.kind), "strong"), (f"  {row.number or ''}", "faint")]
        facts: list[Line] = [
            [(line, "")] for one in told for line in wrap(station.text(one), columns)
        ]
        return [
            head,
            *facts,
            [],
            *([(line, "faint")] for line in wrap(station.text(again), columns)),
        ]

    return lines


UNSENT = Page(
    say("messages"),
    MESSAGES,
    read=message_rows,
    detail=about_message,
    empty=say("every message has been sent"),
    keys=("messages.retry", "list.open", "list.mark"),
)
"""The page of the messages to customers and staff that have not left."""
