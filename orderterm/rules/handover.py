"""What one shift tells the next of a role's work, as it is kept with the handover.

Times are in UTC; no list is longer than ``MOST``, the figures beside it count everything.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from orderterm.rules.working_time import Span, WorkingTime
from orderterm.terms import ExceptionKind, PauseReason, Role, Stage

MOST = 50

_LEAVING = timedelta(hours=1)
"""Who hands over may do so when the next shift has begun: theirs was on so long before."""


class StageState(Struct, frozen=True):
    """A stage of the role. ``in_hand`` of the ``open`` tasks are somebody's, ``waiting`` stand
    still; the last two are the forecast, ``done_at`` None where the end is not in sight."""

    stage: Stage
    open: int
    in_hand: int
    waiting: int
    due_soon: int
    overdue: int
    will_be_late: int
    done_at: datetime | None


class ExceptionState(Struct, frozen=True):
    """The open exceptions of a kind."""

    kind: ExceptionKind
    open: int
    overdue: int


class PressingOrder(Struct, frozen=True):
    """An order that is late or at risk; ``expected_at`` is set where the forecast says so."""

    number: str
    stage: Stage
    due_at: datetime
    assignee: str | None
    expected_at: datetime | None = None


class WaitingOrder(Struct, frozen=True):
    """An order whose clock stands still: for whom, and until when as far as anybody knows."""

    number: str
    stage: Stage
    reason: PauseReason
    expected_at: datetime | None


class InHand(Struct, frozen=True):
    """How many of the role's tasks somebody has begun."""

    badge: str
    name: str
    tasks: int


class Summary(Struct, frozen=True):
    """Everything that is handed over. ``late`` and ``at_risk`` are the first in the queue;
    messages are those to customers that are still to be sent, and those that were given up."""

    at: datetime
    stages: tuple[StageState, ...]
    exceptions: tuple[ExceptionState, ...]
    late: tuple[PressingOrder, ...]
    at_risk: tuple[PressingOrder, ...]
    waiting: tuple[WaitingOrder, ...]
    in_hands: tuple[InHand, ...]
    messages_waiting: int
    messages_given_up: int

    @property
    def open(self) -> int:
        """Open tasks of all the stages."""
        return sum(one.open for one in self.stages)

    @property
    def overdue(self) -> int:
        """Overdue tasks and exceptions."""
        stages = sum(one.overdue for one in self.stages)
        return stages + sum(one.overdue for one in self.exceptions)


def shift_of(site: WorkingTime, given_at: datetime) -> str:
    """The name of the shift that hands over; "" for none."""
    shift = _leaving(site, given_at)
    return shift.name if shift else ""


def shift_end(site: WorkingTime, given_at: datetime) -> datetime:
    """When the shift ends that hands over; the moment itself for none."""
    shift = _leaving(site, given_at)
    return shift.end if shift else given_at


def _leaving(site: WorkingTime, given_at: datetime) -> Span | None:
    """Where shifts overlap, the one that ends first hands over."""
    return site.next_to_end(given_at - _LEAVING) or site.next_to_end(given_at)


def whole_house(role: Role) -> bool:
    """Whether the role hands over everything, and not just its own stages."""
    return role in (Role.MANAGER, Role.ADMIN)
