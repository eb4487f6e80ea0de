"""《异常订单处理记录表》."""

from orderterm.reports.document import Report, Value
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import (
    Detail,
    Request,
    field,
    report,
    section,
    why_late,
    yes_no,
)
from orderterm.sentences import Sentence, say
from orderterm.terms import NoticeKind
from orderterm.views.registers.exceptions import TroubleRow, masked, troubles


def build(request: Request) -> Report:
    """The exceptions that were open in the period, and the stages that became overdue in it."""
    settings = request.settings
    fields = (
        field(say("Day"), lambda row: row.found_at.date(), "day"),
        field(say("Exception number"), lambda row: row.key),
        field(say("Order number"), lambda row: row.number, width=18),
        field(say("Customer"), lambda row: row.customer),
        field(say("Stage at the time"), lambda row: row.stage),
        field(say("Kind of exception"), lambda row: row.kind),
        field(say("Level of the exception"), lambda row: row.priority),
        field(say("What is wrong"), _what, width=40),
        field(say("Found by"), lambda row: row.found_by),
        field(say("Found at"), lambda row: row.found_at, "time"),
        field(say("Responsible person"), lambda row: row.responsible),
        field(say("Measure taken"), lambda row: row.path),
        field(say("To be done by"), lambda row: row.due_at, "time"),
        field(say("Done at"), lambda row: row.done_at, "time"),
        field(say("Result"), lambda row: _result(row, why_late(row.reason, settings)), width=24),
        field(say("Customer told"), lambda row: yes_no(row.notified)),
        field(say("Cause"), lambda row: say("{list}", list=row.causes), width=24),
        field(say("Improvement"), lambda row: row.measure, width=30),
        field(say("Closed by"), lambda row: row.closed_by),
    )
    rows = request.seen(troubles(request.days, settings, request.now), masked)
    empty = say("no exception was open on these days, and no stage became overdue")
    name = ReportName.EXCEPTIONS
    return report(name, request, section(name, fields, rows, empty))


def _what(row: TroubleRow) -> Value:
    if row.kind is NoticeKind.OVERDUE and row.stage is not None:
        return say("{stage} overdue", stage=row.stage)
    return Detail(row.detail)


def _result(row: TroubleRow, reason: Value) -> Sentence:
    """Whether it is over, and what was said to it."""
    state = say("being dealt with") if row.done_at is None else say("settled")
    words = row.resolution.get("note") or reason
    return say("{state}: {words}", state=state, words=words) if words else state
