"""The board and the people as rows of a list, and what is told of one beside it."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

from msgspec import Struct

from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.terms import ExceptionKind, Stage
from orderterm.views.hands import in_hands
from orderterm.views.monitor import Light, MonitorView, Oldest, PersonLoad, monitor
from orderterm.views.queue import Wanted, Work
from screens.desk import Desk
from screens.lists.columns import countdown, letter, remaining, urgency_look
from screens.station import Station
from screens.terminal.cells import fit, wrap
from screens.widgets.canvas import Line
from screens.widgets.pane import Maker
from screens.widgets.work_list import Column

LIGHT_LOOKS = {Light.GREEN: "done", Light.YELLOW: "in-progress", Light.RED: "exception"}


class BoardRow(Struct, frozen=True):
    """A stage, or a kind of exception, with its figures; None where one has none of them.

    ``day`` is everything else of the same moment.
    """

    name: Stage | ExceptionKind
    light: Light
    open: int
    due_soon: int | None
    overdue: int
    exceptions: int | None
    done_today: int | None
    oldest: Oldest | None
    day: MonitorView

    @property
    def key(self) -> str:
        """What the list knows the row by."""
        return self.name.value

    @property
    def title(self) -> Sentence:
        """What a list of its orders is called."""
        return say("{name}", name=self.name)

    @property
    def wanted(self) -> Wanted:
        """Its orders."""
        if isinstance(self.name, Stage):
            return Wanted(stages=(self.name,), exceptions=False)
        return Wanted(kinds=(self.name,), tasks=False)


class PersonRow(Struct, frozen=True):
    """A person with what is in their hands."""

    load: PersonLoad
    works: tuple[Work, ...]

    @property
    def key(self) -> str:
        """What the list knows the row by."""
        return self.load.badge

    @property
    def title(self) -> Sentence:
        """What a list of their orders is called."""
        return say("{name}", name=self.load.name)

    @property
    def wanted(self) -> Wanted | None:
        """Their orders; None where they have none."""
        return Wanted(mine=self.load.badge) if self.load.open else None


def board_rows(settings: Settings, now: datetime) -> list[BoardRow]:
    """The stages, and under them the kinds of exceptions."""
    day = monitor(settings, now, overdue_limit=0)
    stages = [
        BoardRow(
            one.stage,
            one.light,
            one.open,
            one.due_soon,
            one.overdue,
            one.exceptions,
            one.done_today,
            one.oldest,
            day,
        )
        for one in day.stages
    ]
    kinds = [
        BoardRow(
            one.kind,
            Light.RED if one.open else Light.GREEN,
            one.open,
            None,
            one.overdue,
            None,
            None,
            one.oldest,
            day,
        )
        for one in day.exceptions
    ]
    return stages + kinds


def people_rows(settings: Settings, now: datetime) -> list[PersonRow]:
    """Everybody who can have work, those with overdue and most work first."""
    held = in_hands(settings, now)
    people = monitor(settings, now, overdue_limit=0).people
    return [PersonRow(one, tuple(held.get(one.badge, ()))) for one in people]


# -- columns --------------------------------------------------------------------------------------


def _figure(number: int | None) -> str:
    """A figure; nothing where there is nothing, so that what is there stands out."""
    return str(number) if number else ""


def _oldest(row: BoardRow, station: Station) -> str:
    if row.oldest is None:
        return ""
    who = f" {row.oldest.who}" if row.oldest.who and isinstance(row.name, Stage) else ""
    return f"{countdown(station.now() - row.oldest.since)} {row.oldest.number}{who}"


def _next(row: PersonRow) -> Work | None:
    """What is due first of what a person has in hand; a clock that stands still is not running."""
    running = [(work.due_at, work) for work in row.works if work.due_at and not work.paused]
    return min(running, key=itemgetter(0))[1] if running else None


def _overdue_look(row: BoardRow, _: Station) -> str:
    return "overdue" if row.overdue else ""


BOARD = (
    Column(
        None,
        6,
        lambda row, s: s.text(row.light),
        look=lambda row, _: LIGHT_LOOKS[row.light],
        keep=8,
    ),
    Column(say("board"), 14, lambda row, s: s.text(row.name), keep=10),
    Column(say("all"), 5, lambda row, _: _figure(row.open), right=True, keep=9),
    Column(
        say("due soon"),
        8,
        lambda row, _: _figure(row.due_soon),
        look=lambda row, _: "due-soon" if row.due_soon else "",
        right=True,
        keep=6,
    ),
    Column(
        say("overdue"),
        7,
        lambda row, _: _figure(row.overdue),
        look=_overdue_look,
        right=True,
        keep=9,
    ),
    Column(
        say("exceptions"),
        10,
        lambda row, _: _figure(row.exceptions),
        look=lambda *_: "exception",
        right=True,
        keep=7,
    ),
    Column(say("oldest"), 21, _oldest, keep=8, grow=True),
    Column(say("done today"), 10, lambda row, _: _figure(row.done_today), right=True, keep=2),
)

PEOPLE = (
    Column(say("name"), 12, lambda row, _: row.load.name, keep=10, grow=True),
    Column(say("badge"), 10, lambda row, _: row.load.badge, keep=4),
    Column(say("in hand"), 7, lambda row, _: _figure(row.load.open), right=True, keep=9),
    Column(
        say("overdue"),
        7,
        lambda row, _: _figure(row.load.overdue),
        look=lambda *_: "overdue",
        right=True,
        keep=9,
    ),
    Column(say("done today"), 10, lambda row, _: _figure(row.load.done_today), right=True, keep=6),
    Column(
        say("next due"),
        24,
        lambda row, s: f"{remaining(next_, s)} {next_.number}" if (next_ := _next(row)) else "",
        look=lambda row, s: urgency_look(next_, s) if (next_ := _next(row)) else "",
        keep=7,
        grow=True,
    ),
)


# -- beside the list ------------------------------------------------------------------------------


def about_board(desk: Desk, row: BoardRow) -> Maker:
    """The day as a whole, and each channel's."""
    station, day = desk.station, row.day
    totals = day.totals
    sentences = [
        say(
            "today {received} came in, {completed} were completed",
            received=totals.received_today,
            completed=totals.completed_today,
        ),
        say(
            "{open} orders are open; {due_soon} due soon, {overdue} overdue, {exceptions} "
            "exceptions",
            open=totals.open,
            due_soon=totals.due_soon,
            overdue=totals.overdue,
            exceptions=totals.exceptions,
        ),
    ]

    def lines(columns: int) -> Sequence[Line]:
        told: list[Line] = [
            [(line, "")] for one in sentences for line in wrap(station.text(one), columns)
        ]
        return [*told, *_channels(day, station, columns)]

    return lines


def _channels(day: MonitorView, station: Station, columns: int) -> list[Line]:
    size = max(8, min(16, columns // 4))
    lines: list[Line] = []
    for one in day.channels:
        told = say("{open} open, {received} today", open=one.open, received=one.received_today)
        surge = "  " + station.text(say("surge")) if one.surge else ""
        lines.append(
            [
                (fit(one.name, size), "strong"),
                (f" {station.text(told)}", ""),
                (surge, "exception"),
            ]
        )
    return lines


def about_person(desk: Desk, row: PersonRow) -> Maker:
    """What somebody has in hand."""
    station = desk.station

    def lines(columns: int) -> Sequence[Line]:
        head: Line = [(row.load.name, "strong"), (f"  {row.load.badge}", "faint")]
        return [head, *in_hand_lines(row.works, station, columns)]

    return lines


def in_hand_lines(works: Sequence[Work], station: Station, columns: int) -> list[Line]:
    """The work that somebody has in hand."""
    if not works:
        return [[(station.text(say("nothing in hand")), "faint")]]
    return [_in_hand(work, station, columns) for work in works]


def _in_hand(work: Work, station: Station, columns: int) -> Line:
    stage = station.text(work.stage) if work.stage else ""
    return [
        (f"{letter(work, station)} ", ""),
        (fit(work.number, 17), ""),
        (fit(stage, max(0, min(14, columns - 28))), ""),
        (fit(remaining(work, station), 8, right=True), urgency_look(work, station)),
    ]
