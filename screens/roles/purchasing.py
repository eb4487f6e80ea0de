"""Purchasing's screen: what orders are short of, what runs low, and the shortages to resolve."""

from collections.abc import Sequence

from orderterm.sentences import say
from orderterm.terms import Role
from orderterm.views.queue import Wanted
from screens.desk import Page
from screens.flows import purchasing
from screens.handlers import ON_LIST
from screens.lists.stock_columns import PURCHASES, low_rows, short_rows
from screens.sku_desk import SkuDesk, about_sku, open_row

OWN = Wanted(roles=(Role.PURCHASING,))


class RoleDesk(SkuDesk):
    """SKUs to get for orders that wait, SKUs that run low, and open shortages."""

    role = Role.PURCHASING
    handlers = {**ON_LIST, **purchasing.HANDLERS, "list.open": open_row}
    pages: Sequence[Page] = (
        Page(
            say("shortages"),
            PURCHASES,
            OWN,
            read=lambda desk: short_rows(desk.station.settings),
            detail=about_sku,
            keys=("purchasing.expect", "list.open"),
            empty=say("no order waits for stock"),
        ),
        Page(
            say("below safety"),
            PURCHASES,
            OWN,
            read=lambda desk: low_rows(desk.station.settings),
            detail=about_sku,
            keys=("purchasing.expect", "list.open"),
            empty=say("of every SKU there is more than its safety stock"),
        ),
        Page(say("exceptions"), wanted=OWN, empty=say("no shortage waits for a way out")),
    )
