"""The screen of whoever deals with exceptions: all that are open, whoever must act."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from orderterm.sentences import say
from orderterm.terms import EXCEPTION_PATHS, ExceptionKind, Role
from orderterm.views.exceptions import detail_text
from orderterm.views.order import ExceptionView, OrderView
from orderterm.views.queue import Wanted, Work
from screens.desk import Desk, Page
from screens.details.order_lines import brief
from screens.flows import exceptions
from screens.handlers import ON_LIST
from screens.lists.columns import LEFT, NUMBER, PRIORITY, clock, countdown
from screens.station import Station
from screens.terminal.cells import wrap
from screens.widgets.canvas import Line
from screens.widgets.work_list import Column


def _age(work: Work, station: Station) -> str:
    """How long it has been open."""
    return countdown(station.now() - work.started_at) if work.started_at else ""


def _role(work: Work, station: Station) -> str:
    return station.text(work.role) if work.role else ""


def _usual(work: Work, station: Station) -> str:
    """The way out that is tried first."""
    return station.text(EXCEPTION_PATHS[work.exception][0]) if work.exception else ""


def _what(work: Work, station: Station) -> str:
    return detail_text(work.detail, station.language)


AGE = Column(say("age"), 6, _age, right=True, keep=8)
KIND = Column(
    say("exception"),
    14,
    lambda work, s: s.text(work.exception) if work.exception else "",
    look=lambda *_: "exception",
    keep=9,
)
DUE = Column(say("due"), 5, lambda work, s: clock(work.due_at, s), right=True, keep=5)
ACTS = Column(say("acts"), 10, _role, keep=7)
USUAL = Column(say("usually"), 11, _usual, keep=6, grow=True)
WHAT = Column(say("what"), 18, _what, keep=4, grow=True)
COLUMNS = (PRIORITY, NUMBER, KIND, AGE, DUE, LEFT, ACTS, USUAL, WHAT)
EMPTY = say("no exception is open")

ALL = Page(say("exceptions"), COLUMNS, wanted=Wanted(tasks=False), empty=EMPTY)
OF_KIND = {
    kind: Page(say("{kind}", kind=kind), COLUMNS, wanted=Wanted(tasks=False, kinds=(kind,)))
    for kind in ExceptionKind
}


class RoleDesk(Desk):
    """Every open exception, and those of each kind."""

    role = Role.EXCEPTIONS
    pages: Sequence[Page] = (ALL, *OF_KIND.values())

    def detail_lines(self, found: OrderView, columns: int) -> Sequence[Line]:
        row = self.row
        kind = row.exception if row is not None else None
        own = [one for one in found.exceptions if one.resolved_at is None and one.kind is kind]
        if not own:
            return brief(found, self.station, columns)
        others = [one for one in found.exceptions if one is not own[0]]
        rest = brief(structs.replace(found, exceptions=others), self.station, columns)
        names = {entry.actor: entry.name for entry in found.timeline}
        raised_by = names.get(own[0].opened_by) or own[0].opened_by
        return [*trouble_lines(own[0], raised_by, self.station, columns), *rest]


def trouble_lines(
    found: ExceptionView, raised_by: str, station: Station, columns: int
) -> list[Line]:
    """What is wrong, who found it when, and the ways out."""
    told = detail_text(found.detail, station.language)
    head = station.text(found.kind) + (f": {told}" if told else "")
    facts = say(
        "{name}, {at}; {role} acts, {left} left",
        name=raised_by,
        at=f"{found.opened_at:%m-%d %H:%M}",
        role=found.role,
        left=countdown(found.due_at - station.now()),
    )
    ways = say("ways out: {paths}", paths=list(EXCEPTION_PATHS[found.kind]))
    return [
        *([(line, "exception")] for line in wrap(head, columns)),
        *([(line, "faint")] for line in wrap(station.text(facts), columns)),
        *([(line, "faint")] for line in wrap(station.text(ways), columns)),
    ]


async def choose_kind(desk: Desk) -> None:
    """Show the exceptions of one kind, or of all."""
    page: Any = await desk.choose(
        say("kind"),
        [(say("all"), ALL), *((kind, page) for kind, page in OF_KIND.items())],
    )
    desk.found = None
    await desk.open_page(page)


RoleDesk.handlers = {**ON_LIST, **exceptions.HANDLERS, "exceptions.kind": choose_kind}
