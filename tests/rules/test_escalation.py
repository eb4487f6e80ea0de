"""How far overdue work rises, and to whom."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm import settings
from orderterm.rules.deadlines import Urgency, stage_due, stage_limit, urgency
from orderterm.rules.escalation import Climb, level, level_at, rungs, superior_at, superiors
from orderterm.rules.working_time import WorkingTime
from orderterm.terms import Nature, Priority, Stage

HOUR = timedelta(hours=1)
SETTINGS = settings.parse({})
CLOCKS = WorkingTime(SETTINGS)


@pytest.mark.parametrize(
    ("overdue", "expected"),
    [(-1.0, 0), (0.0, 0), (0.01, 1), (1.9, 1), (2.0, 2), (3.9, 2), (4.0, 3), (40.0, 21)],
)
def test_one_level_more_for_each_half_of_the_limit(overdue: float, expected: int) -> None:
    assert level(overdue * HOUR, 4 * HOUR, 0.5) == expected


def test_a_limit_of_no_length_divides_by_nothing() -> None:
    assert level(HOUR, timedelta(0), 0.5) > 1


@given(st.timedeltas(timedelta(0), 90 * HOUR), st.timedeltas(timedelta(0), 90 * HOUR))
def test_it_only_rises(one: timedelta, other: timedelta) -> None:
    one, other = sorted((one, other))
    assert level(one, HOUR, 0.5) <= level(other, HOUR, 0.5)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("23 21:59", 0),
        ("23 22:00", 0),
        ("23 23:00", 1),  # overdue, though no working time has passed since
        ("24 08:29", 1),
        ("24 08:30", 2),
        ("24 09:00", 3),
    ],
)
def test_a_task_rises_on_its_own_clock(now: str, expected: int) -> None:
    limit = SETTINGS.limits.review
    assert level_at(CLOCKS, at("23 21:00"), at("23 22:00"), limit, at(now), 0.5) == expected


LADDER = {"worker": "leader", "leader": "manager", "manager": "director", "director": None}


@pytest.mark.parametrize(
    ("rung", "badge"),
    [(0, None), (1, "leader"), (2, "manager"), (3, "director"), (4, "director"), (99, "director")],
)
def test_the_ladder_ends_at_its_top(rung: int, badge: str | None) -> None:
    assert superior_at("worker", LADDER, rung) == badge


def test_somebody_without_a_superior_has_none() -> None:
    assert superior_at("director", LADDER, 1) is None
    assert superior_at("nobody", LADDER, 1) is None
    assert superiors("worker", LADDER) == ("leader", "manager", "director")


def test_a_circle_is_walked_once() -> None:
    assert superiors("a", {"a": "b", "b": "c", "c": "a"}) == ("b", "c")
    assert superiors("a", {"a": "a"}) == ()
    assert superiors("a", {"a": "b", "b": "c", "c": "b"}) == ("b", "c")


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef")), st.sampled_from("abcdef")
)
def test_no_ladder_holds_anybody_twice(ladder: dict[str, str], badge: str) -> None:
    above = superiors(badge, ladder)
    assert len(set(above)) == len(above)
    assert badge not in above


# -- when the next level is reached ---------------------------------------------------------------

TICK = timedelta(milliseconds=1)
MOMENTS = st.integers(0, 700 * 24 * 3600 * 1000).map(
    lambda past: datetime(2026, 1, 1, tzinfo=UTC) + past * TICK
)


def climb(stage: Stage, nature: Nature, started: datetime, promised: timedelta | None) -> Climb:
    """A task's climb; a promise of the channel may cut its time short."""
    limits, priority = SETTINGS.limits, Priority.NORMAL
    due = stage_due(CLOCKS, limits, stage, priority, nature, started)
    if promised is not None:
        due = min(due, started + promised)
    limit = stage_limit(stage, priority, nature, limits)
    return Climb(CLOCKS, started, due, limit, 0.8, 0.5, HOUR)


CLIMBS = st.builds(
    climb,
    st.sampled_from(Stage),
    st.sampled_from(Nature),
    MOMENTS,
    st.none() | st.integers(0, 90 * 3600 * 1000).map(lambda long: long * TICK),
)


@given(CLIMBS, st.integers(1, 9))
def test_a_level_is_reached_at_its_moment_and_not_before(own: Climb, rung: int) -> None:
    moment = own.reached_at(rung)
    assert moment.microsecond % 1000 == 0
    assert own.level(moment) >= rung
    assert own.level(moment - TICK) < rung


@given(CLIMBS)
def test_due_soon_begins_at_its_moment(own: Climb) -> None:
    moment = own.reached_at(0)
    times = (CLOCKS, own.started_at, own.due_at, own.limit)
    assert urgency(*times, moment, 0.8) is not Urgency.ON_TIME
    if moment - TICK >= own.started_at:
        assert urgency(*times, moment - TICK, 0.8) is Urgency.ON_TIME


@given(CLIMBS)
def test_one_moment_follows_the_other(own: Climb) -> None:
    moments = [own.reached_at(rung) for rung in range(6)]
    assert moments == sorted(moments)
    assert moments[0] <= own.due_at < moments[1]


@given(CLIMBS, st.integers(1, 5), st.timedeltas(timedelta(0), 9 * HOUR))
def test_what_is_unread_is_spoken_of_earlier(own: Climb, raised: int, later: timedelta) -> None:
    since = own.reached_at(raised) + later
    by_time = own.next_at(raised, warns=True)
    assert by_time == own.reached_at(raised + 1)
    assert own.next_at(raised, warns=True, unread_since=since) == min(by_time, since + HOUR)


def test_what_comes_first() -> None:
    own = climb(Stage.REVIEW, Nature.STANDARD, at("23 10:00").astimezone(UTC), None)
    assert own.next_at(None, warns=True) == at("23 10:48")
    assert own.next_at(None, warns=False) == at("23 11:00") + TICK
    assert own.next_at(0, warns=True, unread_since=own.started_at) == at("23 11:00") + TICK
    assert own.next_at(1, warns=True) == at("23 11:30")


# -- who hears of it ------------------------------------------------------------------------------


def test_the_rungs_above_a_person() -> None:
    assert rungs("worker", ["x"], LADDER, []) == (("leader",), ("manager",), ("director",))
    assert rungs("worker", ["x"], LADDER, ["leader"]) == (("manager",), ("director",))


def test_where_nobody_is_above_the_managers_are_and_then_who_is_above_them() -> None:
    above = {**LADDER, "second": "owner", "owner": None}
    for badge in (None, "director"):
        assert rungs(badge, ["second", "manager"], above, []) == (
            ("manager", "second"),
            ("director", "owner"),
        )
    assert rungs(None, [], above, []) == ()


def test_nobody_hears_of_the_same_work_on_two_rungs() -> None:
    above = {"a": "b", "b": "c", "c": None}
    assert rungs(None, ["a", "b"], above, []) == (("a", "b"), ("c",))
