"""A simulated day of channel exports, as the customers' platforms would give them.

The same seed, day and number of orders give the same bytes. The exports hold what real ones do:
each repeats some of the last, and now and then something is wrong with one.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from orderterm.demo import company, exports, platforms
from orderterm.demo.exports import Line, Order, Writer
from orderterm.terms import ChannelStatus

SHARES = {"TM": 28, "DY": 15, "JD": 10, "PD": 14, "SH": 9, "EC": 12, "ST": 7, "DL": 5}
"""How many of a hundred orders come from each channel."""

OWN = ("EC", "ST", "DL")
FIRST_EXPORT, LAST_EXPORT, RESTOCKED, CHANGED = 8, 19, 13, 15
"""Hours of the day; orders are placed from the seventh until shortly before the last export."""

RESTOCKED_FILE = "stock-arrived.csv"


class FeedFile(Struct, frozen=True):
    """A file as it appears in an inbox folder; ``at`` is in UTC."""

    at: datetime
    channel: str
    name: str
    content: bytes


class Feed:
    """The files of one day.

    Args:
        seed: the same seed gives the same day.
        start: the day's hour 0, in the site's zone: its midnight, or any other time.
        orders: how many are paid for and to be taken in.
    """

    def __init__(self, seed: int, start: datetime, orders: int) -> None:
        self._seed = seed
        self._start = start
        self.orders = orders

    def files(self) -> Iterator[FeedFile]:
        """The day's files in the order in which they appear; each call tells the same day."""
        random = Random(self._seed)
        orders = _orders(random, self._start, self.orders)
        found = [*self._company(orders), *self._exports(random, orders), *self._broken(random)]
        yield from sorted(found, key=lambda file: (file.at, file.channel, file.name))

    def _hour(self, hour: int, minute: int = 0) -> datetime:
        return self._start + timedelta(hours=hour, minutes=minute)

    def _file(self, at: datetime, channel: str, name: str, content: bytes) -> FeedFile:
        return FeedFile(at.astimezone(UTC), channel, name, content)

    def _company(self, orders: list[Order]) -> Iterator[FeedFile]:
        """The catalogue, the customers and the stock, short of some; then what arrives of it."""
        demand, short = _demand(orders)
        stock = {p.sku: demand[p.sku] + p.safety_stock for p in company.PRODUCTS}
        morning = stock | {sku: demand[sku] * 7 // 10 for sku in short}
        arrived = {sku: stock[sku] for sku in short[1:]}
        for hour, minute, name, content in (
            (7, 30, "products.csv", exports.products()),
            (7, 31, "customers.csv", exports.customers()),
            (7, 32, "stock.csv", exports.stock(morning)),
            (RESTOCKED, 20, RESTOCKED_FILE, exports.stock(arrived)),
        ):
            at = self._hour(hour, minute)
            yield self._file(at, "company", name, content)

    def _exports(self, random: Random, orders: list[Order]) -> Iterator[FeedFile]:
        changes = _changes(random, orders, self._hour(12))
        for position, channel in enumerate(SHARES):
            own = [order for order in orders if order.channel == channel]
            last: list[Order] = []
            since = self._start
            for hour in range(FIRST_EXPORT, LAST_EXPORT + 1):
                at = self._hour(hour, 5 + 6 * position)
                shown = {o.number: o for o in last[-max(1, len(last) // 5) :]}
                shown |= {o.number: o for o in own if since <= o.at < at}
                if hour == CHANGED:
                    shown |= {o.number: o for o in changes if o.channel == channel}
                if shown:
                    last, since = list(shown.values()), at
                    for name, content in WRITERS[channel](last, at):
                        yield self._file(at, channel, name, content)

    def _broken(self, random: Random) -> Iterator[FeedFile]:
        at = self._hour(11, 11)
        yield self._file(at, "EC", "商城订单_传输中断.csv", random.randbytes(2048))
        at = self._hour(14, 14)
        yield self._file(at, "DL", "经销订单_空.csv", b"")


def _orders(random: Random, start: datetime, count: int) -> list[Order]:
    """``count`` orders to be taken in, and beside them some that are not paid or cancelled."""
    extra = _share(0.03, count)
    minutes = sorted(random.triangular(0, 690, 200) for _ in range(count + extra))
    channels = random.choices(list(SHARES), list(SHARES.values()), k=len(minutes))
    opens = start + timedelta(hours=7)
    orders = [
        new_order(random, channel, serial, opens + timedelta(minutes=minute))
        for serial, (channel, minute) in enumerate(zip(channels, minutes, strict=True), start=1)
    ]
    places = random.sample(range(len(orders)), len(orders))
    for place in places[:extra]:
        closed = random.choice((ChannelStatus.UNPAID, ChannelStatus.CANCELLED))
        if orders[place].channel in OWN:  # our own template has no column that says so
            orders[place] = new_order(random, "TM", place + 1, orders[place].at)
        orders[place] = msgspec.structs.replace(orders[place], status=closed)
    _make_special(random, orders, sorted(places[extra:]), count)
    return orders


def _share(share: float, count: int) -> int:
    """That share of ``count``; at least one of a day that is worth the name."""
    return max(round(share * count), 1 if count >= 20 else 0)


def new_order(random: Random, channel: str, serial: int, at: datetime) -> Order:
    """A plain order.

    Args:
        random: decides what and whose it is.
        channel: the code of one of ``SHARES``.
        serial: unlike any other of the day, for its number.
        at: when it is placed, in the site's zone.
    """
    abroad = random.choice(company.CUSTOMERS_ABROAD) if channel == "SH" else None
    name, phone, address = _customer(random, channel)
    lines = 1 if channel == "PD" else random.choices((1, 2, 3, 4), (50, 30, 15, 5))[0]
    most = 40 if channel == "DL" else 3
    return Order(
        channel=channel,
        number=_number(channel, at, serial),
        at=at.replace(microsecond=0),
        name=name,
        phone=phone,
        address=address,
        lines=tuple(
            Line(product, product.sku, str(random.randint(1, most)))
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


def _make_special(random: Random, orders: list[Order], places: list[int], count: int) -> None:
    """Make of the orders at ``places`` the day's urgent, custom, faulty and returned ones."""
    own = [place for place in places if orders[place].channel in OWN]
    for place in random.sample(own, min(len(own), _share(0.02, count))):
        orders[place] = sent_back(random, orders[place])
        places.remove(place)
    for share, make in SPECIAL:
        chosen = random.sample(places, min(len(places), _share(share, count)))
        for place in chosen:
            orders[place] = make(random, orders[place])
            places.remove(place)


def sent_back(random: Random, order: Order) -> Order:
    """The order as a return or an exchange; only the company's own template can tell of one."""
    nature = random.choice(("退货", "换货"))
    reason = random.choice(("杯盖破损", "颜色不喜欢", "发错规格"))
    return msgspec.structs.replace(order, nature=nature, request=reason)


_NOWHERE = dict.fromkeys(("street", "city", "zip", "province", "country"), "")
_EXPEDITED = ("加急", "请24小时发货，谢谢", "急单，今天必须发出")


def _expedited(random: Random, order: Order) -> Order:
    return msgspec.structs.replace(order, request=random.choice(_EXPEDITED))


def _custom(_: Random, order: Order) -> Order:
    return msgspec.structs.replace(order, request="定制刻字：平安")


def _unknown(_: Random, order: Order) -> Order:
    return _with_line(order, sku="BW-999")


def _faulty(random: Random, order: Order) -> Order:
    faults: list[dict[str, Any]] = [{"phone": ""}, {"address": ()}]
    if order.channel == "DY":
        faults = [{"name": "##oW3kX1", "phone": "$$6hQz", "address": ("##Vd8aTq0Lk2",)}]
    if order.channel in OWN and random.random() < 0.4:
        return _with_line(order, quantity="abc")
    if order.abroad:
        blank: dict[str, Any] = random.choice(({"phone": "", "email": ""}, _NOWHERE))
        return msgspec.structs.replace(order, abroad=msgspec.structs.replace(order.abroad, **blank))
    return msgspec.structs.replace(order, **random.choice(faults))


def _with_line(order: Order, **fields: str) -> Order:
    first = msgspec.structs.replace(order.lines[0], **fields)
    return msgspec.structs.replace(order, lines=(first, *order.lines[1:]))


SPECIAL: tuple[tuple[float, Callable[[Random, Order], Order]], ...] = (
    (0.04, _expedited),
    (0.03, _custom),
    (0.03, _faulty),
    (0.01, _unknown),
)
"""Which part of the orders is urgent, custom, lacking something or of a SKU nobody knows."""


def _changes(random: Random, orders: list[Order], before: datetime) -> list[Order]:
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


def _demand(orders: list[Order]) -> tuple[Counter[str], list[str]]:
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


WRITERS: dict[str, Writer] = {
    "TM": platforms.taobao,
    "DY": platforms.douyin,
    "JD": platforms.jd,
    "PD": platforms.pinduoduo,
    "SH": platforms.shopify,
    "EC": exports.own,
    "ST": exports.own,
    "DL": exports.own,
}
