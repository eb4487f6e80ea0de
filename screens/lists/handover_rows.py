"""Handovers as rows of a list, and what each told."""

from collections.abc import Sequence
from datetime import datetime

from orderterm.sentences import say
from orderterm.views.handover import HandoverRow, handovers, summary_text
from screens.desk import Desk, Page
from screens.station import Station
from screens.terminal.cells import wrap
from screens.widgets.canvas import Line
from screens.widgets.pane import Maker
from screens.widgets.work_list import Column


def _clock(moment: datetime | None) -> str:
    return f"{moment:%m-%d %H:%M}" if moment else ""


def _taker(row: HandoverRow, station: Station) -> str:
    """Who took it; else that nobody has, sooner or later."""
    if row.taken_at is not None:
        return row.taker
    return station.text(say("never taken") if row.neglected else say("waits"))


def _taker_look(row: HandoverRow, _: Station) -> str:
    if row.taken_at is not None:
        return ""
    return "overdue" if row.neglected else "in-progress"


COLUMNS = (
    Column(say("role"), 11, lambda row, s: s.text(row.role), keep=9),
    Column(say("shift"), 6, lambda row, _: row.shift, keep=5),
    Column(say("given by"), 9, lambda row, _: row.giver, keep=8, grow=True),
    Column(say("given at"), 11, lambda row, _: _clock(row.given_at), keep=9),
    Column(say("taken by"), 9, _taker, look=_taker_look, keep=9, grow=True),
    Column(say("taken at"), 11, lambda row, _: _clock(row.taken_at), keep=6),
    Column(say("to do"), 6, lambda row, _: str(row.summary.open or ""), right=True, keep=7),
    Column(
        say("overdue"),
        7,
        lambda row, _: str(row.summary.overdue or ""),
        look=lambda *_: "overdue",
        right=True,
        keep=7,
    ),
)


def about_handover(desk: Desk, row: HandoverRow) -> Maker:
    """What was told."""
    text = summary_text(row, desk.station.settings)

    def lines(columns: int) -> Sequence[Line]:
        station = desk.station
        return [[(line, "")] for one in text for line in wrap(station.text(one), columns)]

    return lines


THE_HANDOVERS = Page(
    say("handovers"),
    COLUMNS,
    read=lambda desk: handovers(desk.station.settings, desk.station.now()),
    detail=about_handover,
    empty=say("nothing has been handed over yet"),
    keys=("shift.take", "list.open", "shift.give"),
)
