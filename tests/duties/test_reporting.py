"""The reports of each shift and week: written once, also late, also by several engines."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import openpyxl
import pytest

from orderterm.duties.reporting import TRY_AGAIN, ReportingDuty
from orderterm.sentences import Sentence
from orderterm.store import connection
from orderterm.terms import Stage
from tests.contract.company import MONDAY, Company
from tests.contract.furnished import furnished

REPORTS = {"shift": ["exceptions", "handover"], "week": ["survey"], "formats": ["csv"]}
NEXT_MONDAY = datetime(2026, 11, 30, 0, 0, tzinfo=UTC) - timedelta(hours=8)


class Engine:
    """A company and its reporting duty; what it tells is kept."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        file = folder / "orderterm.db"
        copy(furnished(), file)
        connection.use(file)
        self.company = Company(file, furnished=True, **{"reports": REPORTS, **settings})
        self.told: list[str] = []
        self.duty = self.another()

    def another(self) -> ReportingDuty:
        """The duty as an engine that has just started has it."""
        return ReportingDuty(self.company.workplace, self.folder, self._tell)

    def run(self, duty: ReportingDuty | None = None) -> int:
        """Step until there is no more to do; returns how many steps there were."""
        steps = 0
        while (duty or self.duty).step():
            steps += 1
        return steps

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "reports").glob("[!.]*"))

    def _tell(self, sentence: Sentence) -> None:
        self.told.append(sentence.text("en"))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = Engine(tmp_path)
    with connection.reading():
        yield found


EARLY = ["exceptions-2026-11-23-早班.csv", "handover-2026-11-23-早班.csv"]
LATE = ["exceptions-2026-11-23-晚班.csv", "handover-2026-11-23-晚班.csv"]


def test_a_shift_is_reported_when_it_is_over_and_once(engine: Engine) -> None:
    assert engine.run() == 0
    assert engine.files == []
    engine.company.later(hours=5)  # 15:00 at the site, when the early shift ends
    assert engine.run() == 2
    assert engine.files == EARLY
    assert engine.told[0].startswith("exceptions and what was done is in ")
    engine.company.later(hours=1)
    assert engine.run() == 0
    engine.company.later(hours=6)
    assert engine.run() == 2
    assert engine.files == sorted(EARLY + LATE)


def test_a_week_is_reported_after_its_sunday(engine: Engine) -> None:
    engine.company.now = NEXT_MONDAY - timedelta(seconds=1)
    engine.run()
    assert "survey-2026-11-23_2026-11-29.csv" not in engine.files
    engine.company.later(seconds=1)
    assert engine.run() == 1
    assert "survey-2026-11-23_2026-11-29.csv" in engine.files


def test_what_was_missed_is_written_at_the_next_start_for_a_week(engine: Engine) -> None:
    engine.company.now = NEXT_MONDAY + timedelta(days=3, hours=12)  # a Thursday noon
    engine.run()
    days = {name[11:21] for name in engine.files if name.startswith("exceptions")}
    assert days == {f"2026-11-{day}" for day in range(26, 31)} | {
        f"2026-12-{day:02}" for day in (1, 2)
    }
    assert "survey-2026-11-23_2026-11-29.csv" in engine.files


def test_nothing_is_reported_of_the_time_before_the_home(engine: Engine) -> None:
    engine.company.now = MONDAY + timedelta(days=1)
    engine.run()
    assert {name[11:21] for name in engine.files if name.startswith("exc")} == {"2026-11-23"}


def test_several_engines_write_each_report_once(engine: Engine) -> None:
    engine.company.later(hours=13)
    first, second = engine.another(), engine.another()
    steps = 0
    while any([first.step(), second.step()]):
        steps += 1
    assert steps == 2
    assert len(engine.told) == 4
    assert engine.files == sorted(EARLY + LATE)


def test_a_report_that_was_moved_away_stays_away(engine: Engine) -> None:
    engine.company.later(hours=5)
    engine.run()
    (engine.folder / "reports" / EARLY[0]).unlink()
    assert engine.run(engine.another()) == 0
    engine.company.later(hours=7)
    engine.run()
    assert engine.files == sorted([EARLY[1], *LATE])


def test_a_review_made_by_hand_before_the_week_was_over_is_made_anew(engine: Engine) -> None:
    early = engine.folder / "reports" / "survey-2026-11-23_2026-11-29.csv"
    early.parent.mkdir()
    early.write_text("as it stood on Wednesday")
    engine.company.now = NEXT_MONDAY
    engine.run()
    assert early.read_text() != "as it stood on Wednesday"


def test_what_can_not_be_written_is_told_once_and_tried_again_later(engine: Engine) -> None:
    place = engine.folder / "reports"
    place.touch()
    engine.company.later(hours=5)
    assert engine.run() == 2
    assert all("reports" in told and "can't be written" in told for told in engine.told)
    engine.company.later(seconds=TRY_AGAIN.total_seconds())
    assert engine.run() == 2
    assert len(engine.told) == 2
    place.unlink()
    assert engine.run() == 0
    engine.company.later(seconds=TRY_AGAIN.total_seconds())
    assert engine.run() == 2
    assert engine.files == EARLY


def test_what_is_written_but_can_not_be_marked_is_no_fault_of_the_program(engine: Engine) -> None:
    marks = engine.folder / "reports" / ".written"
    marks.parent.mkdir()
    marks.touch()
    engine.company.later(hours=5)
    assert engine.run() == 2
    assert engine.files == EARLY
    assert all(".written" in told and "can't be written: " in told for told in engine.told)


def test_a_clock_that_ran_ahead_and_was_put_back_costs_no_report(engine: Engine) -> None:
    engine.run()
    engine.company.later(hours=24)
    assert engine.run() == 4
    for file in (engine.folder / "reports").glob("[!.]*"):
        file.unlink()
    engine.company.later(hours=-24)
    assert engine.run() == 0
    engine.company.later(hours=5)
    assert engine.run() == 2
    assert engine.files == EARLY


def test_a_shift_overnight_is_reported_with_both_its_days(tmp_path: Path) -> None:
    night = {"name": "夜班", "start": time(22), "end": time(6), "days": ["monday"]}
    reports = {"shift": ["progress"], "week": [], "formats": ["xlsx"], "language": "en"}
    engine = Engine(tmp_path, shifts=[night], reports=reports)
    engine.company.later(hours=20)
    with connection.reading():
        assert engine.run() == 1
    assert engine.files == ["progress-2026-11-23_2026-11-24-夜班.xlsx"]
    sheet = openpyxl.load_workbook(tmp_path / "reports" / engine.files[0]).active
    assert sheet["B1"].value == "Order progress"


def test_a_shift_with_a_break_is_reported_once_after_its_last_part(tmp_path: Path) -> None:
    parts = [
        {"name": "白班", "start": start, "end": end, "days": ["monday"]}
        for start, end in ((time(8), time(12)), (time(13), time(17)))
    ]
    reports = {"shift": ["progress"], "week": [], "formats": ["csv"]}
    engine = Engine(tmp_path, shifts=parts, reports=reports)
    with connection.reading():
        engine.company.later(hours=2)  # 12:00 at the site
        assert engine.run() == 0
        engine.company.later(hours=2)
        engine.company.finish(engine.company.order(), Stage.REVIEW)
        engine.company.later(hours=3)
        assert engine.run() == 1
    assert engine.files == ["progress-2026-11-23-白班.csv"]
    assert "20261123-EC-001" in (tmp_path / "reports" / engine.files[0]).read_text()


def test_an_idle_step_reads_nothing(engine: Engine) -> None:
    engine.run()
    connection.use(engine.folder / "nowhere.db")
    assert engine.duty.step() is False
