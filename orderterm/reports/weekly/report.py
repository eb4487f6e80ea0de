"""The weekly review, put together from its sections."""

from msgspec import structs

from orderterm.reports.document import Column, Period, Report, Section
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import Request, report
from orderterm.reports.weekly import advice, flow, trouble
from orderterm.reports.weekly.findings import findings
from orderterm.sentences import say
from orderterm.settings import Settings
from orderterm.views.weekly.review import WeeklyReview, weekly


def build(request: Request) -> Report:
    """The review of the week that the first of the request's days lies in."""
    review = weekly(request.settings, request.period.first, request.now)
    period = Period(review.week.monday, review.week.sunday)
    whole = structs.replace(request, period=period)
    return report(ReportName.WEEKLY, whole, *_sections(review, request.settings))


def _sections(review: WeeklyReview, settings: Settings) -> list[Section]:
    return [
        _in_words(review),
        flow.by_day(review, settings),
        flow.by_kind(review, settings),
        flow.stage_times(review),
        flow.overdue(review),
        flow.reasons(review, settings),
        trouble.exceptions(review),
        trouble.causes(review),
        advice.reserves(review, settings),
        advice.carriers(review),
        trouble.escalations(review),
        trouble.messages(review),
        trouble.scores(review),
        advice.followed(review),
        advice.agreed(review),
        advice.hours(review),
    ]


def _in_words(review: WeeklyReview) -> Section:
    columns = (Column(say("what the week shows"), "prose", width=100),)
    return Section(say("What matters"), columns, [[told] for told in findings(review)])
