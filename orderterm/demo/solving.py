"""How the sample company's staff get exceptions out of the way: each kind by its usual paths."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from orderterm.demo import company
from orderterm.store.tables import Order, OrderLine, Shipment
from orderterm.terms import ExceptionKind, ExceptionPath, Role
from orderterm.workflow import exceptions
from orderterm.workflow.paths import Resolution
from orderterm.workflow.workplace import Workplace


class Solver:
    """Whoever is responsible for an exception, with an answer for each.

    Args:
        workplace: the home at work.
        random: decides everything that is left to chance.
        waybills: labels for parcels that go on with another carrier.
    """

    def __init__(self, workplace: Workplace, random: Random, waybills: Iterator[str]) -> None:
        self.workplace = workplace
        self.random = random
        self.waybills = waybills

    def solve(self, kind: ExceptionKind, number: str, detail: dict[str, Any]) -> None:
        """Do something about an open exception, or leave it for another time.

        Args:
            kind: of which kind it is.
            number: the order.
            detail: what was said of it.

        Raises:
            Refusal: it can't be done now.
        """
        _SOLUTIONS[kind](self, number, detail)

    def resolve(
        self, role: Role, number: str, kind: ExceptionKind, path: ExceptionPath, told: Resolution
    ) -> None:
        """Let somebody of ``role`` resolve the exception of this kind by this path."""
        exceptions.resolve(
            self.workplace,
            self.random.choice(company.badges(role)),
            number,
            kind=kind,
            path=path,
            resolution=told,
        )

    def _complete(self, number: str, detail: dict[str, Any]) -> None:
        if self.random.random() < 0.5:
            return
        fields = {
            field: value
            for problem in detail.get("problems", [])
            if (field := problem["field"]) and (value := self._missing(number, field))
        }
        self.resolve(
            Role.SALES,
            number,
            ExceptionKind.INFORMATION,
            ExceptionPath.COMPLETE,
            Resolution(fields=fields, note="已电话核实"),
        )

    def _missing(self, number: str, field: str) -> str:
        buyer = self.random.choice(company.BUYERS)
        values = {
            "customer_name": buyer.name,
            "contact": buyer.contact,
            "address": buyer.address,
            "ordered_at": self.workplace.now().isoformat(),
        }
        if field in values:
            return values[field]
        line, _, column = field.partition(".")
        product = self.random.choice(company.PRODUCTS)
        if column in ("sku", "name", "specification"):
            return str(getattr(self._product_of(number, line) or product, column))
        return "1" if column == "quantity" else ""

    def _product_of(self, number: str, line: str) -> company.Product | None:
        position = int(line.removeprefix("line") or 1)
        sku = (
            OrderLine.select(OrderLine.sku)
            .join(Order)
            .where((Order.number == number) & (OrderLine.position == position))
            .scalar()
        )
        return next((product for product in company.PRODUCTS if product.sku == sku), None)

    def _find_stock(self, number: str, detail: dict[str, Any]) -> None:
        chance = self.random.random()
        if chance < 0.6:
            return
        path, told = self._way_out(chance, detail)
        self.resolve(Role.PURCHASING, number, ExceptionKind.SHORTAGE, path, told)

    def _way_out(self, chance: float, detail: dict[str, Any]) -> tuple[ExceptionPath, Resolution]:
        soon = self.workplace.now() + timedelta(days=1)
        if chance < 0.8:
            return ExceptionPath.TRANSFER, Resolution(until=soon)
        if chance < 0.88:
            return ExceptionPath.DELAY, Resolution(until=soon, agreed="客户电话同意")
        if chance < 0.94:
            return ExceptionPath.SPLIT, Resolution(agreed="客户同意分批")
        if chance < 0.98:
            sku = next(iter(detail.get("short", {})), "")
            return ExceptionPath.SUBSTITUTE, Resolution(
                sku=sku, substitute=_alternative(sku), agreed="客户同意换色"
            )
        return ExceptionPath.CANCEL, Resolution(note="客户不愿等")

    def _speed_up(self, number: str, _: dict[str, Any]) -> None:
        eta = self.workplace.now() + timedelta(days=1)
        if self.random.random() < 0.5:
            path, told = ExceptionPath.EXPEDITE, Resolution(eta=eta, told="短信")
        else:
            path, waybill = ExceptionPath.RECARRY, next(self.waybills)
            told = Resolution(eta=eta, told="电话", carrier="顺丰", waybill=waybill)
        self.resolve(Role.EXCEPTIONS, number, ExceptionKind.CARRIER_DELAY, path, told)

    def _answer_change(self, number: str, detail: dict[str, Any]) -> None:
        has_left = Shipment.select().join(Order).where(Order.number == number).exists()
        if not has_left:
            path, told = ExceptionPath.ACCEPT, Resolution(note="按客户要求")
        elif detail.get("cancelled"):
            path, told = ExceptionPath.RETURN, Resolution(note="客户不要了")
        else:
            path, told = ExceptionPath.REFUSE, Resolution(note="已发货, 无法更改")
        self.resolve(Role.SALES, number, ExceptionKind.CHANGE_REQUEST, path, told)

    def _settle(self, number: str, _: dict[str, Any]) -> None:
        self.resolve(
            Role.EXCEPTIONS,
            number,
            ExceptionKind.OTHER,
            ExceptionPath.SETTLE,
            Resolution(note="已处理"),
        )

    def _make_up(self, number: str, _: dict[str, Any]) -> None:
        self.resolve(
            Role.MANAGER,
            number,
            ExceptionKind.FOLLOW_UP,
            ExceptionPath.SETTLE,
            Resolution(note="已致歉并赠送优惠券"),
        )


def _alternative(sku: str) -> str:
    others: Sequence[str] = [
        product.sku
        for product in company.PRODUCTS
        if product.sku != sku and product.sku[:2] == sku[:2]
    ]
    return others[0] if others else company.PRODUCTS[0].sku


_SOLUTIONS: dict[ExceptionKind, Callable[[Solver, str, dict[str, Any]], None]] = {
    ExceptionKind.SHORTAGE: Solver._find_stock,
    ExceptionKind.INFORMATION: Solver._complete,
    ExceptionKind.CARRIER_DELAY: Solver._speed_up,
    ExceptionKind.CHANGE_REQUEST: Solver._answer_change,
    ExceptionKind.FOLLOW_UP: Solver._make_up,
    ExceptionKind.OTHER: Solver._settle,
}
