"""The tracking desk: parcels on their way, customers to hear from, carriers that are late."""

from collections.abc import Sequence

from msgspec import structs

from orderterm.sentences import say
from orderterm.terms import EventKind, ExceptionKind, Role, Stage
from orderterm.views.order import OrderView
from orderterm.views.parcels import ON_THEIR_WAY, Parcel
from orderterm.views.queue import Wanted
from orderterm.views.surveys import unanswered
from screens.desk import Desk, Page
from screens.details.order_lines import brief
from screens.flows import messages, parcels
from screens.handlers import ON_LIST
from screens.lists.columns import (
    CUSTOMER,
    DUE,
    LEFT,
    NOTE,
    NUMBER,
    PRIORITY,
    RECEIVED,
    clock,
    countdown,
)
from screens.lists.message_rows import UNSENT
from screens.lists.parcel_source import ParcelSource
from screens.lists.sources import Source
from screens.station import Station
from screens.terminal.cells import wrap
from screens.widgets.canvas import Line
from screens.widgets.work_list import Column


def _age(row: Parcel, station: Station) -> str:
    """Whole days since the parcel left."""
    return "" if row.shipped_at is None else str((station.now() - row.shipped_at).days)


def _heard(row: Parcel, station: Station) -> str:
    """The last that was heard of the parcel, and when."""
    found = getattr(row, "journey", None)
    if found is None:
        return ""
    return f"{clock(found.at, station)} {station.text(found.state)}"


AGE = Column(say("days"), 4, _age, right=True, keep=9)
HEARD = Column(say("last heard"), 10, _heard, keep=7, grow=True)
ETA = Column(
    say("ETA"),
    5,
    lambda row, s: clock(row.eta, s),
    look=lambda row, s: "due-soon" if row.eta and row.eta < s.now() else "",
    right=True,
    keep=6,
)
SENT = Column(say("sent"), 5, lambda row, s: clock(row.shipped_at, s), right=True, keep=5)
CARRIER = Column(say("carrier"), 8, lambda row, _: row.carrier or "", keep=7)
WAYBILL = Column(say("waybill"), 14, lambda row, _: row.waybill or "", keep=7)
CONTACT = Column(say("contact"), 15, lambda row, _: row.contact, keep=7)
SINCE = Column(
    say("since"),
    7,
    lambda row, s: countdown(s.now() - row.started_at) if row.started_at else "",
    right=True,
    keep=6,
)

ON_THE_WAY = Page(
    say("on the way"),
    columns=(PRIORITY, NUMBER, CARRIER, WAYBILL, SENT, ETA, AGE, HEARD, LEFT),
    wanted=ON_THEIR_WAY,
    empty=say("no parcel is on its way"),
)
CUSTOMERS_WORD = Page(
    say("confirmation"),
    columns=(PRIORITY, NUMBER, CUSTOMER, CONTACT, DUE, LEFT, NOTE, RECEIVED),
    wanted=Wanted(roles=(Role.TRACKING,), stages=(Stage.CONFIRMATION,), exceptions=False),
    empty=say("no customer is waited for"),
)
LATE_CARRIERS = Page(
    say("carrier delays"),
    columns=(PRIORITY, NUMBER, CARRIER, WAYBILL, SENT, ETA, SINCE, DUE, LEFT, CUSTOMER),
    wanted=Wanted(tasks=False, kinds=(ExceptionKind.CARRIER_DELAY,)),
    empty=say("no carrier is late"),
)
TO_BE_ASKED = Page(
    say("not asked yet"),
    columns=(
        NUMBER,
        structs.replace(CUSTOMER, keep=9, grow=True),
        structs.replace(CONTACT, width=17, keep=9),  # whole, also one from abroad: it is called
        CARRIER,
        SENT,
        RECEIVED,
    ),
    read=lambda desk: unanswered(desk.station.settings, desk.station.now()),
    empty=say("every customer of the last days has answered"),
    keys=("confirmation.survey", "order.note"),
)


class RoleDesk(Desk):
    """Parcels until they are signed for, and orders until the customer is satisfied."""

    role = Role.TRACKING
    handlers = {
        **ON_LIST,
        **parcels.HANDLERS,
        **messages.HANDLERS,
        "list.open": messages.open_row,
    }
    pages: Sequence[Page] = (ON_THE_WAY, CUSTOMERS_WORD, LATE_CARRIERS, UNSENT, TO_BE_ASKED)

    def source(self) -> Source:
        if self.found is None and self.page is ON_THE_WAY:
            return ParcelSource(self.wanted(), self.station)
        return super().source()

    def detail_lines(self, found: OrderView, columns: int) -> Sequence[Line]:
        title, *rest = brief(found, self.station, columns)
        return [title, *_spoken(found, self.station, columns), *rest]


def _spoken(order: OrderView, station: Station, columns: int) -> list[Line]:
    """How often the customer was called, and when last."""
    calls = [
        entry
        for entry in order.timeline
        if entry.kind == EventKind.NOTED and entry.facts.get("with_customer")
    ]
    if not calls:
        return [[(station.text(say("the customer has not been called")), "faint")]]
    last = calls[-1]
    told = say(
        "called {count} times, last {at}: {note}",
        count=len(calls),
        at=f"{last.at:%m-%d %H:%M}",
        note=last.note,
    )
    return [[(line, "in-progress")] for line in wrap(station.text(told), columns)]
