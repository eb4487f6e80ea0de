"""The screen of a role: its queue, the order in hand beside it, and what has changed meanwhile."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct, structs
from textual import events
from textual.app import ComposeResult
from textual.containers import Container

from orderterm.sentences import Sentence, say
from orderterm.terms import Role
from orderterm.views import queue
from orderterm.views.notifications import notice_text, unread, unread_count
from orderterm.views.order import OrderView, order
from orderterm.views.queue import Counts, Wanted, Work
from orderterm.views.scans import Meaning
from screens.commands import LIST, NOTICES
from screens.details.order_lines import brief, result_lines
from screens.lists.columns import LAST_MINUTES, QUEUE
from screens.lists.sources import QueueSource, Source, WholeSource
from screens.refreshing import Refresher
from screens.station import Station
from screens.status import key_titles, narrowed_words, when_and_how_much, who_and_where
from screens.widgets.canvas import Canvas, Line
from screens.widgets.notices import NoticePane
from screens.widgets.pane import Maker, Pane
from screens.widgets.work_list import Column, WorkList
from screens.work_screen import WorkScreen

WIDE = 110
"""From so many cells on the order stands beside the list, below that under it."""

QUIET_SECONDS = 15.0
"""After so long without a key nobody is reading a certain line: the list is merged by itself."""

REST_SECONDS = 0.15
"""The cursor has come to rest on a row: now its order is read."""

NOBODY = Counts(0, 0, 0)

MOST = 10_000
"""More lines than anything beside the list has."""


class Page(Struct, frozen=True):
    """One of the lists of a screen.

    ``wanted`` is its queue; a list that is no queue has ``read`` instead, and ``detail`` for what
    stands beside it.
    """

    title: Sentence
    columns: Sequence[Column] = QUEUE
    wanted: Wanted = Wanted()
    read: Callable[["Desk"], Sequence[Any]] | None = None
    detail: Callable[["Desk", Any], Maker] | None = None
    empty: Sentence = say("nothing to do here")


class Desk(WorkScreen):
    """A role's screen; each role says which pages, and what else its people can do."""

    role: ClassVar[Role]

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self.list = WorkList(station)
        self.window = self.list.window
        self.detail = Pane(id="detail")
        self.notices = NoticePane(station)
        self.page = self.pages[0]
        self.narrowed = Wanted()
        self.found: Sequence[Work] | None = None
        self.counts = NOBODY
        self.unread = 0
        self.away_since = ""
        self.last_done: Work | None = None
        self.results: Sequence[tuple[str, Sentence, bool]] = ()
        self.instead: Maker | None = None
        self._order: OrderView | None = None
        self._refresher = Refresher(
            lambda: self.quietly(self.look_again()), lambda look: self.beside(look)
        )
        self._reading_more = False
        self._touched = time.monotonic()
        self._resting: Any = None
        self._ticked = station.now()

    @property
    def pages(self) -> Sequence[Page]:
        """The lists of this screen; the first is the person's own queue."""
        raise NotImplementedError

    @property
    def places(self) -> Sequence[str]:  # type: ignore[override]
        if self.notices.display:
            return (NOTICES,)
        return (self.role.value, LIST)

    def compose(self) -> ComposeResult:
        yield self.status
        with Container(id="body"):
            yield self.list
            yield self.detail
        yield self.answers
        yield self.key_line

    async def on_mount(self) -> None:
        self._lay_out()
        self.show_status()
        self.show_keys()
        self.set_interval(1.0, self._tick)
        self.beside(self.quietly(self.open_page(self.page)))

    def on_resize(self, _: events.Resize) -> None:
        self._lay_out()
        self.show_keys()
        self.call_after_refresh(self._cover_again)

    def _cover_again(self) -> None:
        """What is drawn over a part of the screen goes to one that there is now."""
        self.detail.lay_over(None)
        self.list.lay_over(None)
        self._show_asked()

    def _show_asked(self) -> None:
        super()._show_asked()
        if self.picker is None and self.notices.display:
            self.show_cover()

    def _lay_out(self) -> None:
        self.set_class(self.app.size.width >= WIDE, "-wide")
        self.set_class(self.app.size.height < 16, "-low")

    # -- what is in hand ----------------------------------------------------------------------

    @property
    def row(self) -> Work | None:
        row = self.window.row
        return row if isinstance(row, Work) else None

    @property
    def chosen(self) -> list[Work]:
        return [row for row in self.window.chosen if isinstance(row, Work)]

    @property
    def undoable(self) -> Work:
        return self.last_done or self.need_row()

    def undone(self, work: Work) -> None:
        self.last_done = None
        self.beside(self.quietly(self._show_undone(work)))

    async def _show_undone(self, work: Work) -> None:
        """Take the order in hand again: its stage is open anew, as a row of its own."""
        await self.look_again()
        self.merge()
        again = (row.key for row in self.window.rows if getattr(row, "number", "") == work.number)
        self.window.point_at(next(again, ""))
        self.list.redraw()
        self.rest()

    @property
    def order(self) -> OrderView | None:
        """The order in hand, whole, once it has been read."""
        return self._order

    def source(self) -> Source:
        """Where the rows of the page come from."""
        if self.found is not None:
            keys = [work.number for work in self.found]
            return WholeSource(lambda: self._found_again(keys))
        if self.page.read is not None:
            read = self.page.read
            return WholeSource(lambda: read(self))
        return QueueSource(self.wanted(), self.station)

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

    async def open_page(self, page: Page) -> None:
        """Show another list from its beginning."""
        self.page = page
        self.list.columns = page.columns
        self.list.empty = self.station.text(say("reading …"))
        self.window.begin((), at_end=True)
        self.window.marks.clear()
        self.list.redraw()
        source, asked = self.source(), self._asked
        rows, at_end = await self.read(source.first)
        if asked != self._asked:
            return  # something else was asked for meanwhile
        self.window.begin(rows, at_end=at_end)
        self.list.empty = self.station.text(page.empty)
        self.list.redraw()
        self.rest()
        self.refresh_soon()

    def refresh_soon(self) -> None:
        if self.is_current:
            self._refresher.soon()

    async def look_again(self) -> None:
        """Set what is shown beside what is there now."""
        source, window = self.source(), self.window
        asked, rows = self._asked, list(window.rows)
        start, end = window.at_start, window.at_end

        def look() -> tuple[tuple[Sequence[Any], bool], Counts, int]:
            now, settings = self.station.now(), self.station.settings
            return (
                source.again(rows, at_start=start, at_end=end),
                queue.counts(self.wanted(), settings, now),
                unread_count(self.station.badge),
            )

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
        if self.notices.display:
            await self.read_notices()
        await self._read_order(again=True)

    def _show_changes(self, before: dict[str, Any]) -> None:
        changed = {
            row.key: before[row.key]
            for row in self.window.shown
            if row.key in before and before[row.key] != row
        }
        if not self.window.rows or self._may_merge:
            self.merge()
        self.list.flash(changed)

    @property
    def _may_merge(self) -> bool:
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

    async def read_notices(self) -> None:
        """Read the notifications for the pane that shows them."""
        station = self.station
        notices, self.unread = await self.read(
            lambda: (unread(station.badge, station.settings), unread_count(station.badge))
        )
        self.notices.show(notices)
        self.show_cover()
        self.show_status()

    def be_away(self, reason: str) -> None:
        """The database can't be read: say since when what is shown is not the latest."""
        del reason
        if not self.away_since:
            self.away_since = f"{self.station.now():%H:%M}"
            self.show_status()

    # -- the order beside the list ------------------------------------------------------------

    def rest(self) -> None:
        """Read the order under the cursor once the cursor stays on it."""
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(
            REST_SECONDS, lambda: self.beside(self.quietly(self._read_order()))
        )

    async def _read_order(self, *, again: bool = False) -> None:
        row = self.window.row
        if self.results or self.instead is not None:
            return
        if row is None:
            self._order = None
            self.detail.show(lambda _: ())
            return
        if self.page.detail is not None and not isinstance(row, Work):
            self.detail.show(self.page.detail(self, row), from_top=not again)
            return
        found = await self.read(lambda: self._order_of(row.number))
        if self.results or self.instead is not None:
            return
        if self.window.row is not None and self.window.row.key == row.key:
            self._order = found
            self.detail.show(lambda columns: self.detail_lines(found, columns), from_top=not again)

    def _order_of(self, number: str) -> OrderView:
        return order(number, self.station.settings, self.station.now())

    def detail_lines(self, found: OrderView, columns: int) -> Sequence[Line]:
        """What stands beside the list."""
        return brief(found, self.station, columns)

    def show_instead(self, make: Maker | None) -> None:
        """Show something else beside the list, from its end; with None the order in hand again."""
        self.instead = make
        if make is None:
            self.rest()
        else:
            self.detail.show(make)
            self.detail.scroll_lines(MOST)

    def show_results(self, results: Sequence[tuple[str, Sentence, bool]]) -> None:
        """Show beside the list what came of each order of a bulk action, until the next key."""
        self.results = results

        self.detail.show(lambda columns: result_lines(results, self.station, columns))

    def finished(self, work: Work) -> None:
        self.last_done = work
        self.window.leave(work.key)
        if self.window.row is not None and self.window.row.key == work.key:
            self.window.go_on()
        self.list.redraw()
        self.rest()
        self.refresh_soon()

    # -- the lines above and below ------------------------------------------------------------

    def show_status(self) -> None:
        """Say who sits here, what time it is, and how much there is to do."""
        text = self.station.text
        several = len(self.pages) > 1 or self.page not in self.pages
        narrowed = self.narrowed_to()
        shown = [text(self.page.title) if several else "", f"[{narrowed}]" if narrowed else ""]
        self.status.show(
            who_and_where(self.station, text(self.role), shown),
            when_and_how_much(
                self.station, self.counts, self.unread, self.window.waiting, self.away_since
            ),
        )

    def narrowed_to(self) -> str:
        """What the list is narrowed to, in words; blank where it is whole."""
        if self.found is not None:
            return self.station.text(say("found"))
        if self.page.read is not None:
            return ""  # it is shown whole
        return narrowed_words(self.narrowed, self.station)

    def show_keys(self) -> None:
        """Name the keys that work here, the most used first."""
        several = len(self.pages) > 1
        commands = [one for one in self.commands().values() if several or one.id != "list.page"]
        self.key_line.show(key_titles(commands, self.station))

    def show_all(self) -> None:
        """Show everything anew, in another language or other marks."""
        self.list.empty = self.station.text(self.page.empty)
        self.show_status()
        self.show_keys()
        self.list.redraw()
        self.detail.redraw()
        self.show_cover()

    def _tick(self) -> None:
        """Let the clocks go on; only the cells that differ are sent."""
        before, now = self._ticked, self.station.now()
        self._ticked = now
        due = [row.due_at for row in self.window.shown if isinstance(row, Work) and row.due_at]
        if _minute(before) != _minute(now):
            self.show_status()
            self.list.redraw()
            self.refresh_soon()
        elif any(before < moment <= now + LAST_MINUTES for moment in due):
            self.list.redraw()
        if self.away_since or any(before < moment <= now for moment in due):
            self.refresh_soon()
        if self.window.has_changed and self._may_merge:
            self.merge()

    # -- keys and scans -----------------------------------------------------------------------

    def touch(self) -> None:
        self._touched = time.monotonic()

    async def press(self, event: events.Key) -> None:
        if self.results:
            self.results = ()
            self.rest()
        if event.key == "escape" and self.notices.display:
            self.close_notices()
            self.show_keys()
        elif event.key in MOVES or (event.key in ENDS and self.notices.display):
            self._move(event.key)
        elif event.key in ENDS:
            self.run_flow(self._jump(event.key))
        elif event.key == "escape" and (self.found is not None or self.narrowed != Wanted()):
            self.run_flow(self.show_whole())
        else:
            await super().press(event)

    def _move(self, key: str) -> None:
        step = MOVES.get(key, 0)
        if self.notices.display:
            pages = max(1, self.detail.size.height - 1) if key.startswith("page") else 1
            self.notices.move(ENDS.get(key, step * pages))
            self.show_notice()
        elif key.startswith("shift+"):
            self.detail.scroll_lines(step)
        elif key.startswith("page"):
            self.merge(pages=step)
        else:
            self.window.move(step)
            self.show_moved()

    def show_moved(self) -> None:
        """The cursor was moved: show it, and read what comes into sight."""
        self.list.redraw()
        self.rest()
        self.beside(self.quietly(self.read_more()))

    async def _jump(self, key: str) -> None:
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

    def host(self) -> Canvas:
        """Lists are drawn over the order beside the list; those with sentences in them, long ones,
        and where there is no room for it, over the list itself."""
        room = self.detail.size.height if self.detail.display else 0
        picker = self.picker
        if room and (picker is None or (not picker.by_name and picker.rows <= max(room, 9))):
            return self.detail
        return self.list

    def show_cover(self) -> None:
        """Show the notifications while they are open."""
        canvas = self.detail if self.detail.size.height else self.list
        canvas.lay_over(self.notices if self.notices.display else None)

    def show_notice(self) -> None:
        """Show the notifications, the one under the cursor in full."""
        self.show_cover()
        if self.notices.notice is not None:
            # Beside the list there is not the room for every word.
            self.answer(notice_text(self.notices.notice))

    def close_notices(self) -> None:
        """Show the notifications no longer."""
        self.notices.display = False
        self.show_cover()

    async def show_whole(self) -> None:
        """Show the list in which something was found again; else all of the page."""
        here = self.row.number if self.row else ""
        if self.found is None:
            self.narrowed = Wanted()
        self.found = None
        await self.open_page(self.page)
        self._point_at_order(here)

    async def show_found(self, found: Sequence[Work]) -> None:
        """Show what was found, in the list's place."""
        self.found = found
        if self.page.read is not None:
            # The page's own rows are of another kind, so its columns can't show these.
            self.list.columns = QUEUE
        # What is marked can be seen, or it is not marked.
        keys = {work.key for work in found}
        marks = self.window.marks
        self.window.marks = {key: row for key, row in marks.items() if key in keys}
        self.window.begin(found, at_end=True)
        self.window.move(-len(found))
        self.list.redraw()
        self.show_status()
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

    async def on_scan(self, meaning: Meaning) -> None:
        """Take a scanned code, now that it is known what it is."""
        code = meaning.code
        if meaning.number is not None and await self.go_to(meaning.number):
            self.answer(say("{code}: {number}", code=code, number=meaning.number), "done")
        elif meaning.kind == "sku":
            await self._find_sku(code)
        else:
            self.refuse_scan(
                say(
                    "{code} is no order, SKU, badge, waybill or channel's number that is known "
                    "here; nothing was done",
                    code=code,
                )
            )

    async def _find_sku(self, sku: str) -> None:
        from orderterm.views.find import find

        station = self.station
        found = await self.read(lambda: find(sku, station.settings, station.now()))
        await self.show_found(found)
        self.answer(say("{sku}: {count} orders", sku=sku, count=len(found)), "done")


MOVES = {
    "up": -1,
    "down": 1,
    "pageup": -1,
    "pagedown": 1,
    "shift+up": -1,
    "shift+down": 1,
}

ENDS = {"home": -MOST, "end": MOST}


def _keys(rows: Sequence[Any]) -> list[str]:
    return [row.key for row in rows]


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
