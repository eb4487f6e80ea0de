"""Handovers of shifts: those that wait, and those that were taken, each in a few sentences."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from orderterm.rules.handover import (
    ExceptionState,
    PressingOrder,
    StageState,
    Summary,
    WaitingOrder,
    shift_end,
)
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Handover
from orderterm.terms import PauseReason, Role
from orderterm.views.staff import names
from orderterm.views.times import clocks, local

NEGLECTED_AFTER = timedelta(hours=2)
"""After the end of its shift: what nobody has taken by then, nobody has noticed."""


class HandoverRow(Struct, frozen=True):
    """A handover; times are the site's, those in ``summary`` are in UTC. ``neglected`` is one that
    nobody has taken although the shift it was given in is long over."""

    id: int
    role: Role
    shift: str
    given_by: str
    giver: str
    given_at: datetime
    remark: str
    summary: Summary
    taken_by: str | None
    taker: str
    taken_at: datetime | None
    neglected: bool

    @property
    def key(self) -> str:
        """What a list knows it by."""
        return f"h{self.id}"


def handovers(settings: Settings, now: datetime, limit: int = 50) -> list[HandoverRow]:
    """The last handovers, the newest first."""
    query = Handover.select().order_by(Handover.given_at.desc(), Handover.id.desc())
    with snapshot():
        return _rows(query.limit(limit), settings, now)


def handover(number: int, settings: Settings, now: datetime) -> HandoverRow | None:
    """One handover; None where there is no such one."""
    with snapshot():
        found = _rows(Handover.select().where(Handover.id == number), settings, now)
    return found[0] if found else None


def waiting_for(
    badge: str, roles: Sequence[Role], settings: Settings, now: datetime
) -> list[HandoverRow]:
    """The handovers that a person could take over, the oldest first.

    Among them are those whose taking was interrupted; the rest is for who has begun it.
    """
    waits = Handover.taken_at.is_null() & (Handover.given_by != badge)
    query = (
        Handover.select()
        .where(
            Handover.role.in_(list(roles))
            & Handover.passed_at.is_null()
            & (waits | (Handover.taken_by == badge))
        )
        .order_by(Handover.given_at)
    )
    with snapshot():
        return _rows(query, settings, now)


def _rows(query: Any, settings: Settings, now: datetime) -> list[HandoverRow]:
    columns = (
        Handover.id,
        Handover.role,
        Handover.shift,
        Handover.given_by,
        Handover.given_at,
        Handover.remark,
        Handover.summary,
        Handover.taken_by,
        Handover.taken_at,
    )
    rows = queries.rows(query.select(*columns))
    known = names(badge for row in rows for badge in (row[3], row[7]))
    zone, site = settings.site.zone, clocks(settings)
    return [
        HandoverRow(
            id=key,
            role=role,
            shift=shift,
            given_by=giver,
            giver=known.get(giver, giver),
            given_at=local(given_at, zone),
            remark=remark,
            summary=msgspec.json.decode(summary, type=Summary),
            taken_by=taker,
            taker=known.get(taker, taker) if taker else "",
            taken_at=local(taken_at, zone),
            neglected=taken_at is None and now > shift_end(site, given_at) + NEGLECTED_AFTER,
        )
        for key, role, shift, giver, given_at, remark, summary, taker, taken_at in rows
    ]


# -- in sentences ---------------------------------------------------------------------------------


def state_text(row: HandoverRow) -> Sentence:
    """Who handed over and when, and who took over."""
    given = say(
        "{role}: handed over by {name} at {at}",
        role=row.role,
        name=row.giver,
        at=_clock(row.given_at) + (f" ({row.shift})" if row.shift else ""),
    )
    if row.taken_at is not None:
        return say(
            "{given}; taken over by {name} at {at}",
            given=given,
            name=row.taker,
            at=_clock(row.taken_at),
        )
    if row.neglected:
        return say("{given}; nobody has taken it over, and the shift is long over", given=given)
    return say("{given}; nobody has taken it over yet", given=given)


def summary_text(row: HandoverRow, settings: Settings) -> list[Sentence]:
    """All that was handed over, a sentence a line; what there is none of is left out."""
    return [
        state_text(row),
        *([say("remark: {remark}", remark=row.remark)] if row.remark else []),
        *_lines(row.summary, settings.site.zone),
    ]


def _lines(summary: Summary, zone: ZoneInfo) -> Iterator[Sentence]:
    if not (summary.open or summary.exceptions):
        yield say("nothing is open")
    for stage in summary.stages:
        if stage.open:
            yield _stage(stage, zone)
    for kind in summary.exceptions:
        yield _exception(kind)
    for late in summary.late:
        yield say("overdue since {due}: {order}", due=_at(late.due_at, zone), order=_order(late))
    for risk in summary.at_risk:
        yield _at_risk(risk, zone)
    for waiting in summary.waiting:
        yield _waiting(waiting, zone)
    for hands in summary.in_hands:
        yield say("in the hands of {name}: {count}", name=hands.name, count=hands.tasks)
    if summary.messages_waiting or summary.messages_given_up:
        yield say(
            "messages to customers: {waiting} not sent yet, {failed} given up",
            waiting=summary.messages_waiting,
            failed=summary.messages_given_up,
        )


def _stage(stage: StageState, zone: ZoneInfo) -> Sentence:
    told = say(
        "{stage}: {open} open ({hands} in hand, {waiting} waiting), {overdue} overdue, "
        "{soon} due soon, {late} will be late",
        stage=stage.stage,
        open=stage.open,
        hands=stage.in_hand,
        waiting=stage.waiting,
        overdue=stage.overdue,
        soon=stage.due_soon,
        late=stage.will_be_late,
    )
    if stage.done_at is None or stage.open == stage.waiting:
        return told
    return say("{told}; done by {at}", told=told, at=_at(stage.done_at, zone))


def _exception(kind: ExceptionState) -> Sentence:
    return say(
        "exceptions, {kind}: {open} open, {overdue} overdue",
        kind=kind.kind,
        open=kind.open,
        overdue=kind.overdue,
    )


def _at_risk(risk: PressingOrder, zone: ZoneInfo) -> Sentence:
    due = _at(risk.due_at, zone)
    if risk.expected_at is None:
        return say("due {due}: {order}", due=due, order=_order(risk))
    expected = _at(risk.expected_at, zone)
    return say(
        "due {due}, expected {expected}: {order}", due=due, expected=expected, order=_order(risk)
    )


def _order(one: PressingOrder) -> Sentence:
    return say("{number} {stage}", number=one.number, stage=one.stage)


def _waiting(one: WaitingOrder, zone: ZoneInfo) -> Sentence:
    until = _at(one.expected_at, zone) if one.expected_at else "?"
    if one.reason is PauseReason.STOCK:
        return say("waits for stock until {until}: {number}", until=until, number=one.number)
    return say("waits for the customer: {number}", number=one.number)


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return _clock(moment.astimezone(zone))


def _clock(moment: datetime) -> str:
    return f"{moment:%m-%d %H:%M}"
