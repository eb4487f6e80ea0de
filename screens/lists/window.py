"""The part of a long list that is in hand: its rows, the cursor, the marks, and what has changed.

The rows on the screen stay where they are while somebody reads. What changed elsewhere is kept
until the list is merged: rows that left stay in their places, marked as gone, and new ones wait.
"""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

MOST = 600
"""Rows kept in hand; those furthest from the cursor are let go."""


class Row(Protocol):
    """Anything that has a name of its own in the list."""

    @property
    def key(self) -> str: ...


R = TypeVar("R", bound=Row)


class Window(Generic[R]):
    """Rows in order, read a part at a time from a list that may be endless.

    ``height`` is how many rows the screen shows, ``top`` the first of them and ``cursor`` the one
    in hand, both counted in ``rows``.
    """

    def __init__(self) -> None:
        self.rows: list[R] = []
        self.top = 0
        self.cursor = 0
        self.height = 1
        self.at_start = True
        self.at_end = True
        self.gone: set[str] = set()
        self.waiting = 0
        self.marks: dict[str, R] = {}
        self._done: set[str] = set()
        self._latest: list[R] | None = None
        self._latest_starts = self._latest_ends = True

    # -- what is there ------------------------------------------------------------------------

    @property
    def row(self) -> R | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def shown(self) -> list[R]:
        """The rows on the screen."""
        return self.rows[self.top : self.top + self.height]

    @property
    def chosen(self) -> list[R]:
        """The marked rows, in the order of marking; else the row under the cursor."""
        if self.marks:
            return list(self.marks.values())
        return [] if self.row is None else [self.row]

    @property
    def has_changed(self) -> bool:
        """Whether a merge would change what is shown."""
        return bool(self.gone) or self.waiting > 0 or self._latest is not None

    @property
    def is_steady(self) -> bool:
        """Whether a merge leaves in hand what somebody may be looking at.

        The cursor would go to another row where its own one was taken away elsewhere, and a key
        pressed in that moment would be for a row that nobody has seen.
        """
        taken = self.gone - self._done
        return not (self.gone & self.marks.keys()) and (
            self.row is None or self.row.key not in taken
        )

    @property
    def wants_more(self) -> bool:
        """Whether the end of what is in hand comes near."""
        return not self.at_end and self.cursor + 2 * self.height >= len(self.rows)

    @property
    def wants_earlier(self) -> bool:
        """Whether the beginning of what is in hand comes near."""
        return not self.at_start and self.cursor - 2 * self.height < 0

    # -- reading ------------------------------------------------------------------------------

    def begin(self, rows: Sequence[R], *, at_start: bool = True, at_end: bool) -> None:
        """Take a new part in hand; the cursor stays on its row, if that is in it."""
        line, key = self.cursor - self.top, self.row.key if self.row else ""
        self.rows = list(rows)
        self.at_start, self.at_end = at_start, at_end
        self._settle()
        place = self._place_of(key)
        self.cursor = 0 if place is None else place
        self.top = max(0, self.cursor - line)
        self._hold()

    def extend(self, rows: Sequence[R], *, at_end: bool) -> None:
        """More rows after those in hand."""
        self.rows += _unknown(rows, self.rows)
        self.at_end = at_end
        if self._latest is not None:
            self._latest += _unknown(rows, self._latest)
            self._latest_ends = at_end
        surplus = min(len(self.rows) - MOST, self.top)
        if surplus > 0:
            del self.rows[:surplus]
            self.top -= surplus
            self.cursor -= surplus
            self.at_start = False

    def precede(self, rows: Sequence[R], *, at_start: bool) -> None:
        """More rows before those in hand."""
        added = _unknown(rows, self.rows)
        if self._latest is not None:
            self._latest[:0] = _unknown(rows, self._latest)
            self._latest_starts = at_start
        self.rows[:0] = added
        self.top += len(added)
        self.cursor += len(added)
        self.at_start = at_start
        if len(self.rows) > MOST:
            keep = max(MOST, self.top + self.height)
            self.at_end = self.at_end and keep >= len(self.rows)
            del self.rows[keep:]

    def compare(self, latest: Sequence[R], *, at_end: bool) -> None:
        """Set what is in hand beside what is there now; rows change in their places."""
        now = {row.key: row for row in latest}
        self.rows = [now.get(row.key, row) for row in self.rows]
        own = {row.key for row in self.rows}
        self.gone = own - now.keys()
        self._done &= self.gone
        self.waiting = len(now.keys() - own)
        self.marks = {key: now.get(key, row) for key, row in self.marks.items()}
        self._latest = None
        if [row.key for row in latest] == [row.key for row in self.rows]:
            self.at_end = at_end
        else:
            self._latest = list(latest)
            self._latest_starts, self._latest_ends = self.at_start, at_end

    def merge(self) -> None:
        """Show the list as it is now; the cursor keeps its row, and that row its line."""
        if self._latest is None:
            return
        line = self.cursor - self.top
        following = [row.key for row in self.rows[self.cursor :]]
        preceding = [row.key for row in reversed(self.rows[: self.cursor])]
        places = {row.key: place for place, row in enumerate(self._latest)}
        left = {row.key for row in self.rows if row.key not in places}
        self.rows = self._latest
        self.at_start, self.at_end = self._latest_starts, self._latest_ends
        self.cursor = next((places[key] for key in following + preceding if key in places), 0)
        self.top = max(0, self.cursor - line)
        self._settle()
        self.marks = {key: row for key, row in self.marks.items() if key not in left}
        self._hold()
        self._let_go()

    def _settle(self) -> None:
        self.gone, self._done, self.waiting, self._latest = set(), set(), 0, None

    def _let_go(self) -> None:
        """Keep the rows around the cursor, where many have come."""
        first = max(0, min(self.top - MOST // 2, len(self.rows) - MOST))
        last = first + MOST
        self.at_start = self.at_start and first == 0
        self.at_end = self.at_end and last >= len(self.rows)
        self.rows = self.rows[first:last]
        self.top -= first
        self.cursor -= first

    # -- moving -------------------------------------------------------------------------------

    def resize(self, height: int) -> None:
        """The screen shows ``height`` rows from now on."""
        if self.height != max(1, height):
            self.height = max(1, height)
            self.top = min(self.top, len(self.rows) - self.height)
        self._hold()

    def move(self, rows: int) -> None:
        """Move the cursor down, or up where ``rows`` is below 0; the list follows it."""
        self.cursor += rows
        self._hold()

    def page(self, pages: int) -> None:
        """Merge, and move by whole screens; the cursor keeps its line.

        Rows that a merge brings onto the screen are not passed over: nobody has seen them.
        """
        seen = {row.key for row in self.shown}
        self.merge()
        places = [self.top + line for line, row in enumerate(self.shown) if row.key in seen]
        line = self.cursor - self.top
        edge = self.top
        if places:
            edge = places[-1] + 1 - self.height if pages > 0 else places[0]
        moved = edge + pages * self.height
        self.top = max(0, min(moved, len(self.rows) - self.height))
        self.cursor = moved + line
        self._hold()

    def go_on(self) -> None:
        """Move the cursor to the next row that is still there, if there is one below."""
        for place in range(self.cursor + 1, len(self.rows)):
            if self.rows[place].key not in self.gone:
                self.move(place - self.cursor)
                return

    def point_at(self, key: str) -> bool:
        """Put the cursor on the row ``key``; False where it is not in hand."""
        place = self._place_of(key)
        if place is None:
            return False
        self.cursor = place
        self._hold()
        return True

    def mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        if self.row is not None and self.marks.pop(self.row.key, None) is None:
            self.marks[self.row.key] = self.row

    def leave(self, key: str) -> None:
        """The row ``key`` is done with: it stays in its place until the next merge."""
        self.gone.add(key)
        self._done.add(key)
        self.marks.pop(key, None)

    def _place_of(self, key: str) -> int | None:
        return next((place for place, row in enumerate(self.rows) if row.key == key), None)

    def _hold(self) -> None:
        """Keep the cursor in the list, and in sight."""
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))
        self.top = max(0, min(self.top, self.cursor))
        self.top = max(self.top, self.cursor - self.height + 1)


def _unknown(rows: Sequence[R], known: Sequence[R]) -> list[R]:
    """Those of ``rows`` that are not among the known ones."""
    keys = {row.key for row in known}
    return [row for row in rows if row.key not in keys]
