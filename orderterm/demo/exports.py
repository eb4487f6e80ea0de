"""Files as an own shop and the company's office write them, and what every export is made of."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from orderterm.demo import company
from orderterm.demo.company import Abroad, Product
from orderterm.terms import ChannelStatus

OWN_ORDERS = (
    "渠道订单号,店铺,下单时间,客户名称,联系方式,收货地址,"
    "SKU编码,产品名称,规格型号,数量,单价,属性,特殊要求,备注"
)
OWN_ORDERS_ENGLISH = (
    "channel_order_number,shop,ordered_at,customer_name,contact,address,sku,name,specification,"
    "quantity,unit_price,nature,special_request,note"
)


class Line(Struct, frozen=True):
    product: Product
    sku: str
    quantity: str


class Order(Struct, frozen=True):
    """What somebody ordered; ``at`` is the site's time, ``address`` province to street."""

    channel: str
    number: str
    at: datetime
    name: str
    phone: str
    address: tuple[str, ...]
    lines: tuple[Line, ...]
    abroad: Abroad | None = None
    status: ChannelStatus = ChannelStatus.OPEN
    nature: str = ""
    request: str = ""
    moved_to: str = ""

    @property
    def place(self) -> tuple[str, ...]:
        """Where it goes now."""
        return (*self.address[:3], self.moved_to) if self.moved_to else self.address


Writer = Callable[[list[Order], datetime], Iterator[tuple[str, bytes]]]


def table(
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


def money(fen: int) -> str:
    return f"{fen / 100:.2f}"


def local(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def total(order: Order) -> str:
    pieces = ((line, int(line.quantity)) for line in order.lines if line.quantity.isdigit())
    return money(sum(line.product.price * quantity for line, quantity in pieces))


def products() -> bytes:
    header = "SKU编码,产品名称,规格型号,货位,安全库存,提前期天数"
    rows = (
        (p.sku, p.name, p.specification, p.location, str(p.safety_stock), str(p.lead_time_days))
        for p in company.PRODUCTS
    )
    named = (dict(zip(header.split(","), row, strict=True)) for row in rows)
    return table(header, named, "gb18030")


def customers() -> bytes:
    rows = (
        {"客户名称": b.name, "联系方式": b.contact, "客户等级": b.level, "收货地址": b.address}
        for b in company.BUYERS
    )
    return table("客户名称,联系方式,客户等级,收货地址", rows, "utf-8-sig")


def stock(counted: dict[str, int]) -> bytes:
    rows = ({"SKU编码": sku, "现存数量": str(pieces)} for sku, pieces in counted.items())
    return table("SKU编码,现存数量", rows, "gb18030")


def own(orders: list[Order], at: datetime) -> Iterator[tuple[str, bytes]]:
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
    named = (dict(zip(names, row, strict=True)) for row in rows)
    yield f"{channel}订单_{at:%Y%m%d%H%M}.csv", table(OWN_ORDERS, named, "gb18030")


def _own_line(order: Order, line: Line) -> tuple[str, ...]:
    return (
        order.number,
        "",
        local(order.at),
        order.name,
        order.phone,
        " ".join(order.place),
        line.sku,
        line.product.name,
        line.product.specification,
        line.quantity,
        money(line.product.price),
        order.nature,
        order.request,
        "",
    )
