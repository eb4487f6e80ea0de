"""How a text is written: encodings, dirt around cells, bytes that are no text."""

import codecs

import pytest
from msgspec.structs import replace

from orderterm.intake.texts import clean, fold
from tests.intake.desk import Desk, one_order


@pytest.mark.parametrize(
    ("encoding", "mark", "told"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", codecs.BOM_UTF8, "utf-8-sig"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16"),
        ("gb18030", b"", "gb18030"),
        ("gbk", b"", "gb18030"),
    ],
)
def test_encoding_is_found_out(desk: Desk, encoding: str, mark: bytes, told: str) -> None:
    document = desk.read(mark + one_order(customer_name="李雷").encode(encoding))

    assert document.encoding == told
    assert document.header[0] == "channel_order_number"
    assert [order.customer_name for order in desk.orders(desk.folder / "file.csv")] == ["李雷"]


def test_text_that_is_neither_utf_nor_gb18030_takes_the_fallback(desk: Desk) -> None:
    content = one_order(customer_name="José", name="Mug", address="Calle 1").encode("cp1252")

    document = desk.read(content, fallback_encoding="cp1252")

    assert document.encoding == "cp1252"
    assert desk.order(content).customer_name == "José"


def test_a_profile_may_name_the_encoding_where_gb18030_would_guess_wrong(desk: Desk) -> None:
    content = one_order(customer_name="Gâteaux", name="Mug", address="Rue").encode("cp1252")
    assert desk.order(content).customer_name != "Gâteaux"
    (own,) = (p for p in desk.profiles if p.name == "orderterm-orders")
    document = desk.read(content, profiles=[replace(own, encoding="cp1252")])

    assert document.encoding == "cp1252"
    assert "Gâteaux" in str(document.drafts[0])


def test_nul_bytes_are_no_text(desk: Desk) -> None:
    reason = desk.reason(one_order(name="Mug\0"))

    assert reason.startswith("file.csv is not a text")


def test_control_characters_do_not_reach_the_terminal(desk: Desk) -> None:
    order = desk.order(one_order(customer_name="A\x1b[2JB\x9bC"))

    assert order.customer_name == "A[2JBC"


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (" a b ", "a b"),
        ("\t6917926768823643751", "6917926768823643751"),
        ("\ufeffa", "a"),
        ("\xa0a\u3000", "a"),
        ('="1234567890123456789"', "1234567890123456789"),
        ("'75008", "75008"),
        ("'+8613800138000", "+8613800138000"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("O'Neil", "O'Neil"),
        ("-", ""),
        ("--", ""),
        ("\t", ""),
        ("-5", "-5"),
        ('=""', ""),
        ("=A1", "=A1"),
    ],
)
def test_cells_are_stripped_of_what_exports_leave(cell: str, meant: str) -> None:
    assert clean(cell) == meant


def test_headers_are_alike_whatever_their_width_case_and_blanks() -> None:
    assert fold(" ＳＫＵ编码\u3000") == fold("sku编码")
    assert fold("商品总价（元）") == fold("商品总价(元)")
    assert fold("delivery-Instructions") == fold("delivery-instructions")
