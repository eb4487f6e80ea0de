"""Where the rows of a list come from: a queue that is read a part at a time, or a short list."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from orderterm.views import queue
from orderterm.views.queue import Wanted, Work
from screens.station import Station

FIRST = 120
"""Rows of a first reading: enough for the tallest screen, and the page after it."""


class Source(Protocol):
    """Rows in order; every method runs off the screen's thread."""

    def first(self) -> tuple[Sequence[Any], bool]:
        """The first rows, and whether these are all."""

    def last(self) -> Sequence[Any]:
        """The last rows."""

    def after(self, row: Any) -> tuple[Sequence[Any], bool]:
        """The rows after this one, and whether these are all."""

    def before(self, row: Any) -> tuple[Sequence[Any], bool]:
        """The rows before this one, and whether these are all."""

    def again(self, rows: Sequence[Any], *, at_start: bool, at_end: bool) -> Sequence[Any]:
        """What is there now in the part that reached from the first to the last of ``rows``."""


class QueueSource:
    """The open work that ``wanted`` asks for, however much there is."""

    def __init__(self, wanted: Wanted, station: Station) -> None:
        self.wanted = wanted
        self._station = station

    def _page(self, **where: Any) -> list[Work]:
        return queue.page(self.wanted, self._station.settings, self._station.now(), **where)

    def first(self) -> tuple[Sequence[Work], bool]:
        rows = self._page(count=FIRST)
        return rows, len(rows) < FIRST

    def last(self) -> Sequence[Work]:
        return queue.last(self.wanted, self._station.settings, self._station.now(), count=FIRST)

    def after(self, row: Work) -> tuple[Sequence[Work], bool]:
        rows = self._page(after=row.place, count=FIRST)
        return rows, len(rows) < FIRST

    def before(self, row: Work) -> tuple[Sequence[Work], bool]:
        rows = self._page(before=row.place, count=FIRST)
        return rows, len(rows) < FIRST

    def again(self, rows: Sequence[Work], *, at_start: bool, at_end: bool) -> Sequence[Work]:
        if not rows:
            return self.first()[0]
        # The first row itself is asked for by its own place, because "after" leaves it out.
        head = [] if at_start else list(self._again([rows[0]]))
        start = None if at_start else rows[0].place
        found = head + self._page(after=start, count=len(rows) + FIRST)
        if at_end:
            return found
        end = rows[-1].place
        return [row for row in found if row.place <= end]

    def _again(self, rows: Sequence[Work]) -> Sequence[Work]:
        keys = [row.key for row in rows]
        now = queue.again(keys, self._station.settings, self._station.now())
        return [now[key] for key in keys if key in now]


class WholeSource:
    """A list that is short enough to be read whole."""

    def __init__(self, read: Callable[[], Sequence[Any]]) -> None:
        self._read = read

    def first(self) -> tuple[Sequence[Any], bool]:
        return self._read(), True

    def last(self) -> Sequence[Any]:
        return self._read()

    def after(self, row: Any) -> tuple[Sequence[Any], bool]:  # noqa: ARG002 - all is in hand
        return (), True

    def before(self, row: Any) -> tuple[Sequence[Any], bool]:  # noqa: ARG002 - all is in hand
        return (), True

    def again(
        self,
        rows: Sequence[Any],  # noqa: ARG002 - all is read
        *,
        at_start: bool,  # noqa: ARG002
        at_end: bool,  # noqa: ARG002
    ) -> Sequence[Any]:
        return self._read()
