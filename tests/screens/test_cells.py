"""Text in terminal cells, and the marks that are drawn between it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs
from rich.cells import cell_len

from screens.terminal.cells import fit, shown, width, wrap
from screens.terminal.marks import marks

PIECES = [
    "a",
    "word",
    " ",
    "  ",
    "保温杯",
    "，",
    "（",
    "\n",
    "\t",
    "é",
    "e\u0301",
    "👨\u200d👩",
    "☎\ufe0f",
]
TEXTS = st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(text=TEXTS, cells=st.integers(0, 30), right=st.booleans(), ellipsis=st.sampled_from("…~中"))
@example(text="☎\u200d", cells=3, right=False, ellipsis="…")
@example(text="中文", cells=3, right=False, ellipsis="…")
def test_a_fitted_text_takes_exactly_its_cells(
    text: str, cells: int, right: bool, ellipsis: str
) -> None:
    fitted = fit(text, cells, right=right, ellipsis=ellipsis)
    assert width(fitted) == cell_len(fitted) == cells
    # Beside another text it takes no more and no less.
    assert cell_len("x" + fitted + "x") == cells + 2
    if width(text) <= cells:
        assert fitted.strip() == shown(text).strip()


@pytest.mark.parametrize(
    ("text", "cells", "fitted"),
    [
        ("保温杯", 8, "保温杯  "),
        ("保温杯", 6, "保温杯"),
        ("保温杯", 5, "保温…"),
        ("保温杯", 4, "保… "),
        ("保温杯", 1, "…"),
        ("保温杯", 0, ""),
        ("two words", 5, "two… "),
        ("a\x1b[31mb\n\u202ec", 12, "a [31mb  c  "),
    ],
)
def test_how_a_text_is_fitted(text: str, cells: int, fitted: str) -> None:
    assert fit(text, cells) == fitted


def test_numbers_are_aligned_right_and_plain_terminals_get_a_plain_cut() -> None:
    assert fit("7", 3, right=True) == "  7"
    assert fit("保温杯 500ml", 7, ellipsis="~") == "保温杯~"


@given(text=TEXTS, cells=st.integers(2, 30))
def test_wrapping_loses_nothing_but_blanks(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert lines
    assert all(width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(shown("".join(text.splitlines())).split())


@pytest.mark.parametrize(
    ("text", "cells", "lines"),
    [
        ("", 10, [""]),
        ("leave it at the door", 10, ["leave it", "at the", "door"]),
        ("exactly 10 more", 10, ["exactly 10", "more"]),
        ("浙江省杭州市西湖区文三路478号", 14, ["浙江省杭州市西", "湖区文三路478", "号"]),
        ("读 orderterm，再来", 12, ["读", "orderterm，", "再来"]),
        ("请见（README）的", 10, ["请见", "（README）", "的"]),
        ("请放门口，谢谢", 8, ["请放门", "口，谢谢"]),
        ("请轻放（易碎）谢谢", 8, ["请轻放", "（易碎）", "谢谢"]),
        ("nine cells  x", 11, ["nine cells", "x"]),
        ("one\n\ntwo", 10, ["one", "", "two"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("中文", 1, ["中", "文"]),
    ],
)
def test_how_a_text_is_wrapped(text: str, cells: int, lines: list[str]) -> None:
    assert wrap(text, cells) == lines


@pytest.mark.parametrize("plain", [False, True])
def test_a_mark_takes_one_cell(plain: bool) -> None:
    found = structs.asdict(marks(ascii=plain))
    wide = {name for name, mark in found.items() if width(mark) != 1}
    assert wide == ({"arrow"} if plain else set())
    assert all(mark.isascii() for mark in found.values()) or not plain
