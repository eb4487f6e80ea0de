"""Many rows in one call, past peewee's cost for each row, which a large import would feel."""

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
    # The names are those of our own tables and columns.
    sql = f'INSERT INTO "{table._meta.table_name}" ({names}) VALUES ({marks})'  # noqa: S608
    database.cursor().executemany(sql, rows)
