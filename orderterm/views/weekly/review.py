"""The review of one week, all of it of the same moment."""

from datetime import date, datetime

from msgspec import Struct

from orderterm.rules.weeks import Week, week_of
from orderterm.settings import Settings
from orderterm.store.connection import snapshot
from orderterm.views.measures import MeasureRow
from orderterm.views.times import local
from orderterm.views.weekly import told
from orderterm.views.weekly.carriers import CarrierRow, carriers
from orderterm.views.weekly.demand import Reserve, reserves
from orderterm.views.weekly.finished import finished
from orderterm.views.weekly.followed import Followed, agreed, followed
from orderterm.views.weekly.staffing import Staffing, staffing
from orderterm.views.weekly.stages import Reason, StageRow, open_late, reasons, stage_rows
from orderterm.views.weekly.troubles import Troubles, troubles
from orderterm.views.weekly.volumes import Volume, volumes


class WeeklyReview(Struct, frozen=True):
    """A week of the site, beside the one before it; ``complete`` is whether it is over.

    ``followed`` are the measures of earlier reviews, ``agreed`` those of this one.
    """

    week: Week
    made_at: datetime
    complete: bool
    volumes: list[Volume]
    volumes_before: list[Volume]
    stages: list[StageRow]
    reasons: list[Reason]
    troubles: Troubles
    escalations: list[told.EscalationRow]
    escalations_before: list[told.EscalationRow]
    messages: list[told.MessageRow]
    scores: told.Scores
    scores_before: told.Scores
    reserves: list[Reserve]
    carriers: list[CarrierRow]
    staffing: Staffing
    followed: list[Followed]
    agreed: list[MeasureRow]


def weekly(settings: Settings, day: date, now: datetime) -> WeeklyReview:
    """The review of a week; it costs what the weeks it looks at hold, whatever was before.

    Args:
        settings: the home's settings.
        day: any day of the week.
        now: the time.
    """
    week = week_of(day, settings.site.zone)
    with snapshot():
        done, done_before = finished(week, settings), finished(week.before(), settings)
        found = troubles(week, settings)
        return WeeklyReview(
            week=week,
            made_at=local(now, week.zone),
            complete=now >= week.end,
            volumes=volumes(week),
            volumes_before=volumes(week.before()),
            stages=stage_rows(done, done_before, open_late(week, now), settings),
            reasons=reasons(done, done_before),
            troubles=found,
            escalations=told.escalations(week),
            escalations_before=told.escalations(week.before()),
            messages=told.messages(week, now),
            scores=told.scores(week),
            scores_before=told.scores(week.before()),
            reserves=reserves(week, found, settings, now),
            carriers=carriers(week, found, settings, now),
            staffing=staffing(week, done, settings),
            followed=followed(week, found, settings, now),
            agreed=agreed(week, settings, now),
        )
