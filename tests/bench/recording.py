"""A connection that remembers what was asked of it, to be asked again without orderterm."""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

Statement = tuple[str, Any, bool]

recorded: list[Statement] = []


class RecordingCursor(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = ()) -> Self:
        recorded.append((sql, tuple(parameters), False))
        super().execute(sql, parameters)
        return self

    def executemany(self, sql: str, rows: Iterable[Any]) -> Self:
        kept = [tuple(row) for row in rows]
        recorded.append((sql, kept, True))
        super().executemany(sql, kept)
        return self


class RecordingConnection(sqlite3.Connection):
    def cursor(self, factory: Any = RecordingCursor) -> Any:
        return super().cursor(factory)


def plain(file: Path) -> sqlite3.Connection:
    """A plain connection with the durability of ours."""
    connection = sqlite3.connect(file, timeout=60, isolation_level=None)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("PRAGMA synchronous = full")
    connection.execute("PRAGMA foreign_keys = 1")
    return connection


def replay(connection: sqlite3.Connection, statements: Sequence[Statement]) -> float:
    """Ask it all again; returns the seconds it took."""
    cursor = connection.cursor()
    start = time.perf_counter()
    for sql, values, many in statements:
        if many:
            cursor.executemany(sql, values)
        else:
            cursor.execute(sql, values).fetchall()
    return time.perf_counter() - start
