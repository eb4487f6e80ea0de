"""When the clock next has something to say of a task, an exception or a message.

It is kept beside each of them, so that the clock finds what is due by one look into an index; and
it follows from the record alone, so that it can be worked out anew at any time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from orderterm.rules.deadlines import exception_due, exception_limit, stage_due, stage_limit
from orderterm.rules.escalation import Climb
from orderterm.settings import Limit
from orderterm.store.pauses import stands_still
from orderterm.store.queries import first, parts, rows
from orderterm.store.tables import Escalation, Event, Order, Task
from orderterm.terms import EventKind, ExceptionKind, MessageKind, Nature, Priority, Stage
from orderterm.workflow.notifications import is_read
from orderterm.workflow.subjects import EXCEPTION, MESSAGE, TASK, subject
from orderterm.workflow.workplace import Workplace


def climb(workplace: Workplace, limit: Limit, started_at: datetime, due_at: datetime) -> Climb:
    """Work on its way up the ladder, by the settings of this home."""
    ladder = workplace.settings.escalation
    patience = timedelta(minutes=ladder.unacknowledged_minutes)
    return Climb(
        workplace.working_time, started_at, due_at, limit, ladder.due_soon, ladder.step, patience
    )


def task_climb(workplace: Workplace, task: Any, priority: Priority, nature: Nature) -> Climb:
    """The climb of a task with ``stage``, ``started_at`` and ``due_at``."""
    limit = stage_limit(Stage(task.stage), priority, nature, workplace.settings.limits)
    return climb(workplace, limit, task.started_at, task.due_at)


def exception_climb(workplace: Workplace, exception: Any) -> Climb:
    """The climb of an exception with ``kind``, ``opened_at`` and ``due_at``."""
    limit = exception_limit(ExceptionKind(exception.kind), workplace.settings.limits)
    return climb(workplace, limit, exception.opened_at, exception.due_at)


def message_limit(workplace: Workplace, kind: MessageKind) -> Limit | None:
    """How long a message may stay unsent; None where nobody waits for it."""
    limit: Limit | None = getattr(workplace.settings.limits, kind.value, None)
    return limit


def task_alert(
    workplace: Workplace, task: Any, priority: Priority, nature: Nature
) -> datetime | None:
    """When the clock next has something to say of an open task whose clock runs."""
    own = task_climb(workplace, task, priority, nature)
    return _alert(own, subject(TASK, task.id), task.alert_level, warns=task.assignee_id is not None)


def exception_alert(workplace: Workplace, exception: Any) -> datetime | None:
    """When the clock next has something to say of an open exception whose clock runs."""
    own = exception_climb(workplace, exception)
    return _alert(own, subject(EXCEPTION, exception.id), exception.alert_level, warns=False)


def message_alert(workplace: Workplace, message: Any, limit: Limit) -> datetime | None:
    """When the clock next has something to say of a message that is not sent."""
    own = climb(workplace, limit, message.queued_at, message.due_at)
    return _alert(own, subject(MESSAGE, message.id), message.alert_level, warns=False)


def _alert(own: Climb, about: str, raised: int | None, *, warns: bool) -> datetime:
    unread_since = raised_unread(about, raised) if raised else None
    return own.next_at(raised, warns=warns, unread_since=unread_since)


def raised_unread(about: str, level: int) -> datetime | None:
    """Since when nobody has read of a level that was raised; None where somebody has."""
    raised = Escalation.select(Escalation.raised_at).where(
        (Escalation.subject == about) & (Escalation.level == level)
    )
    found = first(raised)
    return None if found is None or is_read(about, level) else found[0]


_STANDSTILLS = {
    EventKind.HELD: EventKind.RELEASED,
    EventKind.CANCELLED: EventKind.UNDONE,
}
"""What makes an order stand still, and what lets it go on."""


def holds(number: str, until: datetime | None = None) -> list[tuple[datetime, datetime]]:
    """The spans in which an order was on hold or cancelled, as the trail tells.

    One that lasts ends ``until``; without that it is left out, for it counts when it ends.
    """
    kinds = [one.value for stop_and_end in _STANDSTILLS.items() for one in stop_and_end]
    query = Event.select(Event.kind, Event.at).where(
        (Event.order_number == number) & Event.kind.in_(kinds)
    )
    spans, since, end = [], None, None
    for kind, at in rows(query.order_by(Event.id)):
        if (stop := EventKind(kind)) in _STANDSTILLS:
            since, end = since or at, _STANDSTILLS[stop]
        elif since is not None and kind == end:
            spans.append((since, at))
            since = None
    return [*spans, (since, until)] if since is not None and until is not None else spans


def due_with_holds(
    workplace: Workplace, exception: Any, spans: Sequence[tuple[datetime, datetime]]
) -> datetime:
    """When an exception is due: its clock stood still while its order was on hold."""
    limits, kind = workplace.settings.limits, ExceptionKind(exception.kind)
    return exception_due(kind, workplace.working_time, limits, exception.opened_at, spans)


def task_due(
    workplace: Workplace,
    order: Any,
    stage: Stage,
    started_at: datetime,
    pauses: Sequence[tuple[datetime, datetime]],
) -> datetime:
    """When a task of ``order`` is due, by the settings of this home.

    Args:
        workplace: the home at work.
        order: with ``priority``, ``nature`` and ``ship_by``.
        stage: the task's.
        started_at: when its clock began to run.
        pauses: the spans in which it stood still; one that lasts counts when it ends.
    """
    return stage_due(
        workplace.working_time,
        workplace.settings.limits,
        stage,
        order.priority,
        order.nature,
        started_at,
        pauses,
        order.ship_by,
    )


def renew_tasks(workplace: Workplace, ids: Iterable[int]) -> None:
    """Work out anew when open tasks are next spoken of, after they have changed hands."""
    for some in parts(ids):
        for task, priority, nature in _running(some):
            at = task_alert(workplace, task, priority, nature)
            Task.update(alert_at=at).where(Task.id == task.id).execute()


def _running(ids: list[int]) -> list[tuple[Any, Priority, Nature]]:
    """The open tasks among ``ids`` whose clocks run, each with its order's priority and nature."""
    columns = (Order.id, Order.priority, Order.nature)
    found = rows(Order.select(*columns).join(Task).where(Task.id.in_(ids)))
    orders = {key: (priority, nature) for key, priority, nature in found}
    open_ones: Iterable[Any] = Task.select().where(
        Task.id.in_(ids) & Task.done_at.is_null() & ~stands_still()
    )
    return [(task, *orders[task.order_id]) for task in open_ones]
