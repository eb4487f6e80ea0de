"""The screen of a role: its queue, the order in hand beside it, and what has changed meanwhile."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Container

from orderterm.sentences import Sentence, say
from orderterm.terms import Role
from orderterm.views.notifications import unread, unread_count
from orderterm.views.order import OrderView, order
from orderterm.views.queue import Wanted, Work
from orderterm.views.scans import Meaning
from screens.commands import LIST, NOTICES, Command
from screens.details.order_lines import brief, result_lines
from screens.footers import on_page, with_footers
from screens.list_screen import ListScreen, Page
from screens.lists.columns import LAST_MINUTES
from screens.station import Station
from screens.status import key_titles, narrowed_words, when_and_how_much, who_and_where
from screens.timing import after
from screens.widgets.canvas import Canvas, Line
from screens.widgets.notices import NoticePane, told
from screens.widgets.pane import Maker, Pane

WIDE = 110
"""From so many cells on the order stands beside the list, below that under it."""

LOW = 16
"""Below so many rows there is no room for it at all."""

REST_SECONDS = 0.15
"""The cursor has come to rest on a row: now its order is read."""

__all__ = ["Desk", "Page"]

MOST = 10_000
"""More lines than anything beside the list has."""


class Desk(ListScreen):
    """A role's screen; each role says which pages, and what else its people can do."""

    role: ClassVar[Role]
    footers: ClassVar[Mapping[str, int]] = {}
    """Other places in the footer for some commands, by id; 0 for none."""

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self.detail = Pane(id="detail")
        self.notices = NoticePane(station)
        self.last_done: Sequence[Work] = ()
        self.results: Sequence[tuple[str, Sentence, bool]] = ()
        self.instead: Maker | None = None
        self._order: OrderView | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._ticked = station.now()

    @property
    def places(self) -> Sequence[str]:  # type: ignore[override]
        if self.notices.display:
            return (NOTICES,)
        return (self.role.value, LIST)

    def compose(self) -> ComposeResult:
        self._lay_out(update=False)  # its parts are given their styles after this, not twice
        yield self.status
        with Container(id="body"):
            yield self.list
            yield self.detail
        yield self.answers
        yield self.key_line

    async def on_mount(self) -> None:
        self.show_status()
        self.show_keys()
        self.set_interval(1.0, self._tick)
        self.beside(self.open_first())

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

    def _lay_out(self, *, update: bool = True) -> None:
        size = self.app.size
        self.update_classes({"-wide": size.width >= WIDE, "-low": size.height < LOW}, update=update)

    # -- what is in hand ----------------------------------------------------------------------

    @property
    def undoable(self) -> Sequence[Work]:
        return self.last_done or [self.need_one()]

    def undone(self, works: Sequence[Work]) -> None:
        self.last_done = ()
        self.beside(self.quietly(self._show_undone(works[0])))

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

    # -- the notifications --------------------------------------------------------------------

    async def looked(self) -> None:
        if self.notices.display:
            await self.read_notices()
        await self._read_order(again=True)

    async def read_notices(self) -> None:
        """Read the notifications for the pane that shows them."""
        station = self.station
        notices, self.unread = await self.read(
            lambda: (unread(station.badge, station.settings), unread_count(station.badge))
        )
        self.notices.show(notices, self.unread)
        self.show_cover()
        self.show_status()

    # -- the order beside the list ------------------------------------------------------------

    def rest(self) -> None:
        """Read the order under the cursor once the cursor stays on it."""
        if self._resting is not None:
            self._resting.cancel()
        self._resting = after(REST_SECONDS, self, self._read_rested)

    def _read_rested(self) -> None:
        self.beside(self.quietly(self._read_order()))

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
        """Show beside the list what came of each order of a bulk action, until the next key.

        What was refused comes first: there may not be the room for all.
        """
        self.results = results = sorted(results, key=lambda result: result[2])
        self.detail.show(lambda columns: result_lines(results, self.station, columns))

    def finished(self, work: Work) -> None:
        self.window.leave(work.key)
        if self.window.row is not None and self.window.row.key == work.key:
            self.window.go_on()
        self.list.redraw()
        self.rest()
        self.refresh_soon()

    def can_undo(self, works: Sequence[Work]) -> None:
        self.last_done = works

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
        if self.found is None:
            commands = on_page(commands, self.page)
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
        if self.window.has_changed and self.may_merge:
            self.merge()

    # -- keys and scans -----------------------------------------------------------------------

    def commands(self) -> dict[str, Command]:
        return with_footers(super().commands(), self.footers)

    async def press(self, event: events.Key) -> None:
        if self.results and event.key not in SCROLLS:
            self.results = ()
            self.rest()
        if event.key == "escape" and self.notices.display:
            self.close_notices()
            self.show_keys()
        elif event.key in MOVES or (event.key in ENDS and self.notices.display):
            self._move(event.key)
        elif event.key in ENDS:
            self.run_flow(self.jump(event.key))
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
            self.answer(told(self.notices.notice, self.station))

    def close_notices(self) -> None:
        """Show the notifications no longer."""
        self.notices.display = False
        self.show_cover()

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
SCROLLS = frozenset({"shift+up", "shift+down"})
"""The keys that move what stands beside the list."""


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
