"""The database that is measured with is one that a company could have."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orderterm import settings as all_settings
from orderterm.demo import company
from orderterm.rules.deadlines import Urgency
from orderterm.store import connection, schema, trail
from orderterm.store.stock import miscounted
from orderterm.store.tables import Order, OrderException, database
from orderterm.terms import Condition, Stage
from orderterm.views.order import order
from orderterm.views.queue import Wanted, page
from orderterm.workflow import stages
from orderterm.workflow.workplace import Workplace
from tests.bench.million import OPEN_SHARE, make

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SETTINGS = all_settings.parse({})
ORDERS = 6_000


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("million") / "home" / "orderterm.db"
    make(made, ORDERS, NOW)
    return made


def test_it_is_whole(file: Path) -> None:
    schema.check(file)
    connection.use(file)
    assert list(trail.verify()) == []
    with connection.reading():
        for check, answer in (("foreign_key_check", []), ("integrity_check", [("ok",)])):
            assert database.execute_sql(f"PRAGMA {check}").fetchall() == answer
        assert miscounted() == []
        assert Order.select().count() == ORDERS
        ended = Order.condition.in_([Condition.COMPLETED, Condition.CANCELLED])
        assert Order.select().where(~ended).count() == ORDERS * OPEN_SHARE
        assert OrderException.select().count() > ORDERS * OPEN_SHARE / 20


def test_its_open_work_is_of_all_kinds_and_can_be_done(file: Path) -> None:
    connection.use(file)
    workplace = Workplace(SETTINGS, lambda: NOW, "test")
    rows = page(Wanted(), SETTINGS, NOW, count=ORDERS)
    assert len(rows) >= ORDERS * OPEN_SHARE
    assert {row.stage for row in rows if row.exception is None} == set(Stage)
    assert {row.urgency for row in rows} == set(Urgency)
    for row in rows:
        view = order(row.number, SETTINGS, NOW)
        assert view.lines
        assert view.due_at is not None
    fresh = next(row for row in rows if row.stage is Stage.REVIEW and row.exception is None)
    reviewer = fresh.assignee or next(p.badge for p in company.STAFF if "reviewer" in p.roles)
    told = stages.confirm(workplace, reviewer, fresh.number, reason="other")
    assert told.changed
    assert list(trail.verify()) == []


def test_nothing_is_written_over(file: Path) -> None:
    with pytest.raises(FileExistsError):
        make(file, 10, NOW)
