"""Queries that give plain tuples: quicker than table objects, and of a type that can be checked."""

from collections.abc import Iterable, Iterator
from typing import Any

MOST_VALUES = 10_000
"""How many values one query may be asked with; SQLite and PostgreSQL both stop above 32,000."""


def rows(query: Any) -> list[tuple[Any, ...]]:
    """Every row of a select."""
    return list(query.tuples())


def first(query: Any) -> tuple[Any, ...] | None:
    """The first row of a select; None where there is none."""
    found: tuple[Any, ...] | None = query.tuples().first()
    return found


def parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """``values``, each once and sorted, in lists short enough to ask one query with."""
    whole = sorted(set(values))
    for start in range(0, len(whole), MOST_VALUES):
        yield whole[start : start + MOST_VALUES]


def pairs(query: Any) -> dict[Any, Any]:
    """A select of two columns as a mapping from the first to the second."""
    return dict(rows(query))


def begins_with(column: Any, prefix: str) -> Any:
    """The condition that a text begins with ``prefix``, as a range that the column's index serves.

    Args:
        column: a text column.
        prefix: ASCII, not empty.
    """
    return (column >= prefix) & (column < prefix[:-1] + chr(ord(prefix[-1]) + 1))
