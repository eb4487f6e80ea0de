"""The days a register is of, and reading them a part at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

PART = 500
"""How many rows are read at once, and looked up together in other tables."""

T = TypeVar("T")


class Days(Struct, frozen=True):
    """Days of the site, ``first`` and ``last`` included."""

    first: date
    last: date

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first day's midnight to before the midnight after the last, as ``zone`` has
        them."""
        after = self.last + timedelta(days=1)
        return datetime.combine(self.first, time(), zone), datetime.combine(after, time(), zone)

    def each(self) -> Iterator[date]:
        """Every day, the first first."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


def in_parts(query: Any, made: Callable[[Sequence[tuple[Any, ...]]], Iterable[T]]) -> Iterator[T]:
    """What ``made`` makes of the rows of a select, given some at a time; none are kept."""
    rows = iter(query.tuples().iterator())
    while part := list(islice(rows, PART)):
        yield from made(part)
