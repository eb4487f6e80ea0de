"""The pieces of an order as lines beside the list: in shelf order, and counted while verified."""

from collections.abc import Sequence

from msgspec import structs

from orderterm.rules.picking import Verification
from orderterm.sentences import say
from orderterm.views.order import OrderView
from orderterm.views.picking import PickLine
from screens.details.order_lines import brief
from screens.station import Station
from screens.terminal.cells import fit, width
from screens.widgets.canvas import Line

MOST_OF_LOCATION = 10


def to_pick(
    order: OrderView,
    stops: Sequence[PickLine],
    verification: Verification | None,
    station: Station,
    columns: int,
) -> list[Line]:
    """The order with its stops in place of its lines.

    Args:
        order: the order.
        stops: what is fetched for it, in the order of the walk.
        verification: what is counted so far; None where nobody counts.
        station: the terminal.
        columns: cells of a line.
    """
    about = brief(structs.replace(order, lines=[]), station, columns)
    pieces = stops_lines(stops, verification, station, columns)
    if verification is None:
        return [about[0], *pieces, *about[1:]]
    return [_progress(order.number, verification, station, columns), *pieces, *about[1:]]


def line_of_next(stops: Sequence[PickLine], verification: Verification) -> int:
    """Which of the lines of ``to_pick`` is the one to be scanned next."""
    skus = [stop.sku for stop in stops]
    return 1 + skus.index(verification.next) if verification.next in skus else 0


def _progress(number: str, verification: Verification, station: Station, columns: int) -> Line:
    counted = sum(verification.counted.values())
    text = station.text(
        say("checked {counted} of {pieces}", counted=counted, pieces=verification.pieces)
    )
    look = "done" if verification.complete else "in-progress"
    return [(number, "strong"), ("  " + fit(text, max(0, columns - width(number) - 2)), look)]


def stops_lines(
    stops: Sequence[PickLine], verification: Verification | None, station: Station, columns: int
) -> list[Line]:
    """A line for each stop: where, what, and how many pieces."""
    shelf = min(MOST_OF_LOCATION, max((width(stop.location) for stop in stops), default=0))
    sku = max(8, min(16, columns // 4))
    room = max(0, columns - shelf - sku - 13)
    return [_stop(stop, verification, station, (shelf, sku, room)) for stop in stops]


def _stop(
    stop: PickLine,
    verification: Verification | None,
    station: Station,
    sizes: tuple[int, int, int],
) -> Line:
    shelf, sku, room = sizes
    words = f"{stop.name} {stop.specification}".strip()
    counted = verification.counted.get(stop.sku, 0) if verification else 0
    is_next = verification is not None and verification.next == stop.sku
    is_done = verification is not None and counted == stop.pieces
    mark = station.marks.cursor if is_next else station.marks.done if is_done else " "
    told = f"{counted}/{stop.pieces}" if verification else str(stop.pieces)
    ground = "cursor" if is_next else ""
    look = "done" if is_done else "in-progress" if counted else ""
    return [
        (f"{mark} ", "accent" if is_next else "done"),
        (fit(stop.location, shelf) + " ", f"{ground} accent"),
        (fit(stop.sku, sku), f"{ground} strong"),
        (" " + fit(words, room), ground),
        (fit(told, 9, right=True), f"{ground} {look}".strip()),
    ]
