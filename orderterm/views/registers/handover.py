"""交接班记录: what each shift told the next."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, structs

from orderterm.rules.contacts import mask_text
from orderterm.rules.handover import Summary
from orderterm.settings import Settings
from orderterm.store.tables import Handover
from orderterm.terms import Role
from orderterm.views.registers.days import Days, in_parts
from orderterm.views.staff import all_names
from orderterm.views.times import local


class HandoverRow(Struct, frozen=True):
    """A handover; ``summary`` is the state of the role's work as it was kept."""

    role: Role
    shift: str
    given_by: str
    taken_by: str
    given_at: datetime
    taken_at: datetime | None
    remark: str
    summary: Summary


def handovers(days: Days, settings: Settings) -> Iterator[HandoverRow]:
    """The handovers given in ``days``, by time; within the caller's reading."""
    zone = settings.site.zone
    start, end = days.span(zone)
    query = (
        Handover.select(
            Handover.role,
            Handover.shift,
            Handover.given_by,
            Handover.taken_by,
            Handover.given_at,
            Handover.taken_at,
            Handover.remark,
            Handover.summary,
        )
        .where((Handover.given_at >= start) & (Handover.given_at < end))
        .order_by(Handover.given_at, Handover.id)
    )
    yield from in_parts(query, partial(_rows, names=all_names(), zone=zone))


def masked(row: HandoverRow) -> HandoverRow:
    """The row for those who only watch."""
    return structs.replace(row, remark=mask_text(row.remark))


def _rows(
    found: Sequence[tuple[Any, ...]], names: dict[str, str], zone: ZoneInfo
) -> Iterator[HandoverRow]:
    for role, shift, given_by, taken_by, given_at, taken_at, remark, summary in found:
        yield HandoverRow(
            role=role,
            shift=shift,
            given_by=names.get(given_by, given_by),
            taken_by=names.get(taken_by, taken_by or ""),
            given_at=local(given_at, zone),
            taken_at=local(taken_at, zone),
            remark=remark,
            summary=msgspec.json.decode(summary, type=Summary),
        )
