"""Reading a query's rows as plain tuples."""

from collections.abc import Iterator
from typing import Any


def rows_of(query: Any) -> Iterator[Any]:
    """The rows of ``query``, a tuple each, their values as the columns make them."""
    # peewee's own types say that tuples() still gives table objects.
    return iter(query.tuples())
