"""News of parcels: which parcels they are of, and what in them was not known yet."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

from msgspec import Struct

from orderterm.rules import carriers
from orderterm.rules.drafts import TrackingDraft
from orderterm.rules.journeys import LATE_ENTRY, Step
from orderterm.sentences import Sentence, say
from orderterm.store.fields import utc_text
from orderterm.store.queries import parts, rows
from orderterm.store.tables import Shipment, TrackingUpdate
from orderterm.workflow.workplace import Workplace

_AHEAD = timedelta(days=1)
"""So much ahead a time may be: where it has no zone, it may have been taken for one of another."""
_KEPT_AT_ONCE = 1000
_Mark = tuple[str, str, str, str]
"""What a step is known by: waybill, carrier, when, and what it was."""


class News(Struct, frozen=True):
    """A step that was told, and its parcels: several where orders share one."""

    draft: TrackingDraft
    parcels: list[Any]

    def steps(self) -> list[tuple[Any, Step]]:
        """The step as one of each parcel."""
        one = self.draft
        return [
            (parcel, Step(one.at or parcel.shipped_at, one.state, one.description))
            for parcel in self.parcels
        ]


# -- whose they are -------------------------------------------------------------------------------


def placed(
    workplace: Workplace, drafts: Sequence[TrackingDraft], refused: dict[int, Sentence]
) -> list[News]:
    """The steps that are of parcels of ours, within the caller's reading.

    Args:
        workplace: the home at work.
        drafts: what is told.
        refused: takes, by row, why a step is of none.
    """
    found, last = [], workplace.now() + _AHEAD
    for (carrier, waybill), told in _by_label(drafts).items():
        parcels = _parcels(carrier, waybill)
        for draft in told:
            own = _having_it(parcels, draft.at)
            if not parcels:
                refused[draft.row] = _no_parcel(draft)
            elif draft.at is not None and (not own or draft.at > last):
                refused[draft.row] = _not_then(workplace, draft, draft.at)
            else:
                found.append(News(draft, own))
    return found


def _by_label(
    drafts: Sequence[TrackingDraft],
) -> dict[tuple[str, str], list[TrackingDraft]]:
    found: dict[tuple[str, str], list[TrackingDraft]] = {}
    for draft in drafts:
        found.setdefault((draft.carrier, draft.waybill), []).append(draft)
    return found


def _parcels(carrier: str, waybill: str) -> list[Any]:
    """The parcels with this label; of a carrier by an unknown name, the only one there can be."""
    plain = "".join(normalize("NFKC", waybill).split())
    spellings = sorted({waybill, plain, plain.upper(), plain.lower()})
    with_label = Shipment.waybill.in_(spellings) & Shipment.replaced_at.is_null()
    found = list(Shipment.select().where(with_label).order_by(Shipment.id))
    parcels = [parcel for parcel in found if parcel.waybill == waybill] or found
    if not carrier:
        return parcels
    own = [parcel for parcel in parcels if carriers.same(carrier, parcel.carrier)]
    if own or len(parcels) != 1:
        return own
    return parcels if carriers.same(carrier, parcels[0].carrier) is None else []


def _having_it(parcels: Sequence[Any], at: datetime | None) -> list[Any]:
    """Of the parcels that have had one number in turn, those that had it at the time."""
    begun = [one for one in parcels if at is None or one.shipped_at - LATE_ENTRY <= at]
    since = max((one.shipped_at - LATE_ENTRY for one in begun), default=None)
    return [one for one in begun if since is None or one.shipped_at >= since]


def _not_then(workplace: Workplace, draft: TrackingDraft, at: datetime) -> Sentence:
    return say(
        "row {row}: the time {at} can't be right for {waybill}: it is still to come, or long "
        "before the parcel was shipped",
        row=draft.row,
        at=f"{at.astimezone(workplace.settings.site.zone):%Y-%m-%d %H:%M}",
        waybill=draft.waybill,
    )


def _no_parcel(draft: TrackingDraft) -> Sentence:
    row, waybill = draft.row, draft.waybill
    replaced = (Shipment.waybill == waybill) & Shipment.replaced_at.is_null(False)
    if Shipment.select().where(replaced).exists():
        return say(
            "row {row}: the order with the waybill {waybill} has gone on with another one since",
            row=row,
            waybill=waybill,
        )
    if not draft.carrier:
        return say("row {row}: no parcel has the waybill {waybill}", row=row, waybill=waybill)
    return say(
        "row {row}: no parcel has the waybill {waybill} of {carrier}",
        row=row,
        waybill=waybill,
        carrier=draft.carrier,
    )


# -- what of them is new --------------------------------------------------------------------------


def not_known(news: Sequence[News]) -> list[TrackingDraft]:
    """Those that some parcel of theirs lacks, within the caller's reading."""
    known = _known({parcel.waybill for one in news for parcel in one.parcels})
    return [one.draft for one in news if any(_mark(*step) not in known for step in one.steps())]


def _known(waybills: Iterable[str]) -> set[_Mark]:
    return {
        mark
        for some in parts(waybills)
        for mark in _marks(TrackingUpdate.select(*_COLUMNS).where(_COLUMNS[0].in_(some)))
    }


_COLUMNS = (
    TrackingUpdate.waybill,
    TrackingUpdate.carrier,
    TrackingUpdate.at,
    TrackingUpdate.state,
)


def _marks(query: Any) -> list[_Mark]:
    return [(waybill, carrier, utc_text(at), state) for waybill, carrier, at, state in rows(query)]


def _mark(parcel: Any, step: Step) -> _Mark:
    return parcel.waybill, parcel.carrier, utc_text(step.at), step.state


def keep(news: Sequence[News]) -> list[tuple[Any, list[Step]]]:
    """Keep the steps that were not known, within the caller's transaction.

    Orders in one parcel hear the same news.

    Returns:
        The parcels there is something new of, with what is; what happened first comes first.
    """
    told: dict[int, tuple[Any, dict[_Mark, Step]]] = {}
    for parcel, step in (each for one in news for each in one.steps()):
        told.setdefault(parcel.id, (parcel, {}))[1].setdefault(_mark(parcel, step), step)
    kept = _insert({mark: step for _, steps in told.values() for mark, step in steps.items()})
    found = [
        (parcel, sorted((steps[mark] for mark in steps if mark in kept), key=_when))
        for parcel, steps in told.values()
        if not kept.isdisjoint(steps)
    ]
    return sorted(found, key=lambda one: _when(one[1][0]))


def _insert(steps: dict[_Mark, Step]) -> set[_Mark]:
    """Keep steps; returns which of them nobody had told before."""
    values = [(*mark, steps[mark].words) for mark in steps]
    fields = [*_COLUMNS, TrackingUpdate.description]
    return {
        mark
        for start in range(0, len(values), _KEPT_AT_ONCE)
        for mark in _marks(
            TrackingUpdate.insert_many(values[start : start + _KEPT_AT_ONCE], fields)
            .on_conflict(action="nothing", conflict_target=_COLUMNS)
            .returning(*_COLUMNS)
        )
    }


def _when(step: Step) -> datetime:
    return step.at
