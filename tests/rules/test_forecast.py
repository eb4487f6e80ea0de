"""The forecast: what must always hold of it, and how often it was right on simulated days."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from orderterm.rules import awaited
from orderterm.rules.forecast import (
    LOOK_BACK,
    NOTHING,
    Finished,
    Forecast,
    Rate,
    Waiting,
    forecast,
    rate,
    rates_of,
)
from orderterm.rules.working_time import WorkingTime
from orderterm.settings import parse
from orderterm.terms import Priority, Stage
from tests.rules import simulated_parcels as parcels
from tests.rules.simulated_days import FIRST, STAGES, House

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""Ten o'clock on a working Monday at the site."""

SETTINGS = parse({})
SITE = WorkingTime(SETTINGS)
HOUR = timedelta(hours=1)

priorities = st.sampled_from(list(Priority))
dues = st.integers(-600, 6000).map(lambda minutes: NOW + timedelta(minutes=minutes))
speeds = st.floats(0.05, 500)


def _queue(tasks: list[tuple[Priority, datetime, bool]]) -> list[Waiting]:
    """Tasks as a queue sorts them."""
    ordered = sorted(tasks, key=lambda task: (task[0].rank, task[1]))
    return [Waiting(key, one, NOW, due, held) for key, (one, due, held) in enumerate(ordered)]


queues = st.lists(st.tuples(priorities, dues, st.booleans()), max_size=30).map(_queue)
mixes = st.dictionaries(priorities, st.floats(0, 100))


def _end(found: Forecast) -> datetime:
    """When the queue is done; far away where that is not in sight."""
    return found.done_at or datetime.max.replace(tzinfo=UTC)


# -- what always holds ----------------------------------------------------------------------------


@given(queues, st.tuples(priorities, dues, st.booleans()), speeds, mixes)
def test_more_work_is_never_done_earlier(
    queue: list[Waiting],
    more: tuple[Priority, datetime, bool],
    speed: float,
    arrivals: dict[Priority, float],
) -> None:
    pace = Rate(speed, arrivals)
    longer = _queue([*((one.priority, one.due_at, one.in_hand) for one in queue), more])
    before, after = (forecast(tasks, pace, NOW, SITE) for tasks in (queue, longer))
    assert _end(after) >= _end(before)
    assert len(after.late) >= len(before.late)


@given(queues, speeds, st.floats(1, 10), mixes)
def test_a_higher_rate_is_never_later(
    queue: list[Waiting], speed: float, quicker: float, arrivals: dict[Priority, float]
) -> None:
    slow = forecast(queue, Rate(speed, arrivals), NOW, SITE)
    quick = forecast(queue, Rate(speed * quicker, arrivals), NOW, SITE)
    assert _end(quick) <= _end(slow)
    assert {one.key for one in quick.late} <= {one.key for one in slow.late}


@given(queues, speeds, mixes)
def test_what_will_be_late_is_late_then_and_not_yet(
    queue: list[Waiting], speed: float, arrivals: dict[Priority, float]
) -> None:
    found = forecast(queue, Rate(speed, arrivals), NOW, SITE)
    assert all(NOW <= one.due_at < one.expected_at <= _end(found) for one in found.late)
    by_key = {one.key: one for one in queue}
    for level in Priority:
        times = [
            one.expected_at
            for one in found.late
            if by_key[one.key].priority is level and not by_key[one.key].in_hand
        ]
        assert times == sorted(times)


@given(st.lists(st.tuples(priorities, st.integers(1, 5000), st.integers(0, 600)), max_size=40))
def test_a_rate_is_finite_and_of_all_that_was_done(told: list[tuple[Priority, int, int]]) -> None:
    since = NOW - timedelta(days=3)
    done = [
        Finished(one, NOW - timedelta(minutes=ago + took), NOW - timedelta(minutes=ago))
        for one, ago, took in told
        if ago <= 3 * 24 * 60
    ]
    found = rate(done, since, NOW, SITE)
    assert 0 <= found.per_hour < float("inf")
    assert set(found.arrivals) in ({one.priority for one in done}, set())


# -- a few by hand --------------------------------------------------------------------------------


def _done(begun: float, ended: float, priority: Priority = Priority.NORMAL) -> Finished:
    """A task by the hours before ten o'clock."""
    return Finished(priority, NOW - begun * HOUR, NOW - ended * HOUR)


def test_only_the_hours_count_in_which_there_was_something_to_do() -> None:
    friday = 24 * 3
    done = [_done(friday + 1, friday + 0.5), _done(friday + 1, friday), _done(2, 1)]
    assert rate(done, NOW - 7 * 24 * HOUR, NOW, SITE).per_hour == pytest.approx(3 / 2)


def test_a_night_is_no_time_to_work_in() -> None:
    yesterday_evening = 13  # nine o'clock
    done = [_done(yesterday_evening, 1)]
    assert rate(done, NOW - 24 * HOUR, NOW, SITE).per_hour == pytest.approx(1 / 2)


def test_who_hurries_today_counts_half() -> None:
    day = [_done(24 + n, 24 + n - 1) for n in range(-8, 2)]
    hours = [_done(1, 1 - n / 20) for n in range(1, 21)]
    slow = rate(day, NOW - 48 * HOUR, NOW, SITE).per_hour
    assert slow == pytest.approx(1)
    assert rate(hours, NOW - 48 * HOUR, NOW, SITE).per_hour == pytest.approx(20)
    both = rate([*day, *hours], NOW - 48 * HOUR, NOW, SITE).per_hour
    assert both == pytest.approx((30 / 11 + 20) / 2)


def test_a_few_quick_minutes_promise_nothing() -> None:
    day = [_done(24 + n, 24 + n - 1) for n in range(-8, 2)]
    quick = [_done(1, 1 - 1 / 60)] * 10
    found = rate([*day, *quick], NOW - 48 * HOUR, NOW, SITE).per_hour
    assert found == pytest.approx((20 / (10 + 1 / 60) + 10) / 2)


def test_a_task_whose_clock_stood_still_tells_nothing_of_the_hours() -> None:
    waited = Finished(Priority.NORMAL, None, NOW - HOUR)
    assert rate([waited], NOW - 24 * HOUR, NOW, SITE) == NOTHING
    assert rate([waited, _done(2, 1)], NOW - 24 * HOUR, NOW, SITE).per_hour == pytest.approx(2)


def _waiting(key: int, due: float, priority: Priority = Priority.NORMAL) -> Waiting:
    return Waiting(key, priority, NOW, NOW + due * HOUR)


def test_the_place_in_the_queue_tells_when() -> None:
    found = forecast([_waiting(1, 0.4), _waiting(2, 1.1), _waiting(3, 1.4)], Rate(2), NOW, SITE)
    assert found.done_at == NOW + 1.5 * HOUR
    assert [(one.key, one.expected_at) for one in found.late] == [
        (1, NOW + 0.5 * HOUR),
        (3, NOW + 1.5 * HOUR),
    ]


def test_what_does_not_fit_in_the_day_is_done_the_next_morning() -> None:
    assert forecast([_waiting(1, 1)], Rate(1 / 13), NOW, SITE).done_at == NOW + 23 * HOUR


def test_what_somebody_has_begun_is_done_first() -> None:
    begun = Waiting(2, Priority.LOW, NOW, NOW + 2 * HOUR, in_hand=True)
    (late,) = forecast([_waiting(1, 1.5), begun], Rate(1), NOW, SITE).late
    assert late.key == 1


def test_urgent_work_that_comes_in_overtakes() -> None:
    arrivals = {Priority.URGENT: 1.0}
    found = forecast([_waiting(1, 1), _waiting(2, 1.1)], Rate(3, arrivals), NOW, SITE)
    assert found.done_at == NOW + HOUR
    urgent = [_waiting(1, 1, Priority.URGENT), _waiting(2, 1.1, Priority.URGENT)]
    assert forecast(urgent, Rate(3, arrivals), NOW, SITE).done_at == NOW + HOUR * 2 / 3


def test_where_nobody_works_there_is_no_end() -> None:
    assert forecast([_waiting(1, 1)], NOTHING, NOW, SITE) == Forecast(None)
    assert forecast([], NOTHING, NOW, SITE) == Forecast(NOW)
    found = forecast([_waiting(1, 1), _waiting(2, 1)], Rate(1 / 200), NOW, SITE)
    assert found.done_at is None
    assert len(found.late) == 2


# -- what is waited for ---------------------------------------------------------------------------

spans = st.integers(0, 10_000).map(lambda minutes: timedelta(minutes=minutes))
ended = st.lists(st.tuples(st.sampled_from(["SF", "ZTO", ""]), spans), max_size=120)


@given(ended, st.sampled_from(["SF", "YD", ""]), spans, spans, st.floats(0, 0.999))
def test_what_has_waited_longer_takes_no_less(
    took: list[tuple[str, timedelta]],
    carrier: str,
    waited: timedelta,
    more: timedelta,
    share: float,
) -> None:
    known = awaited.lengths_of(took)
    sooner = awaited.length(known, carrier, waited, share)
    later = awaited.length(known, carrier, waited + more, share)
    assert sooner is None or sooner > waited
    assert later is None or (sooner is not None and sooner <= later)


def _parcels(*hours: float, carrier: str = "SF") -> list[Finished]:
    """Twenty of each length, all of which have just arrived."""
    return [
        Finished(Priority.NORMAL, NOW - one * HOUR, NOW, carrier)
        for one in hours
        for _ in range(awaited.ENOUGH)
    ]


def _tracking(finished: list[Finished]) -> Rate:
    done = [
        (Stage.TRACKING, one.priority, one.begun_at, one.done_at, one.carrier) for one in finished
    ]
    return rates_of(done, NOW, SITE, SETTINGS.site.zone)[Stage.TRACKING]


def _parcel(waited: float, carrier: str = "SF") -> Waiting:
    begun = NOW - waited * HOUR
    return Waiting(1, Priority.NORMAL, begun, begun + 48 * HOUR, carrier=carrier)


def test_a_parcel_goes_on_as_those_which_had_waited_as_long() -> None:
    known = _tracking(_parcels(20, 30, 60, 60, 30))
    assert forecast([_parcel(10)], known, NOW, SITE) == Forecast(NOW + 20 * HOUR)
    (late,) = forecast([_parcel(35)], known, NOW, SITE).late
    assert late.expected_at == NOW + 25 * HOUR
    assert forecast([_parcel(60)], known, NOW, SITE) == Forecast(None)


def test_the_last_of_many_parcels_comes_late() -> None:
    known = _tracking(_parcels(20, 20, 20, 40))
    assert forecast([_parcel(10)], known, NOW, SITE).done_at == NOW + 10 * HOUR
    assert forecast([_parcel(10)] * 9, known, NOW, SITE).done_at == NOW + 30 * HOUR


def test_a_carriers_parcels_are_as_slow_as_its_own() -> None:
    known = _tracking([*_parcels(20, 20), *_parcels(60, carrier="ZTO"), *_parcels(20)[:5]])
    assert forecast([_parcel(10)], known, NOW, SITE).late == ()
    assert len(forecast([_parcel(10, "ZTO")], known, NOW, SITE).late) == 1
    assert forecast([_parcel(10, "new")], known, NOW, SITE).late == ()


def test_of_a_few_parcels_nothing_is_told() -> None:
    known = _tracking(_parcels(60)[1:])
    assert forecast([_parcel(10)], known, NOW, SITE) == Forecast(None)
    assert forecast([], known, NOW, SITE) == Forecast(NOW)


# -- how often it was right -----------------------------------------------------------------------

LEARNED = 7
HOURS = (10, 14, 18)


class Score(NamedTuple):
    """What the forecast said of one stage at one moment, and what came."""

    stage: Stage
    foretold: set[int]
    came: set[int]
    error: float | None
    """Minutes of work between the foretold end and the real one."""


def _scores(house: House) -> Iterator[Score]:
    for day in range(LEARNED, house.days - 1):
        for hour in HOURS:
            for stage in STAGES:
                yield _score(house, stage, house.day(day, hour))


def _score(house: House, stage: Stage, at: datetime) -> Score:
    since = at - timedelta(days=LEARNED)
    own = [task for task in house.tasks if task.stage is stage]
    done = [
        Finished(task.priority, task.started_at, task.done_at)
        for task in own
        if since <= task.done_at <= at
    ]
    open_ones = sorted((task for task in own if task.is_open(at)), key=lambda task: task.place)
    waiting = [
        Waiting(task.key, task.priority, task.started_at, task.due_at, task.is_begun(at))
        for task in open_ones
    ]
    found = forecast(waiting, rate(done, since, at, house.site), at, house.site)
    came = {task.key for task in open_ones if at <= task.due_at < task.done_at}
    error = None
    if open_ones and found.done_at is not None:
        end = max(task.done_at for task in open_ones)
        error = house.site.between(end, found.done_at, "working") / timedelta(minutes=1)
    return Score(stage, {one.key for one in found.late}, came, error)


def _scores_of_parcels(seed: int, *, as_queue: bool = False) -> Iterator[Score]:
    tasks = list(parcels.awaited(seed, 24))
    for stage in parcels.STAGES:
        own = [task for task in tasks if task.stage is stage]
        for day in range(18, 23):
            for hour in HOURS:
                at = FIRST + timedelta(days=day, hours=hour)
                yield _score_of_parcels(stage, own, at, as_queue=as_queue)


def _score_of_parcels(
    stage: Stage, own: list[parcels.Awaited], at: datetime, *, as_queue: bool
) -> Score:
    done = [task for task in own if at - LOOK_BACK <= task.done_at <= at]
    newest = sorted(done, key=_ended, reverse=True)
    rows = [(stage, one.priority, one.started_at, one.done_at, one.carrier) for one in newest]
    known = rates_of(rows, at, SITE, SETTINGS.site.zone)[stage]
    open_ones = sorted((task for task in own if task.is_open(at)), key=lambda task: task.place)
    waiting = [
        Waiting(task.key, task.priority, task.started_at, task.due_at, carrier=task.carrier)
        for task in open_ones
    ]
    found = forecast(waiting, replace(known, lengths=None) if as_queue else known, at, SITE)
    came = {task.key for task in open_ones if at <= task.due_at < task.done_at}
    error = None
    if found.done_at is not None:
        error = (found.done_at - max(map(_ended, open_ones))) / timedelta(minutes=1)
    return Score(stage, {one.key for one in found.late}, came, error)


def _ended(task: parcels.Awaited) -> datetime:
    return task.done_at


class Sum(NamedTuple):
    """How right the forecast was; ``end_minutes`` is the median error of a queue's end."""

    foretold: int
    came: int
    precision: float
    recall: float
    end_minutes: float

    def __str__(self) -> str:
        return (
            f"{self.foretold} foretold, {self.came} came: precision {self.precision:.2f}, "
            f"recall {self.recall:.2f}; end of a queue off by {self.end_minutes:.0f} min (median)"
        )


def summed(scores: list[Score]) -> Sum:
    foretold = sum(len(one.foretold) for one in scores)
    came = sum(len(one.came) for one in scores)
    both = sum(len(one.foretold & one.came) for one in scores)
    errors = [abs(one.error) for one in scores if one.error is not None]
    return Sum(foretold, came, both / foretold, both / came, median(errors))


def test_it_was_right_on_simulated_days() -> None:
    scores = [score for seed in (11, 12) for score in _scores(House(SETTINGS, seed, 15))]
    for stage in STAGES:
        own = summed([score for score in scores if score.stage is stage])
        print(f"{stage.value}: {own}")
    whole = summed(scores)
    print(f"all: {whole}")
    assert whole.came > 300
    assert whole.precision > 0.8
    assert whole.recall > 0.9
    assert whole.end_minutes < 30


def test_it_was_right_on_simulated_parcels_and_better_than_for_a_queue() -> None:
    own, queued = (
        [one for seed in (11, 12) for one in _scores_of_parcels(seed, as_queue=as_queue)]
        for as_queue in (False, True)
    )
    for stage in parcels.STAGES:
        ours, before = (
            summed([score for score in scores if score.stage is stage]) for scores in (own, queued)
        )
        print(f"{stage.value}: {ours}")
        print(f"{stage.value}, as a queue: {before}")
        assert ours.came > 1000
        assert ours.precision > 0.55
        assert ours.precision > before.precision + 0.1
        assert ours.end_minutes < before.end_minutes
