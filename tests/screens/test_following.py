"""A terminal that is open follows the settings, so that all deadlines go by the same limits."""

from datetime import timedelta
from pathlib import Path

from orderterm.settings import FILE_NAME, parse
from orderterm.terms import Stage
from orderterm.workflow import escalations, timetable
from orderterm.workflow.workplace import Workplace
from screens.station import Station
from tests.contract.company import MONDAY, Company
from tests.screens.seat import seated


def write(home: Path, text: str) -> None:
    (home / FILE_NAME).write_text(text, encoding="utf-8")


def hours(station: Station) -> tuple[float | None, float | None]:
    """The limit of review, as what is shown and as what is done go by it."""
    shown, done = station.settings, station.workplace.settings
    return shown.limits.review.hours, done.limits.review.hours


def test_changed_settings_are_taken_up_once(tmp_path: Path) -> None:
    station = Station(tmp_path, parse({}), lambda: MONDAY, "t1")
    assert not station.follow_settings()
    write(tmp_path, "limits.review.hours = 3")
    assert station.follow_settings()
    assert hours(station) == (3, 3)
    assert not station.follow_settings()


def test_a_file_that_can_not_be_used_changes_nothing(tmp_path: Path) -> None:
    station = Station(tmp_path, parse({}), lambda: MONDAY, "t1")
    write(tmp_path, "limits.review.hours = 'soon'")
    assert not station.follow_settings()
    assert hours(station) == (1, 1)


def test_another_database_needs_another_start(tmp_path: Path) -> None:
    station = Station(tmp_path, parse({}), lambda: MONDAY, "t1")
    write(tmp_path, "database = 'else.db'\nlimits.review.hours = 3")
    assert not station.follow_settings()
    assert station.file == tmp_path / "orderterm.db"
    assert hours(station) == (1, 1)


async def test_where_no_engine_runs_a_terminal_moves_the_deadlines(company: Company) -> None:
    number = company.order()
    async with seated(company, "rev") as seat:
        await seat.settled()
        write(company.file.parent, "limits.review.hours = 3")
        seat.app.notice_soon()
        await seat.settled()
        assert company.task(number, Stage.REVIEW).due_at == company.now + timedelta(hours=3)


async def test_a_terminal_that_begins_just_after_an_engine_ended_moves_them_later(
    company: Company,
) -> None:
    number = company.order()
    engine = Workplace(company.workplace.settings, lambda: company.now, "engine")
    timetable.adopt(engine)
    escalations.beat(engine)
    longer = parse({"limits": {"review": {"clock": "working", "hours": 3}}})
    company.workplace = company.workplace.with_settings(longer)
    async with seated(company, "rev") as seat:
        for _ in range(3):
            seat.app.notice_soon()
            await seat.settled()
            assert company.task(number, Stage.REVIEW).due_at == company.now + timedelta(hours=1)
        begun = company.now
        company.later(minutes=2)
        seat.app.notice_soon()
        await seat.settled()
    assert company.task(number, Stage.REVIEW).due_at == begun + timedelta(hours=3)
