"""The registers, row by row against what plain SQL finds."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copy
from tempfile import mkdtemp
from typing import Any

import pytest

from orderterm.rules.drafts import SurveyDraft, TrackingDraft
from orderterm.settings import Settings
from orderterm.store import connection
from orderterm.store.connection import reading, snapshot, transaction
from orderterm.store.fields import utc_text
from orderterm.store.tables import OrderSerial, Shipment, TrackingUpdate
from orderterm.terms import ExceptionKind, ExceptionPath, NoticeKind, Priority, Role, Stage
from orderterm.terms import TrackingState as Parcel
from orderterm.views.registers import (
    exceptions,
    handover,
    priorities,
    progress,
    registration,
    shipping,
    shortage,
    survey,
)
from orderterm.views.registers.days import Days
from orderterm.workflow import escalations, hearing, measures, orders
from orderterm.workflow import handover as shifts
from tests.contract.company import MONDAY, Company
from tests.contract.furnished import furnished
from tests.views.busy import busy
from tests.views.plans import asked, read_whole, scans

FIRST = MONDAY.date()
DAYS = [FIRST + timedelta(days=number) for number in range(5)]
SPANS = [Days(day, day) for day in DAYS] + [Days(DAYS[1], DAYS[3]), Days(DAYS[0], DAYS[-1])]


@cache
def _busy() -> tuple[Path, datetime]:
    """A house after three busy days, whatever was overdue told on, and somebody's handover; made
    once a run."""
    file = Path(mkdtemp(prefix="orderterm-test-"), "busy.db")
    copy(furnished(), file)
    connection.use(file)
    with reading():
        company = Company(file, furnished=True)
        busy(company, days=3, orders_a_day=5)
        company.later(hours=5)
        escalations.pass_clock(company.workplace)
        shifts.hand_over(company.workplace, "prep", remark="call 13800138000")
    return file, company.now


@pytest.fixture
def house(database: Path) -> Iterator[Company]:
    file, now = _busy()
    copy(file, database)
    connection.use(database)
    with reading():
        company = Company(database, furnished=True)
        company.now = now
        yield company


def sql(company: Company, query: str, days: Days) -> list[tuple[Any, ...]]:
    """What plain SQL finds; ``:start`` and ``:end`` bound the days, eight hours ahead of UTC,
    ``:first`` and ``:last`` are as order numbers begin, ``:now`` is the time."""
    values = {
        "start": f"{days.first - timedelta(days=1)}T16:00:00.000Z",
        "end": f"{days.last}T16:00:00.000Z",
        "first": f"{days.first:%Y%m%d}",
        "last": f"{days.last:%Y%m%d}",
        "now": utc_text(company.now),
    }
    with closing(sqlite3.connect(company.file)) as reader:
        return reader.execute(query, values).fetchall()


def settings(company: Company) -> Settings:
    return company.workplace.settings


def of_days(company: Company, days: Days) -> dict[str, list[Any]]:
    """Every register of some days."""
    own, now = settings(company), company.now
    with snapshot():
        return {
            "registration": [*registration.registration(days, own)],
            "priority": [*priorities.priorities(days, own)],
            "progress": [*progress.progress(days, own, now)],
            "shortage": [*shortage.locks(days, own)],
            "exceptions": [*exceptions.troubles(days, own, now)],
            "shipping": [*shipping.parcels(days, own, now)],
            "survey": [*survey.surveys(days, own)],
            "handover": [*handover.handovers(days, own)],
        }


def numbers(rows: Iterable[Any]) -> Counter[str]:
    """How many rows each order has."""
    return Counter(row.number for row in rows)


def test_each_register_has_the_rows_that_sql_counts(house: Company) -> None:
    for days in SPANS:
        found = of_days(house, days)
        for name, query in COUNTED.items():
            told = dict(sql(house, query, days))
            assert numbers(found[name]) == told, f"{name} of {days}"
    assert all(of_days(house, SPANS[-1]).values())


COUNTED = {
    "registration": """
        SELECT o.number, max(1, (SELECT count(*) FROM order_line l
                                 WHERE l.order_id = o.id AND l.removed_at IS NULL))
        FROM orders o WHERE substr(o.number, 1, 8) BETWEEN :first AND :last""",
    "priority": """
        SELECT o.number, 1 FROM orders o WHERE substr(o.number, 1, 8) BETWEEN :first AND :last""",
    "progress": """
        SELECT o.number, count(*) FROM task t JOIN orders o ON o.id = t.order_id
        WHERE t.done_at BETWEEN :start AND :end OR (t.done_at IS NULL AND t.started_at < :end)
        GROUP BY 1""",
    "shipping": """
        SELECT o.number, count(*) FROM shipment s JOIN orders o ON o.id = s.order_id
        WHERE s.shipped_at BETWEEN :start AND :end OR (s.shipped_at < :start AND s.signed_at IS NULL
            AND s.replaced_at IS NULL AND o.condition NOT IN ('completed', 'cancelled'))
        GROUP BY 1""",
    "exceptions": """
        SELECT number, sum(n) FROM (
            SELECT o.number, count(*) n FROM order_exception e JOIN orders o ON o.id = e.order_id
            WHERE e.opened_at BETWEEN :start AND :end OR (e.opened_at < :start
                AND (e.resolved_at IS NULL OR e.resolved_at BETWEEN :start AND :end)) GROUP BY 1
            UNION ALL
            SELECT o.number, count(*) FROM escalation x
            JOIN task t ON 'task:' || t.id = x.subject JOIN orders o ON o.id = t.order_id
            WHERE x.level = 1 AND x.raised_at BETWEEN :start AND :end GROUP BY 1
            UNION ALL
            SELECT o.number, count(*) FROM task t JOIN orders o ON o.id = t.order_id
            WHERE (
                t.outcome = 'done' AND t.done_at > t.due_at AND t.done_at BETWEEN :start AND :end
                OR t.outcome IS NULL AND t.due_at < :now AND t.due_at BETWEEN :start AND :end
                AND t.id NOT IN (SELECT task_id FROM pause WHERE ended_at IS NULL)
            ) AND 'task:' || t.id NOT IN (SELECT subject FROM escalation WHERE level = 1)
            GROUP BY 1)
        GROUP BY 1""",
    "survey": """
        SELECT number, count(*) FROM (
            SELECT o.number, m.id FROM message m JOIN orders o ON o.id = m.order_id
            WHERE m.kind = 'survey' AND m.queued_at BETWEEN :start AND :end)
        GROUP BY 1""",
}


def test_stock_locked_and_short_is_what_sql_adds_up(house: Company) -> None:
    days = Days(DAYS[0], DAYS[-1])
    of_lines = """
        SELECT o.number, l.sku, sum(l.quantity),
            (SELECT coalesce(sum(a.quantity), 0) FROM allocation a JOIN order_line k
             ON k.id = a.line_id WHERE k.order_id = o.id AND a.sku = l.sku
             AND a.released_at IS NULL)
        FROM order_line l JOIN orders o ON o.id = l.order_id WHERE l.removed_at IS NULL
        GROUP BY 1, 2"""
    known = {row[:2]: row[2:] for row in sql(house, of_lines, days)}
    rows = of_days(house, days)["shortage"]
    assert {(row.number, row.sku): (row.wanted, row.locked) for row in rows}.items() <= (
        known.items()
    )
    for sku in {row.sku for row in rows}:
        # In this house no order but those that wait for stock lacks anything.
        own = [row for row in rows if row.sku == sku and row.state is not shortage.Lock.CANCELLED]
        needed = sum(row.wanted - row.locked for row in own)
        assert sum(row.short for row in own) == max(0, needed - own[0].available)
    finished = """
        SELECT DISTINCT o.number FROM task t JOIN orders o ON o.id = t.order_id
        WHERE t.stage = 'allocation' AND t.outcome = 'done' AND t.done_at BETWEEN :start AND :end
        UNION SELECT o.number FROM pause p JOIN task t ON t.id = p.task_id
        JOIN orders o ON o.id = t.order_id WHERE p.ended_at IS NULL AND p.reason = 'stock'
        UNION SELECT o.number FROM order_exception e JOIN orders o ON o.id = e.order_id
        WHERE e.kind = 'shortage' AND e.resolved_at IS NULL"""
    assert {row.number for row in rows} == {number for (number,) in sql(house, finished, days)}
    assert {row.state for row in rows} >= {shortage.Lock.SHORT, shortage.Lock.SHIPPED}


def test_what_is_on_the_shelf_is_not_short(company: Company) -> None:
    company.stock(A=3)
    both = [company.ordered(Stage.ALLOCATION, lines=[("A", 2), ("B", 5)]) for _ in range(2)]
    for number in both:
        company.finish(number, Stage.ALLOCATION)
    short, there = shortage.Lock.SHORT, shortage.Lock.THERE
    day = Days(FIRST, FIRST)
    found = {(row.number, row.sku): row for row in of_days(company, day)["shortage"]}
    told = [(row.available, row.short, row.state) for row in found.values()]
    # The second in the queue finds one piece of A left.
    assert told == [(3, 0, there), (0, 5, short), (3, 1, short), (0, 5, short)]
    assert list(found) == [(number, sku) for number in both for sku in "AB"]
    orders.cancel(company.workplace, "sales", both[0], reason="no more")
    (row,) = [row for row in of_days(company, day)["shortage"] if row.sku == "A"]
    assert (row.number, row.short, row.state) == (both[1], 0, there)


def test_a_cancelled_order_is_short_of_nothing(company: Company) -> None:
    company.stock(A=10)
    number = company.ordered(Stage.PREPARATION, lines=[("A", 4)])
    orders.cancel(company.workplace, "sales", number, reason="no more")
    (row,) = of_days(company, Days(FIRST, FIRST))["shortage"]
    assert (row.wanted, row.short, row.state) == (4, 0, shortage.Lock.CANCELLED)


def test_a_day_begins_and_ends_at_the_sites_midnight(company: Company) -> None:
    zone = settings(company).site.zone
    company.now = datetime(2026, 11, 23, 23, 59, 59, tzinfo=zone)
    late = company.order()
    company.later(seconds=1)
    early = company.order()
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    for day, number in ((monday, late), (tuesday, early)):
        found = of_days(company, Days(day, day))
        assert [row.number for row in found["registration"]] == [number]
        assert [row.number for row in found["priority"]] == [number]
    open_then = of_days(company, Days(monday, monday))["progress"]
    assert [row.number for row in open_then] == [late]


def test_orders_are_in_the_order_of_receipt_beyond_a_thousand(company: Company) -> None:
    company.receive(*(company.draft() for _ in range(1001)))
    rows = of_days(company, Days(FIRST, FIRST))["registration"]
    assert [row.number[-4:].lstrip("-") for row in rows[998:]] == ["999", "1000", "1001"]


def test_a_priority_tells_its_rule_and_who_changed_it(company: Company) -> None:
    plain, urgent = company.order(), company.order(special_request="加急")
    company.later(minutes=3)
    orders.set_priority(company.workplace, "boss", urgent, Priority.LOW, reason="call 13800138000")
    first, second = of_days(company, Days(FIRST, FIRST))["priority"]
    assert (first.number, first.rule, first.by_hand) == (plain, "default", None)
    assert (second.rule, second.judged) == ("expedited", Priority.URGENT)
    assert (second.by_hand, second.by) == (Priority.LOW, "Boss")
    assert second.at == company.now
    assert "13800138000" not in priorities.masked(second).reason


def test_a_priority_is_judged_when_its_rule_was_found_to_hold(company: Company) -> None:
    with transaction():
        for number in range(1, 8):
            before = (FIRST - timedelta(days=number)).isoformat()
            OrderSerial.create(channel="ST", day=before, last=1)
    lacking = company.order(address="")
    (early,) = company.receive(company.draft(), channel="ST").new
    received = company.now
    found_at = company.later(hours=2)
    company.receive(*(company.draft() for _ in range(3)), channel="ST")
    company.later(hours=1)
    fields = {"address": "Hangzhou 1", "special_request": "加急"}
    company.resolve("sales", lacking, ExceptionPath.COMPLETE, fields=fields)
    completed = company.now
    company.later(hours=1)
    plain = company.order()
    rows = {row.number: row for row in of_days(company, Days(FIRST, FIRST))["priority"]}
    assert (rows[early].rule, rows[early].at) == ("surge_day", found_at)
    assert (rows[lacking].rule, rows[lacking].at) == ("expedited", completed)
    assert (rows[plain].rule, rows[plain].at) == ("default", company.now)
    assert received < found_at < completed


def test_progress_measures_on_the_limits_clock(company: Company) -> None:
    short = company.ordered(Stage.ALLOCATION, lines=[("B", 1)])
    company.finish(short, Stage.ALLOCATION)
    company.stock(A=5)
    number = company.ordered(Stage.PREPARATION, lines=[("A", 1)])
    company.later(hours=5)
    company.finish(number, Stage.PREPARATION, reason="peak_volume")
    rows = of_days(company, Days(FIRST, FIRST))["progress"]
    (done,) = [r for r in rows if r.number == number and r.stage is Stage.PREPARATION]
    assert (done.took, done.late_by) == (timedelta(hours=5), timedelta(hours=1))
    assert (done.person, done.reason) == ("Prep", "peak_volume")
    assert done.colour is progress.Colour.RED
    (waiting,) = [row for row in rows if row.waits]
    assert (waiting.number, waiting.late_by) == (short, None)
    assert (waiting.took, waiting.paused) == (timedelta(0), timedelta(hours=5))


def test_an_overdue_stage_tells_to_whom_it_has_risen(company: Company) -> None:
    number = company.order()
    company.later(hours=2)
    escalations.pass_clock(company.workplace)
    found = of_days(company, Days(FIRST, FIRST))
    (row,) = found["progress"]
    assert (row.risen_to, row.risen_at) == (("Boss",), company.now)
    (trouble,) = found["exceptions"]
    assert (trouble.number, trouble.kind) == (number, NoticeKind.OVERDUE)
    assert (trouble.stage, trouble.responsible) == (Stage.REVIEW, Role.REVIEWER)


def test_a_late_stage_is_in_the_register_whether_or_not_anybody_was_told(company: Company) -> None:
    company.stock(A=5)
    number = company.ordered(Stage.PREPARATION)
    company.later(hours=4, minutes=1)
    late_since = company.task(number, Stage.PREPARATION).due_at
    day = Days(FIRST, FIRST)
    (still,) = of_days(company, day)["exceptions"]
    assert (still.stage, still.found_at, still.done_at) == (Stage.PREPARATION, late_since, None)
    company.later(days=1)
    company.finish(number, Stage.PREPARATION, reason="peak_volume")
    escalations.pass_clock(company.workplace)  # too late to tell of it
    assert of_days(company, day)["exceptions"] == []
    (row,) = of_days(company, Days(DAYS[1], DAYS[1]))["exceptions"]
    assert (row.key, row.number, row.kind) == (still.key, number, NoticeKind.OVERDUE)
    assert (row.found_at, row.due_at, row.done_at) == (company.now, late_since, company.now)
    assert row.reason == "peak_volume"


def test_an_exception_tells_its_stage_its_way_out_and_whether_the_customer_knows(
    company: Company,
) -> None:
    company.stock(A=5)
    number = company.ordered(Stage.TRACKING)
    company.trouble("exc", number, ExceptionKind.CARRIER_DELAY, note="call 13800138000")
    (row,) = of_days(company, Days(FIRST, FIRST))["exceptions"]
    assert (row.stage, row.notified, row.path) == (Stage.TRACKING, False, None)
    assert "13800138000" not in repr(exceptions.masked(row))
    company.later(days=1)
    eta = company.now + timedelta(days=1)
    company.resolve("exc", number, ExceptionPath.EXPEDITE, eta=eta, told="by phone")
    tuesday = Days(DAYS[1], DAYS[1])
    (row,) = of_days(company, tuesday)["exceptions"]
    assert (row.path, row.notified, row.closed_by) == (ExceptionPath.EXPEDITE, True, "Exc")
    assert of_days(company, Days(DAYS[2], DAYS[2]))["exceptions"] == []


def test_a_delay_is_the_old_carriers_where_another_has_gone_on(company: Company) -> None:
    company.stock(A=5)
    number = company.bring(company.order(), Stage.SHIPPING)
    company.finish(number, Stage.SHIPPING, carrier="顺丰", waybill="S1")
    until = company.now.date() + timedelta(days=4)
    measures.agree(company.workplace, "boss", FIRST, "carrier:SF", "call them", "exc", until)
    company.later(hours=50)
    company.trouble("exc", number, ExceptionKind.CARRIER_DELAY)
    company.later(hours=1)
    other: Any = {"carrier": "德邦", "waybill": "D1", "eta": company.now + timedelta(days=1)}
    company.resolve("exc", number, ExceptionPath.RECARRY, told="by phone", **other)
    found = of_days(company, Days(FIRST, DAYS[2]))
    (row,) = [one for one in found["exceptions"] if one.kind is ExceptionKind.CARRIER_DELAY]
    assert [str(cause) for cause in row.causes] == ["顺丰 late"]
    assert row.measure == "call them"
    sent = [(one.carrier, one.delayed, one.path) for one in found["shipping"]]
    assert sent == [("顺丰", True, ExceptionPath.RECARRY), ("德邦", False, None)]
    with transaction():
        Shipment.update(shipped_at=MONDAY).execute()  # as it once was kept
    found = of_days(company, Days(FIRST, DAYS[2]))
    (row,) = [one for one in found["exceptions"] if one.kind is ExceptionKind.CARRIER_DELAY]
    assert [str(cause) for cause in row.causes] == ["顺丰 late"]


def test_a_parcel_tells_what_was_heard_of_it_last(company: Company) -> None:
    company.stock(A=5)
    number = company.ordered(Stage.TRACKING)
    (parcel,) = company.parcels(number)
    heard = [
        TrackingDraft("SF", parcel.waybill, Parcel.PICKED_UP, company.now, "13800138000 took it"),
        TrackingDraft("SF", parcel.waybill, Parcel.IN_TRANSIT, company.later(hours=1), "on"),
    ]
    hearing.note_tracking(company.workplace, "track", heard)
    company.later(hours=49)
    (row,) = of_days(company, Days(FIRST, FIRST))["shipping"]
    assert (row.state, row.told, row.told_at) == (
        Parcel.IN_TRANSIT,
        "on",
        company.now - timedelta(hours=49),
    )
    assert (row.underway, row.delayed) == (timedelta(hours=50), True)
    (later,) = of_days(company, Days(DAYS[1], DAYS[1]))["shipping"]
    assert later.number == number
    company.finish(number, Stage.TRACKING, reason="carrier")
    assert of_days(company, Days(DAYS[1], DAYS[1]))["shipping"] == []
    (row,) = of_days(company, Days(FIRST, FIRST))["shipping"]
    assert (row.underway, row.signed_at) == (None, company.now)


@pytest.mark.parametrize("carrier", ["SF", ""])
@pytest.mark.parametrize(
    ("steps", "last"),
    [
        ([(Parcel.REFUSED, 0), (Parcel.SIGNED, 2)], Parcel.RETURNED),
        ([(Parcel.IN_TRANSIT, 0), (Parcel.PICKED_UP, 0)], Parcel.IN_TRANSIT),
        ([(Parcel.PICKED_UP, 0), (Parcel.IN_TRANSIT, 0)], Parcel.IN_TRANSIT),
    ],
)
def test_a_parcel_is_where_its_whole_journey_says(
    company: Company, steps: list[tuple[Parcel, int]], last: Parcel, carrier: str
) -> None:
    company.stock(A=5)
    number = company.ordered(Stage.TRACKING)
    (parcel,) = company.parcels(number)
    heard = [
        TrackingDraft(carrier, parcel.waybill, state, company.now + timedelta(hours=hours), state)
        for state, hours in steps
    ]
    company.later(hours=3)
    hearing.note_tracking(company.workplace, "track", heard)
    (row,) = of_days(company, Days(FIRST, FIRST))["shipping"]
    assert (row.state, row.signed_at) == (last, None)
    assert row.told == max(steps, key=lambda step: (step[1], step[0] is last))[0]


def test_what_was_told_of_a_parcel_with_the_same_number_is_not_of_this_one(
    company: Company,
) -> None:
    company.stock(A=5)
    (parcel,) = company.parcels(company.ordered(Stage.TRACKING))
    with transaction():
        TrackingUpdate.insert(
            carrier=parcel.carrier,
            waybill=parcel.waybill,
            state=Parcel.SIGNED,
            at=company.now - timedelta(days=200),
            description="signed",
        ).execute()
    (row,) = of_days(company, Days(FIRST, FIRST))["shipping"]
    assert (row.state, row.told) == (None, "")


def test_an_answer_stands_beside_its_question_or_by_itself(company: Company) -> None:
    company.stock(A=5)
    number = company.ordered(None)
    company.later(days=1)
    answer = SurveyDraft(number, 1, 5, 4, "call 13800138000")
    hearing.note_survey(company.workplace, "track", [answer])
    (asked_then,) = of_days(company, Days(FIRST, FIRST))["survey"]
    (told,) = of_days(company, Days(DAYS[1], DAYS[1]))["survey"]
    (both,) = of_days(company, Days(FIRST, DAYS[1]))["survey"]
    assert asked_then == told == both
    assert (told.speed, told.accuracy, told.service) == (1, 5, 4)
    assert told.followed_by is Role.MANAGER
    assert "13800138000" not in survey.masked(told).comment


def test_a_handover_keeps_what_was_said(house: Company) -> None:
    (row,) = of_days(house, Days(house.now.date(), house.now.date()))["handover"]
    assert (row.role, row.given_by, row.taken_by) == (Role.PREPARATION, "Prep", "")
    assert row.summary.stages[0].stage is Stage.PREPARATION
    assert "13800138000" not in handover.masked(row).remark


def test_who_only_watches_sees_no_phone_and_no_address(house: Company) -> None:
    found = of_days(house, SPANS[-1])
    rows = [registration.masked(row) for row in found["registration"]]
    assert "13800138000" not in repr(rows)
    assert "文三路478号" not in repr(rows)
    assert any("138****8000" in row.contact for row in rows)


LITTLE = {"staff", "measure", "product", "stock_checkpoint"}
"""Tables that do not grow with the orders."""


def test_a_day_reads_no_history(house: Company) -> None:
    day = Days(DAYS[1], DAYS[1])
    with snapshot(), asked() as selects:
        of_days(house, day)
    assert len(selects) > 8
    assert read_whole(scans(selects)) <= LITTLE
