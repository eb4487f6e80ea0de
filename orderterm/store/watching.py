"""Hearing of changes: SQLite counts the commits of other connections, and asking is cheap."""

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread

INTERVAL_SECONDS = 0.2


class Watch:
    """A thread of its own that tells when the database has changed, and when it is away.

    Args:
        file: the database.
        changed: called after anybody has committed a change, and when the database is back.
        away: called once with the reason when the database can't be read any more.

    Both are called in the watch's own thread.
    """

    def __init__(
        self, file: Path, changed: Callable[[], object], away: Callable[[str], object]
    ) -> None:
        self._file = file
        self._changed = changed
        self._away = away
        self._stopped = Event()
        self._is_away = False
        self._is_another = False
        self._thread = Thread(target=self._run, name="orderterm-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._follow()
            except (sqlite3.Error, OSError) as error:
                if not self._is_away:
                    self._is_away = True
                    self._away(str(error))
            self._stopped.wait(INTERVAL_SECONDS)

    def _follow(self) -> None:
        """Ask one file until it is another one, or gone."""
        identity = self._identity()
        uri = f"{self._file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            last = _version(connection)
            if self._is_away or self._is_another:
                self._is_away = self._is_another = False
                self._changed()
            while not self._stopped.wait(INTERVAL_SECONDS):
                if self._identity() != identity:
                    # A backup was put in its place: the open file is nobody's any more.
                    self._is_another = True
                    return
                with suppress(sqlite3.OperationalError):  # locked for a moment: ask again
                    version = _version(connection)
                    if version != last:
                        last = version
                        self._changed()

    def _identity(self) -> tuple[int, int]:
        found = self._file.stat()
        return found.st_dev, found.st_ino


def _version(connection: sqlite3.Connection) -> int:
    [version] = connection.execute("PRAGMA data_version").fetchone()
    return int(version)
