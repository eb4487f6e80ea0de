"""How the screens look: the colours of each theme. What they mean is in ``orderterm.tcss``.

Every theme leaves the terminal its own ground and letters; dark and light are made for such a one.
"""

import os

from textual.theme import BUILTIN_THEMES, Theme


def _theme(name: str, primary: str, *, dark: bool = True, **states: str) -> Theme:
    """A theme on the terminal's own ground and letters, which need not be sent at all."""
    return Theme(
        name=f"orderterm-{name}",
        primary=primary,
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        dark=dark,
        ansi=True,
        variables=BUILTIN_THEMES["ansi-dark" if dark else "ansi-light"].variables
        | {name.replace("_", "-"): colour for name, colour in states.items()},
    )


THEMES = (
    _theme(
        "dark",
        "#87afd7",
        state_done="#5faf5f",
        state_progress="#d7af00",
        state_due_soon="#ff8700",
        state_exception="#ff5f5f",
        ground_status="#303030",
        ground_cursor="#3a3a3a",
        quiet="#8a8a8a",
    ),
    _theme(
        "light",
        "#005faf",
        dark=False,
        state_done="#00701a",
        state_progress="#876500",
        state_due_soon="#af5f00",
        state_exception="#af0000",
        ground_status="#dadada",
        ground_cursor="#d0d0d0",
        quiet="#606060",
    ),
    _theme(
        "16",
        "ansi_cyan",
        state_done="ansi_green",
        state_progress="ansi_yellow",
        state_due_soon="ansi_bright_yellow",
        state_exception="ansi_bright_red",
        ground_status="ansi_default",
        ground_cursor="ansi_default",
        quiet="ansi_default",
    ),
    _theme(
        "mono",
        "ansi_default",
        state_done="ansi_default",
        state_progress="ansi_default",
        state_due_soon="ansi_default",
        state_exception="ansi_default",
        ground_status="ansi_default",
        ground_cursor="ansi_default",
        quiet="ansi_default",
    ),
)


PLAIN = ("16", "mono")
"""The themes on whose ground letters of any colour could not be read: they reverse it instead."""


def theme_of(setting: str) -> str:
    """The theme's name for a value of ``screen.theme``."""
    return f"orderterm-{setting}"


def is_plain(theme: str) -> bool:
    """Whether a theme has no ground of its own for the top line and the cursor."""
    return theme in map(theme_of, PLAIN)


def theme_at_first(setting: str) -> str:
    """The theme to begin with: none of the colours where the environment asks for none.

    Textual would turn the colours into greys; ours are left out.
    """
    return theme_of("mono" if os.environ.pop("NO_COLOR", "") else setting)
