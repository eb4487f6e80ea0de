"""交接班记录."""

from collections.abc import Sequence

from orderterm.reports.document import Report, Value
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import Request, field, report, section
from orderterm.rules.handover import Summary
from orderterm.sentences import Sentence, say
from orderterm.views.registers.handover import HandoverRow, handovers, masked


def build(request: Request) -> Report:
    """The handovers given in the period, each with the state of its role's work."""
    fields = (
        field(say("Shift"), lambda row: row.shift),
        field(say("Role"), lambda row: row.role),
        field(say("Handed over by"), lambda row: row.given_by),
        field(say("Taken over by"), lambda row: row.taken_by),
        field(say("Handed over at"), lambda row: row.given_at, "time"),
        field(say("Orders in hand by stage"), lambda row: _stages(row.summary), width=24),
        field(say("Due soon and overdue"), lambda row: _pressing(row.summary), width=32),
        field(say("Open exceptions"), lambda row: _exceptions(row.summary), width=20),
        field(say("Unsent messages"), lambda row: _messages(row.summary), "number"),
        field(say("Remark"), lambda row: row.remark, width=30),
        field(say("Taken over at"), _confirmed, "time"),
    )
    rows = request.seen(handovers(request.days, request.settings), masked)
    empty = say("no shift was handed over on these days")
    name = ReportName.HANDOVER
    return report(name, request, section(name, fields, rows, empty))


def _stages(summary: Summary) -> Value:
    return _list([say("{name} {count}", name=one.stage, count=one.open) for one in summary.stages])


def _pressing(summary: Summary) -> Value:
    """The numbers of the orders that are late, then of those at risk."""
    late = [say("{number} (overdue)", number=one.number) for one in summary.late]
    return _list([*late, *(one.number for one in summary.at_risk)])


def _exceptions(summary: Summary) -> Value:
    found = [say("{name} {count}", name=one.kind, count=one.open) for one in summary.exceptions]
    return _list(found)


def _messages(summary: Summary) -> int:
    return summary.messages_waiting + summary.messages_given_up


def _confirmed(row: HandoverRow) -> Value:
    return row.taken_at if row.taken_at is not None else say("not yet")


def _list(parts: Sequence[object]) -> Sentence | None:
    return say("{list}", list=parts) if parts else None
