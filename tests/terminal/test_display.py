"""The harness itself: what it sees of a screen, how it compares and draws it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.terminal import golden
from tests.terminal.display import Display, Look, Run
from tests.terminal.picture import CELL, svg


def shown(text: str, columns: int = 12, rows: int = 2) -> Display:
    """A screen after `text`."""
    display = Display(columns, rows)
    display.feed(text.encode())
    return display


def test_a_wide_character_is_one_character_of_two_columns() -> None:
    display = shown("订a单b")

    assert display.rows() == ["订a单b", ""]
    assert [cell.width for cell in display.cells(0)] == [2, 1, 2, 1, *[1] * 6]


@pytest.mark.parametrize(("column", "row"), [(1, "x 单"), (2, " x单")])
def test_half_a_wide_character_is_a_blank(column: int, row: str) -> None:
    assert shown(f"订单\x1b[1;{column}Hx").rows()[0] == row


def test_styles_come_as_runs() -> None:
    display = shown("ab\x1b[1;31m订\x1b[0;7mc\x1b[0;2;48;2;1;2;3md", columns=6)

    assert display.styled()[0] == [
        Run("ab", 0, Look()),
        Run("订", 2, Look(fg="red", bold=True)),
        Run("c", 4, Look(reverse=True)),
        Run("d", 5, Look(dim=True, bg="010203")),
    ]


def test_what_other_terminals_understand_leaves_no_trace() -> None:
    assert shown("a\x1b[>25u\x1b]22;default\x07\x1b[?2026$p\x1b[<ub").rows()[0] == "ab"


def test_a_picture_keeps_every_character_in_its_column() -> None:
    picture = svg(shown("a订 <&>\x1b[7mr\x1b[0m"))

    spans = ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}tspan")
    left = {span.text: float(span.attrib["x"]) for span in spans}
    assert left["订"] - left["a"] == pytest.approx(2 * CELL[0], abs=0.1), "its middle"
    assert left["<&>"] - left["a"] == pytest.approx(4 * CELL[0], abs=0.1)
    assert left["r"] - left["a"] == pytest.approx(7 * CELL[0], abs=0.1)
    assert picture == svg(shown("a订 <&>\x1b[7mr\x1b[0m"))


def test_a_golden_screen_is_written_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match="ORDERTERM_GOLDEN=write"):
        golden.check("queue", ["订单  ", ""], tmp_path)
    monkeypatch.setenv("ORDERTERM_GOLDEN", "write")
    golden.check("queue", ["订单  ", ""], tmp_path)
    monkeypatch.delenv("ORDERTERM_GOLDEN")

    golden.check("queue", ["订单"], tmp_path)
    with pytest.raises(AssertionError, match=r"- 订单\n\+ 订"):
        golden.check("queue", ["订"], tmp_path)
