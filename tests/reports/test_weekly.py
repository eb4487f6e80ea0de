"""The weekly review as a report: its figures are the view's, and every file of it can be read."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from msgspec import structs

from orderterm.reports import csv_file, html, xlsx
from orderterm.reports.catalogue import BUILDERS
from orderterm.reports.document import Period, Report, words
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import Request
from orderterm.reports.weekly.findings import LEAST_TASKS, findings
from orderterm.rules.drafts import ProductDraft
from orderterm.rules.safety_stock import SafetyStock
from orderterm.rules.spread import spread
from orderterm.settings import Settings
from orderterm.store.connection import reading
from orderterm.terms import Language, MeasureOutcome, Stage
from orderterm.views.weekly.carriers import CarrierRow
from orderterm.views.weekly.demand import Reserve
from orderterm.views.weekly.followed import Verdict
from orderterm.views.weekly.review import WeeklyReview, weekly
from orderterm.views.weekly.staffing import HourRow, Staffing
from orderterm.views.weekly.stages import StageRow, Times, times
from orderterm.workflow import measures, registers
from tests.contract.backends import sqlite
from tests.contract.company import Company

FIRST, SECOND = date(2026, 11, 23), date(2026, 11, 30)
HOSTILE = "<script>alert(1)</script>=1+1\x1b[2J"


class Reviewed:
    """Two small weeks of a company, reviewed at the end of the second."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.settings: Settings = company.workplace.settings

    def report(self, day: date = SECOND) -> Report:
        return BUILDERS[ReportName.WEEKLY](
            Request(self.settings, Period(day, day), self.company.now)
        )


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    company = Company(sqlite(tmp_path_factory.mktemp("weekly")))
    workplace = company.workplace
    company.stock(B=50)
    for day in range(12):
        company.now = company.now.replace(hour=2) + timedelta(days=1 if day else 0)
        late = company.ordered(Stage.REVIEW, lines=(("B", 1 + day % 3),))
        company.later(hours=2)
        company.finish(late, Stage.REVIEW, reason="peak_volume")
        company.finish(late, Stage.ALLOCATION)
        company.bring(late, Stage.SHIPPING)
        company.finish(late, Stage.SHIPPING, carrier=HOSTILE, waybill=f"W{day}")
        lacking = (("A", 1 + day % 4 * 3),)
        company.finish(company.ordered(Stage.ALLOCATION, lines=lacking), Stage.ALLOCATION)
    named = ProductDraft("A", HOSTILE, safety_stock=3, lead_time_days=9)
    registers.keep_products(workplace, "admin", [named])
    due = date(2026, 12, 4)
    measures.agree(workplace, "boss", FIRST, "shortage:A", HOSTILE, "buyer", due)
    return Reviewed(company)


def title(report: Report, name: str) -> list[list[object]]:
    """The rows of the section with this title."""
    (found,) = [one for one in report.sections if words(one.title, "en") == name]
    return [list(row) for row in found.rows]


def test_the_totals_are_the_rows_sums(reviewed: Reviewed) -> None:
    with reading():
        report = reviewed.report()
        review = weekly(reviewed.settings, SECOND, reviewed.company.now)
    by_day = title(report, "Orders by day")
    received = [sum(int(str(row[place])) for row in by_day) for place in (1, 2, 3)]
    *_, total = title(report, "Orders by channel and priority")
    assert received == total[2:5] == [10, 0, 0]
    assert total[5] == 14
    assert title(report, "Overdue rate") == [
        [
            row.stage,
            row.this.took.count,
            row.this.overdue,
            row.this.rate,
            row.before.rate,
            row.still_late,
        ]
        for row in review.stages
    ]
    took = [row[3:5] for row in title(report, "Time per stage")]
    assert took == [[row.this.took.median, row.this.took.p90] for row in review.stages]
    opened = [row[1:4] for row in title(report, "Exceptions by kind")]
    assert opened == [[row.opened, row.before, row.open] for row in review.troubles.kinds]
    parcels = [row[:3] for row in title(report, "Carriers")]
    assert parcels == [[row.carrier, row.parcels, row.signed] for row in review.carriers]
    assert len(report.sections) == 16


def test_it_says_what_matters_with_its_figures(reviewed: Reviewed) -> None:
    with reading():
        told = findings(weekly(reviewed.settings, SECOND, reviewed.company.now))
        early = findings(weekly(reviewed.settings, FIRST, reviewed.company.now))
        empty = findings(weekly(reviewed.settings, date(2026, 1, 5), reviewed.company.now))
    english = [str(one) for one in told]
    assert english[0].startswith("the week is not over")
    assert english[1].startswith("10 orders came in (the week before 14)")
    assert any("A was short 5 times; safety stock 3 → " in one for one in english)
    assert any("review holds the week back: 5 of 10 tasks came late (50%" in one for one in english)
    assert any("(50%, the week before no figures)" in str(one) for one in early)
    assert "too few to suggest" not in " ".join(english)
    assert any("7 days of demand are too few" in str(one) for one in early)
    assert [str(one) for one in empty] == ["nothing came in and nothing was finished"]


def test_late_work_that_is_not_finished_is_late(reviewed: Reviewed) -> None:
    with reading():
        week = weekly(reviewed.settings, SECOND, reviewed.company.now)
    quick = Times(spread([timedelta(0)] * LEAST_TASKS), overdue=0)
    row = StageRow(Stage.REVIEW, "elapsed", quick, quick, share=0.6, still_late=0)
    late = StageRow(Stage.PREPARATION, "elapsed", times([]), times([]), share=None, still_late=6)
    few = structs.replace(row, this=times([]))
    for rows, said in (
        ([row], "no task came late; most of the time that the stages took went to review: 60%"),
        ([structs.replace(row, share=None)], None),
        ([few], "too few tasks were finished to tell which stage holds the rest back"),
        ([row, late], OPEN_LATE),
        ([few, late], OPEN_LATE),
    ):
        told = [str(one) for one in findings(structs.replace(week, stages=rows))]
        ours = [one for one in told if "came late;" in one or "holds the rest back" in one]
        assert ours == ([said] if said else [])


OPEN_LATE = "preparation holds the rest back: 6 of its tasks are overdue and not finished yet"


def test_no_smaller_reserve_is_suggested_for_what_ran_short(reviewed: Reviewed) -> None:
    enough = SafetyStock(pieces=12, z=1.64, sigma=2.2, lead_time_days=10)
    with reading():
        review = weekly(reviewed.settings, SECOND, reviewed.company.now)
    for present, told in ((11, "safety stock 11 → 12"), (12, "reordered and arrives in time")):
        row = Reserve("T", "towel", short=2, present=present, suggested=enough, demand=49, days=14)
        (said,) = [
            str(one)
            for one in findings(structs.replace(review, reserves=[row]))
            if str(one).startswith("T was short 2 times")
        ]
        assert told in said
        assert "1.64 × 2.2 × √10" in said


def test_people_are_asked_for_where_work_comes_late(reviewed: Reviewed) -> None:
    """A stage that keeps its limit needs nobody, however much comes to it in one hour."""
    rows = [
        HourRow(Stage.CONFIRMATION, 8, 90, 0, people=0, needed=9),
        HourRow(Stage.REVIEW, 9, 50, 30, people=1, needed=3),
    ]
    with reading():
        week = weekly(reviewed.settings, SECOND, reviewed.company.now)
    crowded = structs.replace(week, staffing=Staffing(rows, [], worked_days=5))
    assert "at 09:00 10 tasks of review wait on an average day" in "; ".join(
        map(str, findings(crowded))
    )
    calm = structs.replace(crowded, stages=[])
    assert "wait on an average day" not in "; ".join(map(str, findings(calm)))


def test_the_latest_carrier_is_told_beside_all(reviewed: Reviewed) -> None:
    rows = [CarrierRow("SF", 10, 10, 1.0, 3, 0), CarrierRow("YTO", 10, 10, 1.0, 1, 0)]
    with reading():
        week = weekly(reviewed.settings, SECOND, reviewed.company.now)
    told = [str(one) for one in findings(structs.replace(week, carriers=rows))]
    assert "SF came late with 3 of 10 parcels in two weeks (30%; all carriers together 20%)" in told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_format_can_be_read(reviewed: Reviewed, language: Language) -> None:
    with reading():
        page, book, table = io.BytesIO(), io.BytesIO(), io.BytesIO()
        html.write(reviewed.report(), language, page)
        xlsx.write(reviewed.report(), language, book)
        csv_file.write(reviewed.report(), language, table)
    text = page.getvalue().decode()
    assert "<script" not in text
    assert "\x1b" not in text
    assert text.count("<svg") >= 4
    sheets = openpyxl.load_workbook(book)
    assert len(sheets.sheetnames) == 17
    assert sum(len(sheet._charts) for sheet in sheets) == text.count("<svg")
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert table.getvalue().count(b"\n") > 50


def test_a_measure_that_was_dropped_has_brought_nothing_down(reviewed: Reviewed) -> None:
    with reading():
        week = weekly(reviewed.settings, SECOND, reviewed.company.now)
    (one,) = week.followed
    fell = structs.replace(one, verdict=Verdict.FELL)
    gone = structs.replace(one.measure, outcome=MeasureOutcome.DROPPED)
    dropped = structs.replace(fell, measure=gone)
    begin = "of 1 measures of earlier reviews 1 brought"
    assert begin in _told(structs.replace(week, followed=[fell, dropped]))
    assert "measures of earlier reviews" not in _told(structs.replace(week, followed=[dropped]))


def _told(review: WeeklyReview) -> str:
    return "; ".join(map(str, findings(review)))


def test_last_weeks_measures_are_followed(reviewed: Reviewed) -> None:
    with reading():
        (row,) = title(reviewed.report(), "Measures of earlier reviews")
        (own,) = title(reviewed.report(FIRST), "Measures of this review")
    assert row[:2] == [FIRST, 1]
    assert row[5:9] == [date(2026, 12, 4), 7, 5, row[8]]
    assert str(row[8]) == "not_fallen"
    assert own[-1] == 7
