"""What is outstanding for a role now, counted from the record for the handover of a shift."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from msgspec import Struct
from peewee import SQL, Case, fn

from orderterm.rules.deadlines import due_soon_at, latest_due_soon, stage_limit
from orderterm.rules.forecast import (
    LOOK_BACK,
    MOST_DONE,
    NOTHING,
    Forecast,
    Rate,
    Waiting,
    forecast,
    rates_of,
)
from orderterm.rules.handover import (
    MOST,
    ExceptionState,
    InHand,
    PressingOrder,
    StageState,
    Summary,
    WaitingOrder,
    whole_house,
)
from orderterm.store.fields import utc_text, utc_time
from orderterm.store.pauses import stands_still
from orderterm.store.queries import pairs, rows
from orderterm.store.tables import (
    Message,
    Order,
    OrderException,
    Pause,
    Staff,
    Task,
    database,
)
from orderterm.store.throughput import begun_at, carrier_at, done_lately
from orderterm.terms import (
    EXCEPTION_ROLES,
    STAGE_ROLES,
    ExceptionKind,
    Nature,
    Priority,
    Role,
    Stage,
)
from orderterm.workflow.outbox import is_unsent
from orderterm.workflow.workplace import Workplace


def stages_of(role: Role) -> list[Stage]:
    """The stages whose tasks the role hands over."""
    return [stage for stage in Stage if whole_house(role) or STAGE_ROLES[stage] is role]


def kinds_of(role: Role) -> list[ExceptionKind]:
    """The kinds of exceptions that the role hands over."""
    every = whole_house(role) or role is Role.EXCEPTIONS
    return [kind for kind in ExceptionKind if every or EXCEPTION_ROLES[kind] is role]


def outstanding(workplace: Workplace, role: Role) -> Summary:
    """All that the role leaves to the next shift, within the caller's reading."""
    now = workplace.now()
    rates = _rates(workplace, now)
    queues = [_queue(workplace, stage, rates.get(stage, NOTHING), now) for stage in stages_of(role)]
    still_to_send, given_up = _messages()
    return Summary(
        at=now,
        stages=tuple(_state(queue) for queue in queues),
        exceptions=tuple(_exceptions(kinds_of(role), now)),
        late=_first(_late(queues)),
        at_risk=_first(_at_risk(queues)),
        waiting=tuple(_waiting(stages_of(role))),
        in_hands=tuple(_in_hands(queues)),
        messages_waiting=still_to_send,
        messages_given_up=given_up,
    )


def _rates(workplace: Workplace, now: datetime) -> dict[Stage, Rate]:
    """How fast each queue was worked on lately."""
    done = done_lately(now - LOOK_BACK, now, MOST_DONE)
    return rates_of(done, now, workplace.working_time, workplace.settings.site.zone)


# -- tasks ----------------------------------------------------------------------------------------


class _Task(Struct, frozen=True):
    """An open task as it is kept: there may be many, and most of them are far from due."""

    id: int
    number: str
    nature: str
    rank: int
    assignee: str | None
    started_at: str
    due_at: str
    stands_still: int
    carrier: str
    begun_at: str


class _Queue(Struct, frozen=True):
    stage: Stage
    tasks: list[_Task]
    overdue: list[_Task]
    due_soon: list[_Task]
    ahead: Forecast


def _queue(workplace: Workplace, stage: Stage, speed: Rate, now: datetime) -> _Queue:
    tasks = [_Task(*row) for row in database.execute(_open_tasks(stage))]
    running = [task for task in tasks if not task.stands_still]
    waiting = (
        Waiting(
            task.id,
            Priority.of_rank(task.rank),
            utc_time(task.begun_at),
            utc_time(task.due_at),
            task.assignee is not None,
            task.carrier,
        )
        for task in running
    )
    return _Queue(
        stage=stage,
        tasks=tasks,
        overdue=[task for task in running if task.due_at < utc_text(now)],
        due_soon=list(_due_soon(workplace, stage, running, now)),
        ahead=forecast(waiting, speed, now, workplace.working_time),
    )


def _open_tasks(stage: Stage) -> Any:
    """The open tasks of a stage in the queue's order."""
    return (
        Task.select(
            Task.id,
            Order.number,
            Order.nature,
            Task.priority,
            Task.assignee,
            Task.started_at,
            Task.due_at,
            stands_still(),
            carrier_at(stage),
            begun_at(stage),
        )
        .join(Order)
        .where(Task.done_at.is_null() & (Task.role == STAGE_ROLES[stage]) & (Task.stage == stage))
        .order_by(Task.priority, Task.due_at, Task.order)
    )


def _due_soon(
    workplace: Workplace, stage: Stage, running: Iterable[_Task], now: datetime
) -> Iterator[_Task]:
    site, settings = workplace.working_time, workplace.settings
    share = settings.escalation.due_soon
    limits = {
        (nature.value, priority.rank): stage_limit(stage, priority, nature, settings.limits)
        for nature in Nature
        for priority in Priority
    }
    untils = {
        limit: utc_text(latest_due_soon(site, limit, now, share)) for limit in {*limits.values()}
    }
    at = utc_text(now)
    for task in running:
        limit = limits[task.nature, task.rank]
        if at <= task.due_at <= untils[limit]:
            times = (utc_time(task.started_at), utc_time(task.due_at))
            if now >= due_soon_at(site, *times, limit, share):
                yield task


def _state(queue: _Queue) -> StageState:
    return StageState(
        stage=queue.stage,
        open=len(queue.tasks),
        in_hand=sum(task.assignee is not None for task in queue.tasks),
        waiting=sum(task.stands_still for task in queue.tasks),
        due_soon=len(queue.due_soon),
        overdue=len(queue.overdue),
        will_be_late=len(queue.ahead.late),
        done_at=queue.ahead.done_at,
    )


def _late(queues: Iterable[_Queue]) -> Iterator[PressingOrder]:
    for queue in queues:
        for task in queue.overdue:
            yield _pressing(queue.stage, task)


def _at_risk(queues: Iterable[_Queue]) -> Iterator[PressingOrder]:
    """What is due soon, and what is not and will be late all the same."""
    for queue in queues:
        expected = {late.key: late.expected_at for late in queue.ahead.late}
        near = {task.id for task in queue.due_soon} | expected.keys()
        for task in queue.tasks:
            if task.id in near:
                yield _pressing(queue.stage, task, expected.get(task.id))


def _pressing(stage: Stage, task: _Task, expected: datetime | None = None) -> PressingOrder:
    return PressingOrder(task.number, stage, utc_time(task.due_at), task.assignee, expected)


def _first(found: Iterator[PressingOrder]) -> tuple[PressingOrder, ...]:
    return tuple(islice(found, MOST))


def _in_hands(queues: Iterable[_Queue]) -> Iterator[InHand]:
    counts = Counter(task.assignee for queue in queues for task in queue.tasks if task.assignee)
    names = pairs(Staff.select(Staff.badge, Staff.name).where(Staff.badge.in_(sorted(counts))))
    for badge, tasks in counts.most_common():
        yield InHand(badge, names.get(badge, badge), tasks)


# -- what is waited for, exceptions, messages -----------------------------------------------------


def _waiting(stages: list[Stage]) -> Iterator[WaitingOrder]:
    """The orders that wait for somebody, what is expected first."""
    query = (
        Pause.select(Order.number, Task.stage, Pause.reason, Pause.expected_at)
        .join(Task)
        .join(Order)
        .where(Pause.ended_at.is_null() & Task.done_at.is_null() & Task.stage.in_(stages))
        .order_by(Pause.expected_at.is_null(), Pause.expected_at, Pause.id)
        .limit(MOST)
    )
    return (WaitingOrder(*row) for row in rows(query))


def _exceptions(kinds: list[ExceptionKind], now: datetime) -> Iterator[ExceptionState]:
    late = fn.SUM(Case(None, (((OrderException.due_at < now) & Order.held_at.is_null(), 1),), 0))
    query = (
        OrderException.select(OrderException.kind, fn.COUNT(SQL("1")), late)
        .join(Order)
        .where(OrderException.resolved_at.is_null() & OrderException.kind.in_(kinds))
        .group_by(OrderException.kind)
    )
    found = {kind: (total, overdue) for kind, total, overdue in rows(query)}
    return (ExceptionState(kind, *found[kind]) for kind in kinds if kind in found)


def _messages() -> tuple[int, int]:
    """How many messages to customers are still to be sent, and how many were given up."""
    to_customers = Message.order.is_null(False)
    unsent = is_unsent() & to_customers
    waiting = Message.select().where(Message.next_try_at.is_null(False) & unsent)
    given_up = Message.select().where(Message.given_up_at.is_null(False) & unsent)
    return waiting.count(), given_up.count()
