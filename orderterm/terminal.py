"""The settings of a terminal: how it looks, which keys it has, its scanner, where it prints."""

from typing import Annotated, Literal

from msgspec import Struct

from orderterm.faults import allowed
from orderterm.sentences import say

# What a terminal can't tell apart is left out: ctrl+h is backspace, ctrl+i is tab, ctrl+m is
# enter, and ctrl+j is the line feed that ends a scan.
_CONTROL = r"ctrl\+[a-gk-ln-z]"
_PRINTABLE = r"[^\s\x00-\x1f\x7f-\x9f]"
_NAMED = (
    "enter|space|tab|shift\\+tab|escape|backspace|insert|delete|"
    "up|down|left|right|home|end|pageup|pagedown|f[1-9]|f1[0-2]"
)

IdleMinutes = Annotated[
    int,
    allowed(say("a whole number of minutes from 0 to 1440, where 0 is never"), ge=0, le=1440),
]
CommandId = Annotated[
    str,
    allowed(
        say('a command, in quotes, such as "order.complete"'),
        pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z",
    ),
]
Key = Annotated[
    str,
    allowed(
        say(
            "a key: one character, ctrl+ and a letter but h, i, j and m, or a name such as enter, "
            "space, tab or pageup; a command that has dots stands in quotes"
        ),
        pattern=rf"^({_PRINTABLE}|{_CONTROL}|{_NAMED})\Z",
    ),
]
ScanPrefix = Annotated[
    str,
    allowed(
        say('one character, or ctrl+ and a letter but h, i, j and m, or "" for none'),
        pattern=rf"^({_PRINTABLE}|{_CONTROL})?\Z",
    ),
]
GapMilliseconds = Annotated[
    int, allowed(say("a whole number of milliseconds from 1 to 500"), ge=1, le=500)
]
ScanLength = Annotated[int, allowed(say("a whole number of characters from 2 to 64"), ge=2, le=64)]
Folder = Annotated[str, allowed(say("a folder's name that is not blank"), pattern=r"\S")]


class Screen(Struct, frozen=True, forbid_unknown_fields=True):
    theme: Literal["dark", "light", "16", "mono"]
    ascii: bool
    bell: bool
    idle_minutes: IdleMinutes


class Scanner(Struct, frozen=True, forbid_unknown_fields=True):
    prefix: ScanPrefix
    gap_milliseconds: GapMilliseconds
    minimum_length: ScanLength


class Printing(Struct, frozen=True, forbid_unknown_fields=True):
    """Where slips go: to ``command`` if there is one, else to files in ``folder``."""

    command: str
    folder: Folder
