"""The measures that weekly reviews agreed on, and what became of them."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct

from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Measure, Staff
from orderterm.terms import MeasureOutcome
from orderterm.views.times import local


class MeasureRow(Struct, frozen=True):
    """A measure of the review of the week that began on ``week``.

    ``baseline`` is how often its cause was met in that week; ``overdue`` is whether it is
    unfinished and its last day is over.
    """

    id: int
    week: date
    cause: str
    text: str
    responsible: str
    responsible_name: str
    due_on: date
    baseline: int
    agreed_at: datetime
    agreed_by: str
    finished_at: datetime | None
    outcome: MeasureOutcome | None
    remark: str
    overdue: bool

    @property
    def key(self) -> str:
        """What a list knows the row by."""
        return str(self.id)


def measures(
    settings: Settings, now: datetime, since: date | None = None, until: date | None = None
) -> list[MeasureRow]:
    """The unfinished measures, and all those of some reviews.

    Args:
        settings: the home's settings.
        now: the time.
        since: the Monday of the first review of which the finished ones are wanted, too; None for
            none of them.
        until: the Monday of the last review that counts; None for all.

    Returns:
        The unfinished ones first, by the day until which they are to be done.
    """
    wanted = Measure.finished_at.is_null()
    if since is not None:
        wanted |= Measure.week >= since.isoformat()
    if until is not None:
        wanted &= Measure.week <= until.isoformat()
    with snapshot():
        rows = [_row(row, settings, now) for row in queries.rows(_selected().where(wanted))]
    return sorted(rows, key=lambda row: (row.finished_at is not None, row.due_on, row.id))


def _selected() -> Any:
    return Measure.select(
        Measure.id,
        Measure.week,
        Measure.cause,
        Measure.text,
        Measure.responsible,
        Staff.name,
        Measure.due_on,
        Measure.baseline,
        Measure.agreed_at,
        Measure.agreed_by,
        Measure.finished_at,
        Measure.outcome,
        Measure.remark,
    ).join(Staff, on=(Measure.responsible == Staff.badge))


def _row(row: tuple[Any, ...], settings: Settings, now: datetime) -> MeasureRow:
    number, week, cause, text, badge, name, due, baseline, agreed_at, by, finished, *end = row
    zone, due_on = settings.site.zone, date.fromisoformat(due)
    outcome, remark = end
    return MeasureRow(
        id=number,
        week=date.fromisoformat(week),
        cause=cause,
        text=text,
        responsible=badge,
        responsible_name=name,
        due_on=due_on,
        baseline=baseline,
        agreed_at=local(agreed_at, zone),
        agreed_by=by,
        finished_at=local(finished, zone),
        outcome=outcome,
        remark=remark,
        overdue=finished is None and now.astimezone(zone).date() > due_on,
    )
