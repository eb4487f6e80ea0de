"""Checking an order's pieces by scanning, and the order of the shelves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.picking import Scanned, Verdict, Verification, shelf_order
from orderterm.terms import Language

EXPECTED = [("BW-500", 2), ("BS-01", 1)]


def told(scanned: Scanned, language: Language = "en") -> tuple[Verdict, str]:
    return scanned.verdict, scanned.sentence.text(language)


def test_shelves_are_walked_as_people_count() -> None:
    places = ["", "A10", "a2", "B1-10", "B1-9", "A2-1", "A002", "甲1", "1"]
    walked = sorted(places, key=lambda place: shelf_order(place, "x"))
    assert walked == ["1", "a2", "A002", "A2-1", "A10", "B1-9", "B1-10", "甲1", ""]


@given(st.lists(st.text(max_size=9), min_size=2, max_size=9))
def test_any_locations_can_be_sorted(places: list[str]) -> None:
    walked = sorted(places, key=lambda place: shelf_order(place, ""))
    assert sorted(walked, key=lambda place: shelf_order(place, "")) == walked


def test_a_number_of_any_length_is_a_place() -> None:
    assert shelf_order("A" + "9" * 6000, "") < shelf_order("A1" + "0" * 6000, "")


def test_an_order_is_checked_piece_by_piece() -> None:
    check = Verification(EXPECTED)
    assert told(check.scan("BW-500")) == (Verdict.COUNTED, "BW-500 checked 1/2")
    assert told(check.scan(" bw-500 ")) == (Verdict.COUNTED, "BW-500 checked 2/2")
    assert check.next == "BS-01"
    assert told(check.scan("BS-01")) == (Verdict.COMPLETE, "all 3 pieces are checked")
    assert check.complete
    assert check.next is None


def test_a_wrong_sku_is_refused_with_what_is_next() -> None:
    check = Verification(EXPECTED)
    wrong = check.scan("BW-999")
    assert told(wrong) == (Verdict.WRONG, "BW-999 is not in this order: BW-500 is next")
    assert wrong.verdict.refused
    assert check.counted == {"BW-500": 0, "BS-01": 0}


def test_a_surplus_piece_is_refused_with_what_was_expected() -> None:
    check = Verification(EXPECTED)
    check.scan("BS-01")
    surplus = check.scan("BS-01")
    assert surplus.verdict is Verdict.SURPLUS
    assert "1 expected, 1 checked already; 1 too many" in str(surplus.sentence)
    assert check.scan("BW-500", 3).verdict is Verdict.SURPLUS
    assert check.counted == {"BW-500": 0, "BS-01": 1}


@pytest.mark.parametrize("typed", ["2*BW-500", "2 × bw-500", "２＊BW-500"])
def test_a_multiplier_before_the_sku(typed: str) -> None:
    check = Verification(EXPECTED)
    assert told(check.scan(typed)) == (Verdict.COUNTED, "BW-500 checked 2/2")


def test_a_multiplier_waits_for_the_next_scan_only() -> None:
    check = Verification([("A", 5)])
    assert told(check.scan(" ")) == (Verdict.NOTHING, "scan A next")
    assert told(check.scan("3*")) == (Verdict.NOTHING, "scan A next: it counts 3 times")
    assert told(check.scan("A")) == (Verdict.COUNTED, "A checked 3/5")
    assert told(check.scan("A")) == (Verdict.COUNTED, "A checked 4/5")


def test_a_multiplier_is_forgotten_with_a_wrong_scan_or_a_correction() -> None:
    check = Verification([("A", 5)])
    check.scan("3*")
    check.scan("B")
    assert told(check.scan("A")) == (Verdict.COUNTED, "A checked 1/5")
    check.scan("3*")
    check.uncount()
    assert told(check.scan("A")) == (Verdict.COUNTED, "A checked 1/5")


def test_a_sku_that_looks_like_a_multiplier_is_a_sku() -> None:
    check = Verification([("3*A", 2), ("A", 3)])
    assert told(check.scan("3*a")) == (Verdict.COUNTED, "3*A checked 1/2")


def test_two_skus_that_differ_in_case_only_are_two() -> None:
    check = Verification([("ab", 1), ("AB", 1)])
    assert told(check.scan("AB")) == (Verdict.COUNTED, "AB checked 1/1")
    assert check.scan("Ab").verdict is Verdict.COMPLETE
    again = Verification([("ab", 1), ("AB", 1)])
    assert [again.scan("Ab").sku for _ in range(2)] == ["ab", "AB"]


def test_a_scan_is_taken_back_with_all_its_pieces() -> None:
    check = Verification(EXPECTED)
    check.scan("BS-01")
    check.scan("2*BW-500")
    assert told(check.uncount()) == (
        Verdict.TAKEN_BACK,
        "2 of BW-500 taken back: BW-500 checked 0/2",
    )
    assert not check.complete
    check.scan("BW-500")
    assert check.uncount("bs-01").sku == "BS-01"
    assert check.counted == {"BW-500": 1, "BS-01": 0}
    assert check.uncount("BS-01").verdict is Verdict.NOTHING
    assert check.uncount("X").verdict is Verdict.WRONG


def test_what_is_left_when_all_is_checked() -> None:
    check = Verification([("A", 1)])
    assert told(check.scan("A")) == (Verdict.COMPLETE, "the only piece is checked")
    assert told(check.scan("")) == (Verdict.NOTHING, "the only piece is checked")
    assert "the only piece is checked" in str(check.scan("B").sentence)
    assert check.scan("A").verdict is Verdict.SURPLUS


SKUS = st.sampled_from(["A", "a", "B", "b-1", "X", "", "2*", "3*A", "2*b-1", "9*B"])


@given(
    st.lists(st.tuples(st.sampled_from(["A", "B", "b-1"]), st.integers(1, 4)), max_size=4),
    st.lists(st.tuples(st.booleans(), SKUS, st.integers(1, 3)), max_size=40),
)
def test_any_sequence_counts_never_more_than_expected(
    expected: list[tuple[str, int]], steps: list[tuple[bool, str, int]]
) -> None:
    check = Verification(expected)
    for back, text, count in steps:
        before = dict(check.counted)
        scanned = check.uncount(text) if back else check.scan(text, count)
        assert all(0 <= check.counted[sku] <= check.expected[sku] for sku in check.expected)
        assert check.complete == (check.counted == check.expected) == (check.next is None)
        moved = scanned.verdict in (Verdict.COUNTED, Verdict.COMPLETE, Verdict.TAKEN_BACK)
        assert moved == (check.counted != before)
        assert (scanned.verdict is Verdict.COMPLETE) == (moved and check.complete)
        assert scanned.sentence.text("en")
