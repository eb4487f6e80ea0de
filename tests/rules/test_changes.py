"""What counts as a change of an order its channel already sent."""

import subprocess
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.changes import (
    ChannelContent,
    Difference,
    content_of,
    differences,
    fingerprint,
)
from orderterm.rules.drafts import LineDraft, OrderDraft

CONTENT = ChannelContent(
    "王小明", "13800138000", "杭州市文三路478号", (("BS-01", 1), ("BW-500", 2))
)
TEXTS = st.text("ab12:;\x1f 王", max_size=5)
CONTENTS = st.builds(
    ChannelContent,
    TEXTS,
    TEXTS,
    TEXTS,
    st.dictionaries(TEXTS, st.integers(0, 12), max_size=3).map(lambda d: tuple(sorted(d.items()))),
)


def changed(**fields: Any) -> list[Difference]:
    return differences(CONTENT, msgspec.structs.replace(CONTENT, **fields))


def test_pieces_are_summed_by_sku_and_sorted() -> None:
    lines = [LineDraft("B", quantity=2), LineDraft("A"), LineDraft("B", quantity=3)]
    draft = OrderDraft(customer_name="n", contact="c", address="a", lines=lines)
    assert content_of(draft) == ChannelContent("n", "c", "a", (("A", 0), ("B", 5)))


@given(st.permutations([("A", 1), ("B", 2), ("A", 3), ("C", 4)]))
def test_the_order_of_lines_is_no_change(lines: list[tuple[str, int]]) -> None:
    draft = OrderDraft(lines=[LineDraft(sku, quantity=count) for sku, count in lines])
    assert content_of(draft).lines == (("A", 4), ("B", 2), ("C", 4))


@given(CONTENTS, CONTENTS)
def test_only_the_same_content_has_the_same_fingerprint(
    one: ChannelContent, other: ChannelContent
) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


def test_no_text_runs_into_the_next_in_a_fingerprint() -> None:
    one = msgspec.structs.replace(CONTENT, lines=(("A1", 2),))
    other = msgspec.structs.replace(CONTENT, lines=(("A", 12),))
    assert fingerprint(one) != fingerprint(other)


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    code = (
        "from orderterm.rules.changes import *\n"
        "print(fingerprint(ChannelContent('王', '1', '\\ud800', (('A', 1),))))"
    )
    prints = {
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
        for _ in range(2)
    }
    content = ChannelContent("王", "1", "\ud800", (("A", 1),))
    assert prints == {f"{fingerprint(content)}\n".encode()}
    assert len(fingerprint(content)) == 32


@given(CONTENTS)
def test_nothing_differs_from_itself(content: ChannelContent) -> None:
    assert differences(content, content) == []


@pytest.mark.parametrize(
    "spelling",
    [
        {"customer_name": " 王 小明"},
        {"contact": "138-0013-8000"},
        {"address": "杭州市 文三路４７８号。"},
    ],
)
def test_spelling_is_no_change(spelling: dict[str, str]) -> None:
    assert changed(**spelling) == []


@pytest.mark.parametrize(
    ("field", "after"),
    [("customer_name", "王小敏"), ("contact", "13800138001"), ("address", "杭州市文三路479号")],
)
def test_another_value_is_a_change(field: str, after: str) -> None:
    assert changed(**{field: after}) == [Difference(field, getattr(CONTENT, field), after)]


@pytest.mark.parametrize(
    "masked",
    [
        {"customer_name": "王**", "contact": "138****8000", "address": "杭州市****"},
        {"customer_name": "", "contact": "", "address": "", "lines": ()},
    ],
)
def test_what_is_masked_or_left_out_is_no_change(masked: dict[str, Any]) -> None:
    assert changed(**masked) == []


def test_a_masked_value_that_does_not_fit_is_a_change() -> None:
    assert [difference.field for difference in changed(contact="139****8000")] == ["contact"]


def test_what_was_masked_may_become_whole() -> None:
    before = msgspec.structs.replace(CONTENT, contact="138****8000")
    assert differences(before, CONTENT) == []


def test_each_sku_that_changed_is_told() -> None:
    assert changed(lines=(("BS-01", 3), ("CL-1", 1))) == [
        Difference("lines.BS-01", "1", "3"),
        Difference("lines.BW-500", "2", "0"),
        Difference("lines.CL-1", "0", "1"),
    ]
