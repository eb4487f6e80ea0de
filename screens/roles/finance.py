"""Finance's screen: refunds that are due, and those made today."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from orderterm.errors import Refusal
from orderterm.sentences import say
from orderterm.terms import Role
from orderterm.views.queue import Wanted, Work
from orderterm.views.refunds import Refunded, refunded_today, worths
from screens.desk import Desk, Page
from screens.flows.answers import amount_text
from screens.flows.completing import chosen_orders, complete
from screens.handlers import ON_LIST
from screens.lists.columns import (
    CHANNEL,
    CHANNEL_NUMBER,
    CUSTOMER,
    DUE,
    LEFT,
    NOTE,
    NUMBER,
    PRIORITY,
)
from screens.lists.sources import QueueSource, Source
from screens.station import Station
from screens.widgets.work_list import Column
from screens.work_screen import WorkScreen


class Due(Work, frozen=True):
    """A row with what is to be refunded, in minor units; None where a price is not known."""

    worth: int | None = None


class DueSource(QueueSource):
    """The refunds that are wanted, each with its amount."""

    def _page(self, **where: Any) -> list[Work]:
        return _with_worth(super()._page(**where))

    def last(self) -> Sequence[Work]:
        return _with_worth(super().last())


def _with_worth(works: Sequence[Work]) -> list[Work]:
    found = worths(work.place[2] for work in works)
    return [Due(**structs.asdict(work), worth=found.get(work.place[2])) for work in works]


def _due_text(work: Work, _: Station) -> str:
    return amount_text(work.worth) if isinstance(work, Due) else ""


def _by(work: Refunded, _: Station) -> str:
    return work.refunded_by


AMOUNT_DUE = Column(say("to refund"), 11, _due_text, right=True, keep=9)
AMOUNT = Column(
    say("refunded"),
    15,
    lambda row, _: f"{amount_text(row.amount)} {row.currency}",
    right=True,
    keep=9,
)
REFERENCE = Column(say("reference"), 16, lambda row, _: row.reference, keep=7, grow=True)
AT = Column(say("at"), 5, lambda row, _: f"{row.refunded_at:%H:%M}", right=True, keep=8)
BY = Column(say("by"), 8, _by, keep=5)

OWN = Wanted(roles=(Role.FINANCE,))
DUE_COLUMNS = (PRIORITY, NUMBER, CHANNEL, CUSTOMER, AMOUNT_DUE, DUE, LEFT, NOTE, CHANNEL_NUMBER)
DONE_COLUMNS = (NUMBER, CUSTOMER, AMOUNT, REFERENCE, AT, BY, CHANNEL, CHANNEL_NUMBER)


async def refund(screen: WorkScreen) -> None:
    """Note that the customer's money went back: how much, and under which reference."""
    chosen = chosen_orders(screen)
    if len(chosen) > 1:
        raise Refusal(
            "{number} must be refunded alone: each refund has its own amount and reference",
            number=chosen[0].number,
        )
    (work,) = chosen
    if isinstance(work, Refunded):
        raise Refusal(
            "{number} was refunded at {at} by {name}; undo takes a refund back",
            number=work.number,
            at=f"{work.refunded_at:%H:%M}",
            name=work.refunded_by,
        )
    await complete(screen)


class RoleDesk(Desk):
    """Refunds that are due, and those made today."""

    role = Role.FINANCE
    handlers = {**ON_LIST, "order.complete": refund}
    pages: Sequence[Page] = (
        Page(say("refunds"), DUE_COLUMNS, OWN, empty=say("nothing is to be refunded")),
        Page(
            say("today"),
            DONE_COLUMNS,
            OWN,
            read=lambda desk: refunded_today(desk.station.settings, desk.station.now()),
            empty=say("nothing was refunded today"),
        ),
    )

    def source(self) -> Source:
        if self.found is None and self.page.read is None:
            return DueSource(self.wanted(), self.station)
        return super().source()
