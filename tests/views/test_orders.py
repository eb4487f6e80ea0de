"""Lists of orders against the orders themselves, one by one."""

import itertools
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from orderterm import settings as all_settings
from orderterm.errors import Refusal
from orderterm.rules.drafts import LineDraft, OrderDraft, ProductDraft, StockDraft
from orderterm.store import connection, schema
from orderterm.terms import Condition, ExceptionKind, Priority, Role, Stage
from orderterm.views.board import Board, board
from orderterm.views.order import OrderView, order
from orderterm.views.orders import Filter, OrderRow, orders
from orderterm.workflow import escalations, exceptions, receiving, registers, stages, stocktaking
from orderterm.workflow import orders as steps
from orderterm.workflow.arrivals import Source
from orderterm.workflow.details import Details
from orderterm.workflow.workplace import Workplace
from tests.contract.backends import for_the_run

START = datetime(2026, 11, 23, 2, tzinfo=UTC)
SETTINGS = all_settings.parse({})


class House:
    """A house full of orders in all conditions, worked by one person with a seeded hand."""

    def __init__(self, file: Path, *, worked: int = 250) -> None:
        self.now = START
        self.file = file
        self.chance = random.Random(7)
        schema.migrate(file, self.now)
        connection.use(file)
        self.workplace = Workplace(SETTINGS, lambda: self.now, "test")
        registers.add_first_admin(self.workplace)
        registers.keep_products(
            self.workplace, "admin", [ProductDraft("A", "a"), ProductDraft("B", "b")]
        )
        counts = [StockDraft("A", 40), StockDraft("B", 9)]
        stocktaking.count(self.workplace, "admin", counts)
        self.numbers = self._receive("EC", 45) + self._receive("TM", 15)
        with connection.reading():
            for _ in range(worked):
                self.now += timedelta(minutes=1)
                self._step(self.chance.choice(self.numbers))

    def _receive(self, channel: str, count: int) -> list[str]:
        drafts = [self._draft(f"{channel}{i}") for i in range(count)]
        source = Source(channel)
        return receiving.receive(self.workplace, "admin", source, drafts).new

    def _draft(self, number: str) -> OrderDraft:
        return OrderDraft(
            channel_order_number=number,
            ordered_at=self.now,
            customer_name="王小明",
            contact=self.chance.choice(["13800138000"] * 5 + [""]),
            address="杭州市西湖区文三路478号",
            special_request=self.chance.choice(["", "", "加急"]),
            lines=[LineDraft("A", "a", "", 1), LineDraft("B", "b", "", 1)],
        )

    def _confirm(self, number: str) -> None:
        """Finish a stage, whichever it is, with what it asks for."""
        parcel = Details(carrier="SF", waybill=number)
        for details in (parcel, Details(partial=self.chance.random() < 0.5), Details()):
            with suppress(Refusal):
                stages.confirm(self.workplace, "admin", number, reason="other", details=details)
                return

    def _step(self, number: str) -> None:
        kind = self.chance.choice([ExceptionKind.OTHER, ExceptionKind.CARRIER_DELAY])
        choices: dict[Callable[[], object], int] = {
            lambda: self._confirm(number): 20,
            lambda: stages.claim(self.workplace, "admin", number): 4,
            lambda: steps.hold(self.workplace, "admin", number, reason="x"): 1,
            lambda: steps.cancel(self.workplace, "admin", number, reason="x"): 1,
            lambda: exceptions.raise_by_hand(self.workplace, "admin", number, kind, note="x"): 2,
        }
        (step,) = self.chance.choices([*choices], [*choices.values()])
        try:
            step()
        except Refusal:
            return

    def listed(self, wanted: Filter, now: datetime) -> list[OrderRow]:
        """What the view lists."""
        return orders(wanted, SETTINGS, now)

    def views(self, now: datetime) -> list[OrderView]:
        """Every order, in the order of receipt."""
        with connection.reading():
            return [order(number, SETTINGS, now) for number in self.numbers]


@cache
def full_house() -> House:
    """A house that nothing changes any more, made once a run."""
    return House(for_the_run() / "house.db")


@pytest.fixture(scope="module")
def house() -> House:
    return full_house()


@pytest.fixture(autouse=True)
def at_home(house: House) -> None:
    """Another test may have used another database in between."""
    connection.use(house.file)


def answers(view: OrderView, wanted: Filter) -> bool:
    """Whether an order has what ``wanted`` asks for, told from the whole order."""
    if wanted.condition not in (None, view.condition):
        return False
    if wanted.priority not in (None, view.priority):
        return False
    if wanted.channel not in (None, view.channel):
        return False
    work: list[tuple[Stage | None, Role, bool]] = [
        (one.stage, one.role, one.overdue) for one in view.stages
    ]
    if wanted.stage is None:
        work += [(None, e.role, e.overdue) for e in view.exceptions if e.resolved_at is None]
    if wanted.stage is None and wanted.role is None and not wanted.overdue:
        return True
    return any(
        wanted.stage in (None, stage)
        and wanted.role in (None, role)
        and (overdue or not wanted.overdue)
        for stage, role, overdue in work
    )


FILTERS = [
    Filter(*some, limit=limit)
    for some in itertools.product(
        (None, Stage.PREPARATION, Stage.ALLOCATION),
        (None, Role.SALES, Role.PREPARATION, Role.INVENTORY, Role.EXCEPTIONS),
        (None, Priority.URGENT),
        (None, Condition.NORMAL, Condition.CANCELLED),
        (None, "TM"),
        (False, True),
    )
    for limit in (3, 1000)
]


def test_the_house_is_varied(house: House) -> None:
    views = house.views(house.now)
    assert len({view.condition for view in views}) >= 6
    assert any(len(view.stages) > 1 for view in views)
    assert any(view.stages and view.stages[0].paused for view in views)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=1)])
def test_every_filter_lists_what_it_asks_for(house: House, later: timedelta) -> None:
    now = house.now + later
    views = house.views(now)
    for wanted in FILTERS:
        expected = [view.number for view in views if answers(view, wanted)]
        found = [row.number for row in house.listed(wanted, now)]
        assert len(found) == len(set(found)) == min(len(expected), wanted.limit)
        assert set(found) <= set(expected)


def test_the_list_is_in_the_order_of_queues(house: House) -> None:
    now = house.now + timedelta(days=1)
    place = {number: i for i, number in enumerate(house.numbers)}
    found = house.listed(Filter(limit=1000), now)
    opened = [row for row in found if row.due_at is not None]
    assert found[: len(opened)] == opened
    assert opened == sorted(opened, key=lambda r: (r.priority.rank, r.due_at, place[r.number]))
    ended = [place[row.number] for row in found[len(opened) :]]
    assert ended == sorted(ended, reverse=True)
    assert house.listed(Filter(limit=7), now) == found[:7]


def test_a_row_tells_what_the_order_tells(house: House) -> None:
    now = house.now + timedelta(days=1)
    rows = {row.number: row for row in house.listed(Filter(limit=1000), now)}
    for view in house.views(now):
        row = rows[view.number]
        for name in OrderRow.__struct_fields__:
            if name not in ("paused", "exception"):
                assert getattr(row, name) == getattr(view, name), name


def counted(found: Board) -> dict[Stage, tuple[int, int]]:
    """The work that is open at each stage."""
    return {one.stage: (one.in_progress + one.exception, one.overdue) for one in found.stages}


def test_the_board_counts_what_the_orders_tell(house: House) -> None:
    now = house.now + timedelta(days=1)
    views, found = house.views(now), board(SETTINGS, now)
    troubled = sum(
        not view.stages and any(e.resolved_at is None for e in view.exceptions) for view in views
    )
    for stage in Stage:
        here = [one for view in views for one in view.stages if one.stage is stage]
        extra = troubled if stage is Stage.REVIEW else 0
        assert counted(found)[stage] == (len(here) + extra, sum(one.overdue for one in here))
    done = sum(e.kind == "stage_done" for view in views for e in view.timeline)
    assert sum(one.done for one in found.stages) == done
    assert sum(one.done_today for one in found.stages) == 0
    assert sum(one.done_today for one in board(SETTINGS, house.now).stages) == done
    assert found.orders == len(views) == sum(one.orders for one in found.channels)
    for one in found.conditions:
        assert one.orders == sum(view.condition is one.condition for view in views)
    for kind in found.exceptions:
        all_of_it = [e for view in views for e in view.exceptions if e.kind is kind.kind]
        assert kind.open == sum(e.resolved_at is None for e in all_of_it)
        assert kind.open + kind.resolved == len(all_of_it)
    late = [e for view in views for e in view.exceptions if e.overdue]
    assert found.overdue_exceptions == len(late)
    assert found.overdue_tasks == sum(one.overdue for one in found.stages)
    assert min(found.overdue_tasks, found.overdue_exceptions) > 0


def test_an_escalation_goes_up_the_ladder(tmp_path: Path) -> None:
    house = House(tmp_path / "orderterm.db", worked=0)
    workplace = house.workplace
    registers.add_staff(workplace, "admin", "top", "总监", [Role.MANAGER])
    registers.add_staff(workplace, "admin", "chief", "经理", [Role.MANAGER], "top")
    registers.add_staff(workplace, "admin", "hand", "工人", [Role.REVIEWER], "chief")
    (number,) = house._receive("JD", 1)
    stages.reassign(workplace, "admin", number, "hand", reason="x")
    due = order(number, SETTINGS, house.now).due_at
    assert due is not None
    for after, to, level in (
        (timedelta(minutes=1), ("经理 (chief)",), 1),
        (timedelta(minutes=31), ("总监 (top)",), 2),
        (timedelta(days=9), ("总监 (top)",), 2),
    ):
        house.now = due + after
        escalations.pass_clock(workplace)
        found = board(SETTINGS, house.now)
        told = [(one.to, one.level, one.items) for one in found.escalations]
        assert (to, level, 1) in told
        assert sum(items for *_, items in told) == found.overdue_tasks + found.overdue_exceptions
