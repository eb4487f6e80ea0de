"""SKUs in a list: the rows, their columns, and what is told of one beside the list."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from orderterm.sentences import say
from orderterm.settings import Settings
from orderterm.views.shortages import ShortageRow, Shortages, WaitingOrder, shortages
from orderterm.views.stock import StockRow, stock
from screens.lists.columns import LETTERS, countdown
from screens.station import Station
from screens.terminal.cells import fit, width
from screens.widgets.canvas import Line
from screens.widgets.work_list import Column


class SkuRow(Struct, frozen=True):
    """A SKU; figures in pieces.

    ``orders`` wait for it, first in the queue first; they want ``wanted`` of it, of which
    ``short`` is not there. ``expected`` is the latest day that one of them was told.
    """

    sku: str
    name: str
    specification: str
    on_hand: int
    allocated: int
    available: int
    safety: int
    location: str = ""
    wanted: int = 0
    short: int = 0
    lead_time_days: int = 0
    expected: datetime | None = None
    orders: tuple[WaitingOrder, ...] = ()

    @property
    def key(self) -> str:
        """What the list knows the row by."""
        return self.sku

    @property
    def below_safety(self) -> bool:
        """Whether less is available than should be."""
        return self.available < self.safety

    @property
    def to_order(self) -> int:
        """What serves every order that waits, and fills up to the safety stock."""
        return max(0, self.wanted + self.safety - self.available)


def stock_rows() -> list[SkuRow]:
    """Every SKU of the catalogue and on the shelf, by SKU."""
    return [_of_stock(row) for row in stock()]


def _of_stock(row: StockRow) -> SkuRow:
    return SkuRow(
        sku=row.sku,
        name=row.name,
        specification=row.specification,
        on_hand=row.on_hand,
        allocated=row.allocated,
        available=row.available,
        safety=row.safety,
        location=row.location,
    )


def short_rows(settings: Settings) -> list[SkuRow]:
    """Every SKU that orders are short of, the first in the queue first."""
    found = shortages(settings)
    return [_of_shortage(row, found) for row in found.rows if row.short]


def low_rows(settings: Settings) -> list[SkuRow]:
    """Every SKU of which less is available than should be."""
    found = shortages(settings)
    return [_of_shortage(row, found) for row in found.rows if row.below_safety]


def _of_shortage(row: ShortageRow, found: Shortages) -> SkuRow:
    return SkuRow(
        sku=row.sku,
        name=row.name,
        specification=row.specification,
        on_hand=row.on_hand,
        allocated=row.allocated,
        available=row.available,
        safety=row.safety_stock,
        wanted=row.wanted,
        short=row.short,
        lead_time_days=row.lead_time_days,
        expected=row.expected,
        orders=tuple(found.waiting_for(row.sku)),
    )


def _few(row: SkuRow, _: Station) -> str:
    return "due-soon" if row.below_safety else ""


def _count(pieces: int) -> str:
    return str(pieces) if pieces else ""


SKU = Column(say("SKU"), 10, lambda row, _: row.sku, look=lambda *_: "strong", keep=10, grow=True)
NAME = Column(
    say("product"), 10, lambda row, _: f"{row.name} {row.specification}".strip(), keep=6, grow=True
)
LOCATION = Column(say("shelf"), 6, lambda row, _: row.location, keep=5)
ON_HAND = Column(say("on hand"), 7, lambda row, _: str(row.on_hand), right=True, keep=8)
ALLOCATED = Column(say("allocated"), 9, lambda row, _: str(row.allocated), right=True, keep=4)
AVAILABLE = Column(
    say("available"), 9, lambda row, _: str(row.available), look=_few, right=True, keep=3
)
SAFETY = Column(say("safety"), 6, lambda row, _: _count(row.safety), right=True, keep=5)
WANTED = Column(say("wanted"), 6, lambda row, _: _count(row.wanted), right=True, keep=5)
SHORT = Column(
    say("short"),
    5,
    lambda row, _: _count(row.short),
    look=lambda *_: "exception",
    right=True,
    keep=9,
)
ORDERS = Column(say("orders"), 6, lambda row, _: _count(len(row.orders)), right=True, keep=6)
TO_ORDER = Column(say("buy"), 5, lambda row, _: _count(row.to_order), right=True, keep=8)
LEAD_TIME = Column(say("lead"), 6, lambda row, s: _days(row.lead_time_days, s), right=True, keep=4)
EXPECTED = Column(say("expected"), 8, lambda row, _: _day(row.expected), right=True, keep=7)

STOCK = (SKU, NAME, LOCATION, ON_HAND, ALLOCATED, AVAILABLE, SAFETY)
"""What there is of each SKU."""

SHORTAGES = (SKU, NAME, SHORT, WANTED, ORDERS, ON_HAND, AVAILABLE, EXPECTED)
"""What orders wait for."""

PURCHASES = (SKU, NAME, SHORT, ORDERS, TO_ORDER, EXPECTED, LEAD_TIME, SAFETY, AVAILABLE)
"""What is to be got, and when it comes."""


def _days(days: int, station: Station) -> str:
    return station.text(say("{days} d", days=days)) if days else ""


def _day(moment: datetime | None) -> str:
    return f"{moment:%m-%d}" if moment is not None else ""


def sku_lines(row: SkuRow, station: Station, columns: int) -> list[Line]:
    """What is known of a SKU, and every order that waits for it."""
    about = f"{row.name} {row.specification}".strip()
    return [
        [(row.sku, "strong"), (f"  {fit(about, max(0, columns - width(row.sku) - 2))}", "")],
        *([(line, "")] for line in _on_lines(_figures(row, station), columns)),
        *(_waiting(order, station, columns) for order in row.orders),
    ]


def _figures(row: SkuRow, station: Station) -> Sequence[str]:
    figures = (
        (say("on hand"), row.on_hand),
        (say("allocated"), row.allocated),
        (say("available"), row.available),
        (say("safety"), row.safety or ""),
        (say("shelf"), row.location),
        (say("short"), row.short or ""),
        (say("to order"), row.to_order or ""),
        (say("lead time"), _days(row.lead_time_days, station)),
    )
    return [f"{station.text(name)} {value}" for name, value in figures if value != ""]


def _on_lines(figures: Sequence[str], columns: int) -> list[str]:
    """Figures side by side, none of them on two lines."""
    lines = [""]
    for figure in figures:
        joined = f"{lines[-1]}  {figure}".lstrip()
        if width(joined) <= columns:
            lines[-1] = joined
        else:
            lines.append(figure)
    return lines


def _waiting(order: WaitingOrder, station: Station, columns: int) -> Line:
    letter = LETTERS.get(order.priority, station.marks.open)
    if order.expected is not None:
        until, look = station.text(say("told {day}", day=_day(order.expected))), "in-progress"
    else:
        left = order.due - station.now()
        until, look = countdown(left), "overdue" if left.total_seconds() < 0 else "exception"
    room = max(0, columns - 26 - width(until))
    return [
        (f"{letter} {fit(order.number, 16)}", ""),
        (fit(str(order.pieces), 5, right=True) + "  ", "strong"),
        (fit(order.customer, room) + " ", ""),
        (until, look),
    ]
