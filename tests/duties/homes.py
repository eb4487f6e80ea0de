"""A home of its own for each test, with orders as plain rows to look at."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orderterm import home as homes
from orderterm import settings
from orderterm.intake.importing import import_files
from orderterm.intake.results import FileResult
from orderterm.store import connection, schema, trail
from orderterm.store.tables import Order, OrderException, OrderLine
from orderterm.workflow import registers
from orderterm.workflow.workplace import Workplace

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""Noon in Shanghai, where the home is."""

SAMPLES = Path(__file__).parents[2] / "inbox"


class Home:
    """A home with a clock that stands still, and ``admin`` on its staff.

    Args:
        folder: where it is made.
        changes: what to replace in the default settings, by what stands there.
    """

    def __init__(self, folder: Path, changes: dict[str, str] | None = None) -> None:
        folder.mkdir(exist_ok=True)
        text = settings.default_text()
        for before, after in (changes or {}).items():
            assert before in text
            text = text.replace(before, after)
        (folder / settings.FILE_NAME).write_text(text, encoding="utf-8")
        homes.make_home(folder)
        self.folder = folder
        self.now = NOON
        self.settings = settings.load(folder)
        self.file = folder / self.settings.database
        schema.migrate(self.file, self.now)
        connection.use(self.file)
        self.workplace = Workplace(self.settings, lambda: self.now, "test")
        registers.add_first_admin(self.workplace)

    @property
    def inbox(self) -> Path:
        return self.folder / self.settings.inbox.folder

    def write(self, content: str | bytes, name: str = "orders.csv", folder: str = "EC") -> Path:
        """A file in a folder of its own, outside the inbox, that bears a channel's code."""
        place = self.folder / "files" / folder
        place.mkdir(parents=True, exist_ok=True)
        path = place / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def take(self, *paths: Path, badge: str = "admin", **options: Any) -> list[FileResult]:
        return import_files(self.workplace, badge, self.folder, paths, **options)

    def take_one(self, path: Path, **options: Any) -> FileResult:
        (result,) = self.take(path, **options)
        return result

    def take_company(self) -> None:
        """The company's own products."""
        self.take(SAMPLES / "company/samples/产品目录.csv")

    def orders(self) -> dict[str, Order]:
        """The orders by the channel's own number."""
        with connection.reading():
            return {order.channel_order_number: order for order in Order.select()}

    def lines(self, order: Order) -> list[tuple[str, int | None]]:
        with connection.reading():
            found = list(OrderLine.select().where(OrderLine.order == order.id))
            return sorted((line.sku, line.quantity) for line in found)

    def count(self) -> int:
        """How many orders there are."""
        with connection.reading():
            return int(Order.select().count())

    def drop(self, name: str, content: str | bytes, folder: str = "EC") -> Path:
        """A file in a folder of the inbox."""
        path = self.inbox / folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def exceptions(self) -> list[OrderException]:
        with connection.reading():
            return list(OrderException.select().order_by(OrderException.id))

    def flaws(self) -> Sequence[trail.Flaw]:
        with connection.reading():
            return list(trail.verify())


HEADER = (
    "channel_order_number,shop,ordered_at,customer_name,contact,address,sku,name,quantity,nature,"
    "special_request,note"
)


def orders_csv(*rows: str, header: str = HEADER) -> str:
    return "\n".join((header, *rows)) + "\n"


def row(number: str, sku: str = "BW-500", quantity: object = 2, **cells: str) -> str:
    """A row of the own template."""
    values = {
        "channel_order_number": number,
        "ordered_at": "2026-11-22 08:00",
        "customer_name": "王小明",
        "contact": "13800138000",
        "address": "杭州市西湖区文三路478号",
        "sku": sku,
        "quantity": str(quantity),
    } | cells
    return ",".join(values.get(name, "") for name in HEADER.split(","))


def many(count: int, prefix: str = "E") -> str:
    """A file of so many orders, a row each."""
    return orders_csv(*(row(f"{prefix}{n:06d}") for n in range(count)))
