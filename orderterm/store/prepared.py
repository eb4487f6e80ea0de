"""Queries that peewee compiles once. On the way of every key press, compiling costs more than
asking; afterwards only the values change.

    ORDER = prepared(lambda number: Order.select().where(Order.number == number))
    row = ORDER.first(number)
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from peewee import Field, ForeignKeyField, Value

from orderterm.store.fields import utc_text
from orderterm.store.tables import database
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
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self._build = build
        self._sql = ""
        self._values: list[Any] = []
        self._names: tuple[str, ...] = ()
        self._readers: tuple[Callable[[Any], Any] | None, ...] = ()

    def _compile(self) -> None:
        count = self._build.__code__.co_argcount
        query = self._build(*(Value(Slot(index), converter=False) for index in range(count)))
        self._sql, self._values = query.sql()
        fields = [one for one in getattr(query, "_returning", None) or () if isinstance(one, Field)]
        self._names = tuple(_name(field) for field in fields)
        self._readers = tuple(_reader(field) for field in fields)

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

    def changed(self, *values: Any) -> int:
        """How many rows an update or delete changed."""
        return int(self.run(*values).rowcount)

    def _rows(self, cursor: Any) -> Iterator[SimpleNamespace]:
        names, readers = self._names, self._readers
        for row in cursor:
            values = (
                value if reader is None else reader(value)
                for reader, value in zip(readers, row, strict=True)
            )
            yield SimpleNamespace(**dict(zip(names, values, strict=True)))


def prepared(build: Callable[..., Any]) -> Prepared:
    """A query to be compiled when it is first asked; see ``Prepared``."""
    return Prepared(build)


def kept(value: Any) -> Any:
    """A value as the columns keep it."""
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, Priority):
        return value.rank
    if isinstance(value, Term):
        return value.value
    return value


def _name(field: Field) -> str:
    return field.object_id_name if isinstance(field, ForeignKeyField) else field.name


def _reader(field: Field) -> Callable[[Any], Any] | None:
    """What turns a column's value into the field's; None where they are the same."""
    own = type(field).python_value
    return field.python_value if own.__module__.startswith("orderterm") else None
