"""The engine goes on with changed settings, without a new start."""

from orderterm.duties import crew
from orderterm.duties.inbox import InboxDuty
from orderterm.duties.reloading import SettingsFile
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say
from orderterm.settings import FILE_NAME, Settings


class Follower:
    """Lets every duty go on with the settings, where these have changed and can be used.

    Settings that a duty can't work with are tried again at each look: what they want, a template
    as a rule, may be mended without another word in the settings.

    Args:
        file: the home's settings.
        inbox: the duty that takes files in.
        at_work: the duties beside it.
    """

    def __init__(self, file: SettingsFile, inbox: InboxDuty, at_work: crew.Crew) -> None:
        self._file = file
        self._inbox = inbox
        self._at_work = at_work
        self._wanted: Settings | None = None
        self._told = ""

    def look(self) -> None:
        """Look for a change, and take it up; what keeps it from being used is told once."""
        try:
            if (wanted := self._not_in_use_yet()) is not None:
                self._take_up(wanted)
                self._wanted = None
        except OrdertermError as error:
            self._tell_fault(error.sentence)

    def _not_in_use_yet(self) -> Settings | None:
        try:
            changed = self._file.changed()
        except OrdertermError:
            self._wanted, self._told = None, ""
            raise
        if changed is not None:
            self._wanted, self._told = changed, ""
        return self._wanted

    def _take_up(self, settings: Settings) -> None:
        inbox, before = self._inbox, self._inbox.workplace
        if settings == before.settings:
            return
        workplace = before.with_settings(settings)
        others = crew.hire(workplace, inbox.home, inbox.tell)
        inbox.follow(workplace)
        self._at_work.renew(others)
        inbox.tell(say("{file} has changed: its settings are in use now", file=FILE_NAME))
        if _needs_a_start(before.settings, settings):
            inbox.tell(
                say(
                    "database, inbox.folder and inbox.polling take effect when the engine is "
                    "started again"
                )
            )

    def _tell_fault(self, fault: Sentence) -> None:
        if str(fault) != self._told:
            self._told = str(fault)
            self._inbox.tell(say("{fault}; the settings stay as they were", fault=fault))


def _needs_a_start(before: Settings, after: Settings) -> bool:
    return (before.database, before.inbox.folder, before.inbox.polling) != (
        after.database,
        after.inbox.folder,
        after.inbox.polling,
    )
