"""The supervisor's screen: everything can be watched, nothing changed, and customers are masked."""

from collections.abc import Sequence

from orderterm.errors import Refusal
from orderterm.sentences import say
from orderterm.terms import Role
from orderterm.views.masked import masked_order, masked_work
from orderterm.views.order import OrderView
from orderterm.views.queue import Wanted, Work
from screens.commands import COMMANDS
from screens.desk import Page
from screens.handlers import ON_LIST
from screens.lists.columns import CHANNEL, CUSTOMER, DUE, EXCEPTION, LEFT, NUMBER, PRIORITY, STAGE
from screens.lists.masked_source import MaskedSource
from screens.lists.sources import Source
from screens.order_screen import OrderScreen
from screens.roles.overview import (
    ALL_OPEN,
    OVERDUE,
    THE_BOARD,
    THE_PEOPLE,
    Overview,
    open_row,
)
from screens.widgets.canvas import Line
from screens.work_screen import Handler, WorkScreen

EXCEPTIONS = Page(
    say("exceptions"),
    (PRIORITY, NUMBER, EXCEPTION, DUE, LEFT, STAGE, CUSTOMER, CHANNEL),
    wanted=Wanted(tasks=False),
    empty=say("no exception is open"),
)
ONLY_LOOKS = frozenset({"order.next", "order.previous", "order.back"})


async def change_nothing(screen: WorkScreen) -> None:
    """Say why a key that changes orders does nothing here."""
    del screen
    raise Refusal("a supervisor's screen shows everything and changes nothing: this key is closed")


WRITING: dict[str, Handler] = {
    command.id: change_nothing
    for command in COMMANDS
    if command.id.startswith(("order.", "shift.")) and command.id not in ONLY_LOOKS
}
"""Every key that changes an order, or hands a shift over."""


class MaskedOrder(OrderScreen):
    """An order whole, its customer masked, with no key that changes it."""

    def lines(self, found: OrderView, columns: int) -> Sequence[Line]:
        return super().lines(masked_order(found), columns)


class RoleDesk(Overview):
    """What a manager watches, read-only."""

    role = Role.SUPERVISOR
    footers = dict.fromkeys([*WRITING, "list.mark"], 0)
    pages: Sequence[Page] = (OVERDUE, THE_BOARD, THE_PEOPLE, EXCEPTIONS, ALL_OPEN)

    def source(self) -> Source:
        return MaskedSource(super().source())

    def _order_of(self, number: str) -> OrderView:
        return masked_order(super()._order_of(number))

    async def show_found(self, found: Sequence[Work]) -> None:
        await super().show_found([masked_work(work) for work in found])


async def open_masked(desk: RoleDesk) -> None:
    """Open the order in hand, masked, or the orders that the row in hand stands for."""
    if desk.row is None:
        await open_row(desk)
    else:
        await desk.app.push_screen(MaskedOrder(desk, desk.row.number))


RoleDesk.handlers = {**ON_LIST, **WRITING, "list.open": open_masked}
