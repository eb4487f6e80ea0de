"""The site's clocks: shifts, working days, holidays, and the nights in which a zone changes."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm import settings
from orderterm.errors import OrdertermError
from orderterm.rules.working_time import Clock, WorkingTime
from orderterm.settings import Limit

WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def site(
    zone: str = "Asia/Shanghai",
    shifts: list[tuple[str, str, list[str]]] | None = None,
    country: str = "CN",
    **calendar: Any,
) -> WorkingTime:
    own: dict[str, Any] = {
        "site": {"time_zone": zone},
        "calendar": {"country": country, **calendar},
    }
    if shifts is not None:
        own["shifts"] = [
            {"name": f"{start}-{end}", "start": f"{start}:00", "end": f"{end}:00", "days": days}
            for start, end, days in shifts
        ]
    return WorkingTime(settings.parse(own))


def working(hours: float) -> Limit:
    return Limit(clock="working", hours=hours)


def days(count: int, clock: Clock = "working") -> Limit:
    return Limit(clock=clock, days=count)


def local(text: str, zone: str = "Asia/Shanghai", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


CHINA = site()
PARIS = site("Europe/Paris", [("22:00", "06:00", WEEK), ("08:00", "12:00", WEEK)], country="")
OFFICE = site(
    "Europe/Paris",
    [("09:00", "12:00", WEEK[:5]), ("11:00", "17:30", WEEK[:5]), ("23:30", "02:30", ["friday"])],
    country="FR",
)
SITES = st.sampled_from([CHINA, PARIS, OFFICE])
FIRST, LAST = (datetime.fromisoformat(day) for day in ("2026-01-01", "2027-12-31"))
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
LENGTHS = st.timedeltas(timedelta(microseconds=1), timedelta(hours=90))


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23 10:00", 1, "2026-11-23 11:00"),
        ("2026-11-23 21:00", 1, "2026-11-23 22:00"),  # a shift's end, not the next opening
        ("2026-11-23 21:30", 1, "2026-11-24 08:30"),
        ("2026-11-23 03:00", 1, "2026-11-23 09:00"),
        ("2026-11-23 14:30", 1, "2026-11-23 15:30"),  # from one shift into the next
        ("2026-09-30 21:30", 1, "2026-10-08 08:30"),  # over the national holidays, Sunday and all
        ("2026-02-14 21:00", 2, "2026-02-24 09:00"),  # over the Spring Festival
    ],
)
def test_working_hours_pass_only_in_shifts(start: str, hours: float, due: str) -> None:
    assert CHINA.add(local(start), working(hours)) == local(due)


def test_a_site_that_works_on_holidays_does_so() -> None:
    always_open = site(closed_on_holidays=False)
    assert always_open.add(local("2026-09-30 21:30"), working(1)) == local("2026-10-01 08:30")


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-11-23 10:00", 3, "2026-11-26 10:00"),
        ("2026-11-19 10:00", 3, "2026-11-24 10:00"),  # over a weekend
        ("2026-11-21 10:00", 1, "2026-11-24 08:00"),  # Saturday starts with Monday's opening
        ("2026-11-23 06:00", 1, "2026-11-24 08:00"),  # and so does what comes before it
        ("2026-11-23 23:00", 1, "2026-11-24 23:00"),
        ("2026-05-08 10:00", 1, "2026-05-09 10:00"),  # a made-up Saturday
        ("2026-09-30 10:00", 1, "2026-10-08 10:00"),
    ],
)
def test_working_days_keep_the_time_of_day(start: str, count: int, due: str) -> None:
    assert CHINA.add(local(start), days(count)) == local(due)


def test_elapsed_limits_run_always() -> None:
    start = local("2026-09-30 21:30")
    assert CHINA.add(start, Limit(clock="elapsed", hours=48)) == start + timedelta(hours=48)
    assert CHINA.add(start, days(3, "elapsed")) == start + timedelta(days=3)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-01-02", False),  # a Friday off in exchange for
        ("2026-01-04", True),  # this Sunday
        ("2026-02-14", True),
        ("2026-02-17", False),
        ("2026-02-28", True),
        ("2026-05-09", True),
        ("2026-05-16", False),
        ("2026-09-20", True),
        ("2026-10-10", True),
        ("2026-10-08", True),
        ("2011-12-31", True),  # made up for the next year's first days
    ],
)
def test_china_s_working_days(day: str, worked: bool) -> None:
    # A calendar of its own: the answer may not hang on which year was asked for before.
    assert site().is_working_day(date.fromisoformat(day)) is worked


def test_the_settings_own_days_go_first() -> None:
    own = site(
        extra_holidays=[date(2026, 11, 24), date(2026, 5, 9)],
        extra_working_days=[date(2026, 11, 28), date(2026, 10, 1)],
    )
    worked = {day: own.is_working_day(date.fromisoformat(day)) for day in (
        "2026-11-24", "2026-05-09", "2026-11-28", "2026-10-01", "2026-11-29",
    )}  # fmt: skip
    assert [day for day, is_worked in worked.items() if is_worked] == ["2026-11-28", "2026-10-01"]
    assert own.add(local("2026-11-23 21:30"), working(1)) == local("2026-11-25 08:30")
    assert own.add(local("2026-10-01 10:00"), working(1)) == local("2026-10-01 11:00")


def test_a_made_up_day_runs_the_shifts_of_a_weekday() -> None:
    weekdays = site(shifts=[("09:00", "17:00", WEEK[:5])])
    assert weekdays.add(local("2026-05-08 16:30"), working(1)) == local("2026-05-09 09:30")
    assert weekdays.add(local("2026-11-20 16:30"), working(1)) == local("2026-11-23 09:30")


def test_without_a_country_there_are_no_holidays() -> None:
    assert site(country="").is_working_day(date(2026, 10, 1))


@given(st.dates(date(2026, 1, 1), date(2027, 6, 1)), st.integers(0, 20))
def test_a_limit_of_working_days_is_so_many_days_long(day: date, count: int) -> None:
    start = datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    due = CHINA.add(start, days(count + 1)).astimezone(start.tzinfo).date()
    assert CHINA.is_working_day(due)
    later = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
    off_start = not CHINA.is_working_day(day)
    assert sum(map(CHINA.is_working_day, later)) == count + 1 + off_start


@pytest.mark.parametrize(
    ("moment", "shift"),
    [
        ("2026-11-23 07:59", ""),
        ("2026-11-23 08:00", "早班"),
        ("2026-11-23 15:00", "晚班"),
        ("2026-11-23 22:00", ""),
        ("2026-10-01 10:00", ""),
    ],
)
def test_the_shift_that_is_on(moment: str, shift: str) -> None:
    assert CHINA.shift_at(local(moment)) == shift


def test_of_two_shifts_the_later_is_on_and_a_night_belongs_to_its_evening() -> None:
    assert OFFICE.shift_at(local("2026-11-23 11:30", "Europe/Paris")) == "11:00-17:30"
    assert OFFICE.shift_at(local("2026-11-21 01:00", "Europe/Paris")) == "23:30-02:30"
    assert OFFICE.shift_at(local("2026-11-22 01:00", "Europe/Paris")) == ""


def test_of_two_shifts_the_earlier_ends_next() -> None:
    for moment, end in (("10:59", "12:00"), ("11:30", "12:00"), ("12:00", "17:30")):
        shift = OFFICE.next_to_end(local(f"2026-11-23 {moment}", "Europe/Paris"))
        assert shift is not None
        assert shift.end == local(f"2026-11-23 {end}", "Europe/Paris")
    within = site(shifts=[("09:00", "17:00", WEEK), ("11:00", "12:00", WEEK)])
    inner = within.next_to_end(local("2026-11-23 11:30"))
    assert inner is not None
    assert inner.name == "11:00-12:00"
    assert OFFICE.next_to_end(local("2026-11-23 18:00", "Europe/Paris")) is None


def test_overlapping_shifts_count_once() -> None:
    start, end = (
        local("2026-11-23 00:00", "Europe/Paris"),
        local("2026-11-24 00:00", "Europe/Paris"),
    )
    assert OFFICE.between(start, end, "working") == timedelta(hours=8.5)


def test_a_shift_within_another_counts_once() -> None:
    within = site(shifts=[("09:00", "17:00", WEEK), ("11:00", "12:00", WEEK)])
    assert within.add(local("2026-11-23 09:00"), working(5)) == local("2026-11-23 14:00")


def test_a_working_day_without_a_shift_opens_at_midnight() -> None:
    late_week = site(shifts=[("09:00", "17:00", WEEK[1:])])
    assert late_week.add(local("2026-11-22 10:00"), days(1)) == local("2026-11-24 00:00")


def test_the_spring_night_is_an_hour_shorter_and_the_autumn_night_longer() -> None:
    zone = "Europe/Paris"
    for evening, morning, hours in [
        ("2026-03-28 22:00", "2026-03-29 06:00", 7),
        ("2026-10-24 22:00", "2026-10-25 06:00", 9),
        ("2026-10-25 22:00", "2026-10-26 06:00", 8),
    ]:
        start, end = local(evening, zone), local(morning, zone)
        assert PARIS.between(start, end, "working") == timedelta(hours=hours)
        assert PARIS.add(start, working(hours)) == end


def test_hours_pass_through_the_hour_that_comes_twice() -> None:
    zone = "Europe/Paris"
    first, second = local("2026-10-25 02:30", zone), local("2026-10-25 02:30", zone, fold=1)
    assert PARIS.add(first, working(1)) == second.astimezone(UTC)
    assert PARIS.between(first, second.astimezone(UTC), "working") == timedelta(hours=1)


def test_working_days_keep_the_local_time_when_the_zone_changes() -> None:
    zone = "Europe/Paris"
    due = OFFICE.add(local("2026-03-27 10:00", zone), days(1))
    assert due == local("2026-03-30 10:00", zone)
    assert due - local("2026-03-27 10:00", zone).astimezone(UTC) == timedelta(hours=71)


def test_a_shift_swallowed_by_the_skipped_hour_is_no_shift() -> None:
    odd = site("Europe/Paris", [("02:30", "03:15", WEEK), ("09:00", "10:00", WEEK)], country="")
    start, end = (
        local("2026-03-29 00:00", "Europe/Paris"),
        local("2026-03-30 00:00", "Europe/Paris"),
    )
    assert odd.between(start, end, "working") == timedelta(hours=1)


def test_a_shift_that_ends_as_it_starts_lasts_the_whole_day() -> None:
    always = site(shifts=[("08:00", "08:00", WEEK)], country="")
    start = local("2026-11-23 03:00")
    assert always.add(start, working(100)) == start + timedelta(hours=100)


@given(SITES, MOMENTS, LENGTHS)
def test_as_much_passes_until_the_due_time_as_was_granted(
    clocks: WorkingTime, start: datetime, length: timedelta
) -> None:
    due = clocks.advance(start, length, "working")
    assert due > start
    assert due.tzinfo is UTC
    assert clocks.between(start, due, "working") == length


@given(SITES, MOMENTS, LENGTHS)
def test_a_due_time_lies_in_working_time(
    clocks: WorkingTime, start: datetime, length: timedelta
) -> None:
    due = clocks.advance(start, length, "working")
    assert clocks.shift_at(due - timedelta(microseconds=1)) != ""


@given(SITES, MOMENTS, MOMENTS, LENGTHS, LENGTHS)
def test_later_starts_and_longer_limits_are_never_due_earlier(
    clocks: WorkingTime, one: datetime, other: datetime, short: timedelta, long: timedelta
) -> None:
    one, other = sorted((one, other))
    short, long = sorted((short, long))
    assert clocks.advance(one, short, "working") <= clocks.advance(other, short, "working")
    assert clocks.advance(one, short, "working") <= clocks.advance(one, long, "working")


@given(MOMENTS, MOMENTS, st.integers(1, 9))
def test_limits_of_days_are_never_due_earlier_either(
    one: datetime, other: datetime, count: int
) -> None:
    one, other = sorted((one, other))
    assert CHINA.add(one, days(count)) <= CHINA.add(other, days(count))
    assert CHINA.add(one, days(count)) < CHINA.add(one, days(count + 1))


@given(SITES, MOMENTS, MOMENTS, MOMENTS)
def test_passing_time_adds_up(
    clocks: WorkingTime, one: datetime, other: datetime, third: datetime
) -> None:
    whole = clocks.between(one, third, "working")
    halves = clocks.between(one, other, "working") + clocks.between(other, third, "working")
    assert whole == halves
    assert clocks.between(third, one, "working") == -whole


@given(MOMENTS, MOMENTS)
def test_the_answer_does_not_depend_on_what_was_asked_before(
    one: datetime, other: datetime
) -> None:
    fresh = site()
    fresh.add(other, working(5))
    assert fresh.add(one, working(5)) == CHINA.add(one, working(5))


@given(SITES, MOMENTS, st.floats(0.5, 60), LENGTHS)
def test_extra_time_lengthens_a_limit_exactly(
    clocks: WorkingTime, start: datetime, hours: float, extra: timedelta
) -> None:
    plain = clocks.add(start, working(hours))
    lengthened = clocks.add(start, working(hours), extra)
    assert clocks.between(plain, lengthened, "working") == extra
    in_days = clocks.add(start, days(2))
    assert clocks.between(in_days, clocks.add(start, days(2), extra), "working") == extra


@pytest.mark.parametrize("limit", [working(1), days(1)])
def test_a_calendar_without_work_says_so(limit: Limit) -> None:
    closed = [date(2026, 1, 1) + timedelta(days=n) for n in range(1200)]
    never = site(country="", shifts=[("09:00", "17:00", ["monday"])], extra_holidays=closed)
    with pytest.raises(OrdertermError, match="no working time for more than 400 days"):
        never.add(local("2026-11-23 10:00"), limit)


@pytest.mark.parametrize("clock", ["working", "elapsed"])
@pytest.mark.parametrize("amount", [{"hours": 1e300}, {"hours": 90_000}, {"days": 4_000_000}])
def test_a_limit_beyond_ten_years_says_so(clock: Clock, amount: dict[str, Any]) -> None:
    once = site(country="", shifts=[("09:00", "10:00", WEEK)])
    limit = Limit(clock, **amount)
    if amount == {"hours": 90_000} and clock == "elapsed":
        limit = Limit(clock, hours=900_000)
    with pytest.raises(OrdertermError, match="ten years"):
        once.add(local("2026-11-23 10:00"), limit)


def test_the_end_of_all_calendars_says_so() -> None:
    with pytest.raises(OrdertermError):
        site(country="").add(datetime(9999, 12, 30, tzinfo=UTC), working(1))
    with pytest.raises(OrdertermError):
        site(country="").add(datetime(9999, 12, 1, tzinfo=UTC), days(60))


def test_a_part_of_a_country_may_have_its_own_holidays() -> None:
    assumption = date(2026, 8, 15)
    assert site(country="DE", weekend=["sunday"]).is_working_day(assumption)
    saarland = site(country="DE", subdivision="SL", weekend=["sunday"])
    assert not saarland.is_working_day(assumption)


def test_holidays_are_imported_only_when_a_date_is_asked_for() -> None:
    code = (
        "import sys\n"
        "from orderterm import settings\n"
        "from orderterm.rules.working_time import WorkingTime\n"
        "WorkingTime(settings.parse({}))\n"
        "sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
