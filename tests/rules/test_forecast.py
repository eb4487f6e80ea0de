"""The forecast: what must always hold of it, and how often it was right on simulated days."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.forecast import (
    NOTHING,
    Finished,
    Forecast,
    Rate,
    Waiting,
    forecast,
    rate,
)
from orderterm.rules.working_time import WorkingTime
from orderterm.settings import parse
from orderterm.terms import Priority, Stage
from tests.rules.simulated_days import STAGES, House

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
    return [Waiting(key, *task) for key, task in enumerate(ordered)]


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


def test_a_task_whose_clock_stood_still_tells_nothing_of_the_hours() -> None:
    waited = Finished(Priority.NORMAL, None, NOW - HOUR)
    assert rate([waited], NOW - 24 * HOUR, NOW, SITE) == NOTHING
    assert rate([waited, _done(2, 1)], NOW - 24 * HOUR, NOW, SITE).per_hour == pytest.approx(2)


def _waiting(key: int, due: float, priority: Priority = Priority.NORMAL) -> Waiting:
    return Waiting(key, priority, NOW + due * HOUR)


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
    begun = Waiting(2, Priority.LOW, NOW + 2 * HOUR, in_hand=True)
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
        Waiting(task.key, task.priority, task.due_at, task.is_begun(at)) for task in open_ones
    ]
    found = forecast(waiting, rate(done, since, at, house.site), at, house.site)
    came = {task.key for task in open_ones if at <= task.due_at < task.done_at}
    error = None
    if open_ones and found.done_at is not None:
        end = max(task.done_at for task in open_ones)
        error = house.site.between(end, found.done_at, "working") / timedelta(minutes=1)
    return Score(stage, {one.key for one in found.late}, came, error)


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
