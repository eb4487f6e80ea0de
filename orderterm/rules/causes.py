"""Why things went wrong, as codes that can be counted from week to week.

``shortage:BW-500``, ``field:address@TM``, ``carrier:顺丰``, ``overdue:preparation`` and the like;
what somebody typed in words of their own is no code, and is not counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from orderterm.rules.carriers import usual_name
from orderterm.sentences import Sentence, say
from orderterm.terms import ExceptionKind, Stage

_NAMES: dict[str, Sentence] = {
    "customer_name": say("customer"),
    "contact": say("contact"),
    "address": say("address"),
    "ordered_at": say("order time"),
    "sku": say("SKU"),
    "quantity": say("quantity"),
    "name": say("product"),
    "specification": say("specification"),
    "lines": say("order lines"),
    "special_request": say("special request"),
    "preferred_carrier": say("preferred carrier"),
    "note": say("note"),
    "cancelled": say("cancellation"),
}
"""The fields of an order as people call them."""


class Raised(NamedTuple):
    """An exception as its causes are told from it; ``detail`` is JSON, ``carrier`` "" for none."""

    kind: ExceptionKind
    detail: str
    channel: str
    carrier: str


def causes_of(raised: Raised) -> list[str]:
    """The codes of what caused an exception, each once; never empty."""
    detail = msgspec.json.decode(raised.detail)
    match raised.kind:
        case ExceptionKind.SHORTAGE:
            found = [f"shortage:{sku}" for sku in detail.get("short", {})]
        case ExceptionKind.INFORMATION:
            fields = [str(problem["field"]) for problem in detail.get("problems", ())]
            found = [f"field:{_field(field)}@{raised.channel}" for field in fields]
        case ExceptionKind.CARRIER_DELAY:
            told = detail.get("tracking", {})
            carrier = told.get("carrier") or raised.carrier
            found = [counted_as(f"carrier:{carrier}")] if carrier else []
        case ExceptionKind.CHANGE_REQUEST:
            found = [f"change:{what}@{raised.channel}" for what in _wanted(detail)]
        case _:
            found = []
    return list(dict.fromkeys(found)) or [raised.kind.value]


def counted(raised: Iterable[Raised], late: Mapping[Stage, int]) -> Counter[str]:
    """How often each cause was met.

    Args:
        raised: the exceptions of the time that is looked at.
        late: how many tasks of each stage were finished late in it.
    """
    found = Counter(code for one in raised for code in causes_of(one))
    found.update({f"overdue:{stage.value}": count for stage, count in late.items() if count})
    return found


def counted_as(cause: str) -> str:
    """The code under which a cause is counted: a carrier by any of its names is one."""
    kind, sign, carrier = cause.partition(":")
    return f"{kind}:{usual_name(carrier)}" if sign and kind == "carrier" else cause


def is_code(cause: str) -> bool:
    """Whether a cause is one that can be counted, and not words of somebody's own."""
    kind, sign, rest = cause.partition(":")
    if not sign:
        return kind in set(ExceptionKind)
    if kind == "overdue":
        return rest in set(Stage)
    return kind in ("shortage", "field", "carrier", "change") and bool(rest)


def cause_sentence(cause: str) -> Sentence:
    """A cause as people read it; words of somebody's own stay what they are."""
    if not is_code(cause):
        return say("{text}", text=cause)
    kind, _, rest = cause.partition(":")
    if kind == ExceptionKind.FOLLOW_UP:
        return say("bad survey answers")
    if not rest:
        return say("{kind}, no cause given", kind=ExceptionKind(kind))
    match kind:
        case "shortage":
            return say("{sku} short", sku=rest)
        case "carrier":
            return say("{carrier} late", carrier=rest)
        case "overdue":
            return say("{stage} overdue", stage=Stage(rest))
    what, _, channel = rest.rpartition("@")
    field = field_name(what)
    if kind == "change":
        return say("{channel}: customers change {field}", channel=channel, field=field)
    return say("{channel}: {field} missing or wrong", channel=channel, field=field)


def field_name(field: str) -> Sentence:
    """A field of an order as people call it; one that has no name stays what it is."""
    return _NAMES.get(field) or say("{text}", text=field)


def _field(field: str) -> str:
    """The field without the line it is of: ``line2.sku`` is ``sku``."""
    line, _, column = field.rpartition(".")
    return column if line.startswith("line") else field


def _wanted(detail: Mapping[str, Any]) -> list[str]:
    """What a customer wants changed."""
    if detail.get("cancelled"):
        return ["cancelled"]
    fields = [_field(field) for field in detail.get("fields", {})]
    return [*fields, *(["lines"] if detail.get("lines") else [])]
