"""Connections: what is switched on, who waits, what is kept, and that none is left open."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from orderterm.errors import StoreError
from orderterm.store import connection
from orderterm.store.connection import reading, snapshot, transaction
from orderterm.store.queries import first, pairs, parts, rows
from orderterm.store.tables import Customer, Product, Staff
from orderterm.store.tables import database as the_database


def product(sku: str) -> None:
    Product.create(sku=sku, name=sku)


def fail_after(*skus: str) -> None:
    """Make products, each in a transaction of its own within one that fails in the end."""
    with transaction():
        for sku in skus:
            with transaction():
                product(sku)
        raise ZeroDivisionError


def names() -> list[str]:
    with reading():
        return [sku for (sku,) in rows(Product.select(Product.sku).order_by(Product.sku))]


def open_files(file: Path) -> int:
    """How often this process has the database open."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("needs /proc")
    links = [os.readlink(path) for path in descriptors.iterdir() if path.is_symlink()]
    return sum(link.startswith(str(file)) for link in links)


# -- what is switched on --------------------------------------------------------------------------


@pytest.mark.usefixtures("database")
def test_the_pragmas_are_on() -> None:
    with reading():
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert the_database.execute_sql(f"PRAGMA {pragma}").fetchone() == (value,)


@pytest.mark.usefixtures("database")
def test_wrong_types_are_refused() -> None:
    word = peewee.Value("x", converter=False)
    query = Product.insert(sku="A", name="A", safety_stock=word)
    with pytest.raises(peewee.IntegrityError, match="cannot store TEXT"), transaction():
        query.execute()


@pytest.mark.parametrize(
    "insert",
    [
        lambda: Product.create(sku="A", name="A", safety_stock=-1),
        lambda: Product.create(sku="A", name=None),
        lambda: the_database.execute_sql(
            "INSERT INTO stock_movement (sku, kind, quantity, at) VALUES ('A', 'gift', 1, '')"
        ),
        lambda: the_database.execute_sql(
            "INSERT INTO stock_movement (sku, kind, quantity, at) VALUES ('A', 'count', 0, '')"
        ),
        lambda: the_database.execute_sql(
            "INSERT INTO trail_head (id, last_event, last_hash) VALUES (2, 0, '')"
        ),
        lambda: Product.insert_many([{"sku": "A", "name": "A"}] * 2).execute(),
        lambda: Staff.create(badge="x", name="X", roles=(), superior="nobody", created_at="2026"),
    ],
)
@pytest.mark.usefixtures("database")
def test_the_database_itself_refuses_what_can_not_be(insert: object) -> None:
    with pytest.raises(peewee.IntegrityError), transaction():
        insert()  # type: ignore[operator]


# -- all or nothing -------------------------------------------------------------------------------


@pytest.mark.usefixtures("database")
def test_a_transaction_that_fails_leaves_nothing() -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after("A")
    assert names() == []


@pytest.mark.usefixtures("database")
def test_a_transaction_within_one_shares_its_fate() -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after("A", "B")
    assert names() == []


@pytest.mark.usefixtures("database")
def test_an_inner_failure_can_be_survived() -> None:
    with transaction():
        product("A")
        with pytest.raises(ZeroDivisionError):
            fail_after("B")
        product("C")
    assert names() == ["A", "C"]


def test_a_snapshot_sees_one_moment(database: Path) -> None:
    with snapshot():
        assert names() == []
        with closing(sqlite3.connect(database)) as other:
            other.execute("INSERT INTO product VALUES ('A', 'A', '', '', 0, 0)")
            other.commit()
        assert names() == []
    assert names() == ["A"]


def test_a_reader_for_looking_only_writes_nothing(database: Path) -> None:
    with transaction():
        product("A")
    connection.use(database, readonly=True)
    assert names() == ["A"]
    with pytest.raises(peewee.OperationalError, match="readonly"), transaction():
        product("B")
    assert names() == ["A"]


# -- nothing is left open -------------------------------------------------------------------------


def test_every_unit_of_work_closes_its_connection(database: Path) -> None:
    for _ in range(50):
        names()
        with transaction():
            pass
        with pytest.raises(ZeroDivisionError):
            fail_after("A")
    assert the_database.is_closed()
    assert open_files(database) == 0


@pytest.mark.usefixtures("database")
def test_a_query_outside_a_unit_of_work_is_refused() -> None:
    with pytest.raises(peewee.InterfaceError):
        Product.select().count()
    assert the_database.is_closed()


def test_threads_that_come_and_go_leave_nothing_open(database: Path) -> None:
    for _ in range(20):
        threads = [threading.Thread(target=names) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert open_files(database) == 0


def test_what_can_not_be_opened_is_said(tmp_path: Path) -> None:
    connection.use(tmp_path / "nowhere" / "orderterm.db")
    with pytest.raises(StoreError, match=r"can't be opened: unable to open .*yours to write"):
        names()
    assert the_database.is_closed()


# -- a busy database ------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself waits for nobody, so that our own patience is what is seen."""
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_SECONDS", 0.001)


@pytest.mark.usefixtures("impatient")
def test_a_busy_database_is_waited_for(database: Path) -> None:
    connection.use(database)
    other = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    timer.start()
    with transaction():
        product("A")
    timer.join()
    other.close()
    assert names() == ["A"]


@pytest.mark.usefixtures("impatient")
def test_patience_ends_with_a_sentence(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE_SECONDS", 0.05)
    connection.use(database)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="has been busy for 0 s; another program"):
            fail_after("A")
        assert names() == []
    assert the_database.is_closed()


# -- queries --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("database")
def test_queries_give_plain_tuples() -> None:
    with transaction():
        product("A")
        product("B")
    with reading():
        query = Product.select(Product.sku, Product.safety_stock).order_by(Product.sku)
        assert rows(query) == [("A", 0), ("B", 0)]
        assert pairs(query) == {"A": 0, "B": 0}
        assert first(query) == ("A", 0)
        assert first(Customer.select(Customer.name)) is None


def test_many_values_are_asked_for_in_parts() -> None:
    found = list(parts([*range(25_000), 1, 2]))
    assert [len(part) for part in found] == [10_000, 10_000, 5_000]
    assert [value for part in found for value in part] == list(range(25_000))
    assert list(parts([])) == []
