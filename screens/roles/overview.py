"""What those who lead have on their screens: all that is late, the board, who holds what.

A row of the board or of a person opens its orders with Enter; Esc leads back to it.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import structs
from textual import events

from orderterm.errors import Refusal
from orderterm.sentences import say
from orderterm.views.escalated import escalated
from orderterm.views.handover import HandoverRow
from orderterm.views.queue import Counts, Wanted, Work, again
from screens.desk import Desk, Page
from screens.flows import handover, messages
from screens.foresight import Foresight
from screens.lists.board_rows import (
    BOARD,
    PEOPLE,
    BoardRow,
    PersonRow,
    about_board,
    about_person,
    board_rows,
    people_rows,
)
from screens.lists.columns import (
    CHANNEL,
    CUSTOMER,
    DUE,
    LEFT,
    NOTE,
    NUMBER,
    PRIORITY,
    RECEIVED,
    clock,
)
from screens.lists.forecast_rows import (
    FORECAST,
    ForecastRow,
    about_forecast,
    day_and_time,
    forecast_rows,
)
from screens.lists.measure_rows import MEASURES, about_measure, measure_rows
from screens.station import Station
from screens.widgets.work_list import Column


def _level(work: Work, station: Station) -> str:
    """The last rung that was told of overdue work."""
    return f"{station.marks.up}{work.level}" if work.level else ""


def _to_me(desk: Desk) -> Sequence[Work]:
    station = desk.station
    if station.person is None:
        return []
    return escalated(station.person, desk.wanted(), station.settings, station.now())


def _work(work: Work, station: Station) -> str:
    """The stage that is open, or the kind of exception."""
    what = work.exception or work.stage
    return station.text(what) if what else ""


def _who(work: Work, station: Station) -> str:
    """Who has it in hand; in brackets the role that it waits for."""
    if work.assignee_name or work.role is None:
        return work.assignee_name or ""
    return f"({station.text(work.role)})"


WORK = Column(
    say("work"),
    13,
    _work,
    look=lambda work, _: "exception" if work.exception else "",
    keep=9,
)
WHO = Column(say("with"), 12, _who, keep=8)
SINCE = Column(say("since"), 5, lambda work, s: clock(work.due_at, s), right=True, keep=6)
LEVEL = Column(say("level"), 5, _level, look=lambda *_: "overdue", keep=7)
LATE = (PRIORITY, NUMBER, WORK, WHO, SINCE, LEFT, LEVEL, CUSTOMER, CHANNEL, RECEIVED)
OPEN = (PRIORITY, NUMBER, WORK, WHO, DUE, LEFT, NOTE, CUSTOMER, CHANNEL, RECEIVED)

TO_ME = Page(
    say("up to me"),
    LATE,
    wanted=Wanted(overdue=True),
    read=_to_me,
    empty=say("nothing that is overdue has come up to you"),
)
OVERDUE = Page(
    say("all overdue"), LATE, wanted=Wanted(overdue=True), empty=say("nothing is overdue")
)
THE_BOARD = Page(
    say("board"),
    BOARD,
    read=lambda desk: board_rows(desk.station.settings, desk.station.now()),
    detail=about_board,
    keys=("list.open",),
)
THE_PEOPLE = Page(
    say("who holds what"),
    PEOPLE,
    read=lambda desk: people_rows(desk.station.settings, desk.station.now()),
    detail=about_person,
    empty=say("nobody is on the staff yet"),
    keys=("list.open",),
)
THE_FORECAST = Page(
    say("forecast"),
    FORECAST,
    read=lambda desk: forecast_rows(desk.foresight.read(desk.station.settings, desk.station.now())),
    detail=about_forecast,
    keys=("list.open",),
)
THE_MEASURES = Page(
    say("measures"),
    MEASURES,
    read=lambda desk: measure_rows(desk.station.settings, desk.station.now()),
    detail=about_measure,
    empty=say("no measure is agreed on: the weekly review suggests some"),
    keys=("measures.agree", "measures.finish"),
)
ALL_OPEN = Page(say("all open"), OPEN, empty=say("nothing is open"))


def _late_ones(row: ForecastRow) -> Page:
    """The orders of a queue that will be late, and when each is expected to be done."""
    expected = {one.task: one.expected_at for one in row.queue.orders}
    column = Column(
        say("expected by"),
        11,
        lambda work, s: day_and_time(expected.get(work.key), s),
        look=lambda *_: "due-soon",
        right=True,
        keep=9,
    )

    def read(desk: Desk) -> Sequence[Work]:
        found = again(expected, desk.station.settings, desk.station.now())
        return [found[key] for key in expected if key in found]

    due = structs.replace(DUE, keep=9)
    columns = (PRIORITY, NUMBER, WHO, due, column, NOTE, CUSTOMER, CHANNEL, RECEIVED)
    return Page(row.title, columns, read=read, empty=say("nothing is open"))


class Overview(Desk):
    """A screen on which a row may stand for many orders."""

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self.foresight = Foresight()
        self._behind: tuple[Page, str] | None = None

    def counted(self, rows: Sequence[Any]) -> Counts:
        if self.page is TO_ME and self.found is None:
            return Counts(len(rows), 0, len(rows))  # all of it is overdue, and there is no other
        return super().counted(rows)

    async def go_into(self, row: BoardRow | PersonRow | ForecastRow) -> None:
        """Show the orders that a row stands for.

        Raises:
            Refusal: there is none.
        """
        page = _page_of(row)
        self._behind = (self.page, row.key)
        await self.open_page(page)

    async def go_back(self) -> None:
        """Back to the row whose orders were shown."""
        if self._behind is not None:
            page, key = self._behind
            self._behind = None
            self.answer("")
            await self.open_page(page)
            self.window.point_at(key)
            self.list.redraw()
            self.rest()

    @property
    def is_inside(self) -> bool:
        """Whether the orders of a row are shown, whole."""
        whole = self.found is None and self.narrowed == Wanted()
        return self._behind is not None and self.page not in self.pages and whole

    async def press(self, event: events.Key) -> None:
        if event.key == "escape" and self.is_inside and not self.notices.display:
            self.run_flow(self.go_back())
        else:
            await super().press(event)


def _page_of(row: BoardRow | PersonRow | ForecastRow) -> Page:
    """The orders that a row stands for."""
    if isinstance(row, ForecastRow):
        if not row.queue.orders:
            raise Refusal("nothing that is open at {stage} will be late", stage=row.queue.stage)
        return _late_ones(row)
    if row.wanted is None:
        raise Refusal("{name} has nothing in hand", name=row.title)
    return Page(row.title, OPEN, wanted=row.wanted, empty=say("nothing is open"))


async def open_row(desk: Overview) -> None:
    """Open the order in hand, or the orders that the row in hand stands for."""
    row: Any = desk.window.row
    if isinstance(row, BoardRow | PersonRow | ForecastRow):
        await desk.go_into(row)
        desk.answer(say("esc leads back"), "faint")
    elif isinstance(row, HandoverRow):
        await handover.show(desk, row)
    else:
        await messages.open_row(desk)
