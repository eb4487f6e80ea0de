"""订单处理进度跟踪表."""

from orderterm.reports.document import Report, Value
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import Request, field, report, section, why_late, yes_no
from orderterm.sentences import say
from orderterm.terms import TaskOutcome
from orderterm.views.registers.progress import ProgressRow, masked, progress
from orderterm.views.timetable import limit_text


def build(request: Request) -> Report:
    """The stages that ended in the period, and those that are open and had begun by its end."""
    settings = request.settings
    fields = (
        field(say("Order number"), lambda row: row.number, width=18),
        field(say("Priority"), lambda row: row.priority, width=9),
        field(say("Stage"), lambda row: row.stage),
        field(say("Responsible role"), lambda row: row.role),
        field(say("Responsible person"), lambda row: row.person),
        field(say("Started at"), lambda row: row.started_at, "time"),
        field(say("Time limit"), lambda row: limit_text(row.limit), width=16),
        field(say("Due at"), lambda row: row.due_at, "time"),
        field(say("Done at"), lambda row: row.done_at, "time"),
        field(say("Time taken"), lambda row: row.took, "duration"),
        field(say("Time paused"), lambda row: row.paused or None, "duration"),
        field(say("Overdue"), lambda row: yes_no(row.late_by is not None)),
        field(say("Overdue by"), lambda row: row.late_by, "duration"),
        field(say("Escalated to"), lambda row: ", ".join(row.risen_to)),
        field(say("Escalated at"), lambda row: row.risen_at, "time"),
        field(say("Why overdue"), lambda row: why_late(row.reason, settings), width=20),
        field(say("Colour"), lambda row: row.colour, width=16),
        field(say("Remark"), _remark),
    )
    rows = request.seen(progress(request.days, settings, request.now), masked)
    empty = say("no stage ended on these days, and none is open that had begun by then")
    name = ReportName.PROGRESS
    return report(name, request, section(name, fields, rows, empty))


def _remark(row: ProgressRow) -> Value:
    """Why its clock stands still, or that it ended without being done."""
    if row.waits is not None:
        return row.waits
    return None if row.outcome is TaskOutcome.DONE else row.outcome
