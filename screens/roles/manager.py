"""The manager's screen: what is late and came up, the board, who holds what, and all that is open.

Finishing a stage for somebody, handing work over and agreeing to a long delay are the common keys;
the door lets a manager in.
"""

from collections.abc import Sequence

from orderterm.sentences import say
from orderterm.terms import ExceptionKind, Role
from orderterm.views.queue import Wanted
from screens.desk import Page
from screens.flows import entering
from screens.handlers import ON_LIST, Later
from screens.lists.columns import (
    CHANNEL,
    CUSTOMER,
    DUE,
    LEFT,
    NOTE,
    NUMBER,
    PRIORITY,
    RECEIVED,
)
from screens.lists.handover_rows import THE_HANDOVERS
from screens.lists.message_rows import UNSENT
from screens.roles.overview import (
    ALL_OPEN,
    OVERDUE,
    THE_BOARD,
    THE_FORECAST,
    THE_MEASURES,
    THE_PEOPLE,
    TO_ME,
    Overview,
    open_row,
)

PAGES = (
    TO_ME,
    OVERDUE,
    THE_BOARD,
    THE_PEOPLE,
    ALL_OPEN,
    THE_FORECAST,
    THE_HANDOVERS,
    UNSENT,
)
FOLLOW_UPS = Page(
    say("follow-ups"),
    columns=(PRIORITY, NUMBER, NOTE, DUE, LEFT, CUSTOMER, CHANNEL, RECEIVED),
    wanted=Wanted(tasks=False, kinds=(ExceptionKind.FOLLOW_UP,)),
    empty=say("no bad answer waits to be followed up"),
    keys=("order.resolve",),
)


class RoleDesk(Overview):
    """All that is open in the house, what is late first."""

    role = Role.MANAGER
    handlers = {
        **ON_LIST,
        **entering.HANDLERS,
        "messages.retry": Later("screens.flows.messages", "retry"),
        "list.open": open_row,
        "measures.agree": Later("screens.flows.measures", "agree"),
        "measures.finish": Later("screens.flows.measures", "finish"),
    }
    # What those who lead do most is named first.
    footers = {"order.reassign": 1, "order.priority": 2, "order.take_over": 2}
    pages: Sequence[Page] = (*PAGES, THE_MEASURES, FOLLOW_UPS)
