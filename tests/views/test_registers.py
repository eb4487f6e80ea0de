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
from orderterm.store.connection import reading, snapshot
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
from orderterm.workflow import escalations, hearing, orders
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
    ``:first`` and ``:last`` are as order numbers begin."""
    values = {
        "start": f"{days.first - timedelta(days=1)}T16:00:00.000Z",
        "end": f"{days.last}T16:00:00.000Z",
        "first": f"{days.first:%Y%m%d}",
        "last": f"{days.last:%Y%m%d}",
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
            "exceptions": [*exceptions.troubles(days, own)],
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
            WHERE x.level = 1 AND x.raised_at BETWEEN :start AND :end GROUP BY 1)
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
    assert all(row.short == max(0, row.wanted - row.locked) for row in rows)
    finished = """
        SELECT DISTINCT o.number FROM task t JOIN orders o ON o.id = t.order_id
        WHERE t.stage = 'allocation' AND t.outcome = 'done' AND t.done_at BETWEEN :start AND :end
        UNION SELECT o.number FROM pause p JOIN task t ON t.id = p.task_id
        JOIN orders o ON o.id = t.order_id WHERE p.ended_at IS NULL AND p.reason = 'stock'
        UNION SELECT o.number FROM order_exception e JOIN orders o ON o.id = e.order_id
        WHERE e.kind = 'shortage' AND e.resolved_at IS NULL"""
    assert {row.number for row in rows} == {number for (number,) in sql(house, finished, days)}
    assert {row.state for row in rows} >= {shortage.Lock.SHORT, shortage.Lock.SHIPPED}


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
