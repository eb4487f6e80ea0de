"""The marks and rules of the screens: as Unicode draws them, or with plain characters only."""

from msgspec import Struct


class Marks(Struct, frozen=True):
    """Each is one cell wide, but ``arrow`` in plain characters is two."""

    cursor: str
    rule: str
    done: str
    arrow: str
    open: str
    envelope: str
    marked: str
    up: str
    down: str
    # Many a terminal's font lacks the warning sign, or draws it two cells wide.
    warning: str
    bullet: str
    ellipsis: str


_UNICODE = Marks(
    cursor="▌",
    rule="─",
    done="✓",
    arrow="→",
    open="·",
    envelope="✉",
    marked="●",
    up="↑",
    down="↓",
    warning="!",
    bullet="•",
    ellipsis="…",
)
_PLAIN = Marks(
    cursor=">",
    rule="-",
    done="v",
    arrow="->",
    open=".",
    envelope="@",
    marked="*",
    up="^",
    down="v",
    warning="!",
    bullet="-",
    ellipsis="~",
)


def marks(ascii: bool) -> Marks:  # noqa: A002
    """The marks to draw with; ``ascii`` for terminals that have plain characters only."""
    return _PLAIN if ascii else _UNICODE
