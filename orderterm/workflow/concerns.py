"""What a person should be told of, by the record as it is: read only, and only what is new.

Each matter is looked for through the indexes of the open work, so that it costs the same however
many orders have ended. What the person has been told already is left out by the query, so that a
full call goes on where the last one stopped.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from peewee import SQL, Value, fn

from orderterm.rules.deadlines import Urgency, stage_limit, urgency
from orderterm.rules.escalation import level_at, superiors
from orderterm.rules.permissions import Person
from orderterm.settings import Limit
from orderterm.store.fields import utc_text
from orderterm.store.queries import rows
from orderterm.store.tables import Notification, Order, OrderException, Pause, Staff, Task
from orderterm.terms import (
    EXCEPTION_ROLES,
    STAGE_ROLES,
    ExceptionKind,
    NoticeKind,
    Priority,
    Role,
)
from orderterm.workflow.workplace import Workplace

MOST = 500
"""How many matters of one sort are looked at in one call, the most pressing first."""
TASK, EXCEPTION = "task:", "exception:"
"""What the subject of a notification begins with; the row's id follows."""

_STAGE_ROLES = sorted(set(STAGE_ROLES.values()))
_EXCEPTION_ROLES = sorted(set(EXCEPTION_ROLES.values()))


class Concern(Struct, frozen=True):
    """Something to tell a person. ``level`` is the rung of the ladder, 0 where there is none."""

    kind: NoticeKind
    subject: str
    order_number: str
    level: int
    payload: dict[str, Any]


def concerns(workplace: Workplace, reader: Person) -> Iterator[Concern]:
    """What ``reader`` should be told now and has not been, within the caller's reading."""
    now = workplace.now()
    for level, badges in _rungs(reader).items():
        yield from _late_tasks(workplace, reader, level, Task.assignee.in_(badges), now)
    if Role.MANAGER in reader.roles:
        yield from _late_tasks(workplace, reader, 1, _nobodys(), now)
        yield from _late_exceptions(reader, now)
    yield from _due_soon(workplace, reader, now)
    if Role.PURCHASING in reader.roles:
        yield from _troubles(reader, NoticeKind.STOCK_OUT, ExceptionKind.SHORTAGE)
    if Role.SALES in reader.roles:
        yield from _troubles(reader, NoticeKind.INFORMATION, ExceptionKind.INFORMATION)


# -- what is overdue ------------------------------------------------------------------------------


def _rungs(reader: Person) -> dict[int, list[str]]:
    """Whose work goes up to ``reader``, by the level at which it does.

    Who no longer works here is passed over; where nobody is above, the managers are.
    """
    people = rows(Staff.select(Staff.badge, Staff.superior, Staff.disabled_at))
    superior_of = {badge: superior for badge, superior, _ in people}
    gone = {badge for badge, _, disabled_at in people if disabled_at is not None}
    found: defaultdict[int, list[str]] = defaultdict(list)
    for badge in superior_of:
        ladder = [above for above in superiors(badge, superior_of) if above not in gone]
        if reader.badge in ladder:
            found[ladder.index(reader.badge) + 1].append(badge)
        elif not ladder and Role.MANAGER in reader.roles:
            found[1].append(badge)
    return found


def _nobodys() -> Any:
    """Tasks in nobody's hands, by the queues' index, which finds the late ones among them."""
    in_queue = Task.role.in_(_STAGE_ROLES) & Task.priority.in_(list(Priority))
    # Most open work is in nobody's hands, so the index on the assignee would find all of it.
    return in_queue & Task.assignee.concat("").is_null()


def _late_tasks(
    workplace: Workplace, reader: Person, level: int, held_by: Any, now: datetime
) -> Iterator[Concern]:
    """Overdue tasks that have risen to ``level``, the most overdue first."""
    late = (Task.due_at < now) & ~_told(reader, NoticeKind.OVERDUE, TASK, Task.id, level)
    for task in _open_tasks(held_by & late):
        reached = level_at(
            workplace.working_time,
            task.started_at,
            task.due_at,
            _limit(workplace, task),
            now,
            workplace.settings.escalation.step,
        )
        if reached >= level:
            yield _of_task(NoticeKind.OVERDUE, task, level)


def _late_exceptions(reader: Person, now: datetime) -> Iterator[Concern]:
    """Overdue exceptions, which are in nobody's hands and so go to the managers at once."""
    query = _open_exceptions(_EXCEPTION_ROLES).where(
        (OrderException.due_at < now)
        & Order.held_at.is_null()
        & ~_told(reader, NoticeKind.OVERDUE, EXCEPTION, OrderException.id, 1)
    )
    for key, number, kind, due_at, _ in rows(query):
        payload = {"exception": kind.value, "due_at": utc_text(due_at)}
        yield Concern(NoticeKind.OVERDUE, f"{EXCEPTION}{key}", number, 1, payload)


# -- what is due soon -----------------------------------------------------------------------------


def _due_soon(workplace: Workplace, reader: Person, now: datetime) -> Iterator[Concern]:
    """Tasks in the reader's own hands, the next due first."""
    own = (Task.assignee == reader.badge) & (Task.due_at >= now)
    share = workplace.settings.escalation.due_soon
    for task in _open_tasks(own & ~_told(reader, NoticeKind.DUE_SOON, TASK, Task.id, 0)):
        limit = _limit(workplace, task)
        times = (task.started_at, task.due_at, limit, now, share)
        if urgency(workplace.working_time, *times) is Urgency.DUE_SOON:
            yield _of_task(NoticeKind.DUE_SOON, task, 0)


# -- what a role waits for ------------------------------------------------------------------------


def _troubles(reader: Person, notice: NoticeKind, kind: ExceptionKind) -> Iterator[Concern]:
    """Open exceptions of ``kind``, the next due first."""
    query = _open_exceptions([EXCEPTION_ROLES[kind]]).where(
        (OrderException.kind == kind) & ~_told(reader, notice, EXCEPTION, OrderException.id, 0)
    )
    for key, number, _, due_at, detail in rows(query):
        payload = {**_summary(msgspec.json.decode(detail)), "due_at": utc_text(due_at)}
        yield Concern(notice, f"{EXCEPTION}{key}", number, 0, payload)


def _summary(detail: dict[str, Any]) -> dict[str, Any]:
    """What is short, or which fields are wrong; never their values, which are a customer's."""
    if short := detail.get("short"):
        return {"short": short}
    return {"fields": [problem["field"] for problem in detail.get("problems", ())]}


# -- queries --------------------------------------------------------------------------------------


class _OpenTask(Struct, frozen=True):
    id: int
    number: str
    nature: Any
    priority: Any
    stage: Any
    assignee: str | None
    started_at: datetime
    due_at: datetime


def _open_tasks(wanted: Any) -> list[_OpenTask]:
    """Open tasks whose clock runs, the earliest due first."""
    paused = Pause.select(SQL("1")).where((Pause.task == Task.id) & Pause.ended_at.is_null())
    query = (
        Task.select(
            Task.id,
            Order.number,
            Order.nature,
            Task.priority,
            Task.stage,
            Task.assignee,
            Task.started_at,
            Task.due_at,
        )
        .join(Order)
        .where(Task.done_at.is_null() & wanted & ~fn.EXISTS(paused))
        .order_by(Task.due_at, Task.id)
        .limit(MOST)
    )
    return [_OpenTask(*row) for row in rows(query)]


def _open_exceptions(roles: list[Role]) -> Any:
    """Open exceptions of ``roles``, the earliest due first."""
    return (
        OrderException.select(
            OrderException.id,
            Order.number,
            OrderException.kind,
            OrderException.due_at,
            OrderException.detail,
        )
        .join(Order)
        .where(
            OrderException.resolved_at.is_null()
            & OrderException.role.in_(roles)
            & OrderException.priority.in_(list(Priority))
        )
        .order_by(OrderException.due_at, OrderException.id)
        .limit(MOST)
    )


def _told(reader: Person, kind: NoticeKind, prefix: str, key: Any, level: int) -> Any:
    """Whether the reader has been told of it, read or unread."""
    notification = Notification.select(SQL("1")).where(
        (Notification.recipient == reader.badge)
        & (Notification.kind == kind)
        & (Notification.subject == Value(prefix).concat(key.cast("TEXT")))
        & (Notification.level == level)
    )
    return fn.EXISTS(notification)


def _limit(workplace: Workplace, task: _OpenTask) -> Limit:
    return stage_limit(task.stage, task.priority, task.nature, workplace.settings.limits)


def _of_task(kind: NoticeKind, task: _OpenTask, level: int) -> Concern:
    payload = {
        "stage": task.stage.value,
        "assignee": task.assignee,
        "due_at": utc_text(task.due_at),
    }
    return Concern(kind, f"{TASK}{task.id}", task.number, level, payload)
