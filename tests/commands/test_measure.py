"""Measures from the command line."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .conftest import Program

TODAY = datetime.now(ZoneInfo("Asia/Shanghai"))  # where the site is
SOON = f"{TODAY + timedelta(days=3):%Y-%m-%d}"
AGREE = ("measure", "agree", "shortage:B", "order more", "--responsible", "pu", "--until", SOON)


def test_a_measure_is_agreed_listed_and_finished(program: Program) -> None:
    program.work(program.order("N2"), "review", "allocation")
    today = f"{TODAY:%Y-%m-%d}"
    assert program("measure", "list") == "no measures\n"
    said = program(*AGREE, "--week", today, "--as", "m")
    assert said == f"measure 1: 周九 until {SOON}: order more\n"
    (found,) = program.json("measure", "list")
    assert (found["cause"], found["baseline"], found["overdue"]) == ("shortage:B", 1, False)
    assert "B short" in program("measure", "list")
    ended = ("measure", "finish", "1", "--outcome", "dropped")
    assert "--remark" in program.refused(*ended, "--as", "m")
    assert program(*ended, "--remark", "no money", "--as", "m").endswith("dropped\n")
    assert "already" in program.refused(*ended, "--remark", "no money", "--as", "m")
    assert program.json("measure", "list") == []
    (found,) = program.json("measure", "list", "--all")
    assert (found["outcome"], found["remark"]) == ("dropped", "no money")
    assert "dropped" in program("measure", "list", "--all")


def test_it_is_for_those_who_lead(program: Program) -> None:
    assert "agree on measures is for" in program.refused(*AGREE, "--as", "pu")
    assert "no measure 7" in program.refused(
        "measure", "finish", "7", "--outcome", "worked", "--as", "m"
    )


def test_what_is_wrong_is_told(program: Program) -> None:
    def refused(**instead: str) -> str:
        return program.refused(*(instead.get(one, one) for one in AGREE), "--as", "m")

    assert "2020-01-01 is over" in refused(**{SOON: "2020-01-01"})
    assert "give both" in refused(**{"order more": ""})
    assert "zz" in refused(pu="zz")
    assert "has not begun" in program.refused(*AGREE, "--week", "2199-01-01", "--as", "m")


def test_the_weekly_review_is_a_file(program: Program) -> None:
    program(*AGREE, "--week", f"{TODAY:%Y-%m-%d}", "--as", "m")
    said = program("report", "weekly", "--from", f"{TODAY:%Y-%m-%d}", "--format", "html")
    (file,) = program.home.glob("reports/weekly-*.html")
    assert file.name in said
    assert "order more" in file.read_text(encoding="utf-8")
