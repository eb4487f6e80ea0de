"""Every path an order may take, walked on one database through the command line alone.

``pytest -s`` prints what ``show`` and ``audit`` say of each.
"""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from .conftest import Program

WORKER = {
    "review": "z",
    "receiving": "l",
    "allocation": "l",
    "preparation": "p",
    "shipping": "s",
    "tracking": "t",
    "refund": "fi",
    "confirmation": "t",
}
SOON = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"
FAR = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"


class Walk:
    """A company with orders as they are needed."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program = program
        self.folder = folder
        self.serial = count(1)

    def order(self, *lines: tuple[str, int], channel: str = "EC", **fields: str) -> str:
        """A new order of these lines; returns its number."""
        key = f"W{next(self.serial):03d}"
        self.tell(key, *lines, channel=channel, **fields)
        listed = self.program.json("orders", "--limit", "500")
        return str(next(one["number"] for one in listed if one["channel_order_number"] == key))

    def tell(self, key: str, *lines: tuple[str, int], channel: str = "EC", **fields: str) -> Any:
        """What the channel says of an order; returns what the import says."""
        values = {
            "channel_order_number": key,
            "ordered_at": "2026-11-22 09:00",
            "customer_name": "王小明",
            "contact": "13800138000",
            "address": "杭州市西湖区文三路478号",
            **fields,
        }
        text = io.StringIO()
        writer = csv.DictWriter(text, [*values, "sku", "quantity", "unit_price"])
        writer.writeheader()
        for sku, quantity in lines:
            writer.writerow({**values, "sku": sku, "quantity": quantity, "unit_price": "10.00"})
        file = self.folder / f"{key}-{next(self.serial)}.csv"
        file.write_text(text.getvalue(), encoding="utf-8")
        said = self.program.json("import", str(file), "--channel", channel, "--as", "sa")
        return said["files"][0]

    def stock(self, **pieces: int) -> None:
        """What is counted on the shelves."""
        rows = "".join(f"{sku},{quantity}\n" for sku, quantity in pieces.items())
        file = self.folder / f"stock-{next(self.serial)}.csv"
        file.write_text(f"sku,on_hand\n{rows}", encoding="utf-8")
        self.program("import", str(file), "--as", "l")

    def confirm(self, number: str, *stages: str) -> None:
        """Finish these stages, each by who does it."""
        for stage in stages:
            more = ("--carrier", "顺丰", "--waybill", f"SF{number}") if stage == "shipping" else ()
            self.program(
                "confirm", number, "--stage", stage, "--as", WORKER[stage], "--note", "ok", *more
            )

    def resolve(self, number: str, path: str, badge: str, *more: str) -> str:
        """Take a way out of the order's exception."""
        return self.program("exception", "resolve", number, "--path", path, "--as", badge, *more)

    def tell_all(self, path: str, number: str) -> Any:
        """Print what the program says of an order; returns it."""
        print(f"\n===== {path}\n{self.program('show', number)}{self.program('audit', number)}")
        return self.program.json("show", number)

    def kinds(self, number: str) -> list[str]:
        """What happened to an order, in order."""
        return [event["kind"] for event in self.program.json("audit", number)]


@pytest.fixture
def walk(program: Program, tmp_path: Path) -> Walk:
    walked = Walk(program, tmp_path)
    walked.stock(A=100, B=0, C=100)
    return walked


ALL = ("review", "allocation", "preparation", "shipping", "tracking", "confirmation")


def test_every_path(walk: Walk) -> None:
    for path in PATHS:
        path(walk)
    assert walk.program.json("audit", "verify")["ok"]
    assert all(row["available"] >= 0 <= row["on_hand"] for row in walk.program.json("stock"))


def straight(walk: Walk) -> None:
    number = walk.order(("A", 2))
    walk.program("claim", number, "--as", "z")
    walk.confirm(number, *ALL)
    shown = walk.tell_all("straight through", number)
    assert shown["condition"] == "completed"
    assert "was done by" in walk.program("confirm", number, "--stage", "review", "--as", "z")


def hold_release_cancel_undo(walk: Walk) -> None:
    number = walk.order(("A", 1))
    walk.program("hold", number, "--as", "sa", "--reason", "asks")
    assert "on hold" in walk.program.refused("confirm", number, "--as", "z")
    walk.program("release", number, "--as", "sa", "--reason", "go")
    walk.confirm(number, "review", "allocation")
    walk.program("undo", number, "--as", "l", "--reason", "wrong shelf")
    walk.program("cancel", number, "--as", "sa", "--reason", "not wanted")
    walk.program("undo", number, "--as", "sa", "--reason", "wanted after all")
    walk.program("cancel", number, "--as", "sa", "--reason", "not wanted")
    shown = walk.tell_all("hold, release, undo, cancel", number)
    assert shown["condition"] == "cancelled"
    assert walk.kinds(number).count("undone") == 2


def reassign_and_priority(walk: Walk) -> None:
    number = walk.order(("A", 1))
    walk.program("claim", number, "--as", "z")
    walk.program("reassign", number, "--to", "m", "--as", "m", "--reason", "busy")
    assert "with 冯二" in walk.program.refused("confirm", number, "--as", "z")
    walk.program("claim", number, "--take-over", "--as", "z")
    walk.program("priority", number, "urgent", "--as", "m", "--reason", "boss")
    shown = walk.tell_all("claim, reassign, take over, priority", number)
    assert shown["priority"] == "urgent"


def shortage_transfer_arrival(walk: Walk) -> None:
    number = walk.order(("B", 2))
    walk.confirm(number, "review", "allocation")
    assert walk.program.json("show", number)["condition"] == "awaiting_stock"
    walk.resolve(number, "transfer", "pu", "--until", SOON)
    walk.stock(B=2)
    assert walk.program.json("show", number)["stage"] == "preparation"
    walk.confirm(number, *ALL[2:])
    walk.tell_all("shortage: transfer, then stock arrives", number)


def shortage_delay(walk: Walk) -> None:
    number = walk.order(("B", 2))
    walk.confirm(number, "review", "allocation")
    agreed = ("--agreed", "by phone")
    long = ("exception", "resolve", number, "--path", "delay", "--until", FAR, *agreed)
    assert "manager" in walk.program.refused(*long, "--as", "pu")
    walk.resolve(number, "delay", "m", "--until", FAR, *agreed)
    walk.tell_all("shortage: a long delay, by a manager", number)
    walk.program("cancel", number, "--as", "sa", "--reason", "not waiting")


def shortage_substitute(walk: Walk) -> None:
    number = walk.order(("B", 2))
    walk.confirm(number, "review", "allocation")
    walk.resolve(number, "substitute", "pu", "--sku", "B", "--with", "C", "--agreed", "by phone")
    walk.confirm(number, *ALL[1:])
    shown = walk.tell_all("shortage: substitution", number)
    assert [line["sku"] for line in shown["lines"]] == ["C"]


def shortage_split(walk: Walk) -> None:
    number = walk.order(("A", 1), ("B", 2))
    walk.confirm(number, "review", "allocation")
    said = walk.resolve(number, "split", "pu", "--agreed", "by phone")
    rest = said.strip().rstrip(".").split()[-1]
    walk.confirm(number, *ALL[1:])
    walk.tell_all("shortage: split, the part in stock", number)
    assert walk.tell_all("shortage: split, the rest", rest)["condition"] == "awaiting_stock"
    walk.resolve(rest, "cancel", "m", "--note", "no more of it")


def partial(walk: Walk) -> None:
    number = walk.order(("A", 1), ("B", 1))
    walk.confirm(number, "review")
    walk.program("confirm", number, "--stage", "allocation", "--partial", "--as", "l")
    walk.confirm(number, "preparation", "shipping")
    walk.stock(B=1)
    walk.confirm(number, "preparation")
    ship = ("--carrier", "顺丰", "--waybill", f"SF{number}-2", "--as", "s")
    walk.program("confirm", number, "--stage", "shipping", *ship)
    while walk.program.json("show", number)["stage"] == "tracking":
        walk.confirm(number, "tracking")
    walk.confirm(number, "confirmation")
    shown = walk.tell_all("a part first, the back order under the same number", number)
    assert shown["condition"] == "completed"
    assert len(shown["shipments"]) == 2


def information(walk: Walk) -> None:
    number = walk.order(("A", 1), contact="")
    assert walk.program.json("show", number)["condition"] == "awaiting_information"
    walk.resolve(number, "complete", "sa", "--set", "contact=13811112222")
    walk.confirm(number, "review")
    wrong = ("--kind", "information", "--note", "house number missing", "--as", "l")
    walk.program("exception", "raise", number, *wrong)
    walk.resolve(number, "complete", "sa", "--set", "address=杭州市西湖区文三路478号2幢")
    walk.confirm(number, *ALL)
    walk.tell_all("information: missing, later wrong, each time back to review", number)


def carrier_delay(walk: Walk) -> None:
    number = walk.order(("A", 1))
    walk.confirm(number, *ALL[:4])
    late = ("exception", "raise", number, "--kind", "carrier_delay", "--note", "stuck", "--as", "t")
    told = ("--eta", SOON, "--told", "by SMS")
    walk.program(*late)
    walk.resolve(number, "expedite", "ex", *told)
    walk.program(*late)
    walk.resolve(number, "recarry", "ex", "--carrier", "京东快递", "--waybill", "JD1", *told)
    walk.confirm(number, *ALL[4:])
    shown = walk.tell_all("carrier delay: expedited, then another carrier", number)
    assert shown["shipment"]["carrier"] == "京东快递"


def change_request(walk: Walk) -> None:
    number = walk.order(("A", 1))
    walk.confirm(number, "review", "allocation")
    key = walk.program.json("show", number)["channel_order_number"]
    assert walk.tell(key, ("A", 3))["orders_changed"] == 1
    walk.resolve(number, "accept", "sa", "--note", "still possible")
    walk.confirm(number, *ALL[:2])
    assert walk.tell(key, ("A", 5))["orders_changed"] == 1
    walk.resolve(number, "refuse", "sa", "--note", "too late")
    assert walk.tell(key, ("A", 5))["orders_changed"] == 0
    shown = walk.tell_all("change request: accepted, the next one refused", number)
    assert shown["lines"][-1]["quantity"] == 3


def comes_back(walk: Walk) -> None:
    number = walk.order(("A", 2))
    walk.confirm(number, *ALL)
    back = ("--kind", "change_request", "--note", "does not like it", "--cancelled", "--as", "sa")
    walk.program("exception", "raise", number, *back)
    assert "return" in walk.program.refused(
        "exception", "resolve", number, "--path", "accept", "--as", "sa"
    )
    said = walk.resolve(number, "return", "sa", "--note", "within 7 days")
    returned = said.strip().rstrip(".").split()[-1]
    walk.confirm(returned, "review")
    walk.program("confirm", returned, "--restock", "A=1", "--scrap", "A=1", "--as", "l")
    walk.program("confirm", returned, "--amount", "20.00", "--reference", "R1", "--as", "fi")
    walk.confirm(returned, "confirmation")
    walk.tell_all("after shipping only as a return", number)
    assert walk.tell_all("the return: inspected, refunded", returned)["condition"] == "completed"


def exchange(walk: Walk) -> None:
    number = walk.order(("C", 1), channel="ST", nature="换货", note="尺码不合适")
    walk.confirm(number, "review", "receiving", *ALL[1:])
    shown = walk.tell_all("an exchange", number)
    assert (shown["nature"], shown["priority"]) == ("exchange", "low")


def other(walk: Walk) -> None:
    number = walk.order(("A", 1))
    odd = ("--kind", "other", "--note", "box is wet", "--as", "l")
    walk.program("exception", "raise", number, *odd)
    assert "exception" in walk.program.refused("confirm", number, "--as", "z")
    walk.resolve(number, "settle", "ex", "--note", "new box")
    walk.tell_all("another exception, settled", number)


PATHS: tuple[Callable[[Walk], None], ...] = (
    straight,
    hold_release_cancel_undo,
    reassign_and_priority,
    shortage_transfer_arrival,
    shortage_delay,
    shortage_substitute,
    shortage_split,
    partial,
    information,
    carrier_delay,
    change_request,
    comes_back,
    exchange,
    other,
)
