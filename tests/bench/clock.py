"""The clock's measurements, in a company with 50,000 open tasks."""

import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from peewee import SqliteDatabase

from orderterm.store import connection
from orderterm.store.fields import utc_text
from orderterm.store.tables import Task, database
from orderterm.workflow import escalations, watched
from orderterm.workflow.workplace import Workplace
from tests.bench import home, recording
from tests.bench.core import Row, folder

OPEN, DUE, PASSES, ROUNDS = 50_000, 500, 2_000, 9


class _Seconds(NamedTuple):
    ours: float
    floor: float


def idle() -> Row:
    """A pass that finds nothing, beside the one query that it needs, turn by turn."""
    with folder() as place:
        workplace = _company(place)
        bare = recording.plain(place / "orderterm.db")
        with home.held_open():
            turns = [
                _Seconds(
                    _seconds(lambda: escalations.pass_part(workplace)),
                    _seconds(lambda: _ask(bare, workplace)),
                )
                for _ in range(ROUNDS)
            ]
        bare.close()
    return _row(
        f"pass of the clock, {OPEN:,} open, none due", turns, PASSES, "its one query", "≤ 1.5 ×"
    )


def _ask(bare: sqlite3.Connection, workplace: Workplace) -> None:
    values = (utc_text(workplace.now()), escalations.BATCH)
    bare.execute(watched.DUE, values).fetchall()


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    for _ in range(PASSES):
        act()
    return time.perf_counter() - start


def due() -> Row:
    """A pass that tells of 500 tasks, beside the very same statements in plain sqlite3."""
    with folder() as place:
        workplace = _company(place)
        with connection.transaction():
            moment = workplace.now() - timedelta(minutes=1)
            newly = Task.id <= DUE
            Task.update(due_at=moment, alert_at=moment + timedelta(milliseconds=1)).where(
                newly
            ).execute()
        with connection.reading():
            database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        turns = [_told(place, workplace) for _ in range(ROUNDS)]
    what = f"pass of the clock, {DUE} of {OPEN:,} due"
    return _row(what, turns, 1, "same statements", "≤ 4 ×")


def _told(place: Path, workplace: Workplace) -> _Seconds:
    """One pass over a copy, recorded; one over another copy; and the record over a third."""
    for name in ("recorded", "ours", "plain"):
        for left in place.glob(f"{name}.db*"):
            left.unlink()
        shutil.copyfile(place / "orderterm.db", place / f"{name}.db")
    statements = _recorded(place / "recorded.db", workplace)
    connection.use(place / "ours.db")
    with home.held_open():
        start = time.perf_counter()
        raised = escalations.pass_clock(workplace)
        ours = time.perf_counter() - start
    assert raised == DUE, raised
    bare = recording.plain(place / "plain.db")
    floor = recording.replay(bare, statements)
    bare.close()
    return _Seconds(ours, floor)


def _recorded(file: Path, workplace: Workplace) -> list[recording.Statement]:
    opened = SqliteDatabase(
        str(file),
        pragmas=connection.PRAGMAS,
        lock_type="IMMEDIATE",
        factory=recording.RecordingConnection,
    )
    database.initialize(opened)
    with home.held_open():
        recording.recorded.clear()
        escalations.pass_clock(workplace)
    return list(recording.recorded)


def _company(place: Path) -> Workplace:
    workplace = home.make(place)
    with connection.reading():
        home.orders(workplace, OPEN)
    return workplace


def _row(what: str, turns: list[_Seconds], count: int, floor: str, to_reach: str) -> Row:
    ratio = statistics.median(turn.ours / turn.floor for turn in turns)
    ours = statistics.median(turn.ours for turn in turns) / count
    bare = statistics.median(turn.floor for turn in turns) / count
    return Row(what, _shown(ours), f"{_shown(bare)}, {floor}", f"{ratio:.2f} ×", to_reach)


def _shown(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds > 0.001 else f"{seconds * 1e6:.1f} µs"


MEASUREMENTS: dict[str, Callable[[], Row]] = {"clock-idle": idle, "clock-due": due}
