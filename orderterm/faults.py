"""What is wrong with a settings table, in words: the place, the value, and what is allowed there.

msgspec checks fast, but tells of a type error in its own terms and of an unknown key without its
value; this looks a second time, only once something is known to be wrong.
"""

import re
import types
import typing
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Any

import msgspec
from msgspec import Meta, Struct, inspect

from orderterm.sentences import Sentence, say

Place = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_VALUE = 80
_HIDDEN = "***"


def allowed(sentence: Sentence, *, secret: bool = False, **bounds: Any) -> Meta:
    """A ``msgspec.Meta`` of ``bounds`` that also knows how to say them: "it must be {sentence}".

    What stands in the place of a ``secret`` may be the secret itself, and is never told.
    """
    return Meta(**bounds, extra={"allowed": sentence, "secret": secret})


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
        yield bad_value(key_text(place), value, _must_be(kind), secret=_is_secret(kind))


def bad_value(key: str, value: object, must_be: Sentence, *, secret: bool = False) -> Sentence:
    """The sentence for a value that can't be used; ``must_be`` says what could be there."""
    return say(
        "{key} = {value} can't be used: it must be {must_be}",
        key=key,
        value=_HIDDEN if secret else value_text(value),
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
        must_be = say("a table that holds {keys}", keys=[tag_field])
        secret = any(map(_holds_secrets, choices.values()))
        yield bad_value(key_text(place), value, must_be, secret=secret)
    elif tag_field not in value:
        yield say("{key} is missing: it must be {must_be}", key=key, must_be=_one_of(choices))
    elif (tag := value[tag_field]) not in list(choices):  # it may be of any type
        yield bad_value(key, tag, _one_of(choices))
    else:
        rest = {name: item for name, item in value.items() if name != tag_field}
        yield from _table_faults(rest, choices[tag], place)


def _table_faults(value: object, kind: type[Struct], place: Place) -> Iterator[Sentence]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    secret = _holds_secrets(kind)
    if not isinstance(value, dict):
        must_be = say("a table that holds {keys}", keys=[*fields])
        yield bad_value(key_text(place), value, must_be, secret=secret)
        return
    for key, item in value.items():
        if key not in fields:
            # A table may be one of those that hold secrets, but for a slip in its name.
            hidden = secret or isinstance(item, dict)
            yield _unknown_key(key, _HIDDEN if hidden else value_text(item), [*fields], place)
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
        secret = any(map(_holds_secrets, _tagged(item_kind).values()))
        yield bad_value(key_text(place), value, say("a table"), secret=secret)
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


def _holds_secrets(table: type[Struct]) -> bool:
    """Whether a secret may stand anywhere in ``table``, under a wrong name too."""
    return any(_is_secret(field.type) for field in msgspec.structs.fields(table))


def _is_secret(kind: Any) -> bool:
    match inspect.type_info(_without_none(kind)):
        case inspect.Metadata(extra={"secret": True}):
            return True
    return False


def _unknown_key(key: str, value: str, known: list[str], place: Place) -> Sentence:
    from difflib import get_close_matches  # only where something is wrong: it takes its time

    close = get_close_matches(key, known, n=1)
    full = key_text((*place, key))
    if close:
        return say(
            "{key} = {value}: there is no such setting; did you mean {close}?",
            key=full,
            value=value,
            close=key_text((*place, close[0])),
        )
    return say(
        "{key} = {value}: there is no such setting; {section} may hold {keys}",
        key=full,
        value=value,
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
    import json  # only where something is wrong

    return json.dumps(text, ensure_ascii=False)
