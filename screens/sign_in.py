"""The sign-in line: a badge, typed or scanned, opens the person's own queue."""

from typing import Any

from peewee import PeeweeException
from textual.app import ComposeResult

from orderterm.errors import OrdertermError
from orderterm.sentences import say
from orderterm.views.credentials import has_pin
from orderterm.workflow.credentials import is_right_pin
from screens.commands import SIGN_IN
from screens.faults import explained
from screens.station import Station
from screens.terminal.cells import width
from screens.widgets.canvas import Line
from screens.widgets.pane import Pane
from screens.work_screen import GivenUp, WorkScreen

_WELCOME = say("scan your badge, or type it and press enter")


class SignIn(WorkScreen):
    """Asks who sits at the terminal.

    Args:
        station: the terminal.
        badge: who was scanned already, and has still to give a PIN.
    """

    places = (SIGN_IN,)

    def __init__(self, station: Station, badge: str = "") -> None:
        super().__init__(station)
        self.welcome = Pane(id="welcome")
        self._scanned = badge

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
                badge, self._scanned = self._scanned, ""
                badge = badge or await self.ask(say("badge"), scan=True)
                await self._demand_pin(badge)
                await app.change_person(badge)
            except GivenUp:
                self.answer(say("scan or type your badge; {key} leaves", key="ctrl+q"), "faint")
            except OrdertermError as error:
                self.answer(error.sentence, "refused")
            except (PeeweeException, OSError) as error:
                self.answer(explained(error, self.station), "refused")
            else:
                return

    async def _demand_pin(self, badge: str) -> None:
        """Ask for the PIN of who has one.

        Raises:
            Refusal: there were so many wrong ones that it is too early for another.
            GivenUp: it is not given.
        """
        if not await self.read(lambda: has_pin(badge)):
            return
        while not await self._gives_pin(badge):
            # Asked for again at once: on the line for badges a second try would be seen.
            wrong = say("that is not the PIN of {badge}: try again, or esc gives up", badge=badge)
            self.answer(wrong, "refused")

    async def _gives_pin(self, badge: str) -> bool:
        pin = await self.ask(say("PIN of {badge}", badge=badge), secret=True)
        return await self.change(lambda: is_right_pin(self.station.workplace, badge, pin))


def _centred(text: str, columns: int) -> str:
    return " " * max(0, (columns - width(text)) // 2) + text
