"""The handover of a shift: told with one key, taken over with another, read on a sheet."""

from orderterm.rules.permissions import Action
from orderterm.sentences import Sentence, say
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
    """Take over what waits for the person's roles; on a list of handovers, the one in hand."""
    demand(desk, Action.HAND_OVER)
    station, row = desk.station, desk.window.row
    which = row.id if isinstance(row, HandoverRow) else None
    outcome = await desk.change(lambda: take_over(station.workplace, station.badge, which))
    desk.refresh_soon()
    if outcome.changed:
        await _show_outcome(desk, outcome)
    else:
        desk.answer(outcome.sentence)


async def _show_outcome(desk: Desk, outcome: Outcome) -> None:
    station, number = desk.station, int(outcome.number)
    desk.answer(outcome.sentence, "done")  # for when the sheet is closed
    row = await desk.read(lambda: handover(number, station.settings, station.now()))
    if row is not None:
        await show(desk, row, outcome.sentence)


async def show(desk: Desk, row: HandoverRow, told: Sentence | None = None) -> None:
    """Show a handover on a sheet."""
    text = summary_text(row, desk.station.settings)
    await desk.app.push_screen(SheetScreen(desk.station, say("handover"), text, told))
