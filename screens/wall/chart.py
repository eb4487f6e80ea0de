"""The day by the hour: bars in cells, with their numbers where those fit."""

from collections.abc import Iterator, Sequence

from orderterm.sentences import Sentence, say
from orderterm.views.monitor import MonitorView
from screens.station import Station
from screens.terminal.cells import fit
from screens.widgets.canvas import Line, Span

BLOCKS = " ▁▂▃▄▅▆▇█"
PLAIN = " ########"
"""What fills a cell from empty to full, in eighths; plain characters can't tell them apart."""

STEPS = len(BLOCKS) - 1
LABEL = 8
HOURS = 24


def chart(view: MonitorView, station: Station, columns: int, rows: int) -> list[Line]:
    """Arrivals and completions by the hour, on one scale, above the hours themselves.

    Args:
        view: what is shown.
        station: gives words and marks.
        columns: how wide it may be; two cells an hour at least, beside the label.
        rows: how high; what is below seven leaves no room for bars.
    """
    cells = max(2, (columns - LABEL) // HOURS)
    peak = max(1, *view.arrivals, *view.completions)
    bars = max(0, (rows - 4) // 2)
    blocks = PLAIN if station.marks.bullet.isascii() else BLOCKS

    def half(label: Sentence, values: Sequence[int], look: str) -> Iterator[Line]:
        name = station.text(label)
        for above in reversed(range(bars)):
            heights = [_filled(value, peak, bars, above) for value in values]
            text = "".join((blocks[height] * (cells - 1)).rjust(cells) for height in heights)
            yield [_label("" if above < bars - 1 else name), (text, look)]
        yield [_label("" if bars else name), *_figures(values, cells, station)]

    return [
        _title(view, station),
        *half(say("in"), view.arrivals, "accent"),
        *half(say("done"), view.completions, "done"),
        [_label(""), *_hours(view.at.hour, cells)],
    ]


def _filled(value: int, peak: int, bars: int, above: int) -> int:
    """How many eighths of the cell are filled that has so many ``above`` the ground."""
    eighths = -(-value * bars * STEPS // peak)
    return max(0, min(STEPS, eighths - above * STEPS))


def _title(view: MonitorView, station: Station) -> Line:
    told = say(
        "today by the hour: {received} came in, {completed} were completed",
        received=view.totals.received_today,
        completed=view.totals.completed_today,
    )
    return [(f" {station.text(told)}", "strong")]


def _label(text: str) -> Span:
    return (f" {fit(text, LABEL - 1)}", "faint")


def _figures(values: Sequence[int], cells: int, station: Station) -> Iterator[Span]:
    """The number of each hour; only the highest one where they would run into each other."""
    if len(str(max(values))) < cells:
        yield "".join(str(value or "").rjust(cells) for value in values), ""
    else:
        yield station.text(say("at most {count} an hour", count=max(values))), ""


def _hours(now: int, cells: int) -> Iterator[Span]:
    for hour in range(HOURS):
        yield f"{hour:02d}".rjust(cells), "strong" if hour == now else "faint"
