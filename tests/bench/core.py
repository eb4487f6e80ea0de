"""The core's measurements, each beside the plainest thing that does the same work."""

import multiprocessing
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from orderterm.intake.importing import import_files
from orderterm.store import connection, trail
from orderterm.store.tables import database
from orderterm.terms import Stage
from orderterm.workflow import stages
from orderterm.workflow.details import Details
from orderterm.workflow.workplace import Workplace
from tests.bench import home, kills, recording


class Row(NamedTuple):
    """One measurement beside its floor."""

    what: str
    ours: str
    floor: str
    ratio: str
    to_reach: str


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="orderterm-bench-") as name:
        try:
            yield Path(name)
        finally:
            if not database.is_closed():
                database.close()


# -- intake ---------------------------------------------------------------------------------------

INTAKE_ORDERS = 100_000
INTAKE_TABLES = ("orders", "order_line", "task", "event")


def intake() -> Row:
    """One file of 100,000 orders with three lines, against the same rows by executemany."""
    with folder() as place:
        workplace = home.make(place)
        file = place / "EC-orders.csv"
        home.write_export(file, INTAKE_ORDERS)
        start = time.perf_counter()
        (result,) = import_files(workplace, "admin", place, [file], channel="EC")
        ours = time.perf_counter() - start
        assert result.orders_new == INTAKE_ORDERS, result
        with connection.reading():
            assert not list(trail.verify())
        floor = _plain_intake(place, workplace.settings.inbox.batch_orders)
    return Row(
        "intake of 100,000 orders × 3 lines",
        f"{ours:.1f} s",
        f"{floor:.1f} s executemany",
        f"{floor / ours:.2f} ×",
        "≥ 0.25 ×",
    )


def _plain_intake(place: Path, batch: int) -> float:
    """The seconds that the same rows take in the same batches, without orderterm."""
    source = sqlite3.connect(place / "orderterm.db")
    target_file = place / "plain.db"
    _copy_schema(source, target_file)
    rows = {name: _everything(source, name) for name in INTAKE_TABLES}
    parts = {name: max(1, len(found) * batch // INTAKE_ORDERS) for name, found in rows.items()}
    target = recording.plain(target_file)
    target.execute("PRAGMA foreign_keys = 0")
    start = time.perf_counter()
    for index in range(INTAKE_ORDERS // batch + 2):
        target.execute("BEGIN IMMEDIATE")
        for name, found in rows.items():
            part = found[index * parts[name] : (index + 1) * parts[name]]
            if part:
                marks = ", ".join("?" * len(part[0]))
                sql = f"INSERT INTO {name} VALUES ({marks})"  # noqa: S608 - our own names
                target.executemany(sql, part)
        target.execute("COMMIT")
    seconds = time.perf_counter() - start
    source.close()
    target.close()
    return seconds


def _everything(source: sqlite3.Connection, name: str) -> list[tuple[Any, ...]]:
    return source.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - our own names


def _copy_schema(source: sqlite3.Connection, file: Path) -> None:
    target = recording.plain(file)
    for (sql,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"):
        target.execute(sql)
    target.close()


# -- one confirmation -----------------------------------------------------------------------------

CONFIRMATIONS, ROUNDS = 500, 5
TRYTON = 1.2
"""Orders a second of Tryton 8.2 on SQLite through as many steps, see docs/performance.md."""


def confirm() -> Row:
    """Confirming reviews, beside the very same statements in plain sqlite3, turn by turn."""
    with folder() as place:
        workplace = home.make(place)
        with connection.reading():
            numbers = home.orders(workplace, CONFIRMATIONS)
        shutil.copyfile(place / "orderterm.db", place / "plain.db")
        statements = _recorded_confirmations(place, numbers)
        shutil.copyfile(place / "plain.db", place / "ours.db")
        connection.use(place / "ours.db")
        plain = recording.plain(place / "plain.db")
        ours, floor = [], []
        with home.held_open():
            for turn in range(ROUNDS):
                ours.append(_confirm_all(workplace, numbers[turn::ROUNDS]))
                size = len(statements) // ROUNDS
                floor.append(recording.replay(plain, statements[turn * size : (turn + 1) * size]))
        plain.close()
    each = CONFIRMATIONS // ROUNDS
    ratio = statistics.median(mine / bare for mine, bare in zip(ours, floor, strict=True))
    return Row(
        f"one confirmation ({len(statements) / CONFIRMATIONS:.0f} statements)",
        f"{statistics.median(ours) / each * 1000:.2f} ms",
        f"{statistics.median(floor) / each * 1000:.2f} ms, same statements",
        f"{ratio:.2f} ×",
        "≤ 2 ×",
    )


def _confirm_all(workplace: Workplace, numbers: Sequence[str]) -> float:
    start = time.perf_counter()
    for number in numbers:
        stages.confirm(workplace, "reviewer", number)
    return time.perf_counter() - start


def _recorded_confirmations(place: Path, numbers: Sequence[str]) -> list[recording.Statement]:
    from peewee import SqliteDatabase

    shutil.copyfile(place / "orderterm.db", place / "recorded.db")
    opened = SqliteDatabase(
        str(place / "recorded.db"),
        pragmas=connection.PRAGMAS,
        lock_type="IMMEDIATE",
        factory=recording.RecordingConnection,
    )
    database.initialize(opened)
    workplace = home.workplace()
    with home.held_open():
        recording.recorded.clear()
        for number in numbers:
            stages.confirm(workplace, "reviewer", number)
    return list(recording.recorded)


# -- the whole life of an order -------------------------------------------------------------------

LIVES = 40


def life() -> Row:
    """Orders of three lines through every stage, each step its own durable transaction."""
    seconds = []
    with folder() as place:
        workplace = home.make(place)
        with home.held_open():
            for turn in range(ROUNDS):
                start = time.perf_counter()
                for serial in range(turn * LIVES, (turn + 1) * LIVES):
                    (number,) = home.orders(workplace, 1, first=serial)
                    _live(workplace, number, serial)
                seconds.append(time.perf_counter() - start)
        assert not list(trail.verify())
    rate = LIVES / statistics.median(seconds)
    return Row(
        "whole life of a 3-line order (7 steps)",
        f"{rate:.0f} orders/s",
        f"{TRYTON} orders/s Tryton, recorded",
        f"{rate / TRYTON:.0f} ×",
        "≥ 100 ×",
    )


def _live(workplace: Workplace, number: str, serial: int) -> None:
    for stage, badge in (
        (Stage.REVIEW, "reviewer"),
        (Stage.ALLOCATION, "inventory"),
        (Stage.PREPARATION, "preparation"),
        (Stage.SHIPPING, "shipping"),
        (Stage.TRACKING, "tracking"),
        (Stage.CONFIRMATION, "tracking"),
    ):
        parcel = Details(carrier="顺丰", waybill=f"SF{serial:010d}")
        details = parcel if stage is Stage.SHIPPING else None
        outcome = stages.confirm(workplace, badge, number, stage=stage, details=details)
        assert outcome.changed


# -- twenty at once -------------------------------------------------------------------------------

PROCESSES, EACH = 20, 100


def crowd() -> Row:
    """Twenty processes confirming at once, against twenty plain ones with the same statements."""
    with folder() as place:
        workplace = home.make(place)
        with connection.reading():
            numbers = home.orders(workplace, PROCESSES * EACH)
        shutil.copyfile(place / "orderterm.db", place / "plain.db")
        statements = _recorded_confirmations(place, numbers)
        shares = [numbers[n::PROCESSES] for n in range(PROCESSES)]
        ours = _all_at_once(_confirm_share, [(place / "orderterm.db", share) for share in shares])
        each = len(statements) // len(numbers)
        blocks = [statements[i * each : (i + 1) * each] for i in range(len(numbers))]
        work = [
            (place / "plain.db", [s for block in blocks[n::PROCESSES] for s in block])
            for n in range(PROCESSES)
        ]
        floor = _all_at_once(_replay_share, work)
    total = PROCESSES * (EACH - 1)
    return Row(
        "20 processes confirming at once",
        f"{total / ours:.0f}/s",
        f"{total / floor:.0f}/s plain",
        f"{floor / ours:.2f} ×",
        "≥ 0.5 ×",
    )


def _all_at_once(
    work: Callable[..., Iterator[None]], shares: Sequence[tuple[object, ...]]
) -> float:
    """The seconds from the moment all processes are ready to the last one's end."""
    context = multiprocessing.get_context("spawn")
    ready: Any = context.Barrier(len(shares) + 1)
    failed: Any = context.Value("i", 0)
    processes = [
        context.Process(target=_started, args=(work, ready, failed, share)) for share in shares
    ]
    for process in processes:
        process.start()
    ready.wait()
    start = time.perf_counter()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - start
    assert not failed.value, f"{failed.value} processes failed"
    return seconds


def _started(
    work: Callable[..., Iterator[None]], ready: Any, failed: Any, share: tuple[Any, ...]
) -> None:
    try:
        steps = work(*share)
        next(steps)  # its first step is to be ready, and not counted
        ready.wait()
        for _ in steps:
            pass
    except BaseException:
        failed.value += 1
        raise


def _confirm_share(file: Path, numbers: Sequence[str]) -> Iterator[None]:
    connection.use(file)
    workplace = home.workplace()
    with home.held_open():
        for number in numbers:
            stages.confirm(workplace, "reviewer", number)
            yield


def _replay_share(file: Path, statements: Sequence[recording.Statement]) -> Iterator[None]:
    # Each trail row is another process's by now: its number is taken, so the replay numbers anew.
    plain = recording.plain(file)
    cursor = plain.cursor()
    for sql, values, many in statements:
        if "INSERT INTO" in sql and '"event"' in sql:
            values = [_renumbered(cursor, row) for row in values]
        _patiently(cursor, sql, values, many)
        if sql == "COMMIT":
            yield
    plain.close()


def _renumbered(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> tuple[object, ...]:
    (last,) = cursor.execute("SELECT max(id) FROM event").fetchone()
    return (last + 1, *row[1:])


def _patiently(cursor: sqlite3.Cursor, sql: str, values: Any, many: bool) -> None:
    while True:
        try:
            cursor.executemany(sql, values) if many else cursor.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.005)
        else:
            return


# -- starting -------------------------------------------------------------------------------------


def start() -> Row:
    """``orderterm orders --json`` from nothing to its answer, against an empty Python."""
    with folder() as place:
        home.make(place)
        command = [sys.executable, "-m", "orderterm", "--home", str(place), "orders", "--json"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        ours = _median(
            lambda: subprocess.run(command, env=environment, capture_output=True, check=True)
        )
        floor = _median(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    return Row(
        "`orders --json`, cold",
        f"{ours * 1000:.0f} ms",
        f"{floor * 1000:.0f} ms python -c pass",
        f"{ours / floor:.1f} ×",
        "no Textual",
    )


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, capture_output=True, check=True)


def _median(act: Callable[[], object], runs: int = 9) -> float:
    seconds = []
    for _ in range(runs):
        begin = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


# -- killed ---------------------------------------------------------------------------------------


def killed() -> Row:
    """A working process killed with SIGKILL again and again; nothing it was told may be lost."""
    times, told = kills.run()
    return Row(
        f"killed with SIGKILL at {times:,} random points",
        f"{told:,} steps",
        "0 lost, 0 doubled, 0 half done",
        "—",
        "trail verifies",
    )


MEASUREMENTS: dict[str, Callable[[], Row]] = {
    "intake": intake,
    "confirm": confirm,
    "life": life,
    "crowd": crowd,
    "start": start,
    "killed": killed,
}
