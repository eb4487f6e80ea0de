"""A screen with a list: what it shows, reading it a part at a time, and keeping up with changes."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from msgspec import Struct, structs

from orderterm.sentences import Sentence, say
from orderterm.views import queue
from orderterm.views.notifications import unread_count
from orderterm.views.queue import Counts, Wanted, Work
from screens.lists.columns import QUEUE
from screens.lists.sources import QueueSource, Source, WholeSource
from screens.refreshing import Refresher
from screens.station import Station
from screens.widgets.pane import Maker
from screens.widgets.work_list import Column, WorkList
from screens.work_screen import WorkScreen

T = TypeVar("T")

QUIET_SECONDS = 15.0
"""After so long without a key nobody is reading a certain line: the list is merged by itself."""

NOBODY = Counts(0, 0, 0)


class Page(Struct, frozen=True):
    """One of the lists of a screen.

    ``wanted`` is its queue; a list that is no queue has ``read`` instead, and ``detail`` for what
    stands beside it: both are told the screen, ``detail`` its row too. ``keys`` are the commands
    that its footer names first, by id.
    """

    title: Sentence
    columns: Sequence[Column] = QUEUE
    wanted: Wanted = Wanted()
    read: Callable[[Any], Sequence[Any]] | None = None
    detail: Callable[[Any, Any], Maker] | None = None
    empty: Sentence = say("nothing to do here")
    keys: tuple[str, ...] = ()


class ListScreen(WorkScreen):
    """A screen whose work is in a list."""

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self.list = WorkList(station)
        self.window = self.list.window
        self.page = self.pages[0]
        self.narrowed = Wanted()
        self.found: Sequence[Work] | None = None
        self._left = ""
        self.counts = NOBODY
        self.unread = 0
        self.away_since = ""
        self._refresher = Refresher(
            lambda: self.quietly(self.look_again()), lambda look: self.beside(look)
        )
        self._reading_more = False
        self._touched = time.monotonic()
        self._has_read = asyncio.Event()

    @property
    def pages(self) -> Sequence[Page]:
        """The lists of this screen; the first is the person's own queue."""
        raise NotImplementedError

    def rest(self) -> None:
        """The cursor has come to a row: show what is known of it, once it stays there."""
        raise NotImplementedError

    def show_status(self) -> None:
        """Show who sits here, what time it is, and how much there is to do."""
        raise NotImplementedError

    def show_keys(self) -> None:
        """Name the keys that work here."""
        raise NotImplementedError

    async def looked(self) -> None:
        """The list was looked at again: look at what stands beside it."""
        raise NotImplementedError

    def touch(self) -> None:
        self._touched = time.monotonic()

    # -- what is shown ------------------------------------------------------------------------

    @property
    def row(self) -> Work | None:
        row = self.window.row
        return row if isinstance(row, Work) else None

    @property
    def chosen(self) -> list[Work]:
        return [row for row in self.window.chosen if isinstance(row, Work)]

    def one_of(self, kind: type[T]) -> T | None:
        """The row that an action for a single one is for: the only marked one, else that in hand.

        Args:
            kind: what the action is for; None is returned where no such row is in hand.

        Raises:
            Refusal: several are marked.
        """
        chosen = [row for row in self.window.chosen if isinstance(row, kind)]
        self.refuse_several(len(chosen))
        return chosen[0] if chosen else None

    def source(self) -> Source:
        """Where the rows of the page come from."""
        if self.found is not None:
            keys = [work.number for work in self.found]
            return WholeSource(lambda: self._found_again(keys))
        if self.page.read is not None:
            read = self.page.read
            return WholeSource(lambda: read(self))
        return QueueSource(self.wanted(), self.station, self.app.size.height)

    @property
    def _asked(self) -> tuple[Page, Wanted, Sequence[Work] | None]:
        """What the list shows: what was read for another one is not for this."""
        return self.page, self.narrowed, self.found

    def _found_again(self, numbers: Sequence[str]) -> Sequence[Work]:
        from orderterm.views.find import of_numbers

        return of_numbers(numbers, self.station.settings, self.station.now())

    def wanted(self) -> Wanted:
        """The page's queue, with what the person has narrowed it to."""
        narrowed = {
            name: value
            for name in ("channel", "priority", "overdue", "excepted", "mine")
            if (value := getattr(self.narrowed, name))
        }
        return structs.replace(self.page.wanted, **narrowed)

    # -- reading ------------------------------------------------------------------------------

    async def open_first(self) -> None:
        """Show the first of the lists; what else there is to tell is looked at after it."""
        await self.quietly(self._show_page(self.page))
        self._has_read.set()

    async def until_read(self, seconds: float) -> None:
        """Wait for the first list, so long at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._has_read.wait(), seconds)

    async def open_page(self, page: Page) -> None:
        """Show another list from its beginning."""
        if await self._show_page(page):
            self.refresh_soon()

    async def _show_page(self, page: Page) -> bool:
        """Read a list, and show it; False where something else was asked for meanwhile."""
        self.page = page
        self.list.lay_out(page.columns)
        self.list.empty = self.station.text(say("reading …"))
        self.window.begin((), at_end=True)
        self.window.marks.clear()
        self.list.redraw()
        self.show_keys()
        source, asked = self.source(), self._asked
        rows, at_end = await self.read(source.first)
        if asked != self._asked:
            return False
        self.window.begin(rows, at_end=at_end)
        self.list.empty = self.station.text(page.empty)
        self.list.redraw()
        self.rest()
        return True

    def refresh_soon(self) -> None:
        if self.is_current:
            self._refresher.soon()

    async def look_again(self) -> None:
        """Set what is shown beside what is there now."""
        source, window = self.source(), self.window
        asked, rows = self._asked, list(window.rows)
        start, end = window.at_start, window.at_end

        def look() -> tuple[tuple[Sequence[Any], bool], Counts, int]:
            found, ends = source.again(rows, at_start=start, at_end=end)
            return (found, ends), self.counted(found), unread_count(self.station.badge)

        (latest, at_end), self.counts, self.unread = await self.read(look)
        self.away_since = ""
        if asked == self._asked and _keys(rows) == _keys(window.rows):
            before = {row.key: row for row in rows}
            window.compare(latest, at_end=at_end)
            self.list.empty = self.station.text(self.page.empty)
            self._show_changes(before)
        else:
            self.refresh_soon()  # the rows in hand are others by now
        self.show_status()
        await self.looked()
        await self.read_more()

    def counted(self, rows: Sequence[Any]) -> Counts:  # noqa: ARG002 - for lists read whole
        """How much there is to do, of which ``rows`` are what is seen; reads the database."""
        return queue.counts(self.wanted(), self.station.settings, self.station.now())

    def _show_changes(self, before: dict[str, Any]) -> None:
        changed = {
            row.key: before[row.key]
            for row in self.window.shown
            if row.key in before and before[row.key] != row
        }
        if not self.window.rows or self.may_merge:
            self.merge()
        self.list.flash(changed)

    @property
    def may_merge(self) -> bool:
        """Whether the list can be merged by itself: nobody is in the middle of anything, and the
        cursor stays on the order that somebody may be looking at."""
        is_quiet = time.monotonic() - self._touched > QUIET_SECONDS
        return is_quiet and not self.is_asking and self.window.is_steady

    def merge(self, pages: int = 0) -> None:
        """Show the list as it is now, or the page after or before what is seen."""
        window = self.window
        here, marked = window.row, len(window.marks)
        if pages:
            window.page(pages)
        else:
            window.merge()
        if left := marked - len(window.marks):
            self.answer(say("{count} marked orders have left the list", count=left), "due-soon")
        self.list.redraw()
        self.show_status()
        if here is None or window.row is None or window.row.key != here.key:
            self.rest()
        self.beside(self.quietly(self.read_more()))

    async def read_more(self) -> None:
        """Read on, where the cursor comes near an end of what is in hand."""
        wanted = self.window.wants_more or self.window.wants_earlier
        if self._reading_more or not wanted or not self.window.rows:
            return
        self._reading_more = True
        try:
            source, window, asked = self.source(), self.window, self._asked
            rows, more = list(window.rows), window.wants_more
            found, is_whole = await self.read(
                lambda: source.after(rows) if more else source.before(rows)
            )
            if asked != self._asked or _keys(rows) != _keys(window.rows):
                return  # these are no neighbours of what is in hand now
            if more:
                window.extend(found, at_end=is_whole)
            else:
                window.precede(found, at_start=is_whole)
            self.list.redraw()
        finally:
            self._reading_more = False

    def be_away(self, reason: str) -> None:
        """The database can't be read: say since when what is shown is not the latest."""
        del reason
        if not self.away_since:
            self.away_since = f"{self.station.now():%H:%M}"
            self.show_status()

    # -- going to a row -----------------------------------------------------------------------

    def show_moved(self) -> None:
        """The cursor was moved: show it, and read what comes into sight."""
        self.list.redraw()
        self.rest()
        self.beside(self.quietly(self.read_more()))

    async def jump(self, key: str) -> None:
        source, window = self.source(), self.window
        if key == "home":
            if not window.at_start or window.has_changed:
                rows, at_end = await self.read(source.first)
                window.begin(rows, at_end=at_end)
            window.move(-len(window.rows))
        else:
            if not window.at_end:
                rows = await self.read(source.last)
                window.begin(rows, at_start=False, at_end=True)
            window.move(len(window.rows))
        self.show_moved()

    async def show_whole(self) -> None:
        """Show the list in which something was found again; else all of the page."""
        here = self.row.number if self.row else ""
        if self.found is None:
            self.narrowed = Wanted()
        self.found = None
        left = self._left
        self.answer("")
        await self.open_page(self.page)
        if not self._point_at_order(here) and self.window.point_at(left):
            self.list.redraw()
            self.rest()

    async def show_found(self, found: Sequence[Work]) -> None:
        """Show what was found, in the list's place."""
        if self.found is None:
            self._left = self.window.row.key if self.window.row else ""
        self.found = found
        if self.page.read is not None:
            # The page's own rows are of another kind, so its columns can't show these.
            self.list.lay_out(QUEUE)
        # What is marked can be seen, or it is not marked.
        keys = {work.key for work in found}
        marks = self.window.marks
        self.window.marks = {key: row for key, row in marks.items() if key in keys}
        self.window.begin(found, at_end=True)
        self.window.move(-len(found))
        self.list.redraw()
        self.show_status()
        self.show_keys()
        self.rest()

    async def go_to(self, number: str) -> bool:
        """Put the cursor on an order: in the list if it is there, else as what was found."""
        if self._point_at_order(number):
            return True
        found = await self.read(lambda: self._found_again([number]))
        if found:
            await self.show_found(found)
        return bool(found)

    def _point_at_order(self, number: str) -> bool:
        """Put the cursor on an order's row, rather on one that has not left; False without any."""
        window = self.window
        rows = [row for row in window.rows if isinstance(row, Work) and row.number == number]
        rows.sort(key=lambda row: row.key in window.gone)
        if not rows:
            return False
        window.point_at(rows[0].key)
        self.list.redraw()
        self.rest()
        return True


def _keys(rows: Sequence[Any]) -> list[str]:
    return [row.key for row in rows]
