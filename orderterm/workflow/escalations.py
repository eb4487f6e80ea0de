"""The clock: what is due soon or overdue is told to whom it must be, once for each level.

However many engines and terminals watch, a level belongs to whoever puts it on record first; what
it brings about (the notices, the messages, the line on the trail) is kept in the same transaction,
so that a pass may be killed at any point and the next one goes on.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from orderterm.rules.escalation import Ladders, Rungs
from orderterm.store import trail
from orderterm.store.connection import reading, transaction
from orderterm.store.fields import utc_text
from orderterm.store.people import everybody
from orderterm.store.prepared import prepared
from orderterm.store.queries import first
from orderterm.store.tables import Escalation, Heartbeat, Shipment, database
from orderterm.terms import EscalationCause, EventKind, ExceptionKind, NoticeKind
from orderterm.workflow import timetable, watched
from orderterm.workflow.alerts import raised_unread
from orderterm.workflow.door import open_case
from orderterm.workflow.exceptions import open_exception
from orderterm.workflow.notifications import Notice, is_told, tell
from orderterm.workflow.outbox import queue_escalation
from orderterm.workflow.promises import ask_after
from orderterm.workflow.shipping import unsigned
from orderterm.workflow.subjects import EXCEPTION
from orderterm.workflow.watched import Watched
from orderterm.workflow.workplace import SYSTEM, Workplace

BATCH = 100
"""How many subjects are spoken of in one transaction."""
CLOCK = "clock"
"""The duty under whose name an engine that passes the clock is seen."""
STAND_IN = "stand_in"
"""The duty under whose name a terminal is seen that passes the clock in an engine's place."""
BEAT = timedelta(minutes=1)
MISSED = timedelta(minutes=2)
"""After so long without a beat nobody else watches the clock."""


class Raised(Struct, frozen=True):
    """A level that work has reached just now, and who hears of it."""

    about: Watched
    level: int
    cause: EscalationCause
    recipients: tuple[str, ...]


class Verdict(Struct, frozen=True):
    """What a pass makes of one subject: the levels it has reached, and when it is next due."""

    about: Watched
    raised: list[Raised]
    level: int | None
    alert_at: datetime | None


# -- passing --------------------------------------------------------------------------------------


def pass_clock(workplace: Workplace) -> int:
    """Tell everybody what they must be told now.

    Where there is nothing to tell nothing is written, and one query is all it takes.

    Returns:
        How many levels were raised.
    """
    count = 0
    with reading():
        while (raised := pass_part(workplace)) is not None:
            count += raised
    return count


def pass_part(workplace: Workplace) -> int | None:
    """The first ``BATCH`` of what is due to be told, in one transaction.

    Within the caller's reading, which is not held up where nothing is due.

    Returns:
        How many levels were raised; None where nothing was due.
    """
    now = workplace.now()
    found = watched.due(now, BATCH)
    if not found:
        return None
    with transaction():
        # Judged by the time before a wait for others, so that no level is passed over.
        return _speak(workplace, found, now)


def _speak(workplace: Workplace, found: Sequence[tuple[str, int]], now: datetime) -> int:
    ladders = Ladders(everybody())
    verdicts = [_judge(one, ladders, now) for one in watched.load(workplace, found, now)]
    first_told = _keep([one for verdict in verdicts for one in verdict.raised], now)
    _keep_alerts(verdicts)
    _tell_of(workplace, first_told, now)
    for one in first_told:
        if one.level == 1 and one.about.is_tracking and one.about.number is not None:
            _open_delay(workplace, one.about.number)
    ask_after(workplace, [key for kind, key in found if kind == EXCEPTION], now)
    return len(first_told)


def _judge(about: Watched, ladders: Ladders, now: datetime) -> Verdict:
    rungs = ladders.rungs(about.assignee, about.role)
    top = _top(about, rungs)
    raised = _levels(about, rungs, top, now)
    level = raised[-1].level if raised else about.raised
    if level is not None and level >= top:
        return Verdict(about, raised, level, None)
    unread_since = now if raised else _unread_since(about)
    warns = about.assignee is not None
    at = about.climb.next_at(level, warns=warns, unread_since=unread_since)
    return Verdict(about, raised, level, at)


def _top(about: Watched, rungs: Rungs) -> int:
    """The last level there is to raise.

    That is the length of the ladder; but where as many were raised on another ladder, and those
    at the end of this one have not heard of it, there is one more for them.
    """
    top = max(len(rungs), 1)  # also where there is nobody to tell, it is on record
    if about.raised is None or about.raised < top:
        return top
    heard = not rungs or is_told(about.subject, rungs[-1])
    return about.raised if heard else about.raised + 1


def _levels(about: Watched, rungs: Rungs, top: int, now: datetime) -> list[Raised]:
    """The levels above the last one that it has reached by now, no higher than ``top``."""
    reached, before = about.climb.level(now), about.raised
    if before is None and reached == 0:
        return _warning(about, now)
    above = range((before or 0) + 1, min(reached, top) + 1)
    if above:
        return [_rung(about, level, EscalationCause.OVERDUE, rungs) for level in above]
    if reached and before and before < top and _is_unread_too_long(about, now):
        return [_rung(about, before + 1, EscalationCause.UNACKNOWLEDGED, rungs)]
    return []


def _warning(about: Watched, now: datetime) -> list[Raised]:
    if about.assignee is None or now < about.climb.reached_at(0):
        return []
    return [Raised(about, 0, EscalationCause.DUE_SOON, (about.assignee,))]


def _rung(about: Watched, level: int, cause: EscalationCause, rungs: Rungs) -> Raised:
    return Raised(about, level, cause, rungs[min(level, len(rungs)) - 1] if rungs else ())


def _is_unread_too_long(about: Watched, now: datetime) -> bool:
    since = _unread_since(about)
    return since is not None and about.climb.patient_until(since) <= now


def _unread_since(about: Watched) -> datetime | None:
    """Since when nobody has read of the last level that was raised."""
    return raised_unread(about.subject, about.raised) if about.raised else None


# -- keeping and telling --------------------------------------------------------------------------


_RAISE = prepared(
    lambda about, level, cause, number, due, at: Escalation.insert(
        subject=about, level=level, cause=cause, order_number=number, due_at=due, raised_at=at
    ).on_conflict(action="nothing", conflict_target=[Escalation.subject, Escalation.level])
)


def _keep(raised: Sequence[Raised], now: datetime) -> list[Raised]:
    """Put levels on record; returns those that nobody had put there before."""
    return [
        one
        for one in raised
        if _RAISE.changed(
            one.about.subject, one.level, one.cause, one.about.number, one.about.climb.due_at, now
        )
    ]


def _keep_alerts(verdicts: Sequence[Verdict]) -> None:
    for kind, table in watched.TABLES.items():
        name = table._meta.table_name
        database.cursor().executemany(
            # The name is that of our own table.
            f'UPDATE "{name}" SET "alert_at" = ?, "alert_level" = ? WHERE "id" = ?',  # noqa: S608
            [
                (one.alert_at and utc_text(one.alert_at), one.level, one.about.id)
                for one in verdicts
                if one.about.kind == kind
            ],
        )


def _tell_of(workplace: Workplace, raised: Sequence[Raised], now: datetime) -> None:
    tell([notice for one in raised for notice in _notices(one)], now)
    overdue = [one for one in raised if one.level > 0]
    if workplace.settings.escalation.send:
        for one in overdue:
            _send(workplace, one)
    if overdue:
        trail.append(_entry(workplace, one, now) for one in overdue)


def _notices(one: Raised) -> Iterable[Notice]:
    about, kind = one.about, NoticeKind.OVERDUE if one.level else NoticeKind.DUE_SOON
    for badge in one.recipients:
        yield Notice(badge, kind, about.subject, about.number, one.level, about.facts)


def _send(workplace: Workplace, one: Raised) -> None:
    about = one.about
    for badge in one.recipients:
        # A badge may hold any letters, and a gateway may take ASCII only.
        key = f"escalation:{about.subject}:{one.level}:{quote(badge, safe='')}"
        facts = {**about.facts, "level": one.level, "cause": one.cause.value}
        queue_escalation(workplace, badge, key, facts, about.number)


def _entry(workplace: Workplace, one: Raised, now: datetime) -> trail.Entry:
    facts: dict[str, Any] = {
        **one.about.facts,
        "subject": one.about.subject,
        "level": one.level,
        "cause": one.cause.value,
        "told": list(one.recipients),
    }
    badge, kind = SYSTEM.badge, EventKind.ESCALATED.value
    return trail.Entry(now, badge, workplace.station, one.about.number, kind, facts)


def _open_delay(workplace: Workplace, number: str) -> None:
    """A parcel that nobody has signed for in time is a carrier's delay."""
    with open_case(workplace, SYSTEM.badge, number) as case:
        since = first(
            Shipment.select(Shipment.shipped_at)
            .where((Shipment.order == case.order.id) & unsigned())
            .order_by(Shipment.shipped_at)
        )
        if since is not None and case.open_exception(ExceptionKind.CARRIER_DELAY) is None:
            zone = workplace.settings.site.zone
            detail = {"unsigned_since": since[0].astimezone(zone).isoformat(timespec="minutes")}
            open_exception(case, ExceptionKind.CARRIER_DELAY, detail)


# -- who watches ----------------------------------------------------------------------------------

_LAST_BEAT = prepared(
    lambda duty: Heartbeat.select(Heartbeat.at, Heartbeat.station).where(Heartbeat.duty == duty)
)


def stand_in(workplace: Workplace, *, first: bool = False) -> int:
    """Pass the clock where no engine does, as a terminal does once a minute.

    Args:
        workplace: the home at work.
        first: whether the settings have just been read, so that deadlines may have to follow.

    Returns:
        How many levels were raised.
    """
    with reading():
        if _is_seen_to(workplace, CLOCK):
            if first:  # the engine sees to the rest, but does not know what was done here before
                timetable.catch_up(workplace)
            return 0
        if first:  # whoever else stands in may have read the settings long ago
            timetable.adopt(workplace)
        if _is_seen_to(workplace, STAND_IN):
            return 0
        beat(workplace, STAND_IN)
        return pass_clock(workplace)


def _is_seen_to(workplace: Workplace, duty: str) -> bool:
    """Whether somebody else passes the clock under the name of ``duty``."""
    last, now = _LAST_BEAT.first(duty), workplace.now()
    if last is None or last.station == workplace.station:
        return False
    # A beat of the future is one from before the computer's time was set back.
    return bool(last.at - MISSED < now < last.at + MISSED)


def beat(workplace: Workplace, duty: str = CLOCK) -> None:
    """Be seen to watch the clock under the name of ``duty``; written once a minute at most."""
    now = workplace.now()
    with reading():
        last = _LAST_BEAT.first(duty)
        if last is not None and last.at <= now < last.at + BEAT:
            return
        with transaction():
            Heartbeat.insert(duty=duty, at=now, station=workplace.station).on_conflict(
                conflict_target=[Heartbeat.duty],
                update={Heartbeat.at: now, Heartbeat.station: workplace.station},
            ).execute()
