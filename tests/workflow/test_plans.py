"""What people do and look at costs the same however much history lies behind it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orderterm.demo import company as demo
from orderterm.store import connection, stock
from orderterm.store.connection import reading
from orderterm.store.tables import database
from orderterm.workflow import serials
from orderterm.workflow.workplace import SYSTEM
from tests.bench import million
from tests.contract.company import MONDAY, PRODUCTS, Company
from tests.views.plans import OF_OPEN_WORK, steps
from tests.workflow import acts

SHORT, LONG, OPEN = 3_000, 12_000, 60
"""Orders of two companies, and how many of them are open in either."""

GROWING = {
    *("allocation", "channel_version", "customer", "escalation", "event", "import_file"),
    *("inspection", "message", "notification", "order_exception", "order_line", "orders"),
    *("pause", "refund", "shipment", "stock_movement", "survey_reply", "task"),
    "tracking_update",
}
"""The tables that history fills."""

OF_WHAT_IS_OPEN = OF_OPEN_WORK | {"allocation_open", "notification_unread"}

FROM_THE_END = {"refunds of today": {"refund"}, "messages, all": {"message"}}
"""What is read backwards from the newest one, and no further than a limit."""

Cost = tuple[str, int]
"""A statement and how many steps the database took for it."""

_EVERY = 20
_VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_OF_NOTHING = "(0 = 1)"
"""How one of an empty list is asked for: the plan is a scan, but nothing is read."""


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    """Few products with much history each, and checkpoints that are never far away."""
    with pytest.MonkeyPatch.context() as patch:
        product = type(demo.PRODUCTS[0])
        shelf = tuple(product(sku, f"Product {sku}", "", "", 0, 0, 100, "") for sku in PRODUCTS)
        patch.setattr(demo, "PRODUCTS", shelf)
        patch.setattr(stock, "MOST_AFTER", 10)
        yield


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A company with a short history, and one with a long one."""
    files = []
    for orders in (SHORT, LONG):
        files.append(tmp_path_factory.mktemp("history") / "orderterm.db")
        million.make(files[-1], orders, MONDAY, OPEN / orders)
    return files


@pytest.fixture(scope="module")
def costs(homes: list[Path]) -> list[dict[str, list[Cost]]]:
    """What every act takes in either company."""
    return [_costs(file) for file in homes]


def _costs(file: Path) -> dict[str, list[Cost]]:
    connection.use(file)
    with reading():
        company = Company(file)
        found = {name: _cost(act) for name, act in acts.changes(company)}
        found |= {name: _cost(act) for name, act in acts.looks(company)}
        started = serials.local_day(company.workplace, MONDAY)
        found["surge"] = _cost(
            lambda: serials.begin_surge(company.workplace, SYSTEM, "EC", started)
        )
    return found


def _cost(act: Callable[[], object]) -> list[Cost]:
    """Do it, and tell what the database was given and how long it took for each, in steps."""
    given: list[str] = []
    taken: list[int] = []

    def ask(sql: str) -> None:
        if not sql.startswith("--"):
            given.append(sql)
            taken.append(0)

    def step() -> None:
        if taken:
            taken[-1] += _EVERY

    raw = database.connection()
    raw.set_trace_callback(ask)
    raw.set_progress_handler(step, _EVERY)
    try:
        act()
    finally:
        raw.set_trace_callback(None)
        raw.set_progress_handler(None, _EVERY)
    return list(zip(given, taken, strict=True))


def _scanned(sql: str) -> set[str]:
    """The growing tables that a statement reads from end to end, by more than what is open."""
    if not sql.startswith(_VERBS) or _OF_NOTHING in sql:
        return set()
    tables = {alias: table for table, alias in re.findall(r'"(\w+)" AS "(\w+)"', sql)}
    found: set[str] = set()
    for *_, step in database.execute_sql("EXPLAIN QUERY PLAN " + sql):
        scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
        if scan and scan[2] not in OF_WHAT_IS_OPEN:
            found.add(tables.get(str(scan[1]), str(scan[1])))
    return found & GROWING


def test_nothing_reads_history_from_end_to_end(
    homes: list[Path], costs: list[dict[str, list[Cost]]]
) -> None:
    connection.use(homes[0])
    with reading():
        reads = {
            (name, sql): tables
            for name, given in costs[0].items()
            for sql, _ in given
            if (tables := _scanned(sql) - FROM_THE_END.get(name, set()))
        }
    assert reads == {}


def test_nothing_costs_more_with_a_long_history(costs: list[dict[str, list[Cost]]]) -> None:
    short, long = ({name: _sum(given) for name, given in one.items()} for one in costs)
    assert short.keys() == long.keys()
    assert len(short) > 120
    dearer = {
        name: (short[name], cost, max(costs[1][name], key=lambda one: one[1])[0])
        for name, cost in long.items()
        if cost > 1.5 * short[name] + 1_000
    }
    assert dearer == {}


def test_a_surge_finds_its_orders_by_their_numbers(
    homes: list[Path], costs: list[dict[str, list[Cost]]]
) -> None:
    (found,) = [sql for sql, _ in costs[0]["surge"] if "EXISTS" in sql]
    connection.use(homes[0])
    with reading():
        plan = steps([found])
    assert any("INDEX orders_number (number>? AND number<?)" in step for step in plan)
    assert any(step.startswith("SEARCH shipment ") and "(order_id=?)" in step for step in plan)


def _sum(given: list[Cost]) -> int:
    return sum(cost for _, cost in given)
