"""The shipping screen: a scanned waybill sends the order in hand on its way."""

from collections.abc import Sequence

from msgspec import structs

from orderterm.rules.numbers import parse_number
from orderterm.sentences import say
from orderterm.terms import Role
from orderterm.views.queue import Wanted
from orderterm.views.scans import Meaning
from screens.desk import Page
from screens.flows import shipping
from screens.handlers import ON_LIST
from screens.lists.columns import (
    ADDRESS,
    CHANNEL,
    CUSTOMER,
    LEFT,
    NOTE,
    NUMBER,
    PIECES,
    PRIORITY,
    clock,
)
from screens.shipping_desk import ShippingDesk
from screens.widgets.work_list import Column

LONGEST_WAYBILL = 40

WISH = Column(say("wish"), 8, lambda work, _: work.carrier or "", keep=6)
UNTIL = Column(say("until"), 5, lambda work, s: clock(work.ship_by, s), right=True, keep=5)

COLUMNS = (
    PRIORITY,
    NUMBER,
    CHANNEL,
    structs.replace(CUSTOMER, width=10),
    PIECES,
    WISH,
    UNTIL,
    LEFT,
    structs.replace(NOTE, width=12),
    ADDRESS,
)
"""Wish is the carrier that was asked for, until the time by which the channel wants it shipped."""


class RoleDesk(ShippingDesk):
    """Packed orders that wait for their label."""

    role = Role.SHIPPING
    handlers = {**ON_LIST, **shipping.HANDLERS}
    pages: Sequence[Page] = (Page(say("shipping"), COLUMNS, wanted=Wanted(roles=(Role.SHIPPING,))),)

    async def on_scan(self, meaning: Meaning) -> None:
        await self.until_free()
        work, code = self.row, meaning.code
        if self.take_scan(code):  # a question was asked while it was looked up
            return
        if meaning.kind == "waybill":
            self._refuse_known(meaning)
        elif meaning.kind != "unknown" or work is None or not can_be_waybill(code):
            await super().on_scan(meaning)
        else:
            self.run_flow(shipping.ship_scanned(self, work, code))

    def _refuse_known(self, meaning: Meaning) -> None:
        """A label that was used before ships nothing: a scanner may have read it twice."""
        self.refuse_scan(
            say(
                "{waybill} is on the parcel of {number} already; nothing was shipped",
                waybill=meaning.code,
                number=meaning.number,
            )
        )


def can_be_waybill(code: str) -> bool:
    """Whether a code that nobody knows may be a waybill: one word, and no order's number."""
    return (
        len(code) <= LONGEST_WAYBILL
        and code.isprintable()
        and " " not in code
        and "://" not in code
        and parse_number(code) is None
    )
