"""The weekly review, put together from its sections."""

from datetime import date, datetime

from orderterm.reports.document import Column, Period, Report, Section
from orderterm.reports.weekly import advice, flow, trouble
from orderterm.reports.weekly.findings import findings
from orderterm.sentences import say
from orderterm.settings import Settings
from orderterm.views.weekly.review import WeeklyReview, weekly

NAME = "weekly"
TITLE = say("Weekly review")


def build(settings: Settings, day: date, now: datetime) -> Report:
    """The review of the week that ``day`` lies in.

    Args:
        settings: the home's settings.
        day: any day of the week.
        now: the time.
    """
    review = weekly(settings, day, now)
    return Report(
        name=NAME,
        title=TITLE,
        period=Period(review.week.monday, review.week.sunday),
        made_at=review.made_at,
        site=settings.site.name,
        sections=_sections(review, settings),
    )


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
        advice.hours(review),
        trouble.escalations(review),
        trouble.messages(review),
        trouble.scores(review),
        advice.followed(review),
        advice.agreed(review),
    ]


def _in_words(review: WeeklyReview) -> Section:
    columns = (Column(say("what the week shows"), width=120),)
    return Section(say("What matters"), columns, [[told] for told in findings(review)])
