"""Anything that anybody may try, in any order: what must hold holds after each step."""

from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orderterm.errors import Refusal
from orderterm.rules.drafts import OrderDraft, TrackingDraft
from orderterm.store import trail
from orderterm.store.connection import reading
from orderterm.store.queries import rows
from orderterm.store.tables import (
    Allocation,
    Escalation,
    Event,
    Order,
    OrderException,
    OrderLine,
    Pause,
    Shipment,
    StockMovement,
    Task,
    database,
)
from orderterm.terms import (
    EXCEPTION_PATHS,
    ChannelStatus,
    Condition,
    ExceptionKind,
    Nature,
    PauseReason,
    Priority,
    Stage,
    TrackingState,
)
from orderterm.workflow import (
    alerts,
    escalations,
    exceptions,
    hearing,
    notifications,
    orders,
    stages,
    undo,
)
from orderterm.workflow.details import Details
from orderterm.workflow.paths import Resolution
from tests.contract.backends import BACKENDS
from tests.contract.company import PEOPLE, PRODUCTS, WORKER, Company

NATURES = ("", "", "", "退货", "换货", "定制")
PIECES = st.integers(0, 9).map(lambda pieces: 9 - pieces)
LINES = st.lists(st.tuples(st.sampled_from(PRODUCTS), st.integers(1, 4)), min_size=1, max_size=3)
ANYBODY = st.sampled_from([*PEOPLE, "admin", "boss", "admin"])
CONTENT_TABLES = (
    Order,
    OrderLine,
    Task,
    Pause,
    OrderException,
    Shipment,
    Allocation,
    StockMovement,
)


class AnyOrder(RuleBasedStateMachine):
    """A company in which people do whatever comes to their minds."""

    @initialize(backend=st.sampled_from(sorted(BACKENDS)))
    def open_company(self, backend: str) -> None:
        self.folder = Path(mkdtemp(prefix="orderterm-any-"))
        self.holding_open = reading()
        self.company = Company(BACKENDS[backend](self.folder))
        self.holding_open.__enter__()
        self.company.stock(A=6, B=3, C=1)
        self.drafts: dict[str, OrderDraft] = {}
        for lines in ((("A", 2),), (("A", 1), ("B", 2)), (("A", 2), ("C", 2), ("A", 1))):
            draft = self.company.draft(lines=lines)
            self.drafts[self.company.receive(draft).new[0]] = draft

    def teardown(self) -> None:
        if hasattr(self, "holding_open"):
            self.holding_open.__exit__(None, None, None)
        if not database.is_closed():
            database.close()
        if hasattr(self, "folder"):
            rmtree(self.folder)

    # -- what people do -----------------------------------------------------------------------

    def pick(self, number: int) -> str:
        """One of the orders."""
        numbers = self.company.numbers()
        return numbers[number % len(numbers)]

    def attempt(self, change: Any) -> None:
        """Do something that may be refused; what is done is on the trail, what is refused isn't."""
        self.company.later(minutes=7)
        before, events = self.contents(), self.last_event()
        try:
            change()
        except Refusal:
            assert (self.contents(), self.last_event()) == (before, events)
        else:
            assert self.last_event() > events or self.contents() == before

    def last_event(self) -> int:
        return max((event for (event,) in rows(Event.select(Event.id))), default=0)

    def contents(self) -> list[list[Any]]:
        return [list(table.select().order_by(table.id).tuples()) for table in CONTENT_TABLES]

    @rule(lines=LINES, nature=st.sampled_from(NATURES), wrong=st.integers(0, 5))
    def order(self, lines: Any, nature: str, wrong: int) -> None:
        if len(self.drafts) >= 6:
            return
        draft = self.company.draft(lines=lines, nature=nature)
        if wrong == 5:
            draft.contact = "nobody"
        (number,) = self.company.receive(draft).new
        self.drafts[number] = draft

    @precondition(lambda self: self.drafts)
    @rule(which=st.integers(0, 99), lines=LINES, status=st.sampled_from(ChannelStatus))
    def channel_tells_again(self, which: int, lines: Any, status: ChannelStatus) -> None:
        draft = list(self.drafts.values())[which % len(self.drafts)]
        draft.lines, draft.status = self.company.draft(lines=lines).lines, status
        self.attempt(lambda: self.company.receive(draft))

    @precondition(lambda self: self.drafts)
    @rule(which=st.integers(0, 99), times=st.integers(1, 6), partial=st.booleans())
    def work(self, which: int, times: int, partial: bool) -> None:
        for turn in range(times):
            self.finish_stage(self.pick(which), which + turn, None, partial)

    @precondition(lambda self: self.drafts)
    @rule(which=st.integers(0, 99), times=st.integers(1, 6), partial=st.booleans())
    def work_on(self, which: int, times: int, partial: bool) -> None:
        for turn in range(times):
            self.finish_stage(self.pick(which), which + turn, None, partial)

    @precondition(lambda self: self.drafts)
    @rule(which=st.integers(0, 99), times=st.integers(1, 6), partial=st.booleans())
    def go_on_working(self, which: int, times: int, partial: bool) -> None:
        for turn in range(times):
            self.finish_stage(self.pick(which), which + turn, None, partial)

    @precondition(lambda self: self.drafts)
    @rule(which=st.integers(0, 99), who=ANYBODY, partial=st.booleans())
    def meddle(self, which: int, who: str, partial: bool) -> None:
        self.finish_stage(self.pick(which), which, who, partial)

    def finish_stage(self, number: str, which: int, who: str | None, partial: bool) -> None:
        tasks = self.company.tasks(number)
        stage = tasks[which % len(tasks)].stage if tasks else None
        badge = who or (WORKER[stage] if stage else "boss")
        parcel = Details(carrier="SF", waybill=f"W{number}{self.last_event()}")
        given = {Stage.ALLOCATION: Details(partial=partial), Stage.SHIPPING: parcel}
        details = given.get(stage) if stage else None
        self.attempt(
            lambda: stages.confirm(
                self.company.workplace, badge, number, stage=stage, reason="late", details=details
            )
        )

    @precondition(lambda self: self.drafts)
    @rule(which=st.integers(0, 99), who=ANYBODY, over=st.booleans())
    def claim(self, which: int, who: str, over: bool) -> None:
        number = self.pick(which)
        self.attempt(lambda: stages.claim(self.company.workplace, who, number, take_over=over))

    @precondition(lambda self: self.drafts)
    @rule(
        which=st.integers(0, 99),
        who=ANYBODY,
        what=st.sampled_from((orders.hold, orders.release, orders.cancel, undo.undo, undo.undo)),
    )
    def befall(self, which: int, who: str, what: Any) -> None:
        number = self.pick(which)
        done = self.company.events(number)
        badge = done[-1][0] if what is undo.undo and done[-1][0] in PEOPLE else who
        self.attempt(lambda: what(self.company.workplace, badge, number, reason="so"))

    @precondition(lambda self: self.drafts)
    @rule(which=st.integers(0, 99), priority=st.sampled_from(Priority))
    def prioritise(self, which: int, priority: Priority) -> None:
        number = self.pick(which)
        self.attempt(
            lambda: orders.set_priority(
                self.company.workplace, "boss", number, priority, reason="so"
            )
        )

    @precondition(lambda self: self.drafts)
    @rule(which=st.integers(0, 99), kind=st.sampled_from(ExceptionKind), end=st.booleans())
    def trouble(self, which: int, kind: ExceptionKind, end: bool) -> None:
        number = self.pick(which)
        self.attempt(
            lambda: exceptions.raise_by_hand(
                self.company.workplace,
                "boss",
                number,
                kind,
                note="so",
                fields={"line1.quantity": "2"},
                cancelled=end,
            )
        )

    @precondition(lambda self: self.drafts)
    @rule(which=st.integers(0, 99), way=st.integers(0, 9), sku=st.sampled_from(PRODUCTS))
    def solve(self, which: int, way: int, sku: str) -> None:
        number = self.pick(which)
        kinds = self.company.exceptions(number)
        if not kinds:
            return
        kind = kinds[which % len(kinds)]
        path = EXCEPTION_PATHS[kind][way % len(EXCEPTION_PATHS[kind])]
        lines = self.company.lines(number)
        told = Resolution(
            note="so",
            until=self.company.now + timedelta(hours=2),
            agreed="by phone",
            sku=lines[0][0] if lines else sku,
            substitute=sku,
            fields={"contact": "13800138000", "line1.quantity": "1"},
            carrier="YTO",
            waybill=f"Y{number}{self.last_event()}",
            eta=self.company.now + timedelta(hours=3),
            told="by phone",
        )
        self.attempt(
            lambda: exceptions.resolve(
                self.company.workplace, "boss", number, kind=kind, path=path, resolution=told
            )
        )

    @rule(hours=st.integers(0, 5), reads=st.booleans())
    def the_clock_is_passed(self, hours: int, reads: bool) -> None:
        self.company.later(hours=hours)
        escalations.pass_clock(self.company.workplace)
        self.check_told_of_what_did_not_come()
        if reads:
            notifications.acknowledge_all(self.company.workplace, "boss")

    def check_told_of_what_did_not_come(self) -> None:
        """Who waits for stock is known to somebody: a day is to come, or the shortage is open."""
        expected = rows(
            Pause.select(Order.number, Pause.expected_at)
            .join(Task)
            .join(Order)
            .where(Pause.ended_at.is_null() & (Pause.reason == PauseReason.STOCK))
        )
        for number, until in expected:
            kinds = self.company.exceptions(number)
            assert ExceptionKind.SHORTAGE in kinds or until > self.company.now, number

    @rule(sku=st.sampled_from(PRODUCTS), pieces=PIECES)
    def count_stock(self, sku: str, pieces: int) -> None:
        self.attempt(lambda: self.company.stock(**{sku: pieces}))

    @precondition(lambda self: self.drafts)
    @rule(which=st.integers(0, 99))
    def carrier_tells(self, which: int) -> None:
        parcels = self.company.parcels(self.pick(which))
        if not parcels:
            return
        parcel = parcels[which % len(parcels)]
        step = TrackingDraft(parcel.carrier, parcel.waybill, TrackingState.SIGNED, self.company.now)
        self.attempt(lambda: hearing.note_tracking(self.company.workplace, "admin", [step]))

    # -- what must hold -----------------------------------------------------------------------

    @invariant()
    def the_shelf_is_never_promised_twice(self) -> None:
        if not hasattr(self, "company"):
            return
        for sku in PRODUCTS:
            level = self.company.level(sku)
            assert level.on_hand >= 0, (sku, level)
            assert level.available >= 0, (sku, level)

    @invariant()
    def no_line_has_more_than_it_asks_for(self) -> None:
        if not hasattr(self, "company"):
            return
        taken: dict[int, int] = {}
        standing = Allocation.released_at.is_null()
        for line, pieces in rows(
            Allocation.select(Allocation.line, Allocation.quantity).where(standing)
        ):
            taken[line] = taken.get(line, 0) + pieces
        for one in OrderLine.select().where(OrderLine.id.in_(list(taken))):
            assert taken[one.id] <= (one.quantity or 0), one.sku
            assert one.removed_at is None

    @invariant()
    def every_order_is_what_it_says(self) -> None:
        if not hasattr(self, "company"):
            return
        for order in list(Order.select()):
            tasks = self.company.tasks(order.number)
            self.check_condition(order, tasks)
            self.check_ended(order, tasks)
            self.check_goes_on(order, tasks)
            assert len({task.stage for task in tasks}) == len(tasks)

    def check_condition(self, order: Any, tasks: list[Any]) -> None:
        kinds = set(self.company.exceptions(order.number))
        pauses = {pause.reason for pause in self.company.pauses(order.number)}
        condition = order.condition
        assert (condition is Condition.CANCELLED) == (order.cancelled_at is not None)
        assert (condition is Condition.ON_HOLD) == (order.held_at is not None)
        if condition in (Condition.NORMAL, Condition.PENDING_REVIEW):
            assert not kinds
            assert not pauses, (order.number, pauses)
        if condition is Condition.PENDING_REVIEW:
            assert Stage.REVIEW in [task.stage for task in tasks]
        if condition is Condition.COMPLETED:
            assert order.completed_at is not None
            assert not kinds
        if ExceptionKind.INFORMATION in kinds:
            assert not tasks

    def check_ended(self, order: Any, tasks: list[Any]) -> None:
        if order.cancelled_at is not None or order.completed_at is not None:
            assert not tasks
            assert not self.company.held(order.number)
        if order.cancelled_at is not None:
            assert not self.company.exceptions(order.number)

    def check_goes_on(self, order: Any, tasks: list[Any]) -> None:
        """An order that has not ended has something open for somebody."""
        if order.cancelled_at is None and order.completed_at is None:
            assert tasks or self.company.exceptions(order.number), order.number
        for task in tasks:
            if task.stage is Stage.SHIPPING:
                in_hand = (
                    Allocation.select()
                    .join(OrderLine)
                    .where(
                        (OrderLine.order == order.id)
                        & (Allocation.round == task.round)
                        & Allocation.released_at.is_null()
                        & Allocation.shipment.is_null()
                    )
                )
                assert in_hand.exists(), order.number

    @invariant()
    def nothing_is_lost_between_shelf_and_parcel(self) -> None:
        """What has left the shelf for an order is what its parcels hold."""
        if not hasattr(self, "company"):
            return
        for order in list(Order.select().where(Order.nature != Nature.RETURN)):
            left: dict[str, int] = {}
            kinds = ("shipment", "reversal")
            for move in StockMovement.select().where(
                (StockMovement.order == order.id) & StockMovement.kind.in_(kinds)
            ):
                left[move.sku] = left.get(move.sku, 0) - move.quantity
            if order.nature is not Nature.EXCHANGE:
                assert {s: n for s, n in left.items() if n} == self.company.sent(order.number)

    @invariant()
    def the_clock_knows_when_to_speak(self) -> None:
        """When each open task and exception is next spoken of follows from the record."""
        if not hasattr(self, "company"):
            return
        work, orders_by_id = self.company.workplace, {one.id: one for one in Order.select()}
        standing = {
            task for (task,) in rows(Pause.select(Pause.task).where(Pause.ended_at.is_null()))
        }
        tasks: list[Any] = list(Task.select())
        for task in tasks:
            order, runs = orders_by_id[task.order_id], task.id not in standing
            at = alerts.task_alert(work, task, order.priority, order.nature) if runs else None
            self.check_alert(f"task:{task.id}", task, None if task.done_at else at)
            if task.done_at is None:
                self.check_due(task, order)
        troubles: list[Any] = list(OrderException.select())
        for one in troubles:
            if one.resolved_at is not None:
                self.check_promise(one)
                continue
            held = orders_by_id[one.order_id].held_at is not None
            at = None if held else alerts.exception_alert(work, one)
            self.check_alert(f"exception:{one.id}", one, at)

    def check_promise(self, one: Any) -> None:
        """What an exception was resolved with is asked after when it has passed, and not again."""
        told = msgspec.json.decode(one.resolution)
        promised = told.get("until") or told.get("eta")
        until = datetime.fromisoformat(promised) if promised else None
        was_asked_after = one.alert_at is None and until is not None and until <= self.company.now
        assert one.alert_at == until or was_asked_after, (one.id, one.alert_at, until)

    def check_due(self, task: Any, order: Any) -> None:
        """What a task's due time follows from is all on record."""
        ended = (Pause.task == task.id) & Pause.ended_at.is_null(False)
        pauses = rows(Pause.select(Pause.started_at, Pause.ended_at).where(ended))
        due = alerts.task_due(self.company.workplace, order, task.stage, task.started_at, pauses)
        assert task.due_at == due, (task.id, task.stage)

    def check_alert(self, subject: str, row: Any, at: Any) -> None:
        is_at_the_top = row.alert_at is None and row.alert_level == 1  # one manager, none above
        assert row.alert_at == at or is_at_the_top, (subject, row.alert_at, at)
        if row.alert_level is not None:
            levels = Escalation.select(Escalation.level).where(Escalation.subject == subject)
            assert row.alert_level == max(level for (level,) in rows(levels))

    @invariant()
    def the_trail_holds(self) -> None:
        if hasattr(self, "company"):
            assert list(trail.verify()) == []


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=12,
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)
