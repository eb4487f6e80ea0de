"""The settings file, looked at again and again: a change takes effect without a new start."""

from pathlib import Path

from orderterm import settings as all_settings
from orderterm.settings import FILE_NAME, Settings

Mark = tuple[int, int, int]
"""What tells one state of a file from another."""


class SettingsFile:
    """``orderterm.toml`` of a home, as it was when it was last looked at."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = home / FILE_NAME
        self._mark = self._look()

    def changed(self) -> Settings | None:
        """The new settings, where the file has changed since the last look.

        A file that is away or empty, or that changes while it is read, is one that somebody is
        just writing: nothing has changed yet.

        Raises:
            SettingsError: it holds something that can't be used; told once for each change.
        """
        mark = self._look()
        if mark is None or mark == self._mark:
            return None
        self._mark = mark
        settings = all_settings.load(self._home)
        if self._look() != mark:
            self._mark = None
            return None
        return settings

    def _look(self) -> Mark | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        mark = found.st_mtime_ns, found.st_size, found.st_ino
        return mark if found.st_size else None
