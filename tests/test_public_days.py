"""Public holidays and made-up days: asked for once, kept, and asked for again when in doubt."""

from collections.abc import Iterator
from datetime import date
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
