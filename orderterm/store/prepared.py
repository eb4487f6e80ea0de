"""Queries that peewee compiles once. On the way of every key press, compiling costs more than
asking; afterwards only the values change.

    ORDER = prepared(lambda number: Order.select().where(Order.number == number))
    row = ORDER.first(number)
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from peewee import Field, ForeignKeyField, Value

from orderterm.store.fields import utc_text
from orderterm.store.tables import Table, database
from orderterm.terms import Priority, Term


class Slot:
    """The place of a value in a compiled query."""

    def __init__(self, index: int) -> None:
        self.index = index


class Prepared:
    """A query with places for values.

    Args:
        build: makes the query; its parameters are the values, in the order in which they are given
            when it is asked.
        count: how many values there are, where ``build`` takes any number of them.
    """

    def __init__(self, build: Callable[..., Any], count: int | None = None) -> None:
        self._build = build
        self._count = build.__code__.co_argcount if count is None else count
        self._sql = ""
        self._values: list[Any] = []
        self._names: tuple[str, ...] = ()
        self._readers: tuple[Callable[[Any], Any] | None, ...] = ()

    def _compile(self) -> None:
        slots = (Value(Slot(index), converter=False) for index in range(self._count))
        query = self._build(*slots)
        sql, self._values = query.sql()
        fields = [one for one in getattr(query, "_returning", None) or () if isinstance(one, Field)]
        self._names = tuple(_name(field) for field in fields)
        self._readers = tuple(_reader(field) for field in fields)
        self._sql = sql  # last, because other threads take it for a sign that all is ready

    def run(self, *values: Any) -> Any:
        """Ask with ``values``; returns the database's own cursor."""
        if not self._sql:
            self._compile()
        given = [kept(value) for value in values]
        filled = [given[one.index] if isinstance(one, Slot) else one for one in self._values]
        return database.execute_sql(self._sql, filled)

    def all(self, *values: Any) -> list[SimpleNamespace]:
        """Every row, its columns by name and as the fields read them."""
        return list(self._rows(self.run(*values)))

    def first(self, *values: Any) -> SimpleNamespace | None:
        """The first row, None where there is none."""
        return next(self._rows(self.run(*values)), None)

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """Every row as the database tells it."""
        return list(self.run(*values))

    def value(self, *values: Any) -> Any:
        """The first column of the first row; None where there is none."""
        row = self.run(*values).fetchone()
        return None if row is None else row[0]

    def changed(self, *values: Any) -> int:
        """How many rows an update or delete changed."""
        return int(self.run(*values).rowcount)

    def _rows(self, cursor: Any) -> Iterator[SimpleNamespace]:
        names, readers = self._names, self._readers
        for row in cursor:
            values = [
                value if reader is None else reader(value)
                for reader, value in zip(readers, row, strict=True)
            ]
            yield SimpleNamespace(**dict(zip(names, values, strict=True)))


def prepared(build: Callable[..., Any]) -> Prepared:
    """A query to be compiled when it is first asked; see ``Prepared``."""
    return Prepared(build)


class PreparedList:
    """A query with a list of values, compiled once for each length of the list.

    Args:
        build: makes the query; its parameters are the list and then the single values.
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self._build = build
        self._singles = build.__code__.co_argcount - 1
        self._by_length: dict[int, Prepared] = {}

    def of(self, length: int) -> Prepared:
        """The query for a list of ``length``; it is asked with the single values first."""
        found = self._by_length.get(length)
        if found is None:
            singles = self._singles
            found = self._by_length[length] = Prepared(
                lambda *values: self._build(list(values[singles:]), *values[:singles]),
                singles + length,
            )
        return found


@cache
def _insertion(table: type[Table], names: tuple[str, ...]) -> Prepared:
    fields = [table._meta.combined[name] for name in names]
    return Prepared(
        lambda *values: table.insert(dict(zip(fields, values, strict=True))).returning(table.id),
        len(names),
    )


def insert(table: type[Table], **values: Any) -> int:
    """Insert one row, its values by column; returns its id."""
    cursor = _insertion(table, tuple(values)).run(*values.values())
    [(key,)] = cursor.fetchall()
    return int(key)


def kept(value: Any) -> Any:
    """A value as the columns keep it."""
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, Priority):
        return value.rank
    if isinstance(value, Term):
        return value.value
    if isinstance(value, tuple):
        return " ".join(word.value for word in value)
    return value


def _name(field: Field) -> str:
    return str(field.object_id_name if isinstance(field, ForeignKeyField) else field.name)


def _reader(field: Field) -> Callable[[Any], Any] | None:
    """What turns a column's value into the field's; None where they are the same."""
    own = type(field).python_value
    return field.python_value if own.__module__.startswith("orderterm") else None
