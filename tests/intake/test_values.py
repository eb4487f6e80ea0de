"""What cells mean: pieces, money, moments, ids."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.intake.values import (
    Moments,
    is_rounded_id,
    is_saved_date,
    lost_digits,
    moment_by_format,
    money,
    quantity,
    whole_number,
)

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize("text", ["2", "2.0", "２", "+2", "02", "2."])
def test_pieces(text: str) -> None:
    assert quantity(text) == (2, None)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", None),
        ("2.5", None),
        ("abc", None),
        ("2 pcs", None),
        ("1,000", None),
        ("1E+2", None),
        (str(10**12), None),
        ("9" * 5000, None),
        ("1000001", None),
        ("0", 0),
        ("-1", -1),
    ],
)
def test_pieces_that_can_not_be_right(text: str, kept: int | None) -> None:
    number, wrong = quantity(text)

    assert number == kept
    assert wrong is not None
    assert str(wrong)


def test_a_million_pieces_are_the_most() -> None:
    assert quantity("1000000") == (1_000_000, None)


@given(st.text())
def test_any_text_is_a_whole_number_or_none(text: str) -> None:
    number = whole_number(text)

    assert number is None or isinstance(number, int)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("$45.99", 4599),
        ("￥1,234.50", 123450),
        ("1.234,50 €", 123450),
        ("45,99", 4599),
        ("1 234,50", 123450),
        ("1\u202f234,50\xa0€", 123450),
        ("1'234.50", 123450),
        ("1’234.50", 123450),
        ("1,234", 123400),
        ("1,234,567", 123456700),
        ("1.234.567", 123456700),
        ("0", 0),
        (".5", 50),
        ("12.345", 1235),
        ("12.3333333", 1233),
        ("-5.00", -500),
        ("-$5.00", -500),
        ("45元", 4500),
        ("Rs. 45", 4500),
        ("1234567,89", 123456789),
    ],
)
def test_money_in_minor_units(text: str, cents: int) -> None:
    assert money(text) == cents


@pytest.mark.parametrize(("text", "cents"), [("1.234", 123400), ("12,345", 1235), ("45,99", 4599)])
def test_money_where_the_comma_is_decimal(text: str, cents: int) -> None:
    assert money(text, ",") == cents


@pytest.mark.parametrize(
    "text",
    [
        "free",
        "",
        "1,2,3",
        "12.34.56",
        "1,23.4,5",
        "1E+5",
        "1-2",
        ",5",
        "(5.00)",
        "9" * 40,
        "9" * 20,
    ],
)
def test_what_is_no_amount(text: str) -> None:
    assert money(text) is None


@given(st.text())
def test_any_text_is_an_amount_or_none(text: str) -> None:
    assert money(text) is None or isinstance(money(text), int)


@given(st.integers(0, 10**10))
def test_plain_amounts_come_back(cents: int) -> None:
    assert money(f"{cents // 100:,}.{cents % 100:02}") == cents


def test_times_without_offset_are_in_the_zone() -> None:
    moments = Moments(["%b-%d-%y"], PARIS)

    assert moments.start("2026-09-10 08:00:00") == datetime(2026, 9, 10, 6, 0, tzinfo=UTC)
    assert moments.start("2026-09-10T08:00:00+00:00") == datetime(2026, 9, 10, 8, 0, tzinfo=UTC)
    assert moments.start("Sep-10-26") == datetime(2026, 9, 9, 22, 0, tzinfo=UTC)


def test_deadline_without_time_lasts_the_day() -> None:
    moments = Moments(["%b-%d-%y", "%Y/%m/%d %H:%M"], PARIS)

    assert moments.end("Sep-10-26") == datetime(2026, 9, 10, 21, 59, 59, tzinfo=UTC)
    assert moments.end("2026-09-10") == datetime(2026, 9, 10, 21, 59, 59, tzinfo=UTC)
    assert moments.end("2026/9/10 00:00") == datetime(2026, 9, 9, 22, 0, tzinfo=UTC)


def test_of_the_hour_that_comes_twice_the_first_is_meant() -> None:
    assert Moments([], PARIS).start("2026-10-25 02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "0001-01-01", "9999-12-31", "31/12/2026"])
def test_what_is_no_time(text: str) -> None:
    assert Moments([], PARIS).start(text) is None
    assert Moments([], PARIS).end(text) is None


@given(st.text())
def test_any_text_is_a_moment_or_none(text: str) -> None:
    moment = Moments(["%Y/%m/%d"], PARIS).start(text)

    assert moment is None or moment.tzinfo is UTC


def test_times_in_file_names() -> None:
    assert moment_by_format("1784509200", "unix", PARIS) == datetime(2026, 7, 20, 1, 0, tzinfo=UTC)
    assert moment_by_format("202609101200", "%Y%m%d%H%M", PARIS) == datetime(
        2026, 9, 10, 10, 0, tzinfo=UTC
    )
    assert moment_by_format("noon", "unix", PARIS) is None
    assert moment_by_format("2026", "%Y%m%d%H%M", PARIS) is None


def test_marks_that_excel_leaves() -> None:
    assert is_rounded_id("1.23E+18")
    assert is_rounded_id("1.38E+10")
    assert not is_rounded_id("BW-1E+18")
    assert is_saved_date("2026/9/10 8:00")
    assert is_saved_date("9/10/2026")
    assert is_saved_date("10-Sep-26")
    assert not is_saved_date("2026-09-10 08:00:00")
    assert lost_digits(["123456789012345000", "223456789012345000", "A-1"])
    assert not lost_digits(["123456789012345000", "223456789012345001"])
    assert not lost_digits(["123456789012345000"])
