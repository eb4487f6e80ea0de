"""A small company at work: its clock, its people, its shelf, and its orders in a few words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from orderterm.rules.drafts import LineDraft, OrderDraft, ProductDraft, StockDraft
from orderterm.settings import Settings, parse
from orderterm.store import trail
from orderterm.store.connection import reading, transaction
from orderterm.store.stock import Level, levels
from orderterm.store.tables import (
    Allocation,
    Event,
    Order,
    OrderException,
    OrderLine,
    Pause,
    Shipment,
    Task,
)
from orderterm.terms import Condition, ExceptionKind, ExceptionPath, Nature, Role, Stage
from orderterm.workflow import exceptions, receiving, registers, stages, stocktaking
from orderterm.workflow.arrivals import Source
from orderterm.workflow.details import Details
from orderterm.workflow.paths import Resolution
from orderterm.workflow.workplace import Outcome, Workplace

MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
"""Ten o'clock on a working Monday at the site."""

PEOPLE = {
    "sales": Role.SALES,
    "rev": Role.REVIEWER,
    "inv": Role.INVENTORY,
    "prep": Role.PREPARATION,
    "ship": Role.SHIPPING,
    "track": Role.TRACKING,
    "buyer": Role.PURCHASING,
    "fin": Role.FINANCE,
    "exc": Role.EXCEPTIONS,
    "boss": Role.MANAGER,
    "wall": Role.SUPERVISOR,
}
"""One person for each role, by badge."""

WORKER = {
    Stage.REVIEW: "rev",
    Stage.RECEIVING: "inv",
    Stage.ALLOCATION: "inv",
    Stage.PREPARATION: "prep",
    Stage.SHIPPING: "ship",
    Stage.TRACKING: "track",
    Stage.REFUND: "fin",
    Stage.CONFIRMATION: "track",
}
PRODUCTS = ("A", "B", "C")


@cache
def _defaults() -> Settings:
    return parse({})


class Company:
    """The company. Times are given with ``later``, which moves its clock.

    Args:
        file: its database.
        furnished: whether its people and products are there already.
        settings: its settings, beside the defaults.
    """

    def __init__(self, file: Path, *, furnished: bool = False, **settings: Any) -> None:
        self.file = file
        self.now = MONDAY
        own = parse(settings) if settings else _defaults()
        self.workplace = Workplace(own, lambda: self.now, "t1")
        self._numbers = count(1)
        if not furnished:
            with transaction():
                self._furnish()

    def _furnish(self) -> None:
        registers.add_first_admin(self.workplace)
        for badge, role in PEOPLE.items():
            registers.add_staff(self.workplace, "admin", badge, badge.title(), [role])
        products = [ProductDraft(sku, f"Product {sku}") for sku in PRODUCTS]
        registers.keep_products(self.workplace, "admin", products)

    def later(self, **span: float) -> datetime:
        """Let time pass; returns the time it is then."""
        self.now += timedelta(**span)
        return self.now

    # -- what comes in ------------------------------------------------------------------------

    def stock(self, **pieces: int) -> stocktaking.Counted:
        """Count the shelf."""
        drafts = [StockDraft(sku, on_hand) for sku, on_hand in pieces.items()]
        return stocktaking.count(self.workplace, "admin", drafts)

    def arrive(self, **pieces: int) -> stocktaking.Counted:
        """More than there was comes in."""
        return self.stock(**{sku: self.level(sku).on_hand + more for sku, more in pieces.items()})

    def draft(self, *, lines: Any = (("A", 1),), **fields: Any) -> OrderDraft:
        """An order with nothing to find fault with; ``lines`` are SKUs with their pieces."""
        whole: dict[str, Any] = {
            "channel_order_number": f"N{next(self._numbers)}",
            "ordered_at": self.now,
            "customer_name": "王小明",
            "contact": "13800138000",
            "address": "杭州市西湖区文三路478号",
            "lines": [LineDraft(sku, f"Product {sku}", "", pieces, 100) for sku, pieces in lines],
        }
        return OrderDraft(**(whole | fields))

    def receive(
        self, *drafts: OrderDraft, channel: str = "EC", **source: Any
    ) -> receiving.Received:
        """Take drafts in."""
        whole = Source(channel, **source)
        return receiving.receive(self.workplace, "admin", whole, drafts)

    def order(self, **draft: Any) -> str:
        """A new order; returns its number."""
        (number,) = self.receive(self.draft(**draft)).new
        return number

    # -- what people do -----------------------------------------------------------------------

    def confirm(self, badge: str, number: str, **given: Any) -> Outcome:
        """Finish a stage; what is no parameter of ``confirm`` is a detail of the stage."""
        own = {key: given.pop(key) for key in ("stage", "reason") if key in given}
        return stages.confirm(self.workplace, badge, number, details=Details(**given), **own)

    def finish(self, number: str, stage: Stage, **given: Any) -> Outcome:
        """Let the stage's own person finish it."""
        if stage is Stage.SHIPPING:
            given = {"carrier": "SF", "waybill": f"W{number}-{self.round(number)}", **given}
        return self.confirm(WORKER[stage], number, stage=stage, **given)

    def bring(self, number: str, to: Stage | None) -> str:
        """Finish stages in order until ``to`` is open; None for the very end."""
        while (open_stages := self.stages(number)) and to not in open_stages:
            ahead = [stage for stage in open_stages if stage is not Stage.ALLOCATION]
            self.finish(number, (ahead or open_stages)[0])
        assert to is None or to in open_stages
        return number

    def ordered(self, to: Stage | None, **draft: Any) -> str:
        """A new order, brought to a stage."""
        return self.bring(self.order(**draft), to)

    def trouble(self, badge: str, number: str, kind: ExceptionKind, **told: Any) -> Outcome:
        """Raise an exception by hand."""
        given = {"note": "found", **told}
        return exceptions.raise_by_hand(self.workplace, badge, number, kind, **given)

    def resolve(
        self,
        badge: str,
        number: str,
        path: ExceptionPath | None = None,
        kind: ExceptionKind | None = None,
        **told: Any,
    ) -> Outcome:
        """Resolve an exception."""
        told_all = Resolution(**told)
        return exceptions.resolve(
            self.workplace, badge, number, kind=kind, path=path, resolution=told_all
        )

    # -- what is so ---------------------------------------------------------------------------

    def row(self, number: str) -> Any:
        """The order as it is kept."""
        with reading():
            return Order.get(Order.number == number)

    def condition(self, number: str) -> Condition:
        """The order's condition."""
        found: Condition = self.row(number).condition
        return found

    def numbers(self, nature: Nature | None = None) -> list[str]:
        """The order numbers, oldest first."""
        with reading():
            return [
                o.number for o in Order.select().order_by(Order.id) if nature in (None, o.nature)
            ]

    def tasks(self, number: str) -> list[Any]:
        """The open tasks."""
        with reading():
            order = Order.get(Order.number == number)
            open_ones = (Task.order == order.id) & Task.done_at.is_null()
            return list(Task.select().where(open_ones).order_by(Task.id))

    def task(self, number: str, stage: Stage) -> Any:
        """The open task at a stage."""
        (found,) = [task for task in self.tasks(number) if task.stage is stage]
        return found

    def stages(self, number: str) -> list[Stage]:
        """The open stages."""
        return [task.stage for task in self.tasks(number)]

    def round(self, number: str) -> int:
        """How many rounds the order has had."""
        with reading():
            return max(t.round for t in Task.select().join(Order).where(Order.number == number))

    def exceptions(self, number: str) -> list[ExceptionKind]:
        """The open exceptions' kinds."""
        with reading():
            found = (
                OrderException.select()
                .join(Order)
                .where((Order.number == number) & OrderException.resolved_at.is_null())
            )
            return [one.kind for one in found.order_by(OrderException.id)]

    def paths(self, number: str) -> list[ExceptionPath]:
        """How the exceptions that are closed were resolved."""
        with reading():
            found = (
                OrderException.select()
                .join(Order)
                .where((Order.number == number) & OrderException.resolved_at.is_null(False))
            )
            return [one.path for one in found.order_by(OrderException.id)]

    def pauses(self, number: str) -> list[Any]:
        """The open pauses of open tasks."""
        ids = [task.id for task in self.tasks(number)]
        with reading():
            return list(Pause.select().where(Pause.task.in_(ids) & Pause.ended_at.is_null()))

    def lines(self, number: str) -> list[tuple[str, int | None]]:
        """SKU and pieces of the lines that stand."""
        with reading():
            found = (
                OrderLine.select()
                .join(Order)
                .where((Order.number == number) & OrderLine.removed_at.is_null())
            )
            return [(line.sku, line.quantity) for line in found.order_by(OrderLine.position)]

    def held(self, number: str) -> dict[str, int]:
        """The pieces that the order holds, per SKU."""
        return self._pieces(
            number, Allocation.released_at.is_null() & Allocation.shipment.is_null()
        )

    def sent(self, number: str) -> dict[str, int]:
        """The pieces that have left, per SKU."""
        return self._pieces(number, Allocation.shipment.is_null(False))

    def _pieces(self, number: str, condition: Any) -> dict[str, int]:
        pieces: dict[str, int] = {}
        with reading():
            found = Allocation.select().join(OrderLine).join(Order)
            for one in found.where((Order.number == number) & condition):
                pieces[one.sku] = pieces.get(one.sku, 0) + one.quantity
        return pieces

    def parcels(self, number: str) -> list[Any]:
        """The parcels, those that were replaced as well."""
        with reading():
            found = Shipment.select().join(Order).where(Order.number == number)
            return list(found.order_by(Shipment.id))

    def level(self, sku: str) -> Level:
        """What is there of a SKU."""
        with reading():
            return levels([sku])[sku]

    def events(self, number: str | None) -> list[tuple[str, str]]:
        """Who did what with the order."""
        with reading():
            same = Event.order_number.is_null() if number is None else Event.order_number == number
            return [(e.actor, e.kind) for e in Event.select().where(same).order_by(Event.id)]

    def flaws(self) -> list[trail.Flaw]:
        """What is wrong with the trail."""
        return list(trail.verify())

    def walk(self) -> Iterator[Any]:
        """Every order as it is kept."""
        with reading():
            yield from list(Order.select().order_by(Order.id))
