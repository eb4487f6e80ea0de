"""Which parcel is asked after next, and what its answers add up to.

However many programs ask, a parcel has one turn: taking it moves its next turn on.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from msgspec import Struct

from orderterm.rules.journeys import journey
from orderterm.store.connection import reading, transaction
from orderterm.store.queries import first
from orderterm.store.tables import Order, Shipment
from orderterm.terms import TrackingState
from orderterm.workflow import hearing
from orderterm.workflow.shipping import unsigned
from orderterm.workflow.troubles import known_steps
from orderterm.workflow.workplace import Workplace

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The next turn of a parcel that is asked after no more."""

_SPREAD = 0.2


class Turn(Struct, frozen=True):
    """A parcel to ask after; ``tail`` is the last four digits of its customer's telephone."""

    parcel: int
    carrier: str
    waybill: str
    tail: str


def take_turn(workplace: Workplace, interval: timedelta) -> Turn | None:
    """The parcel whose turn it is, which is nobody else's then; None where there is none.

    Args:
        workplace: the home at work.
        interval: how long until its next turn; they are spread a little around it, so that
            parcels that left together don't come up together for ever.
    """
    now = workplace.now()
    while True:
        with reading():
            # Each of the two looks into the index; together they would read all of it.
            found = first(_unsigned(Shipment.poll_at.is_null())) or first(
                _unsigned(Shipment.poll_at <= now)
            )
        if found is None:
            return None
        due_at, ended, *turn = found
        parcel, _, waybill, _ = turn
        share = crc32(f"{waybill}{now.isoformat()}".encode()) / 2**32 - 0.5
        following = NEVER if ended else now + interval * (1 + _SPREAD * share)
        if _is_ours(parcel, due_at, following) and not ended:
            return Turn(*turn)


def _is_ours(parcel: int, due_at: datetime | None, following: datetime) -> bool:
    """Take a parcel's turn, unless somebody else was faster."""
    still_so = Shipment.poll_at.is_null() if due_at is None else Shipment.poll_at == due_at
    taken = Shipment.update(poll_at=following).where((Shipment.id == parcel) & still_so)
    with transaction():
        return bool(taken.execute())


def _unsigned(due: Any) -> Any:
    ended = Order.completed_at.is_null(False) | Order.cancelled_at.is_null(False)
    return (
        Shipment.select(
            Shipment.poll_at,
            ended,
            Shipment.id,
            Shipment.carrier,
            Shipment.waybill,
            Order.contact_tail,
        )
        .join(Order)
        .where(unsigned() & due)
        .order_by(Shipment.poll_at, Shipment.id)
        .limit(1)
    )


def found_out(parcel_id: int) -> None:
    """The service knows the parcel; one that is back at its sender is asked after no more."""
    with transaction():
        parcel = Shipment.get_by_id(parcel_id)
        steps = known_steps(parcel)
        back = bool(steps) and journey(steps).last.state is TrackingState.RETURNED
        following = NEVER if back else parcel.poll_at
        Shipment.update(poll_failures=0, poll_at=following).where(
            Shipment.id == parcel_id
        ).execute()


def found_nothing(workplace: Workplace, parcel_id: int, most: int) -> None:
    """The service knows nothing of the parcel; the ``most``-th time in a row it is given up."""
    with transaction():
        Shipment.update(poll_failures=Shipment.poll_failures + 1).where(
            Shipment.id == parcel_id
        ).execute()
        failures = Shipment.get_by_id(parcel_id).poll_failures
    if failures >= most:
        hearing.lose_sight(workplace, parcel_id)
        with transaction():
            Shipment.update(poll_at=NEVER).where(Shipment.id == parcel_id).execute()
