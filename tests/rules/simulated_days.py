"""Simulated days of a house: orders come in, people serve their queues, and all is written down.

Seeded; nothing of the program takes part but its calendar and its limits. The people differ from
day to day and from each other, some days somebody is ill, and one day in eight is a surge.
"""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, NamedTuple

from orderterm.rules.deadlines import stage_limit
from orderterm.rules.working_time import WorkingTime
from orderterm.settings import Settings
from orderterm.terms import Nature, Priority, Stage

FIRST = datetime(2026, 11, 1, 16, tzinfo=UTC)
"""A Monday's midnight at the site."""

STAGES = (Stage.REVIEW, Stage.ALLOCATION, Stage.PREPARATION, Stage.SHIPPING)
HANDS = {
    Stage.REVIEW: (3, 2),
    Stage.ALLOCATION: (1, 1),
    Stage.PREPARATION: (7, 6),
    Stage.SHIPPING: (3, 3),
}
"""How many people serve a stage, in the early and in the late shift."""

MINUTES = {
    Stage.REVIEW: 7.0,
    Stage.ALLOCATION: 2.8,
    Stage.PREPARATION: 18.0,
    Stage.SHIPPING: 8.0,
}
"""How long a task takes one of them, on the mean."""

ORDERS_A_DAY = 230
BY_HOUR = (2, 1, 1, 0, 0, 1, 2, 4, 7, 9, 10, 8, 6, 6, 7, 7, 6, 5, 5, 6, 8, 9, 6, 4)
"""When orders come in, hour by hour of the site's day."""
PRIORITIES = {Priority.URGENT: 6, Priority.HIGH: 12, Priority.NORMAL: 74, Priority.LOW: 8}


class Task:
    """A task of the simulation; times are None until they have come."""

    def __init__(self, key: int, stage: Stage, priority: Priority, at: datetime, due: datetime):
        self.key, self.stage, self.priority = key, stage, priority
        self.started_at, self.due_at = at, due
        self.claimed_at: datetime | None = None
        self.done_at = datetime.max.replace(tzinfo=UTC)

    @property
    def place(self) -> tuple[int, datetime, int]:
        return self.priority.rank, self.due_at, self.key

    def is_open(self, at: datetime) -> bool:
        """Whether it has come and is not done."""
        return self.started_at <= at < self.done_at

    def is_begun(self, at: datetime) -> bool:
        """Whether somebody works on it or has done it."""
        return self.claimed_at is not None and self.claimed_at <= at


class Happening(NamedTuple):
    at: datetime
    serial: int
    what: str
    task: Any


class House:
    """A house that has worked for so many days.

    Args:
        settings: its calendar and limits.
        seed: decides everything that is left to chance.
        days: how many.
    """

    def __init__(self, settings: Settings, seed: int, days: int) -> None:
        self.settings = settings
        self.site = WorkingTime(settings)
        self.random = Random(seed)
        self.days = days
        self.tasks: list[Task] = []
        self._keys, self._serial = count(1), count()
        self._coming: list[Happening] = []
        self._queues: dict[Stage, list[tuple[Any, Task]]] = {stage: [] for stage in STAGES}
        self._busy = dict.fromkeys(STAGES, 0)
        self._ill = [self.random.choice((None, None, *STAGES)) for _ in range(days + 3)]
        self._live()

    def day(self, number: int, hour: int) -> datetime:
        """An hour of a day, as the site's clocks show it."""
        return FIRST + timedelta(days=number, hours=hour)

    # -- living -------------------------------------------------------------------------------

    def _live(self) -> None:
        for number in range(self.days):
            surge = 1.5 if self.random.random() < 1 / 8 else 1.0
            for at in self._arrivals(number, surge * self.random.uniform(0.85, 1.15)):
                self._plan(at, "arrives", self._priority())
            for hour in (8, 15):
                self._plan(self.day(number, hour) + timedelta(seconds=1), "shift", None)
        while self._coming:
            one = heapq.heappop(self._coming)
            if one.what == "arrives":
                self._open(next(self._keys), STAGES[0], one.task, one.at)
            elif one.what == "done":
                self._finish(one.task, one.at)
            for stage in STAGES:
                self._serve(stage, one.at)

    def _arrivals(self, number: int, factor: float) -> Iterator[datetime]:
        for hour, weight in enumerate(BY_HOUR):
            mean = ORDERS_A_DAY * factor * weight / sum(BY_HOUR)
            for _ in range(round(self.random.gauss(mean, mean**0.5))):
                yield self.day(number, hour) + timedelta(hours=self.random.random())

    def _priority(self) -> Priority:
        return self.random.choices(list(PRIORITIES), list(PRIORITIES.values()))[0]

    def _plan(self, at: datetime, what: str, task: Any) -> None:
        heapq.heappush(self._coming, Happening(at, next(self._serial), what, task))

    def _open(self, key: int, stage: Stage, priority: Priority, at: datetime) -> None:
        limit = stage_limit(stage, priority, Nature.STANDARD, self.settings.limits)
        task = Task(key, stage, priority, at, self.site.add(at, limit))
        self.tasks.append(task)
        heapq.heappush(self._queues[stage], (task.place, task))

    def _serve(self, stage: Stage, at: datetime) -> None:
        queue = self._queues[stage]
        while queue and self._busy[stage] < self._hands(stage, at):
            _, task = heapq.heappop(queue)
            task.claimed_at = at
            self._busy[stage] += 1
            minutes = self.random.gammavariate(2, MINUTES[stage] / 2)
            self._plan(self.site.advance(at, timedelta(minutes=minutes), "working"), "done", task)

    def _hands(self, stage: Stage, at: datetime) -> int:
        shift = self.site.shift_at(at)
        if not shift:
            return 0
        here = HANDS[stage][shift == "晚班"]
        day = (at - self.day(0, 0)).days
        return here - 1 if here > 1 and self._ill[day] is stage else here

    def _finish(self, task: Task, at: datetime) -> None:
        task.done_at = at
        self._busy[task.stage] -= 1
        after = STAGES[STAGES.index(task.stage) + 1 :]
        if after:
            self._open(task.key, after[0], task.priority, at)
