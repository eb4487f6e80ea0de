"""Carriers by all their names: what people write, and the codes of the tracking services."""

import tomllib
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct


class Carrier(Struct, frozen=True, forbid_unknown_fields=True):
    """A carrier's names; ``phone`` where kuaidi100 asks for a telephone number as well."""

    names: list[str]
    phone: bool = False


@cache
def carriers() -> dict[str, Carrier]:
    """The known carriers by kuaidi100's codes; read once, when first needed."""
    text = resources.files("orderterm.rules").joinpath("carriers.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Carrier])


@cache
def _codes() -> dict[str, str]:
    known = carriers().items()
    return {_folded(name): code for code, one in known for name in (code, *one.names)}


def code_of(name: str) -> str | None:
    """kuaidi100's code of the carrier that ``name`` means; None where it is not known."""
    return _codes().get(_folded(name))


def same(one: str, other: str) -> bool | None:
    """Whether two names mean one carrier; None where that can't be told."""
    if _folded(one) == _folded(other):
        return True
    codes = code_of(one), code_of(other)
    return None if None in codes else codes[0] == codes[1]


def usual_name(name: str) -> str:
    """The one name under which a carrier is counted; where it is not known, the name itself."""
    code = code_of(name)
    return name if code is None else carriers()[code].names[0]


def _folded(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign not in " -_　")
