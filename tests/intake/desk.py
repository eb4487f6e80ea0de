"""Files made for one test each, and the reading of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from orderterm.errors import FileRejected
from orderterm.intake.profiles import Profile
from orderterm.intake.reading import Document, read
from orderterm.rules.drafts import OrderDraft

SHANGHAI = ZoneInfo("Asia/Shanghai")
ORDER_HEADER = (
    "channel_order_number,shop,ordered_at,customer_name,contact,address,sku,name,quantity,note"
)


class Desk:
    """Writes files into a folder and reads them."""

    def __init__(self, folder: Path, profiles: Sequence[Profile]) -> None:
        self.folder = folder
        self.profiles = profiles

    def write(self, content: str | bytes, name: str = "file.csv", encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def read(
        self,
        content: str | bytes | Path,
        name: str = "file.csv",
        encoding: str = "utf-8",
        **options: Any,
    ) -> Document:
        path = content if isinstance(content, Path) else self.write(content, name, encoding)
        options = {"zone": SHANGHAI, "fallback_encoding": "cp1252", **options}
        return read(path, options.pop("profiles", self.profiles), **options)

    def orders(self, content: str | bytes | Path, *args: Any, **options: Any) -> list[OrderDraft]:
        drafts = self.read(content, *args, **options).drafts
        return [draft for draft in drafts if isinstance(draft, OrderDraft)]

    def order(self, content: str | bytes | Path, *args: Any, **options: Any) -> OrderDraft:
        (order,) = self.orders(content, *args, **options)
        return order

    def reason(self, content: str | bytes | Path, *args: Any, **options: Any) -> str:
        """Why the file is refused."""
        with pytest.raises(FileRejected) as caught:
            self.read(content, *args, **options)
        return str(caught.value)


def template(*rows: str, header: str = ORDER_HEADER) -> str:
    """orderterm's own template for orders, with ``rows`` below its header."""
    return "\n".join((header, *rows)) + "\n"


def wrongs(order: OrderDraft) -> dict[str, str]:
    """What is wrong with an order, by field."""
    return {problem.field: str(problem.reason) for problem in order.problems}


def one_order(quantity: str = "2", **cells: str) -> str:
    """A file of the own template with one order of one line."""
    row = {
        "channel_order_number": "A-1",
        "shop": "",
        "ordered_at": "2026-09-10 08:00",
        "customer_name": "王小明",
        "contact": "13800138000",
        "address": "杭州市西湖区文三路478号",
        "sku": "BW-500",
        "name": "保温杯",
        "quantity": quantity,
        "note": "",
    } | cells
    return template(",".join(row[name] for name in ORDER_HEADER.split(",")))


def sorted_without_rows(orders: Sequence[OrderDraft]) -> list[OrderDraft]:
    """The orders of a file in an order that its rows don't decide."""
    return sorted((replace(order, row=0) for order in orders), key=repr)
