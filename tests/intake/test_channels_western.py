"""Shopify, WooCommerce, Amazon, eBay, Magento: their quirks, one test each."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from orderterm.rules.drafts import LineDraft
from orderterm.terms import ChannelStatus
from tests.intake.desk import Desk, wrongs

SHOPIFY = (
    "Name,Email,Financial Status,Fulfillment Status,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem sku,Lineitem requires shipping,Lineitem fulfillment status,"
    "Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Country,Shipping Phone,"
    "Notes,Cancelled at,Id,Tags\n"
)
SHOPIFY_FIRST = (
    "#1001,jo@example.com,paid,unfulfilled,2025-10-07 09:50:26 +0200,2,Mug,4.50,MUG,true,pending,"
    "Jo Doe,1 rue A,Paris,'75008,FR,'+3361,\"Please\nhurry\",,6001,urgent\n"
)


def shopify_row(**cells: str) -> str:
    return ",".join(cells.get(name, "") for name in SHOPIFY.strip().split(",")) + "\n"


def shopify_further(name: str = "#1001", **cells: str) -> str:
    line = {"Lineitem quantity": "1", "Lineitem name": "Cup", "Lineitem sku": "CUP"}
    return shopify_row(**{"Name": name, **line, **cells})


def test_shopify_order_over_several_rows(desk: Desk) -> None:
    document = desk.read(SHOPIFY + SHOPIFY_FIRST + shopify_further(), encoding="utf-8-sig")
    order = desk.order(desk.folder / "file.csv")

    assert document.profile.name == "shopify"
    assert order.channel_order_number == "#1001"
    assert order.ordered_at == datetime(2025, 10, 7, 7, 50, 26, tzinfo=UTC)
    assert (order.customer_name, order.contact) == ("Jo Doe", "+3361")
    assert order.address == "1 rue A, Paris, 75008, FR"
    assert order.special_request == "Please\nhurry; urgent"
    assert order.status is ChannelStatus.OPEN
    assert order.lines == [
        LineDraft("CUP", "Cup", quantity=1),
        LineDraft("MUG", "Mug", quantity=2, unit_price=450),
    ]
    assert order.problems == []


def test_shopify_further_row_without_a_name_belongs_to_the_row_above(desk: Desk) -> None:
    second = SHOPIFY_FIRST.replace("#1001", "#1002").replace("6001", "6002")
    orders = desk.orders(SHOPIFY + SHOPIFY_FIRST + shopify_further("") + second)

    assert [len(order.lines) for order in orders] == [2, 1]


def test_shopify_row_without_a_name_and_nothing_above_is_rejected(desk: Desk) -> None:
    document = desk.read(SHOPIFY + shopify_further("") + SHOPIFY_FIRST)

    assert [row.row for row in document.rejected] == [2]


def test_shopify_with_columns_deleted(desk: Desk) -> None:
    order = desk.order(
        "Lineitem name,Lineitem quantity,Created at,Financial Status,Name\n"
        "Mug,1,2025-10-07 09:50:26 +0200,paid,#1001\n"
    )

    assert (order.lines[0].name, order.contact) == ("Mug", "")


def test_shopify_street_in_one_column_is_not_lost(desk: Desk) -> None:
    header = SHOPIFY.replace("Shipping Address1", "Shipping Street")

    assert desk.order(header + SHOPIFY_FIRST).address == "1 rue A, Paris, 75008, FR"
    without = SHOPIFY.replace("Shipping Address1", "Left out")
    assert desk.order(without + SHOPIFY_FIRST).address == ""


def test_shopify_name_of_two_orders_is_noticed(desk: Desk) -> None:
    order = desk.order(SHOPIFY + SHOPIFY_FIRST + SHOPIFY_FIRST.replace("6001", "6002"))

    assert "channel_order_id" in wrongs(order)


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"Financial Status": "pending"}, ChannelStatus.UNPAID),
        ({"Financial Status": "refunded"}, ChannelStatus.CANCELLED),
        ({"Financial Status": "partially_refunded"}, ChannelStatus.OPEN),
        ({"Financial Status": "paid", "Fulfillment Status": "fulfilled"}, ChannelStatus.SHIPPED),
        (
            {"Financial Status": "paid", "Cancelled at": "2025-10-08 09:50:26 +0200"},
            ChannelStatus.CANCELLED,
        ),
        (
            {"Financial Status": "paid", "Lineitem requires shipping": "false"},
            ChannelStatus.COMPLETED,
        ),
    ],
)
def test_shopify_statuses(desk: Desk, cells: dict[str, str], status: ChannelStatus) -> None:
    assert desk.order(SHOPIFY + shopify_further(**cells)).status is status


def test_shopify_lines_without_goods_are_left_out_and_sent_ones_noted(desk: Desk) -> None:
    voucher = shopify_further(**{"Lineitem sku": "GIFT", "Lineitem requires shipping": "false"})
    sent = shopify_further(**{"Lineitem sku": "SENT", "Lineitem fulfillment status": "fulfilled"})

    order = desk.order(SHOPIFY + SHOPIFY_FIRST + voucher + sent)

    assert order.status is ChannelStatus.OPEN
    assert [line.sku for line in order.lines] == ["MUG", "SENT"]
    assert "already sent" in wrongs(order)["line2.sku"]


def test_unknown_status_is_asked_about(desk: Desk) -> None:
    order = desk.order(SHOPIFY + SHOPIFY_FIRST.replace(",paid,", ",in_dispute,"))

    assert order.status is ChannelStatus.OPEN
    assert "the channel says in_dispute" in wrongs(order)["status"]


def woo(**changes: Any) -> dict[str, Any]:
    person = {"first_name": "Jo", "last_name": "Doe", "address_1": "1 A St", "city": "Bath"}
    return {
        "id": 727,
        "number": "727",
        "status": "processing",
        "date_created": "2025-10-07T10:50:26",
        "date_created_gmt": "2025-10-07T09:50:26",
        "date_modified_gmt": "2025-10-07T10:00:00",
        "customer_note": "rush",
        "billing": person | {"email": "jo@example.com", "phone": "555"},
        "shipping": dict.fromkeys(person, ""),
        "line_items": [
            {"id": 11, "name": "Mug", "quantity": 2, "sku": "MUG", "price": 4.5},
            {"id": 12, "name": "Cup", "quantity": 1, "sku": "CUP", "price": "3.00"},
        ],
        "meta_data": [{"id": 1, "key": "x", "value": {"a": []}}],
    } | changes


@pytest.mark.parametrize("wrap", [lambda orders: orders, lambda orders: {"orders": orders}])
def test_woocommerce(desk: Desk, wrap: Any) -> None:
    document = desk.read(json.dumps(wrap([woo()])), "orders.json")
    order = desk.order(desk.folder / "orders.json")

    assert document.profile.name == "woocommerce"
    assert order.channel_order_number == "727"
    assert order.ordered_at == datetime(2025, 10, 7, 9, 50, 26, tzinfo=UTC)
    assert order.updated_at == datetime(2025, 10, 7, 10, 0, tzinfo=UTC)
    assert (order.customer_name, order.contact) == ("Jo Doe", "555")
    assert (order.address, order.special_request) == ("1 A St, Bath", "rush")
    assert order.lines == [
        LineDraft("MUG", "Mug", "", 2, 450, "11"),
        LineDraft("CUP", "Cup", "", 1, 300, "12"),
    ]
    assert order.problems == []


@pytest.mark.parametrize(
    ("word", "status"),
    [("on-hold", ChannelStatus.UNPAID), ("completed", ChannelStatus.COMPLETED)],
)
def test_woocommerce_statuses(desk: Desk, word: str, status: ChannelStatus) -> None:
    assert desk.order(json.dumps([woo(status=word)]), "o.json").status is status


def test_woocommerce_order_without_lines(desk: Desk) -> None:
    first, second = desk.orders(json.dumps([woo(), woo(number="728", line_items=[])]), "o.json")

    assert (len(first.lines), len(second.lines)) == (2, 0)


AMAZON = {
    "order-id": "123-4567890-1234567",
    "order-item-id": "11",
    "purchase-date": "2025-07-30T08:34:47+00:00",
    "buyer-name": "Jo",
    "sku": "MUG",
    "product-name": '"Best" Mug 5"',
    "quantity-purchased": "3",
    "ship-service-level": "Expedited",
    "recipient-name": "Jo Doe",
    "ship-address-1": "1 A St",
    "ship-city": "Reno",
    "ship-postal-code": "89501",
    "ship-country": "US",
    "ship-phone-number": "555",
}
UNSHIPPED = {
    "reporting-date": "2025-07-31T10:00:00+00:00",
    "promise-date": "2025-08-01T06:59:59+00:00",
    "quantity-to-ship": "2",
}


def amazon(*rows: dict[str, str]) -> str:
    return "\n".join("\t".join(line) for line in (list(rows[0]), *(r.values() for r in rows)))


def test_amazon_new_orders(desk: Desk) -> None:
    document = desk.read(amazon(AMAZON, AMAZON | {"order-item-id": "12", "sku": "CUP"}), "o.txt")
    order = desk.order(desk.folder / "o.txt")

    assert (document.profile.name, document.delimiter) == ("amazon-new-orders", "\t")
    assert order.ordered_at == datetime(2025, 7, 30, 8, 34, 47, tzinfo=UTC)
    assert order.address == "1 A St, Reno, 89501, US"
    assert order.special_request == "Expedited"
    assert [(line.sku, line.quantity) for line in order.lines] == [("MUG", 3), ("CUP", 3)]
    assert order.lines[0].name == '"Best" Mug 5"'
    assert order.problems == []


def test_amazon_unshipped_has_the_deadline_and_what_is_left(desk: Desk) -> None:
    document = desk.read(amazon(AMAZON | UNSHIPPED), "o.txt")
    order = desk.order(desk.folder / "o.txt")

    assert document.profile.name == "amazon-unshipped"
    assert document.exported_at == datetime(2025, 7, 31, 10, 0, tzinfo=UTC)
    assert order.ship_by == datetime(2025, 8, 1, 6, 59, 59, tzinfo=UTC)
    assert order.lines[0].quantity == 2


def test_amazon_with_nothing_left_to_ship_is_shipped(desk: Desk) -> None:
    order = desk.order(amazon(AMAZON | UNSHIPPED | {"quantity-to-ship": "0"}))

    assert order.status is ChannelStatus.SHIPPED


def test_amazon_all_orders_is_refused(desk: Desk) -> None:
    names = "amazon-order-id merchant-order-id purchase-date last-updated-date order-status"
    text = "\t".join([*names.split(), "fulfillment-channel", "sku", "quantity"]) + "\n1\t1\n"

    assert "names no recipient" in desk.reason(text)


EBAY_US = (
    "Sales Record Number,Order Number,Buyer Name,Ship To Name,Ship To Phone,Ship To Address 1,"
    "Ship To City,Ship To Zip,Ship To Country,Item Number,Item Title,Custom Label,Quantity,"
    "Sold For,Sale Date,Paid On Date,Ship By Date,Shipped On Date,Transaction ID\n"
)
EBAY_ROW = (
    "83,12-345,Jo,Jo Doe,555,1 A St,Reno,89501,United States,99,Mug,MUG,2,$45.99,Jul-21-25,"
    "Jul-21-25,Jul-23-25,,T1\n"
)


def test_ebay_with_its_junk_rows(desk: Desk) -> None:
    text = (
        f"sep=,\n\nOrders report,,\n{EBAY_US},,,,,,,,,,,,,,,,,,\n{EBAY_ROW}\n"
        "83 record(s) downloaded,from,Jul-21-25\nSeller ID : shop\n"
    )

    document = desk.read(text)
    order = desk.order(desk.folder / "file.csv")

    assert (document.profile.name, document.rejected) == ("ebay", [])
    assert order.ordered_at == datetime(2025, 7, 20, 16, 0, tzinfo=UTC)
    assert order.ship_by == datetime(2025, 7, 23, 15, 59, 59, tzinfo=UTC)
    assert order.address == "1 A St, Reno, 89501, United States"
    assert order.lines == [LineDraft("MUG", "Mug", "", 2, 4599, "T1")]
    assert (order.status, order.problems) == (ChannelStatus.OPEN, [])


def test_ebay_summary_row_is_no_line(desk: Desk) -> None:
    summary = "83,12-345,Jo,Jo Doe,555,1 A St,Reno,89501,US,,,,3,$50,Jul-21-25,Jul-21-25,,,\n"
    items = "83,12-345,,,,,,,,1,Mug,MUG,2,,,,,,T1\n83,12-345,,,,,,,,2,Cup,CUP,1,,,,,,T2\n"

    order = desk.order(EBAY_US + summary + items)

    assert [(line.sku, line.quantity) for line in order.lines] == [("MUG", 2), ("CUP", 1)]
    assert (order.status, order.problems) == (ChannelStatus.OPEN, [])


def test_ebay_summary_row_tells_that_all_was_shipped(desk: Desk) -> None:
    summary = "83,12-345,Jo,Jo Doe,555,1 A St,Reno,89501,US,,,,3,$50,Jul-21-25,Jul-21-25,,"
    items = "83,12-345,,,,,,,,1,Mug,MUG,2,,,,,,T1\n83,12-345,,,,,,,,2,Cup,CUP,1,,,,,,T2\n"

    assert desk.order(EBAY_US + summary + "Jul-22-25,\n" + items).status is ChannelStatus.SHIPPED


@pytest.mark.parametrize("blank", ["", "--"])
def test_ebay_without_order_number_takes_the_sales_record(desk: Desk, blank: str) -> None:
    assert desk.order(EBAY_US + EBAY_ROW.replace("12-345", blank)).channel_order_number == "83"


def test_ebay_in_british(desk: Desk) -> None:
    order = desk.order(
        "Sales record number,Order number,Post to name,Post to phone,Post to address 1,"
        "Post to city,Post to county,Post to postcode,Item number,Item title,Custom label,"
        "Quantity,Sold for,Sale date,Paid on date\n"
        "1,12-3,Jo Doe,555,1 High St,Bath,Somerset,BA1 1AA,9,Mug,MUG,1,£4.50,21-Jul-25,\n"
    )

    assert order.address == "1 High St, Bath, Somerset, BA1 1AA"
    assert (order.customer_name, order.lines[0].unit_price) == ("Jo Doe", 450)
    assert order.status is ChannelStatus.UNPAID


def test_ebay_shipped(desk: Desk) -> None:
    order = desk.order(EBAY_US + EBAY_ROW.replace("Jul-23-25,,", "Jul-23-25,Jul-22-25,"))

    assert order.status is ChannelStatus.SHIPPED


def test_magento_grid_is_refused_with_the_reason(desk: Desk) -> None:
    text = (
        'ID,"Purchase Point","Purchase Date","Bill-to Name","Ship-to Name",'
        '"Grand Total (Base)",Status\n000000001,Main,"Jul 1, 2025",Jo,Jo,5,pending\n'
    )

    reason = desk.reason(text)

    assert "Magento order grid" in reason
    assert "no products and no SKUs" in reason


@pytest.mark.parametrize("date", ["7/30/2025 8:34", "2025/7/30 8:34"])
def test_platform_file_saved_in_excel_is_refused(desk: Desk, date: str) -> None:
    reason = desk.reason(amazon(AMAZON | {"purchase-date": date}))

    assert "opened and saved in Excel" in reason
    assert f"row 2: {date}" in reason


def test_platform_date_that_is_merely_unreadable_is_a_problem(desk: Desk) -> None:
    order = desk.order(amazon(AMAZON | {"purchase-date": "yesterday"}))

    assert "ordered_at" in wrongs(order)
