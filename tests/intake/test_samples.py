"""Every sample file gives the orders it should; given again, in whatever order, nothing more."""

import csv
import io
import json
import random
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from orderterm.intake.results import FileResult
from orderterm.store import connection
from orderterm.store.tables import Order, OrderException
from orderterm.terms import Condition, ExceptionKind, FileStatus
from tests.duties.homes import SAMPLES, Home

EXPECTED = tomllib.loads(Path(__file__).with_name("samples_expected.toml").read_text("utf-8"))
ALL: list[dict[str, Any]] = EXPECTED["sample"]
ORDERS = [sample for sample in ALL if sample["kind"] == "orders"]


def name_of(sample: dict[str, Any]) -> str:
    return Path(sample["files"][0]).stem


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.take_company()
    return made


def paths_of(sample: dict[str, Any]) -> list[Path]:
    return [SAMPLES / file for file in sample["files"]]


def take(home: Home, sample: dict[str, Any], paths: list[Path]) -> FileResult:
    results = home.take(*paths, channel=sample.get("channel", ""))
    assert [one.status for one in results] == [FileStatus.DONE] * len(paths), results
    return results[0]


def test_every_sample_is_expected() -> None:
    named = {file for sample in ALL for file in sample["files"]}
    there = {str(path.relative_to(SAMPLES)) for path in SAMPLES.glob("*/samples/*")}
    assert there == named


@pytest.mark.parametrize("sample", ORDERS, ids=name_of)
def test_a_sample_gives_its_orders(home: Home, sample: dict[str, Any]) -> None:
    result = take(home, sample, paths_of(sample))

    assert result.profile == sample["profile"]
    assert result.channel == sample["channel"]
    assert result.orders_new == sample["orders_new"]
    assert (result.orders_known, result.orders_changed, result.rows_rejected) == (0, 0, [])
    assert result.skipped == sample["skipped"]
    orders = home.orders()
    assert sum(len(home.lines(order)) for order in orders.values()) == sample["lines"]
    for expected in sample["order"]:
        assert_as_expected(home, orders[expected["channel_order_number"]], expected)


def assert_as_expected(home: Home, order: Order, expected: dict[str, Any]) -> None:
    lines = sorted((line["sku"], line["quantity"]) for line in expected["lines"])
    assert home.lines(order) == lines
    for field in ("customer_name", "contact", "address"):
        assert getattr(order, field) == expected[field]
    assert [tag.value for tag in order.tags] == expected["tags"]
    for field in ("ordered_at", "ship_by"):
        moment: datetime | None = expected.get(field)
        if moment is not None:
            assert getattr(order, field) == moment
    assert order.nature.value == expected.get("nature", order.nature.value)


@pytest.mark.parametrize("sample", ORDERS, ids=name_of)
def test_numbers_follow_channel_and_day(home: Home, sample: dict[str, Any]) -> None:
    take(home, sample, paths_of(sample))
    count, channel = sample["orders_new"], sample["channel"]

    numbers = sorted(order.number for order in home.orders().values())
    assert numbers == [f"20261122-{channel}-{n:03d}" for n in range(1, count + 1)]


@pytest.mark.parametrize("sample", ORDERS, ids=name_of)
def test_what_lacks_information_waits_for_it(home: Home, sample: dict[str, Any]) -> None:
    take(home, sample, paths_of(sample))
    with connection.reading():
        query = OrderException.select(Order, OrderException).join(Order)
        found = {
            one.order.channel_order_number: (one.kind, one.order.condition, fields_of(one))
            for one in query
        }

    assert found == {
        one["order"]: (
            ExceptionKind.INFORMATION,
            Condition.AWAITING_INFORMATION,
            set(one["fields"]),
        )
        for one in sample["awaiting_information"]
    }


def fields_of(exception: OrderException) -> set[str]:
    return {problem["field"] for problem in msgspec.json.decode(exception.detail)["problems"]}


@pytest.mark.parametrize("sample", ORDERS, ids=name_of)
def test_a_sample_again_is_known(home: Home, sample: dict[str, Any]) -> None:
    take(home, sample, paths_of(sample))
    assert_known(take(home, sample, paths_of(sample)), sample)


@pytest.mark.parametrize("sample", ORDERS, ids=name_of)
def test_its_rows_in_another_order_are_known(
    home: Home, sample: dict[str, Any], tmp_path: Path
) -> None:
    take(home, sample, paths_of(sample))
    mixed = [shuffled(path, tmp_path, random.Random(1)) for path in paths_of(sample)]
    assert_known(take(home, sample, mixed), sample)


@pytest.mark.parametrize("sample", ORDERS, ids=name_of)
def test_shuffled_first_it_gives_the_same_orders(
    home: Home, sample: dict[str, Any], tmp_path: Path
) -> None:
    mixed = [shuffled(path, tmp_path, random.Random(3)) for path in paths_of(sample)]
    result = take(home, sample, mixed)
    assert (result.orders_new, result.skipped) == (sample["orders_new"], sample["skipped"])
    assert_known(take(home, sample, paths_of(sample)), sample)


def assert_known(result: FileResult, sample: dict[str, Any]) -> None:
    assert (result.orders_new, result.orders_changed, result.not_overwritten) == (0, 0, 0)
    assert result.orders_known == sample["orders_new"]
    assert result.skipped == sample["skipped"]


@pytest.mark.parametrize("sample", [s for s in ALL if s["kind"] != "orders"], ids=name_of)
def test_a_sample_of_the_companys_own_files(home: Home, sample: dict[str, Any]) -> None:
    (result,) = home.take(*paths_of(sample))

    assert (result.status, result.kind, result.profile) == (
        FileStatus.DONE,
        sample["kind"],
        sample["profile"],
    )
    assert result.rows_taken + len(result.rows_rejected) == sample["rows"]


def test_all_samples_together_leave_a_sound_trail(home: Home) -> None:
    for sample in ORDERS:
        take(home, sample, paths_of(sample))
    assert len(home.orders()) == sum(sample["orders_new"] for sample in ORDERS)
    assert home.flaws() == []


# -- the same rows in another order -----------------------------------------------------------


def shuffled(path: Path, folder: Path, chance: random.Random) -> Path:
    target = folder / path.name
    if path.suffix == ".json":
        records = json.loads(path.read_bytes())
        chance.shuffle(records)
        target.write_text(json.dumps(records), "utf-8")
    elif path.suffix == ".xlsx":
        _shuffle_sheet(path, target, chance)
    else:
        target.write_bytes(_shuffled_text(path, chance))
    return target


def _shuffle_sheet(path: Path, target: Path, chance: random.Random) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.active
    rows = [list(values) for values in sheet.values]
    first = next(n for n, values in enumerate(rows) if values.count(None) < 3) + 1
    head, rows = rows[:first], rows[first:]
    chance.shuffle(rows)
    sheet.delete_rows(1, sheet.max_row)
    for values in (*head, *rows):
        sheet.append(values)
    book.save(target)


def _shuffled_text(path: Path, chance: random.Random) -> bytes:
    data = path.read_bytes()
    # One byte a character: what the text means is of no concern here, and every byte comes back.
    encoding = "utf-16" if data.startswith(b"\xff\xfe") else "latin-1"
    records = list(_records(data.decode(encoding)))
    first = next(n for n, record in enumerate(records) if len(_cells(record)) > 3) + 1
    last = len(records)
    while len(_cells(records[last - 1])) <= 3:  # a platform's footer
        last -= 1
    blocks = _blocks(records[first:last])
    chance.shuffle(blocks)
    rows = [record for block in blocks for record in block]
    return "".join((*records[:first], *rows, *records[last:])).encode(encoding)


def _records(text: str) -> Iterator[str]:
    """The rows as they stand; a quoted cell may hold a line break."""
    record = ""
    for line in io.StringIO(text, newline="\n"):
        record += line
        if record.count('"') % 2 == 0:
            yield record if record.endswith("\n") else record + "\n"
            record = ""


def _cells(record: str) -> list[str]:
    (cells,) = csv.reader(io.StringIO(record), delimiter="\t" if "\t" in record[:400] else ",")
    return [cell for cell in cells if cell.strip()]


def _blocks(records: list[str]) -> list[list[str]]:
    """Rows that stay together: one that leaves its order's number out needs the one above."""
    blocks: list[list[str]] = []
    for record in records:
        if blocks and record.startswith((",", '"",')):
            blocks[-1].append(record)
        else:
            blocks.append([record])
    return blocks
