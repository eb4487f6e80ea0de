"""What happens on the floor and outside in a moment of the simulated month."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

from orderterm.errors import Refusal
from orderterm.rules.drafts import StockDraft
from orderterm.store.connection import transaction
from orderterm.store.queries import rows
from orderterm.store.stock import levels
from orderterm.store.tables import (
    Notification,
    Order,
    OrderException,
    Pause,
    Shipment,
    SurveyReply,
    Task,
)
from orderterm.terms import EXCEPTION_ROLES, ExceptionKind, ExceptionPath, Stage
from orderterm.workflow import exceptions, notifications, stages, stocktaking
from orderterm.workflow.details import Details
from orderterm.workflow.paths import Resolution
from orderterm.workflow.workplace import Workplace
from tests.month.company import CHANNELS, SCARCE, SKUS

_WORKERS = {
    Stage.REVIEW: "rev",
    Stage.ALLOCATION: "inv",
    Stage.PREPARATION: "prep",
    Stage.SHIPPING: "ship",
    Stage.CONFIRMATION: "track",
}
_CARRIERS = ("顺丰", "中通", "圆通")
_ORDERS = [
    "渠道订单号",
    "下单时间",
    "客户名称",
    "联系方式",
    "收货地址",
    "SKU编码",
    "数量",
    "特殊要求",
]
_TRACKING = ["物流公司", "物流单号", "状态", "时间", "描述"]
_SURVEY = ["订单编号", "发货速度", "产品准确性", "服务体验", "意见"]


class Floor:
    """The people and what comes in from outside, a tick at a time.

    Args:
        workplace: the home at work.
        home: its folder.
        seed: decides everything that is left to chance.
    """

    def __init__(self, workplace: Workplace, home: Path, seed: int) -> None:
        self.workplace = workplace
        self.inbox = home / workplace.settings.inbox.folder
        self.zone = workplace.settings.site.zone
        self.random = Random(seed)
        self.ordered = 0
        self.acts = 0
        self._files = 0

    def now(self) -> datetime:
        return self.workplace.now()

    # -- from outside -------------------------------------------------------------------------

    def customers_order(self, count: int) -> None:
        """So many orders come in, in a file for each channel; one in fifty lacks its address."""
        lines: dict[str, list[list[str]]] = {channel: [] for channel in CHANNELS}
        for _ in range(count):
            self.ordered += 1
            serial, chance = self.ordered, self.random.random()
            address = "" if chance < 0.02 else f"浙江省杭州市西湖区文三路{serial}号"
            wish = "加急" if 0.02 <= chance < 0.06 else ""
            sku = self.random.choice(SCARCE if chance > 0.999 else SKUS[len(SCARCE) :])
            at = f"{self.now().astimezone(self.zone):%Y-%m-%d %H:%M:%S}"
            person = [f"客户{serial}", f"138{serial:08d}", address]
            row = [f"MW{serial:08d}", at, *person, sku, "1", wish]
            lines[CHANNELS[serial % len(CHANNELS)]].append(row)
        for channel, found in lines.items():
            self._drop(channel, _ORDERS, found)

    def carriers_report(self) -> None:
        """Parcels are signed for after a day or so; some late, a few refused."""
        query = Shipment.select(Shipment.waybill, Shipment.carrier, Shipment.shipped_at).where(
            Shipment.signed_at.is_null() & Shipment.replaced_at.is_null()
        )
        steps = []
        for waybill, carrier, shipped_at in rows(query):
            hours, state = _journey(waybill)
            at = shipped_at + timedelta(hours=hours)
            if at <= self.now():
                told = f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"
                steps.append([carrier, waybill, state, told, state])
        self._drop("company", _TRACKING, steps, "tracking")

    def customers_answer(self) -> None:
        """One in ten of the orders completed in the last day is answered for, some badly."""
        day = self.now() - timedelta(days=1)
        answered = SurveyReply.select(SurveyReply.order)
        query = Order.select(Order.number).where(
            (Order.completed_at > day) & Order.id.not_in(answered)
        )
        replies = []
        for (number,) in rows(query):
            luck = crc32(number.encode()) % 1000
            if luck < 100:
                score = "1" if luck < 6 else "5"
                replies.append([number, "4", "5", score, "慢" if luck < 6 else ""])
        self._drop("company", _SURVEY, replies, "survey")

    def _drop(
        self, folder: str, header: Sequence[str], lines: list[list[str]], name: str = "orders"
    ) -> None:
        if not lines:
            return
        self._files += 1
        partial = self.inbox / folder / f"{name}-{self._files}.csv.part"
        with partial.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *lines])
        partial.rename(partial.with_suffix(""))

    # -- in the house -------------------------------------------------------------------------

    def work(self, capacity: int) -> None:
        """Each stage finishes what lies on top of its queue, ``capacity`` orders at most."""
        for stage in reversed(_WORKERS):
            for number, due_at in self._queue(stage, capacity):
                self._try(lambda n=number, d=due_at, s=stage: self._finish(s, n, d))
        for number, kind in self._troubles(capacity):
            self._try(lambda n=number, k=kind: self._solve(n, k))
        if self.random.random() < 0.2:
            self._restock()
        for badge in ("boss", "lead"):
            if self.random.random() < 0.3:
                notifications.acknowledge_all(self.workplace, badge)

    def _queue(self, stage: Stage, capacity: int) -> Iterable[tuple[str, datetime]]:
        paused = Pause.select(Pause.task).where(Pause.ended_at.is_null())
        query = (
            Task.select(Order.number, Task.due_at)
            .join(Order)
            .where(Task.done_at.is_null() & (Task.stage == stage) & Task.id.not_in(paused))
            .order_by(Task.priority, Task.due_at, Task.id)
            .limit(capacity)
        )
        found = rows(query)
        # One in thirty is left lying, for now.
        return [one for one in found if self.random.random() > 0.03]

    def _finish(self, stage: Stage, number: str, due_at: datetime) -> None:
        badge = _WORKERS[stage]
        if self.random.random() < 0.02:
            stages.claim(self.workplace, badge, number, stage=stage)
            return
        details = Details()
        if stage is Stage.SHIPPING:
            eta = self.now() + timedelta(days=2)
            waybill = f"YD{crc32(number.encode()):010d}{number[-6:]}"
            details = Details(carrier=self.random.choice(_CARRIERS), waybill=waybill, eta=eta)
        reason = "peak_volume" if self.now() > due_at else ""
        stages.confirm(self.workplace, badge, number, stage=stage, reason=reason, details=details)

    def _troubles(self, capacity: int) -> list[tuple[Any, ...]]:
        query = (
            OrderException.select(Order.number, OrderException.kind)
            .join(Order)
            .where(OrderException.resolved_at.is_null())
            .order_by(OrderException.due_at)
            .limit(capacity)
        )
        return [one for one in rows(query) if self.random.random() < 0.5]

    def _solve(self, number: str, kind: ExceptionKind) -> None:
        told = Resolution(note="已处理")
        path: ExceptionPath | None = None
        if kind is ExceptionKind.INFORMATION:
            told = Resolution(fields={"address": "浙江省杭州市西湖区学院路1号"})
        elif kind is ExceptionKind.CARRIER_DELAY:
            path = ExceptionPath.EXPEDITE
            told = Resolution(eta=self.now() + timedelta(days=1), told="电话")
        elif kind is ExceptionKind.SHORTAGE:
            return
        badge = {"purchasing": "buyer", "manager": "boss", "exceptions": "exc", "sales": "sales"}
        actor = badge[EXCEPTION_ROLES[kind].value]
        exceptions.resolve(self.workplace, actor, number, kind=kind, path=path, resolution=told)

    def _restock(self) -> None:
        with transaction():
            there = levels(SCARCE)
        more = [StockDraft(sku, there[sku].on_hand + 20) for sku in SCARCE]
        stocktaking.count(self.workplace, "inv", more)

    def _try(self, act: Any) -> None:
        try:
            act()
            self.acts += 1
        except Refusal:
            # Somebody was faster, or it has to wait for stock: tomorrow is another day.
            pass

    def unread(self) -> int:
        """How many notifications nobody has read."""
        return int(Notification.select().where(Notification.acknowledged_at.is_null()).count())


def _journey(waybill: str) -> tuple[float, str]:
    """After how many hours a parcel's journey ends, and how."""
    luck = crc32(waybill.encode()) % 1000
    if luck < 3:
        return 30.0, "拒签"
    return (60.0 + luck % 30, "已签收") if luck < 40 else (12.0 + luck % 30, "已签收")
