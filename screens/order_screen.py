"""One order on a page of its own: all that is known of it, and what can be done with it.

It lies over a role's screen, and the role's keys for an order work on it as in the list.
"""

from collections.abc import Mapping, Sequence

from textual import events
from textual.app import ComposeResult

from orderterm.errors import Refusal
from orderterm.sentences import Sentence, say
from orderterm.views.find import of_numbers
from orderterm.views.order import OrderView, order
from orderterm.views.queue import Work
from orderterm.views.scans import Meaning
from screens.commands import EVERYWHERE, LIST, ORDER, Command
from screens.desk import Desk
from screens.details.order_lines import whole
from screens.footers import with_footers
from screens.refreshing import Refresher
from screens.status import key_name, key_titles
from screens.widgets.canvas import Canvas, Line
from screens.widgets.pane import Pane
from screens.work_screen import Handler, WorkScreen, name_of

SCROLLS = {"up": -1, "down": 1}


class OrderScreen(WorkScreen):
    """The order under a desk's cursor, whole."""

    desk: Desk

    def __init__(self, desk: Desk, number: str) -> None:
        super().__init__(desk.station)
        self.desk = desk
        self.number = number
        self.page = Pane(id="page")
        self._refresher = Refresher(
            lambda: self.quietly(self.show_order(self.number)), lambda look: self.beside(look)
        )
        self._work: Work | None = None
        self._order: OrderView | None = None
        self._minute = ""

    @property
    def handlers(self) -> Mapping[str, Handler]:  # type: ignore[override]
        return {**self.desk.handlers, **ON_PAGE}

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.page
        yield self.answers
        yield self.key_line

    async def on_mount(self) -> None:
        self.show_all()
        self.set_interval(1.0, self._tick)
        self.refresh_soon()

    def _tick(self) -> None:
        """Let the clocks go on each minute."""
        minute = f"{self.station.now():%H:%M}"
        if minute != self._minute:
            self._minute = minute
            self.show_all()

    def touch(self) -> None:
        self.desk.touch()

    def host(self) -> Canvas:
        return self.page

    @property
    def row(self) -> Work | None:
        return self._work

    @property
    def undoable(self) -> Sequence[Work]:
        return [self.need_row()]

    def undone(self, works: Sequence[Work]) -> None:
        self.desk.undone(works)
        self.refresh_soon()

    def commands(self) -> dict[str, Command]:
        role = self.desk.role.value
        found = self.station.keys.at([role, ORDER, EVERYWHERE])
        here = {key: one for key, one in found.items() if one.on_order or role not in one.places}
        return with_footers(here, self.desk.footers)

    async def show_order(self, number: str) -> None:
        """Show another order, or this one as it is now."""
        from_top = number != self.number or self._order is None
        self.number = number
        settings, station = self.station.settings, self.station

        def read() -> tuple[OrderView, Sequence[Work]]:
            now = station.now()
            return order(number, settings, now), of_numbers([number], settings, now)

        found, works = await self.read(read)
        if number != self.number:
            return  # another one was asked for meanwhile
        self._order = found
        # The work that the list shows is meant, where the order has several.
        in_list = self.desk.row
        own = in_list if in_list is not None and in_list.number == number else None
        self._work = (
            own if own and own.key not in self.desk.window.gone else next(iter(works), None)
        )
        self.page.show(lambda columns: self.lines(found, columns), from_top=from_top)
        self.show_all()

    def lines(self, found: OrderView, columns: int) -> Sequence[Line]:
        """What the page shows of the order."""
        return whole(found, self.station, columns)

    def finished(self, work: Work) -> None:
        self.desk.finished(work)
        self.refresh_soon()

    def can_undo(self, works: Sequence[Work]) -> None:
        self.desk.can_undo(works)

    def refresh_soon(self) -> None:
        self._refresher.soon()

    def show_all(self) -> None:
        station = self.station
        who = station.person.name if station.person else ""
        self.status.show(
            [(f" {self.number} ", "strong"), (f" {who} ", "")],
            [(f"{station.now():%m-%d %H:%M} ", "")],
        )
        self.key_line.show(key_titles(self.commands().values(), station))
        self.page.redraw()

    async def press(self, event: events.Key) -> None:
        if event.key in SCROLLS:
            self.page.scroll_lines(SCROLLS[event.key])
        elif event.key in ("pageup", "pagedown"):
            step = max(1, self.page.size.height - 1)
            self.page.scroll_lines(step if event.key == "pagedown" else -step)
        elif event.key in ("home", "end"):
            self.page.scroll_lines(self.page.length if event.key == "end" else -self.page.length)
        elif event.key == "escape":
            # Not awaited here: a screen can't go while it is still dealing with a key.
            self.run_flow(go_back(self))
        elif (command := self._of_list(name_of(event))) is not None:
            self._tell_of_list(command)
        else:
            await super().press(event)

    def _of_list(self, key: str) -> Command | None:
        """What the key is for in the list, where it is for nothing here."""
        if key in self.commands():
            return None
        return self.station.keys.at([self.desk.role.value, LIST]).get(key)

    def _tell_of_list(self, command: Command) -> None:
        keys, text = self.station.keys, self.station.text
        self.answer(
            say(
                "{key} ({title}) is for the list: {back} leads back to it",
                key=text(key_name(command.key)),
                title=command.title,
                back=text(key_name(keys.named("order.back").key)),
            ),
            "faint",
        )

    async def on_scan(self, meaning: Meaning) -> None:
        if meaning.number is None:
            # A SKU or a new waybill is for the list's screen: it knows what is done with it.
            desk = self.desk
            await go_back(self)
            await desk.go_to(self.number)
            if not desk.scan_first(meaning.code):
                await desk.on_scan(meaning)
            return
        await self.show_order(meaning.number)
        self.answer(say("{code}: {number}", code=meaning.code, number=meaning.number), "done")

    def show_results(self, results: Sequence[tuple[str, Sentence, bool]]) -> None:
        self.desk.show_results(results)


async def open_order(desk: Desk) -> None:
    """Open the order in hand on a page of its own."""
    row = desk.need_row()
    await desk.app.push_screen(OrderScreen(desk, row.number))


async def go_back(screen: OrderScreen) -> None:
    """Back to the list."""
    desk = screen.desk
    await screen.app.pop_screen()
    desk.show_all()  # in the language of now, the cursor on the order that was shown last
    desk.rest()
    desk.refresh_soon()


async def following(screen: OrderScreen) -> None:
    """The next order of the list."""
    await _step(screen, 1)


async def preceding(screen: OrderScreen) -> None:
    """The order before in the list."""
    await _step(screen, -1)


async def _step(screen: OrderScreen, rows: int) -> None:
    desk, window = screen.desk, screen.desk.window
    if _go_to_shown(screen) or rows < 0:
        before = window.cursor
        window.move(rows)
        await desk.read_more()
        if window.cursor == before:
            raise Refusal("there is no further order in the list on this side")
    # Else the order that is shown has left the list, and the cursor has gone on already.
    await screen.show_order(desk.need_row().number)


def _go_to_shown(screen: OrderScreen) -> bool:
    """Put the list's cursor on the order that is shown; an action may have moved it on."""
    desk = screen.desk
    if desk.row is not None and desk.row.number == screen.number:
        return True
    keys = (
        row.key for row in desk.window.rows if isinstance(row, Work) and row.number == screen.number
    )
    return any(desk.window.point_at(key) for key in keys)


def _in_list(command_id: str) -> Handler:
    """Goes back to the list, and does there what the command does."""

    async def go_back_and_do(screen: OrderScreen) -> None:
        await go_back(screen)
        screen.desk.run_command(command_id)

    return go_back_and_do


async def verify(screen: OrderScreen) -> None:
    """Back to the list, where the pieces of the order that is shown are counted."""
    await go_back(screen)
    await screen.desk.go_to(screen.number)
    screen.desk.run_command("picking.verify")


ON_PAGE: dict[str, Handler] = {
    "order.next": following,
    "order.previous": preceding,
    "order.back": go_back,
    "list.find": _in_list("list.find"),
    "notices.show": _in_list("notices.show"),
    "sales.enter": _in_list("sales.enter"),
    "picking.verify": verify,
}
"""What is done otherwise than in the list."""
