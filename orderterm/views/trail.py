"""The audit trail to read: its events, and one order's story."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Event
from orderterm.terms import (
    STAGE_DONE,
    ChannelStatus,
    EventKind,
    ExceptionKind,
    ExceptionPath,
    Language,
    MeasureOutcome,
    MessageKind,
    Priority,
    Role,
    Stage,
    Term,
)
from orderterm.views.staff import names
from orderterm.views.times import local
from orderterm.views.timetable import change_text

_QUIET = {
    EventKind.RECEIVED,
    EventKind.CLAIMED,
    EventKind.CHANNEL_STATUS,
    EventKind.TRACKED,
    EventKind.ESCALATED,
}
"""What happens to every order; its story tells the rest."""

_KINDS = frozenset(kind.value for kind in EventKind)
_OTHER = "other: "
"""What stands before words that are none of the settings' reasons."""


class EventRow(Struct, frozen=True, omit_defaults=True):
    """One line of the trail; ``payload`` is None where personal data was erased.

    ``people`` are the names, by badge, of those whom the payload tells of.
    """

    id: int
    at: datetime
    actor: str
    name: str
    station: str
    order: str | None
    kind: str
    payload: dict[str, Any] | None
    payload_hash: str
    previous_hash: str
    hash: str
    people: dict[str, str] = {}

    @property
    def facts(self) -> dict[str, Any]:
        """What the payload tells, without its salt."""
        return {key: value for key, value in (self.payload or {}).items() if key != "salt"}

    @property
    def note(self) -> str:
        """What somebody said to it: a note, or a reason."""
        for key in ("note", "reason", "overdue_reason"):
            if text := self.facts.get(key):
                return str(text)
        return ""


def events(
    settings: Settings, number: str | None = None, limit: int | None = None
) -> list[EventRow]:
    """The last ``limit`` events (None: all) of the trail, or of one order, oldest first."""
    columns = (
        Event.id,
        Event.at,
        Event.actor,
        Event.station,
        Event.order_number,
        Event.kind,
        Event.payload_hash,
        Event.previous_hash,
        Event.hash,
        Event.payload,
    )
    query = Event.select(*columns).order_by(Event.id.desc())
    if number is not None:
        query = query.where(Event.order_number == number)
    if limit is not None:
        query = query.limit(limit)
    with snapshot():
        rows = [
            (*row, None if payload is None else msgspec.json.decode(payload))
            for *row, payload in queries.rows(query)
        ]
        known = names(badge for row in rows for badge in (row[2], *_told_of(row[-1])))
    return [_event(row, known, settings) for row in reversed(rows)]


def begun() -> datetime | None:
    """When the home came into use, in UTC; None where nothing has happened yet."""
    with snapshot():
        found = queries.first(Event.select(Event.at).order_by(Event.id).limit(1))
    return found[0] if found else None


def _event(row: tuple[Any, ...], known: dict[str, str], settings: Settings) -> EventRow:
    number, at, actor, station, order, kind, own, previous, whole, payload = row
    return EventRow(
        number,
        local(at, settings.site.zone),
        actor,
        known.get(actor, ""),
        station,
        order,
        kind,
        payload,
        own,
        previous,
        whole,
        people={badge: known[badge] for badge in _told_of(payload) if badge in known},
    )


def _told_of(payload: dict[str, Any] | None) -> Iterator[str]:
    """The badges of those whom a payload tells of."""
    match payload:
        case {"told": list(badges)}:  # how a customer was told is words
            yield from badges
        case {"given_by": str(giver)}:
            yield giver


def story(number: str, told: Sequence[EventRow], language: Language) -> str:
    """What became of an order, in one line, each step with who did it and when.

    Args:
        number: the order.
        told: its events, oldest first.
        language: of the reader.
    """
    steps = [event for event in told if event.kind not in _QUIET] or told
    day = told[0].at.date() if told else None
    parts = []
    for event in steps:
        shown = f"{event.at:%H:%M}" if event.at.date() == day else f"{event.at:%m-%d %H:%M}"
        gap = "" if language == "zh" else " "
        step = _told_step(event, language)
        parts.append(f"{step}{gap}({event.name or event.actor}, {shown})")
        day = event.at.date()
    return say("order {number}: {story}", number=number, story=" → ".join(parts)).text(language)


def _told_step(event: EventRow, language: Language) -> str:
    """A step of the story; a note is told in its own words, which are all there is to it."""
    step = step_text(event.kind, event.facts, language, event.people)
    if event.kind != EventKind.NOTED or not event.note:
        return step
    return say("{name}: {text}", name=step, text=event.note).text(language)


def note_text(note: str, settings: Settings, language: Language) -> str:
    """A note as people read it: why work was late is kept as a code of the settings.

    Args:
        note: what was said to an event.
        settings: the home's settings, with the words for each code.
        language: of the reader.
    """
    if labels := settings.overdue_reasons.get(note):
        return labels.zh if language == "zh" else labels.en
    return note.removeprefix(_OTHER)


def step_text(
    word: str, facts: dict[str, Any], language: Language, people: Mapping[str, str] | None = None
) -> str:
    """What an event tells, in a few words.

    Args:
        word: its kind.
        facts: what its payload tells; empty where that was erased.
        language: of the reader.
        people: the names, by badge, of those whom the payload tells of.
    """
    if word not in _KINDS:
        return word
    kind = EventKind(word)
    if kind is EventKind.STAGE_DONE and "stage" in facts:
        return STAGE_DONE[Stage(facts["stage"])][language == "en"]
    if kind is EventKind.NOTED and facts.get("with_customer"):
        return say("called the customer").text(language)
    what = _what(kind, facts, people or {})
    if what is None:
        return kind.label(language)
    text = what.label(language) if isinstance(what, Term) else what.text(language)
    return f"{kind.label(language)}: {text}"


def _what(
    kind: EventKind, facts: dict[str, Any], people: Mapping[str, str]
) -> Term | Sentence | None:
    """What the event was about, where its kind alone does not say it."""
    match kind, facts:
        case EventKind.CLAIMED, {"stage": stage}:
            return Stage(stage)
        case EventKind.REASSIGNED, {"stage": stage, "to": badge}:
            return say("{stage} to {badge}", stage=Stage(stage), badge=badge)
        case EventKind.UNDONE, {"stage": str(stage)}:
            return Stage(stage)
        case EventKind.UNDONE, {"undone": undone}:
            return EventKind(undone)
        case EventKind.PRIORITY_CHANGED, {"before": before, "after": after}:
            return _from_to(Priority(before), Priority(after))
        case EventKind.CHANNEL_STATUS, {"before": before, "after": after}:
            return _from_to(ChannelStatus(before), ChannelStatus(after))
        case EventKind.EXCEPTION_RESOLVED, {"exception": found, "path": path}:
            return say(
                "{exception}, {path}", exception=ExceptionKind(found), path=ExceptionPath(path)
            )
        case ((EventKind.EXCEPTION_RAISED | EventKind.EXCEPTION_UPDATED), {"exception": found}):
            return ExceptionKind(found)
        case (
            (
                EventKind.MESSAGE_SENT
                | EventKind.MESSAGE_GIVEN_UP
                | EventKind.MESSAGE_WITHDRAWN
                | EventKind.MESSAGE_RETRIED
            ),
            {"message": message},
        ):
            return MessageKind(message)
        case EventKind.ESCALATED, {"level": int(level), "told": [*badges]}:
            return _escalation(facts, level, [people.get(badge, badge) for badge in badges])
        case EventKind.SPLIT, {"origin": origin}:
            return say("from {number}", number=origin)
        case _:
            return _register_facts(kind, facts, people)


def _from_to(before: Term, after: Term) -> Sentence:
    return say("{before} → {after}", before=before, after=after)


def _escalation(facts: dict[str, Any], level: int, told: list[str]) -> Sentence:
    what: Term
    match facts:
        case {"stage": stage}:
            what = Stage(stage)
        case {"exception": found}:
            what = ExceptionKind(found)
        case _:
            what = MessageKind(facts["message"])
    names_told = told or say("nobody")
    return say("{what}, level {level}, told: {names}", what=what, level=level, names=names_told)


def _register_facts(
    kind: EventKind, facts: dict[str, Any], people: Mapping[str, str]
) -> Sentence | None:
    """What the events that belong to no order were about."""
    match kind, facts:
        case EventKind.STAFF_ADDED, {"badge": badge, "name": name}:
            return say("{name} ({badge})", name=name, badge=badge)
        case EventKind.STAFF_DISABLED, {"badge": badge}:
            return say("{badge}", badge=badge)
        case EventKind.CATALOGUE, {"skus": skus}:
            return say("{count} products", count=len(skus))
        case EventKind.CUSTOMERS, {"count": count}:
            return say("{count} customers", count=count)
        case EventKind.STOCK_COUNTED, {"changes": changes}:
            return say("{count} SKUs changed", count=len(changes))
        case EventKind.MEASURE_AGREED, {"measure": number, "text": text}:
            return say("{name}: {text}", name=number, text=text)
        case EventKind.MEASURE_FINISHED, {"measure": number, "outcome": outcome}:
            return say("{name}: {text}", name=number, text=MeasureOutcome(outcome))
        case EventKind.TIMETABLE_CHANGED, {"changes": changes, "moved": moved}:
            return change_text(changes, moved)
        case EventKind.HANDED_OVER, {"role": role, "open": open_ones, "overdue": overdue}:
            return say(
                "{role}, {open} open, {overdue} overdue",
                role=Role(role),
                open=open_ones,
                overdue=overdue,
            )
        case EventKind.TAKEN_OVER, {"role": role, "given_by": giver, "tasks": tasks}:
            return say(
                "{role} from {name}, tasks: {count}",
                role=Role(role),
                name=people.get(giver, giver),
                count=tasks,
            )
        case _:
            return None
