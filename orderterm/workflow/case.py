"""An order taken in hand: loaded inside a transaction, changed, put back with its events."""

from datetime import datetime
from functools import cache
from typing import Any

from orderterm.errors import Refusal
from orderterm.rules.contacts import contact_tail
from orderterm.rules.deadlines import exception_due, exception_limit, stage_due, stage_limit
from orderterm.rules.permissions import SHIPPING_MATTERS, Action, Holding, Person, Standing, closed
from orderterm.store import trail
from orderterm.store.prepared import Prepared, prepared
from orderterm.store.queries import rows
from orderterm.store.tables import (
    Allocation,
    Order,
    OrderException,
    OrderLine,
    Pause,
    Shipment,
    Staff,
    Task,
)
from orderterm.terms import (
    EXCEPTION_ROLES,
    FLOWS,
    STAGE_ROLES,
    Condition,
    EventKind,
    ExceptionKind,
    ExceptionPath,
    PauseReason,
    Stage,
    TaskOutcome,
)
from orderterm.workflow import outbox
from orderterm.workflow.alerts import (
    climb,
    due_with_holds,
    exception_alert,
    holds,
    task_alert,
)
from orderterm.workflow.notifications import (
    TOLD_AT_ONCE,
    announcements,
    pass_on,
    settle,
    tell,
    told_of,
)
from orderterm.workflow.subjects import EXCEPTION, TASK, subject
from orderterm.workflow.workplace import Workplace

_UNTROUBLED = (
    Condition.NORMAL,
    Condition.PENDING_REVIEW,
    Condition.CANCELLED,
    Condition.COMPLETED,
)
"""Conditions in which an order has neither an open exception nor a pause, see ``_condition``."""

_OPEN_TASKS = prepared(
    lambda order: Task.select().where((Task.order == order) & Task.done_at.is_null())
)
_NEW_TASK = prepared(
    lambda order, stage, round_, role, priority, started, due, alert: Task.insert(
        order=order,
        stage=stage,
        round=round_,
        role=role,
        priority=priority,
        started_at=started,
        due_at=due,
        alert_at=alert,
    ).returning(*Task._meta.sorted_fields)
)
_END_TASK = prepared(
    lambda at, by, outcome, reason, task: Task.update(
        done_at=at, done_by=by, outcome=outcome, overdue_reason=reason, alert_at=None
    ).where((Task.id == task) & Task.done_at.is_null())
)


@cache
def _update_of(columns: tuple[str, ...]) -> Prepared:
    """The update that gives an order these columns; the order's id comes last."""

    def build(*values: Any) -> Any:
        changes = dict(zip(columns, values[:-1], strict=True))
        return Order.update(changes).where(Order.id == values[-1])

    return Prepared(build, len(columns) + 1)


class Case:
    """One order in somebody's hands, for the length of one transaction.

    Its methods are the small steps that every path is made of. They change rows at once; the
    events and the order's condition are written when the case is closed.
    """

    def __init__(self, workplace: Workplace, actor: Person, order: Any) -> None:
        self.workplace = workplace
        self.actor = actor
        self.order = order
        self.at = workplace.now()
        self.tasks: list[Any] = _OPEN_TASKS.all(order.id)
        self.exceptions: list[Any] = []
        self.pauses: list[Any] = []
        if order.condition not in _UNTROUBLED:
            self._load_troubles()
        self.freed: set[str] = set()
        """SKUs of which pieces came free: the orders that wait are offered them at the end."""
        self._entries: list[trail.Entry] = []
        self._pending: dict[str, Any] = {}

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

    # -- what is so ---------------------------------------------------------------------------

    @property
    def shipped(self) -> bool:
        """Whether any part of the order has left the house."""
        return bool(Shipment.select().where(Shipment.order == self.order.id).exists())

    def standing(self, *, shipped: bool | None = None) -> Standing:
        """The order as the permission rules see it; asks for parcels unless told of them."""
        order = self.order
        return Standing(
            number=order.number,
            condition=order.condition,
            held=order.held_at is not None,
            shipped=self.shipped if shipped is None else shipped,
            stages={task.stage: self._holding(task) for task in self.tasks},
            exceptions=frozenset(exception.kind for exception in self.exceptions),
        )

    def _holding(self, task: Any) -> Holding:
        badge = task.assignee_id
        name = "" if badge is None else self._name(badge)
        return Holding(badge, name, task.claimed_at)

    def _name(self, badge: str) -> str:
        if badge == self.actor.badge:
            return self.actor.name
        return staff_name(badge)

    def demand(
        self,
        action: Action,
        *,
        stage: Stage | None = None,
        kind: ExceptionKind | None = None,
    ) -> None:
        """Refuse, with the reason, an action that is not open for the actor now."""
        standing = self.standing(shipped=None if action in SHIPPING_MATTERS else False)
        if why := closed(action, standing, self.actor, stage=stage, kind=kind):
            raise Refusal(why)

    def open_task(self, stage: Stage) -> Any:
        """The open task at ``stage``; None where there is none."""
        return next((task for task in self.tasks if task.stage is stage), None)

    def open_exception(self, kind: ExceptionKind) -> Any:
        """The open exception of ``kind``; None where there is none."""
        return next((found for found in self.exceptions if found.kind is kind), None)

    def next_round(self) -> int:
        """The number of a new pass through the stages."""
        rounds = rows(Task.select(Task.round).where(Task.order == self.order.id))
        return 1 + max((number for (number,) in rounds), default=0)

    # -- tasks --------------------------------------------------------------------------------

    def open_stage(self, stage: Stage, round_: int, started_at: datetime | None = None) -> Any:
        """Open a task; its due time follows from the order's priority and nature.

        Its clock stands still at once while the order waits for its customer or for stock.
        """
        started = started_at or self.at
        due, priority = self.due(stage, started, []), self.order.priority
        role, alert = STAGE_ROLES[stage], self._first_alert(stage, started, due)
        task = _NEW_TASK.first(self.order.id, stage, round_, role, priority, started, due, alert)
        self.tasks.append(task)
        if self.order.held_at is not None or self.open_exception(ExceptionKind.CHANGE_REQUEST):
            self.pause(task, PauseReason.CUSTOMER)
        if stage is Stage.ALLOCATION and self.open_exception(ExceptionKind.SHORTAGE):
            self.pause(task, PauseReason.STOCK)
        return task

    def _first_alert(self, stage: Stage, started: datetime, due: datetime) -> datetime:
        """When a task that nobody has in hand is first spoken of."""
        limit = stage_limit(
            stage, self.order.priority, self.order.nature, self.workplace.settings.limits
        )
        return climb(self.workplace, limit, started, due).next_at(None, warns=False)

    def alert_of(self, task: Any) -> datetime | None:
        """When the clock next speaks of a task; None where it is done or its clock stands still."""
        if task.done_at is not None or any(pause.task_id == task.id for pause in self.pauses):
            return None
        return task_alert(self.workplace, task, self.order.priority, self.order.nature)

    def due(
        self, stage: Stage, started: datetime, pauses: list[tuple[datetime, datetime | None]]
    ) -> datetime:
        """When a task of this order is due."""
        return stage_due(
            self.workplace.working_time,
            self.workplace.settings.limits,
            stage,
            self.order.priority,
            self.order.nature,
            started,
            pauses,
            self.order.ship_by,
            now=self.at,
        )

    def close_task(self, task: Any, outcome: TaskOutcome, reason: str | None = None) -> None:
        """End a task, only if it is still open.

        Raises:
            Refusal: somebody else ended it in the meantime.
        """
        if not _END_TASK.changed(self.at, self.actor.badge, outcome, reason, task.id):
            raise Refusal(
                "{stage} of {number} was ended by somebody else: `orderterm show "
                "{number}` tells who",
                stage=task.stage,
                number=self.order.number,
            )
        task.done_at = self.at
        self.resume(task)
        self.tasks.remove(task)
        if task.alert_level is not None:
            settle(subject(TASK, task.id), self.at)

    def is_overdue(self, task: Any) -> bool:
        """Whether a task is late; one whose clock stands still is not."""
        paused = any(pause.task_id == task.id for pause in self.pauses)
        return not paused and self.at > task.due_at

    def give(self, task: Any, badge: str) -> None:
        """Put an open task into somebody's hands; who had it need not see to it any more."""
        before, task.assignee_id = task.assignee_id, badge
        Task.update(assignee=badge, claimed_at=self.at, alert_at=self.alert_of(task)).where(
            (Task.id == task.id) & Task.done_at.is_null()
        ).execute()
        if task.alert_level is not None and before is not None and before != badge:
            pass_on(subject(TASK, task.id), badge, self.at)

    def finish(self, task: Any, late: str | None, payload: dict[str, Any]) -> None:
        """Close a task as done and put it on the trail, with why it was late if it was."""
        self.close_task(task, TaskOutcome.DONE, late)
        if late is not None:
            payload = {**payload, "overdue_reason": late}
        self.record(EventKind.STAGE_DONE, stage=task.stage.value, round=task.round, **payload)

    def withdraw_tasks(self) -> None:
        """Take back every open task."""
        for task in list(self.tasks):
            self.close_task(task, TaskOutcome.WITHDRAWN)

    def back_to_review(self) -> None:
        """Start over at review; what was open is taken back."""
        self.withdraw_tasks()
        self.open_stage(Stage.REVIEW, self.next_round())

    def advance(self, stage: Stage, round_: int) -> None:
        """Open what follows ``stage``; the last stage waits until nothing else is open.

        Where a part of the order has that stage open already, both parts go on together.
        """
        flow = FLOWS[self.order.nature]
        following = flow[flow.index(stage) + 1 :]
        if not following:
            self.keep(completed_at=self.at)
            outbox.ask_for_survey(self)
        elif before := self.open_task(following[0]):
            self._join(before, round_)
        elif following[0] is not Stage.CONFIRMATION or not self.tasks:
            self.open_stage(following[0], round_)

    def _join(self, task: Any, round_: int) -> None:
        """What came through ``round_`` goes on with the part whose ``task`` is open already."""
        self.move_goods(round_, task.round)
        task.started_at = self.at
        task.due_at = self.due(task.stage, self.at, self.pauses_of(task))
        self._keep_times(task)

    def _keep_times(self, task: Any) -> None:
        Task.update(
            started_at=task.started_at, due_at=task.due_at, alert_at=self.alert_of(task)
        ).where(Task.id == task.id).execute()

    def move_goods(self, old: int, new: int) -> None:
        """What is held and shipped in one round belongs to another one from now on."""
        lines = OrderLine.select(OrderLine.id).where(OrderLine.order == self.order.id)
        Allocation.update(round=new).where(
            Allocation.line.in_(lines)
            & (Allocation.round == old)
            & Allocation.released_at.is_null()
        ).execute()
        Shipment.update(round=new).where(
            (Shipment.order == self.order.id) & (Shipment.round == old)
        ).execute()

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
        self._keep_times(task)

    def pauses_of(self, task: Any) -> list[tuple[datetime, datetime | None]]:
        """The spans in which a task's clock stood still; the end is None where it still does."""
        spans = Pause.select(Pause.started_at, Pause.ended_at).where(Pause.task == task.id)
        return [(started, ended) for started, ended in rows(spans)]

    def resume_all(self, reason: PauseReason) -> None:
        """End the pauses of one reason on every open task."""
        for task in self.tasks:
            self.resume(task, reason)

    # -- exceptions ---------------------------------------------------------------------------

    def raise_exception(self, kind: ExceptionKind, detail: dict[str, Any]) -> Any:
        """Open an exception, with what is wrong as plain values, and put it on the trail."""
        due = exception_due(
            kind, self.workplace.working_time, self.workplace.settings.limits, self.at
        )
        exception = OrderException.create(
            order=self.order.id,
            kind=kind,
            role=EXCEPTION_ROLES[kind],
            priority=self.order.priority,
            detail=trail.plain_json(detail),
            opened_at=self.at,
            opened_by=self.actor.badge,
            due_at=due,
            alert_at=None if self.order.held_at else self._first_word(kind, due),
        )
        self.exceptions.append(exception)
        if kind in TOLD_AT_ONCE:
            told = (kind, exception.id, self.order.number, detail, due, told_of(kind))
            tell(announcements(*told), self.at)
        self.record(EventKind.EXCEPTION_RAISED, exception=kind.value, **detail)
        return exception

    def resolve_exception(
        self, exception: Any, path: ExceptionPath, resolution: dict[str, Any]
    ) -> None:
        """Close an exception with the path that was taken, and put it on the trail."""
        OrderException.update(
            resolved_at=self.at,
            resolved_by=self.actor.badge,
            path=path,
            resolution=trail.plain_json(resolution),
            alert_at=None,
        ).where(
            (OrderException.id == exception.id) & OrderException.resolved_at.is_null()
        ).execute()
        self.exceptions.remove(exception)
        if exception.alert_level is not None or exception.kind in TOLD_AT_ONCE:
            settle(subject(EXCEPTION, exception.id), self.at)
        self.record(
            EventKind.EXCEPTION_RESOLVED,
            exception=exception.kind.value,
            path=path.value,
            **resolution,
        )

    def _first_word(self, kind: ExceptionKind, due: datetime) -> datetime:
        """When an exception that is opened now is first spoken of by the clock."""
        limit = exception_limit(kind, self.workplace.settings.limits)
        return climb(self.workplace, limit, self.at, due).next_at(None, warns=False)

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

    # -- the order and the trail --------------------------------------------------------------

    def keep(self, **values: Any) -> None:
        """Change columns of the order; written once, when the case is closed."""
        if "contact" in values:
            values["contact_tail"] = contact_tail(values["contact"])
        for name, value in values.items():
            setattr(self.order, name, value)
        self._pending.update(values)

    def record(self, kind: EventKind, **payload: Any) -> None:
        """Put an event of this order on the trail when the case is closed."""
        self._entries.append(
            trail.Entry(
                self.at,
                self.actor.badge,
                self.workplace.station,
                self.order.number,
                kind.value,
                payload,
            )
        )

    def close(self) -> None:
        """Settle the order's condition and write what is still to be written."""
        condition = self._condition()
        if condition is not self.order.condition:
            self.keep(condition=condition)
        if "held_at" in self._pending:
            self.watch_exceptions()
        if self._pending:
            _update_of(tuple(self._pending)).run(*self._pending.values(), self.order.id)
        if self._entries:
            trail.append(self._entries)

    def _condition(self) -> Condition:
        order, kinds = self.order, {exception.kind for exception in self.exceptions}
        if order.cancelled_at is not None:
            return Condition.CANCELLED
        if order.held_at is not None:
            return Condition.ON_HOLD
        if ExceptionKind.INFORMATION in kinds:
            return Condition.AWAITING_INFORMATION
        if kinds - {ExceptionKind.SHORTAGE}:
            return Condition.EXCEPTION
        if kinds or any(pause.reason is PauseReason.STOCK for pause in self.pauses):
            return Condition.AWAITING_STOCK
        if order.completed_at is not None:
            return Condition.COMPLETED
        if self.open_task(Stage.REVIEW):
            return Condition.PENDING_REVIEW
        return Condition.NORMAL


def staff_name(badge: str) -> str:
    """The name that goes with a badge; the badge itself where nobody has it."""
    return str(Staff.select(Staff.name).where(Staff.badge == badge).scalar() or badge)
