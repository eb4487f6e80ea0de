"""The manager's screen: what is late and came up, the board, who holds what, and all that is open.

Finishing a stage for somebody, handing work over and agreeing to a long delay are the common keys;
the door lets a manager in.
"""

from collections.abc import Sequence

from orderterm.terms import Role
from screens.commands import Command
from screens.desk import Page
from screens.flows import entering
from screens.handlers import ON_LIST
from screens.roles.overview import (
    ALL_OPEN,
    OVERDUE,
    THE_BOARD,
    THE_FORECAST,
    THE_PEOPLE,
    TO_ME,
    Overview,
    open_row,
    with_footers,
)

PAGES = (TO_ME, OVERDUE, THE_BOARD, THE_PEOPLE, ALL_OPEN, THE_FORECAST)
LEADING = {"order.reassign": 1, "order.priority": 2, "order.take_over": 2}
"""What those who lead do most is named first."""


class RoleDesk(Overview):
    """All that is open in the house, what is late first."""

    role = Role.MANAGER
    handlers = {**ON_LIST, **entering.HANDLERS, "list.open": open_row}  # noqa: RUF012
    pages: Sequence[Page] = PAGES

    def commands(self) -> dict[str, Command]:
        return with_footers(super().commands(), LEADING)
