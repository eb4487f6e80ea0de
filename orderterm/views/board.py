"""The whole house at a glance: how far the orders are, and what is late."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from msgspec import Struct
from peewee import SQL, fn

from orderterm.rules.escalation import Ladders
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.pauses import stands_still
from orderterm.store.people import everybody
from orderterm.store.tables import Order, OrderException, Task
from orderterm.terms import Condition, ExceptionKind, Role, Stage, TaskOutcome
from orderterm.views.staff import all_names
from orderterm.views.times import local


class StageCount(Struct):
    """Orders at one stage. An order whose information is missing counts as an exception of review,
    where it goes next."""

    stage: Stage
    done_today: int = 0
    done: int = 0
    in_progress: int = 0
    exception: int = 0
    overdue: int = 0


class ExceptionCount(Struct):
    kind: ExceptionKind
    open: int = 0
    resolved: int = 0


class ConditionCount(Struct):
    condition: Condition
    orders: int


class ChannelCount(Struct):
    channel: str
    name: str
    orders: int = 0
    completed: int = 0
    cancelled: int = 0


class EscalationCount(Struct):
    """Overdue work that has risen to ``level``; ``to`` are the names, with badges, of those who
    were told of it last."""

    to: tuple[str, ...]
    level: int
    items: int


class Board(Struct):
    """Everything on the board, as it stands at ``at``."""

    at: datetime
    site: str
    orders: int
    stages: list[StageCount]
    exceptions: list[ExceptionCount]
    conditions: list[ConditionCount]
    channels: list[ChannelCount]
    overdue_tasks: int
    overdue_exceptions: int
    escalations: list[EscalationCount]


def board(settings: Settings, now: datetime) -> Board:
    """Count everything, all at the same moment."""
    at = local(now, settings.site.zone)
    with snapshot():
        conditions, channels = _conditions(), _channels(settings)
        late_tasks, late_exceptions = _late_tasks(now), _late_exceptions(now)
        return Board(
            at=at,
            site=settings.site.name,
            orders=sum(count.orders for count in conditions),
            stages=_stages(at, late_tasks),
            exceptions=_exceptions(),
            conditions=conditions,
            channels=channels,
            overdue_tasks=len(late_tasks),
            overdue_exceptions=len(late_exceptions),
            escalations=_escalations([*late_tasks, *late_exceptions]),
        )


def _stages(at: datetime, late_tasks: list["_Late"]) -> list[StageCount]:
    counts = {stage: StageCount(stage) for stage in Stage}
    midnight = datetime.combine(at.date(), time(), at.tzinfo)
    today = fn.SUM(Task.done_at >= midnight)
    done = Task.select(Task.stage, fn.COUNT(SQL("1")), today)
    done = done.where(Task.outcome == TaskOutcome.DONE).group_by(Task.stage)
    for stage, total, of_today in queries.rows(done):
        counts[stage].done, counts[stage].done_today = total, of_today
    troubled = _is_troubled(Task.order)
    opened = Task.select(Task.stage, troubled, fn.COUNT(SQL("1"))).where(Task.done_at.is_null())
    for stage, is_troubled, total in queries.rows(opened.group_by(Task.stage, troubled)):
        setattr(counts[stage], "exception" if is_troubled else "in_progress", total)
    counts[Stage.REVIEW].exception += troubled_without_stage()
    for stage, total in Counter(task.stage for task in late_tasks if task.stage).items():
        counts[stage].overdue = total
    return list(counts.values())


def _is_troubled(order: Any) -> Any:
    found = OrderException.select(SQL("1")).where(
        (OrderException.order == order) & OrderException.resolved_at.is_null()
    )
    return fn.EXISTS(found)


def troubled_without_stage() -> int:
    """How many orders have an open exception and no open stage, within the caller's reading."""
    working = Task.select(SQL("1")).where(
        (Task.order == OrderException.order) & Task.done_at.is_null()
    )
    query = OrderException.select(fn.COUNT(OrderException.order.distinct())).where(
        OrderException.resolved_at.is_null() & ~fn.EXISTS(working)
    )
    return int(query.scalar() or 0)


def _exceptions() -> list[ExceptionCount]:
    is_open = OrderException.resolved_at.is_null()
    rows = OrderException.select(OrderException.kind, is_open, fn.COUNT(SQL("1")))
    counts = {kind: ExceptionCount(kind) for kind in ExceptionKind}
    for kind, unresolved, total in queries.rows(rows.group_by(OrderException.kind, is_open)):
        setattr(counts[kind], "open" if unresolved else "resolved", total)
    return list(counts.values())


def _conditions() -> list[ConditionCount]:
    rows = Order.select(Order.condition, fn.COUNT(SQL("1"))).group_by(Order.condition)
    found = queries.pairs(rows)
    return [ConditionCount(one, found.get(one, 0)) for one in Condition]


def _channels(settings: Settings) -> list[ChannelCount]:
    """The channels that have brought orders, in the order of the settings."""
    rows = Order.select(Order.channel, Order.condition, fn.COUNT(SQL("1")))
    counts = {code: ChannelCount(code, channel.name) for code, channel in settings.channels.items()}
    for code, condition, total in queries.rows(rows.group_by(Order.channel, Order.condition)):
        count = counts.setdefault(code, ChannelCount(code, code))
        count.orders += total
        if condition in (Condition.COMPLETED, Condition.CANCELLED):
            setattr(count, condition.value, total)
    return [count for count in counts.values() if count.orders]


class _Late(Struct, frozen=True):
    """Overdue work, a task where there is a ``stage``; ``level`` is the last that was told of."""

    stage: Stage | None
    role: Role
    assignee: str | None
    level: int


def _late_tasks(now: datetime) -> list[_Late]:
    level = fn.COALESCE(Task.alert_level, 0)
    late = Task.select(Task.stage, Task.role, Task.assignee, level).where(
        Task.done_at.is_null() & (Task.due_at < now) & ~stands_still()
    )
    return [_Late(*row) for row in queries.rows(late)]


def _late_exceptions(now: datetime) -> list[_Late]:
    level = fn.COALESCE(OrderException.alert_level, 0)
    late = (
        OrderException.select(OrderException.role, level)
        .join(Order)
        .where(
            OrderException.resolved_at.is_null()
            & (OrderException.due_at < now)
            & Order.held_at.is_null()
        )
    )
    return [_Late(None, role, None, level) for role, level in queries.rows(late)]


def _escalations(late: Iterable[_Late]) -> list[EscalationCount]:
    ladders = Ladders(everybody())
    known = all_names()
    risen = Counter(
        (-one.level, ladders.told(one.assignee, one.role, one.level)) for one in late if one.level
    )
    return [
        EscalationCount(tuple(f"{known[badge]} ({badge})" for badge in told), -level, items)
        for (level, told), items in sorted(risen.items())
    ]
