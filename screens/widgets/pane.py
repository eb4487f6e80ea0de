"""A part of a screen that shows lines which somebody else has made, and scrolls them."""

from collections.abc import Callable, Sequence

from screens.widgets.canvas import Canvas, Line

Maker = Callable[[int], Sequence[Line]]
"""Makes the lines for a pane so many cells wide."""


class Pane(Canvas):
    """Lines made for the pane's width; more of them than fit can be scrolled through."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._make: Maker = lambda _: ()
        self.top = 0
        self.length = 0

    def show(self, make: Maker, *, from_top: bool = True) -> None:
        """Show what ``make`` gives, from its first line on or from where one has scrolled to."""
        self._make = make
        if from_top:
            self.top = 0
        self.redraw()

    def scroll_lines(self, lines: int) -> None:
        """Scroll down, or up where ``lines`` is below 0."""
        self.top += lines
        self.redraw()

    def draw(self, columns: int, height: int) -> Sequence[Line]:
        lines = list(self._make(columns))
        self.length = len(lines)
        self.top = max(0, min(self.top, len(lines) - height))
        return lines[self.top : self.top + height]
