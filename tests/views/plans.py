"""How a view reads the database: what it asks, and which tables that reads from end to end."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from orderterm.store.tables import database

OF_OPEN_WORK = {
    "message_given_up",
    "message_next",
    "order_exception_open",
    "order_exception_queue",
    "pause_open",
    "task_assignee",
    "task_open",
    "task_queue",
}
"""Indexes that hold open work only: reading all of one is no history."""

READS = ("SELECT", "WITH")
"""What a query that changes nothing begins with."""


@contextmanager
def asked() -> Iterator[list[str]]:
    """The selects that the database is given."""
    found: list[str] = []
    raw = database.connection()
    raw.set_trace_callback(lambda sql: found.append(sql) if sql.startswith(READS) else None)
    yield found
    raw.set_trace_callback(None)


def scans(selects: Iterable[str]) -> set[tuple[str, str]]:
    """Table and index of whatever is read from end to end; "" where there is no index."""
    return {scan for sql in selects for scan in _scans(sql)}


def read_whole(read: set[tuple[str, str]]) -> set[str]:
    """The tables of which all is read, and not just what is open."""
    return {table for table, index in read if index not in OF_OPEN_WORK}


def steps(selects: Iterable[str]) -> set[str]:
    """Every step of the plans, as ``SEARCH table USING INDEX …``."""
    return {step for sql in selects for step in _steps(sql)}


def _steps(sql: str) -> Iterator[str]:
    tables = {alias: table for table, alias in re.findall(r'"(\w+)" AS "(\w+)"', sql)}
    for *_, step in database.execute_sql("EXPLAIN QUERY PLAN " + sql):
        verb, _, rest = step.partition(" ")
        alias, _, how = rest.partition(" ")
        if verb in ("SCAN", "SEARCH") and alias in tables:
            yield f"{verb} {tables[alias]} {how}"


def _scans(sql: str) -> Iterator[tuple[str, str]]:
    for step in _steps(sql):
        found = re.match(r"SCAN (\w+) (?:USING (?:COVERING )?INDEX (\w+))?", step)
        if found:
            yield found[1], found[2] or ""
