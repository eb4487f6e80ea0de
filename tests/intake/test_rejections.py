"""Files that can't be taken: each with a sentence a clerk understands."""

import gc
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from orderterm.errors import FileRejected
from orderterm.intake.profiles import Profile
from orderterm.intake.reading import identify
from orderterm.terms import FileKind
from tests.intake.desk import Desk, one_order


def test_empty_file(desk: Desk) -> None:
    assert desk.reason("") == "file.csv is empty; export it again"
    assert desk.reason(" \n\n") == "file.csv is empty; export it again"
    assert "holds no rows" in desk.reason("\ufeff")


def test_header_only(desk: Desk) -> None:
    assert "has a header but no rows below it" in desk.reason("sku,on_hand\n,\n")


def test_unknown_columns_are_named_with_what_to_do(desk: Desk) -> None:
    reason = desk.reason("Colour,Taste\nred,sour\n", "fruit.csv")

    assert reason.startswith("fruit.csv has no header that any profile knows")
    assert "Colour, Taste" in reason
    assert "add a profile" in reason


def test_random_bytes(desk: Desk) -> None:
    assert desk.reason(os.urandom(100_000)).startswith("file.csv ")
    assert "no header" in desk.reason(bytes(range(128, 255)) * 9, fallback_encoding="latin-1")


def test_missing_file_and_folder(desk: Desk, tmp_path: Path) -> None:
    assert "can't be read: No such file" in desk.reason(tmp_path / "none.csv")
    assert "is a folder or a device" in desk.reason(tmp_path)


def test_file_without_permission(desk: Desk) -> None:
    path = desk.write(one_order())
    path.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        reason = desk.reason(path)
    finally:
        if is_root:
            os.seteuid(0)

    assert "no permission" in reason


def test_text_over_256_mib_is_not_even_read(desk: Desk) -> None:
    path = desk.write(one_order())
    with path.open("r+b") as file:
        file.truncate(257 * 2**20)

    assert "too big: 257 MiB, where 256 MiB are taken" in desk.reason(path)


def test_kind_that_does_not_fit(desk: Desk) -> None:
    reason = desk.reason(one_order(), kind=FileKind.STOCK)

    assert "was given as stock, but looks like own template: orders" in reason


def test_profile_that_does_not_fit_or_exist(desk: Desk) -> None:
    assert "by the profile jd, but looks like" in desk.reason(one_order(), profile_name="jd")
    reason = desk.reason(one_order(), profile_name="bol")
    assert "by the profile bol, which does not exist" in reason
    assert "shopify" in reason


def test_kind_and_profile_that_fit(desk: Desk) -> None:
    document = desk.read(one_order(), kind=FileKind.ORDERS, profile_name="orderterm-orders")

    assert len(document.drafts) == 1


def test_identify_needs_no_good_rows(desk: Desk, shipped: list[Profile]) -> None:
    path = desk.write("sku,on_hand\n,bad\n")

    assert identify(path, shipped, fallback_encoding="cp1252").name == "orderterm-stock"
    with pytest.raises(FileRejected):
        identify(desk.write("what,ever\n1,2\n"), shipped, fallback_encoding="cp1252")


def test_first_of_equally_specific_profiles_wins(desk: Desk) -> None:
    (stock,) = (p for p in desk.profiles if p.name == "orderterm-stock")
    own = replace(stock, name="own-stock")
    narrow = replace(stock, name="narrow", features=["sku", "on_hand", "shelf"])

    text = "sku,on_hand,shelf\nA,1,B1\n"

    assert desk.read(text, profiles=[own, stock]).profile.name == "own-stock"
    assert desk.read(text, profiles=[stock, own]).profile.name == "orderterm-stock"
    assert desk.read(text, profiles=[own, stock, narrow]).profile.name == "narrow"


@pytest.mark.parametrize("was_on", [True, False])
def test_the_garbage_collector_is_left_as_it_was(desk: Desk, was_on: bool) -> None:
    if not was_on:
        gc.disable()
    try:
        desk.reason("what,ever\n1,2\n")
        assert gc.isenabled() is was_on
    finally:
        gc.enable()
