"""Homes for the terminal's tests: the same company on the same Monday, every time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from orderterm import settings
from orderterm.demo import company as demo
from orderterm.rules.drafts import LineDraft, OrderDraft, ProductDraft
from orderterm.store.connection import reading
from orderterm.store.tables import database
from orderterm.terms import ExceptionKind, Role, Stage
from orderterm.workflow import escalations, registers, stages
from tests.contract.backends import sqlite
from tests.contract.company import MONDAY, PEOPLE, Company

SHOWN_AT = MONDAY + timedelta(hours=3, minutes=5, seconds=30)
"""When the screens are looked at: half a minute after a minute's tick."""

NAMES = {
    "sales": "孙丽",
    "rev": "张敏",
    "inv": "马超",
    "prep": "胡军",
    "ship": "林涛",
    "track": "罗欣",
    "buyer": "宋伟",
    "fin": "唐燕",
    "exc": "韩冰",
    "boss": "王建国",
    "wall": "何主管",
}

TOML = "[scanner]\nminimum_length = 3\n"
"""Settings under which the company's short badges can be scanned."""

BUYERS = demo.BUYERS
GOODS = {product.sku: product for product in demo.PRODUCTS}
PLENTY = 10_000


class House(Company):
    """The company with names and goods as they look in life.

    Args:
        home: its folder, which is made.
        toml: its settings, beside the defaults.
    """

    def __init__(self, home: Path, toml: str = TOML) -> None:
        home.mkdir(parents=True, exist_ok=True)
        (home / settings.FILE_NAME).write_text(toml, encoding="utf-8")
        self.home = home
        file = sqlite(home)
        with at_rest():
            super().__init__(file)

    def _furnish(self) -> None:
        registers.add_first_admin(self.workplace)
        for badge, role in reversed(PEOPLE.items()):
            superior = None if role in (Role.MANAGER, Role.SUPERVISOR) else "boss"
            registers.add_staff(self.workplace, "admin", badge, NAMES[badge], [role], superior)
        drafts = [
            ProductDraft(one.sku, one.name, one.specification, one.location, one.safety_stock)
            for one in demo.PRODUCTS
        ]
        registers.keep_products(self.workplace, "admin", drafts)

    def draft(self, *, lines: Any = (("BW-500", 1),), **fields: Any) -> OrderDraft:
        """An order of a buyer who differs from the one before."""
        serial = next(self._numbers)
        buyer = BUYERS[serial % len(BUYERS)]
        whole: dict[str, Any] = {
            "channel_order_number": f"3100{serial:06d}",
            "ordered_at": self.now,
            "customer_name": buyer.name,
            "contact": buyer.contact,
            "address": buyer.address,
            "lines": [_line(sku, pieces) for sku, pieces in lines],
        }
        return OrderDraft(**(whole | fields))

    def orders(self, count: int) -> list[str]:
        """So many new orders, all received at once; their numbers."""
        with at_rest():
            return list(self.receive(*(self.draft() for _ in range(count))).new)


def _line(sku: str, pieces: int) -> LineDraft:
    product = GOODS[sku]
    return LineDraft(sku, product.name, product.specification, pieces, product.price)


@contextmanager
def at_rest() -> Iterator[None]:
    """One connection for many small steps; at its end all of it is in the one file."""
    with reading():
        yield
    assert database.is_closed()


def morning(home: Path) -> House:
    """A home after a morning's work: every role has something to do, some of it late."""
    house = House(home)
    with at_rest():
        _work(house)
        house.now = SHOWN_AT
        escalations.pass_clock(house.workplace)
    return house


def _work(house: House) -> None:
    house.stock(**{"BW-500": 60, "BS-01": 80, "MG-01": 6, "TW-01": 90, "LB-05": 12, "CP-01": 0})
    confirmed = house.ordered(Stage.CONFIRMATION, lines=[("TW-01", 2)])
    away = [house.ordered(Stage.TRACKING, lines=[("BW-500", n)]) for n in (1, 2)]
    house.later(minutes=40)
    late_review = house.order(lines=[("BW-500", 1), ("BS-01", 1)], special_request="24小时发货")
    packed = [house.ordered(Stage.SHIPPING, lines=[("BS-01", n), ("TW-01", 1)]) for n in (1, 3)]
    house.later(minutes=50)
    picked = [
        house.ordered(Stage.PREPARATION, lines=[("BW-500", 2), ("BS-01", 1), ("TW-01", n)])
        for n in (1, 2, 4)
    ]
    stages.claim(house.workplace, "prep", picked[0])
    short = house.ordered(Stage.ALLOCATION, lines=[("CP-01", 3)])
    house.confirm("inv", short)
    house.ordered(Stage.ALLOCATION, lines=[("MG-01", 2)], special_request="加急")
    house.ordered(Stage.ALLOCATION, lines=[("LB-05", 1), ("MG-01", 9)])
    house.receive(house.draft(lines=[("BW-500", 1)], nature="退货", note="杯盖漏水"), channel="TM")
    house.later(minutes=30)
    house.order(contact="")
    house.order(address="", customer_name="赵敏")
    changed = house.ordered(Stage.PREPARATION, lines=[("LB-05", 1)])
    house.trouble("sales", changed, ExceptionKind.CHANGE_REQUEST, fields={"address": "学院路 1号"})
    house.trouble("track", away[1], ExceptionKind.CARRIER_DELAY, note="三天没有消息")
    refunded = house.receive(house.draft(lines=[("TW-01", 1)], nature="退货"), channel="JD").new[0]
    house.bring(refunded, Stage.REFUND)
    for channel in ("TM", "DL", "ST", "EC"):
        house.later(minutes=8)
        house.receive(house.draft(lines=[("BW-500", 1), ("TW-01", 2)]), channel=channel)
    stages.claim(house.workplace, "track", confirmed)
    stages.claim(house.workplace, "ship", packed[0])
    house.trouble("rev", late_review, ExceptionKind.OTHER, note="地址和邮编不符")
