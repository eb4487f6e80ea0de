"""The audit trail: an append-only chain of events, one for every change.

An event's hash covers the event before it and everything of its own; the payload it covers through
the payload's hash, so that personal data can be erased (payload to NULL) and the chain still
verifies. Each payload holds a random salt: an erased phone number can't be guessed back.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from peewee import fn

from orderterm.sentences import Sentence, say
from orderterm.store.bulk import insert_rows
from orderterm.store.connection import snapshot
from orderterm.store.fields import utc_text
from orderterm.store.prepared import prepared
from orderterm.store.queries import first, pairs
from orderterm.store.tables import Event, TrailHead, database
from orderterm.terms import EventKind

GENESIS = "0" * 64
COLUMNS = (
    "id",
    "at",
    "actor",
    "station",
    "order_number",
    "kind",
    "payload",
    "payload_hash",
    "previous_hash",
    "hash",
)
_HEAD = prepared(lambda: TrailHead.select(TrailHead.last_event, TrailHead.last_hash))
_MOVE_HEAD = prepared(
    lambda event, own_hash: TrailHead.update(last_event=event, last_hash=own_hash).where(
        TrailHead.id == 1
    )
)
_encode = msgspec.json.Encoder(order="sorted").encode

TRIGGERS = (
    """\
CREATE TRIGGER "event_no_replace" BEFORE INSERT ON "event"
WHEN EXISTS (SELECT 1 FROM "event" WHERE "id" = NEW."id")
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END""",
    """\
CREATE TRIGGER "event_no_delete" BEFORE DELETE ON "event"
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END""",
    """\
CREATE TRIGGER "event_no_update" BEFORE UPDATE ON "event"
WHEN NEW."payload" IS NOT NULL OR OLD."payload" IS NULL
  OR NEW."id" <> OLD."id" OR NEW."at" <> OLD."at" OR NEW."actor" <> OLD."actor"
  OR NEW."station" <> OLD."station" OR NEW."order_number" IS NOT OLD."order_number"
  OR NEW."kind" <> OLD."kind" OR NEW."payload_hash" <> OLD."payload_hash"
  OR NEW."previous_hash" <> OLD."previous_hash" OR NEW."hash" <> OLD."hash"
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END""",
)
"""What keeps SQLite from changing an event; only erasing a payload passes.

INSERT OR REPLACE deletes without asking the trigger on DELETE, so that it has one of its own.
"""


class Entry(NamedTuple):
    """An event to be, before it has its place in the chain."""

    at: datetime
    actor: str
    station: str
    order_number: str | None
    kind: str
    payload: Mapping[str, Any]


class Flaw(NamedTuple):
    """A place where the chain does not hold."""

    event: int
    sentence: Sentence


def append(entries: Iterable[Entry]) -> None:
    """Put ``entries`` at the end of the trail, in order, within the caller's transaction."""
    head = _HEAD.all()[0]
    last, previous = head.last_event, head.last_hash
    events = []
    for entry in entries:
        last += 1
        row = _row(last, entry, previous)
        previous = row[-1]
        events.append(row)
    insert_rows(Event, COLUMNS, events)
    _MOVE_HEAD.run(last, previous)


def _row(number: int, entry: Entry, previous: str) -> tuple[Any, ...]:
    payload = plain_json({"salt": secrets.token_hex(16), **entry.payload})
    fields = (
        number,
        utc_text(entry.at),
        entry.actor,
        entry.station,
        entry.order_number,
        entry.kind,
    )
    payload_hash = hashlib.sha256(payload.encode()).hexdigest()
    chained = _chained(fields, payload_hash, previous)
    return (*fields, payload, payload_hash, previous, chained)


def _chained(fields: tuple[Any, ...], payload_hash: str, previous: str) -> str:
    return hashlib.sha256(_encode((*fields, payload_hash, previous))).hexdigest()


def plain_json(values: Mapping[str, Any]) -> str:
    """Plain values as the trail and the exceptions keep them."""
    return _encode(values).decode()


def verify() -> Iterator[Flaw]:
    """Every place where an event was edited, deleted, inserted or moved, in order."""
    with snapshot():
        previous, expected = GENESIS, 1
        erased = pairs(_last_erasures())
        try:
            for number, *fields, payload, payload_hash, previous_hash, own_hash in _raw_events():
                if number != expected:
                    yield Flaw(*_gap(expected, number))
                else:
                    hashes = (payload_hash, previous_hash, own_hash)
                    flaw = _flaw((number, *fields), payload, hashes, previous)
                    if flaw := flaw or _unexplained(number, fields[3], payload, erased):
                        yield Flaw(number, flaw)
                previous, expected = own_hash, max(number, 0) + 1
        except sqlite3.OperationalError:
            yield Flaw(expected, _unreadable(expected))
            return
        yield from _tail_flaws(expected - 1, previous)


def _unreadable(event: int) -> Sentence:
    return say(
        "event {event} was edited: it holds bytes that are no text; nothing after it was checked",
        event=event,
    )


def _raw_events() -> Iterator[tuple[Any, ...]]:
    """Each event just as it is kept: a time that is only written otherwise was edited, too."""
    columns = [getattr(Event, name) for name in COLUMNS]
    events: Iterator[tuple[Any, ...]] = iter(
        database.execute(Event.select(*columns).order_by(Event.id))
    )
    return events


def _last_erasures() -> Any:
    """By order number, the last event that tells of an erasure."""
    return (
        Event.select(Event.order_number, fn.MAX(Event.id))
        .where(Event.kind == EventKind.ERASED.value)
        .group_by(Event.order_number)
    )


def _unexplained(
    number: int, order: str | None, payload: str | None, erased: dict[Any, Any]
) -> Sentence | None:
    if payload is not None or erased.get(order, 0) > number:
        return None
    return say("the content of event {event} is gone, and no erasure is on record", event=number)


def _gap(expected: int, found: int) -> tuple[int, Sentence]:
    if found < expected:
        return found, say("event {event} was inserted before the trail began", event=found)
    return expected, _missing(expected, found)


def _missing(expected: int, found: int) -> Sentence:
    if found == expected + 1:
        return say("event {event} is missing: it was deleted or moved", event=expected)
    return say(
        "events {first} to {last} are missing: they were deleted or moved",
        first=expected,
        last=found - 1,
    )


def _flaw(
    fields: tuple[Any, ...], payload: str | None, hashes: tuple[str, str, str], previous: str
) -> Sentence | None:
    payload_hash, previous_hash, own_hash = hashes
    number = fields[0]
    if payload is not None and hashlib.sha256(payload.encode()).hexdigest() != payload_hash:
        return say("event {event} was edited: its content is not what was recorded", event=number)
    if _chained(fields, payload_hash, previous_hash) != own_hash:
        return say("event {event} was edited, or put in another's place", event=number)
    if previous_hash != previous:
        return say(
            "event {event} does not follow the one before it: one of the two was "
            "inserted, replaced or moved",
            event=number,
        )
    return None


def _tail_flaws(last: int, last_hash: str) -> Iterator[Flaw]:
    head = first(TrailHead.select(TrailHead.last_event, TrailHead.last_hash))
    if head is None:
        yield Flaw(
            last, say("the end of the trail is not on record: after event {event}", event=last)
        )
        return
    last_event, recorded = head
    if last_event > last:
        yield Flaw(last + 1, _missing(last + 1, last_event + 1))
    elif last_event < last:
        yield Flaw(
            last_event + 1,
            say("event {event} was inserted after the end of the trail", event=last_event + 1),
        )
    elif recorded != last_hash:
        yield Flaw(last, say("event {event} is not the one that ended the trail", event=last))
