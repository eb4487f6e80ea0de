"""Where the rows of a list come from: a queue that is read a part at a time, or a short list."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from orderterm.views import queue
from orderterm.views.queue import Place, Wanted, Work
from screens.station import Station

PART = 120
"""Rows of a reading: enough for the tallest screen, and the page after it."""


class Source(Protocol):
    """Rows in order; every method runs off the screen's thread."""

    def first(self) -> tuple[Sequence[Any], bool]:
        """The first rows, and whether these are all."""

    def last(self) -> Sequence[Any]:
        """The last rows."""

    def after(self, rows: Sequence[Any]) -> tuple[Sequence[Any], bool]:
        """The rows after all of these, and whether they reach to the end."""

    def before(self, rows: Sequence[Any]) -> tuple[Sequence[Any], bool]:
        """The rows before all of these, and whether they reach to the beginning."""

    def again(
        self, rows: Sequence[Any], *, at_start: bool, at_end: bool
    ) -> tuple[Sequence[Any], bool]:
        """What is there now in the part that ``rows`` reached over, and whether it ends there."""


class QueueSource:
    """The open work that ``wanted`` asks for, however much there is.

    Args:
        wanted: which work.
        station: who asks.
        seen: the rows that the screen shows, where no more are read at first: the rest is read
            once these are shown.
    """

    def __init__(self, wanted: Wanted, station: Station, seen: int | None = None) -> None:
        self.wanted = wanted
        self._station = station
        self._seen = seen

    def _page(self, **where: Any) -> list[Work]:
        return queue.page(self.wanted, self._station.settings, self._station.now(), **where)

    def first(self) -> tuple[Sequence[Work], bool]:
        count = self._seen or PART
        rows = self._page(count=count)
        return rows, len(rows) < count

    def last(self) -> Sequence[Work]:
        return queue.last(self.wanted, self._station.settings, self._station.now(), count=PART)

    def _order(self, row: Work) -> Any:
        """What the rows are sorted by."""
        return row.place

    def after(self, rows: Sequence[Work]) -> tuple[Sequence[Work], bool]:
        # Not the last one: a row that changed keeps its line, but stands elsewhere by now.
        last = max(rows, key=self._order)
        found = self._page(after=last.place, count=PART)
        return found, len(found) < PART

    def before(self, rows: Sequence[Work]) -> tuple[Sequence[Work], bool]:
        first = min(rows, key=self._order)
        found = self._page(before=first.place, count=PART)
        return found, len(found) < PART

    def again(
        self, rows: Sequence[Work], *, at_start: bool, at_end: bool
    ) -> tuple[Sequence[Work], bool]:
        if not rows:
            return self.first()
        end = max(map(self._order, rows))
        start = None if at_start else _just_before(min(rows, key=self._order).place)
        found, is_whole = self._until(end, start, len(rows) + PART)
        if not at_end:
            # Further rows are read when the cursor comes near; but not none where there are some.
            inside = [row for row in found if self._order(row) <= end]
            found, is_whole = (inside, False) if inside else (found, is_whole)
        if not found and not at_start:
            return self.last(), True
        return found, is_whole

    def _until(self, end: Any, start: Place | None, count: int) -> tuple[list[Work], bool]:
        """The rows from ``start`` until beyond ``end``, and whether these are all."""
        found: list[Work] = []
        while True:
            part = self._page(after=found[-1].place if found else start, count=count)
            found += part
            if len(part) < count or self._order(part[-1]) > end:
                return found, len(part) < count


class WholeSource:
    """A list that is short enough to be read whole."""

    def __init__(self, read: Callable[[], Sequence[Any]]) -> None:
        self._read = read

    def first(self) -> tuple[Sequence[Any], bool]:
        return self._read(), True

    def last(self) -> Sequence[Any]:
        return self._read()

    def after(self, rows: Sequence[Any]) -> tuple[Sequence[Any], bool]:  # noqa: ARG002 - all there
        return (), True

    def before(self, rows: Sequence[Any]) -> tuple[Sequence[Any], bool]:  # noqa: ARG002 - all there
        return (), True

    def again(
        self,
        rows: Sequence[Any],  # noqa: ARG002 - all is read
        *,
        at_start: bool,  # noqa: ARG002
        at_end: bool,  # noqa: ARG002
    ) -> tuple[Sequence[Any], bool]:
        return self._read(), True


def _just_before(place: Place) -> Place:
    """The place before a row and all other rows of its order."""
    rank, due, order, _ = place
    return rank, due, order - 1, "~"
