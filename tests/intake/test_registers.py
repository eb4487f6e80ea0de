"""Products, stock, customers, tracking and survey: each row is a draft or is rejected."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from orderterm.intake.reading import Document
from orderterm.rules.drafts import (
    CustomerDraft,
    ProductDraft,
    StockDraft,
    SurveyDraft,
    TrackingDraft,
)
from orderterm.terms import FileKind, TrackingState
from tests.intake.desk import Desk


def reasons(document: Document) -> list[str]:
    return [str(row.reason) for row in document.rejected]


def test_products_in_either_language(desk: Desk) -> None:
    document = desk.read(
        "SKU编码,产品名称,规格型号,货位,安全库存,lead_time_days\nBW-500,保温杯,500ml,B1,10,3\nX,杯刷,,,,\n"
    )

    assert document.kind is FileKind.PRODUCTS
    assert document.profile.name == "orderterm-products"
    assert document.drafts == [
        ProductDraft("BW-500", "保温杯", "500ml", "B1", 10, 3, row=2),
        ProductDraft("X", "杯刷", row=3),
    ]


def test_bad_products_are_rejected_by_row_column_and_value(desk: Desk) -> None:
    document = desk.read(
        "sku,name,safety_stock\n,A,1\nB,,1\nC,C,-1\nD,D,2.5\nE,E,1,x\nF,F,1\n", "p.csv"
    )

    assert document.drafts == [ProductDraft("F", "F", safety_stock=1, row=7)]
    assert [row.row for row in document.rejected] == [2, 3, 4, 5, 6]
    assert reasons(document) == [
        "p.csv, row 2, sku: not filled in",
        "p.csv, row 3, name: not filled in",
        "p.csv, row 4, safety_stock: -1 is no whole number from 0 to 1000000000",
        "p.csv, row 5, safety_stock: 2.5 is no whole number from 0 to 1000000000",
        "p.csv, row 6: the row has more cells than the header",
    ]


def test_stock_with_further_columns_is_stock(desk: Desk) -> None:
    document = desk.read("sku,name,现存数量\nA,Mug,7\nB,Cup,\nC,Can,-2\n合计,,5\n")

    assert document.kind is FileKind.STOCK
    assert document.drafts == [StockDraft("A", 7, row=2)]
    assert [row.row for row in document.rejected] == [3, 4]


def test_a_sku_counted_twice_is_taken_once(desk: Desk) -> None:
    document = desk.read("sku,on_hand\nA,7\nA,7\nA,8\n")

    assert document.drafts == [StockDraft("A", 7, row=2)]
    assert reasons(document) == ["file.csv, row 4, sku: A stands in row 2 already, and differently"]


def test_customers(desk: Desk) -> None:
    document = desk.read(
        "客户名称,联系方式,客户等级,收货地址\n王,138,钻石级,杭州\n,139,gold,\n李,,,\n"
    )

    assert document.drafts == [
        CustomerDraft("王", "138", "钻石级", "杭州", row=2),
        CustomerDraft("李", row=4),
    ]
    assert reasons(document) == ["file.csv, row 3, 客户名称: not filled in"]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("已签收", TrackingState.SIGNED),
        ("3", TrackingState.SIGNED),
        ("Delivered", TrackingState.SIGNED),
        ("0", TrackingState.IN_TRANSIT),
        ("InTransit", TrackingState.IN_TRANSIT),
        ("派件中", TrackingState.OUT_FOR_DELIVERY),
        ("14", TrackingState.REFUSED),
        ("Exception", TrackingState.PROBLEM),
        ("in_transit", TrackingState.IN_TRANSIT),
        ("待取件", TrackingState.AWAITING_COLLECTION),
    ],
)
def test_tracking_states_of_carriers_and_aggregators(
    desk: Desk, word: str, state: TrackingState
) -> None:
    document = desk.read(
        f"物流公司,物流单号,状态,时间,描述\n顺丰,SF1,{word},2026-09-10 08:00,到达\n"
    )

    at = datetime(2026, 9, 10, 0, 0, tzinfo=UTC)
    assert document.drafts == [TrackingDraft("顺丰", "SF1", state, at, "到达", row=2)]


@pytest.mark.parametrize("state", list(TrackingState))
def test_every_state_is_known_by_its_own_words(desk: Desk, state: TrackingState) -> None:
    text = "".join(f"A,{n},{w},2026-09-10\n" for n, w in enumerate([state, state.zh, state.en]))

    drafts = desk.read("carrier,waybill,status,at\n" + text).drafts

    assert [draft.state for draft in drafts if isinstance(draft, TrackingDraft)] == [state] * 3


def test_bad_tracking_rows(desk: Desk) -> None:
    document = desk.read(
        "carrier,waybill,status,at\nSF,,signed,2026-09-10\nSF,1,lost,2026-09-10\nSF,1,signed,soon\n"
    )

    assert document.drafts == []
    assert reasons(document) == [
        "file.csv, row 2, waybill: not filled in",
        "file.csv, row 3, status: the status lost is not known; add it to the profile's states",
        "file.csv, row 4, at: soon is no date that can be read; write it as 2026-09-10 08:00",
    ]


def test_a_field_without_a_column_is_called_by_its_name(desk: Desk) -> None:
    tracking = next(one for one in desk.profiles if one.name == "orderterm-tracking")
    timeless = replace(tracking, features=["waybill", "status"])
    document = desk.read("carrier,waybill,status\nSF,1,signed\n", profiles=[timeless])
    assert reasons(document) == ["file.csv, row 2: at is missing"]


def test_waybill_that_excel_shortened_refuses_the_file(desk: Desk) -> None:
    text = "waybill,status,at\n1.23E+14,signed,2026-09-10\n"

    assert "opened and saved in Excel" in desk.reason(text)


def test_survey(desk: Desk) -> None:
    document = desk.read(
        "订单编号,发货速度,产品准确性,服务体验,意见\n"
        "20261122-EC-001,5,4.0 分,３分,好\n20261122-EC-002,6,1,1,\n20261122-EC-003,5,,1,\n"
    )

    assert document.drafts == [SurveyDraft("20261122-EC-001", 5, 4, 3, "好", row=2)]
    assert reasons(document) == [
        "file.csv, row 3, 发货速度: 6 is no whole number from 1 to 5",
        "file.csv, row 4, 产品准确性: not filled in",
    ]


def test_a_sku_that_begins_like_a_footer_is_a_sku(desk: Desk) -> None:
    document = desk.read("sku,现存数量\nTOTAL-5,7\nBW-500,9\ntotal,16\n")

    assert document.drafts == [StockDraft("TOTAL-5", 7, 2), StockDraft("BW-500", 9, 3)]
