"""Sending just the cells that changed.

Textual's update of a part of the screen is cut at its right end, but always begins where the
widget begins: a change at the end of a line resends the line. This one is cut at both ends.
And Textual forgets which widgets changed once it has painted the whole screen, but not what had
changed in them: that would be sent again with the next change.
"""

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate


class CellsUpdate(ChopsUpdate):
    """Spans of cells, each with no more than it is about."""

    def render_segments(self, console: Console) -> str:
        parts: list[str] = []
        for y, start, end in self.spans:
            for stop, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                first, last = max(x, start), min(stop, end)
                if strip is None or first >= last:
                    continue
                parts.append(str(Control.move_to(first, y)))
                parts.append(strip.crop(first - x, last - x).render(console))
        return "".join(parts)


class CellsCompositor(Compositor):
    """Textual's compositor with tighter updates."""

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        for widget in self.visible_widgets:
            widget._exchange_repaint_regions()
        return super().render_full_update(simplify)

    def render_partial_update(self) -> ChopsUpdate | None:
        update = super().render_partial_update()
        if update is None:
            return None
        return CellsUpdate(update.chops, update.spans, update.chop_ends)
