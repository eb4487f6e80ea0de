"""How far overdue work rises, and to whom."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm import settings
from orderterm.rules.deadlines import Urgency, stage_due, stage_limit, urgency
from orderterm.rules.escalation import Climb, Ladders, Rungs, level, superiors
from orderterm.rules.working_time import WorkingTime
from orderterm.terms import Nature, Priority, Role, Stage

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
    own = Climb(CLOCKS, at("23 21:00"), at("23 22:00"), limit, 0.8, 0.5, HOUR)
    assert own.level(at(now)) == expected


LADDER = {"worker": "leader", "leader": "manager", "manager": "director", "director": None}


def test_somebody_without_a_superior_has_none() -> None:
    assert superiors("director", LADDER) == superiors("nobody", LADDER) == ()
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
    unread = own.next_at(raised, warns=True, unread_since=since)
    assert own.reached_at(1) <= unread <= by_time
    if unread < by_time:
        assert unread == max(own.patient_until(since), own.reached_at(1))
        assert CLOCKS.between(since, unread, own.limit.clock) >= HOUR


@pytest.mark.parametrize(
    ("stage", "since", "until"),
    [
        (Stage.REVIEW, "23 10:00", "23 11:00"),
        (Stage.REVIEW, "23 21:50", "24 08:50"),  # nobody is there to read it at night
        (Stage.REVIEW, "23 23:00", "24 09:00"),
        (Stage.TRACKING, "23 21:50", "23 22:50"),
    ],
)
def test_patience_runs_on_the_clock_of_the_limit(stage: Stage, since: str, until: str) -> None:
    own = climb(stage, Nature.STANDARD, at("23 08:00").astimezone(UTC), None)
    assert own.patient_until(at(since)) == at(until)


def test_what_comes_first() -> None:
    own = climb(Stage.REVIEW, Nature.STANDARD, at("23 10:00").astimezone(UTC), None)
    assert own.next_at(None, warns=True) == at("23 10:48")
    assert own.next_at(None, warns=False) == at("23 11:00") + TICK
    assert own.next_at(0, warns=True, unread_since=own.started_at) == at("23 11:00") + TICK
    assert own.next_at(1, warns=True) == at("23 11:30")


# -- who hears of it ------------------------------------------------------------------------------


def above(
    superior_of: dict[str, str | None], managers: Sequence[str] = (), gone: Sequence[str] = ()
) -> Callable[[str | None], Rungs]:
    """The rungs for the work of somebody on such a staff."""
    staff = [
        (badge, (Role.MANAGER,) if badge in managers else (), superior, badge in gone)
        for badge, superior in superior_of.items()
    ]
    return partial(Ladders(staff).rungs, role=Role.SHIPPING)


def test_the_rungs_above_a_person() -> None:
    assert above(LADDER)("worker") == (("leader",), ("manager",), ("director",))
    assert above(LADDER, gone=["leader"])("worker") == (("manager",), ("director",))


def test_where_nobody_is_above_the_managers_are_and_then_who_is_above_them() -> None:
    rungs = above({**LADDER, "second": "owner", "owner": None}, managers=["second", "manager"])
    for badge in (None, "director", "nobody"):
        assert rungs(badge) == (("manager", "second"), ("director", "owner"))
    assert above(LADDER)(None) == ()


def test_nobody_hears_of_the_same_work_on_two_rungs() -> None:
    assert above({"a": "b", "b": "c", "c": None}, managers=["a", "b"])(None) == (("a", "b"), ("c",))


STAFF = [
    ("worker", (Role.SHIPPING,), "leader", False),
    ("leader", (Role.SHIPPING,), "manager", False),
    ("manager", (Role.MANAGER,), "director", False),
    ("director", (Role.SUPERVISOR,), None, False),
    ("chief", (Role.MANAGER, Role.REVIEWER), "director", False),
    ("former", (Role.MANAGER, Role.REVIEWER), None, True),
]


@pytest.mark.parametrize(
    ("badge", "role", "told"),
    [
        ("worker", Role.SHIPPING, [(), ("leader",), ("manager",), ("director",), ("director",)]),
        (None, Role.SHIPPING, [(), ("chief", "manager"), ("director",), ("director",)]),
        (None, Role.REVIEWER, [(), ("chief",), ("director",), ("director",)]),
        ("director", Role.REVIEWER, [(), ("chief",), ("director",), ("director",)]),
    ],
)
def test_who_is_told_at_a_level_and_at_the_top(
    badge: str | None, role: Role, told: list[tuple[str, ...]]
) -> None:
    ladders = Ladders(STAFF)
    assert [ladders.told(badge, role, level) for level in range(len(told))] == told


def test_where_there_is_no_manager_nobody_is_told() -> None:
    assert Ladders(STAFF[:1]).told(None, Role.SHIPPING, 3) == ()


def test_whose_work_goes_up_to_somebody() -> None:
    ladders = Ladders(STAFF)
    assert ladders.below("manager", Role.SHIPPING) == {
        None: 1,
        "worker": 2,
        "leader": 1,
        "director": 1,
        "former": 1,
    }
    assert ladders.below("manager", Role.REVIEWER) == {"worker": 2, "leader": 1}
    assert ladders.below("worker", Role.SHIPPING) == {}
