"""The migrated schema is the tables' schema; versions are checked; copies are made."""

import multiprocessing
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orderterm.errors import StoreError
from orderterm.store import connection, schema, trail
from orderterm.store.tables import TABLES
from orderterm.store.tables import database as the_database
from tests.contract.backends import sqlite
from tests.contract.company import Company

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def masters(file: Path) -> dict[str, str]:
    """The statement that made each table, index and trigger, without the migrations' own."""
    with closing(sqlite3.connect(file)) as reader:
        rows = reader.execute(
            "SELECT type || ' ' || name, sql FROM sqlite_master "
            "WHERE sql IS NOT NULL AND tbl_name <> ?",
            (schema.HISTORY,),
        )
        return {name: " ".join(sql.replace("IF NOT EXISTS ", "").split()) for name, sql in rows}


def test_the_migrated_schema_is_the_tables_schema(tmp_path: Path) -> None:
    schema.migrate(tmp_path / "migrated.db", NOW)
    (tmp_path / "models.db").touch()
    opened = connection.use(tmp_path / "models.db")
    with opened.connection_context():
        opened.create_tables(TABLES)
        for trigger in trail.TRIGGERS:
            opened.execute_sql(trigger)  # type: ignore[no-untyped-call]
    migrated, models = masters(tmp_path / "migrated.db"), masters(tmp_path / "models.db")
    assert migrated == models
    tables = {name.removeprefix("table "): sql for name, sql in models.items() if "table " in name}
    assert tables.keys() == {table._meta.table_name for table in TABLES}
    assert all(sql.endswith("STRICT") for sql in tables.values())
    assert sum(name.startswith("trigger ") for name in migrated) == len(trail.TRIGGERS)
    assert sum(sql.count("CHECK") for sql in tables.values()) > 30


def test_a_new_database_is_migrated_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    applied, copy = schema.migrate(file, NOW)
    assert (applied, copy) == (["0001_initial"], None)
    schema.check(file)
    assert schema.migrate(file, NOW) == ([], None)


def test_an_older_database_is_copied_first(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file)) as old:
        old.execute("CREATE TABLE note (text TEXT)")
        old.execute("INSERT INTO note VALUES ('mine')")
        old.commit()
    with pytest.raises(StoreError, match=r"is older than this program .*run `orderterm migrate`"):
        schema.check(file)
    _, copy = schema.migrate(file, NOW)
    assert copy == tmp_path / "old.db.before-migration-20261123T020000"
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT text FROM note").fetchall() == [("mine",)]
        assert kept.execute("SELECT count(*) FROM sqlite_master").fetchall() == [(1,)]
    schema.check(file)


def test_a_copy_never_takes_anothers_name(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    file.touch()
    taken = tmp_path / "old.db.before-migration-20261123T020000"
    taken.write_text("mine")
    _, copy = schema.migrate(file, NOW)
    assert copy == taken.with_name(taken.name + "-2")
    assert taken.read_text() == "mine"


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "odd.db"
    with closing(sqlite3.connect(file)) as odd:
        odd.execute("CREATE TABLE event_no_delete (x TEXT)")
        odd.execute("CREATE TABLE trail_head (id TEXT)")
    before = masters(file)
    with pytest.raises(StoreError, match=r"can't be migrated: .*it is as it was"):
        schema.migrate(file, NOW)
    assert masters(file) == before


def test_a_missing_database_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no database .*`orderterm init`"):
        schema.check(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_a_newer_database_says_what_to_install(tmp_path: Path) -> None:
    file = tmp_path / "newer.db"
    schema.migrate(file, NOW)
    with closing(sqlite3.connect(file)) as newer:
        columns = [row[1] for row in newer.execute(f"PRAGMA table_info({schema.HISTORY})")]
        row = newer.execute(f"SELECT * FROM {schema.HISTORY}").fetchone()  # noqa: S608
        values = dict(zip(columns, row, strict=True)) | {"name": "9999_later"}
        values.pop("id", None)
        marks = ", ".join("?" * len(values))
        newer.execute(
            f"INSERT INTO {schema.HISTORY} ({', '.join(values)}) VALUES ({marks})",  # noqa: S608
            list(values.values()),
        )
        newer.commit()
    with pytest.raises(StoreError, match=r"newer than this program .*9999_later"):
        schema.check(file)


@pytest.mark.parametrize(
    "content", [b"this is a letter to my aunt, long enough" * 30, b"\0" * 4096]
)
def test_what_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "letter.db"
    file.write_bytes(content)
    for ask in (lambda: schema.check(file), lambda: schema.migrate(file, NOW)):
        with pytest.raises(StoreError, match=r"can't be read as a database: .*put a backup"):
            ask()
    assert file.read_bytes() == content


def test_what_can_not_be_opened_is_not_called_broken(tmp_path: Path) -> None:
    file = tmp_path / "orderterm.db"
    file.mkdir()
    with pytest.raises(StoreError, match=r"can't be opened: .*write in its folder"):
        schema.check(file)


def migrate_at_once(file: Path, start: str) -> list[str]:
    """What one of several processes applies; they begin together, on the clock."""
    while datetime.now(UTC).isoformat() < start:
        pass
    return schema.migrate(file, NOW)[0]


@pytest.mark.parametrize("new", [True, False])
def test_processes_that_migrate_at_once_do_it_once(tmp_path: Path, new: bool) -> None:
    file = tmp_path / "shared.db"
    if not new:
        sqlite3.connect(file).execute("CREATE TABLE note (text TEXT)").connection.close()
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.map(abs, range(4))
        start = datetime.now(UTC).isoformat()
        applied = pool.starmap(migrate_at_once, [(file, start)] * 4)
    assert sorted(applied) == [[], [], [], ["0001_initial"]]
    schema.check(file)


# -- backup ---------------------------------------------------------------------------------------


def test_a_backup_is_whole_while_others_write(tmp_path: Path) -> None:
    file = sqlite(tmp_path)
    with connection.reading():
        company = Company(file)
        number = company.order()
        with connection.transaction():
            company.order()
            copy = schema.backup(file, tmp_path / "copy.db")
    schema.check(copy)
    connection.use(copy)
    with connection.reading():
        assert company.numbers() == [number]
        assert list(trail.verify()) == []


def test_a_backup_overwrites_nothing_and_leaves_no_half(tmp_path: Path) -> None:
    file = sqlite(tmp_path)
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(StoreError, match="is not overwritten"):
        schema.backup(file, taken)
    with pytest.raises(StoreError, match=r"to .*\(No such file or directory\): name"):
        schema.backup(file, tmp_path / "nowhere" / "copy.db")
    with pytest.raises(StoreError, match="can't be copied to"):
        schema.backup(tmp_path / "none.db", tmp_path / "copy.db")
    with pytest.raises(StoreError, match="can't be copied to"):
        schema.backup(taken, tmp_path / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orderterm.db", "taken"]
    assert taken.read_text() == "mine"
    assert the_database.is_closed()
