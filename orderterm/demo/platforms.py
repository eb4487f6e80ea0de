"""Exports as the platforms write them, with their quirks."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta

from orderterm.demo import company
from orderterm.demo.exports import Line, Order, local, money, table, total
from orderterm.terms import ChannelStatus

TAOBAO_ORDERS = (
    "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,"
    "返点积分,买家实际支付金额,买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址 ,"
    "运送方式,联系电话,联系手机,订单创建时间,订单付款时间,宝贝标题 ,宝贝种类,物流单号,"
    "物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因,卖家服务费,买家服务费,"
    "发票抬头,是否手机订单,分阶段订单信息,定金排名,修改后的sku,修改后的收货地址,异常信息"
)
TAOBAO_LINES = "订单编号,标题,价格,购买数量,外部系统编号,规格名称,套餐信息,备注,订单状态,商家编码"
JD_ORDERS = (
    "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,"
    "应付金额,订单状态,订单类型,下单帐号,客户姓名,客户地址,联系电话,订单备注,发票类型,"
    "发票抬头,发票内容,商家备注,商家备注等级（等级1-5为由高到低）,运费金额,付款确认时间,"
    "增值税发票,货号,订单完成时间,订单来源,订单渠道"
)
PINDUODUO_ORDERS = (
    "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),"
    "多多支付立减金额(元),用户实付金额(元),商家实收金额(元),商品数量(件),收货人,手机,国家,省,"
    "市,区,街道/镇,详细地址,是否审核中,支付时间,承诺发货时间,承诺送达时间,发货时间,"
    "确认收货时间,商品id,商品规格,样式ID,商家编码-规格维度,商家编码-商品维度,商家备注,"
    "买家留言,售后状态,订单成交时间,快递单号,快递公司,用户购买手机号,仓库名称,订单来源"
)
DOUYIN_ORDERS = (
    "主订单编号,子订单编号,选购商品,商品规格,商品数量,商家编码,订单应付金额,运费,收件人,"
    "收件人手机号,详细地址,订单提交时间,商家备注,订单完成时间,订单状态,售后状态,取消原因,"
    "发货时间,平台实际承担优惠金额,商家实际承担优惠金额,达人实际承担优惠金额,商品ID,支付方式,"
    "支付完成时间,买家留言"
)
_ADDRESS = "Name,Street,Address1,Address2,Company,City,Zip,Province,Country,Phone"
SHOPIFY_ORDERS = ",".join(
    (
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing",
        "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method",
        "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price",
        "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status",
        *(f"Billing {part}" for part in _ADDRESS.split(",")),
        *(f"Shipping {part}" for part in _ADDRESS.split(",")),
        "Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount",
        "Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source",
        "Lineitem discount",
        *(f"Tax {n} Name,Tax {n} Value" for n in range(1, 6)),
        "Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID",
        "Payment Terms Name,Next Payment Due At,Payment References",
    )
)


def taobao(orders: list[Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    """The pair: a row an order, and a row a line."""
    heads = map(_taobao_order, orders)
    lines = (_taobao_line(order, line) for order in orders for line in order.lines)
    yield f"ExportOrderList{at:%Y%m%d%H%M}.csv", table(TAOBAO_ORDERS, heads, "gbk")
    yield f"ExportOrderDetailList{at:%Y%m%d%H%M}.csv", table(TAOBAO_LINES, lines, "gbk")


_TAOBAO_STATUS = {
    ChannelStatus.OPEN: "买家已付款，等待卖家发货",
    ChannelStatus.UNPAID: "等待买家付款",
    ChannelStatus.CANCELLED: "交易关闭",
}


def _taobao_order(order: Order) -> dict[str, str]:
    closed = order.status is ChannelStatus.CANCELLED
    area = order.address[:3]
    return {
        "订单编号": f'="{order.number}"',
        "买家会员名": f"tb_{order.number[-8:]}",
        "总金额": total(order),
        "订单状态": _TAOBAO_STATUS[order.status],
        "买家留言": order.request,
        "收货人姓名": order.name,
        "收货地址": " ".join(order.address),
        "运送方式": "快递",
        "联系手机": order.phone and f"'{order.phone}",
        "订单创建时间": local(order.at),
        "订单付款时间": "" if order.status is ChannelStatus.UNPAID else local(order.at),
        "宝贝标题": "" if closed else "，".join(line.product.name for line in order.lines),
        "宝贝种类": str(len(order.lines)),
        "店铺名称": company.SHOP,
        "订单关闭原因": "买家申请退款" if closed else "订单未关闭",
        "修改后的收货地址": " ".join((*area, order.moved_to)) if order.moved_to else "",
    }


def _taobao_line(order: Order, line: Line) -> dict[str, str]:
    return {
        "订单编号": f'="{order.number}"',
        "标题": line.product.name,
        "价格": money(line.product.price),
        "购买数量": line.quantity,
        "外部系统编号": line.sku,
        "规格名称": line.product.specification,
        "订单状态": _TAOBAO_STATUS[order.status],
        "商家编码": line.sku,
    }


def douyin(orders: list[Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    rows = (
        _douyin_line(order, line, f"{order.number[:-1]}{position}")
        for order in orders
        for position, line in enumerate(order.lines)
    )
    content = table(DOUYIN_ORDERS, rows, "utf-8-sig", csv.QUOTE_ALL)
    yield f"{int(at.timestamp())}_{at:%Y%m%d}订单.csv", content


def _douyin_line(order: Order, line: Line, number: str) -> dict[str, str]:
    status = {ChannelStatus.OPEN: "待发货", ChannelStatus.UNPAID: "待支付"}
    return dict.fromkeys(DOUYIN_ORDERS.split(","), "-") | {
        "主订单编号": f"\t{order.number}",
        "子订单编号": f"\t{number}",
        "选购商品": line.product.name,
        "商品规格": line.product.specification,
        "商品数量": line.quantity,
        "商家编码": f"\t{line.sku}",
        "订单应付金额": money(line.product.price * int(line.quantity)),
        "收件人": order.name,
        "收件人手机号": order.phone or "-",
        "详细地址": " ".join(order.place) or "-",
        "订单提交时间": local(order.at),
        "订单状态": status.get(order.status, "已关闭"),
        "买家留言": order.request or "-",
    }


def jd(orders: list[Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    rows = (_jd_line(order, line) for order in orders for line in order.lines)
    yield f"订单导出_{at:%Y%m%d%H%M%S}.csv", table(JD_ORDERS, rows, "gb18030")


def _jd_line(order: Order, line: Line) -> dict[str, str]:
    status = {ChannelStatus.OPEN: "等待出库", ChannelStatus.UNPAID: "等待付款"}
    unpaid = order.status is ChannelStatus.UNPAID
    return {
        "订单号": order.number,
        "商品名称": f"{line.product.name} {line.product.specification}",
        "订购数量": line.quantity,
        "支付方式": "在线支付",
        "下单时间": local(order.at),
        "京东价": money(line.product.price),
        "订单金额": total(order),
        "订单状态": status.get(order.status, "(删除)等待出库"),
        "订单类型": "SOP",
        "客户姓名": order.name,
        "客户地址": "".join(order.place),
        "联系电话": order.phone,
        "订单备注": order.request,
        "付款确认时间": "" if unpaid else local(order.at),
        "货号": line.sku,
        "订单来源": "APP",
    }


def pinduoduo(orders: list[Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    content = table(PINDUODUO_ORDERS, map(_pinduoduo_order, orders), "utf-8-sig")
    yield f"orders_export{at:%Y-%m-%d-%H-%M-%S}.csv", content


def _pinduoduo_order(order: Order) -> dict[str, str]:
    status = {ChannelStatus.OPEN: "待发货", ChannelStatus.UNPAID: "待付款"}
    line = order.lines[0]
    area = dict(zip(("省", "市", "区", "详细地址"), order.place, strict=False))
    unpaid = order.status is ChannelStatus.UNPAID
    return area | {
        "商品": line.product.name,
        "订单号": order.number,
        "订单状态": status.get(order.status, "未发货，退款成功"),
        "商品总价(元)": total(order),
        "商品数量(件)": line.quantity,
        "收货人": order.name,
        "手机": order.phone and f"{order.phone}\t",
        "支付时间": "\t" if unpaid else f"{local(order.at)}\t",
        "承诺发货时间": "\t" if unpaid else f"{local(order.at + timedelta(hours=48))}\t",
        "发货时间": "\t",
        "商品规格": line.product.specification,
        "商家编码-规格维度": line.sku,
        "买家留言": order.request or "\t",
        "售后状态": "无售后或售后取消" if order.status in status else "退款成功",
        "订单成交时间": f"{local(order.at)}\t",
    }


def shopify(orders: list[Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    rows = (row for order in orders for row in _shopify_lines(order))
    yield f"orders_export_{at:%Y%m%d%H%M}.csv", table(SHOPIFY_ORDERS, rows, "utf-8")


def _shopify_lines(order: Order) -> Iterator[dict[str, str]]:
    """A row a line; what is the order's own stands on the first row only."""
    head = _shopify_order(order)
    for line in order.lines:
        yield head | {
            "Name": order.number,
            "Lineitem quantity": line.quantity,
            "Lineitem name": line.product.english,
            "Lineitem price": money(line.product.price),
            "Lineitem sku": line.sku,
            "Lineitem fulfillment status": "pending",
        }
        head = {}


def _shopify_order(order: Order) -> dict[str, str]:
    buyer = order.abroad or company.CUSTOMERS_ABROAD[0]
    at = f"{order.at:%Y-%m-%d %H:%M:%S %z}"
    return {
        "Email": buyer.email,
        "Financial Status": "pending" if order.status is ChannelStatus.UNPAID else "paid",
        "Paid at": "" if order.status is ChannelStatus.UNPAID else at,
        "Fulfillment Status": "unfulfilled",
        "Created at": at,
        "Shipping Name": buyer.name,
        "Shipping Street": buyer.street,
        "Shipping Address1": buyer.street,
        "Shipping City": buyer.city,
        "Shipping Zip": buyer.zip,
        "Shipping Province": buyer.province,
        "Shipping Country": buyer.country,
        "Shipping Phone": buyer.phone,
        "Notes": order.request,
        "Cancelled at": at if order.status is ChannelStatus.CANCELLED else "",
        "Id": f"6{order.number[1:]:0>12}",
    }
