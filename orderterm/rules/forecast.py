"""When the work of a queue will be done, and what of it will break its limit if nothing changes.

A queue gets through so many tasks an hour as it did lately while there was something to do. What
comes in later with a higher priority is served first and takes its share of that.

What is waited for and not worked at comes after its own time, see ``awaited``.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from orderterm.rules.awaited import AWAITED, Lengths, length, lengths_of
from orderterm.rules.working_time import WorkingTime
from orderterm.terms import Priority, Stage

DAYS = 7
"""A rate is of the last so many days on which anything was done at that stage."""
LOOK_BACK = timedelta(days=14)
"""Where those days are looked for."""
MOST_DONE = 20_000
"""Finished tasks that rates are made from, at most: the newest ones."""

_HOUR = timedelta(hours=1)
_LEAST = 0.5
"""Of the rate: so much is left for the lower priorities, however much overtakes them."""
_LEAST_HOURS = 1.0
"""What was done in less is taken for an hour's work: a few quick minutes promise nothing."""
_RECENT = timedelta(hours=3)
_ENOUGH = 10
"""So many tasks done in the last hours tell as much of the rate as all the days before them."""
FAR = timedelta(hours=250)
"""Of work: no end further off is told, by then everything has changed."""


class Finished(Struct, frozen=True):
    """A task that was done. ``begun_at`` is None where its clock stood still on the way, so that
    nobody knows how long it could have been worked on. ``carrier`` is that of the parcel which was
    waited for, "" where there is none."""

    priority: Priority
    begun_at: datetime | None
    done_at: datetime
    carrier: str = ""


class Waiting(Struct, frozen=True):
    """An open task whose clock runs; ``in_hand`` where somebody has begun it. Its age and its
    ``carrier`` count where it is waited for and not worked at."""

    key: int
    priority: Priority
    started_at: datetime
    due_at: datetime
    in_hand: bool = False
    carrier: str = ""


class Rate(Struct, frozen=True):
    """How many tasks an hour of work a queue gets through.

    ``arrivals`` are those of each priority that come in and are served meanwhile, per hour of work.
    ``lengths`` is how long its tasks took where they are waited for, None where they are served.
    """

    per_hour: float
    arrivals: dict[Priority, float] = {}
    lengths: Lengths | None = None

    def left_for(self, priority: Priority) -> float:
        """What is left of the rate for a task that all of a higher priority overtakes."""
        above = sum(n for one, n in self.arrivals.items() if one.rank < priority.rank)
        return max(self.per_hour - above, self.per_hour * _LEAST)


class Late(Struct, frozen=True):
    """A task that will break its limit: when it is expected to be done, in UTC."""

    key: int
    due_at: datetime
    expected_at: datetime


class Forecast(Struct, frozen=True):
    """``done_at`` is when the last task is done, in UTC; None where that is not in sight.

    ``late`` are the tasks that will be late and are not yet, in the order in which they are served.
    """

    done_at: datetime | None
    late: tuple[Late, ...] = ()


NOTHING = Rate(0.0)


def rates_of(
    done: Sequence[tuple[Stage, Priority, datetime | None, datetime, str]],
    now: datetime,
    site: WorkingTime,
    zone: ZoneInfo,
) -> dict[Stage, Rate]:
    """How fast each queue was worked on lately; what has no rate is not among them.

    Args:
        done: what was done in ``LOOK_BACK``, the newest first, and at most ``MOST_DONE`` of it:
            stage, and the fields of ``Finished``.
        now: the moment.
        site: the site's clocks.
        zone: in which its days begin.
    """
    by_stage: dict[Stage, list[Finished]] = {}
    for stage, priority, begun_at, done_at, carrier in done:
        by_stage.setdefault(stage, []).append(Finished(priority, begun_at, done_at, carrier))
    # Where not all of that time was read, nothing is known of what was before the oldest row.
    since = done[-1][3] if len(done) >= MOST_DONE else now - LOOK_BACK
    return {
        stage: replace(
            _rate_of_days(finished, since, now, site, zone),
            lengths=_lengths(finished) if stage in AWAITED else None,
        )
        for stage, finished in by_stage.items()
    }


def _lengths(finished: Iterable[Finished]) -> Lengths:
    return lengths_of(
        (one.carrier, one.done_at - one.begun_at) for one in finished if one.begun_at is not None
    )


def _rate_of_days(
    finished: list[Finished], since: datetime, now: datetime, site: WorkingTime, zone: ZoneInfo
) -> Rate:
    """The rate of the last days that had work, of a stage's finished tasks, the newest first."""
    days = list(dict.fromkeys(one.done_at.astimezone(zone).date() for one in finished))
    since = max(since, datetime.combine(days[:DAYS][-1], time(), zone))
    return rate([one for one in finished if one.done_at >= since], since, now, site)


def rate(finished: Iterable[Finished], since: datetime, now: datetime, site: WorkingTime) -> Rate:
    """How fast a queue was worked on lately; half of it by the last hours, if enough was done.

    Args:
        finished: what was done from ``since`` to ``now``, in any order.
        since: the beginning of that time.
        now: its end.
        site: the site's clocks.
    """
    done = list(finished)
    busy = _busy_hours(done, since, site)
    if not busy:
        return NOTHING
    per_hour = len(done) / max(busy, _LEAST_HOURS)
    recent = [task for task in done if task.done_at >= now - _RECENT]
    recently = _busy_hours(recent, now - _RECENT, site)
    if recently and len(recent) >= _ENOUGH:
        per_hour = (per_hour + len(recent) / max(recently, _LEAST_HOURS)) / 2
    whole = max(busy, site.between(since, now, "working") / _HOUR)
    counts = Counter(task.priority for task in done)
    return Rate(per_hour, {one: count / whole for one, count in counts.items()})


def forecast(waiting: Iterable[Waiting], speed: Rate, now: datetime, site: WorkingTime) -> Forecast:
    """When a queue will be done, and what of it will be late.

    What somebody has begun comes first; the rest in the order given, which is the queue's.

    Args:
        waiting: the open tasks whose clock runs.
        speed: of the queue.
        now: the moment.
        site: the site's clocks.
    """
    tasks = sorted(waiting, key=lambda task: not task.in_hand)
    if not tasks:
        return Forecast(now)
    if speed.lengths is not None:
        return _of_awaited(tasks, speed.lengths, now)
    if not speed.per_hour:
        return Forecast(None)
    left = {one: speed.left_for(one) for one in Priority}
    longest, late = timedelta(0), []
    for place, task in enumerate(tasks, start=1):
        pace = speed.per_hour if task.in_hand else left[task.priority]
        takes = min(place / pace, FAR / _HOUR) * _HOUR
        longest = max(longest, takes)
        at = site.advance(now, takes, "working")
        if now <= task.due_at < at:
            late.append(Late(task.key, task.due_at, at))
    end = site.advance(now, longest, "working") if longest < FAR else None
    return Forecast(end, tuple(late))


def _of_awaited(tasks: Sequence[Waiting], lengths: Lengths, now: datetime) -> Forecast:
    """What comes after its own time: a task when half of those did that had waited as long."""
    share_of_all = 0.5 ** (1 / len(tasks))  # as likely as not, all of them are done by then
    ends, late = [], []
    for task in tasks:
        waited = now - task.started_at
        half = length(lengths, task.carrier, waited, 0.5)
        most = length(lengths, task.carrier, waited, share_of_all)
        if half is None or most is None:
            continue
        ends.append(task.started_at + most)
        if now <= task.due_at < task.started_at + half:
            late.append(Late(task.key, task.due_at, task.started_at + half))
    return Forecast(max(ends, default=None), tuple(late))


def _busy_hours(done: Iterable[Finished], since: datetime, site: WorkingTime) -> float:
    """The hours of work since ``since`` in which there was something to do."""
    spans = [(max(one.begun_at, since), one.done_at) for one in done if one.begun_at is not None]
    busy = (site.between(start, end, "working") for start, end in _together(spans))
    return sum(busy, timedelta(0)) / _HOUR


def _together(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans that overlap as one."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
