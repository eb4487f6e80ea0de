"""Hearing of changes, and of a database that goes away and comes back."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from orderterm.store.watching import Watch

PATIENCE_SECONDS = 60
CHANGED, AWAY = "changed", "away"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "orderterm.db"
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("CREATE TABLE kept (word TEXT)")
    return made


def write(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO kept VALUES ('x')")


@contextmanager
def watched(file: Path) -> Iterator["SimpleQueue[str]"]:
    """The words that a watch tells; it follows the file already."""
    told: SimpleQueue[str] = SimpleQueue()
    watch = Watch(file, lambda: told.put(CHANGED), lambda _: told.put(AWAY))
    watch.start()
    try:
        while True:
            write(file)
            try:
                assert told.get(timeout=0.5) == CHANGED
                break
            except Empty:
                continue
        yield told
    finally:
        watch.stop()


def until(told: "SimpleQueue[str]", word: str) -> None:
    """Wait for ``word``; what was told before it may be an echo of an earlier write."""
    while told.get(timeout=PATIENCE_SECONDS) != word:
        pass


def test_it_tells_when_the_file_goes_and_comes_back(file: Path) -> None:
    away = file.with_name("elsewhere")
    with watched(file) as told:
        file.rename(away)
        until(told, AWAY)
        away.rename(file)
        until(told, CHANGED)


def test_another_file_in_its_place_is_a_change(file: Path, tmp_path: Path) -> None:
    backup = shutil.copy(file, tmp_path / "backup")
    with watched(file) as told:
        Path(backup).replace(file)
        until(told, CHANGED)


def test_an_unreadable_file_in_its_place_is_told_once_and_its_repair_as_well(
    file: Path, tmp_path: Path
) -> None:
    broken, backup = tmp_path / "broken", shutil.copy(file, tmp_path / "backup")
    broken.write_bytes(b"no database" * 500)
    with watched(file) as told:
        broken.replace(file)
        until(told, AWAY)
        with pytest.raises(Empty):
            told.get(timeout=1)
        Path(backup).replace(file)
        until(told, CHANGED)
