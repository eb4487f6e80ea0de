"""What a parcel's journey comes down to, in whatever order and however often its steps are told."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from orderterm.terms import TrackingState

LATE_ENTRY = timedelta(days=30)
"""So long before its shipping was entered a parcel may have left. News from before that are of
another parcel: carriers give the same numbers again after some months."""
CAME_BACK = (TrackingState.REFUSED, TrackingState.RETURNING, TrackingState.RETURNED)
"""After any of these the parcel is on its way to its sender, who also signs for it."""

_STUCK = (TrackingState.PROBLEM, TrackingState.EXPIRED)
_ORDER = (
    TrackingState.UNKNOWN,
    TrackingState.AWAITING_PICKUP,
    TrackingState.PICKED_UP,
    TrackingState.CUSTOMS,
    TrackingState.IN_TRANSIT,
    TrackingState.OUT_FOR_DELIVERY,
    TrackingState.AWAITING_COLLECTION,
    TrackingState.DELIVERY_FAILED,
    TrackingState.PROBLEM,
    TrackingState.REFUSED,
    TrackingState.RETURNING,
    TrackingState.RETURNED,
    TrackingState.EXPIRED,
    TrackingState.SIGNED,
)
"""Which of the steps of one moment is the later one."""
_RANKS = {state: rank for rank, state in enumerate(_ORDER)}


class Step(Struct, frozen=True):
    """One step as the carrier told it."""

    at: datetime
    state: TrackingState
    words: str = ""


def own_steps(told: Iterable[Step], shipped_at: datetime) -> list[Step]:
    """Of the steps told under a label, those that can be of the parcel shipped with it then."""
    return [step for step in told if step.at >= shipped_at - LATE_ENTRY]


class Journey(Struct, frozen=True):
    """Where a parcel stands.

    ``signed_at``: when the customer signed, None where they have not; ``trouble``: the step with
    which began what somebody must look after, None where all goes well.
    """

    last: Step
    signed_at: datetime | None
    trouble: Step | None

    @property
    def came_back(self) -> bool:
        """Whether the trouble is that the parcel comes back."""
        return self.trouble is not None and self.trouble.state in CAME_BACK


def journey(steps: Iterable[Step]) -> Journey:
    """The journey of one parcel of which at least one step is known.

    A signature after the parcel turned back is its sender's, and counts as returned.
    """
    ordered = _as_they_happened(steps)
    signed = next((step for step in ordered if step.state is TrackingState.SIGNED), None)
    trouble = _trouble(ordered) if signed is None else None
    return Journey(ordered[-1], signed.at if signed else None, trouble)


def _as_they_happened(steps: Iterable[Step]) -> list[Step]:
    turned_back, found = False, []
    for step in sorted(steps, key=lambda one: (one.at, _RANKS[one.state], one.words)):
        by_sender = turned_back and step.state is TrackingState.SIGNED
        state = TrackingState.RETURNED if by_sender else step.state
        found.append(Step(step.at, state, step.words))
        turned_back = turned_back or state in CAME_BACK
    return found


def _trouble(ordered: list[Step]) -> Step | None:
    """The first of the unbroken run of steps that tell of the trouble there is now."""
    steps = [step for step in ordered if step.state in CAME_BACK] or ordered
    state = steps[-1].state
    if state not in CAME_BACK + _STUCK:
        return None
    first = steps[-1]
    for step in reversed(steps):
        if step.state is not state:
            break
        first = step
    return first
