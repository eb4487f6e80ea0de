"""What is wrong with a settings table, in words: the place, the value, and what is allowed there.

msgspec checks fast, but tells of a type error in its own terms and of an unknown key without its
value; this looks a second time, only once something is known to be wrong.
"""

import json
import re
import types
import typing
from collections.abc import Iterable, Iterator
from datetime import date, time
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import Meta, Struct, inspect

from orderterm.sentences import Sentence, say

Place = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_VALUE = 80


def allowed(sentence: Sentence, **bounds: Any) -> Meta:
    """A ``msgspec.Meta`` of ``bounds`` that also knows how to say them: "it must be {sentence}"."""
    return Meta(**bounds, extra={"allowed": sentence})


def faults(value: object, kind: Any, place: Place = ()) -> Iterator[Sentence]:
    """Everything in ``value``, as TOML gives it, that ``kind`` does not allow.

    Args:
        value: what was read.
        kind: a msgspec Struct class, or any annotation a field of one may have.
        place: the keys and positions that lead to ``value``.
    """
    if choices := _tagged(kind):
        yield from _choice_faults(value, choices, place)
        return
    kind = _without_none(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        yield from _table_faults(value, kind, place)
    elif typing.get_origin(kind) is dict:
        yield from _map_faults(value, kind, place)
    elif typing.get_origin(kind) is list and isinstance(value, list):
        (item_kind,) = typing.get_args(kind)
        for index, item in enumerate(value):
            yield from faults(item, item_kind, (*place, index))
    elif not _fits(value, kind):
        yield bad_value(key_text(place), value, _must_be(kind))


def bad_value(key: str, value: object, must_be: Sentence) -> Sentence:
    """The sentence for a value that can't be used; ``must_be`` says what could be there."""
    return say(
        "{key} = {value} can't be used: it must be {must_be}",
        key=key,
        value=value_text(value),
        must_be=must_be,
    )


def key_text(place: Place) -> str:
    """``place`` as a dotted TOML key; positions in a list are counted from 1, as people count."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            text += ("." if text else "") + (step if _BARE_KEY.fullmatch(step) else _quoted(step))
    return text


def value_text(value: object) -> str:
    """``value`` as TOML writes it, cut where it grows too long to read."""
    text = _written(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _tagged(kind: Any) -> dict[str, type[Struct]]:
    """The tables between which a tag decides, by tag; empty where ``kind`` is no such choice."""
    if typing.get_origin(kind) not in (typing.Union, types.UnionType):
        return {}
    tables = [one for one in typing.get_args(kind) if one is not types.NoneType]
    if not all(isinstance(one, type) and issubclass(one, Struct) for one in tables):
        return {}
    return {str(one.__struct_config__.tag): one for one in tables if one.__struct_config__.tag}


def _choice_faults(
    value: object, choices: dict[str, type[Struct]], place: Place
) -> Iterator[Sentence]:
    tag_field = next(iter(choices.values())).__struct_config__.tag_field or ""
    key = key_text((*place, tag_field))
    if not isinstance(value, dict):
        yield bad_value(key_text(place), value, say("a table that holds {keys}", keys=[tag_field]))
    elif tag_field not in value:
        yield say("{key} is missing: it must be {must_be}", key=key, must_be=_one_of(choices))
    elif (tag := value[tag_field]) not in list(choices):  # it may be of any type
        yield bad_value(key, tag, _one_of(choices))
    else:
        rest = {name: item for name, item in value.items() if name != tag_field}
        yield from _table_faults(rest, choices[tag], place)


def _table_faults(value: object, kind: type[Struct], place: Place) -> Iterator[Sentence]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    if not isinstance(value, dict):
        yield bad_value(key_text(place), value, say("a table that holds {keys}", keys=[*fields]))
        return
    for key, item in value.items():
        if key not in fields:
            yield _unknown_key(key, item, [*fields], place)
        else:
            yield from faults(item, fields[key].type, (*place, key))
    for key, field in fields.items():
        if field.required and key not in value:
            yield say(
                "{key} is missing: it must be {must_be}",
                key=key_text((*place, key)),
                must_be=_must_be(field.type),
            )


def _map_faults(value: object, kind: Any, place: Place) -> Iterator[Sentence]:
    key_kind, item_kind = typing.get_args(kind)
    if not isinstance(value, dict):
        yield bad_value(key_text(place), value, say("a table"))
        return
    for key, item in value.items():
        if not _fits(key, key_kind):
            yield say(
                "{key} can't be used: {name} must be {must_be}",
                key=key_text((*place, key)),
                name=_quoted(key),
                must_be=_must_be(key_kind),
            )
        yield from faults(item, item_kind, (*place, key))


def _unknown_key(key: str, value: object, known: list[str], place: Place) -> Sentence:
    close = get_close_matches(key, known, n=1)
    full = key_text((*place, key))
    if close:
        return say(
            "{key} = {value}: there is no such setting; did you mean {close}?",
            key=full,
            value=value_text(value),
            close=key_text((*place, close[0])),
        )
    return say(
        "{key} = {value}: there is no such setting; {section} may hold {keys}",
        key=full,
        value=value_text(value),
        section=f"[{key_text(place)}]" if place else say("the file"),
        keys=known,
    )


def _without_none(kind: Any) -> Any:
    """``X`` of ``X | None``: TOML has no null, so an optional setting is one that is left out."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return typing.get_args(kind)[0]
    return kind


def _fits(value: object, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _must_be(kind: Any) -> Sentence:
    kind = _without_none(kind)
    match inspect.type_info(kind):
        case inspect.Metadata(extra={"allowed": Sentence() as sentence}):
            return sentence
        case inspect.LiteralType():
            return _one_of(typing.get_args(kind))
        case inspect.EnumType(cls=terms):
            return _one_of([term.value for term in terms])
        case inspect.BoolType():
            return say("true or false")
        case inspect.TimeType():
            return say("a time of day such as 08:00:00")
        case inspect.DateType():
            return say("a date such as 2026-12-31")
        case inspect.ListType():
            return say("a list")
        case _:
            return say('a text in "quotes"')


def _one_of(choices: Iterable[str]) -> Sentence:
    return say("one of {choices}", choices=[_quoted(choice) for choice in choices])


def _written(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case int():
            # Python refuses to write a huge number in decimal.
            return str(value) if value.bit_length() < 256 else hex(value)
        case date() | time():
            return value.isoformat()
        case list():
            return "[" + ", ".join(map(_written, value)) + "]"
        case dict():
            return (
                "{" + ", ".join(f"{key_text((k,))} = {_written(v)}" for k, v in value.items()) + "}"
            )
        case _:
            return str(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
