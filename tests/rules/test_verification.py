"""What keeps an order from review."""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm import settings
from orderterm.rules.drafts import LineDraft, OrderDraft, Problem
from orderterm.rules.verification import (
    MOST_PIECES,
    Product,
    VerificationRules,
    is_address,
    is_contact,
    verify,
)
from orderterm.sentences import say

RULES = VerificationRules(settings.parse({}))
CATALOGUE = {"BW-500": Product("BW-500", "保温杯", "500ml 雪白"), "BS-01": Product("BS-01", "杯刷")}
GOOD = OrderDraft(
    ordered_at=datetime(2026, 11, 22, tzinfo=UTC),
    customer_name="王小明",
    contact="13800138000",
    address="浙江省杭州市西湖区文三路478号",
    lines=[LineDraft("BW-500", "保温杯", "500ml 雪白", 2), LineDraft("BS-01", quantity=1)],
)


def found(draft: OrderDraft) -> dict[str, str]:
    problems = verify(draft, CATALOGUE, RULES)
    assert len({problem.field for problem in problems}) == len(problems)
    return {problem.field: str(problem.reason) for problem in problems}


def wrong(**fields: Any) -> dict[str, str]:
    return found(msgspec.structs.replace(GOOD, **fields))


def wrong_line(**fields: Any) -> dict[str, str]:
    return wrong(lines=[GOOD.lines[1], msgspec.structs.replace(GOOD.lines[0], **fields)])


def test_a_good_order_has_no_problem() -> None:
    assert found(GOOD) == {}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("customer_name", " ", "the customer's name is missing"),
        ("contact", "", "the contact is missing"),
        ("contact", "138****8000", "the contact 138****8000 is masked: get it whole"),
        ("contact", "$$密文", "the contact $$密文 is masked: get it whole"),
        (
            "contact",
            "微信 wang",
            "the contact 微信 wang is neither a phone number nor an e-mail address",
        ),
        ("address", "\u3000", "the delivery address is missing"),
        ("address", "测试地址", "the delivery address '测试地址' can't be delivered to"),
        ("address", "杭州市****", "the delivery address 杭州****is masked"),
        ("address", "##密文密文密文", "the delivery address ##**** is masked: get it whole"),
        ("ordered_at", None, "the order time is missing"),
        ("lines", [], "the order has no lines"),
        ("nature", "样品", "nature 样品 is not known"),
    ],
)
def test_what_is_missing_or_malformed_is_named(field: str, value: Any, reason: str) -> None:
    problems = wrong(**{field: value})
    assert list(problems) == [field]
    assert problems[field].replace(" ", "").startswith(reason.replace(" ", ""))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("sku", "", "line 2: the SKU is missing"),
        ("sku", "BW-999", "line 2: SKU BW-999 is not in the catalogue"),
        ("quantity", None, "line 2: the quantity is missing"),
        ("quantity", 0, "line 2: quantity 0 is not above 0"),
        ("quantity", -3, "line 2: quantity -3 is not above 0"),
        ("quantity", 6901234567892, "line 2: quantity 6901234567892 is more than 1000000"),
        ("name", "杯刷", "line 2: the name 杯刷 contradicts the catalogue's 保温杯 for SKU BW-500"),
        (
            "specification",
            "750ml",
            "line 2: the specification 750ml contradicts the catalogue's 500ml 雪白 for SKU BW-500",
        ),
    ],
)
def test_what_is_wrong_in_a_line_is_named(field: str, value: Any, reason: str) -> None:
    problems = wrong_line(**{field: value})
    assert list(problems) == [f"line2.{field}"]
    assert problems[f"line2.{field}"].startswith(reason)


def test_the_most_pieces_of_a_line_are_still_good() -> None:
    assert wrong_line(quantity=MOST_PIECES) == {}


def test_names_and_specifications_may_be_left_out_or_dressed_up() -> None:
    assert wrong_line(name="", specification="") == {}
    assert wrong_line(name="【爆款】大容量保温杯 送杯套", specification="白色;0.5L") == {}


def test_everything_wrong_is_told_at_once() -> None:
    lines = [LineDraft(), LineDraft("BW-500", "杯刷", "红", -1)]
    draft = OrderDraft(lines=lines)
    assert list(found(draft)) == [
        "customer_name", "contact", "address", "ordered_at", "line1.sku", "line1.quantity",
        "line2.name", "line2.specification", "line2.quantity",
    ]  # fmt: skip


def test_what_the_reader_found_comes_first_and_is_not_told_twice() -> None:
    read = Problem("ordered_at", say("the order time {text} can't be read", text="soon"))
    problems = wrong(ordered_at=None, contact="", problems=[read])
    assert problems == {
        "ordered_at": "the order time soon can't be read",
        "contact": "the contact is missing",
    }


def test_what_the_settings_do_not_require_may_be_missing() -> None:
    rules = VerificationRules(settings.parse({"verification": {"required": ["address"]}}))
    draft = OrderDraft(address="杭州市文三路478号", lines=GOOD.lines)
    assert verify(draft, CATALOGUE, rules) == []


def test_a_sentence_shows_no_whole_phone_number() -> None:
    reason = wrong(contact="138001380001")["contact"]
    assert "138****0001" in reason
    assert "13800138000" not in reason


@pytest.mark.parametrize(
    "contact",
    [
        "13800138000",
        "138 0013 8000",
        "１３８-００１３-８０００",
        "+86 13800138000",
        "0086-13800138000",
        "86 138 0013 8000",
        "13800138000-1234",
        "13800138000转1234",
        "010-12345678",
        "(0571) 8765 4321",
        "0571-87654321-801",
        "400-123-4567",
        "+1 415-851-9136 ext. 71098",
        "(555) 123-4567",
        "2125550100",
        "+33 6 12 34 56 78",
        "06 12 34 56 78",
        "+44 (0)20 7946 0958",
        "wang@example.com",
        "x7k2q@marketplace.example.co.uk",
        "王小明 13800138000",
        "手机:13800138000",
        "13800138000(王先生)",
        "tel 010-12345678",
        "010-12345678 / 13800138000",
        "138001380, 13800138000",
        "wang@example.com; 13800138000",
    ],
)
def test_plausible_contacts(contact: str) -> None:
    assert is_contact(contact)


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "   ",
        "无",
        "138****8000",
        "138＊＊＊＊8000",
        "1380013800",
        "138001380001",
        "12345678901",
        "87654321",
        "123",
        "wang@",
        "@example.com",
        "w***@example.com",
        "wang@example",
        "1.38E+10",
        "0000000000",
        "+12",
        "王小明",
    ],
)
def test_contacts_that_reach_nobody(contact: str) -> None:
    assert not is_contact(contact)


@pytest.mark.parametrize("address", ["杭州市文三路478号", "1 Rd, York", "东路3号"])
def test_addresses(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "无", "N/A", "----", "xxxx", "待补充", " 东路 ", "Test", "收货地址", "。。。。。"],
)
def test_what_is_no_address(address: str) -> None:
    assert not is_address(address)


@given(st.text(), st.text(), st.text(), st.one_of(st.none(), st.integers()))
def test_no_order_breaks_it(contact: str, address: str, name: str, quantity: int | None) -> None:
    line = LineDraft("BW-500", name, address, quantity)
    draft = msgspec.structs.replace(GOOD, contact=contact, address=address, lines=[line])
    for problem in verify(draft, CATALOGUE, RULES):
        assert problem.reason.text("en")
        if problem.field == "contact":
            assert not re.search(r"\d{11}", str(problem.reason))
