"""What the sample company did in the weeks before: each order's way from its receipt to its end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct, structs

from orderterm.demo import company
from orderterm.demo.exports import Order
from orderterm.demo.feed import SHARES, new_order
from orderterm.terms import (
    FLOWS,
    STAGE_ROLES,
    ExceptionKind,
    ExceptionPath,
    Nature,
    Priority,
    Stage,
)

A_DAY = 40
FIRST_SERIAL = 5_000
"""Above those of the simulated day, below those of the colleagues beside the visitor."""

HOURS: dict[Stage, tuple[float, float, float]] = {
    Stage.REVIEW: (0.1, 0.8, 0.05),
    Stage.ALLOCATION: (0.1, 0.7, 0.04),
    Stage.PREPARATION: (0.8, 3.5, 0.08),
    Stage.SHIPPING: (0.3, 1.6, 0.04),
    Stage.TRACKING: (14.0, 40.0, 0.03),
    Stage.CONFIRMATION: (2.0, 18.0, 0.02),
}
"""How long a stage took, at least and at most; and how many times in a hundred twice the most."""

TROUBLES: dict[ExceptionKind, tuple[float, Stage, float, float]] = {
    ExceptionKind.INFORMATION: (0.04, Stage.REVIEW, 0.3, 2.4),
    ExceptionKind.SHORTAGE: (0.05, Stage.ALLOCATION, 1.0, 5.0),
    ExceptionKind.CHANGE_REQUEST: (0.03, Stage.PREPARATION, 0.4, 2.2),
    ExceptionKind.OTHER: (0.01, Stage.SHIPPING, 0.5, 3.0),
    ExceptionKind.CARRIER_DELAY: (0.05, Stage.TRACKING, 0.8, 5.0),
}
"""The share of the orders that met it, at which stage, and the hours until it was resolved."""

WAYS_OUT: dict[ExceptionKind, ExceptionPath] = {
    ExceptionKind.INFORMATION: ExceptionPath.COMPLETE,
    ExceptionKind.SHORTAGE: ExceptionPath.TRANSFER,
    ExceptionKind.CHANGE_REQUEST: ExceptionPath.REFUSE,
    ExceptionKind.OTHER: ExceptionPath.SETTLE,
    ExceptionKind.CARRIER_DELAY: ExceptionPath.EXPEDITE,
    ExceptionKind.FOLLOW_UP: ExceptionPath.SETTLE,
}

ASKED, DISCONTENT = 0.3, 0.08
"""The share of the customers who answered, and of those who were not content."""

COMMENTS = ("包装很好", "物流很快", "和图片一致", "客服耐心", "", "", "")
COMPLAINTS = ("等得太久", "外箱压扁了", "少了一个杯刷")


class Step(Struct, frozen=True):
    """A stage of an order: from when to when, and by whom."""

    stage: Stage
    started_at: datetime
    done_at: datetime
    badge: str


class Trouble(Struct, frozen=True):
    """An exception: from when to when, and where it held the order up."""

    kind: ExceptionKind
    stage: Stage
    opened_at: datetime
    resolved_at: datetime


class Answer(Struct, frozen=True):
    """What the customer said of it, each from 1 to 5; where they were not content, until when
    somebody made up for it."""

    at: datetime
    scores: tuple[int, int, int]
    comment: str
    settled_at: datetime | None


class Bygone(Struct, frozen=True):
    """An order that has ended."""

    order: Order
    steps: tuple[Step, ...]
    trouble: Trouble | None
    answer: Answer | None
    urgent: bool

    @property
    def priority(self) -> Priority:
        """How urgent it was."""
        return Priority.URGENT if self.urgent else Priority.NORMAL

    @property
    def received_at(self) -> datetime:
        """When it came in."""
        return self.order.at


def bygone(seed: int, start: datetime, end: datetime) -> Iterator[Bygone]:
    """The orders that came in from ``start`` on and had ended by ``end``, the oldest first.

    Args:
        seed: the same seed and times give the same orders.
        start: before it nothing came in.
        end: before it everything has happened; each day's orders begin at its hour.
    """
    random = Random(f"{seed}/past")
    serial, opens = FIRST_SERIAL, end - timedelta(days=1)
    days = []
    while opens >= start:
        days.append(opens)
        opens -= timedelta(days=1)
    for opens in reversed(days):
        for minute in sorted(random.triangular(0, 690, 200) for _ in range(_count(random))):
            serial += 1
            yield _order(random, serial, opens + timedelta(minutes=minute), end)


def _count(random: Random) -> int:
    return A_DAY + random.randint(-6, 6)


def _order(random: Random, serial: int, at: datetime, end: datetime) -> Bygone:
    channel = random.choices(list(SHARES), list(SHARES.values()))[0]
    order = new_order(random, channel, serial, at)
    kind = _trouble(random)
    steps, trouble = _way(random, order.at, kind, end)
    return Bygone(
        order=order,
        steps=steps,
        trouble=trouble,
        answer=_answer(random, steps[-1].done_at, end),
        urgent=random.random() < 0.06,
    )


def _trouble(random: Random) -> ExceptionKind | None:
    kinds: list[ExceptionKind | None] = [*TROUBLES, None]
    shares = [share for share, *_ in TROUBLES.values()]
    return random.choices(kinds, [*shares, 1 - sum(shares)])[0]


def _way(
    random: Random, received: datetime, kind: ExceptionKind | None, end: datetime
) -> tuple[tuple[Step, ...], Trouble | None]:
    """Its stages one after another; where time is short, all of them went quicker."""
    held_up = TROUBLES[kind][1] if kind else None
    took = {stage: _hours(random, stage) for stage in FLOWS[Nature.STANDARD]}
    stood = random.uniform(*TROUBLES[kind][2:]) if kind else 0.0
    there = (end - received) / timedelta(hours=1)
    quicker = min(1.0, 0.95 * there / (sum(took.values()) + stood))
    steps, at, trouble = [], received, None
    for stage, hours in took.items():
        began = at
        if kind and stage is held_up:
            opened = at if stage is Stage.REVIEW else at + _after(quicker * hours / 2)
            trouble = Trouble(kind, stage, opened, opened + _after(quicker * stood))
            at += _after(quicker * stood)
            began = at if stage is Stage.REVIEW else began
        at += _after(quicker * hours)
        steps.append(Step(stage, began, at, random.choice(company.badges(STAGE_ROLES[stage]))))
    return tuple(steps), trouble


def _hours(random: Random, stage: Stage) -> float:
    least, most, late = HOURS[stage]
    return 2 * most if random.random() < late else random.uniform(least, most)


def _after(hours: float) -> timedelta:
    return timedelta(seconds=round(hours * 3600))


def _answer(random: Random, ended: datetime, end: datetime) -> Answer | None:
    at = ended + _after(random.uniform(1, 20))
    if random.random() > ASKED or at >= end:
        return None
    if random.random() > DISCONTENT:
        one, two, three = random.choices((5, 4, 3), (6, 3, 1), k=3)
        return Answer(at, (one, two, three), random.choice(COMMENTS), None)
    settled = min(at + _after(random.uniform(1, 12)), end)
    return Answer(at, (random.randint(1, 2), 4, 3), random.choice(COMPLAINTS), settled)


def hidden(one: Bygone) -> Bygone:
    """The same, of a customer whose number the platform masked."""
    phone = f"{one.order.phone[:3]}****{one.order.phone[-4:]}"
    return structs.replace(one, order=structs.replace(one.order, phone=phone, abroad=None))
