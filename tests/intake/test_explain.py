"""What would happen to a file is told, and nothing happens to it."""

from pathlib import Path

import pytest

from orderterm.errors import FileRejected
from orderterm.intake.explain import MOST_PROBLEMS, explain
from orderterm.terms import FileKind
from tests.duties.homes import SAMPLES, Home, orders_csv, row


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.take_company()
    return made


def told(home: Home, path: Path, channel: str = "", kind: FileKind | None = None) -> list[str]:
    before = home.file.read_bytes()
    lines = explain(home.workplace, home.folder, path, channel=channel, kind=kind).lines("en")
    assert home.file.read_bytes() == before
    assert path.exists()
    return lines


def test_profile_encoding_and_columns_are_told(home: Home) -> None:
    lines = told(home, SAMPLES / "JD/samples/订单导出_20261122093000.csv")

    assert "profile jd" in lines[0]
    assert "gb18030" in lines[1]
    assert "header in row 1" in lines[1]
    assert "  订单号: channel_order_number id" in lines
    assert "  下单时间: ordered_at time" in lines
    assert "  发票类型: not used" in lines


def test_the_time_of_the_export_is_told(home: Home) -> None:
    lines = told(home, SAMPLES / "DY/samples/1795312800_订单管理导出.csv")
    assert any(line.startswith("exported at 2026-11-22 10:00") for line in lines)


def test_what_would_come_in_is_what_comes_in(home: Home) -> None:
    path = SAMPLES / "JD/samples/订单导出_20261122093000.csv"
    lines = told(home, path, channel="JD")
    assert "channel JD: 6 new orders with 9 lines, 0 known" in lines
    assert sum("skipped: the channel says" in line for line in lines) == 4
    assert any("339000000110 would await information" in line for line in lines)

    assert home.take_one(path, channel="JD").orders_new == 6
    assert "channel JD: 0 new orders with 0 lines, 6 known" in told(home, path, channel="JD")


def test_what_has_changed_would_be_a_change_request(home: Home) -> None:
    home.take_one(home.write(orders_csv(row("A-1"), row("A-2")), "a.csv"))
    changed = home.write(orders_csv(row("A-1", address="别处 1号"), row("A-2")), "b.csv")
    assert "1 known orders say something else now: each would be a change request" in told(
        home, changed
    )
    assert home.take_one(changed).orders_changed == 1
    old = home.write(orders_csv(row("A-1"), row("A-2")), "c.csv")
    assert "1 known orders are older here than what is kept: they would be left alone" in told(
        home, old
    )


def test_rejected_rows_are_told(home: Home) -> None:
    path = home.write("SKU编码,现存数量\nBW-500,10\nBW-750,many\n", folder="company")
    lines = told(home, path)
    assert "1 rows would be taken" in lines
    assert any(line.startswith("row 3 would be rejected: ") for line in lines)


def test_many_orders_that_lack_something_are_not_all_told(home: Home) -> None:
    count = MOST_PROBLEMS + 5
    path = home.write(orders_csv(*(row(f"A-{n}", address="") for n in range(count))))
    lines = told(home, path)
    assert sum("would await information" in line for line in lines) == MOST_PROBLEMS + 1
    assert lines[-1] == "and 5 more that would await information"


def test_a_pair_is_explained_by_either_half(home: Home) -> None:
    for name in ("ExportOrderList202611221000.csv", "ExportOrderDetailList202611221000.csv"):
        lines = told(home, SAMPLES / "TM/samples" / name)
        assert "channel TM: 8 new orders with 11 lines, 0 known" in lines


def test_a_file_that_would_be_rejected_says_why(home: Home) -> None:
    for content, reason in (("", "empty"), ("a,b\n1,2\n", "no header that any profile knows")):
        with pytest.raises(FileRejected, match=reason):
            told(home, home.write(content))
    with pytest.raises(FileRejected, match="looks like"):
        told(home, home.write(orders_csv(row("A-1"))), kind=FileKind.STOCK)
    half = home.write(
        (SAMPLES / "TM/samples/ExportOrderList202611221000.csv").read_bytes(), "a.csv", "TM"
    )
    with pytest.raises(FileRejected, match="only half"):
        told(home, half)


def test_it_is_told_in_chinese_too(home: Home) -> None:
    path = home.write(orders_csv(row("A-1")))
    english = explain(home.workplace, home.folder, path).lines("en")
    chinese = explain(home.workplace, home.folder, path).lines("zh")
    assert len(english) == len(chinese)
    assert chinese[0] != english[0]
