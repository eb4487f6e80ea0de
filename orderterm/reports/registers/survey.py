"""客户满意度调研表."""

from collections.abc import Mapping

from orderterm.reports.document import Report, Section
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import Request, field, report, section
from orderterm.sentences import Sentence, say
from orderterm.settings import Channel
from orderterm.views.registers.survey import masked, surveys
from orderterm.views.surveys import Scores, survey_summary


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
    empty = say("no survey was queued or answered on these days")
    name = ReportName.SURVEY
    return report(name, request, section(name, fields, rows, empty), _summary(request))


def _summary(request: Request) -> Section:
    """What the answers of the period come to, from every side."""
    channels = request.settings.channels
    found = survey_summary(request.settings, request.period.first, request.period.last)
    sides: tuple[tuple[Sentence, list[Scores]], ...] = (
        (say("all"), [found.total] if found.total else []),
        (say("Carrier"), found.by_carrier),
        (say("Channel"), found.by_channel),
        (say("SKU"), found.by_product),
        (say("week"), found.by_week),
    )
    fields = (
        field(say("Seen by"), lambda row: row[0]),
        field(say("Which"), lambda row: _named(row[1].key, channels), width=18),
        field(say("Answers"), lambda row: row[1].count, "number"),
        field(say("Speed (1–5)"), lambda row: row[1].speed, "mean"),
        field(say("Accuracy (1–5)"), lambda row: row[1].accuracy, "mean"),
        field(say("Service (1–5)"), lambda row: row[1].service, "mean"),
        field(say("Bad answers"), lambda row: row[1].bad, "percent"),
    )
    rows = [(side, scores) for side, all_scores in sides for scores in all_scores]
    empty = say("no survey was answered on these days")
    return section(say("Satisfaction summary"), fields, rows, empty)


def _named(key: str, channels: Mapping[str, Channel]) -> str:
    return channels[key].name if key in channels else key
