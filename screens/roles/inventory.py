"""Inventory's screen: allocate, receive what comes back, count, and see what is short."""

from collections.abc import Sequence

from orderterm.sentences import say
from orderterm.terms import Role
from orderterm.views.queue import Wanted
from screens.desk import Page
from screens.flows import stock
from screens.handlers import ON_LIST
from screens.lists.columns import (
    CHANNEL,
    CUSTOMER,
    DUE,
    LEFT,
    NOTE,
    NUMBER,
    PIECES,
    PRIORITY,
    RECEIVED,
)
from screens.lists.fitting import FIT, FittingSource
from screens.lists.sources import Source
from screens.lists.stock_columns import SHORTAGES, STOCK, short_rows, stock_rows
from screens.sku_desk import SkuDesk, about_sku, open_row

OWN = Wanted(roles=(Role.INVENTORY,))

ALLOCATION = (PRIORITY, NUMBER, CHANNEL, CUSTOMER, PIECES, FIT, DUE, LEFT, NOTE, RECEIVED)


class RoleDesk(SkuDesk):
    """Orders to allocate and returns to receive; shortages; the shelf."""

    role = Role.INVENTORY
    handlers = {**ON_LIST, **stock.HANDLERS, "list.open": open_row}
    pages: Sequence[Page] = (
        Page(say("allocation"), ALLOCATION, OWN),
        Page(
            say("shortages"),
            SHORTAGES,
            OWN,
            read=lambda desk: short_rows(desk.station.settings),
            detail=about_sku,
            keys=("stock.count", "list.open"),
            empty=say("no order waits for stock"),
        ),
        Page(
            say("stock"),
            STOCK,
            OWN,
            read=lambda _: stock_rows(),
            detail=about_sku,
            keys=("stock.count", "list.open"),
            empty=say("no SKU is in the catalogue"),
        ),
    )

    def source(self) -> Source:
        if self.found is None and self.page.read is None:
            return FittingSource(self.wanted(), self.station)
        return super().source()
