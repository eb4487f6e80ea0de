"""CSV and TSV: the delimiter, what stands above the header, what is no data below it."""

import pytest

from tests.intake.desk import ORDER_HEADER, Desk, one_order, template, wrongs


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiter_is_found_by_the_header(desk: Desk, delimiter: str) -> None:
    document = desk.read(one_order().replace(",", delimiter))

    assert document.delimiter == delimiter
    assert document.header_row == 1
    assert desk.order(desk.folder / "file.csv").lines[0].quantity == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(desk: Desk, end: str) -> None:
    assert desk.order(one_order().replace("\n", end)).customer_name == "王小明"


@pytest.mark.parametrize("hint", ["sep=;\n", "SEP=;\r\n"])
def test_sep_line_is_no_row(desk: Desk, hint: str) -> None:
    document = desk.read(hint + one_order().replace(",", ";"))

    assert (document.delimiter, document.header_row) == (";", 1)


def test_sep_line_with_a_tab(desk: Desk) -> None:
    assert desk.read("sep=\t\n" + one_order().replace(",", "\t")).header_row == 1


def test_preamble_blank_rows_second_header_and_footer_are_skipped(desk: Desk) -> None:
    text = (
        "Orders of our dealers\n\nprinted 2026-09-11,,\n"
        + one_order()
        + ",,,,,,,,,\n\n"
        + ORDER_HEADER
        + "\n渠道订单号,店铺,下单时间,客户名称,联系方式,收货地址,SKU编码,产品名称,数量,备注\n"
        + "A-2,,2026-09-10,Ann,1,Street,S,Mug,1,\n合计,,,,,,,,3,\n"
    )

    document = desk.read(text)

    assert document.header_row == 4
    assert document.rejected == []
    orders = desk.orders(desk.folder / "file.csv")
    assert [(order.channel_order_number, order.row) for order in orders] == [
        ("A-1", 5),
        ("A-2", 10),
    ]


def test_line_break_in_a_quoted_cell_is_kept_and_counts_as_one_row(desk: Desk) -> None:
    text = one_order(note='"first\nsecond"') + "A-2,,2026-09-10,Ann,1,Street,S,Mug,1,\n"

    first, second = desk.orders(text)

    assert first.note == "first\nsecond"
    assert second.row == 3


def test_header_in_any_order_and_mixed_languages(desk: Desk) -> None:
    order = desk.order("数量,SKU编码,note,客户名称,channel_order_number\n2,BW,快,王,A-1\n")

    assert (order.channel_order_number, order.customer_name, order.note) == ("A-1", "王", "快")
    assert (order.lines[0].sku, order.lines[0].quantity) == ("BW", 2)


def test_headers_are_stripped(desk: Desk) -> None:
    order = desk.order(' sku\t,"\u00a0quantity ",\ufeffchannel_order_number\nBW,2,A-1\n')

    assert order.lines[0].sku == "BW"


def test_quotation_mark_that_is_never_closed_is_refused_and_not_swallowed(desk: Desk) -> None:
    text = one_order() + 'A-2,,2026-09-10,"Ann,1,Street,S,Mug,1,\n' + "A-3,,,,,,,,,\n" * 3

    reason = desk.reason(text)

    assert "quotation mark in row 3 is never closed" in reason


def test_quotation_mark_inside_a_cell_is_text(desk: Desk) -> None:
    assert desk.order(one_order(name='5" tube')).lines[0].name == '5" tube'


def test_cell_without_end_is_refused(desk: Desk) -> None:
    reason = desk.reason(one_order(note="x" * (2**20 + 10)))

    assert reason.startswith("file.csv can't be read from row 2 on")


def test_row_with_too_many_cells_is_kept_with_a_problem(desk: Desk) -> None:
    order = desk.order(template("A-1,,2026-09-10,Ann,1,Main St, Springfield,S,Mug,1,fast"))

    assert "row 2: the row has more cells than the header" in wrongs(order)["lines"]
    assert (order.nature, order.lines[0].specification) == ("", "")


def test_row_that_only_begins_like_a_footer_is_data(desk: Desk) -> None:
    order = desk.order("客户名称,联系方式,收货地址,SKU编码,数量\n合计商贸,1,杭州,S,1\n合计,,,,1\n")

    assert order.customer_name == "合计商贸"


def test_short_rows_are_filled_up(desk: Desk) -> None:
    order = desk.order(template("A-1,,2026-09-10,Ann,1,Street,S,Mug,1"))

    assert (order.note, order.problems) == ("", [])


def test_every_column_is_explained(desk: Desk) -> None:
    document = desk.read("sku,quantity,contact,colour\nS,1,2,red\n")

    told = [(column.column, column.field, column.how) for column in document.columns]
    assert told == [
        ("sku", "sku", "id"),
        ("quantity", "quantity", "pieces"),
        ("contact", "contact", "id"),
        ("colour", None, "not used"),
    ]
