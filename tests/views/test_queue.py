"""Queues against the open work itself, one by one."""

import itertools
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.deadlines import Urgency
from orderterm.settings import parse
from orderterm.store import connection
from orderterm.store.connection import reading, transaction
from orderterm.store.tables import Order, OrderException, Product, Task
from orderterm.store.tables import database as the_database
from orderterm.terms import (
    EXCEPTION_ROLES,
    STAGE_ROLES,
    ExceptionKind,
    ExceptionPath,
    Priority,
    Role,
    Stage,
)
from orderterm.views import counts as counting
from orderterm.views.order import order
from orderterm.views.orders import STAGE_RANKS
from orderterm.views.queue import Counts, Wanted, Work, again, counts, last, page
from orderterm.workflow import orders as steps
from orderterm.workflow import stages
from tests.contract.company import Company
from tests.views.test_orders import SETTINGS, House, full_house

MORE = timedelta(hours=1)
ALL = 10_000


@pytest.fixture(scope="module")
def house() -> House:
    return full_house()


@pytest.fixture
def at_home(house: House) -> None:
    """Another test may have used another database in between."""
    connection.use(house.file)


def everything(house: House, now: datetime) -> list[Work]:
    """All open work, read by its keys and put in order here."""
    connection.use(house.file)
    return _everything(now)


@cache
def _everything(now: datetime) -> list[Work]:
    with reading():
        keys = [f"t{task.id}" for task in Task.select().where(Task.done_at.is_null())]
        unresolved = OrderException.select().where(OrderException.resolved_at.is_null())
        keys += [f"e{one.id}" for one in unresolved]
    return sorted(again(keys, SETTINGS, now).values(), key=lambda work: work.place)


def answers(work: Work, wanted: Wanted, troubled: set[str]) -> bool:
    """Whether work is what ``wanted`` asks for; ``troubled`` orders have an exception."""
    if work.exception is not None:
        own = wanted.exceptions and wanted.mine is None
        own = own and (not wanted.kinds or work.exception in wanted.kinds)
    else:
        own = wanted.tasks and (not wanted.stages or work.stage in wanted.stages)
        own = own and wanted.mine in (None, work.assignee)
    return (
        own
        and (not wanted.roles or work.role in wanted.roles)
        and wanted.channel in (None, work.channel)
        and wanted.priority in (None, work.priority)
        and (not wanted.overdue or work.urgency is Urgency.OVERDUE)
        and (not wanted.excepted or work.number in troubled)
    )


some_wanted = st.builds(
    Wanted,
    roles=st.sets(st.sampled_from(Role), max_size=3).map(tuple),
    stages=st.sets(st.sampled_from(Stage), max_size=2).map(tuple),
    kinds=st.sets(st.sampled_from(ExceptionKind), max_size=2).map(tuple),
    tasks=st.booleans() | st.just(True),
    exceptions=st.booleans() | st.just(True),
    channel=st.sampled_from([None, None, "EC", "TM", "JD"]),
    priority=st.none() | st.sampled_from(Priority),
    overdue=st.booleans(),
    excepted=st.booleans(),
    mine=st.sampled_from([None, None, "admin", "nobody"]),
)
hours = st.sampled_from([0, 1, 3, 40])


@given(wanted=some_wanted, later=hours, step=st.sampled_from([1, 4, 100]))
def test_a_queue_is_the_same_whichever_way_it_is_paged(
    house: House, wanted: Wanted, later: int, step: int
) -> None:
    now = house.now + later * MORE
    rows = everything(house, now)
    troubled = {work.number for work in rows if work.exception is not None}
    expected = [work for work in rows if answers(work, wanted, troubled)]
    assert page(wanted, SETTINGS, now, count=ALL) == expected
    forth: list[Work] = []
    while some := page(wanted, SETTINGS, now, after=forth[-1].place if forth else None, count=step):
        forth += some
        assert len(forth) <= len(expected)
    assert forth == expected
    back = last(wanted, SETTINGS, now, count=step)
    assert back == expected[-step:]
    while back and (some := page(wanted, SETTINGS, now, before=back[0].place, count=step)):
        back = some + back
        assert len(back) <= len(expected)
    assert back == expected


@given(wanted=some_wanted, later=hours)
def test_the_counts_are_those_of_the_rows(house: House, wanted: Wanted, later: int) -> None:
    now = house.now + later * MORE
    rows = everything(house, now)
    troubled = {work.number for work in rows if work.exception is not None}
    urgencies = [work.urgency for work in rows if answers(work, wanted, troubled)]
    assert counts(wanted, SETTINGS, now) == Counts(
        open=len(urgencies),
        due_soon=urgencies.count(Urgency.DUE_SOON),
        overdue=urgencies.count(Urgency.OVERDUE),
    )


def test_the_house_has_all_kinds_of_work(house: House) -> None:
    rows = everything(house, house.now + MORE)
    assert {work.urgency for work in rows} == set(Urgency)
    assert {work.stage for work in rows} >= {Stage.REVIEW, Stage.ALLOCATION, Stage.TRACKING}
    assert len({work.exception for work in rows}) >= 4
    assert any(work.paused for work in rows)
    assert any(work.assignee for work in rows)
    assert any(work.waybill for work in rows)


@pytest.mark.usefixtures("at_home")
def test_no_count_goes_past_its_cap(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "CAP", 4)
    assert counts(Wanted(), SETTINGS, house.now + MORE) == Counts(4, 4, 4)


@pytest.mark.usefixtures("at_home")
def test_a_row_tells_what_the_order_tells(house: House) -> None:
    now = house.now + timedelta(days=1)
    same = (
        *("channel", "channel_order_number", "shop", "nature", "condition", "priority", "tags"),
        *("received_at", "ordered_at", "ship_by"),
    )
    for work in page(Wanted(), SETTINGS, now, count=ALL):
        view = order(work.number, SETTINGS, now)
        assert {name: getattr(work, name) for name in same} == {
            name: getattr(view, name) for name in same
        }
        assert (work.customer, work.customer_level, work.contact, work.address) == (
            view.customer.name,
            view.customer.level,
            view.customer.contact,
            view.customer.address,
        )
        assert work.pieces == sum(line.quantity or 0 for line in view.lines)
        assert work.skus == len(view.lines)
        if view.shipment is not None:
            parcel = view.shipment
            assert (work.carrier, work.waybill) == (parcel.carrier, parcel.waybill)
            assert (work.shipped_at, work.eta) == (parcel.shipped_at, parcel.eta)
        if work.exception is not None:
            (own,) = [e for e in view.exceptions if e.kind is work.exception and not e.resolved_at]
            assert (work.role, work.due_at, work.detail) == (own.role, own.due_at, own.detail)
            assert work.stage is (view.stages[0].stage if view.stages else None)
            assert (work.urgency is Urgency.OVERDUE) == own.overdue
        else:
            (stage,) = [one for one in view.stages if one.stage is work.stage]
            assert (work.role, work.due_at, work.paused) == (stage.role, stage.due_at, stage.paused)
            assert (work.assignee, work.assignee_name) == (stage.assignee, stage.assignee_name)
            assert (work.urgency is Urgency.OVERDUE) == stage.overdue


# -- one company, step by step --------------------------------------------------------------------


def rows(company: Company, **wanted: Any) -> list[Work]:
    return page(Wanted(**wanted), company.workplace.settings, company.now)


def test_urgency_follows_the_clock_and_stops_with_it(company: Company) -> None:
    number = company.order()
    seen = []
    for minutes in (47, 1, 12, 1):
        company.later(minutes=minutes)
        (work,) = rows(company, roles=(Role.REVIEWER,))
        seen.append(work.urgency)
    assert seen == [Urgency.ON_TIME, Urgency.DUE_SOON, Urgency.DUE_SOON, Urgency.OVERDUE]
    steps.hold(company.workplace, "sales", number, reason="asked")
    (work,) = rows(company)
    assert (work.paused, work.urgency) == (True, Urgency.ON_TIME)


def test_what_stands_still_is_not_counted_as_pressing(company: Company) -> None:
    held, excepted = company.order(), company.order(contact="")
    company.later(minutes=50)
    settings = company.workplace.settings
    assert counts(Wanted(), settings, company.now) == Counts(open=2, due_soon=1, overdue=0)
    company.later(minutes=55)
    assert counts(Wanted(), settings, company.now) == Counts(open=2, due_soon=1, overdue=1)
    for number in (held, excepted):
        steps.hold(company.workplace, "sales", number, reason="asked")
    assert counts(Wanted(), settings, company.now) == Counts(open=2, due_soon=0, overdue=0)
    late = company.order()
    company.later(minutes=50)
    steps.hold(company.workplace, "sales", late, reason="asked")
    assert counts(Wanted(), settings, company.now) == Counts(open=3, due_soon=0, overdue=0)


def test_a_limit_of_days_is_due_soon_on_its_last_one(company: Company) -> None:
    company.stock(A=9)
    company.ordered(Stage.PREPARATION, nature="custom")
    seen = []
    for hours in (24, 24, 14, 9):
        company.later(hours=hours)
        (work,) = rows(company)
        found = counts(Wanted(), company.workplace.settings, company.now)
        assert found.due_soon == (work.urgency is Urgency.DUE_SOON)
        seen.append(work.urgency)
    assert seen == [Urgency.ON_TIME, Urgency.ON_TIME, Urgency.DUE_SOON, Urgency.DUE_SOON]


def test_a_row_names_the_channel_the_place_and_who_has_it(company: Company) -> None:
    with transaction():
        for sku, location in (("A", "B2"), ("B", "A7"), ("C", "")):
            Product.update(location=location).where(Product.sku == sku).execute()
    number = company.order(lines=[("A", 2), ("B", 3), ("C", 1)])
    stages.claim(company.workplace, "rev", number)
    (work,) = rows(company)
    assert (work.channel, work.channel_name) == ("EC", "商城")
    assert (work.pieces, work.skus, work.location) == (6, 3, "A7")
    assert (work.assignee, work.assignee_name) == ("rev", "Rev")
    assert work.started_at == company.now
    assert rows(company, mine="rev") == [work]
    assert rows(company, mine="boss") == []


def test_work_that_is_done_is_not_told_of_again(company: Company) -> None:
    company.stock(A=5)
    gone, stays = company.order(), company.order()
    keys = [work.key for work in rows(company)]
    company.finish(gone, Stage.REVIEW)
    found = again(keys, company.workplace.settings, company.now)
    assert [work.number for work in found.values()] == [stays]
    assert found.keys() < set(keys)
    with reading():
        ids = {one.number: one.id for one in Order.select()}
    (bare,) = again([f"o{ids[gone]}"], company.workplace.settings, company.now).values()
    assert (bare.number, bare.due_at, bare.role, bare.stage) == (gone, None, None, None)
    assert bare.place == (bare.priority.rank, company.row(gone).received_at, ids[gone], bare.key)


def test_an_exception_has_the_orders_priority_and_follows_it(company: Company) -> None:
    number = company.order()
    later = company.order(contact="")
    company.trouble("sales", number, ExceptionKind.OTHER)
    (first,) = rows(company, kinds=(ExceptionKind.OTHER,), tasks=False)
    assert first.priority is Priority.NORMAL
    steps.set_priority(company.workplace, "boss", later, Priority.URGENT, reason="so")
    urgent, normal = rows(company, tasks=False)
    assert [urgent.number, normal.number] == [later, number]
    assert [urgent.place[0], normal.place[0]] == [1, 3]
    company.resolve("sales", later, ExceptionPath.COMPLETE, fields={"contact": "13800138000"})
    assert [work.number for work in rows(company, tasks=False)] == [number]


def test_a_channel_that_left_the_settings_keeps_its_code(company: Company) -> None:
    company.receive(company.draft(), channel="TM")
    settings = parse({})
    del settings.channels["TM"]
    (work,) = page(Wanted(), settings, company.now)
    assert work.channel_name == "TM"


@pytest.mark.usefixtures("at_home")
def test_paging_reads_through_the_queues_own_indexes(house: House) -> None:
    """Each role's rows come in order out of its index, from the place where the page begins."""
    place = (2, datetime(2026, 11, 23, 3, tzinfo=UTC), 5, "t5")
    plans: dict[str, str] = {}
    with reading():
        database: Any = the_database.obj
        ask = database.execute_sql

        def spy(sql: str, params: Any = None) -> Any:
            if sql.startswith("SELECT"):
                plan = [row[3] for row in ask("EXPLAIN QUERY PLAN " + sql, params).fetchall()]
                plans[sql] = " | ".join(plan)
            return ask(sql, params)

        database.execute_sql = spy
        try:
            for after, before in itertools.product((place, None), repeat=2):
                page(Wanted(), SETTINGS, house.now, after=after, before=before)
            page(Wanted(mine="admin"), SETTINGS, house.now)
            counts(Wanted(), SETTINGS, house.now)
        finally:
            database.execute_sql = ask
    for sql, plan in plans.items():
        if 'FROM "task"' in sql and '"role" = ' in sql:
            assert "USING INDEX task_queue (role=?" in plan, sql
            assert "TEMP B-TREE" not in plan, sql
    queued = [plan for plan in plans.values() if "task_queue" in plan]
    assert any("(priority,due_at,order_id)>" in plan for plan in queued)
    assert any("(priority,due_at,order_id)<" in plan for plan in queued)
    assert any("AND priority=? AND due_at<?" in plan for plan in queued)
    assert any("AND priority=? AND due_at>? AND due_at<?" in plan for plan in queued)
    assert any("task_assignee (assignee=?)" in plan for plan in plans.values())
    assert any("order_exception_queue (role=? AND (priority" in plan for plan in plans.values())


def test_every_role_at_work_has_its_own_queue() -> None:
    """The roles that a queue is read for are all that work can be given to."""
    assert set(STAGE_RANKS) == set(STAGE_ROLES) == set(Stage)
    assert set(EXCEPTION_ROLES) == set(ExceptionKind)
