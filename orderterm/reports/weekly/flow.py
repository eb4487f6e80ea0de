"""The sections on what came in and how it went through the stages."""

from collections.abc import Sequence
from datetime import date, timedelta

from orderterm.reports.document import Chart, Column, Section, Series, Value
from orderterm.reports.registers.frame import why_late
from orderterm.reports.weekly.findings import LEAST_TASKS
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.terms import Priority
from orderterm.views.weekly.review import WeeklyReview
from orderterm.views.weekly.stages import StageRow, Times
from orderterm.views.weekly.volumes import Volume, together

_HOUR = timedelta(hours=1)
_UNFINISHED = say("no task was finished in this week or the one before")
_FLOW = (
    Column(say("orders received"), "number"),
    Column(say("completed"), "number"),
    Column(say("cancelled"), "number"),
)


def by_day(review: WeeklyReview, settings: Settings) -> Section:
    """The orders of each day, with a column of those received by each channel."""
    channels = sorted({row.channel for row in review.volumes})
    days = review.week.days
    columns = [Column(say("day"), "day"), *_FLOW]
    columns += [
        Column(say("{text}", text=channel_name(one, settings)), "number") for one in channels
    ]
    received = {one: [_received(review.volumes, day, one) for day in days] for one in channels}
    rows: list[list[Value]] = []
    for place, day in enumerate(days):
        flow = together([row for row in review.volumes if row.day == day])
        by_channel = [received[one][place] for one in channels]
        rows.append([day, flow.received, flow.completed, flow.cancelled, *by_channel])
    chart = Chart(
        "stacked",
        say("Orders received a day, by channel"),
        [f"{day:%m-%d}" for day in days],
        [Series(channel_name(one, settings), received[one]) for one in channels],
        say("orders"),
    )
    return Section(
        say("Orders by day"),
        columns,
        rows,
        note=say("The columns of the channels are the orders received."),
        chart=chart if channels else None,
    )


def by_kind(review: WeeklyReview, settings: Settings) -> Section:
    """The orders of the week by channel, by priority, and all together, beside the week before."""
    both = [*review.volumes, *review.volumes_before]
    channels = sorted({row.channel for row in both})
    priorities = sorted({row.priority for row in both}, key=lambda one: one.rank)
    rows: list[Sequence[Value]] = [
        *(
            (say("channel"), channel_name(one, settings), *_flows(review, channel=one))
            for one in channels
        ),
        *((say("priority"), one, *_flows(review, priority=one)) for one in priorities),
        (say("total"), None, *_flows(review)),
    ]
    before = [
        Column(say("received the week before"), "number"),
        Column(say("completed the week before"), "number"),
        Column(say("cancelled the week before"), "number"),
    ]
    columns = [Column(say("grouped by")), Column(say("which"), width=18), *_FLOW, *before]
    return Section(
        say("Orders by channel and priority"),
        columns,
        rows,
        note=say("The priority is the one that the order has now."),
    )


def channel_name(code: str, settings: Settings) -> str:
    """A channel's name with its code, as ``天猫 TM``."""
    known = settings.channels.get(code)
    return f"{known.name} {code}" if known else code


def _received(rows: Sequence[Volume], day: date, channel: str) -> int:
    return sum(row.received for row in rows if row.day == day and row.channel == channel)


def _flows(
    review: WeeklyReview, channel: str | None = None, priority: Priority | None = None
) -> list[Value]:
    """Received, completed, cancelled in the week, then in the week before."""
    found: list[Value] = []
    for rows in (review.volumes, review.volumes_before):
        own = [
            row
            for row in rows
            if channel in (None, row.channel) and priority in (None, row.priority)
        ]
        flow = together(own)
        found += [flow.received, flow.completed, flow.cancelled]
    return found


def stage_times(review: WeeklyReview) -> Section:
    """How long each stage took."""
    columns = (
        Column(say("stage")),
        Column(say("clock")),
        Column(say("finished"), "number"),
        Column(say("median"), "duration"),
        Column(say("90 % within"), "duration"),
        Column(say("finished the week before"), "number"),
        Column(say("median the week before"), "duration"),
        Column(say("90 % within, the week before"), "duration"),
        Column(say("share of all time"), "percent"),
    )
    rows = [
        (
            row.stage,
            clock(row),
            row.this.took.count,
            row.this.took.median,
            row.this.took.p90,
            row.before.took.count,
            row.before.took.median,
            row.before.took.p90,
            row.share,
        )
        for row in review.stages
    ]
    note = say(
        "Hours and minutes on the clock of the stage's limit, without its pauses; the share is of "
        "all the time that finished tasks took, night and day."
    )
    return Section(
        say("Time per stage"),
        columns,
        rows,
        note=note,
        chart=_time_chart(review),
        empty=_UNFINISHED,
    )


def clock(row: StageRow) -> Sentence:
    """What a stage's limit counts with."""
    return say("working time") if row.clock == "working" else say("elapsed time")


def _time_chart(review: WeeklyReview) -> Chart | None:
    """The stages that count working time: beside days on the road their hours would vanish."""
    rows = [row for row in review.stages if row.clock == "working" and row.this.took.count]
    if not rows:
        return None
    return Chart(
        "bar",
        say("Working hours per stage"),
        [row.stage for row in rows],
        [
            Series(say("median"), [_hours(row.this.took.median) for row in rows]),
            Series(say("90 % within"), [_hours(row.this.took.p90) for row in rows]),
        ],
        say("hours"),
    )


def _hours(length: timedelta | None) -> float | None:
    return None if length is None else round(length / _HOUR, 2)


def overdue(review: WeeklyReview) -> Section:
    """How much came late at each stage."""
    columns = (
        Column(say("stage")),
        Column(say("finished"), "number"),
        Column(say("finished late"), "number"),
        Column(say("overdue rate"), "percent"),
        Column(say("overdue rate the week before"), "percent"),
        Column(say("open and late now"), "number"),
    )
    rows = [
        (
            row.stage,
            row.this.took.count,
            row.this.overdue,
            row.this.rate,
            row.before.rate,
            row.still_late,
        )
        for row in review.stages
    ]
    return Section(
        say("Overdue rate"), columns, rows, chart=_overdue_chart(review.stages), empty=_UNFINISHED
    )


def _overdue_chart(rows: Sequence[StageRow]) -> Chart | None:
    """The rates of the stages at which there was enough in either week to tell one."""
    shown = [row for row in rows if _percent(row.this) or _percent(row.before)]
    if not shown:
        return None
    return Chart(
        "bar",
        say("Overdue rate per stage"),
        [row.stage for row in shown],
        [
            Series(say("last week"), [_percent(row.before) for row in shown]),
            Series(say("this week"), [_percent(row.this) for row in shown]),
        ],
        "%",
    )


def _percent(times: Times) -> float | None:
    if times.rate is None or times.took.count < LEAST_TASKS:
        return None
    return round(times.rate * 100, 1)


def reasons(review: WeeklyReview, settings: Settings) -> Section:
    """Why tasks came late, by the reason given."""
    columns = (
        Column(say("overdue reason"), width=24),
        Column(say("how often"), "number"),
        Column(say("how often the week before"), "number"),
    )
    rows = [(_reason(row.code, settings), row.count, row.before) for row in review.reasons]
    empty = say("no task came late in this week or the one before")
    return Section(say("Overdue reasons"), columns, rows, empty=empty)


def _reason(code: str, settings: Settings) -> Value:
    return why_late(code, settings) if code else say("no reason given")
