"""Sending just the cells that changed, also around a painting of the whole screen."""

from collections.abc import Sequence

from rich.console import Console
from textual._compositor import ChopsUpdate
from textual.app import App, ComposeResult
from textual.screen import Screen

from screens.terminal.compositor import CellsCompositor
from screens.widgets.canvas import Canvas, Line

ROWS = 20


class Words(Canvas):
    """A word a line."""

    def __init__(self) -> None:
        super().__init__()
        self.words = [""] * ROWS

    def draw(self, columns: int, height: int) -> Sequence[Line]:  # noqa: ARG002 - fits
        return [[(word, "")] for word in self.words]


class Page(Screen[None]):
    """Words, sent by the cell."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = CellsCompositor()
        self.canvas = Words()

    def compose(self) -> ComposeResult:
        yield self.canvas

    def sent(self) -> str:
        """What an update would send now."""
        self._compositor.update_widgets({self.canvas})
        update = self._compositor.render_update()
        assert isinstance(update, ChopsUpdate), "the whole screen"
        return update.render_segments(Console())


class Pages(App[None]):
    """A page."""

    CSS_PATH = None


async def test_what_a_whole_painting_has_shown_is_not_sent_again() -> None:
    app = Pages()
    async with app.run_test() as pilot:
        page = Page()
        await app.push_screen(page)
        await pilot.pause()

        page.canvas.words = [f"word-{row}" for row in range(ROWS)]
        page.canvas.redraw()
        page.refresh()
        await pilot.pause(0.1)

        page.canvas.words[3] = "word-X"
        page.canvas.redraw()
        sent = page.sent()
        assert "X" in sent
        assert "word-7" not in sent


async def test_a_change_at_the_end_of_a_line_sends_its_end() -> None:
    app = Pages()
    async with app.run_test() as pilot:
        page = Page()
        await app.push_screen(page)
        page.canvas.words = ["a line of words"] * ROWS
        page.canvas.redraw()
        await pilot.pause(0.1)

        page.canvas.words[3] = "a line of wordX"
        page.canvas.redraw()
        sent = page.sent()
        assert "X" in sent
        assert "line" not in sent
