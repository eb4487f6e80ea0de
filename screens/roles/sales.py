"""Sales' screen: complete what is missing, answer change requests, enter orders, tell customers."""

from collections.abc import Sequence

from orderterm.errors import Refusal
from orderterm.sentences import say
from orderterm.terms import ExceptionKind, Role
from orderterm.views.exceptions import detail_text
from orderterm.views.order import OrderView
from orderterm.views.queue import Wanted, Work
from screens.desk import Desk, Page
from screens.details.change_lines import change_lines, change_text
from screens.details.order_lines import brief
from screens.flows import entering
from screens.flows.completing import chosen_orders
from screens.flows.forms import field_name
from screens.flows.resolving import resolve
from screens.handlers import ON_LIST
from screens.lists.columns import (
    CHANNEL,
    CHANNEL_NUMBER,
    CUSTOMER,
    LEFT,
    NOTE,
    NUMBER,
    PRIORITY,
    RECEIVED,
    STAGE,
    WHO,
)
from screens.station import Station
from screens.widgets.canvas import Line
from screens.widgets.work_list import Column
from screens.work_screen import WorkScreen


def missing_text(work: Work, station: Station) -> str:
    """The fields that are missing or wrong; what is wrong with them stands beside the list."""
    fields = [field_name(one["field"]) for one in work.detail.get("problems", ())]
    if not fields:
        return detail_text(work.detail, station.language)
    return station.text(say("{fields}", fields=fields))


MISSING = Column(
    say("what is missing"),
    26,
    missing_text,
    look=lambda *_: "exception",
    keep=8,
    grow=True,
)
CHANGE = Column(
    say("what is to change"), 26, change_text, look=lambda *_: "in-progress", keep=8, grow=True
)

LACKING = (PRIORITY, NUMBER, CHANNEL, CUSTOMER, LEFT, MISSING, RECEIVED, CHANNEL_NUMBER)
CHANGING = (PRIORITY, NUMBER, CHANNEL, CUSTOMER, LEFT, CHANGE, STAGE, CHANNEL_NUMBER)
EVERYTHING = (PRIORITY, NUMBER, CUSTOMER, STAGE, WHO, LEFT, NOTE, CHANNEL, RECEIVED, CHANNEL_NUMBER)


def _own(kind: ExceptionKind) -> Wanted:
    return Wanted(roles=(Role.SALES,), kinds=(kind,), tasks=False)


async def complete(screen: WorkScreen) -> None:
    """Fill in what is missing, or answer the change request; other people's work stays theirs."""
    chosen = chosen_orders(screen)
    if len(chosen) > 1:
        raise Refusal(
            "{number} must be finished alone: what is missing belongs to one order",
            number=chosen[0].number,
        )
    (work,) = chosen
    if work.exception is None:
        raise Refusal(
            "{number} lacks nothing that sales could complete: it is at {stage}, with {role}",
            number=work.number,
            stage=work.stage or work.condition,
            role=work.role or "-",
        )
    await resolve(screen)


class RoleDesk(Desk):
    """Orders that wait for information, change requests, and all that is open."""

    role = Role.SALES
    handlers = {**ON_LIST, **entering.HANDLERS, "order.complete": complete}
    pages: Sequence[Page] = (
        Page(
            say("missing"),
            LACKING,
            _own(ExceptionKind.INFORMATION),
            empty=say("no order waits for information"),
        ),
        Page(
            say("changes"),
            CHANGING,
            _own(ExceptionKind.CHANGE_REQUEST),
            empty=say("no customer wants anything changed"),
        ),
        Page(say("all open"), EVERYTHING, empty=say("no order is open")),
    )

    def detail_lines(self, found: OrderView, columns: int) -> Sequence[Line]:
        title, *rest = brief(found, self.station, columns)
        return [title, *change_lines(found, self.station, columns), *rest]
