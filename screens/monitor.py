"""The wall monitor: the company's work at a glance, for those who only watch.

It belongs to nobody and changes nothing: it has no person, no scanner and no command that writes.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from msgspec import structs
from peewee import PeeweeException
from textual import events
from textual.app import ComposeResult
from textual.driver import Driver

from orderterm.errors import OrdertermError, Refusal
from orderterm.sentences import Sentence, say
from orderterm.store.watching import Watch
from orderterm.views.monitor import MonitorView, monitor
from screens import appearance
from screens.commands import MONITOR
from screens.foresight import Foresight
from screens.station import Station
from screens.station_app import StationApp
from screens.status import key_name, key_titles
from screens.wall.layout import Page, drawn, pages
from screens.widgets.canvas import Canvas, Line, Span
from screens.work_screen import Handler, WorkScreen

TURN_SECONDS = 15.0
"""How long a page stays while they turn by themselves."""

TITLE = say("monitor")

REST_SECONDS = 0.3
"""Between two readings, so that a busy hour does not keep the database and the line busy too."""


class Wall(Canvas):
    """The page that is seen, or the part of it that is seen of longer lists."""

    def __init__(self, station: Station) -> None:
        super().__init__(id="wall")
        self._station = station
        self.view: MonitorView | None = None
        self.place = 0
        self.part = 0

    @property
    def pages(self) -> Sequence[Page]:
        """The pages of a screen of this size."""
        return pages(*self.size)

    @property
    def page(self) -> Page:
        """The page that is seen."""
        self.place = min(self.place, len(self.pages) - 1)
        return self.pages[self.place]

    def show(self, view: MonitorView) -> None:
        """Show other figures at the same places."""
        self.view = view
        self.redraw()

    @property
    def turns(self) -> bool:
        """Whether there is more to see than fits at once."""
        return len(self.pages) > 1 or self._parts > 1

    @property
    def _parts(self) -> int:
        return self.page.parts(self.view) if self.view is not None else 1

    def turn(self) -> None:
        """Show the next part of the page, after its last part the next page."""
        self.part += 1
        if self.part >= self._parts:
            self.part = 0
            self.place = (self.place + 1) % len(self.pages)
        self.redraw()

    def draw(self, columns: int, height: int) -> Sequence[Line]:
        del columns
        if self.view is None:
            return [[(" ", ""), (self._station.text(say("reading …")), "faint")]]
        return drawn(self.page, self.view, self._station, height, self.part)


class MonitorScreen(WorkScreen):
    """What hangs on the wall, and the few keys of who stands before it."""

    places = (MONITOR,)
    handlers: ClassVar[dict[str, Handler]]

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self.wall = Wall(station)
        self.foresight = Foresight()
        self.latest: MonitorView | None = None
        self.frozen_since = ""
        self.away_since = ""
        self.turning: Any = None
        self._losses = 0
        self._wanted = self._looking = False
        self._minute = self._this_minute()

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.wall
        yield self.answers
        yield self.key_line

    def on_mount(self) -> None:
        self.show_all()
        self.set_interval(1.0, self._tick)
        self.refresh_soon()

    def on_resize(self, _: events.Resize) -> None:
        self.call_after_refresh(self.show_status)

    def host(self) -> Canvas:
        return self.wall

    # -- reading ------------------------------------------------------------------------------

    def refresh_soon(self) -> None:
        """Look at what has changed; one look at a time, with a rest after each."""
        self._wanted = True
        if not self._looking:
            self._looking = True
            self.run_worker(self._look_on(), exit_on_error=False)

    async def _look_on(self) -> None:
        try:
            while self._wanted:
                self._wanted = False
                begun = time.monotonic()
                await self.look()
                await asyncio.sleep(max(REST_SECONDS, time.monotonic() - begun))
        finally:
            self._looking = False

    async def look(self) -> None:
        """Read the figures, and show them unless the picture is held still."""
        station, losses = self.station, self._losses
        try:
            found = await self.read(self._figures)
            self._show_latest(found)
            if self.foresight.is_due(station.now()):
                # After the figures, which don't wait for it.
                await self.read(lambda: self.foresight.read(station.settings, station.now()))
                self._show_latest(found)
        except (OrdertermError, PeeweeException, OSError) as error:
            self.be_away(str(error))
            return
        if self.away_since and losses == self._losses:
            self.away_since = ""
            self.answer(say("{file} can be read again", file=station.file.name), "done")
        self.show_status()

    def _figures(self) -> MonitorView:
        """What there is to see, by the settings as they are now."""
        self.station.follow_settings()
        return monitor(self.station.settings, self.station.now())

    def _show_latest(self, found: MonitorView) -> None:
        """Show figures with the last forecast, unless the picture is held still."""
        self.latest = structs.replace(found, forecast=self.foresight.latest)
        if not self.frozen_since:
            self.wall.show(self.latest)

    def be_away(self, reason: str) -> None:
        """The database can't be read: keep the picture, and say since when it is not the latest."""
        del reason
        self._losses += 1
        if not self.away_since:
            self.away_since = f"{self.station.now():%H:%M:%S}"
            self.show_status()

    def _tick(self) -> None:
        """Let the clocks go on each minute; look for a database that is away each second."""
        minute = self._this_minute()
        if minute != self._minute:
            self._minute = minute
            self.show_status()
            self.refresh_soon()
        elif self.away_since:
            self.refresh_soon()

    def _this_minute(self) -> datetime:
        return self.station.now().replace(second=0, microsecond=0)

    # -- turning and holding still ------------------------------------------------------------

    def turn(self) -> None:
        """Show the next page; the one that is shown now stays its whole time."""
        self.wall.turn()
        if self.turning is not None:
            self.turning.reset()
        self.show_status()

    def turn_by_itself(self) -> None:
        """Show the next page, unless the picture is held still."""
        if not self.frozen_since:
            self.turn()

    def hold(self) -> None:
        """Hold the picture still."""
        self.frozen_since = f"{self.station.now():%H:%M}"
        self.show_status()

    def let_go(self) -> None:
        """Show the latest figures, and go on."""
        self.frozen_since = ""
        if self.latest is not None:
            self.wall.show(self.latest)
        self.show_status()

    # -- the lines above and below ------------------------------------------------------------

    def show_status(self) -> None:
        """Say which page this is, whether it is live, and what time it is."""
        text, wall = self.station.text, self.wall
        left: list[Span] = [
            (f" {text(TITLE)} ", "strong"),
            (f" {wall.place + 1}/{len(wall.pages)} {text(wall.page.title)} ", "accent"),
            (f" {self.station.settings.site.name}", ""),
        ]
        right = [(f" {text(told)} ", look) for told, look in self._states()]
        right.append((f" {self.station.now():%m-%d %H:%M} ", ""))
        self.status.show(left, right)

    def _states(self) -> Iterator[tuple[Sentence, str]]:
        """What keeps the picture from being the latest, or the page from staying."""
        if self.turning is not None:
            yield say("pages turn"), "accent"
        if self.frozen_since:
            yield say("FROZEN since {at}", at=self.frozen_since), "due-soon"
        if self.away_since:
            yield say("stale since {at}", at=self.away_since), "overdue"

    def show_all(self) -> None:
        self.show_status()
        self.key_line.show(key_titles(self.commands().values(), self.station))
        self.wall.redraw()


async def freeze(screen: MonitorScreen) -> None:
    """Hold the picture still, or let it go on."""
    if screen.frozen_since:
        screen.let_go()
        screen.answer(say("the picture goes on"))
    else:
        screen.hold()
        key = key_name(screen.station.keys.named("monitor.freeze").key)
        screen.answer(say("the picture is held still; {key} lets it go on", key=key))


async def next_page(screen: MonitorScreen) -> None:
    """The next page, or the next part of a longer list."""
    screen.turn()
    if screen.wall.turns:
        screen.answer(screen.wall.page.title, "faint")
    else:
        screen.answer(say("everything there is to see is on this page"), "faint")


async def turn_pages(screen: MonitorScreen) -> None:
    """Let the pages turn by themselves, or stay."""
    if screen.turning is None:
        screen.turning = screen.set_interval(TURN_SECONDS, screen.turn_by_itself)
        screen.answer(say("the pages turn every {seconds} seconds", seconds=round(TURN_SECONDS)))
    else:
        screen.turning.stop()
        screen.turning = None
        screen.answer(say("the page stays"))
    screen.show_status()


async def look_now(screen: MonitorScreen) -> None:
    """Read the figures now."""
    await screen.look()
    if screen.away_since:
        raise Refusal(
            "{file} can't be read since {at}; it is tried again every second",
            file=screen.station.file.name,
            at=screen.away_since,
        )
    screen.answer(say("read at {at}", at=f"{screen.station.now():%H:%M:%S}"), "done")


MonitorScreen.handlers = {
    **appearance.HANDLERS,
    "monitor.freeze": freeze,
    "monitor.page": next_page,
    "monitor.turn": turn_pages,
    "list.refresh": look_now,
}


class MonitorApp(StationApp):
    """A terminal that only watches.

    Args:
        station: nobody's; its home is watched.
        driver_class: how it talks to the terminal.
    """

    def __init__(self, station: Station, *, driver_class: type[Driver] | None = None) -> None:
        super().__init__(station, driver_class)
        self.monitor = MonitorScreen(station)
        self._watch = Watch(station.file, self._heard, self._lost)

    def on_mount(self) -> None:
        self.push_screen(self.monitor)
        self._watch.start()
        self.settle_soon()

    def on_unmount(self) -> None:
        self._watch.stop()
        self.station.jobs.close()

    def _heard(self) -> None:
        self.call_later(self.monitor.refresh_soon)

    def _lost(self, reason: str) -> None:
        self.call_later(self.monitor.be_away, reason)
