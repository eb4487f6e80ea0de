"""Whether the measures of earlier reviews worked, by this week's figures."""

from datetime import datetime

from msgspec import Struct

from orderterm.rules.causes import is_code
from orderterm.rules.weeks import Week
from orderterm.settings import Settings
from orderterm.terms import Term
from orderterm.views.measures import MeasureRow, measures
from orderterm.views.weekly.troubles import Troubles


class Verdict(Term):
    """What the figures say of a measure."""

    FELL = "fell", "减少一半以上", "fell by half or more"
    NOT_FALLEN = "not_fallen", "未减少一半", "did not fall by half"
    TOO_EARLY = "too_early", "为时尚早", "too early to tell"
    NOT_COMPARABLE = "not_comparable", "无法比较", "can't be compared"


class Followed(Struct, frozen=True):
    """A measure, how often its cause was met this week, and what that says of it.

    ``count`` is None where the cause is in somebody's own words.
    """

    measure: MeasureRow
    count: int | None
    verdict: Verdict


def followed(week: Week, troubles: Troubles, settings: Settings, now: datetime) -> list[Followed]:
    """The measures of the review before this week's, and older ones that were open in the week."""
    earlier = week.before().monday
    rows = measures(settings, now, since=earlier, until=earlier, open_at=week.start)
    return [_followed(row, week, troubles, is_over=now >= week.end) for row in rows]


def agreed(week: Week, settings: Settings, now: datetime) -> list[MeasureRow]:
    """The measures of this week's own review."""
    rows = measures(settings, now, since=week.monday, until=week.monday)
    return [row for row in rows if row.week == week.monday]


def _followed(row: MeasureRow, week: Week, troubles: Troubles, is_over: bool) -> Followed:
    if not is_code(row.cause):
        return Followed(row, None, Verdict.NOT_COMPARABLE)
    count = troubles.count(row.cause)
    return Followed(row, count, _verdict(row, count, week, is_over))


def _verdict(row: MeasureRow, count: int, week: Week, is_over: bool) -> Verdict:
    """A measure that was not at work in the week, or has time left, is not yet judged as failed,
    and none has worked before the week is over."""
    if not row.baseline:
        return Verdict.NOT_COMPARABLE
    if row.agreed_at >= week.end:
        return Verdict.TOO_EARLY
    if 2 * count <= row.baseline:
        return Verdict.FELL if is_over else Verdict.TOO_EARLY
    if row.finished_at is None and row.due_on > week.sunday:
        return Verdict.TOO_EARLY
    return Verdict.NOT_FALLEN
