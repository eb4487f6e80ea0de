"""What all screens of one terminal share: the home, who sits there, and how it is shown."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from orderterm.duties.reloading import SettingsFile
from orderterm.errors import SettingsError
from orderterm.sentences import Labelled, Sentence
from orderterm.settings import Settings, terminal_language
from orderterm.terms import Language, Role
from orderterm.views.staff import Signed
from orderterm.workflow.workplace import Workplace
from screens.commands import Keys
from screens.jobs import Jobs
from screens.terminal.marks import Marks, marks

T = TypeVar("T")


class Station:
    """One terminal at work.

    Args:
        home: its home.
        settings: the home's settings.
        clock: tells the time, aware.
        name: the terminal's name, for the trail.
    """

    def __init__(
        self, home: Path, settings: Settings, clock: Callable[[], datetime], name: str
    ) -> None:
        self.home = home
        self.settings = settings
        self.workplace = Workplace(settings, clock, name)
        self.keys = Keys(settings.keys)
        self.jobs = Jobs()
        self.language: Language = terminal_language(settings)
        self.marks: Marks = marks(ascii=settings.screen.ascii)
        self._person: Signed | None = None
        self._kept: dict[Role, Any] = {}
        self._file = SettingsFile(home)

    def follow_settings(self) -> bool:
        """Go on with the home's settings where they have changed; returns whether they have.

        Otherwise what is done here would go by other limits than everything else. Keys, marks and
        language stay those that the terminal began with, and so does the database; a file that
        can't be used changes nothing, and the engine tells of it.
        """
        try:
            found = self._file.changed()
        except SettingsError:
            return False
        if found is None or found.database != self.settings.database:
            return False
        self.settings, self.workplace = found, self.workplace.with_settings(found)
        return True

    @property
    def person(self) -> Signed | None:
        """Who sits there; None while nobody is signed in."""
        return self._person

    @person.setter
    def person(self, person: Signed | None) -> None:
        if person is None or person.badge != self.badge:
            self._kept.clear()
        self._person = person

    def kept(self, role: Role, make: Callable[[], T]) -> T:
        """What a role's screen keeps as long as its person is signed in.

        Args:
            role: whose screen.
            make: makes what there is at first.
        """
        if role not in self._kept:
            self._kept[role] = make()
        found: T = self._kept[role]
        return found

    @property
    def file(self) -> Path:
        """The database."""
        return self.home / self.settings.database

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return self.settings.site.zone

    @property
    def badge(self) -> str:
        """The badge of who sits there; blank while nobody is signed in."""
        return self.person.badge if self.person else ""

    def now(self) -> datetime:
        """The time, as the site's clocks show it."""
        return self.workplace.now().astimezone(self.zone)

    def text(self, said: Sentence | Labelled | str) -> str:
        """What is said, in the language of the terminal."""
        if isinstance(said, Sentence):
            return said.text(self.language)
        if isinstance(said, str) and not isinstance(said, Labelled):
            return said
        return said.label(self.language)
