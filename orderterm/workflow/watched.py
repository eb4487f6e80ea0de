"""What the clock has to speak of: tasks, exceptions and messages whose moment has come."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct
from peewee import SQL, fn

from orderterm.rules.escalation import Climb
from orderterm.store.fields import utc_text
from orderterm.store.pauses import stands_still
from orderterm.store.queries import rows
from orderterm.store.tables import Message, Order, OrderException, Table, Task, database
from orderterm.terms import Role, Stage
from orderterm.workflow.alerts import climb, exception_climb, message_limit, task_climb
from orderterm.workflow.outbox import is_waited_for
from orderterm.workflow.subjects import EXCEPTION, MESSAGE, TASK, subject
from orderterm.workflow.workplace import Workplace

TABLES: dict[str, type[Table]] = {TASK: Task, EXCEPTION: OrderException, MESSAGE: Message}

_PART = """\
SELECT * FROM (
  SELECT '{kind}', "id", "alert_at" FROM "{table}" WHERE "alert_at" <= ?1
  ORDER BY "alert_at" LIMIT ?2
)"""
DUE = " UNION ALL ".join(
    _PART.format(kind=kind, table=table._meta.table_name) for kind, table in TABLES.items()
)
"""The one query of a pass: the kind and id of what is due to be spoken of at ?1, ?2 of each."""


class Watched(Struct, frozen=True):
    """Something that the clock speaks of.

    ``assignee`` has it in hand, None for nobody; ``role`` is whose work it is; ``raised`` is the
    last level that was raised, None for none; ``facts`` are what people are told of it.
    """

    kind: str
    id: int
    number: str | None
    role: Role
    assignee: str | None
    raised: int | None
    climb: Climb
    facts: dict[str, Any]

    @property
    def subject(self) -> str:
        return subject(self.kind, self.id)

    @property
    def is_tracking(self) -> bool:
        """Whether it is a parcel that is waited for."""
        return self.facts.get("stage") == Stage.TRACKING.value


class _Open(NamedTuple):
    """The columns that a task's climb is worked out from."""

    stage: Stage
    started_at: datetime
    due_at: datetime


class _Troubled(NamedTuple):
    """The columns that an exception's climb is worked out from."""

    kind: Any
    opened_at: datetime
    due_at: datetime


def due(now: datetime, limit: int) -> list[tuple[str, int]]:
    """What is due to be spoken of: kind and id, the earliest first, ``limit`` at most.

    One look into each of three indexes, however much is open and however much has ended.
    """
    found = database.connection().execute(DUE, (utc_text(now), limit)).fetchall()
    if not found:
        return []
    return [(kind, key) for kind, key, _ in sorted(found, key=lambda row: row[2])[:limit]]


def look_again(at: datetime) -> None:
    """Let the clock look at all that had risen to the top of its ladder: the ladder has changed.

    Within the caller's transaction; what stands still is not spoken of.
    """
    on_hold = (Order.id == OrderException.order) & Order.held_at.is_null(False)
    risen: dict[type[Table], Any] = {
        Task: Task.done_at.is_null() & ~stands_still(),
        OrderException: OrderException.resolved_at.is_null()
        & ~fn.EXISTS(Order.select(SQL("1")).where(on_hold)),
        Message: is_waited_for(),
    }
    for table, runs in risen.items():
        own: Any = table
        at_top = own.select(own.id).where(runs & (own.alert_level > 0) & own.alert_at.is_null())
        own.update(alert_at=at).where(own.id.in_(at_top)).execute()


def load(workplace: Workplace, found: Iterable[tuple[str, int]], now: datetime) -> list[Watched]:
    """Those of ``found`` that are still due, within the caller's transaction."""
    keys: defaultdict[str, list[int]] = defaultdict(list)
    for kind, key in found:
        keys[kind].append(key)
    return [
        watched for kind, some in keys.items() for watched in _LOADERS[kind](workplace, some, now)
    ]


def _tasks(workplace: Workplace, keys: list[int], now: datetime) -> Iterable[Watched]:
    query = (
        Task.select(
            Task.id,
            Order.number,
            Order.priority,
            Order.nature,
            Task.role,
            Task.assignee,
            Task.alert_level,
            Task.stage,
            Task.started_at,
            Task.due_at,
        )
        .join(Order)
        .where(Task.id.in_(keys) & (Task.alert_at <= now))
    )
    for key, number, priority, nature, role, assignee, raised, *own in rows(query):
        task = _Open(*own)
        facts = {
            "stage": task.stage.value,
            "assignee": assignee,
            "due_at": utc_text(task.due_at),
        }
        rise = task_climb(workplace, task, priority, nature)
        yield Watched(TASK, key, number, role, assignee, raised, rise, facts)


def _exceptions(workplace: Workplace, keys: list[int], now: datetime) -> Iterable[Watched]:
    # Of one that is resolved only its promise is watched, of which nobody is told by itself.
    is_due = OrderException.resolved_at.is_null() & (OrderException.alert_at <= now)
    query = (
        OrderException.select(
            OrderException.id,
            Order.number,
            OrderException.role,
            OrderException.alert_level,
            OrderException.kind,
            OrderException.opened_at,
            OrderException.due_at,
        )
        .join(Order)
        .where(OrderException.id.in_(keys) & is_due)
    )
    for key, number, role, raised, *own in rows(query):
        trouble = _Troubled(*own)
        facts = {"exception": trouble.kind.value, "due_at": utc_text(trouble.due_at)}
        rise = exception_climb(workplace, trouble)
        yield Watched(EXCEPTION, key, number, role, None, raised, rise, facts)


def _messages(workplace: Workplace, keys: list[int], now: datetime) -> Iterable[Watched]:
    query = (
        Message.select(
            Message.id,
            Order.number,
            Message.alert_level,
            Message.kind,
            Message.queued_at,
            Message.due_at,
        )
        .join(Order)
        .where(Message.id.in_(keys) & (Message.alert_at <= now))
    )
    for key, number, raised, kind, queued_at, due_at in rows(query):
        limit = message_limit(workplace, kind)
        assert limit is not None, "nobody waits for a message to staff, so it is not watched"
        facts = {"message": kind.value, "due_at": utc_text(due_at)}
        rise = climb(workplace, limit, queued_at, due_at)
        yield Watched(MESSAGE, key, number, Role.MANAGER, None, raised, rise, facts)


_LOADERS = {TASK: _tasks, EXCEPTION: _exceptions, MESSAGE: _messages}
