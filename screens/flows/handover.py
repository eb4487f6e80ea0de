"""The handover of a shift: told with one key, taken over with another, read on a sheet."""

from orderterm.rules.permissions import Action
from orderterm.sentences import Sentence, say
from orderterm.terms import NoticeKind
from orderterm.views.handover import HandoverRow, handover, summary_text
from orderterm.workflow.handover import hand_over, take_over
from orderterm.workflow.workplace import Outcome
from screens.desk import Desk
from screens.flows.permitted import demand
from screens.sheet_screen import SheetScreen


async def give(desk: Desk) -> None:
    """Hand over the work of the screen's role, with a remark."""
    demand(desk, Action.HAND_OVER)
    station = desk.station
    remark = await desk.ask(say("handing {role} over; remark", role=desk.role), blank=True)
    outcome = await desk.change(
        lambda: hand_over(station.workplace, station.badge, desk.role, remark)
    )
    await _show_outcome(desk, outcome)


async def take(desk: Desk) -> None:
    """Take over what waits for the person's roles; where one handover is in hand, that one."""
    demand(desk, Action.HAND_OVER)
    station, which = desk.station, _in_hand(desk)
    outcome = await desk.change(lambda: take_over(station.workplace, station.badge, which))
    desk.refresh_soon()
    if outcome.changed:
        await _show_outcome(desk, outcome)
    else:
        desk.answer(outcome.sentence)


def _in_hand(desk: Desk) -> int | None:
    """The handover under the cursor: of the notifications while they are open, else of the list."""
    if desk.notices.display:
        notice = desk.notices.notice
        if notice is None or notice.kind is not NoticeKind.HANDOVER:
            return None
        return int(notice.facts["handover"])
    row = desk.window.row
    return row.id if isinstance(row, HandoverRow) else None


async def _show_outcome(desk: Desk, outcome: Outcome) -> None:
    desk.answer(outcome.sentence, "done")  # for when the sheet is closed
    await read_sheet(desk, int(outcome.number), outcome.sentence)


async def read_sheet(desk: Desk, number: int, told: Sentence | None = None) -> None:
    """Show the handover with an id on a sheet, with what there is to say beside it."""
    station = desk.station
    row = await desk.read(lambda: handover(number, station.settings, station.now()))
    if row is not None:
        await show(desk, row, told)


async def show(desk: Desk, row: HandoverRow, told: Sentence | None = None) -> None:
    """Show a handover on a sheet."""
    text = summary_text(row, desk.station.settings)
    await desk.app.push_screen(SheetScreen(desk.station, say("handover"), text, told))
