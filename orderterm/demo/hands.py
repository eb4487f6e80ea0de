"""The sample company's staff at work: mostly right, sometimes late, short, wrong or overruled."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from random import Random
from typing import Any, NamedTuple

import msgspec

from orderterm.demo import company
from orderterm.errors import Refusal
from orderterm.sentences import Sentence, say
from orderterm.store.queries import rows
from orderterm.store.tables import Order, OrderException, OrderLine, Shipment, Task
from orderterm.terms import (
    STAGE_ROLES,
    ExceptionKind,
    ExceptionPath,
    Priority,
    Role,
    Stage,
)
from orderterm.workflow import exceptions, orders, stages, undo
from orderterm.workflow.details import Details
from orderterm.workflow.exceptions import Resolution
from orderterm.workflow.workplace import Workplace

CARRIERS = ("顺丰", "中通", "圆通", "京东快递")
LATE = ("short_staffed", "peak_volume", "other")


class Waiting(NamedTuple):
    """A task in a queue, and the badge of who has claimed it."""

    number: str
    due_at: datetime
    started_at: datetime
    assignee: str | None


class Hands:
    """All the staff, working a few minutes at a time.

    Args:
        workplace: the home at work.
        seed: decides everything that is left to chance.
        pace: how many tasks a role gets through in one go.
    """

    def __init__(self, workplace: Workplace, seed: int, pace: int) -> None:
        self.workplace = workplace
        self.seed = seed
        self.random = Random(seed)
        self.pace = pace
        self.done: Counter[Stage] = Counter()
        self.refused = 0
        self._waybills = 0

    def told(self, at: datetime) -> Sentence:
        """How far the day is."""
        return say(
            "{time}: {reviewed} reviewed, {shipped} shipped, {completed} confirmed by the customer",
            time=f"{at:%H:%M}",
            reviewed=self.done[Stage.REVIEW],
            shipped=self.done[Stage.SHIPPING],
            completed=self.done[Stage.CONFIRMATION],
        )

    def work(self) -> None:
        """Everybody does what lies on top of their queue."""
        # The last stage first, so that nothing goes through several of them in one go.
        for stage in reversed(Stage):
            for waiting in self._queue(stage):
                self._try(partial(self._task, stage, waiting))
        for kind in ExceptionKind:
            for number, detail in self._open_exceptions(kind):
                self._try(partial(_SOLVERS[kind], self, number, detail))
        self._try(self._something_else)

    def _try(self, act: Callable[[], Any]) -> None:
        try:
            act()
        except Refusal:
            # What somebody else has just done, or what must wait: they go on to the next.
            self.refused += 1

    def _somebody(self, role: Role) -> str:
        return self.random.choice([p.badge for p in company.STAFF if role in p.roles])

    def _queue(self, stage: Stage) -> list[Waiting]:
        """What lies on top of the stage's queue and can be done, or begun and forgotten."""
        query = (
            Task.select(Order.number, Task.due_at, Task.started_at, Task.assignee)
            .join(Order)
            .where((Task.stage == stage) & Task.done_at.is_null() & Order.held_at.is_null())
            .order_by(Task.priority, Task.due_at, Task.order)
        )
        now = self.workplace.now()
        tasks = (Waiting(*row) for row in rows(query))
        return list(islice((one for one in tasks if self._is_ready(stage, one, now)), self.pace))

    def _is_ready(self, stage: Stage, waiting: Waiting, now: datetime) -> bool:
        luck = self._luck(waiting.number, stage)
        unclaimed = waiting.assignee is None and _is_forgotten(stage, luck)
        return unclaimed or now >= waiting.started_at + _delay(stage, luck)

    # -- stages -------------------------------------------------------------------------------

    def _task(self, stage: Stage, waiting: Waiting) -> None:
        number, luck = waiting.number, self._luck(waiting.number, stage)
        if stage is Stage.REVIEW and luck > 0.985 and self._never_sent_back(number):
            self._send_back(number)
            return
        badge = waiting.assignee or self._somebody(STAGE_ROLES[stage])
        if waiting.assignee is None and _is_forgotten(stage, luck):
            stages.claim(self.workplace, badge, number, stage=stage)
            return
        reason = self.random.choice(LATE) if self.workplace.now() > waiting.due_at else ""
        outcome = stages.confirm(
            self.workplace, badge, number, stage=stage, reason=reason, details=self._details(stage)
        )
        self.done[stage] += outcome.changed
        if stage is Stage.PREPARATION and luck > 0.985 and self.random.random() < 0.5:
            undo.undo(self.workplace, badge, number, reason="少装一件")
            self.done[stage] -= 1

    def _luck(self, number: str, stage: Stage) -> float:
        """From 0 to 1, the same for a task whenever it is looked at."""
        return Random(f"{self.seed}/{number}/{stage}").random()

    def _never_sent_back(self, number: str) -> bool:
        kind = OrderException.kind == ExceptionKind.INFORMATION
        sent = OrderException.select().join(Order).where(kind & (Order.number == number))
        return not sent.exists()

    def _send_back(self, number: str) -> None:
        exceptions.raise_by_hand(
            self.workplace,
            self._somebody(Role.REVIEWER),
            number,
            ExceptionKind.INFORMATION,
            note="收货地址缺门牌号",
        )

    def _details(self, stage: Stage) -> Details:
        if stage is not Stage.SHIPPING:
            return Details()
        self._waybills += 1
        return Details(
            carrier=self.random.choice(CARRIERS),
            waybill=f"DM{self._waybills:010d}",
            eta=self.workplace.now() + timedelta(days=self.random.randint(1, 3)),
        )

    # -- exceptions ---------------------------------------------------------------------------

    def _open_exceptions(self, kind: ExceptionKind) -> list[tuple[str, dict[str, Any]]]:
        query = (
            OrderException.select(Order.number, OrderException.detail)
            .join(Order)
            .where((OrderException.kind == kind) & OrderException.resolved_at.is_null())
            .order_by(OrderException.due_at, OrderException.id)
            .limit(self.pace)
        )
        return [(number, msgspec.json.decode(detail)) for number, detail in rows(query)]

    def _resolve(
        self, role: Role, number: str, kind: ExceptionKind, path: ExceptionPath, told: Resolution
    ) -> None:
        exceptions.resolve(
            self.workplace, self._somebody(role), number, kind=kind, path=path, resolution=told
        )

    def _complete(self, number: str, detail: dict[str, Any]) -> None:
        if self.random.random() < 0.5:
            return
        fields = {
            field: value
            for problem in detail.get("problems", [])
            if (field := problem["field"]) and (value := self._missing(number, field))
        }
        self._resolve(
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
        self._resolve(Role.PURCHASING, number, ExceptionKind.SHORTAGE, path, told)

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
            self._waybills += 1
            path = ExceptionPath.RECARRY
            told = Resolution(
                eta=eta, told="电话", carrier="顺丰", waybill=f"DM{self._waybills:010d}"
            )
        self._resolve(Role.EXCEPTIONS, number, ExceptionKind.CARRIER_DELAY, path, told)

    def _answer_change(self, number: str, detail: dict[str, Any]) -> None:
        has_left = Shipment.select().join(Order).where(Order.number == number).exists()
        if not has_left:
            path, told = ExceptionPath.ACCEPT, Resolution(note="按客户要求")
        elif detail.get("cancelled"):
            path, told = ExceptionPath.RETURN, Resolution(note="客户不要了")
        else:
            path, told = ExceptionPath.REFUSE, Resolution(note="已发货, 无法更改")
        self._resolve(Role.SALES, number, ExceptionKind.CHANGE_REQUEST, path, told)

    def _settle(self, number: str, _: dict[str, Any]) -> None:
        self._resolve(
            Role.EXCEPTIONS,
            number,
            ExceptionKind.OTHER,
            ExceptionPath.SETTLE,
            Resolution(note="已处理"),
        )

    # -- now and then -------------------------------------------------------------------------

    def _something_else(self) -> None:
        """What happens beside the queues: a hold, a delay on the road, a customer who calls."""
        number = self._any_order() if self.random.random() < 0.5 else None
        if number is None:
            return
        self.random.choice(_EVENTS)(self, number)

    def _any_order(self) -> str | None:
        query = Task.select(Order.number).join(Order).where(Task.done_at.is_null())
        numbers = [str(number) for (number,) in rows(query.order_by(Task.id))]
        return self.random.choice(numbers) if numbers else None

    def _hold_and_release(self, number: str) -> None:
        badge = self._somebody(Role.SALES)
        orders.hold(self.workplace, badge, number, reason="客户要再想想")
        orders.release(self.workplace, badge, number, reason="客户确认要货")

    def _delay_on_the_road(self, number: str) -> None:
        exceptions.raise_by_hand(
            self.workplace,
            self._somebody(Role.TRACKING),
            number,
            ExceptionKind.CARRIER_DELAY,
            note="物流停滞在中转站",
        )

    def _customer_wants_it_back(self, number: str) -> None:
        exceptions.raise_by_hand(
            self.workplace,
            self._somebody(Role.SALES),
            number,
            ExceptionKind.CHANGE_REQUEST,
            note="客户要退",
            cancelled=True,
        )

    def _manager_hurries(self, number: str) -> None:
        orders.set_priority(
            self.workplace,
            self._somebody(Role.MANAGER),
            number,
            Priority.URGENT,
            reason="大客户催单",
        )


def _delay(stage: Stage, luck: float) -> timedelta:
    """How long a task lies before anybody can do it, or does: some are forgotten for hours."""
    if stage is Stage.TRACKING:
        # Parcels within the city are signed for the same day.
        return timedelta(hours=2 + 14 * luck) if luck < 0.4 else timedelta(hours=24)
    if stage is Stage.CONFIRMATION:
        return timedelta(hours=3 * luck)
    return timedelta(hours=5) if _is_forgotten(stage, luck) else timedelta(0)


def _is_forgotten(stage: Stage, luck: float) -> bool:
    """Whether somebody takes the task in hand, and then something else comes up."""
    return luck < 0.03 and stage not in (Stage.TRACKING, Stage.CONFIRMATION)


def _alternative(sku: str) -> str:
    others: Sequence[str] = [
        product.sku
        for product in company.PRODUCTS
        if product.sku != sku and product.sku[:2] == sku[:2]
    ]
    return others[0] if others else company.PRODUCTS[0].sku


_SOLVERS: dict[ExceptionKind, Callable[[Hands, str, dict[str, Any]], None]] = {
    ExceptionKind.SHORTAGE: Hands._find_stock,
    ExceptionKind.INFORMATION: Hands._complete,
    ExceptionKind.CARRIER_DELAY: Hands._speed_up,
    ExceptionKind.CHANGE_REQUEST: Hands._answer_change,
    ExceptionKind.OTHER: Hands._settle,
}
_EVENTS: tuple[Callable[[Hands, str], None], ...] = (
    Hands._hold_and_release,
    Hands._delay_on_the_road,
    Hands._customer_wants_it_back,
    Hands._manager_hurries,
)
