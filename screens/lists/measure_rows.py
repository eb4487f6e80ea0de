"""The measures of the weekly reviews as rows of a list, and all of one beside it."""

from collections.abc import Sequence
from datetime import datetime

from orderterm.rules.causes import cause_sentence
from orderterm.rules.weeks import week_of
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.views.measures import MeasureRow, measures
from screens.desk import Desk
from screens.station import Station
from screens.terminal.cells import wrap
from screens.widgets.canvas import Line
from screens.widgets.pane import Maker
from screens.widgets.work_list import Column

_REVIEWS = 2
"""Of so many weeks back, the running one not counted, finished measures are shown, too."""


def measure_rows(settings: Settings, now: datetime) -> list[MeasureRow]:
    """The unfinished measures, then those of the last reviews that are finished."""
    zone = settings.site.zone
    this = week_of(now.astimezone(zone).date(), zone)
    return measures(settings, now, since=this.before(_REVIEWS).monday)


def _cause(row: MeasureRow, station: Station) -> str:
    return station.text(cause_sentence(row.cause))


def _standing(row: MeasureRow, station: Station) -> str:
    if row.outcome is not None:
        return station.text(row.outcome)
    return station.text(say("overdue")) if row.overdue else ""


def _look(row: MeasureRow, _: Station) -> str:
    if row.outcome is not None:
        return "faint"
    return "overdue" if row.overdue else ""


MEASURES = (
    Column(say("until"), 5, lambda row, _: f"{row.due_on:%m-%d}", look=_look, keep=9),
    Column(say("measure"), 24, lambda row, _: row.text, look=_look, keep=10, grow=True),
    Column(say("responsible"), 11, lambda row, _: row.responsible_name, look=_look, keep=8),
    Column(say("cause"), 20, _cause, look=_look, keep=6, grow=True),
    Column(say("result"), 12, _standing, look=_look, keep=7),
)


def about_measure(desk: Desk, row: MeasureRow) -> Maker:
    """All there is to know of a measure."""
    station = desk.station

    def lines(columns: int) -> Sequence[Line]:
        told = [station.text(sentence) for sentence in _told(row)]
        return [
            *([(line, "strong")] for line in wrap(row.text, columns)),
            *([(line, "")] for text in told for line in wrap(text, columns)),
        ]

    return lines


def _told(row: MeasureRow) -> list[Sentence]:
    """What is on record of a measure, a sentence a line."""
    told = [
        say(
            "measure {id} of the review of the week of {week}: {name} until {day}",
            id=row.id,
            week=row.week.isoformat(),
            name=row.responsible_name,
            day=row.due_on.isoformat(),
        ),
        say(
            "against: {cause}, {count} times in that week",
            cause=cause_sentence(row.cause),
            count=row.baseline,
        ),
    ]
    if row.outcome is not None and row.finished_at is not None:
        day = f"{row.finished_at:%Y-%m-%d}"
        told.append(say("finished on {day}: {outcome}", day=day, outcome=row.outcome))
    if row.remark:
        told.append(say("{text}", text=row.remark))
    return told
