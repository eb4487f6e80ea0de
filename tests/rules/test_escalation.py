"""How far overdue work rises, and to whom."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm import settings
from orderterm.rules.escalation import level, level_at, superior_at, superiors
from orderterm.rules.working_time import WorkingTime

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
