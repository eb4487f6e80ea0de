"""The program on a terminal with a clock of its own, for screens that must not change.

`python -m tests.terminal.launch HOME --as BADGE` shows the company at `homes.SHOWN_AT`.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from orderterm import settings
from orderterm.store import connection
from orderterm.terms import Role
from screens import run
from screens.app import OrdertermApp
from screens.station import Station
from screens.terminal.driver import StationDriver


class Recording(OrdertermApp):
    """The terminal, with a file that gets a line for every scan: its code and the answer."""

    record: Path

    async def _deal_with(self, code: str) -> None:
        await super()._deal_with(code)
        with self.record.open("a", encoding="utf-8") as lines:
            lines.write(f"{code}\t{self.work_screen.answers.text}\n")


def clock(at: datetime, *, runs: bool) -> Callable[[], datetime]:
    """Tells `at`, and goes on from there if it runs."""
    began = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - began if runs else 0)


def _shown_at() -> datetime:
    from tests.terminal.homes import SHOWN_AT  # only then: it would count as the program's memory

    return SHOWN_AT


def main() -> int:
    """Open what the command line says; the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--as", dest="badge")
    parser.add_argument("--role", type=Role)
    parser.add_argument("--monitor", action="store_true")
    parser.add_argument("--at", type=datetime.fromisoformat)
    parser.add_argument("--runs", action="store_true")
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    found, now = settings.load(given.home), clock(given.at or _shown_at(), runs=given.runs)
    if given.monitor:
        connection.use(given.home / found.database, readonly=True)
        return run.open_monitor(given.home, found, now)
    if given.record is None:
        return run.open_terminal(given.home, found, now, "t1", badge=given.badge, role=given.role)
    station = Station(given.home, found, now, "t1")
    connection.use(station.file)
    app = Recording(station, badge=given.badge, role=given.role, driver_class=StationDriver)
    app.record = given.record
    app.run(mouse=False)
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
