"""Opening the terminal's screens from the command line."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from orderterm.sentences import Sentence
from orderterm.settings import Settings
from orderterm.store import connection
from orderterm.terms import Role
from screens.station import Station
from screens.terminal.driver import StationDriver


def open_terminal(
    home: Path,
    settings: Settings,
    clock: Callable[[], datetime],
    name: str,
    *,
    badge: str | None = None,
    role: Role | None = None,
    hint: Sentence | None = None,
) -> int:
    """Open the terminal, and stay until it is left.

    Args:
        home: the home to work in; its database has been looked at.
        settings: the home's settings.
        clock: tells the time, aware.
        name: the terminal's name, for the trail.
        badge: who sits there; None asks at the sign-in line.
        role: the role to begin with; None takes the person's first.
        hint: a sentence for the first minute.

    Returns:
        The exit code.
    """
    from screens.app import OrdertermApp

    station = Station(home, settings, clock, name)
    connection.use(station.file)
    app = OrdertermApp(station, badge=badge, role=role, hint=hint, driver_class=StationDriver)
    app.run(mouse=False)
    return app.return_code or 0


def open_monitor(home: Path, settings: Settings, clock: Callable[[], datetime]) -> int:
    """Open the wall monitor, and stay until it is left; SQLite itself refuses its writes.

    Args:
        home: the home to watch; its database has been looked at.
        settings: the home's settings.
        clock: tells the time, aware.

    Returns:
        The exit code.
    """
    from screens.monitor import MonitorApp

    station = Station(home, settings, clock, "monitor")
    connection.use(station.file, readonly=True)
    app = MonitorApp(station, driver_class=StationDriver)
    app.run(mouse=False)
    return app.return_code or 0
