"""Parcels that nobody has signed for, the oldest first, each with what was heard of it last.

Whatever its priority, the parcel that has been on its way longest is looked after first. The index
of the open work has the due times of each priority in order; those of all are merged here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, structs
from peewee import Tuple, fn

from orderterm.rules.journeys import CAME_BACK, Step, journey, own_steps
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.fields import utc_text
from orderterm.store.tables import Task, TrackingUpdate
from orderterm.terms import Priority, Role, Stage, TrackingState
from orderterm.views.openwork import Found, Place, Wanted, found_tasks, open_tasks, task_columns
from orderterm.views.times import local
from orderterm.views.work import Work, works

ON_THEIR_WAY = Wanted(roles=(Role.TRACKING,), stages=(Stage.TRACKING,), exceptions=False)
"""The work that is a parcel on its way."""


class Journey(Struct, frozen=True):
    """What was heard of a parcel last."""

    state: TrackingState
    at: datetime
    told: str


class Parcel(Work, frozen=True):
    """A row of an order on its way; ``journey`` is None where nothing was heard of its parcel."""

    journey: Journey | None


def parcels(
    wanted: Wanted,
    settings: Settings,
    now: datetime,
    *,
    after: Place | None = None,
    before: Place | None = None,
    count: int = 100,
) -> list[Parcel]:
    """A page of the orders on their way, the one that is due first at the top.

    Args:
        wanted: which of them.
        settings: the home's settings.
        now: the time.
        after: the page is the ``count`` rows that follow the row of this place.
        before: it is the ``count`` rows that come just before it; without either it is the first
            page.
        count: how many rows at most.
    """
    with snapshot():
        place = before if before is not None else after
        found = _stretch(wanted, now, place, count, forward=before is None)
        return _with_journeys(works(found, settings, now), settings)


def last(wanted: Wanted, settings: Settings, now: datetime, count: int = 100) -> list[Parcel]:
    """The last page: those that are due last."""
    with snapshot():
        found = _stretch(wanted, now, None, count, forward=False)
        return _with_journeys(works(found, settings, now), settings)


def by_age(place: Place) -> tuple[datetime, int]:
    """What the rows are sorted by, of a row's place."""
    return place[1], place[2]


def _stretch(
    wanted: Wanted, now: datetime, place: Place | None, count: int, *, forward: bool
) -> list[Found]:
    """The rows beyond ``place``, in the order of the page."""
    found: list[Found] = []
    for priority in (wanted.priority,) if wanted.priority else Priority:
        own = structs.replace(wanted, priority=priority)
        query = open_tasks(own, Role.TRACKING, now, *task_columns())
        found += found_tasks(_beyond(query, place, count, forward))
    found.sort(key=lambda one: by_age(one.place))
    return found[:count] if forward else found[-count:]


def _beyond(query: Any, place: Place | None, count: int, forward: bool) -> Any:
    columns = (Task.due_at, Task.order)
    if place is not None:
        due, order = by_age(place)
        here = (utc_text(due), order)
        query = query.where(Tuple(*columns) > here if forward else Tuple(*columns) < here)
    ordered = columns if forward else tuple(column.desc() for column in columns)
    return query.order_by(*ordered).limit(count)


def _with_journeys(rows: Sequence[Work], settings: Settings) -> list[Parcel]:
    told = _told({row.waybill for row in rows if row.waybill})
    return [Parcel(**structs.asdict(row), journey=_journey_of(row, told, settings)) for row in rows]


def _journey_of(
    row: Work, told: dict[tuple[str, str], list[Step]], settings: Settings
) -> Journey | None:
    """What was heard of the row's own parcel; some tell the waybill without its carrier."""
    if row.waybill is None or row.shipped_at is None:
        return None
    heard = [told.get((row.waybill, carrier), []) for carrier in {row.carrier or "", ""}]
    own = [own_steps(steps, row.shipped_at) for steps in heard]
    latest = max((journey(steps).last for steps in own if steps), key=_when, default=None)
    if latest is None:
        return None
    return Journey(latest.state, local(latest.at, settings.site.zone), latest.words)


def _when(step: Step) -> datetime:
    return step.at


def _told(waybills: set[str]) -> dict[tuple[str, str], list[Step]]:
    """By waybill and carrier, the last step that is known, and where the parcel came back."""
    told: dict[tuple[str, str], list[Step]] = {}
    for query in (_latest_steps(waybills), _turning_back(waybills)):
        for waybill, carrier, state, at, words in queries.rows(query):
            told.setdefault((waybill, carrier), []).append(Step(at, state, words))
    return told


def _steps(waybills: set[str]) -> Any:
    told = TrackingUpdate
    return told.select(told.waybill, told.carrier, told.state, told.at, told.description).where(
        told.waybill.in_(sorted(waybills))
    )


def _latest_steps(waybills: set[str]) -> Any:
    told = TrackingUpdate
    latest = (
        told.select(told.waybill, told.carrier, fn.MAX(told.at).alias("latest"))
        .where(told.waybill.in_(sorted(waybills)))
        .group_by(told.waybill, told.carrier)
    )
    same = (
        (told.waybill == latest.c.waybill)
        & (told.carrier == latest.c.carrier)
        & (told.at == latest.c.latest)
    )
    return _steps(waybills).join(latest, on=same)


def _turning_back(waybills: set[str]) -> Any:
    """Where a parcel came back: who signs afterwards is its sender."""
    return _steps(waybills).where(TrackingUpdate.state.in_(CAME_BACK))
