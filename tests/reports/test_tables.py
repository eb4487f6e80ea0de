"""Columns that are straight on a terminal, whatever is in them."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from orderterm.reports.tables import GAP, printable, table

TEXTS = st.text(max_size=30)
ROWS = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(TEXTS, min_size=columns, max_size=columns), min_size=1, max_size=6
    )
)


def test_wide_characters_are_two_cells() -> None:
    assert table(["名", "n"], [["保温杯", "1"], ["cup", "10"]], right=[1]) == [
        "名       n",
        "保温杯   1",
        "cup     10",
    ]


def test_the_widest_column_is_cut() -> None:
    assert table(["a", "b"], [["保温杯刷子", "x"]], width=9) == ["a       b", "保温…   x"]


@given(ROWS)
def test_nothing_printed_is_obeyed_by_a_terminal(rows: list[list[str]]) -> None:
    for line in table(rows[0], rows[1:]):
        assert line.isprintable() or printable(line) == line
        assert not any(sign < " " or "\x7f" <= sign <= "\x9f" for sign in line)


@given(ROWS, st.integers(40, 120))
def test_lines_fit_the_width(rows: list[list[str]], width: int) -> None:
    for line in table(rows[0], rows[1:], width=width):
        assert cell_len(line) <= width


@given(ROWS)
def test_columns_begin_at_the_same_cell(rows: list[list[str]]) -> None:
    """The last column, aligned right, ends every line at the same cell."""
    marked = [[*row, "|"] for row in rows]
    lines = table(marked[0], marked[1:], right=[len(marked[0]) - 1])
    assert len({cell_len(line) for line in lines}) == 1
    assert all(line.endswith(GAP + "|") for line in lines)
