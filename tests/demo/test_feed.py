"""The simulated day: the same every time, and with exactly the orders that were asked for."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from orderterm.demo import company
from orderterm.demo.feed import Feed, FeedFile

DAY = date(2026, 11, 22)
SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime.combine(DAY, time(), SHANGHAI)
ENCODINGS = {
    "TM": "gbk",
    "DY": "utf-8-sig",
    "JD": "gb18030",
    "PD": "utf-8-sig",
    "SH": "utf-8",
    "EC": "gb18030",
    "ST": "gb18030",
    "DL": "gb18030",
}
PAID = {
    "TM": ("订单编号", "订单状态", "买家已付款，等待卖家发货"),
    "DY": ("主订单编号", "订单状态", "待发货"),
    "JD": ("订单号", "订单状态", "等待出库"),
    "PD": ("订单号", "订单状态", "待发货"),
}


def files(orders: int, seed: int = 7) -> list[FeedFile]:
    return list(Feed(seed, MIDNIGHT, orders).files())


def readable(found: list[FeedFile]) -> list[FeedFile]:
    """The order files, without the two that are spoilt on purpose."""
    spoilt = ("商城订单_传输中断.csv", "经销订单_空.csv")
    return [f for f in found if f.channel != "company" and f.name not in spoilt]


def rows(file: FeedFile) -> list[dict[str, str]]:
    if file.name.endswith(".json"):
        found: list[dict[str, str]] = json.loads(file.content)
        return found
    text = file.content.decode(ENCODINGS[file.channel])
    return list(csv.DictReader(io.StringIO(text, newline="")))


def payable(file: FeedFile) -> Iterator[tuple[str, str]]:
    for row in rows(file):
        if file.channel == "SH":
            if row["Paid at"] and not row["Cancelled at"]:
                yield file.channel, row["Name"]
        elif file.channel in PAID:
            number, status, paid = PAID[file.channel]
            if row[status] == paid:
                yield file.channel, row[number]
        else:
            yield file.channel, row.get("渠道订单号") or row["channel_order_number"]


def test_same_seed_gives_same_bytes() -> None:
    feed = Feed(7, MIDNIGHT, 150)
    first = list(feed.files())
    assert first == files(150)
    assert first == list(feed.files())
    assert first != files(150, seed=8)


@pytest.mark.parametrize("orders", [0, 1, 3, 25, 400, 2000])
def test_number_of_payable_orders_is_the_number_asked_for(orders: int) -> None:
    found = readable(files(orders))
    assert len({order for file in found for order in payable(file)}) == orders


def test_files_come_in_time_order_on_the_day() -> None:
    found = files(200)
    times = [file.at for file in found]
    assert times == sorted(times)
    assert {at.astimezone(SHANGHAI).date() for at in times} == {DAY}
    assert all(at.utcoffset() == datetime.now(UTC).utcoffset() for at in times)
    assert [f.name for f in found[:3]] == ["products.csv", "customers.csv", "stock.csv"]


def test_names_are_unique_in_a_folder() -> None:
    found = files(300)
    assert len({(file.channel, file.name) for file in found}) == len(found)


def test_taobao_files_come_in_pairs() -> None:
    names = {f.name: f.at for f in files(300) if f.channel == "TM"}
    heads = {name: at for name, at in names.items() if name.startswith("ExportOrderList")}
    for name, at in heads.items():
        assert names[name.replace("OrderList", "OrderDetailList")] == at
    assert len(names) == 2 * len(heads) > 0


def test_each_export_repeats_some_of_the_last() -> None:
    exports = [{row["Name"] for row in rows(file)} for file in files(1000) if file.channel == "SH"]
    assert len(exports) > 5
    for earlier, later in pairwise(exports):
        assert earlier & later


def test_day_has_every_kind_of_trouble() -> None:
    found = files(300)
    sizes = {f.name: len(f.content) for f in found}
    assert sizes["经销订单_空.csv"] == 0 < sizes["商城订单_传输中断.csv"]
    cells = [(f.channel, c) for f in readable(found) for r in rows(f) for c in r.items()]
    own = [cell for channel, cell in cells if channel in ("EC", "ST", "DL")]
    assert ("属性", "退货") in own or ("属性", "换货") in own
    assert any("BW-999" in value for _, (_, value) in cells)
    assert any("定制" in value for _, (_, value) in cells)
    assert any("急" in value or "24小时" in value for _, (_, value) in cells)


def test_a_later_export_changes_one_order_and_cancels_another() -> None:
    seen: dict[tuple[str, str], str] = {}
    changed = []
    for file in readable(files(300)):
        if file.channel in PAID and not file.name.startswith("ExportOrderDetailList"):
            number, status, _ = PAID[file.channel]
            for row in rows(file):
                moved = row.get("修改后的收货地址") or row.get("详细地址") or row.get("客户地址")
                now = f"{row[status]} {moved}"
                if seen.setdefault((file.channel, row[number]), now) != now:
                    changed.append(row[status])
                    seen[file.channel, row[number]] = now
    assert len(changed) >= 2
    assert {"交易关闭", "已关闭", "(删除)等待出库", "未发货，退款成功"} & set(changed)


def test_stock_is_short_and_some_of_it_arrives() -> None:
    counts = {f.name: dict(_stock(f)) for f in files(300) if f.name.startswith("stock")}
    assert set(counts["stock.csv"]) == {p.sku for p in company.PRODUCTS}
    arrived = counts["stock-arrived.csv"]
    assert arrived
    assert all(pieces > counts["stock.csv"][sku] for sku, pieces in arrived.items())


def _stock(file: FeedFile) -> Iterator[tuple[str, int]]:
    for row in csv.DictReader(io.StringIO(file.content.decode("gb18030"), newline="")):
        yield row["SKU编码"], int(row["现存数量"])


def test_everybody_but_the_top_has_a_superior_above_them() -> None:
    known: set[str] = set()
    for person in company.STAFF:
        assert person.superior is None or person.superior in known
        known.add(person.badge)
