"""Pick lists and packing slips as text."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from orderterm.reports.slips import WIDTH, packing_slip_lines, pick_list_lines, wrapped
from orderterm.sentences import say
from orderterm.terms import Language
from orderterm.views.orders import Customer
from orderterm.views.picking import PackingSlip, PickLine, PickList, PickOrder, Share

AT = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
FIRST, SECOND = "20261123-TM-117", "20261123-EC-093"
ADDRESS = "浙江省杭州市西湖区文三路478号华星时代广场A座1801室前台代收请勿放快递柜电话联系"
LONG = "500ml / 雪白 / 礼盒装 / 附赠杯刷一支"
STOPS = (
    PickLine("A2", "BW-500", "保温杯", LONG, 5, (Share(FIRST, 2), Share(SECOND, 3))),
    PickLine("A10", "BS-01", "Brush", "", 1, (Share(FIRST, 1),)),
)
WALK = PickList(
    AT,
    "一号仓",
    (PickOrder(FIRST, "王小明", "24小时发货", 3), PickOrder(SECOND, "J. Dupont", "", 3)),
    STOPS,
    (("X", say("{number} is on hold: release it first", number="X")),),
)
SLIP = PackingSlip(
    AT,
    "一号仓",
    FIRST,
    "天猫",
    "4417283",
    Customer("王小明", "", "13800138000", ADDRESS),
    STOPS,
    "24小时发货",
    "",
    "顺丰",
    "SF123",
)


def test_a_walk_names_its_orders_once_and_marks_each_stop() -> None:
    assert pick_list_lines(WALK, "en") == [
        "pick list 一号仓 2026-11-23 10:42",
        "orders: 2 · pieces: 6",
        "",
        "#1 20261123-TM-117 · 王小明 · 24小时发货",
        "#2 20261123-EC-093 · J. Dupont",
        "",
        "     location  SKU     product  specification                     pieces",
        f"[ ]  A2        BW-500  保温杯   {LONG[:-3]}…        5",
        f"     {LONG}",
        "     #1 × 2 · #2 × 3",
        "[ ]  A10       BS-01   Brush                                           1",
        "     #1 × 1",
        "",
        "left out: X is on hold: release it first",
    ]


def test_a_walk_for_one_order_needs_no_marks() -> None:
    one = PickList(AT, "", WALK.orders[:1], STOPS[1:], ())
    text = "\n".join(pick_list_lines(one, "en"))
    assert "×" not in text
    assert "left out" not in text


def test_a_slip_tells_what_is_known_and_nothing_else() -> None:
    told = packing_slip_lines(SLIP, "en")
    assert told[0] == "packing slip 20261123-TM-117"
    assert "contact          13800138000" in told
    assert "waybill          SF123" in told
    assert not any(line.startswith("note") for line in told)
    assert told[-1] == "pieces in this parcel: 6"
    assert ADDRESS in "".join(line.removeprefix("address").strip() for line in told)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [40, WIDTH, 132])
def test_nothing_is_wider_than_the_page_or_lost(language: Language, width: int) -> None:
    for told in (
        pick_list_lines(WALK, language, width),
        packing_slip_lines(SLIP, language, width),
    ):
        assert all(cell_len(line) <= width for line in told)
        whole = "".join("".join(told).split())
        for word in ("A2", "BW-500", "保温杯", "".join(LONG.split()), FIRST, "王小明"):
            assert word in whole


def test_nothing_printed_is_obeyed_by_a_terminal() -> None:
    evil = "\x1b[2J\x07\u202e恶意\nfake"
    share = (Share(FIRST, 1),)
    walk = PickList(
        AT,
        evil,
        (PickOrder(FIRST, evil, evil, 1),),
        (PickLine(evil, evil, evil, evil, 1, share),),
        ((evil, say("left out: {why}", why=evil)),),
    )
    slip = PackingSlip(
        AT,
        evil,
        evil,
        evil,
        evil,
        Customer(evil, evil, evil, evil),
        walk.lines,
        evil,
        evil,
        evil,
        evil,
    )
    for line in [*pick_list_lines(walk, "zh"), *packing_slip_lines(slip, "en")]:
        assert line.isprintable(), line


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "Zs"]), max_size=120)


@given(WORDS, st.integers(20, 90), st.sampled_from(["", "地址  ", "     "]))
def test_what_is_wrapped_fits_and_is_all_there(text: str, width: int, first: str) -> None:
    told = wrapped(text, width, first)
    assert all(cell_len(line) <= width for line in told)
    assert "".join("".join(told).split()) == "".join((first + text).split())
