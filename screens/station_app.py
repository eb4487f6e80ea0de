"""What the terminal and the monitor have in common: a station, its theme, and being small."""

from typing import Any

from textual.app import App
from textual.driver import Driver
from textual.reactive import Initialize, Reactive
from textual.theme import Theme

from orderterm import resources
from screens.station import Station
from screens.terminal import memory
from screens.terminal.themes import THEMES, is_plain, theme_at_first
from screens.timing import after

SETTLED_SECONDS = 3.0
"""After so long a first screen has been loaded and shown."""


def _first_theme(app: Any) -> str:
    name: str = app.first_theme
    return name


class StationApp(App[int]):
    """An app that has the station's theme from its first moment on.

    Textual works out the whole stylesheet again for a theme that it is given later.

    Args:
        station: what its screens share.
        driver_class: how it talks to the terminal.
    """

    CSS_PATH = resources.stylesheet()
    ENABLE_COMMAND_PALETTE = False
    INLINE_PADDING = 0

    theme: Reactive[str] = Reactive(Initialize(_first_theme))

    def __init__(self, station: Station, driver_class: type[Driver] | None = None) -> None:
        self.station = station
        self.first_theme = theme_at_first(station.settings.screen.theme)
        super().__init__(driver_class=driver_class)
        self.set_class(is_plain(self.theme), "-plain", update=False)
        self.animation_level = "none"
        # Nothing here has a mouse or pops up: these would be four more widgets at the start.
        self._disable_tooltips = self._disable_notifications = True

    @property
    def available_themes(self) -> dict[str, Theme]:
        return super().available_themes | {theme.name: theme for theme in THEMES}

    def watch_theme(self, theme: str) -> None:
        """Let the looks without colours take effect."""
        self.set_class(is_plain(theme), "-plain")

    def settle_soon(self) -> None:
        """Be small, once what is being opened has been loaded and shown."""
        after(SETTLED_SECONDS, self, memory.settle)
