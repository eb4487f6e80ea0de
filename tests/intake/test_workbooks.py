"""XLSX: what its cells mean, and workbooks that are broken or would fill the memory."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from orderterm.rules.drafts import StockDraft
from orderterm.terms import FileKind
from tests.intake.desk import Desk

HEADER = ("渠道订单号", "下单时间", "客户名称", "联系方式", "SKU编码", "数量", "单价")


def workbook(*sheets: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rezipped(data: bytes, **changes: bytes) -> bytes:
    """The workbook with the text of its first sheet replaced."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = changes["sheet"] if name.endswith("sheet1.xml") else old.read(name)
            new.writestr(name, part)
    return stream.getvalue()


def test_numbers_are_shown_as_people_see_them(desk: Desk) -> None:
    row = (1234567, datetime(2026, 9, 10, 8, 0), "王", 13800138000, 500, 2.0, 45.9)  # noqa: DTZ001

    order = desk.order(workbook([HEADER, row]), "file.xlsx")

    assert (order.channel_order_number, order.contact) == ("1234567", "13800138000")
    assert order.ordered_at == datetime(2026, 9, 10, 0, 0, tzinfo=UTC)
    (line,) = order.lines
    assert (line.sku, line.quantity, line.unit_price) == ("500", 2, 4590)


def test_date_cell_without_a_time(desk: Desk) -> None:
    row = ("A-1", date(2026, 9, 10), "王", True, "S", 1, None)

    order = desk.order(workbook([HEADER, row]), "file.xlsx")

    assert order.ordered_at == datetime(2026, 9, 9, 16, 0, tzinfo=UTC)
    assert order.contact == "True"


def test_id_that_lost_digits_in_excel_refuses_the_file(desk: Desk) -> None:
    row = (1234567890123456789, None, "王", "1", "S", 1, None)

    reason = desk.reason(workbook([HEADER, row]), "file.xlsx")

    assert "opened and saved in Excel" in reason
    assert "1.23456789012346E+18" in reason


def test_sheet_with_a_known_header_is_taken_and_rows_keep_their_numbers(desk: Desk) -> None:
    notes = [("read me",), ("nothing here",)]
    counts = [("盘点表",), (), ("现存数量", "SKU编码"), (7, "BW-500")]

    document = desk.read(workbook(notes, counts), "file.xlsx")

    assert document.kind is FileKind.STOCK
    assert document.header_row == 3
    assert (document.encoding, document.delimiter) == ("", "")
    assert document.drafts == [StockDraft("BW-500", 7, row=4)]


def test_control_characters_in_a_cell_are_taken_out(desk: Desk) -> None:
    row = ("A-1", None, "A\x9bB", "1", "S", 1, None)

    assert desk.order(workbook([HEADER, row]), "file.xlsx").customer_name == "AB"


def test_zip_that_claims_gigabytes_is_not_opened(desk: Desk) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    data = bytearray(stream.getvalue())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (2**31).to_bytes(4, "little")

    reason = desk.reason(bytes(data), "bomb.xlsx")

    assert reason.startswith("bomb.xlsx claims to unpack to 2048 MiB")


def test_members_that_claim_too_much_together_are_not_opened(desk: Desk) -> None:
    data = bytearray(workbook([HEADER]))
    entry = data.index(b"PK\x01\x02")
    data[entry + 20 : entry + 24] = (100 * 2**20).to_bytes(4, "little")
    data[entry + 24 : entry + 28] = (600 * 2**20).to_bytes(4, "little")

    assert "claims to unpack to 600 MiB" in desk.reason(bytes(data), "big.xlsx")


def test_of_two_known_sheets_the_preferred_profile_decides(desk: Desk) -> None:
    data = workbook([("sku", "name"), ("A", "Mug")], [("sku", "on_hand"), ("A", 1)])
    by_name = {profile.name: profile for profile in desk.profiles}
    products, stock = by_name["orderterm-products"], by_name["orderterm-stock"]

    assert desk.read(data, "a.xlsx", profiles=[stock, products]).kind is FileKind.STOCK
    assert desk.read(data, "a.xlsx", profiles=[products, stock]).kind is FileKind.PRODUCTS


def test_member_that_shrank_too_well_is_not_opened(desk: Desk) -> None:
    sheet = b"<worksheet>" + b" " * (32 * 2**20) + b"</worksheet>"

    assert "claims to unpack" in desk.reason(rezipped(workbook([HEADER]), sheet=sheet), "bomb.xlsx")


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r = 'xfd1'><v>1</v></c></row><row r='1000000'><c><v>1</v></c></row>",
        '<row r="1">' + "<c><v>1</v></c>" * 2000 + '</row><row r="1000000"><c><v>1</v></c></row>',
    ],
    ids=["far corner", "other spelling", "no places"],
)
def test_stray_cell_in_the_far_corner_does_not_end_the_process(desk: Desk, cells: str) -> None:
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    sheet = f"{start}<sheetData>{cells}</sheetData></worksheet>".encode()

    reason = desk.reason(rezipped(workbook([HEADER]), sheet=sheet), "far.xlsx")

    assert "most of them empty" in reason


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:4] + b"\xff" * 100,
        lambda data: data.replace(b"xl/workbook.xml", b"xl/workbonk.xml"),
        lambda data: rezipped(data, sheet=b"<worksheet><sheetData><row"),
        lambda data: rezipped(data, sheet=b"\xff\xfe no xml & at all <"),
    ],
    ids=["half", "garbage", "no workbook", "cut xml", "no xml"],
)
def test_broken_workbook_is_refused_or_empty(desk: Desk, spoil: Any) -> None:
    reason = desk.reason(spoil(workbook([HEADER, ("A-1",)])), "bad.xlsx")

    assert reason.startswith("bad.xlsx ")


def test_old_and_locked_workbooks_are_refused(desk: Desk) -> None:
    reason = desk.reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "old.xls")

    assert "save it as .xlsx without a password" in reason


def test_text_that_is_called_xlsx_is_refused(desk: Desk) -> None:
    assert "whatever its name says" in desk.reason("sku,on_hand\nS,1\n", "file.xlsx")


def test_workbook_is_known_by_its_content_and_not_its_name(desk: Desk) -> None:
    data = workbook([("sku", "on_hand"), ("S", 1)])

    assert desk.read(data, "stock.csv").drafts == [StockDraft("S", 1, row=2)]
