"""The sample company's staff at work: mostly right, sometimes late, short, wrong or overruled."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import count, islice
from random import Random
from typing import Any

from orderterm.demo import company
from orderterm.demo.desk import Desk, Waiting
from orderterm.demo.solving import Solver
from orderterm.errors import Refusal
from orderterm.rules.drafts import StockDraft, SurveyDraft
from orderterm.sentences import Sentence, say
from orderterm.store.stock import levels
from orderterm.store.tables import Order, OrderException, OrderLine
from orderterm.terms import (
    STAGE_ROLES,
    ExceptionKind,
    ExceptionPath,
    Priority,
    Role,
    Stage,
)
from orderterm.workflow import exceptions, hearing, orders, stages, stocktaking, undo
from orderterm.workflow.details import Details
from orderterm.workflow.paths import Resolution
from orderterm.workflow.workplace import Workplace

CARRIERS = ("顺丰", "中通", "圆通", "京东快递")
LATE = ("short_staffed", "peak_volume", "other")
HELPERS = 12
"""One more of the staff lends a hand for each so many things that could be done now."""

Act = Callable[[], Any]


class Hands:
    """All the staff, working a few minutes at a time.

    Args:
        workplace: the home at work.
        seed: decides everything that is left to chance.
        pace: how many tasks a role gets through in one go.
        desk: what they find before them; all there is where None.
        hurry: how many times quicker than in life parcels travel and people come back to things.
        labels: what the waybills begin with; no two companies' hands may share it.
    """

    def __init__(
        self,
        workplace: Workplace,
        seed: int,
        pace: int,
        *,
        desk: Desk | None = None,
        hurry: int = 1,
        labels: str = "DM",
    ) -> None:
        self.workplace = workplace
        self.seed = seed
        self.random = Random(seed)
        self.pace = pace
        self.desk = desk or Desk()
        self.hurry = hurry
        self.done: Counter[Stage] = Counter()
        self.refused = 0
        self._waybills = (f"{labels}{serial:010d}" for serial in count(1))
        self.solver = Solver(workplace, self.random, self._waybills)

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
                self._try(waiting.number, partial(self._task, stage, waiting))
        for kind in ExceptionKind:
            for number, detail in self.desk.problems(kind)[: self.pace]:
                self._try(number, partial(self.solver.solve, kind, number, detail))
        self._something_else(0.5)

    def step(self) -> None:
        """Here and there somebody does one thing; the more there is to do, the more of them."""
        acts = list(self._acts())
        for number, act in self.random.sample(acts, min(len(acts), 1 + len(acts) // HELPERS)):
            self._try(number, act)
        self._something_else(0.1)

    def _acts(self) -> Iterator[tuple[str, Act]]:
        """Everything that could be done now, by order."""
        for stage in reversed(Stage):
            for waiting in self._queue(stage):
                yield waiting.number, partial(self._task, stage, waiting)
        for kind in ExceptionKind:
            for number, detail in self.desk.problems(kind)[: self.pace]:
                yield number, partial(self.solver.solve, kind, number, detail)

    def _try(self, number: str, act: Act) -> None:
        try:
            with self.desk.at_hand(number) as free:
                if free:
                    act()
        except Refusal:
            # What somebody else has just done, or what must wait: they go on to the next.
            self.refused += 1

    def _somebody(self, role: Role) -> str:
        return self.random.choice(company.badges(role))

    def _queue(self, stage: Stage) -> list[Waiting]:
        """What lies on top of the stage's queue and can be done, or begun and forgotten."""
        now = self.workplace.now()
        ready = (one for one in self.desk.tasks(stage) if self._is_ready(stage, one, now))
        return list(islice(ready, self.pace))

    def _is_ready(self, stage: Stage, waiting: Waiting, now: datetime) -> bool:
        luck = self._luck(waiting.number, stage)
        unclaimed = waiting.assignee is None and _is_forgotten(stage, luck)
        return unclaimed or now >= waiting.started_at + _delay(stage, luck) / self.hurry

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
        return Details(
            carrier=self.random.choice(CARRIERS),
            waybill=next(self._waybills),
            eta=self.workplace.now() + timedelta(days=self.random.randint(1, 3)),
        )

    # -- now and then -------------------------------------------------------------------------

    def _something_else(self, likelihood: float) -> None:
        """What happens beside the queues: a hold, a delay on the road, a customer who calls."""
        if self.random.random() < likelihood and (numbers := self.desk.orders()):
            number = self.random.choice(numbers)
            self._try(number, partial(self.random.choice(_EVENTS), self, number))

    def befall(self, numbers: Iterable[str], what: Callable[["Hands", str], None]) -> None:
        """Let something happen to these orders, to each to which it can."""
        for number in numbers:
            self._try(number, partial(what, self, number))

    def _hold_and_release(self, number: str) -> None:
        badge = self._somebody(Role.SALES)
        orders.hold(self.workplace, badge, number, reason="客户要再想想")
        orders.release(self.workplace, badge, number, reason="客户确认要货")

    def delay_on_the_road(self, number: str) -> None:
        """The carrier is late with a parcel."""
        exceptions.raise_by_hand(
            self.workplace,
            self._somebody(Role.TRACKING),
            number,
            ExceptionKind.CARRIER_DELAY,
            note="物流停滞在中转站",
        )

    def complain(self, number: str) -> None:
        """The customer is not content, and the manager is to make up for it."""
        answer = SurveyDraft(number, speed=2, accuracy=5, service=3, comment="等得太久")
        hearing.note_survey(self.workplace, self._somebody(Role.TRACKING), [answer])

    def take_back(self, number: str) -> None:
        """The customer sends back what was shipped, and sales opens a return for it."""
        self._customer_wants_out(number)
        kind, path = ExceptionKind.CHANGE_REQUEST, ExceptionPath.RETURN
        self.solver.resolve(Role.SALES, number, kind, path, Resolution(note="杯盖破损, 要求退货"))

    def find_shelf_empty(self, number: str) -> None:
        """Of what the order wants first no more is found than is promised to others already."""
        wanted = OrderLine.select(OrderLine.sku).join(Order).where(Order.number == number)
        sku = str(wanted.order_by(OrderLine.position).scalar())
        found = StockDraft(sku=sku, on_hand=levels([sku])[sku].allocated)
        stocktaking.count(self.workplace, self._somebody(Role.INVENTORY), [found])

    def _customer_wants_out(self, number: str) -> None:
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


_EVENTS: tuple[Callable[[Hands, str], None], ...] = (
    Hands._hold_and_release,
    Hands.delay_on_the_road,
    Hands._customer_wants_out,
    Hands._manager_hurries,
)
