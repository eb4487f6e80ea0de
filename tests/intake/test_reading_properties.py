"""What holds for every file, whatever stands in it."""

import csv
import io
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from orderterm.errors import FileRejected
from orderterm.intake.profiles import Profile
from orderterm.intake.reading import read
from orderterm.intake.texts import clean, without_controls
from orderterm.rules.drafts import OrderDraft
from tests.intake.desk import sorted_without_rows

UTC = ZoneInfo("UTC")
HEADER = [
    "channel_order_number",
    "customer_name",
    "address",
    "channel_line_number",
    "sku",
    "quantity",
    "note",
]
quiet = settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
SEEDS = [
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"[{",
    b"sku,quantity,contact\n",
    b"\xff\xfe",
    b"sep=,\n",
]
TEXT = st.text(st.characters(codec="utf-8"))


def orders_in(path: Path, profiles: list[Profile]) -> list[OrderDraft]:
    drafts = read(path, profiles, zone=UTC, fallback_encoding="cp1252").drafts
    return [draft for draft in drafts if isinstance(draft, OrderDraft)]


def reason(path: Path, profiles: list[Profile]) -> str:
    """Why the file is refused; its name where it is taken."""
    try:
        read(path, profiles, zone=UTC, fallback_encoding="latin-1")
    except FileRejected as refused:
        return refused.sentence.text("en")
    return path.name


def written(path: Path, rows: list[list[str]]) -> Path:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([HEADER, *rows])
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    return path


@quiet
@given(
    start=st.sampled_from([b"", *SEEDS]),
    data=st.binary(max_size=400),
    suffix=st.sampled_from([".csv", ".xlsx", ".json", ""]),
)
@example(start=b"", data=b'"', suffix=".csv")
@example(start=b"[{", data=b'"sku":"a","on_hand":{}}]', suffix=".json")
def test_random_bytes_never_raise_but_a_refusal(
    tmp_path: Path, shipped: list[Profile], start: bytes, data: bytes, suffix: str
) -> None:
    path = tmp_path / f"any{suffix}"
    path.write_bytes(start + data)

    assert reason(path, shipped).startswith(path.name)


row = st.tuples(
    st.sampled_from(["A-1", "A-2", "A-3"]),
    st.sampled_from(["", "1", "2", "3"]),
    st.sampled_from(["S1", "S2", ""]),
    st.integers(1, 9).map(str),
    st.sampled_from(["", "fast", "blue"]),
)


@quiet
@given(rows=st.lists(row, min_size=1, max_size=12), data=st.data())
def test_shuffling_the_rows_gives_the_same_orders(
    tmp_path: Path, shipped: list[Profile], rows: list[tuple[str, ...]], data: st.DataObject
) -> None:
    table = [
        [number, "Ann", "St", line, sku, count, note] for number, line, sku, count, note in rows
    ]
    shuffled = data.draw(st.permutations(table))

    first = orders_in(written(tmp_path / "a.csv", table), shipped)
    second = orders_in(written(tmp_path / "a.csv", shuffled), shipped)

    for order in (*first, *second):
        # A sentence names the row, and rows moved.
        order.problems = [type(p)(p.field, p.reason._replace(values={})) for p in order.problems]
    assert sorted_without_rows(first) == sorted_without_rows(second)
    assert {order.channel_order_number for order in first} == {each[0] for each in rows}


@quiet
@given(text=TEXT)
@example(text='a "quoted", cell;\twith\neverything|')
@example(text="合计")
def test_any_text_in_a_cell_comes_back(tmp_path: Path, shipped: list[Profile], text: str) -> None:
    path = written(tmp_path / "a.csv", [["A-1", "Ann", text.replace("\0", ""), "1", "S", "1", ""]])

    (order,) = orders_in(path, shipped)

    assert order.address == clean(without_controls(text))
    assert order.problems == []


@given(text=TEXT)
def test_cleaning_touches_only_the_ends(text: str) -> None:
    meant = clean(text)

    assert meant in text
    assert not meant or not meant[0].isspace()
    if text and all(unicodedata.category(c)[0] in "LN" for c in (text[0], text[-1])):
        assert meant == text


@pytest.mark.parametrize("count", [1, 500])
def test_every_order_of_a_file_comes_out_once(
    tmp_path: Path, shipped: list[Profile], count: int
) -> None:
    rows = [[f"A-{n}", "Ann", "St", str(i), "S", "1", ""] for n in range(count) for i in range(3)]

    orders = orders_in(written(tmp_path / "a.csv", rows), shipped)

    assert [order.channel_order_number for order in orders] == [f"A-{n}" for n in range(count)]
    assert all(len(order.lines) == 3 for order in orders)
