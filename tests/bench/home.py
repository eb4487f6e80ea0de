"""A home to measure in: a catalogue, staff, stock without end, and orders."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from orderterm import settings
from orderterm.rules.drafts import LineDraft, OrderDraft, ProductDraft, StockDraft
from orderterm.store import connection, schema
from orderterm.store.tables import database
from orderterm.terms import Role
from orderterm.workflow import receiving, registers, stocktaking
from orderterm.workflow.arrivals import Source
from orderterm.workflow.workplace import Workplace

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SKUS = tuple(f"SKU-{serial:03d}" for serial in range(100))
WORKERS = {
    "reviewer": Role.REVIEWER,
    "inventory": Role.INVENTORY,
    "preparation": Role.PREPARATION,
    "shipping": Role.SHIPPING,
    "tracking": Role.TRACKING,
}


def workplace() -> Workplace:
    """The workplace that everything is measured with."""
    return Workplace(settings.parse({}), lambda: NOW, "bench")


def make(folder: Path) -> Workplace:
    """A home in ``folder``; its database is the process's from now on."""
    file = folder / "orderterm.db"
    schema.migrate(file, NOW)
    connection.use(file)
    made = workplace()
    with connection.reading():
        registers.add_first_admin(made)
        for badge, role in WORKERS.items():
            registers.add_staff(made, "admin", badge, badge, [role])
        products = [ProductDraft(sku, f"Product {sku}", "500ml") for sku in SKUS]
        registers.keep_products(made, "admin", products)
        stocktaking.count(made, "admin", [StockDraft(sku, 10_000_000) for sku in SKUS])
    return made


def orders(workplace: Workplace, count: int, first: int = 0) -> list[str]:
    """Take ``count`` orders of three lines in; returns their numbers."""
    numbers: list[str] = []
    for start in range(first, first + count, 500):
        drafts = [_draft(serial) for serial in range(start, min(start + 500, first + count))]
        numbers += receiving.receive(workplace, "admin", Source("EC"), drafts).new
    return numbers


def _draft(serial: int) -> OrderDraft:
    lines = [LineDraft(SKUS[(serial + n) % 100], "", "500ml", 1, 100) for n in range(3)]
    return OrderDraft(
        channel_order_number=f"B{serial:08d}",
        ordered_at=NOW,
        customer_name="王小明",
        contact=f"138{serial:08d}",
        address=f"浙江省杭州市西湖区文三路{serial}号",
        lines=lines,
    )


def write_export(file: Path, count: int) -> None:
    """An export of orderterm's own template: ``count`` orders of three lines."""
    header = (
        "渠道订单号 下单时间 客户名称 联系方式 收货地址 "
        "SKU编码 产品名称 规格型号 数量 单价 特殊要求"
    )
    with file.open("w", newline="", encoding="utf-8") as text:
        writer = csv.writer(text)
        writer.writerow(header.split())
        for serial in range(count):
            draft = _draft(serial)
            request = "加急" if serial % 25 == 0 else ""
            for line in draft.lines:
                writer.writerow(
                    (
                        draft.channel_order_number,
                        "2026-11-23 10:30:00",
                        draft.customer_name,
                        draft.contact,
                        draft.address,
                        line.sku,
                        f"Product {line.sku}",
                        line.specification,
                        line.quantity,
                        "12.50",
                        request,
                    )
                )


@contextmanager
def held_open() -> Iterator[None]:
    """One connection for a whole measurement, as a station keeps it."""
    with connection.reading():
        yield
    if not database.is_closed():
        database.close()
