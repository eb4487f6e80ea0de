"""What all screens of one terminal share: the home, who sits there, and how it is shown."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from orderterm.sentences import Labelled, Sentence
from orderterm.settings import Settings, terminal_language
from orderterm.terms import Language
from orderterm.views.staff import Signed
from orderterm.workflow.workplace import Workplace
from screens.commands import Keys
from screens.jobs import Jobs
from screens.terminal.marks import Marks, marks


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
        self.person: Signed | None = None

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
