"""A simulated day of channel exports, as the customers' platforms would give them.

The same seed, day and number of orders give the same bytes. The exports hold what real ones do:
each repeats some of the last, and now and then something is wrong with one.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from orderterm.demo import company
from orderterm.demo.company import Abroad, Product
from orderterm.terms import ChannelStatus

SHARES = {"TM": 28, "DY": 15, "JD": 10, "PD": 14, "SH": 9, "EC": 12, "ST": 7, "DL": 5}
"""How many of a hundred orders come from each channel."""

OWN = ("EC", "ST", "DL")
FIRST_EXPORT, LAST_EXPORT, RESTOCKED, CHANGED = 8, 19, 13, 15
"""Hours of the site's day; orders are placed from seven until shortly before the last export."""

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
OWN_ORDERS = (
    "渠道订单号,店铺,下单时间,客户名称,联系方式,收货地址,"
    "SKU编码,产品名称,规格型号,数量,单价,属性,特殊要求,备注"
)
OWN_ORDERS_ENGLISH = (
    "channel_order_number,shop,ordered_at,customer_name,contact,address,sku,name,specification,"
    "quantity,unit_price,nature,special_request,note"
)


class FeedFile(Struct, frozen=True):
    """A file as it appears in an inbox folder; ``at`` is in UTC."""

    at: datetime
    channel: str
    name: str
    content: bytes


class _Line(Struct, frozen=True):
    product: Product
    sku: str
    quantity: str


class _Order(Struct, frozen=True):
    """What somebody ordered; ``at`` is the site's time, ``address`` province to street."""

    channel: str
    number: str
    at: datetime
    name: str
    phone: str
    address: tuple[str, ...]
    lines: tuple[_Line, ...]
    abroad: Abroad | None = None
    status: ChannelStatus = ChannelStatus.OPEN
    nature: str = ""
    request: str = ""
    moved_to: str = ""

    @property
    def place(self) -> tuple[str, ...]:
        """Where it goes now."""
        return (*self.address[:3], self.moved_to) if self.moved_to else self.address


Writer = Callable[[list[_Order], datetime], Iterator[tuple[str, bytes]]]


class Feed:
    """The files of one day; ``orders`` counts those that are paid for and to be taken in."""

    def __init__(self, seed: int, day: date, zone: ZoneInfo, orders: int) -> None:
        self._seed = seed
        self._midnight = datetime.combine(day, time(), zone)
        self.orders = orders

    def files(self) -> Iterator[FeedFile]:
        """The day's files in the order in which they appear; each call tells the same day."""
        random = Random(self._seed)
        orders = _orders(random, self._midnight, self.orders)
        found = [*self._company(orders), *self._exports(random, orders), *self._broken(random)]
        yield from sorted(found, key=lambda file: (file.at, file.channel, file.name))

    def _file(self, at: datetime, channel: str, name: str, content: bytes) -> FeedFile:
        return FeedFile(at.astimezone(UTC), channel, name, content)

    def _company(self, orders: list[_Order]) -> Iterator[FeedFile]:
        """The catalogue, the customers and the stock, short of some; then what arrives of it."""
        demand, short = _demand(orders)
        stock = {p.sku: demand[p.sku] + p.safety_stock for p in company.PRODUCTS}
        morning = stock | {sku: demand[sku] * 7 // 10 for sku in short}
        arrived = {sku: stock[sku] for sku in short[1:]}
        for hour, minute, name, content in (
            (7, 30, "products.csv", _products()),
            (7, 31, "customers.csv", _customers()),
            (7, 32, "stock.csv", _stock(morning)),
            (RESTOCKED, 20, "stock-arrived.csv", _stock(arrived)),
        ):
            at = self._midnight.replace(hour=hour, minute=minute)
            yield self._file(at, "company", name, content)

    def _exports(self, random: Random, orders: list[_Order]) -> Iterator[FeedFile]:
        changes = _changes(random, orders, self._midnight.replace(hour=12))
        for position, channel in enumerate(SHARES):
            own = [order for order in orders if order.channel == channel]
            last: list[_Order] = []
            since = self._midnight
            for hour in range(FIRST_EXPORT, LAST_EXPORT + 1):
                at = self._midnight.replace(hour=hour, minute=5 + 6 * position)
                shown = {o.number: o for o in last[-max(1, len(last) // 5) :]}
                shown |= {o.number: o for o in own if since <= o.at < at}
                if hour == CHANGED:
                    shown |= {o.number: o for o in changes if o.channel == channel}
                if shown:
                    last, since = list(shown.values()), at
                    for name, content in _WRITERS[channel](last, at):
                        yield self._file(at, channel, name, content)

    def _broken(self, random: Random) -> Iterator[FeedFile]:
        at = self._midnight.replace(hour=11, minute=11)
        yield self._file(at, "EC", "商城订单_传输中断.csv", random.randbytes(2048))
        at = self._midnight.replace(hour=14, minute=14)
        yield self._file(at, "DL", "经销订单_空.csv", b"")


def _orders(random: Random, midnight: datetime, count: int) -> list[_Order]:
    """``count`` orders to be taken in, and beside them some that are not paid or cancelled."""
    extra = _share(0.03, count)
    minutes = sorted(random.triangular(0, 690, 200) for _ in range(count + extra))
    channels = random.choices(list(SHARES), list(SHARES.values()), k=len(minutes))
    start = midnight.replace(hour=7)
    orders = [
        _order(random, channel, serial, (start + timedelta(minutes=minute)).replace(microsecond=0))
        for serial, (channel, minute) in enumerate(zip(channels, minutes, strict=True), start=1)
    ]
    places = random.sample(range(len(orders)), len(orders))
    for place in places[:extra]:
        closed = random.choice((ChannelStatus.UNPAID, ChannelStatus.CANCELLED))
        if orders[place].channel in OWN:  # our own template has no column that says so
            orders[place] = _order(random, "TM", place + 1, orders[place].at)
        orders[place] = msgspec.structs.replace(orders[place], status=closed)
    _make_special(random, orders, sorted(places[extra:]), count)
    return orders


def _share(share: float, count: int) -> int:
    """That share of ``count``; at least one of a day that is worth the name."""
    return max(round(share * count), 1 if count >= 20 else 0)


def _order(random: Random, channel: str, serial: int, at: datetime) -> _Order:
    abroad = random.choice(company.CUSTOMERS_ABROAD) if channel == "SH" else None
    name, phone, address = _customer(random, channel)
    lines = 1 if channel == "PD" else random.choices((1, 2, 3, 4), (50, 30, 15, 5))[0]
    most = 40 if channel == "DL" else 3
    return _Order(
        channel=channel,
        number=_number(channel, at, serial),
        at=at,
        name=name,
        phone=phone,
        address=address,
        lines=tuple(
            _Line(product, product.sku, str(random.randint(1, most)))
            for product in random.sample(company.PRODUCTS, lines)
        ),
        abroad=abroad,
    )


def _number(channel: str, at: datetime, serial: int) -> str:
    """An order number in the channel's style, unlike any other of this day or another."""
    return {
        "TM": f"43{at:%y%m%d}{serial:07d}5180",
        "DY": f"69{at:%y%m%d}{serial:010d}0",
        "JD": f"{at.toordinal()}{serial:06d}",
        "PD": f"{at:%y%m%d}-4{serial:014d}",
        "SH": f"#{at.toordinal() % 1000}{serial:05d}",
        "EC": f"EC{at:%y%m%d}{serial:06d}",
        "ST": f"POS{at:%y%m%d}-{serial:05d}",
        "DL": f"PO-{at:%y%m%d}-{serial:05d}",
    }[channel]


def _customer(random: Random, channel: str) -> tuple[str, str, tuple[str, ...]]:
    known = company.BUYERS[:5] if channel == "DL" else company.BUYERS[7:10]
    if channel == "DL" or random.random() < 0.1:
        buyer = random.choice(known)
        return buyer.name, buyer.contact, tuple(buyer.address.split(" ", 3))
    name = random.choice(company.FAMILY_NAMES) + random.choice(company.GIVEN_NAMES)
    phone = f"{random.choice((138, 139, 158, 186))}0000{random.randint(1000, 9999)}"
    return name, phone, (*random.choice(company.AREAS), _street(random))


def _street(random: Random) -> str:
    number, house, room = random.randint(1, 300), random.randint(1, 20), random.randint(101, 1804)
    return f"{random.choice(company.ROADS)}{number}号{house}幢{room}室"


def _make_special(random: Random, orders: list[_Order], places: list[int], count: int) -> None:
    """Make of the orders at ``places`` the day's urgent, custom, faulty and returned ones."""
    own = [place for place in places if orders[place].channel in OWN]
    for place in random.sample(own, min(len(own), _share(0.02, count))):
        nature = random.choice(("退货", "换货"))
        reason = random.choice(("杯盖破损", "颜色不喜欢", "发错规格"))
        orders[place] = msgspec.structs.replace(orders[place], nature=nature, request=reason)
        places.remove(place)
    for share, make in (
        (0.04, lambda o: msgspec.structs.replace(o, request=random.choice(_EXPEDITED))),
        (0.03, lambda o: msgspec.structs.replace(o, request="定制刻字：平安")),
        (0.03, lambda o: _faulty(random, o)),
        (0.01, lambda o: _with_line(o, sku="BW-999")),
    ):
        chosen = random.sample(places, min(len(places), _share(share, count)))
        for place in chosen:
            orders[place] = make(orders[place])
            places.remove(place)


_NOWHERE = dict.fromkeys(("street", "city", "zip", "province", "country"), "")
_EXPEDITED = ("加急", "请24小时发货，谢谢", "急单，今天必须发出")


def _faulty(random: Random, order: _Order) -> _Order:
    faults: list[dict[str, Any]] = [{"phone": ""}, {"address": ()}]
    if order.channel == "DY":
        faults = [{"name": "##oW3kX1", "phone": "$$6hQz", "address": ("##Vd8aTq0Lk2",)}]
    if order.channel in OWN and random.random() < 0.4:
        return _with_line(order, quantity="abc")
    if order.abroad:
        blank: dict[str, Any] = random.choice(({"phone": "", "email": ""}, _NOWHERE))
        return msgspec.structs.replace(order, abroad=msgspec.structs.replace(order.abroad, **blank))
    return msgspec.structs.replace(order, **random.choice(faults))


def _with_line(order: _Order, **fields: str) -> _Order:
    first = msgspec.structs.replace(order.lines[0], **fields)
    return msgspec.structs.replace(order, lines=(first, *order.lines[1:]))


def _changes(random: Random, orders: list[_Order], before: datetime) -> list[_Order]:
    """One earlier order that has moved, one that is cancelled, as a later export shows them."""
    early = [o for o in orders if o.status is ChannelStatus.OPEN and o.at < before]
    plain = [o for o in early if o.channel in ("TM", "JD", "PD", "DY") and len(o.address) > 1]
    if len(plain) < 2:
        return []
    moved, cancelled = random.sample(plain, 2)
    return [
        msgspec.structs.replace(moved, moved_to=_street(random)),
        msgspec.structs.replace(cancelled, status=ChannelStatus.CANCELLED),
    ]


def _demand(orders: list[_Order]) -> tuple[Counter[str], list[str]]:
    """The pieces ordered of each SKU, and the SKUs of which there is too little."""
    pieces: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for order in orders:
        if order.status is ChannelStatus.OPEN and not order.nature:
            for line in order.lines:
                pieces[line.sku] += int(line.quantity) if line.quantity.isdigit() else 0
                asked[line.sku] += 1
    ranked = sorted((p.sku for p in company.PRODUCTS), key=lambda sku: (-asked[sku], sku))
    return pieces, [ranked[0], ranked[3], ranked[6]]


def _table(
    header: str,
    rows: Iterable[dict[str, str]],
    encoding: str,
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
) -> bytes:
    """A comma-separated table; a cell is found by its column's name without spaces around it."""
    text = io.StringIO()
    columns = header.split(",")
    writer = csv.writer(text, quoting=quoting)
    writer.writerow(columns)
    writer.writerows([row.get(column.strip(), "") for column in columns] for row in rows)
    return text.getvalue().encode(encoding)


def _products() -> bytes:
    header = "SKU编码,产品名称,规格型号,货位,安全库存,提前期天数"
    rows = (
        (p.sku, p.name, p.specification, p.location, str(p.safety_stock), str(p.lead_time_days))
        for p in company.PRODUCTS
    )
    named = (dict(zip(header.split(","), row, strict=True)) for row in rows)
    return _table(header, named, "gb18030")


def _customers() -> bytes:
    rows = (
        {"客户名称": b.name, "联系方式": b.contact, "客户等级": b.level, "收货地址": b.address}
        for b in company.BUYERS
    )
    return _table("客户名称,联系方式,客户等级,收货地址", rows, "utf-8-sig")


def _stock(counted: dict[str, int]) -> bytes:
    rows = ({"SKU编码": sku, "现存数量": str(pieces)} for sku, pieces in counted.items())
    return _table("SKU编码,现存数量", rows, "gb18030")


def _money(fen: int) -> str:
    return f"{fen / 100:.2f}"


def _local(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _total(order: _Order) -> str:
    pieces = ((line, int(line.quantity)) for line in order.lines if line.quantity.isdigit())
    return _money(sum(line.product.price * quantity for line, quantity in pieces))


def _taobao(orders: list[_Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    """The pair: a row an order, and a row a line."""
    heads = map(_taobao_order, orders)
    lines = (_taobao_line(order, line) for order in orders for line in order.lines)
    yield f"ExportOrderList{at:%Y%m%d%H%M}.csv", _table(TAOBAO_ORDERS, heads, "gbk")
    yield f"ExportOrderDetailList{at:%Y%m%d%H%M}.csv", _table(TAOBAO_LINES, lines, "gbk")


_TAOBAO_STATUS = {
    ChannelStatus.OPEN: "买家已付款，等待卖家发货",
    ChannelStatus.UNPAID: "等待买家付款",
    ChannelStatus.CANCELLED: "交易关闭",
}


def _taobao_order(order: _Order) -> dict[str, str]:
    closed = order.status is ChannelStatus.CANCELLED
    area = order.address[:3]
    return {
        "订单编号": f'="{order.number}"',
        "买家会员名": f"tb_{order.number[-8:]}",
        "总金额": _total(order),
        "订单状态": _TAOBAO_STATUS[order.status],
        "买家留言": order.request,
        "收货人姓名": order.name,
        "收货地址": " ".join(order.address),
        "运送方式": "快递",
        "联系手机": order.phone and f"'{order.phone}",
        "订单创建时间": _local(order.at),
        "订单付款时间": "" if order.status is ChannelStatus.UNPAID else _local(order.at),
        "宝贝标题": "" if closed else "，".join(line.product.name for line in order.lines),
        "宝贝种类": str(len(order.lines)),
        "店铺名称": company.SHOP,
        "订单关闭原因": "买家申请退款" if closed else "订单未关闭",
        "修改后的收货地址": " ".join((*area, order.moved_to)) if order.moved_to else "",
    }


def _taobao_line(order: _Order, line: _Line) -> dict[str, str]:
    return {
        "订单编号": f'="{order.number}"',
        "标题": line.product.name,
        "价格": _money(line.product.price),
        "购买数量": line.quantity,
        "外部系统编号": line.sku,
        "规格名称": line.product.specification,
        "订单状态": _TAOBAO_STATUS[order.status],
        "商家编码": line.sku,
    }


def _douyin(orders: list[_Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    rows = (
        _douyin_line(order, line, f"{order.number[:-1]}{position}")
        for order in orders
        for position, line in enumerate(order.lines)
    )
    table = _table(DOUYIN_ORDERS, rows, "utf-8-sig", csv.QUOTE_ALL)
    yield f"{int(at.timestamp())}_{at:%Y%m%d}订单.csv", table


def _douyin_line(order: _Order, line: _Line, number: str) -> dict[str, str]:
    status = {ChannelStatus.OPEN: "待发货", ChannelStatus.UNPAID: "待支付"}
    return dict.fromkeys(DOUYIN_ORDERS.split(","), "-") | {
        "主订单编号": f"\t{order.number}",
        "子订单编号": f"\t{number}",
        "选购商品": line.product.name,
        "商品规格": line.product.specification,
        "商品数量": line.quantity,
        "商家编码": f"\t{line.sku}",
        "订单应付金额": _money(line.product.price * int(line.quantity)),
        "收件人": order.name,
        "收件人手机号": order.phone or "-",
        "详细地址": " ".join(order.place) or "-",
        "订单提交时间": _local(order.at),
        "订单状态": status.get(order.status, "已关闭"),
        "买家留言": order.request or "-",
    }


def _jd(orders: list[_Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    rows = (_jd_line(order, line) for order in orders for line in order.lines)
    yield f"订单导出_{at:%Y%m%d%H%M%S}.csv", _table(JD_ORDERS, rows, "gb18030")


def _jd_line(order: _Order, line: _Line) -> dict[str, str]:
    status = {ChannelStatus.OPEN: "等待出库", ChannelStatus.UNPAID: "等待付款"}
    unpaid = order.status is ChannelStatus.UNPAID
    return {
        "订单号": order.number,
        "商品名称": f"{line.product.name} {line.product.specification}",
        "订购数量": line.quantity,
        "支付方式": "在线支付",
        "下单时间": _local(order.at),
        "京东价": _money(line.product.price),
        "订单金额": _total(order),
        "订单状态": status.get(order.status, "(删除)等待出库"),
        "订单类型": "SOP",
        "客户姓名": order.name,
        "客户地址": "".join(order.place),
        "联系电话": order.phone,
        "订单备注": order.request,
        "付款确认时间": "" if unpaid else _local(order.at),
        "货号": line.sku,
        "订单来源": "APP",
    }


def _pinduoduo(orders: list[_Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    table = _table(PINDUODUO_ORDERS, map(_pinduoduo_order, orders), "utf-8-sig")
    yield f"orders_export{at:%Y-%m-%d-%H-%M-%S}.csv", table


def _pinduoduo_order(order: _Order) -> dict[str, str]:
    status = {ChannelStatus.OPEN: "待发货", ChannelStatus.UNPAID: "待付款"}
    line = order.lines[0]
    area = dict(zip(("省", "市", "区", "详细地址"), order.place, strict=False))
    unpaid = order.status is ChannelStatus.UNPAID
    return area | {
        "商品": line.product.name,
        "订单号": order.number,
        "订单状态": status.get(order.status, "未发货，退款成功"),
        "商品总价(元)": _total(order),
        "商品数量(件)": line.quantity,
        "收货人": order.name,
        "手机": order.phone and f"{order.phone}\t",
        "支付时间": "\t" if unpaid else f"{_local(order.at)}\t",
        "承诺发货时间": "\t" if unpaid else f"{_local(order.at + timedelta(hours=48))}\t",
        "发货时间": "\t",
        "商品规格": line.product.specification,
        "商家编码-规格维度": line.sku,
        "买家留言": order.request or "\t",
        "售后状态": "无售后或售后取消" if order.status in status else "退款成功",
        "订单成交时间": f"{_local(order.at)}\t",
    }


def _shopify(orders: list[_Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    rows = (row for order in orders for row in _shopify_lines(order))
    yield f"orders_export_{at:%Y%m%d%H%M}.csv", _table(SHOPIFY_ORDERS, rows, "utf-8")


def _shopify_lines(order: _Order) -> Iterator[dict[str, str]]:
    """A row a line; what is the order's own stands on the first row only."""
    head = _shopify_order(order)
    for line in order.lines:
        yield head | {
            "Name": order.number,
            "Lineitem quantity": line.quantity,
            "Lineitem name": line.product.english,
            "Lineitem price": _money(line.product.price),
            "Lineitem sku": line.sku,
            "Lineitem fulfillment status": "pending",
        }
        head = {}


def _shopify_order(order: _Order) -> dict[str, str]:
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


def _own(orders: list[_Order], at: datetime) -> Iterator[tuple[str, bytes]]:
    """The template, in Chinese; the web shop sends every other export as JSON."""
    rows = [_own_line(order, line) for order in orders for line in order.lines]
    channel = orders[0].channel
    if channel == "EC" and at.hour % 2:
        names = OWN_ORDERS_ENGLISH.split(",")
        document = [dict(zip(names, row, strict=True)) for row in rows]
        text = json.dumps(document, ensure_ascii=False, indent=1)
        yield f"shop-orders-{at:%Y%m%d%H%M}.json", text.encode()
        return
    names = OWN_ORDERS.split(",")
    table = (dict(zip(names, row, strict=True)) for row in rows)
    yield f"{channel}订单_{at:%Y%m%d%H%M}.csv", _table(OWN_ORDERS, table, "gb18030")


def _own_line(order: _Order, line: _Line) -> tuple[str, ...]:
    return (
        order.number,
        "",
        _local(order.at),
        order.name,
        order.phone,
        " ".join(order.place),
        line.sku,
        line.product.name,
        line.product.specification,
        line.quantity,
        _money(line.product.price),
        order.nature,
        order.request,
        "",
    )


_WRITERS: dict[str, Writer] = {
    "TM": _taobao,
    "DY": _douyin,
    "JD": _jd,
    "PD": _pinduoduo,
    "SH": _shopify,
    "EC": _own,
    "ST": _own,
    "DL": _own,
}
