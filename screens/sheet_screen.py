"""Something to be read on a page of its own: sentences, a line or more each, and nothing to do."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult

from orderterm.sentences import Sentence, say
from orderterm.views.scans import Meaning
from screens import appearance
from screens.station import Station
from screens.status import key_name, key_titles
from screens.terminal.cells import wrap
from screens.widgets.canvas import Canvas, Line
from screens.widgets.pane import Pane
from screens.work_screen import Handler, WorkScreen

SCROLLS = {"up": -1, "down": 1}


class SheetScreen(WorkScreen):
    """A sheet that lies over the screen it was opened from.

    Args:
        station: gives words and marks.
        title: what it is.
        text: its sentences, the first of them set off from the rest.
        told: what came of the key that opened it.
    """

    handlers: ClassVar[dict[str, Handler]] = appearance.HANDLERS

    def __init__(
        self,
        station: Station,
        title: Sentence,
        text: Sequence[Sentence],
        told: Sentence | None = None,
    ) -> None:
        super().__init__(station)
        self._title, self._text, self._told = title, text, told
        self.page = Pane(id="page")

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.page
        yield self.answers
        yield self.key_line

    async def on_mount(self) -> None:
        self.page.show(self.lines)
        self.show_all()
        self.call_after_refresh(self.show_keys)  # only then its height is known
        self.set_interval(1.0, self.show_status)
        if self._told is not None:
            self.answer(self._told, "done")

    def host(self) -> Canvas:
        return self.page

    def lines(self, columns: int) -> Sequence[Line]:
        """The sentences in lines; what goes on in another line is set in."""
        head, *rest = self._text
        lines: list[Line] = [
            [(f" {line}", "strong")] for line in wrap(self.station.text(head), columns - 2)
        ]
        for sentence in rest:
            first, *more = wrap(self.station.text(sentence), columns - 4)
            lines += [[(f" {first}", "")], *([(f"   {line}", "")] for line in more)]
        return lines

    def show_all(self) -> None:
        self.show_status()
        self.show_keys()
        self.page.redraw()

    def show_keys(self) -> None:
        """Name the keys: those that scroll only where the sheet is longer than the screen."""
        station = self.station
        keys = [(station.text(key_name("enter")), station.text(say("back")))]
        if len(self.lines(self.app.size.width)) > self.page.size.height:
            keys.append((station.marks.up + station.marks.down, station.text(say("scroll"))))
        self.key_line.show([*keys, *key_titles(self.commands().values(), station)])

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_keys)

    def show_status(self) -> None:
        """Show what this is, who reads it, and the time."""
        station = self.station
        who = station.person.name if station.person else ""
        self.status.show(
            [(f" {station.text(self._title)} ", "strong"), (f" {who} ", "")],
            [(f"{station.now():%m-%d %H:%M} ", "")],
        )

    async def press(self, event: events.Key) -> None:
        step = max(1, self.page.size.height - 1)
        whole = self.page.length
        scrolls = {**SCROLLS, "pagedown": step, "pageup": -step, "end": whole, "home": -whole}
        if event.key in scrolls:
            self.page.scroll_lines(scrolls[event.key])
        elif event.key in ("escape", "enter"):
            # Not awaited here: a screen can't go while it is still dealing with a key.
            self.run_flow(self._go_back())
        else:
            await super().press(event)

    async def on_scan(self, meaning: Meaning) -> None:
        """Who scans has read the sheet: the code is for the screen below."""
        await self._go_back()
        below = self.app.screen
        if isinstance(below, WorkScreen) and not below.scan_first(meaning.code):
            await below.on_scan(meaning)

    async def _go_back(self) -> None:
        await self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, WorkScreen):
            below.show_all()
            below.refresh_soon()
