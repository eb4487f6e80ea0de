"""The measures that weekly reviews agreed on, and what became of them."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from msgspec import Struct, structs

from orderterm.rules.causes import Raised, counted, counted_as
from orderterm.rules.weeks import Week, week_of
from orderterm.settings import Settings
from orderterm.store import causes, queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Measure, Staff
from orderterm.terms import MeasureOutcome
from orderterm.views.times import local


class MeasureRow(Struct, frozen=True):
    """A measure of the review of the week that began on ``week``.

    ``baseline`` is how often its cause was met in that week, all of it, as far as it is over;
    ``overdue`` is whether it is unfinished and its last day is over.
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
    settings: Settings,
    now: datetime,
    since: date | None = None,
    until: date | None = None,
    open_at: datetime | None = None,
) -> list[MeasureRow]:
    """The unfinished measures, and all those of some reviews.

    Args:
        settings: the home's settings.
        now: the time.
        since: the Monday of the first review of which the finished ones are wanted, too; None for
            none of them.
        until: the Monday of the last review that counts; None for all.
        open_at: those that were finished since are wanted, too; None for none of them.

    Returns:
        The unfinished ones first, by the day until which they are to be done.
    """
    wanted = Measure.finished_at.is_null()
    if since is not None:
        wanted |= Measure.week >= since.isoformat()
    if open_at is not None:
        wanted |= Measure.finished_at >= open_at
    if until is not None:
        wanted &= Measure.week <= until.isoformat()
    with snapshot():
        rows = [_row(row, settings, now) for row in queries.rows(_selected().where(wanted))]
        rows = _of_whole_weeks(rows, settings)
    return sorted(rows, key=lambda row: (row.finished_at is not None, row.due_on, row.id))


def _of_whole_weeks(rows: list[MeasureRow], settings: Settings) -> list[MeasureRow]:
    """The rows with what their whole weeks met, also where a measure was agreed on before the end
    of its week, and what it was agreed on with is not all."""
    weeks = {row.week: week_of(row.week, settings.site.zone) for row in rows}
    early = {row.week for row in rows if row.agreed_at < weeks[row.week].end}
    met = {monday: _met(weeks[monday]) for monday in early}
    return [
        structs.replace(row, baseline=met[row.week][counted_as(row.cause)])
        if row.week in met
        else row
        for row in rows
    ]


def _met(week: Week) -> Counter[str]:
    raised = [Raised(*row) for row in causes.raised(week.start, week.end)]
    return counted(raised, causes.late(week.start, week.end))


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
