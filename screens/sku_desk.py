"""A role's screen that has lists of SKUs beside its queue: a scanned SKU goes to its row."""

from orderterm.errors import Refusal
from orderterm.sentences import say
from orderterm.views.find import of_numbers
from orderterm.views.scans import Meaning
from screens.desk import Desk
from screens.lists.stock_columns import SkuRow, sku_lines
from screens.order_screen import open_order
from screens.widgets.pane import Maker


class SkuDesk(Desk):
    """Where orders and SKUs are worked on; ``scanned`` is the SKU that was scanned last."""

    scanned = ""

    @property
    def sku_row(self) -> SkuRow | None:
        """The SKU in hand; None in a list of orders."""
        row = self.window.row
        return row if isinstance(row, SkuRow) else None

    @property
    def sku_meant(self) -> str:
        """The SKU that an action is for; blank in a list of orders.

        That is the one just scanned, else the only marked one, else the one in hand.

        Raises:
            Refusal: several are marked.
        """
        here = self.sku_row
        if here is not None and here.sku == self.scanned:
            return here.sku
        meant = self.one_of(SkuRow)
        return meant.sku if meant is not None else ""

    async def on_scan(self, meaning: Meaning) -> None:
        self.scanned = meaning.code if meaning.kind == "sku" else ""
        if not (self.scanned and self.window.point_at(self.scanned)):
            await super().on_scan(meaning)
            return
        self.list.redraw()
        self.rest()
        self.answer(say("{sku} is on this line", sku=self.scanned), "done")


def about_sku(desk: Desk, row: SkuRow) -> Maker:
    """What stands beside a list of SKUs."""
    return lambda columns: sku_lines(row, desk.station, columns)


async def open_row(desk: SkuDesk) -> None:
    """Open the order in hand, or list the orders that wait for the SKU in hand."""
    row, station = desk.sku_row, desk.station
    if row is None:
        await open_order(desk)
        return
    if not row.orders:
        raise Refusal("no order waits for {sku}", sku=row.sku)
    numbers = [order.number for order in row.orders]
    found = await desk.read(lambda: of_numbers(numbers, station.settings, station.now()))
    await desk.show_found(found)
    desk.answer(
        say(
            "{count} orders wait for {sku}; esc shows the list again", count=len(found), sku=row.sku
        )
    )
