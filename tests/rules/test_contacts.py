"""Contacts without their spelling, and masked."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.contacts import (
    contact_digits,
    contact_tail,
    mask_address,
    mask_phone,
    mask_remark,
    mask_text,
    normalise_address,
    normalise_name,
    normalise_phone,
    part_extension,
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("138 0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("(010) 1234 5678", "01012345678"),
        (" Wang@Example.com ", "wang@example.com"),
        ("138****8000", "138****8000"),
        ("", ""),
    ],
)
def test_a_phone_without_its_spelling(text: str, plain: str) -> None:
    assert normalise_phone(text) == plain


def test_no_country_code_is_guessed() -> None:
    assert normalise_phone("+8613800138000") != normalise_phone("13800138000")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("浙江省 杭州市,文三路４７８号", "浙江省杭州市文三路478号", True),
        ("12 Main St., Springfield", "12 main st springfield", True),
        ("3-502", "3#502", True),
        ("3-502", "35-02", False),
        ("12 3rd St", "123rd St", False),
        ("A-12 Lane", "A12 Lane", True),
        ("文三路478号", "文三路479号", False),
    ],
)
def test_addresses_are_compared_without_spelling(one: str, other: str, same: bool) -> None:
    assert (normalise_address(one) == normalise_address(other)) is same


def test_names_are_compared_without_spelling() -> None:
    assert normalise_name("J. Dupont") == normalise_name("j  DUPONT")
    assert normalise_name("阿卜杜拉·买买提") == normalise_name("阿卜杜拉买买提")
    assert normalise_name("王小明") != normalise_name("王小敏")


@given(st.text("Ab王3５-—#. ,\u3000"))
def test_normalising_twice_changes_nothing(text: str) -> None:
    for normalise in (normalise_name, normalise_address):
        once = normalise(text)
        assert normalise(once) == once


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800138000", "138****8000"),
        ("+86 138 0013 8000", "+861****8000"),
        ("010-12345678", "010****5678"),
        ("5551199", "55****99"),
        ("110", "****"),
        ("", "****"),
    ],
)
def test_a_masked_phone(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打13800138000谢谢", "请打138****8000谢谢"),
        ("call +1 415-851-9136 first", "call +141****9136 first"),
        ("138 0013 8000 or 010-12345678", "138****8000 or 010****5678"),
        ("(0571)87654321", "057****4321"),
        ("0571 8765 4321, 020 7946 0958", "057****4321, 020****0958"),
        ("400-123-4567", "40****67"),
        ("mail wang.xm@example.com", "mail w***@example.com"),
        ("订单 20261122-EC-001, 2026-11-22 10:30, 2 件 500ml", None),
        ("加急,谢谢", None),
    ],
)
def test_remarks_are_masked(text: str, masked: str | None) -> None:
    assert mask_text(text) == (masked if masked is not None else text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话87654321", "电话87****21"),
        ("家里座机：8765432，晚上在", "家里座机：87****32，晚上在"),
        ("送前联系王女士 8765-4321", "送前联系王女士 87****21"),
        ("联系电话（公司）：87654321转801", "联系电话（公司）：87****21转801"),
        ("手机13800138000、座机 87654321", "手机138****8000、座机 87****21"),
        ("电话 13800138000/87654321 都行", "电话 138****8000/87****21 都行"),
        ("电话：87654321 87654322", "电话：87****21 87****22"),
        ("请打８７６５４３２１", "请打８７****２１"),
        ("☎ 5551199", "☎ 55****99"),
        ("Tel. 555-1199 after six", "Tel. 55****99 after six"),
        ("please call Anna at 555 1199", "please call Anna at 55****99"),
        ("phone no: 612345678", "phone no: 61****78"),
        ("0571-8765432 或 0571 - 87654321", "057****5432 或 057****4321"),
        ("电话 138 0013 8000", "电话 138****8000"),
        ("电话(0571)87654321", "电话057****4321"),
        ("tel +86 571 8765 4321", "tel +865****4321"),
    ],
)
def test_a_local_number_is_masked_behind_its_word(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "87654321",
        "淘宝单号 87654321，请尽快发货",
        "客户来电，订单 12345678 要改地址",
        "电话里说订单 20261122-EC-001 不要了",
        "电话通知 20261122-EC-001 到货",
        "已电话确认，20261122 送货",
        "联系快递 87654321 查件",
        "手机壳货号 8765432，两个",
        "手机 BW-8765432 一部",
        "电话费 1234567.00，退款 ¥8765432",
        "电话加收 1234567 元",
        "联系地址邮编 1500001",
        "邮编 310012，送前打电话",
        "送货前打电话。87654321",
        "电话联系时间 0900-1800",
        "请联系仓库，2 件 500ml，货位 B1",
        "hotel 8765432",
        "phone case, SKU 8765432",
        "call about order 8765432",
    ],
)
def test_what_is_no_phone_stays_readable(text: str) -> None:
    assert mask_text(text) == text


def test_an_address_told_again_is_masked_but_no_mere_town() -> None:
    text = "王小明 杭州市西湖区文三路478号 13800138000"
    assert mask_remark(text, " 杭州市西湖区文三路478号 ") == "王小明 杭州市西**** 138****8000"
    assert mask_remark(text, "杭州市") == "王小明 杭州市西湖区文三路478号 138****8000"
    assert mask_remark("杭州", "") == "杭州"


PHONES = st.from_regex(r"\+?[0-9][0-9 -]{0,18}", fullmatch=True)


@given(st.lists(st.one_of(st.text(), PHONES, st.from_regex(r"[0-9]{11,30}", fullmatch=True))))
def test_no_masked_text_holds_a_phone(parts: list[str]) -> None:
    for text in ("".join(parts), " ".join(parts)):
        assert not re.search(r"\d{11}", mask_text(text))


@given(st.one_of(st.text(), PHONES))
def test_no_masked_phone_shows_more_than_its_ends(text: str) -> None:
    assert sum(map(str.isdecimal, mask_phone(text))) <= 7


@given(st.text(max_size=40))
def test_a_masked_address_shows_its_beginning_at_most(address: str) -> None:
    masked = mask_address(address)
    assert masked.endswith("****")
    assert len(masked) <= 10
    assert address.strip().startswith(masked[:-4])


def test_a_masked_address() -> None:
    assert mask_address("浙江省杭州市西湖区文三路478号3幢502") == "浙江省杭州市****"
    assert mask_address("1 Rd") == "1****"


# -- the end of a contact -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contact", "tail"),
    [
        ("13800138000", "8000"),
        ("+86 138-0013-80 01", "8001"),
        ("１３８００１３５６７８", "5678"),
        ("138****8000", "8000"),
        ("18412345678-1234", "5678"),
        ("18412345678 转 12", "5678"),
        ("1234", "1234"),
        ("123", ""),
        ("anna@example.com", ""),
        ("", ""),
    ],
)
def test_the_tail_is_the_last_four_digits(contact: str, tail: str) -> None:
    assert contact_tail(contact) == tail


@given(st.text())
def test_a_tail_does_not_depend_on_the_spelling(text: str) -> None:
    number, _ = part_extension(text)
    assert contact_tail(text) == contact_tail(" ".join(contact_digits(number)))


@pytest.mark.parametrize(
    ("contact", "number", "extension"),
    [
        ("18412345678-1234", "18412345678", "1234"),
        ("１８４１２３４５６７８－１２３４", "18412345678", "1234"),
        ("184 1234 5678转1234", "184 1234 5678", "1234"),
        ("0571-87654321-801", "0571-87654321", "801"),
        ("+1 415-851-9136 Ext. 71098", "+1 415-851-9136", "71098"),
        ("13800138000", "13800138000", ""),
        ("400-123-4567", "400-123-4567", ""),
        ("021-12345678", "021-12345678", ""),
        ("+49 30 1234567-12", "+49 30 1234567-12", ""),  # dialled in one go
        ("13800138000-1234-5", "13800138000-1234-5", ""),
        ("anna-1234@example.com", "anna-1234@example.com", ""),
        ("", "", ""),
    ],
)
def test_a_number_is_parted_from_its_extension(contact: str, number: str, extension: str) -> None:
    assert part_extension(contact) == (number, extension)
