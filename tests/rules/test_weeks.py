"""A week of the site begins and ends at the site's midnight."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.weeks import week_of

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = st.dates(date(2000, 1, 8), date(2199, 12, 1))


def test_a_week_in_which_the_clocks_are_put_back_is_an_hour_longer() -> None:
    week = week_of(date(2026, 10, 25), BERLIN)
    assert week.monday == date(2026, 10, 19)
    assert week.start == datetime(2026, 10, 18, 22, tzinfo=UTC)
    assert week.end == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert week.end - week.start == timedelta(days=7, hours=1)


def test_a_week_in_which_they_are_put_forward_is_an_hour_shorter() -> None:
    week = week_of(date(2026, 3, 23), BERLIN)
    assert week.end - week.start == timedelta(days=6, hours=23)


@given(DAYS, st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Asia/Gaza"]))
def test_weeks_follow_each_other_without_a_gap(day: date, zone: str) -> None:
    week = week_of(day, ZoneInfo(zone))
    assert week.monday <= day <= week.sunday
    assert week.monday.weekday() == 0
    assert week.before().end == week.start
    assert week_of(week.sunday, week.zone) == week
    assert len(week.days) == 7
