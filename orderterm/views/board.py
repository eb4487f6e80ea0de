"""The whole house at a glance: how far the orders are, and what is late."""

from collections import Counter
from datetime import datetime, time
from typing import Any

from msgspec import Struct
from peewee import SQL, fn

from orderterm.rules.deadlines import exception_limit, stage_limit
from orderterm.rules.escalation import level_at, superiors
from orderterm.rules.working_time import WorkingTime
from orderterm.settings import Limit, Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Order, OrderException, Pause, Staff, Task
from orderterm.terms import Condition, ExceptionKind, Nature, Priority, Stage, TaskOutcome
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
    """Overdue work that has risen to ``level``, at most the top of the ladder; ``to`` is the
    superior's badge, None where the work is in nobody's hands or nobody is above."""

    to: str | None
    name: str
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
            escalations=_escalations(late_tasks, late_exceptions, settings, now),
        )


def _stages(at: datetime, late_tasks: list["_LateTask"]) -> list[StageCount]:
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
    for task in late_tasks:
        counts[task.stage].overdue += 1
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


class _LateTask(Struct, frozen=True):
    priority: Priority
    nature: Nature
    stage: Stage
    assignee: str | None
    started_at: datetime
    due_at: datetime


class _LateException(Struct, frozen=True):
    kind: ExceptionKind
    opened_at: datetime
    due_at: datetime
    assignee: str | None = None


def _late_tasks(now: datetime) -> list[_LateTask]:
    paused = Pause.select(SQL("1")).where((Pause.task == Task.id) & Pause.ended_at.is_null())
    rows = (
        Task.select(
            Order.priority, Order.nature, Task.stage, Task.assignee, Task.started_at, Task.due_at
        )
        .join(Order)
        .where(Task.done_at.is_null() & (Task.due_at < now) & ~fn.EXISTS(paused))
    )
    return [_LateTask(*row) for row in queries.rows(rows)]


def _late_exceptions(now: datetime) -> list[_LateException]:
    rows = (
        OrderException.select(OrderException.kind, OrderException.opened_at, OrderException.due_at)
        .join(Order)
        .where(
            OrderException.resolved_at.is_null()
            & (OrderException.due_at < now)
            & Order.held_at.is_null()
        )
    )
    return [_LateException(*row) for row in queries.rows(rows)]


def _escalations(
    tasks: list[_LateTask], exceptions: list[_LateException], settings: Settings, now: datetime
) -> list[EscalationCount]:
    working_time, step = WorkingTime(settings), settings.escalation.step
    people = queries.rows(Staff.select(Staff.badge, Staff.name, Staff.superior))
    superior_of = {badge: superior for badge, _, superior in people}
    known = {badge: name for badge, name, _ in people}
    found: Counter[tuple[str | None, int]] = Counter()
    for late, started_at, limit in _with_limits(tasks, exceptions, settings):
        level = level_at(working_time, started_at, late.due_at, limit, now, step)
        ladder = superiors(late.assignee, superior_of) if late.assignee else ()
        rung = min(level, len(ladder) or 1)
        found[ladder[rung - 1] if ladder else None, rung] += 1
    return [
        EscalationCount(to, known.get(to or "", ""), level, items)
        for (to, level), items in sorted(
            found.items(), key=lambda item: (-item[0][1], item[0][0] or "")
        )
    ]


def _with_limits(
    tasks: list[_LateTask], exceptions: list[_LateException], settings: Settings
) -> list[tuple[_LateTask | _LateException, datetime, Limit]]:
    limits = settings.limits
    return [
        *((t, t.started_at, stage_limit(t.stage, t.priority, t.nature, limits)) for t in tasks),
        *((one, one.opened_at, exception_limit(one.kind, limits)) for one in exceptions),
    ]
