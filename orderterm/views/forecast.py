"""The forecast: when each queue will be done, and which orders will break their limit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from orderterm.rules.forecast import (
    DAYS,
    LOOK_BACK,
    MOST_DONE,
    NOTHING,
    Forecast,
    Late,
    Rate,
    Waiting,
    forecast,
    rates_of,
)
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Order, Task
from orderterm.store.throughput import done_lately, open_in_queue, standing_still
from orderterm.terms import STAGE_ROLES, Role, Stage
from orderterm.views.staff import names
from orderterm.views.times import clocks, local

MOST_OPEN = 50_000
"""Open tasks of a queue that are looked at, at most."""

Rates = Mapping[Stage, Rate]


class LateOrder(Struct, frozen=True):
    """An order whose open stage is not late yet and will be. ``task`` is the key of its work in a
    queue; times are the site's."""

    task: str
    number: str
    stage: Stage
    assignee: str | None
    assignee_name: str
    due_at: datetime
    expected_at: datetime
    minutes_late: int


class QueueForecast(Struct, frozen=True):
    """A stage's queue.

    ``open`` are the tasks that can be worked on, ``overdue`` those of them that are late already,
    ``waiting`` those whose clock stands still. ``per_hour`` are tasks an hour of work, 0 where
    nobody has finished any lately; ``done_at``, the site's time, is None where the end is not in
    sight. ``late`` counts the tasks that will be late, ``orders`` are the first of them.
    """

    stage: Stage
    role: Role
    open: int
    overdue: int
    waiting: int
    per_hour: float
    done_at: datetime | None
    late: int
    orders: tuple[LateOrder, ...]


class ForecastView(Struct, frozen=True):
    """Every queue as it will be, told at ``at``; ``days`` are those that rates are made from."""

    at: datetime
    days: int
    queues: tuple[QueueForecast, ...]

    @property
    def late(self) -> int:
        """How many tasks will be late and are not yet."""
        return sum(queue.late for queue in self.queues)

    def of(self, stage: Stage) -> QueueForecast:
        """The queue of ``stage``."""
        return next(queue for queue in self.queues if queue.stage is stage)


def rates(settings: Settings, now: datetime) -> dict[Stage, Rate]:
    """How fast each queue was worked on lately; what has no rate is not among them."""
    with snapshot():
        rows = done_lately(now - LOOK_BACK, now, MOST_DONE)
    return rates_of(rows, now, clocks(settings), settings.site.zone)


def foreseen(
    settings: Settings, now: datetime, known: Rates | None = None, orders: int = 200
) -> ForecastView:
    """The forecast of every queue, all of the same moment.

    Args:
        settings: the home's settings.
        now: the moment.
        known: the rates, where they were read a short while ago; else they are read.
        orders: how many orders that will be late are named for each queue.
    """
    with snapshot():
        speeds = rates(settings, now) if known is None else known
        waiting = standing_still()
        seen = [_look(stage, speeds.get(stage, NOTHING), settings, now) for stage in Stage]
        told = _orders([late.key for one in seen for late in one.found.late[:orders]])
        zone = settings.site.zone
        return ForecastView(
            at=local(now, zone),
            days=DAYS,
            queues=tuple(
                QueueForecast(
                    stage=one.stage,
                    role=STAGE_ROLES[one.stage],
                    open=one.open,
                    overdue=one.overdue,
                    waiting=waiting.get(one.stage, 0),
                    per_hour=round(one.per_hour, 1),
                    done_at=local(one.found.done_at, zone),
                    late=len(one.found.late),
                    orders=tuple(
                        _late_order(late, told[late.key], zone) for late in one.found.late[:orders]
                    ),
                )
                for one in seen
            ),
        )


class _Seen(Struct, frozen=True):
    """A queue as it is, and what comes of it."""

    stage: Stage
    open: int
    overdue: int
    per_hour: float
    found: Forecast


def _look(stage: Stage, speed: Rate, settings: Settings, now: datetime) -> _Seen:
    tasks = [Waiting(*row) for row in open_in_queue(stage, MOST_OPEN)]
    overdue = sum(task.due_at < now for task in tasks)
    found = forecast(tasks, speed, now, clocks(settings))
    return _Seen(stage, len(tasks), overdue, speed.per_hour, found)


_Told = tuple[str, Stage, str | None, str]


def _orders(keys: list[int]) -> dict[int, _Told]:
    """By task: its order's number, its stage, and who has it in hand."""
    query = Task.select(Task.id, Order.number, Task.stage, Task.assignee).join(Order)
    rows = [row for some in queries.parts(keys) for row in queries.rows(_among(query, some))]
    known = names(badge for *_, badge in rows)
    return {
        key: (number, stage, badge, known.get(badge, "") if badge else "")
        for key, number, stage, badge in rows
    }


def _among(query: Any, keys: list[int]) -> Any:
    return query.where(Task.id.in_(keys))


def _late_order(late: Late, told: _Told, zone: ZoneInfo) -> LateOrder:
    number, stage, badge, name = told
    return LateOrder(
        task=f"t{late.key}",
        number=number,
        stage=stage,
        assignee=badge,
        assignee_name=name,
        due_at=local(late.due_at, zone),
        expected_at=local(late.expected_at, zone),
        minutes_late=round((late.expected_at - late.due_at) / timedelta(minutes=1)),
    )
