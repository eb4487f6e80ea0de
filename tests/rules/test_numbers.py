"""Order numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.numbers import order_number, parse_number


@pytest.mark.parametrize(
    ("serial", "number"),
    [
        (1, "20261122-EC-001"),
        (999, "20261122-EC-999"),
        (1000, "20261122-EC-1000"),
        (123456, "20261122-EC-123456"),
    ],
)
def test_three_digits_and_more_past_999(serial: int, number: str) -> None:
    assert order_number(date(2026, 11, 22), "EC", serial) == number


@given(
    st.dates(date(1, 1, 1)),
    st.from_regex(r"[A-Z][A-Z0-9]{1,3}", fullmatch=True),
    st.integers(1, 999_999_999),
)
def test_a_number_is_read_back(day: date, channel: str, serial: int) -> None:
    number = order_number(day, channel, serial)
    assert parse_number(number) == (day, channel, serial)
    assert parse_number(f"  {number.lower()}\n") == (day, channel, serial)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "EC-001",
        "20261122-EC-1",
        "20261122-EC-000",
        "20261122-EC-0001",
        "20261322-EC-001",
        "20260230-EC-001",
        "20261122-1C-001",
        "20261122-ECOMM-001",
        "20261122-EC-001-2",
        "20261122EC001",
        "20261122-EC-00१",
        "20261122-EC-" + "9" * 5000,
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert parse_number(text) is None


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    found = parse_number(text)
    assert found is None or order_number(*found) == text.strip().upper()
