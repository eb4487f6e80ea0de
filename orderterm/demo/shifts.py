"""The handovers of the weeks before: what lay in a role's queue when its shift ended."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from orderterm.demo import company
from orderterm.demo.records import Records
from orderterm.rules.handover import StageState, Summary, shift_end, shift_of
from orderterm.rules.working_time import WorkingTime
from orderterm.store.tables import Handover
from orderterm.terms import EventKind, Role, Stage

HANDED_OVER: dict[Role, tuple[Stage, ...]] = {
    Role.REVIEWER: (Stage.REVIEW,),
    Role.PREPARATION: (Stage.PREPARATION,),
    Role.SHIPPING: (Stage.SHIPPING,),
}
REMARKS = ("", "", "中通下午四点来取件", "打印机缺纸, 已报修", "两位客户要改地址, 已转销售")
TAKEN_AFTER = timedelta(minutes=6)
DAYS = 7


class Span(Struct, frozen=True):
    """How long a task lay at a stage, and when it was due."""

    stage: Stage
    started_at: datetime
    due_at: datetime
    done_at: datetime


class Shift(Struct, frozen=True):
    """A handover; it was taken by somebody else of the role ``TAKEN_AFTER`` it was given."""

    role: Role
    name: str
    given_at: datetime
    given_by: str
    taken_by: str
    remark: str
    summary: Summary


def handovers(site: WorkingTime, spans: Sequence[Span], end: datetime) -> Iterator[Shift]:
    """Those of the last days before ``end``, the oldest first.

    Args:
        site: whose shifts they are.
        spans: every task of those days.
        end: before it all of them were taken.
    """
    at, serial = shift_end(site, end - timedelta(days=DAYS)), 0
    while at + TAKEN_AFTER < end:
        for role, stages in HANDED_OVER.items():
            people = company.badges(role)
            giver, taker = people[serial % len(people)], people[(serial + 1) % len(people)]
            remark = REMARKS[serial % len(REMARKS)]
            state = _summary(at, stages, spans)
            yield Shift(role, shift_of(site, at), at, giver, taker, remark, state)
        at, serial = shift_end(site, at + timedelta(hours=2)), serial + 1


def _summary(at: datetime, stages: Sequence[Stage], spans: Sequence[Span]) -> Summary:
    there = [one for one in spans if one.stage in stages and one.started_at <= at < one.done_at]
    states = tuple(_state(stage, at, there) for stage in stages)
    return Summary(at, states, (), (), (), (), (), 0, 0)


def _state(stage: Stage, at: datetime, there: Sequence[Span]) -> StageState:
    own = [one for one in there if one.stage is stage]
    late = sum(one.due_at < at for one in own)
    last = max((one.done_at for one in own), default=at)
    return StageState(stage, len(own), 0, 0, 0, late, 0, last)


def keep_handovers(
    records: Records, site: WorkingTime, spans: Sequence[Span], end: datetime
) -> None:
    """Put the handovers of the last days before ``end`` into the records."""
    for key, one in enumerate(handovers(site, spans, end), start=1):
        taken = one.given_at + TAKEN_AFTER
        records.add(
            Handover,
            id=key,
            role=one.role.value,
            shift=one.name,
            given_by=one.given_by,
            given_at=one.given_at,
            remark=one.remark,
            summary=msgspec.json.encode(one.summary).decode(),
            taken_by=one.taken_by,
            taken_at=taken,
            passed_at=taken,
        )
        told: dict[str, Any] = {"handover": key, "role": one.role.value}
        given = told | {"open": one.summary.open, "overdue": one.summary.overdue}
        took = told | {"given_by": one.given_by, "tasks": 0}
        records.tell(one.given_at, one.given_by, EventKind.HANDED_OVER, **given)
        records.tell(taken, one.taken_by, EventKind.TAKEN_OVER, **took)
