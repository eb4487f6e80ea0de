"""The carriers, those first whose parcels come late most often."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from orderterm.rules.spread import spread
from orderterm.rules.weeks import Week
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.tables import Shipment
from orderterm.views.times import clocks
from orderterm.views.weekly.troubles import Troubles

LEAST_PARCELS = 5
"""Of fewer parcels no share is told: one of two is no half."""


class CarrierRow(Struct, frozen=True):
    """A carrier's parcels of the week and the one before, by when they were shipped.

    ``median_days`` is from shipping to signature. ``beyond`` are those that came, or are on their
    way still, after the day they were promised for, else after the limit of tracking; ``delays``
    are the week's exceptions for a late carrier.
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
    carrier: str
    shipped_at: datetime
    eta: datetime | None
    signed_at: datetime | None
    replaced_at: datetime | None


def carriers(week: Week, troubles: Troubles, settings: Settings, now: datetime) -> list[CarrierRow]:
    """The carriers of the week and the one before, the one with most delay first."""
    by_carrier: dict[str, list[_Parcel]] = {}
    for row in queries.rows(_shipped(week)):
        parcel = _Parcel(*row)
        by_carrier.setdefault(parcel.carrier, []).append(parcel)
    late = troubles.counts("carrier")
    rows = [
        _row(carrier, by_carrier.get(carrier, []), late.get(carrier, 0), settings, now)
        for carrier in {*by_carrier, *late}
    ]
    return sorted(rows, key=_place)


def _shipped(week: Week) -> Any:
    columns = (
        Shipment.carrier,
        Shipment.shipped_at,
        Shipment.eta,
        Shipment.signed_at,
        Shipment.replaced_at,
    )
    return Shipment.select(*columns).where(
        (Shipment.shipped_at >= week.before().start) & (Shipment.shipped_at < week.end)
    )


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
    limit = parcel.eta or clocks(settings).add(parcel.shipped_at, settings.limits.tracking)
    return (parcel.signed_at or parcel.replaced_at or now) > limit


def _place(row: CarrierRow) -> tuple[float, int, float, str]:
    return -(row.share or 0.0), -row.delays, -(row.median_days or 0.0), row.carrier
