"""One report in every format, with the worst that customers type."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.reports import csv_file, html, xlsx
from orderterm.reports.document import Chart, Column, Period, Report, Section, Series, Value
from orderterm.sentences import say
from orderterm.terms import Role

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 11, 22, 10, 42, tzinfo=SHANGHAI)
WAYBILL = "773412345678901234"
HOSTILE = (
    "=1+1",
    '=cmd|"/c calc"!A1',
    "+86 138",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "＝1",
    "{=1}",
    "http://example.com/x",
    "a\x00b\x1bc\ud800d\ufffe",
    "<script>alert(1)</script>",
    "]]>&amp;",
    "_x0041_",
    "<r><t>rich</t></r>",
    "<r>&</r>",
    "'quoted' \"twice\"",
    "line\r\nbreak",
    "😀" * 20_000,
    "长" * 40_000,
    "‮reversed",
)
COLUMNS = (
    Column(say("order")),
    Column(say("role")),
    Column(say("time"), "time"),
    Column(say("day"), "day"),
    Column(say("done"), "duration"),
    Column(say("orders"), "number"),
    Column(say("amount"), "money"),
    Column(say("overdue"), "percent"),
)
ROW: tuple[Value, ...] = (
    WAYBILL,
    Role.SALES,
    TEN,
    date(2026, 11, 22),
    timedelta(hours=26, minutes=5),
    3,
    123450,
    0.125,
)
CHART = Chart(
    "stacked",
    say("orders"),
    ["<b>", "天猫"],
    [Series(Role.SALES, [1, 2]), Series("=2+2", [3, None])],
    say("orders"),
)
Write = Callable[[Report, Any, BinaryIO], None]


def report(*rows: tuple[Value, ...], chart: Chart | None = None, sections: int = 1) -> Report:
    """A report of these rows, in as many sections."""
    section = Section(say("channel"), COLUMNS, list(rows), say("note"), chart)
    period = Period(date(2026, 11, 22), date(2026, 11, 23))
    return Report("x", say("channel"), period, TEN, "一号仓 <b>", [section] * sections)


def hostile(text: str) -> tuple[Value, ...]:
    return (text, *ROW[1:])


def written(write: Write, made: Report, language: str = "zh") -> bytes:
    """The file as bytes."""
    file = io.BytesIO()
    write(made, language, file)
    return file.getvalue()


def workbook(made: Report, language: str = "zh") -> Any:
    return openpyxl.load_workbook(io.BytesIO(written(xlsx.write, made, language)))


class Page(HTMLParser):
    """A page as a browser reads it: each element's name, class and text."""

    def __init__(self, made: Report) -> None:
        super().__init__()
        self.elements: list[tuple[str, str | None, list[str]]] = []
        self._open: list[tuple[str, str | None, list[str]]] = []
        self.feed(written(html.write, made).decode())
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element: tuple[str, str | None, list[str]] = (tag, dict(attrs).get("class"), [])
        self.elements.append(element)
        if tag != "meta":
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs).get("class"), []))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)

    def texts(self, tag: str) -> list[str]:
        """What stands in each element of a kind."""
        return ["".join(texts) for name, _, texts in self.elements if name == tag]


@pytest.mark.parametrize("write", [xlsx.write, csv_file.write, html.write])
def test_the_same_report_gives_the_same_bytes(write: Write) -> None:
    first, second = (written(write, report(ROW, chart=CHART)) for _ in range(2))
    assert first == second
    assert first != written(write, report(ROW, chart=CHART), "en")


def test_a_workbook_has_real_dates_and_numbers_and_ids_as_text() -> None:
    sheet = workbook(report(ROW)).worksheets[0]
    assert sheet.freeze_panes == "B5"
    assert sheet.auto_filter.ref == "A4:H5"
    assert [cell.value for cell in sheet[4]][:3] == ["订单", "岗位", "时间"]
    order, role, time, day, length, pieces, money, share = sheet[5]
    assert (order.value, order.data_type) == (WAYBILL, "s")
    assert role.value == "销售"
    assert time.value == TEN.replace(tzinfo=None)
    assert day.value.date() == date(2026, 11, 22)
    assert length.value == timedelta(hours=26, minutes=5)
    assert (pieces.value, money.value, share.value) == (3, 1234.5, 0.125)
    assert share.number_format == "0.0%"


def test_a_workbook_runs_nothing_that_a_customer_typed() -> None:
    made = report(*map(hostile, HOSTILE))
    sheet = workbook(made).worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=5)]
    assert len(cells) == len(HOSTILE)
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    assert cells[0].value == "=1+1"
    # openpyxl shows what Excel reads as _x0041_ as it is written.
    assert cells[HOSTILE.index("_x0041_")].value == "_x005F_x0041_"
    assert all(len(str(cell.value).encode("utf-16-le")) <= 2 * 32_767 for cell in cells)
    assert str(cells[-3].value).endswith("…")
    with zipfile.ZipFile(io.BytesIO(written(xlsx.write, made))) as packed:
        assert not [name for name in packed.namelist() if "external" in name.lower()]
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


def test_a_workbook_has_a_sheet_a_section_and_one_for_the_charts() -> None:
    book = workbook(report(ROW, chart=CHART, sections=3))
    assert len(set(book.sheetnames)) == 4
    assert [len(sheet._charts) for sheet in book] == [1, 1, 1, 0]
    figures = [[cell.value for cell in row] for row in book.worksheets[-1].iter_rows(max_row=4)]
    assert figures == [
        ["订单", None, None],
        [None, "销售", "=2+2"],
        ["<b>", 1, 3],
        ["天猫", 2, None],
    ]


def test_text_stands_in_a_cell_as_it_was_typed() -> None:
    typed = ("  before", "after ", "a & b < c > d", "_x0041__x0042_", "e\u0301 中文 😀")
    made = report(*map(hostile, typed))
    found = [row[0].value for row in workbook(made).worksheets[0].iter_rows(min_row=5)]
    assert [text.replace("_x005F_", "_") for text in found] == list(typed)
    with zipfile.ZipFile(io.BytesIO(written(xlsx.write, made))) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall('xml:space="preserve">([^<]*)<', sheet) == ["  before", "after "]
    assert '<dimension ref="A1:H9"/>' in sheet


def test_what_does_not_fit_a_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 7)
    book = workbook(report(*([ROW] * 8)))
    assert [sheet.max_row for sheet in book] == [7, 7, 6]
    assert all(sheet["A4"].value == "订单" for sheet in book)


def test_a_time_that_excel_does_not_know_is_told_as_text() -> None:
    ancient = (
        *ROW[:2],
        TEN.replace(year=1800),
        date(1, 1, 1),
        -timedelta(minutes=17),
        "?",
        None,
        1,
    )
    sheet = workbook(report(ancient)).worksheets[0]
    assert [cell.value for cell in sheet[5]][2:7] == [
        "1800-11-22 10:42",
        "0001-01-01",
        "-0:17",
        "?",
        None,
    ]


def test_csv_is_what_spreadsheets_expect() -> None:
    raw = written(csv_file.write, report(ROW))
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == 2
    head, row = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    assert head[:2] == ["订单", "岗位"]
    assert row == [
        WAYBILL,
        "销售",
        "2026-11-22 10:42",
        "2026-11-22",
        "26:05",
        "3",
        "1234.50",
        "12.5%",
    ]


def test_sections_follow_each_other_in_csv() -> None:
    lines = written(csv_file.write, report(ROW, sections=2)).decode("utf-8-sig").split("\r\n")
    assert (lines[0], lines[3], lines[4]) == ("渠道", "", "渠道")


@given(st.text(st.characters(), max_size=30))
def test_no_text_becomes_a_formula_in_csv(text: str) -> None:
    raw = written(csv_file.write, report(hostile(text))).decode("utf-8-sig")
    _, row = csv.reader(io.StringIO(raw, newline=""))
    assert len(row) == len(COLUMNS)
    assert row[0].strip()[:1] not in tuple("=+-@＝＋－＠")


def test_numbers_below_nothing_stay_numbers_in_csv() -> None:
    raw = written(csv_file.write, report((*ROW[:5], -3, -50, None))).decode("utf-8-sig")
    assert raw.split("\r\n")[1].endswith(",-3,-0.50,")


def test_a_page_stands_by_itself() -> None:
    raw = written(html.write, report(*map(hostile, HOSTILE), chart=CHART)).decode()
    assert "<script" not in raw
    linked = set(re.findall(r"""(?:src|href|url|@import)\s*[=(]\s*["']?([^"')\s>]+)""", raw))
    assert linked == set()
    outside = set(re.findall(r"https?://[^\s\"'<]+", raw))
    assert outside == {"http://www.w3.org/2000/svg", "http://example.com/x"}  # a name, and a text
    texts = Page(report(*map(hostile, HOSTILE), chart=CHART)).texts("td")[:: len(COLUMNS)]
    assert texts[0] == "=1+1"
    assert "<script>alert(1)</script>" in texts
    assert len(texts) == len(HOSTILE)


def test_a_page_aligns_numbers_right_and_draws_its_chart() -> None:
    page = Page(report(ROW, chart=CHART))
    cells = [look for tag, look, _ in page.elements if tag == "td"]
    assert cells == [None, None, "when", "when"] + ["right"] * 4
    assert {"1", "2", "3"} <= set(page.texts("title"))
    (drawing,) = page.texts("svg")
    assert "天猫" in drawing


def test_paper_is_spared_the_columns_in_which_nothing_stands() -> None:
    sparse = (ROW[0], None, *ROW[2:5], None, None, "")
    raw = written(html.write, report(sparse, (ROW[0], *[None] * 7))).decode()
    hidden = re.findall(r"#table-0 :is\(th, td\):nth-child\((\d+)\) { display: none; }", raw)
    assert hidden == ["2", "6", "7", "8"]
    assert raw.index("nth-child(2)") > raw.index("@media print", raw.index("</table>"))
    assert "nth-child" not in written(html.write, report(ROW)).decode()
    assert "nth-child" not in written(html.write, report()).decode()


def test_a_wide_table_is_printed_in_smaller_letters_and_wraps_when_none_fit() -> None:
    period = Period(date(2026, 11, 22), date(2026, 11, 22))
    tables = [Section(say("channel"), COLUMNS * times, [ROW * times]) for times in (1, 2, 3)]
    raw = written(html.write, Report("x", say("x"), period, TEN, "", tables)).decode()
    sizes = re.findall(r"#table-\d table { font-size: ([\d.]+)pt; }", raw)
    assert float(sizes[0]) == 9
    assert 6 < float(sizes[1]) < 9
    assert float(sizes[2]) == 6
    assert re.findall(r"#table-(\d) td:not\(\.when\) { white-space: normal", raw) == ["2"]


def test_a_short_table_is_not_torn_apart_on_paper() -> None:
    looks = [
        look
        for rows in (15, 16)
        for tag, look, _ in Page(report(*[ROW] * rows)).elements
        if tag == "section"
    ]
    assert looks == ["short", None]


def test_titles_and_sentences_begin_with_a_capital() -> None:
    told = Section(say("channel"), [Column(say("order"), "prose")], [[say("channel")]])
    period = Period(date(2026, 11, 22), date(2026, 11, 22))
    made = Report("x", say("channel"), period, TEN, "", [told])
    for text in ("<h1>Channel</h1>", "<th>Order</th>", '<td class="prose">Channel</td>'):
        assert text in written(html.write, made, "en").decode()
    sheet = workbook(made, "en").active
    assert [sheet[cell].value for cell in ("A1", "A3", "A4")] == ["Channel", "Order", "Channel"]


def test_a_mean_has_no_more_decimals_than_it_tells() -> None:
    means = Section(say("channel"), [Column(say("mean score"), "mean")], [[1.0416666], [2]])
    made = Report("x", say("x"), Period(TEN.date(), TEN.date()), TEN, "", [means])
    cells = [workbook(made).active[place] for place in ("A4", "A5")]
    assert [(cell.value, cell.number_format) for cell in cells] == [(1.04, "0.00"), (2, "0.00")]
    assert written(csv_file.write, made).decode().split("\r\n")[1:3] == ["1.04", "2.00"]


def test_a_chart_lies_below_a_short_table_on_one_page_with_it() -> None:
    sheet = workbook(report(*[ROW] * 8, chart=CHART)).worksheets[0]
    (drawn,) = sheet._charts
    assert (drawn.anchor._from.row, drawn.anchor._from.col) == (13, 0)
    assert (sheet.page_setup.fitToHeight or 1) == 1


def test_a_chart_of_a_long_table_has_a_sheet_of_its_own_after_it() -> None:
    book = workbook(report(*[ROW] * 9, chart=CHART, sections=2))
    kinds = [type(book[name]).__name__ for name in book.sheetnames]
    assert kinds == ["Worksheet", "Chartsheet"] * 2 + ["Worksheet"]
    assert book.worksheets[0].page_setup.fitToHeight == 0


def test_a_chart_keeps_a_copy_of_its_figures() -> None:
    with zipfile.ZipFile(io.BytesIO(written(xlsx.write, report(ROW, chart=CHART)))) as packed:
        drawn = packed.read("xl/charts/chart1.xml").decode()
    assert re.findall("<c:v>([^<]*)</c:v>", drawn) == [
        *("销售", "&lt;b&gt;", "天猫", "1", "2"),
        *("=2+2", "&lt;b&gt;", "天猫", "3"),
    ]


@pytest.mark.parametrize("write", [xlsx.write, csv_file.write, html.write])
def test_an_empty_report_is_a_report(write: Write) -> None:
    empty = Chart("line", say("orders"), [], [Series("a", [])])
    assert written(write, report(chart=empty))


def test_a_very_wide_sheet_is_printed_on_two_pages_side_by_side() -> None:
    wide = Section(say("channel"), [Column(say("order"), width=20)] * 20, [["x"] * 20])
    made = Report("x", say("x"), Period(TEN.date(), TEN.date()), TEN, "", [wide])
    sheet = workbook(made).active
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (2, 0)
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$A", "$3:$3")
    assert (workbook(report(ROW)).active.page_setup.fitToWidth or 1) == 1


def test_what_each_page_repeats_tells_the_rows_apart_and_cuts_no_title() -> None:
    columns = [Column(say("day"), "day"), *[Column(say("order"), width=20)] * 20]
    wide = Section(say("channel"), columns, [[TEN.date(), *["x"] * 20]])
    sheet = workbook(Report("x", say("x"), Period(TEN.date(), TEN.date()), TEN, "", [wide])).active
    assert (sheet.print_title_cols, sheet.freeze_panes) == ("$A:$B", "C4")
    assert (sheet["A1"].value, sheet["C1"].value) == (None, "渠道")


def test_a_length_is_rounded_alike_in_every_format() -> None:
    made = report((*ROW[:4], timedelta(minutes=45, seconds=42), *ROW[5:]))
    assert workbook(made).worksheets[0]["E5"].value == timedelta(minutes=46)
    assert ",0:46," in written(csv_file.write, made).decode()


def test_a_table_without_rows_says_so() -> None:
    section = Section(say("channel"), COLUMNS, [], empty=say("no message was queued in this week"))
    period = Period(date(2026, 11, 22), date(2026, 11, 22))
    made = Report("x", say("channel"), period, TEN, "", [section])
    assert workbook(made, "en").active["A4"].value == "No message was queued in this week"
    told = written(html.write, made, "en").decode()
    assert '<td class="prose" colspan="8">No message was queued in this week</td>' in told


def test_rows_are_read_once_and_not_kept() -> None:
    rows = (hostile(str(number)) for number in range(3))
    section = Section(say("channel"), COLUMNS, rows)
    made = Report(
        "x", say("channel"), Period(date(2026, 1, 1), date(2026, 1, 1)), TEN, "", [section]
    )
    assert written(csv_file.write, made).count(b"\r\n") == 4
    assert next(rows, None) is None


def test_a_time_is_told_on_the_clock_it_comes_with() -> None:
    row = (*ROW[:2], TEN.astimezone(UTC), *ROW[3:])
    assert "2026-11-22 02:42" in written(csv_file.write, report(row)).decode("utf-8-sig")
