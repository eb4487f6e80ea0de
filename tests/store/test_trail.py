"""The trail: whatever is changed behind its back is found and named."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

import peewee
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderterm.store import connection, trail
from orderterm.store.connection import reading, transaction
from orderterm.store.tables import Event, TrailHead
from orderterm.store.tables import database as the_database
from tests.contract.backends import migrated
from tests.contract.company import MONDAY

COUNT = 30


def fill(events: int = COUNT) -> None:
    """A trail of events, no two alike."""
    with transaction():
        trail.append(
            trail.Entry(
                MONDAY,
                f"badge{number % 3}",
                "t1",
                f"20261123-EC-{number % 7:03d}" if number % 5 else None,
                "stage_done",
                {"stage": "review", "what": number},
            )
            for number in range(1, events + 1)
        )


def fill_and_fail() -> None:
    """Events of a change that comes to nothing."""
    with transaction():
        fill(3)
        raise ZeroDivisionError


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("trail") / "filled.db"
    copy(migrated(), file)
    connection.use(file)
    fill()
    with closing(sqlite3.connect(file)) as behind:
        for name in ("event_no_delete", "event_no_update", "event_no_replace"):
            behind.execute(f"DROP TRIGGER {name}")
    return file


@contextmanager
def tampered(filled: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the trail, to do with as one likes; used as the database afterwards."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tampered.db"
        copy(filled, file)
        connection.use(file)
        with closing(sqlite3.connect(file, isolation_level=None)) as behind:
            yield behind


def flawed() -> list[int]:
    """The events named by ``verify``; each sentence names its own event."""
    flaws = list(trail.verify())
    assert all(str(flaw.event) in str(flaw.sentence) for flaw in flaws)
    return [flaw.event for flaw in flaws]


EVENTS = st.integers(1, COUNT)
COLUMNS = st.sampled_from([name for name in trail.COLUMNS if name != "id"])
HASH = "f" * 64


def test_an_honest_trail_has_no_flaw(filled: Path) -> None:
    with tampered(filled):
        assert flawed() == []


@given(event=EVENTS, column=COLUMNS, value=st.text(st.characters(codec="utf-8"), max_size=5))
@settings(max_examples=150)
def test_any_edited_column_is_found(filled: Path, event: int, column: str, value: str) -> None:
    with tampered(filled) as behind:
        (before,) = behind.execute(f"SELECT {column} FROM event WHERE id = ?", (event,)).fetchone()  # noqa: S608
        behind.execute(f"UPDATE event SET {column} = ? WHERE id = ?", (value, event))  # noqa: S608
        assert (flawed() != []) == (value != before)
        if value != before:
            assert flawed()[0] in (event, event + 1)


@pytest.mark.parametrize("column", ["order_number", "payload"])
@given(event=EVENTS)
@settings(max_examples=20)
def test_what_is_emptied_without_an_erasure_is_found(filled: Path, column: str, event: int) -> None:
    with tampered(filled) as behind:
        select = f"SELECT {column} IS NULL FROM event WHERE id = ?"  # noqa: S608
        if behind.execute(select, (event,)).fetchone() == (0,):
            behind.execute(f"UPDATE event SET {column} = NULL WHERE id = ?", (event,))  # noqa: S608
            assert flawed() == [event]


@pytest.mark.parametrize("other", ["2026-11-23T02:00:00.000+00:00", "2026-11-23 02:00", "no time"])
def test_a_time_that_is_only_written_otherwise_was_edited(filled: Path, other: str) -> None:
    with tampered(filled) as behind:
        behind.execute("UPDATE event SET at = ? WHERE id = 7", (other,))
        assert flawed() == [7]


def test_bytes_that_are_no_text_are_found(filled: Path) -> None:
    with tampered(filled) as behind:
        behind.execute("UPDATE event SET payload = CAST(x'ff41' AS TEXT) WHERE id = 9")
        assert flawed() == [9]


@given(gone=st.sets(EVENTS, min_size=1, max_size=4))
@settings(max_examples=50)
def test_any_deleted_row_is_found(filled: Path, gone: set[int]) -> None:
    with tampered(filled) as behind:
        for event in gone:
            behind.execute("DELETE FROM event WHERE id = ?", (event,))
        firsts = [event for event in sorted(gone) if event - 1 not in gone]
        assert flawed() == firsts


@given(first=EVENTS, second=EVENTS)
@settings(max_examples=50)
def test_rows_that_changed_places_are_found(filled: Path, first: int, second: int) -> None:
    with tampered(filled) as behind:
        behind.execute("UPDATE event SET id = -1 WHERE id = ?", (first,))
        behind.execute("UPDATE event SET id = ? WHERE id = ?", (first, second))
        behind.execute("UPDATE event SET id = ? WHERE id = -1", (second,))
        if first != second:
            assert {first, second} <= set(flawed())


@given(event=EVENTS, own_hash=st.booleans())
@settings(max_examples=50)
def test_a_row_put_in_between_is_found(filled: Path, event: int, own_hash: bool) -> None:
    with tampered(filled) as behind:
        for moved in range(COUNT, event - 1, -1):
            behind.execute("UPDATE event SET id = ? WHERE id = ?", (moved + 1, moved))
        row = list(behind.execute("SELECT * FROM event WHERE id = ?", (event + 1,)).fetchone())
        row[0] = event
        if own_hash:
            row[-1] = trail._chained(tuple(row[:6]), row[-3], row[-2])
        behind.execute(f"INSERT INTO event VALUES ({', '.join('?' * 10)})", row)  # noqa: S608
        assert {event, event + 1} & set(flawed())


@given(left=st.integers(0, COUNT - 1))
@settings(max_examples=15)
def test_a_tail_that_was_cut_off_is_found(filled: Path, left: int) -> None:
    with tampered(filled) as behind:
        behind.execute("DELETE FROM event WHERE id > ?", (left,))
        assert flawed() == [left + 1]


@pytest.mark.parametrize("event", [COUNT + 1, COUNT + 5, 0, -3])
def test_a_row_at_either_end_is_found(filled: Path, event: int) -> None:
    with tampered(filled) as behind:
        row = (event, "2026", "x", "x", None, "x", None, HASH, HASH, HASH)
        behind.execute(f"INSERT INTO event VALUES ({', '.join('?' * 10)})", row)  # noqa: S608
        assert event in flawed() or COUNT + 1 in flawed()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE trail_head SET last_event = 29",
        "UPDATE trail_head SET last_event = 31",
        f"UPDATE trail_head SET last_hash = '{HASH}'",  # noqa: S608
        "DELETE FROM trail_head",
    ],
)
def test_a_wrong_end_is_found(filled: Path, change: str) -> None:
    with tampered(filled) as behind:
        behind.execute(change)
        assert len(flawed()) == 1


# -- append only ----------------------------------------------------------------------------------


@pytest.mark.parametrize("column", trail.COLUMNS)
@pytest.mark.usefixtures("database")
def test_no_column_can_be_changed(column: str) -> None:
    fill(3)
    value = 99 if column == "id" else "x"
    with pytest.raises(peewee.IntegrityError, match="append-only"), transaction():
        the_database.execute_sql(f"UPDATE event SET {column} = ? WHERE id = 2", (value,))  # noqa: S608
    change = f"UPDATE event SET payload = NULL, {column} = ? WHERE id = 2"  # noqa: S608
    with pytest.raises(peewee.IntegrityError, match="append-only"), transaction():
        the_database.execute_sql(change, (value,))


@pytest.mark.usefixtures("database")
def test_no_row_can_be_deleted_or_replaced() -> None:
    fill(3)
    row = (2, "2026", "x", "x", None, "x", None, HASH, HASH, HASH)
    for change, values in (
        ("DELETE FROM event WHERE id = 3", ()),
        (f"INSERT OR REPLACE INTO event VALUES ({', '.join('?' * 10)})", row),  # noqa: S608
        ("UPDATE OR REPLACE event SET id = 3 WHERE id = 2", ()),
    ):
        with pytest.raises(peewee.IntegrityError, match="append-only"), transaction():
            the_database.execute_sql(change, values)
    assert flawed() == []


@pytest.mark.usefixtures("database")
def test_an_erased_payload_leaves_the_trail_whole() -> None:
    fill(COUNT)
    number = "20261123-EC-003"
    with transaction():
        Event.update(payload=None).where(Event.order_number == number).execute()
        trail.append([trail.Entry(MONDAY, "admin", "t1", number, "erased", {})])
    assert flawed() == []
    with pytest.raises(peewee.IntegrityError, match="append-only"), transaction():
        Event.update(payload="{}").where(Event.payload.is_null()).execute()
    with transaction():
        later = trail.Entry(MONDAY, "admin", "t1", number, "stage_done", {})
        trail.append([later])
        Event.update(payload=None).where(Event.id == COUNT + 2).execute()
    assert flawed() == [COUNT + 2]


@pytest.mark.usefixtures("database")
def test_the_chain_is_the_documented_one() -> None:
    fill(2)
    with reading():
        first, second = Event.select().order_by(Event.id)
        head = TrailHead.get()
    assert first.previous_hash == trail.GENESIS
    assert second.previous_hash == first.hash
    assert (head.last_event, head.last_hash) == (2, second.hash)


@pytest.mark.usefixtures("database")
def test_equal_events_have_unequal_payloads() -> None:
    entry = trail.Entry(MONDAY, "a", "t1", None, "x", {"phone": "13800138000"})
    with transaction():
        trail.append([entry, entry])
    with reading():
        first, second = Event.select()
    assert first.payload_hash != second.payload_hash


@pytest.mark.usefixtures("database")
def test_nothing_is_appended_when_the_change_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        fill_and_fail()
    fill(1)
    assert flawed() == []


@pytest.mark.usefixtures("database")
def test_an_append_of_nothing_is_nothing() -> None:
    with transaction():
        trail.append([])
    assert flawed() == []


def test_verifying_sees_one_moment_while_others_write(filled: Path) -> None:
    with tampered(filled) as behind:
        behind.execute("UPDATE event SET actor = 'x' WHERE id = 1")
        flaws = trail.verify()
        assert next(flaws).event == 1
        behind.execute("UPDATE trail_head SET last_event = 20")
        assert list(flaws) == []
        assert flawed() == [1, 21]
