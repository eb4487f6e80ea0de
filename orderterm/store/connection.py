"""Opening the database, and the two ways to use it: reading, and one short transaction.

Every change waits its turn: SQLite's IMMEDIATE lock makes writers queue, and a busy database is
waited for with growing, jittered pauses instead of failing (plain SQLite gives up after its busy
timeout when many stations write at once).
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from peewee import OperationalError, SqliteDatabase

from orderterm.errors import StoreError
from orderterm.store.tables import database

BUSY_TIMEOUT_SECONDS = 10.0
PATIENCE_SECONDS = 120.0

PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1}


def use(file: Path, *, readonly: bool = False) -> SqliteDatabase:
    """Make ``file`` the database of this process; nothing is opened yet.

    Args:
        file: the database file.
        readonly: open it so that SQLite itself refuses every write.
    """
    # Without autoconnect no query can open a connection that nobody closes.
    waiting: dict[str, Any] = {"timeout": BUSY_TIMEOUT_SECONDS, "autoconnect": False}
    uri = file.absolute().as_uri()
    if readonly:
        opened = SqliteDatabase(f"{uri}?mode=ro", uri=True, **waiting)
    else:
        # While the file is away, no empty one may be begun in its place.
        waiting |= {"pragmas": PRAGMAS, "lock_type": "IMMEDIATE"}
        opened = SqliteDatabase(f"{uri}?mode=rw", uri=True, **waiting)
    database.initialize(opened)
    return opened


@contextmanager
def reading() -> Iterator[None]:
    """A connection for one unit of work, closed at its end; inside another one, that one."""
    if not database.is_closed():
        yield
        return
    _patiently(database.connect)
    try:
        yield
    finally:
        database.close()


@contextmanager
def transaction() -> Iterator[None]:
    """One short transaction: all of it is kept, or nothing."""
    with reading(), ExitStack() as stack:
        atomic = database.atomic()
        _patiently(lambda: stack.enter_context(atomic))
        yield


@contextmanager
def snapshot() -> Iterator[None]:
    """A transaction that only reads: every query in it sees the same moment."""
    with reading(), database.atomic("DEFERRED"):
        yield


def _patiently(begin: Callable[[], Any]) -> None:
    """Call ``begin`` until the database is free, for ``PATIENCE_SECONDS`` at most."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    pause = 0.005
    while True:
        try:
            begin()
        except OperationalError as error:
            if not _is_busy(error):
                raise _unusable(error) from error
            if time.monotonic() > give_up:
                raise StoreError(
                    "the database has been busy for {seconds} s; another program holds it: "
                    "look for a backup or a database tool that is still open, then try again",
                    seconds=round(PATIENCE_SECONDS),
                ) from error
            time.sleep(pause * (0.5 + random.random()))
            pause = min(pause * 2, 0.5)
        else:
            return


def _is_busy(error: OperationalError) -> bool:
    return "locked" in str(error) or "busy" in str(error)


def _unusable(error: OperationalError) -> StoreError:
    return StoreError(
        "the database {file} can't be opened: {error}; check that its folder is there, "
        "on a local disk, and yours to write",
        file=unquote(urlsplit(database.obj.database).path),
        error=error,
    )
