"""What matters of a week, in plain sentences, each with the figures it comes from."""

from collections.abc import Iterator, Sequence

from orderterm.rules.causes import cause_sentence
from orderterm.rules.safety_stock import LEAST_DAYS
from orderterm.sentences import Sentence, say
from orderterm.terms import MeasureOutcome
from orderterm.views.weekly.demand import Reserve
from orderterm.views.weekly.followed import Verdict
from orderterm.views.weekly.review import WeeklyReview
from orderterm.views.weekly.staffing import HourRow
from orderterm.views.weekly.stages import StageRow
from orderterm.views.weekly.volumes import together

LEAST_TASKS = 5
"""Of fewer finished tasks no share is told."""


def findings(review: WeeklyReview) -> list[Sentence]:
    """What the week's figures say, the whole first, then what to look at."""
    return [
        *_whole(review),
        *_stage(review),
        *_cause(review),
        *_stock(review),
        *_carrier(review),
        *_hours(review),
        *_measures(review),
    ]


def _whole(review: WeeklyReview) -> Iterator[Sentence]:
    if not review.complete:
        yield say("the week is not over: these are its figures so far")
    if not (review.volumes or review.stages or review.troubles.opened):
        yield say("nothing came in and nothing was finished")
        return
    now, then = together(review.volumes), together(review.volumes_before)
    yield say(
        "{received} orders came in (the week before {received_before}), {completed} were "
        "completed ({completed_before}), {cancelled} cancelled ({cancelled_before}); "
        "{exceptions} exceptions were opened ({exceptions_before})",
        received=now.received,
        received_before=then.received,
        completed=now.completed,
        completed_before=then.completed,
        cancelled=now.cancelled,
        cancelled_before=then.cancelled,
        exceptions=review.troubles.opened,
        exceptions_before=review.troubles.before,
    )


def _stage(review: WeeklyReview) -> Iterator[Sentence]:
    """The stage that holds the rest back: late most often, and how much of all time it takes;
    where nothing that was finished was late, the one at which most is late and not finished."""
    known = [row for row in review.stages if row.this.took.count >= LEAST_TASKS]
    worst = max(known, key=_lateness, default=None)
    behind = max(review.stages, key=lambda row: row.still_late, default=None)
    if worst and worst.this.overdue:
        yield _holding_back(worst)
    elif behind and behind.still_late:
        yield say(
            "{stage} holds the rest back: {count} of its tasks are overdue and not finished yet",
            stage=behind.stage,
            count=behind.still_late,
        )
    elif known:
        yield from _longest(known)
    elif review.stages:
        yield say("too few tasks were finished to tell which stage holds the rest back")


def _holding_back(row: StageRow) -> Sentence:
    return say(
        "{stage} holds the week back: {overdue} of {count} tasks came late ({rate}, the week "
        "before {before}), and it took {share} of all the time that the stages took",
        stage=row.stage,
        overdue=row.this.overdue,
        count=row.this.took.count,
        rate=_part(row.this.rate),
        before=say("no figures") if row.before.rate is None else _part(row.before.rate),
        share=_part(row.share),
    )


def _longest(known: Sequence[StageRow]) -> Iterator[Sentence]:
    """Where most of the time went; nothing where no time passed at all."""
    longest = max(known, key=lambda row: row.share or 0)
    if longest.share is not None:
        yield say(
            "no task came late; most of the time that the stages took went to {stage}: {share}",
            stage=longest.stage,
            share=_part(longest.share),
        )


def _lateness(row: StageRow) -> tuple[int, float]:
    return row.this.overdue, row.share or 0.0


def _cause(review: WeeklyReview) -> Iterator[Sentence]:
    again = [one for one in review.troubles.causes if one.repeated]
    if again:
        yield say(
            "what came back most: {causes}",
            causes=[
                say(
                    "{cause} ({count} times, the week before {before})",
                    cause=cause_sentence(one.code),
                    count=one.count,
                    before=one.before,
                )
                for one in again[:3]
            ],
        )


def _stock(review: WeeklyReview) -> Iterator[Sentence]:
    """The products that were short most often."""
    for row in review.reserves[:3]:
        if row.short:
            yield _shortage(row)


def _shortage(row: Reserve) -> Sentence:
    """What to do about a product that was short: no smaller safety stock, even where less would
    suffice."""
    if row.suggested is None:
        return say(
            "{sku} was short {times} times; {days} days of demand are too few to suggest a "
            "safety stock: it takes {least}",
            sku=row.sku,
            times=row.short,
            days=row.days,
            least=LEAST_DAYS,
        )
    figures = {
        "sku": row.sku,
        "times": row.short,
        "present": row.present,
        "suggested": row.suggested.pieces,
        "formula": formula(row),
    }
    if row.suggested.pieces > row.present:
        return say(
            "{sku} was short {times} times; safety stock {present} → {suggested} ({formula})",
            **figures,
        )
    return say(
        "{sku} was short {times} times, though its demand asks for a safety stock of {suggested} "
        "({formula}) and it has {present}: look at whether it is reordered and arrives in time",
        **figures,
    )


def formula(row: Reserve) -> str:
    """The figures that a suggested safety stock comes from, as ``1.64 × 5.2 × √18``."""
    found = row.suggested
    if found is None:
        return ""
    return f"{found.z:.2f} × {found.sigma:.1f} × √{found.lead_time_days}"


def _carrier(review: WeeklyReview) -> Iterator[Sentence]:
    late = [row for row in review.carriers if row.share]
    if late:
        worst, parcels = late[0], sum(row.parcels for row in review.carriers)
        yield say(
            "{carrier} came late with {beyond} of {parcels} parcels in two weeks ({share}; all "
            "carriers together {all})",
            carrier=worst.carrier,
            beyond=worst.beyond,
            parcels=worst.parcels,
            share=_part(worst.share),
            all=_part(sum(row.beyond for row in review.carriers) / parcels),
        )


def _hours(review: WeeklyReview) -> Iterator[Sentence]:
    """The hour that lacks most people, at the stage that comes late most: where nothing comes
    late, nobody is lacking."""
    late = {row.stage: row.this.overdue for row in review.stages if row.this.overdue}
    short = [row for row in review.staffing.hours if row.stage in late and _lacking(row) >= 1]
    if short:
        worst = max(short, key=lambda row: (late[row.stage], _lacking(row), row.arrived))
        yield say(
            "at {hour} {arrived} tasks of {stage} wait on an average day, with those that came "
            "outside the shifts: to do them within the hour takes {needed} people, and {people} "
            "worked on it",
            hour=f"{worst.hour:02}:00",
            arrived=_figure(worst.arrived / review.staffing.worked_days),
            stage=worst.stage,
            needed=worst.needed,
            people=_figure(worst.people),
        )


def _lacking(row: HourRow) -> float:
    return (row.needed or 0) - row.people


def _measures(review: WeeklyReview) -> Iterator[Sentence]:
    """What became of the measures; one that was dropped has brought nothing down."""
    tried = [one for one in review.followed if one.measure.outcome is not MeasureOutcome.DROPPED]
    if tried:
        yield say(
            "of {count} measures of earlier reviews {fell} brought their cause down by half or "
            "more; {overdue} are overdue",
            count=len(tried),
            fell=sum(one.verdict is Verdict.FELL for one in tried),
            overdue=sum(one.measure.overdue for one in tried),
        )


def _part(part: float | None) -> str:
    return "—" if part is None else f"{part:.0%}"


def _figure(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
