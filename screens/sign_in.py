"""The sign-in line: a badge, typed or scanned, opens the person's own queue."""

from typing import Any

from peewee import PeeweeException
from textual.app import ComposeResult

from orderterm.errors import OrdertermError
from orderterm.sentences import say
from screens.commands import SIGN_IN
from screens.faults import explained
from screens.station import Station
from screens.terminal.cells import width
from screens.widgets.canvas import Line
from screens.widgets.pane import Pane
from screens.work_screen import GivenUp, WorkScreen

_WELCOME = say("scan your badge, or type it and press enter")


class SignIn(WorkScreen):
    """Asks who sits at the terminal."""

    places = (SIGN_IN,)

    def __init__(self, station: Station) -> None:
        super().__init__(station)
        self.welcome = Pane(id="welcome")

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.welcome
        yield self.answers
        yield self.key_line

    async def on_mount(self) -> None:
        site = self.station.settings.site.name
        self.status.show([(f" {site} ", "strong")], [(f"{self.station.now():%m-%d %H:%M} ", "")])
        self.welcome.show(self._greeting)
        self.run_flow(self._ask())

    def _greeting(self, columns: int) -> list[Line]:
        text = self.station.text(_WELCOME)
        above = max(0, self.welcome.size.height // 2 - 2)
        return [
            *([[]] * above),
            [(_centred("orderterm", columns), "accent strong")],
            [],
            [(_centred(text, columns), "faint")],
        ]

    async def _ask(self) -> None:
        app: Any = self.app
        while True:
            try:
                badge = await self.ask(say("badge"), scan=True)
                await app.change_person(badge)
            except GivenUp:
                self.answer(say("scan or type your badge; {key} leaves", key="ctrl+q"), "faint")
            except OrdertermError as error:
                self.answer(error.sentence, "refused")
            except (PeeweeException, OSError) as error:
                self.answer(explained(error, self.station), "refused")
            else:
                return


def _centred(text: str, columns: int) -> str:
    return " " * max(0, (columns - width(text)) // 2) + text
