"""An order taken in hand: loaded inside a transaction, changed, put back with its events."""

from datetime import datetime
from functools import cache
from typing import Any

from orderterm.errors import Refusal
from orderterm.rules.contacts import contact_tail
from orderterm.rules.permissions import SHIPPING_MATTERS, Action, Holding, Person, Standing, closed
from orderterm.store import trail
from orderterm.store.prepared import Prepared, prepared
from orderterm.store.queries import rows
from orderterm.store.tables import (
    Allocation,
    Escalation,
    Order,
    OrderException,
    OrderLine,
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
from orderterm.workflow.clocks import Clocks
from orderterm.workflow.notifications import (
    TOLD_AT_ONCE,
    announcements,
    pass_on,
    settle,
    tell,
    tell_on,
    told_of,
)
from orderterm.workflow.subjects import EXCEPTION, TASK, subject
from orderterm.workflow.workplace import Workplace

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


class Case(Clocks):
    """One order in somebody's hands, for the length of one transaction.

    Its methods are the small steps that every path is made of. They change rows at once; the
    events and the order's condition are written when the case is closed.
    """

    def __init__(self, workplace: Workplace, actor: Person, order: Any) -> None:
        super().__init__(workplace, order)
        self.actor = actor
        self.freed: set[str] = set()
        """SKUs of which pieces came free: the orders that wait are offered them at the end."""
        self._entries: list[trail.Entry] = []
        self._pending: dict[str, Any] = {}

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
        role, priority = STAGE_ROLES[stage], self.order.priority
        due, alert = self.first_times(stage, started)
        task = _NEW_TASK.first(self.order.id, stage, round_, role, priority, started, due, alert)
        self.tasks.append(task)
        if self.order.held_at is not None or self.open_exception(ExceptionKind.CHANGE_REQUEST):
            self.pause(task, PauseReason.CUSTOMER)
        if stage is Stage.ALLOCATION and self.open_exception(ExceptionKind.SHORTAGE):
            self.pause(task, PauseReason.STOCK)
        return task

    def open_again(self, done: Any) -> Any:
        """Open a stage that was finished once more; its clock goes on as if it never had been."""
        task = self.open_stage(done.stage, self.next_round(), done.started_at)
        self.pause_as(task, done)
        return task

    def rise_as(self, task: Any, before: Any) -> None:
        """Count the levels that ``before`` rose to as those of ``task``, which takes its place.

        Nobody is told of them twice; what nobody had read when ``before`` ended is unread again.
        """
        if before.alert_level is None:
            return
        old, new = subject(TASK, before.id), subject(TASK, task.id)
        Escalation.update(subject=new).where(Escalation.subject == old).execute()
        tell_on(old, new, before.done_at)
        task.alert_level = before.alert_level
        Task.update(alert_level=task.alert_level, alert_at=self.alert_of(task)).where(
            Task.id == task.id
        ).execute()

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

    def give(self, task: Any, badge: str) -> str | None:
        """Put an open task into somebody's hands; who had it need not see to it any more.

        That may also be somebody who has left, and whose work was nobody's since.

        Returns:
            The badge of who had it in hand; None for nobody.
        """
        before: str | None = task.assignee_id
        task.assignee_id = badge
        Task.update(assignee=badge, claimed_at=self.at, alert_at=self.alert_of(task)).where(
            (Task.id == task.id) & Task.done_at.is_null()
        ).execute()
        if task.alert_level is not None and before != badge:
            pass_on(subject(TASK, task.id), badge, self.at)
        return before

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
        self.keep_times(task)

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

    # -- exceptions ---------------------------------------------------------------------------

    def raise_exception(self, kind: ExceptionKind, detail: dict[str, Any]) -> Any:
        """Open an exception, with what is wrong as plain values, and put it on the trail."""
        due, alert = self.exception_times(kind)
        exception = OrderException.create(
            order=self.order.id,
            kind=kind,
            role=EXCEPTION_ROLES[kind],
            priority=self.order.priority,
            detail=trail.plain_json(detail),
            opened_at=self.at,
            opened_by=self.actor.badge,
            due_at=due,
            alert_at=alert,
        )
        self.exceptions.append(exception)
        if kind in TOLD_AT_ONCE:
            told = (kind, exception.id, self.order.number, detail, due, told_of(kind))
            tell(announcements(*told), self.at)
        self.record(EventKind.EXCEPTION_RAISED, exception=kind.value, **detail)
        return exception

    def resolve_exception(
        self,
        exception: Any,
        path: ExceptionPath,
        resolution: dict[str, Any],
        promised_until: datetime | None = None,
    ) -> None:
        """Close an exception with the path that was taken, and put it on the trail.

        Where it is closed by a promise, the clock asks after it ``promised_until`` has passed.
        """
        OrderException.update(
            resolved_at=self.at,
            resolved_by=self.actor.badge,
            path=path,
            resolution=trail.plain_json(resolution),
            alert_at=promised_until,
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
