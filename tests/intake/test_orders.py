"""Rows become orders: grouping, first value that is not empty, lines in a fixed order."""

import random
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from orderterm.intake.plans import Cleaner
from orderterm.rules.drafts import LineDraft
from orderterm.terms import ChannelStatus
from tests.intake.desk import Desk, one_order, sorted_without_rows, template, wrongs

HEADER = (
    "channel_order_number,shop,ordered_at,customer_name,contact,address,"
    "channel_line_number,sku,quantity,unit_price,note,ship_by"
)


def rows(*lines: str) -> str:
    return template(*lines, header=HEADER)


def test_an_order_with_everything(desk: Desk) -> None:
    order = desk.order(
        "渠道订单号,店铺,下单时间,客户名称,联系方式,收货地址,SKU编码,产品名称,规格型号,数量,单价,属性,特殊要求,备注\n"
        "A-1,总店,2026/9/10 8:00,王小明,13800138000,文三路478号,"
        "BW-500,保温杯,500ml,2,￥45.90,定制,加急,轻放\n"
    )

    assert order.shop == "总店"
    assert order.ordered_at == datetime(2026, 9, 10, 0, 0, tzinfo=UTC)
    assert (order.nature, order.special_request, order.note) == ("定制", "加急", "轻放")
    assert (order.status, order.row, order.problems) == (ChannelStatus.OPEN, 2, [])
    assert order.lines == [LineDraft("BW-500", "保温杯", "500ml", 2, 4590)]


def test_rows_are_grouped_even_when_shuffled(desk: Desk) -> None:
    orders = desk.orders(
        rows(
            "A-1,,2026-09-10,Ann,1,St 1,2,S2,1,,,",
            "A-2,,2026-09-10,Bob,2,St 2,1,S1,1,,,",
            "A-1,,2026-09-10,Ann,1,St 1,1,S1,3,,,",
        )
    )

    assert [order.channel_order_number for order in orders] == ["A-1", "A-2"]
    assert [line.sku for line in orders[0].lines] == ["S1", "S2"]
    assert orders[0].row == 2


def test_any_order_of_the_rows_gives_the_same_orders(desk: Desk) -> None:
    lines = [
        f"A-{n % 7},{'' if n % 3 else 'North'},2026-09-10,{'Ann' if n % 2 else ''},1,St,{n},"
        f"S{n % 4},{n},4.50,note {n % 5},2026-09-{11 + n % 9}"
        for n in range(1, 41)
    ]
    first = desk.orders(rows(*lines))
    random.Random(7).shuffle(lines)
    second = desk.orders(rows(*lines))

    assert sorted_without_rows(first) == sorted_without_rows(second)
    assert len(first) == 7


def test_order_values_are_the_first_that_is_not_empty(desk: Desk) -> None:
    order = desk.order(rows("A-1,,,,,,1,S1,1,,,", "A-1,,2026-09-10,Ann,1,St 1,2,S2,1,,,"))

    assert (order.customer_name, order.contact, order.address) == ("Ann", "1", "St 1")
    assert order.ordered_at is not None
    assert order.problems == []


def test_rows_that_contradict_each_other_are_a_problem(desk: Desk) -> None:
    order = desk.order(rows("A-1,,,Ann,1,St 1,1,S1,1,,,", "A-1,,,Ann,1,St 2,2,S2,1,,,"))

    assert order.address == "St 1"
    assert wrongs(order) == {
        "address": "file.csv, row 2, address: the rows of this order contradict each other"
    }


def test_every_note_is_kept_and_the_earliest_deadline_binds(desk: Desk) -> None:
    order = desk.order(
        rows(
            "A-1,,,Ann,1,St,1,S1,1,,wrap it,2026-09-13",
            "A-1,,,Ann,1,St,2,S2,1,,engrave,2026-09-12",
            "A-1,,,Ann,1,St,3,S3,1,,,",
        )
    )

    assert order.note == "engrave; wrap it"
    assert order.ship_by == datetime(2026, 9, 12, 15, 59, 59, tzinfo=UTC)


def test_the_same_line_twice_is_one(desk: Desk) -> None:
    order = desk.order(rows(*["A-1,,,Ann,1,St,7,S1,2,,,"] * 3))

    assert [(line.channel_line_number, line.quantity) for line in order.lines] == [("7", 2)]
    assert order.problems == []


def test_two_lines_alike_without_a_number_are_two(desk: Desk) -> None:
    order = desk.order(rows(*["A-1,,,Ann,1,St,,S1,2,,,"] * 2))

    assert len(order.lines) == 2


def test_one_line_number_with_two_contents_is_a_problem(desk: Desk) -> None:
    order = desk.order(rows("A-1,,,Ann,1,St,7,S1,2,,,", "A-1,,,Ann,1,St,7,S1,3,,,"))

    assert len(order.lines) == 2
    assert "the line 7 is given twice" in wrongs(order)["line2.channel_line_number"]


def test_one_number_in_two_shops_is_two_orders(desk: Desk) -> None:
    orders = desk.orders(
        rows("1,North,,Ann,1,St,,S1,1,,,", "1,South,,Bob,2,St,,S1,1,,,", "1,North,,,,,,S2,1,,,")
    )

    assert [(order.shop, len(order.lines)) for order in orders] == [("North", 2), ("South", 1)]


def test_a_shop_left_out_on_further_rows_belongs_to_the_only_one(desk: Desk) -> None:
    order = desk.order(
        rows("1,,,,,,2,S2,1,,b,", "1,,,,,,3,S3,1,,c,", "1,North,,Ann,1,St,1,S1,1,,a,")
    )

    assert (order.shop, order.row, order.note) == ("North", 2, "a; b; c")
    assert [line.sku for line in order.lines] == ["S1", "S2", "S3"]


def test_without_a_number_the_customer_and_time_tell_the_order(desk: Desk) -> None:
    orders = desk.orders(
        rows(
            ",,2026-09-10,Ann,1,St,,S1,1,,,",
            ",,2026-09-10,Bob,2,St,,S1,1,,,",
            ",,2026-09-10,Ann,1,St,,S2,1,,,",
        )
    )

    assert [(order.customer_name, len(order.lines)) for order in orders] == [("Ann", 2), ("Bob", 1)]
    assert {order.channel_order_number for order in orders} == {""}


def test_a_row_that_tells_no_order_is_rejected(desk: Desk) -> None:
    document = desk.read(rows("A-1,,,Ann,1,St,,S1,1,,,", ",,,,,,,S2,1,,,"))

    (row,) = document.rejected
    assert (row.row, row.cells[7]) == (3, "S2")
    assert "row 3 has no channel_order_number" in str(row.reason)


@pytest.mark.parametrize(
    ("quantity", "kept", "why"),
    [
        ("2.5", None, "2.5 is no whole number"),
        ("abc", None, "abc is no whole number"),
        ("", None, "the quantity is missing"),
        ("1000000000000", None, "more than 1000000 pieces"),
        ("0", 0, "must be 1 or more"),
        ("-1", -1, "must be 1 or more"),
    ],
)
def test_a_bad_quantity_keeps_the_order(
    desk: Desk, quantity: str, kept: int | None, why: str
) -> None:
    order = desk.order(one_order(quantity))

    assert order.lines[0].quantity == kept
    assert wrongs(order)["line1.quantity"].startswith("file.csv, row 2, quantity: ")
    assert why in wrongs(order)["line1.quantity"]


def test_a_bad_price_and_a_bad_date_keep_the_order(desk: Desk) -> None:
    order = desk.order(rows("A-1,,03/04/2026,Ann,1,St,1,S1,1,much,,soon"))

    assert (order.ordered_at, order.ship_by, order.lines[0].unit_price) == (None, None, None)
    assert set(wrongs(order)) == {"ordered_at", "ship_by", "line1.unit_price"}
    assert "03/04/2026 is no date that can be read" in wrongs(order)["ordered_at"]


@pytest.mark.parametrize(
    "text", ["2026/9/10 8:00", "2026.9.10 8:00", "2026年9月10日 8:00", "2026-9-10 8:00"]
)
def test_own_files_may_hold_dates_as_people_write_them(desk: Desk, text: str) -> None:
    order = desk.order(one_order(ordered_at=text))

    assert order.ordered_at == datetime(2026, 9, 10, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("field", ["channel_order_number", "contact", "sku"])
def test_ids_that_excel_shortened_refuse_even_own_files(desk: Desk, field: str) -> None:
    reason = desk.reason(one_order(**{field: "1.23E+18"}))

    assert "opened and saved in Excel" in reason
    assert "row 2: 1.23E+18" in reason


def test_order_of_its_number_alone_has_no_lines(desk: Desk) -> None:
    assert desk.order(rows("A-1,,,Ann,1,St,,,,,,")).lines == []


def test_a_shop_left_out_where_two_are_possible_stays_apart(desk: Desk) -> None:
    orders = desk.orders(
        rows(
            "1,North,,Ann,1,St,,S1,1,,,",
            "1,South,,Bob,2,St,,S1,1,,,",
            "1,,,Ann,1,St,,S2,1,,,",
            ",,,Eve,3,St,,S3,1,,,",
            "2,,,Joe,4,St,,S4,1,,,",
        )
    )

    assert [(order.channel_order_number, order.shop) for order in orders] == [
        ("1", "North"),
        ("1", "South"),
        ("1", ""),
        ("", ""),
        ("2", ""),
    ]


def test_a_contradiction_survives_the_joining_of_shops(desk: Desk) -> None:
    order = desk.order(
        rows(
            "1,,,Ann,1,St 1,1,S1,1,,,",
            "1,,,Ann,1,St 2,2,S2,1,,,",
            "1,North,,Ann,1,St 1,3,S3,1,,,",
        )
    )

    assert set(wrongs(order)) == {"address"}


def test_more_different_cells_than_are_remembered(desk: Desk) -> None:
    orders = desk.orders(rows(*(f"A-{n},,,N{n},C{n},St {n},L{n},S,1,,," for n in range(21_000))))

    assert orders[0].address == "St 0"
    assert (orders[-1].channel_order_number, orders[-1].contact) == ("A-20999", "C20999")
    assert len(orders) == 21_000


def test_what_is_remembered_of_cells_is_bounded() -> None:
    cleaner = Cleaner()

    for n in range(100_010):
        assert cleaner[f" {n}"] == str(n)

    assert len(cleaner) < 100_002


def test_the_latest_change_counts(desk: Desk) -> None:
    (own,) = (p for p in desk.profiles if p.name == "orderterm-orders")
    dated = replace(own, columns=own.columns | {"updated_at": ["updated"]})
    header = "channel_order_number,sku,quantity,updated\n"

    order = desk.order(
        header + "A,S,1,2026-09-10T08:00Z\nA,S,1,2026-09-12T08:00Z\nA,S,1,2026-09-11T08:00Z\n",
        profiles=[dated],
    )

    assert order.updated_at == datetime(2026, 9, 12, 8, 0, tzinfo=UTC)
