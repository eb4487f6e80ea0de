"""Rows and lines of the trail, gathered to be written at once."""

from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

from orderterm.store import trail
from orderterm.store.bulk import insert_rows
from orderterm.store.fields import utc_text
from orderterm.store.tables import Table
from orderterm.terms import EventKind


class Records:
    """What is to be written; rows of one table all have the same columns.

    Args:
        station: where everything was done, as the trail tells it.
    """

    def __init__(self, station: str) -> None:
        self._station = station
        self._rows: dict[type[Table], list[dict[str, Any]]] = {}
        self._entries: list[trail.Entry] = []
        self._ids: dict[type[Table], count[int]] = {}

    def add(self, table: type[Table], **values: Any) -> None:
        """A row; aware times are kept as the database keeps them."""
        row = _defaults(table) | {name: kept(value) for name, value in values.items()}
        self._rows.setdefault(table, []).append(row)

    def key(self, table: type[Table]) -> int:
        """The id of a row to be; the table holds none yet."""
        return next(self._ids.setdefault(table, count(1)))

    def tell(
        self, at: datetime, badge: str, kind: EventKind, number: str | None = None, **payload: Any
    ) -> None:
        """A line of the trail."""
        told = {name: kept(value) for name, value in payload.items()}
        self._entries.append(trail.Entry(at, badge, self._station, number, kind.value, told))

    def write_rows(self) -> None:
        """Write the rows, the tables in the order in which they were first met."""
        for table, rows in self._rows.items():
            insert_rows(table, tuple(rows[0]), (tuple(row.values()) for row in rows))
        self._rows.clear()

    def write_trail(self, until: datetime) -> None:
        """Write the lines of the trail up to ``until``, in their order."""
        self._entries.sort(key=lambda entry: entry.at)
        trail.append(entry for entry in self._entries if entry.at <= until)
        self._entries = [entry for entry in self._entries if entry.at > until]


@cache
def _defaults(table: type[Table]) -> dict[str, Any]:
    return {field.column_name: value for field, value in table._meta.defaults.items()}


def kept(value: Any) -> Any:
    """A plain value as it is kept: an aware time is a text."""
    if isinstance(value, datetime):
        return utc_text(value)
    return value
