"""Public holidays and made-up days: asked for once, kept, and asked for again when in doubt."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from orderterm import public_days
from orderterm.public_days import PublicDays


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    public_days.public_days.cache_clear()
    yield tmp_path / "orderterm" / "public-days"
    public_days.public_days.cache_clear()


def ask() -> PublicDays:
    public_days.public_days.cache_clear()
    return public_days.public_days("CN", "", 2026)


def test_a_year_is_known_with_the_days_that_make_up(kept_in: Path) -> None:
    days = ask()
    assert date(2026, 10, 1) in days.holidays
    assert date(2026, 2, 14) in days.made_up
    assert {day.year for day in days.holidays | days.made_up} == {2026}
    assert len(list(kept_in.iterdir())) == 1


NOTICED = {
    2024: "02-10 02-17, 04-04 04-06, 05-01 05-05, 06-08 06-10, 09-15 09-17, 10-01 10-07",
    2025: "01-01 01-01, 01-28 02-04, 04-04 04-06, 05-01 05-05, 05-31 06-02, 10-01 10-08",
    2026: "01-01 01-03, 02-15 02-23, 04-04 04-06, 05-01 05-05, 06-19 06-21, 09-25 09-27, "
    "10-01 10-07",
}
"""The holidays as the State Council's notices give them, first and last day; without the first of
January of 2024, whose three days began in the year before."""


@pytest.mark.parametrize("year", NOTICED)
def test_china_s_holidays_are_those_of_the_state_s_notice(year: int) -> None:
    noticed = {date(2024, 1, 1)} if year == 2024 else set()
    for span in NOTICED[year].split(", "):
        first, last = (date.fromisoformat(f"{year}-{day}") for day in span.split())
        noticed |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    assert public_days.public_days("CN", "", year).holidays == noticed


def test_the_saturday_of_easter_is_worked_where_no_notice_closes_it() -> None:
    assert date(2026, 4, 4) not in public_days.public_days("DE", "", 2026).holidays


def test_what_is_kept_is_kept_for_this_program(kept_in: Path) -> None:
    ask()
    [file] = kept_in.iterdir()
    kept_for = int(file.stem.rpartition("-")[2])
    assert kept_for >= int(Path(public_days.__file__).stat().st_mtime)


def test_what_is_kept_is_not_asked_for_again(kept_in: Path) -> None:
    asked = ask()
    [file] = kept_in.iterdir()
    file.write_text('{"holidays": ["2026-05-05"], "made_up": []}', encoding="ascii")
    assert ask() == PublicDays(frozenset({date(2026, 5, 5)}), frozenset()) != asked


@pytest.mark.parametrize("broken", ["", "{}", "[]", '{"holidays": [1], "made_up": []}', "\x00"])
def test_what_can_not_be_read_is_asked_for_again(kept_in: Path, broken: str) -> None:
    asked = ask()
    [file] = kept_in.iterdir()
    file.write_text(broken, encoding="ascii")
    assert ask() == asked
    assert ask() == asked


def test_a_folder_that_can_not_be_written_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(in_the_way))
    assert date(2026, 10, 1) in ask().holidays


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_no_fault(year: int) -> None:
    assert public_days.public_days("US", "", year).made_up == frozenset()
