"""Reports from the command line."""

import csv
import io
from pathlib import Path

import openpyxl

from .conftest import Program


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_register_goes_to_standard_output(program: Program) -> None:
    printed = program("report", "registration", "--format", "csv", "--out", "-")
    found = rows(printed)
    assert [row["Channel's order number"] for row in found] == ["N1", "N2", "N3", "N4"]
    assert found[0]["Customer's phone"] == "13800138000"


def test_a_supervisor_gets_it_masked(program: Program) -> None:
    asked = ("report", "registration", "--format", "csv", "--out", "-")
    assert rows(program(*asked, "--as", "su"))[0]["Customer's phone"] == "138****8000"
    assert rows(program(*asked, "--as", "z"))[0]["Customer's phone"] == "13800138000"
    assert "nobody has the badge nobody" in program.refused(*asked, "--as", "nobody")


def test_every_report_is_written_into_the_folder_of_reports(program: Program) -> None:
    names = "registration priority progress shortage exceptions shipping survey weekly handover"
    for name in names.split():
        assert name in program("report", "--help")
        told = program("report", name, "--format", "html")
        (file,) = (program.home / "reports").glob(f"{name}-*.html")
        assert str(file) in told
        assert file.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_file_that_is_named_tells_the_format(program: Program, tmp_path: Path) -> None:
    program("report", "progress", "--out", str(tmp_path / "a.csv"), "--language", "en")
    assert rows((tmp_path / "a.csv").read_text(encoding="utf-8"))[0]["Stage"] == "review"
    program("report", "progress", "--out", str(tmp_path / "a.xlsx"))
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")
    day = ("--from", "2026-11-20", "--to", "2026-11-21")
    program("report", "progress", *day, "--out", str(tmp_path))
    assert (tmp_path / "progress-2026-11-20_2026-11-21.xlsx").is_file()


def test_what_can_not_be_meant_is_said(program: Program, tmp_path: Path) -> None:
    wrong = program.refused("report", "survey", "--from", "2026-11-22", "--to", "2026-11-21")
    assert "exchange the two days" in wrong
    assert "is no day" in program.misused("report", "survey", "--from", "tomorrow")
    assert "is too far away" in program.misused("report", "survey", "--from", "0001-01-01")
    assert "can't be printed" in program.misused("report", "survey", "--out", "-")
    assert "invalid" in program.misused("report", "everything").lower()
    (tmp_path / "file").touch()
    refused = program.refused("report", "survey", "--out", str(tmp_path / "file" / "a.csv"))
    assert "a.csv can't be written" in refused


def test_days_without_anything_are_a_report_with_headings(program: Program) -> None:
    day = ("--from", "2026-01-01", "--out", "-", "--format", "csv")
    printed = program("report", "exceptions", *day)
    assert printed.startswith("\ufeffDay,Exception number,Order number,")
    assert rows(printed) == []
