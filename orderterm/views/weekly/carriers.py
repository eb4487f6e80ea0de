"""The carriers, those first whose parcels come late most often."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from peewee import SQL, fn

from orderterm.rules.carriers import usual_name
from orderterm.rules.spread import spread
from orderterm.rules.weeks import Week
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.fields import utc_time
from orderterm.store.tables import Event, Order, OrderException, Shipment
from orderterm.terms import EventKind, ExceptionPath
from orderterm.views.times import clocks
from orderterm.views.weekly.troubles import Troubles

LEAST_PARCELS = 5
"""Of fewer parcels no share is told: one of two is no half."""

_SENDING = (
    EventKind.STAGE_DONE.value,
    EventKind.EXCEPTION_RESOLVED.value,
    EventKind.TRACKED.value,
)
"""What tells of a parcel that leaves: the first, one with another carrier, one more."""


class CarrierRow(Struct, frozen=True):
    """A carrier's parcels of the week and the one before, by when they were shipped.

    ``median_days`` is from when the carrier got them to signature. ``beyond`` are those that came,
    or are on their way still, after the day they were first promised for, else after the limit of
    tracking; ``delays`` are the week's exceptions for a late carrier.
    """

    carrier: str
    parcels: int
    signed: int
    median_days: float | None
    beyond: int
    delays: int

    @property
    def share(self) -> float | None:
        """The part that came late; None where there are too few parcels to tell."""
        return self.beyond / self.parcels if self.parcels >= LEAST_PARCELS else None


class _Parcel(Struct, frozen=True):
    shipped_at: datetime
    promised_at: datetime | None
    signed_at: datetime | None
    replaced_at: datetime | None


def carriers(week: Week, troubles: Troubles, settings: Settings, now: datetime) -> list[CarrierRow]:
    """The carriers of the week and the one before, the one with most delay first."""
    by_carrier = _parcels(week)
    late = troubles.counts("carrier")
    rows = [
        _row(carrier, by_carrier.get(carrier, []), late.get(carrier, 0), settings, now)
        for carrier in {*by_carrier, *late}
    ]
    return sorted(rows, key=_place)


def _parcels(week: Week) -> dict[str, list[_Parcel]]:
    """The parcels of the week and the one before, by their carrier's usual name."""
    columns = (
        Shipment.order,
        Shipment.waybill,
        Shipment.carrier,
        Shipment.shipped_at,
        Shipment.eta,
        Shipment.signed_at,
        Shipment.replaced_at,
    )
    found: dict[str, list[_Parcel]] = {}
    with snapshot():
        shipped = queries.rows(Shipment.select(*columns).where(_shipped_in(week)))
        first = _first_promises(week)
    for order, waybill, carrier, shipped_at, eta, *ends in shipped:
        parcel = _Parcel(shipped_at, first.get((order, waybill), eta), *ends)
        found.setdefault(usual_name(carrier), []).append(parcel)
    return found


def _shipped_in(week: Week) -> Any:
    return (Shipment.shipped_at >= week.before().start) & (Shipment.shipped_at < week.end)


def _first_promises(week: Week) -> dict[tuple[int, str], datetime | None]:
    """For when parcels were promised that were sped up since, by order and waybill.

    What is expected of them now is no longer that: the trail of their orders tells it.
    """
    sped_up = OrderException.select(SQL("1")).where(
        (OrderException.order == Shipment.order) & (OrderException.path == ExceptionPath.EXPEDITE)
    )
    query = (
        Shipment.select(Shipment.order, Event.payload)
        .join(Order)
        .join(Event, on=(Event.order_number == Order.number))
        .where(_shipped_in(week) & fn.EXISTS(sped_up) & Event.kind.in_(_SENDING))
        .order_by(Event.id)
    )
    found = {}
    for order, payload in queries.rows(query):
        told = msgspec.json.decode(payload or "{}")  # it may have been erased
        if "waybill" in told and "eta" in told:
            found[order, told["waybill"]] = told["eta"] and utc_time(told["eta"])
    return found


def _row(
    carrier: str, parcels: Sequence[_Parcel], delays: int, settings: Settings, now: datetime
) -> CarrierRow:
    took = [one.signed_at - one.shipped_at for one in parcels if one.signed_at is not None]
    median = spread(took).median
    beyond = sum(_is_beyond(one, settings, now) for one in parcels)
    return CarrierRow(
        carrier=carrier,
        parcels=len(parcels),
        signed=len(took),
        median_days=median / timedelta(days=1) if median is not None else None,
        beyond=beyond,
        delays=delays,
    )


def _is_beyond(parcel: _Parcel, settings: Settings, now: datetime) -> bool:
    limit = parcel.promised_at or clocks(settings).add(parcel.shipped_at, settings.limits.tracking)
    return (parcel.signed_at or parcel.replaced_at or now) > limit


def _place(row: CarrierRow) -> tuple[float, int, float, str]:
    return -(row.share or 0.0), -row.delays, -(row.median_days or 0.0), row.carrier
