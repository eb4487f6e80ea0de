"""The clocks of one order: when its open work is due, what stands still, when it is spoken of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from orderterm.rules.deadlines import exception_due, exception_limit, stage_limit
from orderterm.store.prepared import prepared
from orderterm.store.queries import rows
from orderterm.store.tables import OrderException, Pause, Task
from orderterm.terms import Condition, ExceptionKind, PauseReason, Stage
from orderterm.workflow.alerts import (
    climb,
    due_with_holds,
    exception_alert,
    holds,
    task_alert,
    task_due,
)
from orderterm.workflow.workplace import Workplace

_UNTROUBLED = (
    Condition.NORMAL,
    Condition.PENDING_REVIEW,
    Condition.CANCELLED,
    Condition.COMPLETED,
)
"""Conditions in which an order has neither an open exception nor a pause, as a case settles it."""

_OPEN_TASKS = prepared(
    lambda order: Task.select().where((Task.order == order) & Task.done_at.is_null())
)
_SPAN = (Pause.started_at, Pause.ended_at)


class Clocks:
    """An order with the work that is open on it, and the clock of each piece of that work.

    What changes is kept at once, within the caller's transaction.
    """

    def __init__(self, workplace: Workplace, order: Any) -> None:
        self.workplace = workplace
        self.order = order
        self.at = workplace.now()
        self.tasks: list[Any] = _OPEN_TASKS.all(order.id)
        self.exceptions: list[Any] = []
        self.pauses: list[Any] = []
        if order.condition not in _UNTROUBLED:
            self._load_troubles()

    def _load_troubles(self) -> None:
        order = self.order.id
        self.exceptions = list(
            OrderException.select().where(
                (OrderException.order == order) & OrderException.resolved_at.is_null()
            )
        )
        self.pauses = list(
            Pause.select().where(
                Pause.task.in_([task.id for task in self.tasks]) & Pause.ended_at.is_null()
            )
        )

    def open_task(self, stage: Stage) -> Any:
        """The open task at ``stage``; None where there is none."""
        return next((task for task in self.tasks if task.stage is stage), None)

    def open_exception(self, kind: ExceptionKind) -> Any:
        """The open exception of ``kind``; None where there is none."""
        return next((found for found in self.exceptions if found.kind is kind), None)

    # -- when a task is due -------------------------------------------------------------------

    def first_times(self, stage: Stage, started: datetime) -> tuple[datetime, datetime]:
        """When a task that nobody has in hand is due, and when it is first spoken of."""
        due = self.due(stage, started, [])
        order, limits = self.order, self.workplace.settings.limits
        limit = stage_limit(stage, order.priority, order.nature, limits)
        return due, climb(self.workplace, limit, started, due).next_at(None, warns=False)

    def alert_of(self, task: Any) -> datetime | None:
        """When the clock next speaks of a task; None where it is done or its clock stands still."""
        if task.done_at is not None or any(pause.task_id == task.id for pause in self.pauses):
            return None
        return task_alert(self.workplace, task, self.order.priority, self.order.nature)

    def due(
        self, stage: Stage, started: datetime, pauses: Sequence[tuple[datetime, datetime]]
    ) -> datetime:
        """When a task of this order is due; ``pauses`` are the spans in which it stood still."""
        return task_due(self.workplace, self.order, stage, started, pauses)

    def is_overdue(self, task: Any) -> bool:
        """Whether a task is late; one whose clock stands still only if it was before that."""
        lasting = [(one.started_at, self.at) for one in self.pauses if one.task_id == task.id]
        if not lasting:
            return bool(self.at > task.due_at)
        spans = [*self.pauses_of(task), *lasting]
        return self.at > self.due(task.stage, task.started_at, spans)

    def keep_times(self, task: Any) -> None:
        """Keep when a task began, is due and is next spoken of."""
        Task.update(
            started_at=task.started_at, due_at=task.due_at, alert_at=self.alert_of(task)
        ).where(Task.id == task.id).execute()

    # -- pauses -------------------------------------------------------------------------------

    def pause(self, task: Any, reason: PauseReason, expected_at: datetime | None = None) -> None:
        """Stop a task's clock, or note a new expected time where it stands already."""
        for pause in self.pauses:
            if pause.task_id == task.id and pause.reason is reason:
                if expected_at is not None:
                    Pause.update(expected_at=expected_at).where(Pause.id == pause.id).execute()
                return
        self.pauses.append(
            Pause.create(task=task.id, reason=reason, started_at=self.at, expected_at=expected_at)
        )
        Task.update(alert_at=None).where(Task.id == task.id).execute()

    def pause_as(self, task: Any, before: Any) -> None:
        """Count what ``before`` stood still as if ``task``, which takes its place, had."""
        columns = (Pause.reason, Pause.started_at, Pause.ended_at, Pause.expected_at)
        spans = rows(
            Pause.select(*columns).where((Pause.task == before.id) & Pause.ended_at.is_null(False))
        )
        for reason, started, ended, expected in spans:
            Pause.create(
                task=task.id,
                reason=reason,
                started_at=started,
                ended_at=ended,
                expected_at=expected,
            )
        if spans:
            task.due_at = self.due(task.stage, task.started_at, self.pauses_of(task))
            self.keep_times(task)

    def pause_all(self) -> None:
        """Stop every open task's clock while the customer is waited for."""
        for task in self.tasks:
            self.pause(task, PauseReason.CUSTOMER)

    def resume(self, task: Any, reason: PauseReason | None = None) -> None:
        """Let a task's clock run again, and move its due time by what it stood still."""
        ended = [
            pause
            for pause in self.pauses
            if pause.task_id == task.id and reason in (None, pause.reason)
        ]
        if not ended:
            return
        Pause.update(ended_at=self.at).where(Pause.id.in_([p.id for p in ended])).execute()
        self.pauses = [pause for pause in self.pauses if pause not in ended]
        task.due_at = self.due(task.stage, task.started_at, self.pauses_of(task))
        self.keep_times(task)

    def pauses_of(self, task: Any) -> list[tuple[datetime, datetime]]:
        """The spans in which a task's clock stood still; one that lasts counts when it ends."""
        ended = (Pause.task == task.id) & Pause.ended_at.is_null(False)
        return [(start, end) for start, end in rows(Pause.select(*_SPAN).where(ended))]

    def resume_all(self, reason: PauseReason) -> None:
        """End the pauses of one reason on every open task."""
        for task in self.tasks:
            self.resume(task, reason)

    # -- when an exception is due -------------------------------------------------------------

    def exception_times(self, kind: ExceptionKind) -> tuple[datetime, datetime | None]:
        """When an exception that is opened now is due, and when it is first spoken of."""
        limits = self.workplace.settings.limits
        due = exception_due(kind, self.workplace.working_time, limits, self.at)
        if self.order.held_at is not None:
            return due, None
        rise = climb(self.workplace, exception_limit(kind, limits), self.at, due)
        return due, rise.next_at(None, warns=False)

    def watch_exceptions(self) -> None:
        """See when each exception is due and next spoken of; on hold it stands still."""
        held = self.order.held_at is not None
        for exception in self.exceptions:
            if not held:
                exception.due_at = due_with_holds(
                    self.workplace, exception, holds(self.order.number, self.at)
                )
            alert = None if held else exception_alert(self.workplace, exception)
            OrderException.update(due_at=exception.due_at, alert_at=alert).where(
                OrderException.id == exception.id
            ).execute()
