"""Taobao, JD, Pinduoduo, Douyin: their quirks, one test each."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from orderterm.intake.reading import identify
from orderterm.rules.drafts import LineDraft
from orderterm.terms import ChannelStatus
from tests.intake.desk import Desk, wrongs

TAOBAO_LIST = (
    "订单编号,买家会员名,买家实际支付金额,订单状态,买家留言,收货人姓名,收货地址 ,联系电话,联系手机,"
    "订单创建时间,宝贝标题 ,订单备注,修改后的收货地址\n"
)
TAOBAO_DETAILS = (
    "订单编号,标题,价格,购买数量,外部系统编号,规格名称,套餐信息,备注,订单状态,商家编码\n"
)
ID1, ID2 = "1234567890123456789", "1234567890123456790"
TAOBAO_ORDER = (
    f'="{ID1}",tb1,99,"买家已付款，等待卖家发货",加急,王小明,"浙江省 杭州市 西湖区 文三路478号",'
    "'0571-1,'13800138000,2026-09-10 08:00:00,\"保温杯，杯刷\",轻放,\n"
)
TAOBAO_LINES = (
    f'="{ID1}",保温杯,45.90,2,BW-500,雪白,,,"买家已付款,等待卖家发货",BW\n'
    f'="{ID1}",杯刷,5.00,1,BS-01,,,,"买家已付款，等待卖家发货",BS\n'
)


def taobao(desk: Desk, orders: str = TAOBAO_ORDER, lines: str = TAOBAO_LINES) -> tuple[Path, Path]:
    return (
        desk.write(TAOBAO_LIST + orders, "ExportOrderList202609101200.csv", "gbk"),
        desk.write(TAOBAO_DETAILS + lines, "ExportOrderDetailList202609101200.csv", "gbk"),
    )


def test_taobao_pair_whichever_file_comes_first(desk: Desk) -> None:
    first, second = taobao(desk)

    document = desk.read(first, partner=second)
    order = desk.order(first, partner=second)

    assert document == desk.read(second, partner=first)
    assert (document.profile.name, document.encoding) == ("taobao", "gb18030")
    assert document.exported_at == datetime(2026, 9, 10, 4, 0, tzinfo=UTC)
    assert order.channel_order_number == ID1
    assert order.ordered_at == datetime(2026, 9, 10, 0, 0, tzinfo=UTC)
    assert (order.customer_name, order.contact) == ("王小明", "13800138000")
    assert order.address == "浙江省 杭州市 西湖区 文三路478号"
    assert (order.special_request, order.note) == ("加急", "轻放")
    assert order.lines == [
        LineDraft("BS-01", "杯刷", "", 1, 500),
        LineDraft("BW-500", "保温杯", "雪白", 2, 4590),
    ]
    assert (order.status, order.problems) == (ChannelStatus.OPEN, [])


def test_taobao_profiles_name_each_other(desk: Desk) -> None:
    first, second = taobao(desk)

    assert identify(first, desk.profiles, fallback_encoding="gbk").partner == "taobao-details"
    assert identify(second, desk.profiles, fallback_encoding="gbk").partner == "taobao"


def test_taobao_half_of_the_pair_is_refused(desk: Desk) -> None:
    first, second = taobao(desk)

    assert "put the other half, Taobao / Tmall order lines" in desk.reason(first)
    assert "put the other half, Taobao / Tmall order list" in desk.reason(second)
    assert "by the profile taobao-details" in desk.reason(first, partner=first)


def test_taobao_changed_address_takes_the_place_of_the_first(desk: Desk) -> None:
    first, second = taobao(desk, TAOBAO_ORDER.rstrip("\n") + "上海市 浦东新区 1号\n")

    assert desk.order(first, partner=second).address == "上海市 浦东新区 1号"


def test_taobao_orders_and_lines_that_do_not_meet(desk: Desk) -> None:
    first, second = taobao(desk, lines=TAOBAO_LINES.replace(ID1, ID2))

    document = desk.read(first, partner=second)
    order = desk.order(first, partner=second)

    assert order.lines == []
    assert f"has no line of the order {ID1}" in wrongs(order)["lines"]
    assert [row.row for row in document.rejected] == [2, 3]
    assert f"the order {ID2} is not in ExportOrderList" in str(document.rejected[0].reason)


def test_taobao_closed_order_and_closed_line(desk: Desk) -> None:
    closed = TAOBAO_ORDER.replace("买家已付款，等待卖家发货", "交易关闭").replace(
        "保温杯，杯刷", ""
    )
    first, second = taobao(desk, closed)
    assert desk.order(first, partner=second).status is ChannelStatus.CANCELLED

    refunded = TAOBAO_LINES.replace("买家已付款，等待卖家发货", "交易关闭")
    first, second = taobao(desk, lines=refunded)
    order = desk.order(first, partner=second)
    assert (order.status, [line.sku for line in order.lines]) == (ChannelStatus.OPEN, ["BW-500"])


def test_taobao_with_newer_column_names(desk: Desk) -> None:
    newer = TAOBAO_LIST.replace("宝贝标题 ", "商品标题").replace("订单备注", "商家备注")
    first = desk.write(newer + TAOBAO_ORDER, "ExportOrderList1.csv")
    second = desk.write(
        TAOBAO_DETAILS.replace(",标题,", ",商品标题,") + TAOBAO_LINES, "details.csv"
    )

    order = desk.order(first, partner=second)

    assert (order.note, len(order.lines)) == ("轻放", 2)
    assert desk.read(first, partner=second).exported_at is None


def test_taobao_masked_recipient(desk: Desk) -> None:
    first, second = taobao(desk, TAOBAO_ORDER.replace("王小明", "王**"))

    order = desk.order(first, partner=second)

    assert order.customer_name == ""
    assert "王** is masked by the platform" in wrongs(order)["customer_name"]


JD = (
    "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,订单状态,客户姓名,客户地址,联系电话,"
    "订单备注,商家备注,货号\n"
)
JD_ROW = (
    "11729439936,100,保温杯,1,在线支付,2026-09-10 08:00:00,45.90,45.90,等待出库,王小明,杭州文三路,"
    "13800138000,定制,,BW-500\n"
)


def test_jd(desk: Desk) -> None:
    text = JD + JD_ROW + JD_ROW.replace(",100,", ",101,").replace("BW-500", "")

    document = desk.read(text, encoding="gb2312")
    order = desk.order(desk.folder / "file.csv")

    assert document.profile.name == "jd"
    assert order.lines == [
        LineDraft("BW-500", "保温杯", "", 1, 4590, "100"),
        LineDraft("101", "保温杯", "", 1, 4590, "101"),
    ]
    assert (order.special_request, order.problems) == ("定制", [])


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("(删除)等待出库", ChannelStatus.CANCELLED),
        ("（删除）等待出库", ChannelStatus.CANCELLED),
        ("等待确认收货", ChannelStatus.SHIPPED),
        ("等待付款", ChannelStatus.UNPAID),
        ("完成", ChannelStatus.COMPLETED),
    ],
)
def test_jd_statuses(desk: Desk, word: str, status: ChannelStatus) -> None:
    assert desk.order(JD + JD_ROW.replace("等待出库", word)).status is status


def test_jd_split_order_lives_on_as_deleted(desk: Desk) -> None:
    parent = JD_ROW.replace("等待出库", "(删除)等待出库").replace(",,BW", ",订单拆分为  2  3,BW")
    orders = desk.orders(JD + parent + JD_ROW.replace("11729439936", "2"))

    assert [order.status for order in orders] == [ChannelStatus.CANCELLED, ChannelStatus.OPEN]


PDD = (
    "商品,订单号,订单状态,商品总价(元),商品数量(件),是否审核中,支付时间,承诺发货时间,商品规格,"
    "商家编码-规格维度,商家编码-商品维度,商家备注,买家留言,售后状态,订单成交时间,省,市,区,街道/镇,"
    "用户购买手机号,收货人\n"
)
PDD_ROW = (
    "保温杯,260910-123,待发货,45.90,2,否,\t,2026-09-12 08:00:00\t,雪白,BW-500,\t,\t,快点,无,"
    "\t2026-09-10 08:00:00,浙江省,杭州市,西湖区,\t,13800138000,王小明\n"
)


def test_pinduoduo(desk: Desk) -> None:
    document = desk.read(PDD + PDD_ROW)
    order = desk.order(desk.folder / "file.csv")

    assert document.profile.name == "pinduoduo"
    assert order.ordered_at == datetime(2026, 9, 10, 0, 0, tzinfo=UTC)
    assert order.ship_by == datetime(2026, 9, 12, 0, 0, tzinfo=UTC)
    assert order.address == "浙江省 杭州市 西湖区"
    assert (order.note, order.special_request) == ("", "快点")
    assert order.lines == [LineDraft("BW-500", "保温杯", "雪白", 2)]
    assert order.problems == []


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("已发货，待签收", ChannelStatus.SHIPPED),
        ("已发货,待签收", ChannelStatus.SHIPPED),
        ("已签收", ChannelStatus.COMPLETED),
        ("未发货，退款成功", ChannelStatus.CANCELLED),
        ("已取消", ChannelStatus.CANCELLED),
    ],
)
def test_pinduoduo_statuses(desk: Desk, word: str, status: ChannelStatus) -> None:
    quoted = f'"{word}"'
    assert desk.order(PDD + PDD_ROW.replace("待发货", quoted)).status is status


def test_pinduoduo_under_review_is_asked_about(desk: Desk) -> None:
    order = desk.order(PDD + PDD_ROW.replace(",否,", ",是,"))

    assert "status" in wrongs(order)


def test_pinduoduo_cancelled_needs_no_asking(desk: Desk) -> None:
    order = desk.order(PDD + PDD_ROW.replace(",否,", ",是,").replace("待发货", "已取消"))

    assert (order.status, order.problems) == (ChannelStatus.CANCELLED, [])


DOUYIN = (
    "主订单编号,子订单编号,选购商品,商品规格,商品数量,商家编码,订单应付金额,收件人,收件人手机号,详细地址,"
    "订单提交时间,商家备注,订单状态,售后状态\n"
)
MAIN = "6917926768823643751"


def douyin_row(
    sub: str = "6917926768823643752",
    name: str = "保温杯",
    quantity: str = "2",
    sku: str = "BW-500",
    status: str = "待发货",
    after: str = "-",
    person: str = "王小明,13800138000,浙江省杭州市文三路478号",
) -> str:
    return (
        f'"\t{MAIN}","\t{sub}",{name},雪白,{quantity},{sku},45.90,{person},'
        f'"\t2026-09-10 08:00:00",-,{status},{after}\n'
    )


def test_douyin(desk: Desk) -> None:
    name = "1789012800_订单.csv"
    document = desk.read(DOUYIN + douyin_row(), name, "utf-8-sig")
    order = desk.order(desk.folder / name)

    assert (document.profile.name, document.encoding) == ("douyin", "utf-8-sig")
    assert document.exported_at == datetime(2026, 9, 10, 4, 0, tzinfo=UTC)
    assert order.channel_order_number == MAIN
    assert order.note == ""
    assert order.lines == [LineDraft("BW-500", "保温杯", "雪白", 2, None, "6917926768823643752")]
    assert order.problems == []


def test_douyin_name_with_milliseconds_and_without(desk: Desk) -> None:
    for name in ("1789012800123.csv", "orders.csv"):
        told = desk.read(DOUYIN + douyin_row(), name).exported_at
        assert told == (None if name == "orders.csv" else datetime(2026, 9, 10, 4, 0, tzinfo=UTC))


def test_douyin_masked_recipient_is_no_address(desk: Desk) -> None:
    order = desk.order(DOUYIN + douyin_row(person="##abc,$$def,##ghi"))

    assert (order.customer_name, order.contact, order.address) == ("", "", "")
    assert set(wrongs(order)) == {"customer_name", "contact", "address"}
    assert "masked by the platform" in wrongs(order)["address"]


def test_douyin_masked_street_spoils_the_joined_address(desk: Desk) -> None:
    header = DOUYIN.replace("详细地址", "省,市,详细地址")
    order = desk.order(header + douyin_row(person="王小明,13800138000,浙江省,杭州市,##Zm9v"))

    assert set(wrongs(order)) == {"address"}


def test_douyin_refunded_line_is_not_picked(desk: Desk) -> None:
    refunded = douyin_row("2", sku="BS-01", status="已关闭", after="退款成功")

    order = desk.order(DOUYIN + douyin_row() + refunded)

    assert order.status is ChannelStatus.OPEN
    assert [line.sku for line in order.lines] == ["BW-500"]
    assert desk.order(DOUYIN + refunded).status is ChannelStatus.CANCELLED


def test_douyin_half_sent_order_notes_the_sent_line(desk: Desk) -> None:
    order = desk.order(DOUYIN + douyin_row() + douyin_row("2", sku="BS-01", status="已发货"))

    assert order.status is ChannelStatus.OPEN
    assert "already sent" in wrongs(order)["line1.sku"]


def test_douyin_refund_asked_for_is_asked_about(desk: Desk) -> None:
    order = desk.order(DOUYIN + douyin_row(after="售后待处理"))

    assert "the channel says 售后待处理" in wrongs(order)["status"]


def test_douyin_lines_packed_into_one_row(desk: Desk) -> None:
    packed = douyin_row("1;2", "保温杯;杯刷", "3", "BW-500;BS-01")

    order = desk.order(DOUYIN + packed)

    assert [(line.sku, line.name, line.quantity) for line in order.lines] == [
        ("BW-500", "保温杯", None),
        ("BS-01", "杯刷", None),
    ]
    assert "packs several lines" in wrongs(order)["line1.quantity"]
    assert set(wrongs(order)) == {"line1.quantity", "line2.quantity"}


def test_douyin_price_of_the_whole_row_is_no_price_of_a_line(desk: Desk) -> None:
    (douyin,) = (profile for profile in desk.profiles if profile.name == "douyin")
    priced = replace(douyin, columns=douyin.columns | {"unit_price": ["订单应付金额"]})
    text = DOUYIN + douyin_row("1;2", "保温杯;杯刷", "2;1", "BW-500;BS-01")

    order = desk.order(text, profiles=[priced])

    assert [line.unit_price for line in order.lines] == [None, None]


def test_douyin_packed_row_that_tells_the_pieces(desk: Desk) -> None:
    order = desk.order(DOUYIN + douyin_row("1;2", "保温杯;杯刷", "2;1", "BW-500;BS-01"))

    assert [(line.sku, line.quantity) for line in order.lines] == [("BW-500", 2), ("BS-01", 1)]
    assert order.problems == []


def test_douyin_settlement_is_no_order_file(desk: Desk) -> None:
    text = "结算时间,订单号,子订单号,结算金额\n , , ,收入+支出\n2026-09-10,'1,'2,5\n"

    assert "is a settlement of money" in desk.reason(text)


def test_ids_that_all_end_in_zeros_were_shortened_by_excel(desk: Desk) -> None:
    rows = "".join(douyin_row().replace(MAIN, f"{n}1234567890120000") for n in (691, 692))

    assert "opened and saved in Excel" in desk.reason(DOUYIN + rows)


def test_platform_row_without_a_number_is_rejected(desk: Desk) -> None:
    document = desk.read(PDD + PDD_ROW + PDD_ROW.replace("260910-123", "\t"))

    assert len(document.drafts) == 1
    assert "row 3 has no 订单号" in str(document.rejected[0].reason)
