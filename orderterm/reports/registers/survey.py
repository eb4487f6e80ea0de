"""客户满意度调研表."""

from orderterm.reports.document import Report
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import Request, field, report, section
from orderterm.sentences import say
from orderterm.views.registers.survey import masked, surveys


def build(request: Request) -> Report:
    """The surveys sent in the period, and the answers that came in it."""
    fields = (
        field(say("Order number"), lambda row: row.number, width=18),
        field(say("Sent at"), lambda row: row.sent_at, "time"),
        field(say("Sent by"), lambda row: row.sender),
        field(say("Speed (1–5)"), lambda row: row.speed, "number"),
        field(say("Accuracy (1–5)"), lambda row: row.accuracy, "number"),
        field(say("Service (1–5)"), lambda row: row.service, "number"),
        field(say("Comment"), lambda row: row.comment, width=40),
        field(say("Answered at"), lambda row: row.answered_at, "time"),
        field(say("Followed up by"), lambda row: row.followed_by),
    )
    rows = request.seen(surveys(request.days, request.settings), masked)
    name = ReportName.SURVEY
    return report(name, request, section(name, fields, rows))
