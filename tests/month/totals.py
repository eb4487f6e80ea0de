"""What the reports of a simulated month come to, beside what plain SQL counts."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta

from orderterm import settings as all_settings
from orderterm.reports.catalogue import BUILDERS
from orderterm.reports.document import Period
from orderterm.reports.making import file_name
from orderterm.reports.names import Format, ReportName
from orderterm.reports.registers.frame import Request
from orderterm.rules.working_time import WorkingTime
from orderterm.settings import Settings
from orderterm.store import connection
from orderterm.store.fields import utc_text
from orderterm.views.weekly.review import WeeklyReview, weekly
from orderterm.views.weekly.volumes import together
from tests.month.plan import Lived

REGISTERS = {
    ReportName.REGISTRATION: "SELECT count(*) FROM order_line WHERE removed_at IS NULL",
    ReportName.PRIORITY: "SELECT count(*) FROM orders",
    ReportName.PROGRESS: "SELECT count(*) FROM task",
    ReportName.SHIPPING: "SELECT count(*) FROM shipment",
    ReportName.EXCEPTIONS: (
        "SELECT (SELECT count(*) FROM order_exception) + (SELECT count(*) FROM task WHERE "
        "'task:' || id IN (SELECT subject FROM escalation WHERE level = 1) "
        "OR (outcome = 'done' AND done_at > due_at) "
        "OR (done_at IS NULL AND due_at < :now "
        "AND id NOT IN (SELECT task_id FROM pause WHERE ended_at IS NULL)))"
    ),
    ReportName.SURVEY: (
        "SELECT count(*) FROM orders WHERE id IN (SELECT order_id FROM survey_reply) "
        "OR id IN (SELECT order_id FROM message WHERE kind = 'survey' AND withdrawn_at IS NULL)"
    ),
}
"""Each register of the whole month, and how many rows it must have."""

_WEEK = {
    "received": (
        "SELECT count(*) FROM orders WHERE received_at >= ?1 AND received_at < ?2 "
        "AND (origin_id IS NULL OR nature = 'return')"
    ),
    "completed": (
        "SELECT count(*) FROM orders WHERE completed_at >= ?1 AND completed_at < ?2 "
        "AND (origin_id IS NULL OR nature = 'return')"
    ),
    "done": ("SELECT count(*) FROM task WHERE outcome = 'done' AND done_at >= ?1 AND done_at < ?2"),
    "late": (
        "SELECT count(*) FROM task WHERE outcome = 'done' AND done_at >= ?1 AND done_at < ?2 "
        "AND done_at > due_at"
    ),
    "exceptions": (
        "SELECT count(*) FROM order_exception WHERE opened_at >= ?1 AND opened_at < ?2 "
        # What a split passes on was counted where it was met; it is on the trail with the split.
        "AND id NOT IN (SELECT min(x.id) FROM order_exception x JOIN orders o ON o.id = x.order_id "
        "JOIN event e ON e.order_number = o.number AND e.kind = 'split' "
        "WHERE x.kind = 'shortage' GROUP BY o.id)"
    ),
    "escalations": (
        "SELECT count(*) FROM escalation WHERE level > 0 AND raised_at >= ?1 AND raised_at < ?2"
    ),
    "answers": "SELECT count(*) FROM survey_reply WHERE at >= ?1 AND at < ?2",
}


def compare(lived: Lived) -> Iterator[tuple[str, int, int]]:
    """Each total: its name, what the report says, what SQL counts."""
    settings = all_settings.load(lived.home)
    file = lived.home / settings.database
    connection.use(file, readonly=True)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        yield from _registers(lived, settings, database)
        for monday in _mondays(lived):
            yield from _week(lived, settings, database, monday)


def _registers(
    lived: Lived, settings: Settings, database: sqlite3.Connection
) -> Iterator[tuple[str, int, int]]:
    end = lived.end.astimezone(settings.site.zone).date()
    request = Request(settings, Period(lived.plan.first, end), lived.end)
    for name, query in REGISTERS.items():
        with connection.snapshot():
            rows = sum(1 for _ in BUILDERS[name](request).sections[0].rows)
        yield name.value, rows, _count(database, query, {"now": utc_text(lived.end)})


def _mondays(lived: Lived) -> Iterator[date]:
    monday = lived.plan.first - timedelta(days=lived.plan.first.weekday())
    while monday <= lived.end.date():
        yield monday
        monday += timedelta(days=7)


def _week(
    lived: Lived, settings: Settings, database: sqlite3.Connection, monday: date
) -> Iterator[tuple[str, int, int]]:
    week = tuple(
        utc_text(datetime.combine(day, time(), settings.site.zone).astimezone(UTC))
        for day in (monday, monday + timedelta(days=7))
    )
    said = _said(weekly(settings, monday, lived.end))
    for name, query in _WEEK.items():
        yield f"{monday} {name}", said[name], _count(database, query, week)


def _said(review: WeeklyReview) -> dict[str, int]:
    flow = together(review.volumes)
    return {
        "received": flow.received,
        "completed": flow.completed,
        "done": sum(row.this.took.count for row in review.stages),
        "late": sum(row.this.overdue for row in review.stages),
        "exceptions": review.troubles.opened,
        "escalations": sum(row.count for row in review.escalations if row.level),
        "answers": review.scores.replies,
    }


def _count(
    database: sqlite3.Connection, query: str, values: tuple[str, ...] | dict[str, str] = ()
) -> int:
    return int(database.execute(query, values).fetchone()[0])


def files_due(lived: Lived) -> set[str]:
    """The reports that the engines must have written, a file for each shift and each week."""
    settings = all_settings.load(lived.home)
    working_time, day = WorkingTime(settings), timedelta(days=1)
    days = [lived.plan.first + number * day for number in range(lived.plan.days)]
    shifts = {
        file_name(ReportName(name), Period(one, one), Format(kind), span.name)
        for one in days
        for span in working_time.shifts_on(one)
        for name in settings.reports.shift
        for kind in settings.reports.formats
    }
    weeks = [one for one in _mondays(lived) if one + 7 * day <= lived.end.date()]
    return shifts | {
        file_name(ReportName(name), Period(one, one + 6 * day), Format(kind))
        for one in weeks
        for name in settings.reports.week
        for kind in settings.reports.formats
    }
