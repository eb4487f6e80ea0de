"""The blocks of the wall monitor: what each shows, and how long its list is."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from orderterm.sentences import say
from orderterm.terms import EXCEPTION_ROLES, STAGE_ROLES, Stage
from orderterm.views.monitor import MonitorView
from orderterm.views.overdue import OverdueRow
from screens.lists.board_rows import LIGHT_LOOKS
from screens.lists.columns import LETTERS
from screens.station import Station
from screens.wall.chart import chart
from screens.wall.table import part_of, parts_of, table
from screens.widgets.canvas import Line
from screens.widgets.work_list import Column

Draw = Callable[[MonitorView, Station, int, int, int], Sequence[Line]]


class Block(Struct, frozen=True):
    """A part of the monitor.

    ``draw`` is told what is to be shown, the station, columns, rows, and which part of its list.
    ``length`` gives the length of the list that is shown part by part, under ``head`` lines.
    """

    draw: Draw
    length: Callable[[MonitorView], int] = lambda _: 0
    head: int = 1

    def parts(self, view: MonitorView, rows: int) -> int:
        """In how many parts its list is shown in so many rows."""
        return parts_of(self.length(view), rows - self.head)


def age(since: datetime, at: datetime) -> str:
    """How long ago something was: hours and minutes, days where there are many."""
    minutes = max(timedelta(0), at - since) // timedelta(minutes=1)
    return f"{minutes // 60}:{minutes % 60:02d}" if minutes < 100 * 60 else f"{minutes // 1440}d"


def _figure(number: int) -> str:
    """A figure; nothing where there is nothing, so that what is there stands out."""
    return str(number) if number else ""


def _count(name: str, title: Any, width: int, look: str = "", keep: int = 9) -> Column:
    """A column of figures."""
    return Column(
        title,
        width,
        lambda row, _: _figure(getattr(row, name)),
        look=lambda row, _: look if getattr(row, name) else "",
        right=True,
        keep=keep,
    )


# -- the sums, and the stages ---------------------------------------------------------------------


def _totals(view: MonitorView, station: Station, columns: int, rows: int, part: int) -> list[Line]:
    """The sums at fixed places, and the channels whose day is a surge."""
    del columns, rows, part
    totals = view.totals
    sums = (
        (say("{count} open", count=f"{totals.open:>6}"), "strong"),
        (say("{count} due soon", count=f"{totals.due_soon:>6}"), _if(totals.due_soon, "due-soon")),
        (say("{count} overdue", count=f"{totals.overdue:>6}"), _if(totals.overdue, "overdue")),
        (
            say("{count} exceptions", count=f"{totals.exceptions:>6}"),
            _if(totals.exceptions, "exception"),
        ),
    )
    line = [(station.text(told), look) for told, look in sums]
    surging = [one.name for one in view.channels if one.surge]
    if surging:
        surge = station.text(say("SURGE: {channels}", channels=surging))
        line.append((f"   {station.marks.warning} {surge}", "overdue"))
    return [line]


def _if(number: int, look: str) -> str:
    return look if number else ""


def _stages(view: MonitorView, station: Station, columns: int, rows: int, part: int) -> list[Line]:
    del rows, part
    return table(_stage_columns(view), view.stages, columns, station)


def _stage_columns(view: MonitorView) -> Sequence[Column]:
    at = view.at
    return (
        Column(
            None,
            8,
            lambda row, s: f"{s.marks.marked} {s.text(row.light)}",
            look=lambda row, _: LIGHT_LOOKS[row.light],
            keep=10,
        ),
        Column(say("stage"), 12, lambda row, s: s.text(row.stage), keep=10),
        _count("open", say("to do"), 5),
        _count("due_soon", say("soon"), 5, "due-soon", keep=6),
        _count("overdue", say("overdue"), 7, "overdue"),
        _count("exceptions", say("exc."), 5, "exception"),
        Column(
            say("ready"),
            5,
            lambda row, _: _end(view, row.stage),
            look=lambda row, _: "due-soon" if _late(view, row.stage) else "",
            right=True,
            keep=7,
        ),
        _count("done_today", say("done today"), 10, keep=2),
        Column(say("oldest"), 16, lambda row, _: row.oldest.number if row.oldest else "", keep=8),
        Column(
            say("age"),
            5,
            lambda row, _: age(row.oldest.since, at) if row.oldest else "",
            right=True,
            keep=8,
        ),
        Column(
            say("with"), 7, lambda row, _: row.oldest.who if row.oldest else "", keep=7, grow=True
        ),
    )


def _late(view: MonitorView, stage: Stage) -> int:
    """How many tasks of the stage will be late and are not yet."""
    return view.forecast.of(stage).late if view.forecast else 0


def _end(view: MonitorView, stage: Stage) -> str:
    """When the stage's queue will be done; a question mark where that is not in sight."""
    queue = view.forecast.of(stage) if view.forecast else None
    if queue is None or not queue.open:
        return ""
    return _clock(queue.done_at, view.at) if queue.done_at else "?"


def _ahead(view: MonitorView, station: Station, columns: int, rows: int, part: int) -> list[Line]:
    """What will be late if nothing changes, by stage."""
    del columns, rows, part
    if view.forecast is None:
        return []
    late = [
        say("{stage} {count}", stage=stage, count=count)
        for stage in Stage
        if (count := _late(view, stage))
    ]
    if not late:
        return [[(f" {station.text(say('nothing more will be late'))}", "done")]]
    told = say("{count} will be late: {stages}", count=view.forecast.late, stages=late)
    return [[(f" {station.marks.warning} {station.text(told)}", "due-soon")]]


# -- what is overdue ------------------------------------------------------------------------------


def _overdue(view: MonitorView, station: Station, columns: int, rows: int, part: int) -> list[Line]:
    """What is overdue, under a line that tells how much and which part of it is shown."""
    if not view.overdue:
        return [[(" ", ""), (station.text(say("nothing is overdue")), "done")]]
    first, shown = part_of(view.overdue, rows - OVERDUE.head, part)
    told = say(
        "overdue: {first} to {last} of {total}",
        first=first + 1,
        last=first + len(shown),
        total=view.totals.overdue,
    )
    return [
        [(f" {station.text(told)}", "overdue")],
        *table(_overdue_columns(view.at), shown, columns, station),
    ]


def _overdue_columns(at: datetime) -> Sequence[Column]:
    return (
        Column(None, 1, lambda row, s: LETTERS.get(row.priority, s.marks.open), keep=9),
        Column(say("order"), 16, lambda row, _: row.number, keep=10),
        Column(say("stage"), 14, lambda row, s: s.text(row.stage or row.exception), keep=9),
        Column(say("with"), 8, _hand, look=_hand_look, keep=8, grow=True),
        Column(say("since"), 5, lambda row, _: _clock(row.since, at), right=True, keep=7),
        Column(
            say("late"),
            5,
            lambda row, _: age(row.since, at),
            look=lambda *_: "overdue",
            right=True,
            keep=9,
        ),
        Column(say("goes to"), 8, lambda row, _: ", ".join(row.risen_to), keep=8),
        Column(say("customer"), 12, lambda row, _: row.customer, keep=6, grow=True),
        Column(say("contact"), 16, lambda row, _: row.contact, keep=3),
        Column(say("address"), 16, lambda row, _: row.address, keep=2),
    )


def _hand(row: OverdueRow, station: Station) -> str:
    """Who has it; where nobody has, the role that it waits for."""
    if row.assignee is not None:
        return row.assignee_name
    if row.exception is not None:
        return station.text(EXCEPTION_ROLES[row.exception])
    return station.text(STAGE_ROLES[row.stage]) if row.stage else ""


def _hand_look(row: OverdueRow, _: Station) -> str:
    return "faint" if row.assignee is None else ""


def _clock(moment: datetime, at: datetime) -> str:
    """A time of the same day as hours and minutes, another one as a day."""
    return f"{moment:%H:%M}" if moment.date() == at.date() else f"{moment:%m-%d}"


# -- who and what carries it ----------------------------------------------------------------------


def _people(view: MonitorView, station: Station, columns: int, rows: int, part: int) -> list[Line]:
    _, shown = part_of(view.people, rows - PEOPLE.head, part)
    return table(_PEOPLE, shown, columns, station)


def _channels(
    view: MonitorView, station: Station, columns: int, rows: int, part: int
) -> list[Line]:
    _, shown = part_of(view.channels, rows - CHANNELS.head, part)
    return table(_CHANNELS, shown, columns, station)


def _exceptions(
    view: MonitorView, station: Station, columns: int, rows: int, part: int
) -> list[Line]:
    del rows, part
    return table(_exception_columns(view.at), view.exceptions, columns, station)


_PEOPLE = (
    Column(say("name"), 11, lambda row, _: row.name, keep=10, grow=True),
    _count("open", say("to do"), 5),
    _count("overdue", say("overdue"), 7, "overdue"),
    _count("done_today", say("done today"), 10, keep=5),
)

_CHANNELS = (
    Column(say("channel"), 11, lambda row, _: row.name, keep=10, grow=True),
    _count("open", say("to do"), 5),
    _count("received_today", say("in today"), 8),
    Column(
        None,
        6,
        lambda row, s: s.text(say("SURGE")) if row.surge else "",
        look=lambda *_: "overdue",
        keep=8,
    ),
)


def _exception_columns(at: datetime) -> Sequence[Column]:
    return (
        Column(say("exceptions"), 14, lambda row, s: s.text(row.kind), keep=10),
        _count("open", say("open"), 6, "exception"),
        _count("overdue", say("overdue"), 7, "overdue"),
        Column(
            say("oldest"),
            6,
            lambda row, _: age(row.oldest.since, at) if row.oldest else "",
            right=True,
            keep=7,
        ),
        Column(say("order"), 16, lambda row, _: row.oldest.number if row.oldest else "", keep=3),
    )


def _chart(view: MonitorView, station: Station, columns: int, rows: int, part: int) -> list[Line]:
    del part
    return chart(view, station, columns, rows)


TOTALS = Block(_totals)
STAGES = Block(_stages)
AHEAD = Block(_ahead)
CHART = Block(_chart)
OVERDUE = Block(_overdue, lambda view: len(view.overdue), head=2)
PEOPLE = Block(_people, lambda view: len(view.people))
CHANNELS = Block(_channels, lambda view: len(view.channels))
EXCEPTIONS = Block(_exceptions)
