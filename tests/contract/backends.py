"""The databases that the contract of store and workflow is run against."""

import atexit
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from shutil import copy, rmtree
from tempfile import mkdtemp

import pytest

from orderterm.store import connection, schema
from orderterm.store.tables import database as the_database

Opener = Callable[[Path], Path]

THREADS = ("orderterm-read", "orderterm-change")
PATIENCE_SECONDS = 60.0


@cache
def for_the_run() -> Path:
    """A folder for what is made once a run, and goes with this process."""
    folder = Path(mkdtemp(prefix="orderterm-test-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    return folder


@cache
def migrated() -> Path:
    """A new SQLite database, made once a run."""
    file = for_the_run() / "new.db"
    schema.migrate(file, datetime(2026, 11, 1, tzinfo=UTC))
    return file


def sqlite(folder: Path) -> Path:
    """A new database in ``folder``, and this process's from now on."""
    file = folder / "orderterm.db"
    copy(migrated(), file)
    connection.use(file)
    return file


BACKENDS: dict[str, Opener] = {"sqlite": sqlite}


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A new database of each kind; where a kind is a file, the file."""
    yield BACKENDS[request.param](tmp_path)
    let_end()
    if not the_database.is_closed():
        the_database.close()


def let_end() -> None:
    """Wait for what threads of a terminal are still at: it would go on in the next database."""
    for thread in threading.enumerate():
        if thread.name.startswith(THREADS):
            thread.join(PATIENCE_SECONDS)
