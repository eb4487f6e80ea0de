"""Which limit holds, when it is up, and how near that is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orderterm import settings
from orderterm.rules import deadlines
from orderterm.rules.deadlines import Pause, Urgency
from orderterm.rules.working_time import WorkingTime
from orderterm.settings import Limit
from orderterm.terms import ExceptionKind, Nature, Priority, Stage

SETTINGS = settings.parse({})
LIMITS = SETTINGS.limits
CLOCKS = WorkingTime(SETTINGS)
FIRST, LAST = (datetime.fromisoformat(day) for day in ("2026-01-01", "2027-12-31"))
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def due(
    stage: Stage,
    started_at: datetime,
    *pauses: Pause,
    priority: Priority = Priority.NORMAL,
    nature: Nature = Nature.STANDARD,
    ship_by: datetime | None = None,
    now: datetime | None = None,
) -> datetime:
    return deadlines.stage_due(
        CLOCKS, LIMITS, stage, priority, nature, started_at, pauses, ship_by, now
    )


@pytest.mark.parametrize(
    ("priority", "nature", "limit"),
    [
        (Priority.NORMAL, Nature.STANDARD, LIMITS.preparation),
        (Priority.HIGH, Nature.EXCHANGE, LIMITS.preparation),
        (Priority.URGENT, Nature.STANDARD, LIMITS.preparation_urgent),
        (Priority.HIGH, Nature.CUSTOM, LIMITS.preparation_custom),
        (Priority.URGENT, Nature.CUSTOM, LIMITS.preparation_custom),
    ],
)
def test_preparation_has_three_limits(priority: Priority, nature: Nature, limit: Limit) -> None:
    assert deadlines.stage_limit(Stage.PREPARATION, priority, nature, LIMITS) is limit


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_is_due_some_time(stage: Stage) -> None:
    assert due(stage, at("23 10:00")) > at("23 10:00")
    if stage is not Stage.PREPARATION:
        limit = deadlines.stage_limit(stage, Priority.URGENT, Nature.CUSTOM, LIMITS)
        assert limit is getattr(LIMITS, stage.value)


@pytest.mark.parametrize("kind", ExceptionKind)
def test_every_exception_is_due_some_time(kind: ExceptionKind) -> None:
    start = at("23 10:00")
    expected = CLOCKS.add(start, getattr(LIMITS, kind.value))
    assert deadlines.exception_due(kind, CLOCKS, LIMITS, start) == expected


def test_an_exception_is_paused_like_a_stage() -> None:
    start, pause = at("23 10:00"), (at("23 10:30"), at("23 11:30"))
    assert deadlines.exception_due(ExceptionKind.INFORMATION, CLOCKS, LIMITS, start, [pause]) == at(
        "23 13:00"
    )


def test_the_shipped_limits() -> None:
    assert due(Stage.REVIEW, at("23 21:30")) == at("24 08:30")
    assert due(Stage.PREPARATION, at("23 10:00")) == at("23 14:00")
    assert due(Stage.PREPARATION, at("23 10:00"), priority=Priority.URGENT) == at("23 12:00")
    assert due(Stage.TRACKING, at("23 23:00")) == at("25 23:00")


def test_pauses_that_overlap_count_once_and_only_from_the_start_on() -> None:
    pauses = [(at("23 10:30"), at("23 11:30")), (at("23 09:00"), at("23 11:00"))]
    assert due(Stage.REVIEW, at("23 10:00"), *pauses) == at("23 12:30")
    assert due(Stage.REVIEW, at("23 10:00"), (at("23 08:00"), at("23 09:00"))) == at("23 11:00")


def test_an_open_pause_lasts_until_now() -> None:
    pause = (at("23 10:30"), None)
    assert due(Stage.REVIEW, at("23 10:00"), pause, now=at("23 12:00")) == at("23 12:30")
    with pytest.raises(ValueError, match="needs now"):
        due(Stage.REVIEW, at("23 10:00"), pause)


def test_a_pause_over_night_moves_only_the_clock_that_it_stopped() -> None:
    night = (at("23 21:45"), at("24 08:15"))
    assert due(Stage.REVIEW, at("23 21:30"), night) == at("24 09:00")
    assert due(Stage.TRACKING, at("23 21:30"), night) == at("26 08:00")


@given(MOMENTS, st.lists(st.tuples(MOMENTS, MOMENTS), max_size=4), st.sampled_from(list(Stage)))
def test_pauses_move_a_due_time_by_exactly_what_they_stopped(
    start: datetime, pairs: list[tuple[datetime, datetime]], stage: Stage
) -> None:
    pauses: list[Pause] = [(min(pair), max(pair)) for pair in pairs]
    clock = deadlines.stage_limit(stage, Priority.NORMAL, Nature.STANDARD, LIMITS).clock
    stopped = deadlines.paused(CLOCKS, pauses, start, clock)
    moved = CLOCKS.between(due(stage, start), due(stage, start, *pauses), clock)
    assert moved == stopped
    assert stopped <= sum(
        (CLOCKS.between(begin, end, clock) for begin, end in pairs if begin < end), timedelta(0)
    ) + sum(
        (CLOCKS.between(end, begin, clock) for begin, end in pairs if end < begin), timedelta(0)
    )


@pytest.mark.parametrize("stage", Stage)
def test_the_channel_s_promise_caps_what_comes_up_to_shipping(stage: Stage) -> None:
    promise = at("23 10:20")
    capped = due(stage, at("23 10:00"), ship_by=promise)
    before = stage in (Stage.REVIEW, Stage.ALLOCATION, Stage.PREPARATION, Stage.SHIPPING)
    assert capped == (promise if before else due(stage, at("23 10:00")))
    assert due(stage, at("23 10:00"), ship_by=at("29 10:00")) == due(stage, at("23 10:00"))


def test_a_promise_holds_through_a_pause() -> None:
    pause = (at("23 10:05"), at("23 15:00"))
    assert due(Stage.REVIEW, at("23 10:00"), pause, ship_by=at("23 12:00")) == at("23 12:00")


def urgency(start: datetime, due_at: datetime, limit: Limit, now: datetime) -> Urgency:
    return deadlines.urgency(CLOCKS, start, due_at, limit, now, 0.8)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("23 10:00", Urgency.ON_TIME),
        ("23 13:11", Urgency.ON_TIME),
        ("23 13:12", Urgency.DUE_SOON),
        ("23 14:00", Urgency.DUE_SOON),
        ("23 14:01", Urgency.OVERDUE),
    ],
)
def test_due_soon_from_four_fifths_on(now: str, expected: Urgency) -> None:
    assert urgency(at("23 10:00"), at("23 14:00"), LIMITS.preparation, at(now)) is expected


def test_due_soon_counts_the_limit_s_own_clock() -> None:
    start, limit = at("23 20:00"), LIMITS.preparation
    due_at = CLOCKS.add(start, limit)
    assert urgency(start, due_at, limit, at("24 09:11")) is Urgency.ON_TIME
    assert urgency(start, due_at, limit, at("24 09:12")) is Urgency.DUE_SOON


def test_a_pause_makes_the_amber_time_no_longer() -> None:
    start, pause = at("23 10:00"), (at("23 10:30"), at("23 14:30"))
    due_at = due(Stage.PREPARATION, start, pause)
    assert due_at == at("23 18:00")
    assert urgency(start, due_at, LIMITS.preparation, at("23 17:11")) is Urgency.ON_TIME
    assert urgency(start, due_at, LIMITS.preparation, at("23 17:12")) is Urgency.DUE_SOON


def test_a_capped_stage_is_due_soon_by_its_own_share() -> None:
    start, promise = at("23 10:00"), at("23 11:00")
    assert urgency(start, promise, LIMITS.preparation, at("23 10:47")) is Urgency.ON_TIME
    assert urgency(start, promise, LIMITS.preparation, at("23 10:48")) is Urgency.DUE_SOON
    late = at("23 09:00")
    assert deadlines.due_soon_at(CLOCKS, start, late, LIMITS.preparation, 0.8) == late


def test_working_days_are_due_soon_too() -> None:
    start, limit = at("23 10:00"), LIMITS.preparation_custom
    due_at = CLOCKS.add(start, limit)  # 42 hours of shifts, 8.4 of them amber
    assert deadlines.due_soon_at(CLOCKS, start, due_at, limit, 0.8) == at("25 15:36")


@given(MOMENTS, st.floats(0.1, 80), st.floats(0.05, 0.95))
def test_the_amber_share_is_what_the_setting_says(
    start: datetime, hours: float, share: float
) -> None:
    limit = Limit(clock="working", hours=hours)
    due_at = CLOCKS.add(start, limit)
    amber = deadlines.due_soon_at(CLOCKS, start, due_at, limit, share)
    assume(amber > start)
    left = CLOCKS.between(amber, due_at, "working")
    assert abs(left - timedelta(hours=hours) * (1 - share)) <= timedelta(microseconds=5)
    assert start <= amber <= due_at
