"""Many rows in one call, past peewee's per-row cost, which an import of 100,000 orders would feel."""

from collections.abc import Iterable, Sequence
from typing import Any

from orderterm.store.tables import Table, database


def insert_rows(table: type[Table], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows``, their values as the columns keep them (texts, integers, None).

    Args:
        table: the table.
        columns: the column names, in the order of each row's values.
        rows: the rows; none is no work.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join([database.param] * len(columns))
    sql = f'INSERT INTO "{table._meta.table_name}" ({names}) VALUES ({marks})'
    database.cursor().executemany(sql, rows)
