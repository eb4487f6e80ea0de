"""The JSON of tracking services: whatever its shape, a row for each step of a parcel's journey.

kuaidi100 answers queries and pushes news, AfterShip calls a webhook and answers its API; each wraps
the same parcel differently. What their words mean is for the profiles to say.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeGuard

from msgspec import Struct

Record = dict[str, Any]
Row = list[str]

KUAIDI100 = ["com", "nu", "state", "time", "context"]
AFTERSHIP = ["slug", "tracking_number", "tag", "checkpoint_time", "message"]

_PUSHED = frozenset({"polling", "shutdown", "abort", "updateall"})
_LOST = "abort"
_ON_ITS_WAY = "0"


class Journeys(Struct):
    """The steps in a document, one a row, under one header."""

    header: list[str]
    rows: list[Row]


def journeys(root: Any) -> list[Journeys]:
    """What a parsed document tells of parcels; empty where it is no tracking service's."""
    parts = _records(root if isinstance(root, list) else [root])
    found = []
    for header, steps_of in ((KUAIDI100, _kuaidi100), (AFTERSHIP, _aftership)):
        rows = [row for part in parts for row in steps_of(part)]
        if rows:
            found.append(Journeys(header, rows))
    return found


# -- kuaidi100 ------------------------------------------------------------------------------------


def _kuaidi100(part: Record) -> Iterator[Row]:
    answer = part.get("lastResult")
    pushed = _text(part, "status")
    if pushed in _PUSHED and _is_record(answer):
        # Where kuaidi100 corrected the carrier, the old one is the one that it was asked for.
        carrier = _text(part, "comOld") or _text(answer, "com")
        yield from _answered(answer, carrier)
        if pushed == _LOST:
            words = _text(part, "message")
            yield [carrier, _text(answer, "nu"), _LOST, _latest(_steps(answer)), words]
    elif _text(part, "nu") and isinstance(part.get("data"), list):
        yield from _answered(part, _text(part, "com"))


def _answered(answer: Record, carrier: str) -> Iterator[Row]:
    """The steps; what is said of the whole parcel belongs to the newest of them."""
    steps, waybill = _steps(answer), _text(answer, "nu")
    latest, whole = _latest(steps), _text(answer, "state")
    for step in steps:
        at, state = _time(step), _text(step, "statusCode") or _text(step, "status")
        if at == latest and whole:
            state, whole = whole, ""
        yield [carrier, waybill, state or _ON_ITS_WAY, at, _text(step, "context")]


def _steps(answer: Record) -> list[Record]:
    return _records(answer.get("data"))


def _latest(steps: list[Record]) -> str:
    return max(map(_time, steps), default="")


def _time(step: Record) -> str:
    return _text(step, "ftime") or _text(step, "time")


# -- AfterShip ------------------------------------------------------------------------------------


def _aftership(part: Record) -> Iterator[Row]:
    for tracking in _trackings(part):
        yield from _checkpoints(tracking)


def _trackings(part: Record) -> list[Record]:
    inner = part.get("msg") or part.get("data") or part
    if not _is_record(inner):
        return []
    several = inner.get("trackings")
    found = several if isinstance(several, list) else [inner.get("tracking") or inner]
    return [one for one in _records(found) if _is_tracking(one)]


def _is_tracking(record: Record) -> bool:
    return (
        bool(_text(record, "tracking_number")) and {"tag", "checkpoints"} & record.keys() != set()
    )


def _checkpoints(tracking: Record) -> Iterator[Row]:
    carrier, waybill = _text(tracking, "slug"), _text(tracking, "tracking_number")
    whole = _text(tracking, "tag")
    steps = _records(tracking.get("checkpoints"))
    latest = max(map(_reached, steps), key=_sortable, default="")
    for step in steps:
        at = _reached(step)
        state = _text(step, "subtag") or _text(step, "tag") or (whole if at == latest else "")
        words = " ".join(filter(None, (_text(step, "message"), _text(step, "location"))))
        yield [carrier, waybill, state or "InTransit", at, words]
    if whole == "Expired" or (whole and not steps):
        at = latest if whole == "Expired" else _text(tracking, "updated_at")
        yield [carrier, waybill, whole, at, _text(tracking, "subtag_message")]


def _reached(step: Record) -> str:
    """When it was, or where the carrier does not say, when AfterShip heard of it."""
    return _text(step, "checkpoint_time") or _text(step, "created_at")


def _sortable(time: str) -> str:
    """A time with an offset as one that can be compared; any other as it stands."""
    try:
        moment = datetime.fromisoformat(time)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat()
    except (ValueError, OverflowError):
        return time


def _records(value: Any) -> list[Record]:
    return [item for item in value if _is_record(item)] if isinstance(value, list) else []


def _is_record(value: Any) -> TypeGuard[Record]:
    return isinstance(value, dict)


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""
