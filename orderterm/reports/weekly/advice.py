"""The sections on what the figures suggest: reserves, carriers, people by the hour, measures."""

from collections import Counter

from orderterm.reports.document import Chart, Column, Section, Series, Value
from orderterm.reports.weekly.findings import formula
from orderterm.rules.causes import cause_sentence
from orderterm.rules.safety_stock import LEAST_DAYS
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.terms import Stage
from orderterm.views.measures import MeasureRow
from orderterm.views.weekly.carriers import LEAST_PARCELS
from orderterm.views.weekly.demand import WEEKS, Reserve
from orderterm.views.weekly.review import WeeklyReview
from orderterm.views.weekly.staffing import LEAST_PERSON_HOURS


def reserves(review: WeeklyReview, settings: Settings) -> Section:
    """The safety stock that demand asks for, beside the present one."""
    columns = (
        Column(say("SKU"), width=18),
        Column(say("product"), width=28),
        Column(say("times short"), "number"),
        Column(say("safety stock now"), "number"),
        Column(say("safety stock suggested"), "number"),
        Column(say("comes from"), width=20),
        Column(say("pieces ordered"), "number"),
        Column(say("days"), "number"),
    )
    note = say(
        "Suggested: z × σ × √(lead time), rounded up. z is how many standard deviations a service "
        "level of {level} asks for, σ the standard deviation of the pieces ordered a day in "
        "{weeks} weeks, worked days or not, the lead time the catalogue's in days, else {days}.",
        level=f"{settings.reports.service_level:.0%}",
        weeks=WEEKS,
        days=settings.reports.lead_time_days,
    )
    rows = [_reserve(row) for row in review.reserves]
    empty = say("no product was short, and no safety stock is known to need a change")
    return Section(say("Safety stock"), columns, rows, note, empty=empty)


def _reserve(row: Reserve) -> tuple[Value, ...]:
    known = row.suggested
    suggested = known.pieces if known else say("too few days (at least {days})", days=LEAST_DAYS)
    return (
        row.sku,
        row.name,
        row.short,
        row.present,
        suggested,
        formula(row),
        row.demand,
        row.days,
    )


def carriers(review: WeeklyReview) -> Section:
    """The carriers, the one that is late most often first."""
    columns = (
        Column(say("carrier"), width=18),
        Column(say("parcels"), "number"),
        Column(say("signed for"), "number"),
        Column(say("median days to signature"), "mean"),
        Column(say("late parcels"), "number"),
        Column(say("share late"), "percent"),
        Column(say("delay exceptions of the week"), "number"),
    )
    rows = [
        (
            row.carrier,
            row.parcels,
            row.signed,
            row.median_days,
            row.beyond,
            say("too few") if row.share is None else row.share,
            row.delays,
        )
        for row in review.carriers
    ]
    note = say(
        "Parcels shipped in this week and the one before. Late is after the day they were "
        "promised for, else after the limit of tracking. Of fewer than {least} parcels no share "
        "is told.",
        least=LEAST_PARCELS,
    )
    empty = say("no parcel was shipped in this week or the one before")
    return Section(say("Carriers"), columns, rows, note, _carrier_chart(review), empty)


def _carrier_chart(review: WeeklyReview) -> Chart | None:
    rows = [row for row in review.carriers if row.share is not None]
    if not any(row.share for row in rows):
        return None
    late = [round((row.share or 0) * 100, 1) for row in rows]
    names = [row.carrier for row in rows]
    return Chart("bar", say("Late parcels per carrier"), names, [Series(say("late"), late)], "%")


def hours(review: WeeklyReview) -> Section:
    """What came and what was done in each hour of the day, and how many people that takes."""
    columns = (
        Column(say("stage")),
        Column(say("hour")),
        Column(say("tasks that came"), "number"),
        Column(say("tasks finished"), "number"),
        Column(say("people a day"), "mean"),
        Column(say("people needed"), "number"),
        Column(say("tasks per person and hour"), "mean"),
    )
    paces = {pace.stage: pace.median for pace in review.staffing.paces}
    rows = [
        (
            row.stage,
            f"{row.hour:02}:00",
            row.arrived,
            row.completed,
            row.people,
            say("too few") if row.needed is None else row.needed,
            paces.get(row.stage),
        )
        for row in review.staffing.hours
        if row.stage in paces or row.stage is not Stage.TRACKING
    ]
    note = say(
        "People needed: the tasks that came in the hour on one of {days} worked days, divided by "
        "the tasks that one person usually finishes in an hour (the median), rounded up; what "
        "came outside the shifts counts in the first hour of the next one. From fewer than "
        "{least} such hours nothing is told.",
        days=review.staffing.worked_days,
        least=LEAST_PERSON_HOURS,
    )
    empty = say("no task came or was finished in this week")
    return Section(say("People by the hour"), columns, rows, note, _hour_chart(review), empty)


def _hour_chart(review: WeeklyReview) -> Chart | None:
    """All stages of the house together; what is on the road needs nobody by the hour."""
    rows = [row for row in review.staffing.hours if row.stage is not Stage.TRACKING]
    if not rows:
        return None
    arrived, completed = Counter[int](), Counter[int]()
    for row in rows:
        arrived[row.hour] += row.arrived
        completed[row.hour] += row.completed
    span = range(min(row.hour for row in rows), max(row.hour for row in rows) + 1)
    return Chart(
        "line",
        say("Tasks by the hour of the day, without tracking"),
        [f"{hour:02}" for hour in span],
        [
            Series(say("came"), [arrived[hour] for hour in span]),
            Series(say("finished"), [completed[hour] for hour in span]),
        ],
        say("tasks"),
    )


_MEASURE = (
    Column(say("number"), "number"),
    Column(say("cause"), width=24),
    Column(say("measure"), width=28),
    Column(say("responsible"), width=12),
    Column(say("to be done until"), "day", width=12),
)


def followed(review: WeeklyReview) -> Section:
    """The measures of earlier reviews, and whether they worked."""
    columns = (
        Column(say("review of the week of"), "day", width=12),
        *_MEASURE,
        Column(say("times in that week"), "number", width=10),
        Column(say("times in this week"), "number", width=10),
        Column(say("by the figures"), width=16),
        Column(say("by those who did it")),
        Column(say("finished on"), "day", width=12),
        Column(say("remark"), width=18),
    )
    rows = [
        (
            one.measure.week,
            *_measure(one.measure),
            one.measure.baseline,
            one.count,
            one.verdict,
            one.measure.outcome or _standing(one.measure),
            one.measure.finished_at and one.measure.finished_at.date(),
            one.measure.remark,
        )
        for one in review.followed
    ]
    note = say("A measure worked by the figures where its cause fell by half or more.")
    empty = say("no measure of the last review, and none of an earlier one that is still open")
    return Section(say("Measures of earlier reviews"), columns, rows, note, empty=empty)


def agreed(review: WeeklyReview) -> Section:
    """The measures that this review agreed on."""
    columns = (*_MEASURE, Column(say("times in this week"), "number"))
    rows = [(*_measure(one), one.baseline) for one in review.agreed]
    empty = say("no measure has been agreed on yet")
    return Section(say("Measures of this review"), columns, rows, empty=empty)


def _standing(row: MeasureRow) -> Sentence:
    return say("overdue") if row.overdue else say("not finished yet")


def _measure(row: MeasureRow) -> tuple[Value, ...]:
    return row.id, cause_sentence(row.cause), row.text, row.responsible_name, row.due_on
