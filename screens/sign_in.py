"""The sign-in line: a badge, typed or scanned, opens the person's own queue."""

from typing import Any

from textual.app import ComposeResult

from orderterm.errors import OrdertermError
from orderterm.sentences import say
from screens.commands import SIGN_IN
from screens.widgets.pane import Pane
from screens.work_screen import GivenUp, WorkScreen


class SignIn(WorkScreen):
    """Asks who sits at the terminal."""

    places = (SIGN_IN,)

    def compose(self) -> ComposeResult:
        yield self.status
        yield Pane(id="welcome")
        yield self.answers
        yield self.key_line

    async def on_mount(self) -> None:
        site = self.station.settings.site.name
        self.status.show([(f" {site} ", "strong")], [(f"{self.station.now():%m-%d %H:%M} ", "")])
        self.run_flow(self._ask())

    async def _ask(self) -> None:
        app: Any = self.app
        while True:
            try:
                badge = await self.ask(say("badge"), scan=True)
                await app.sign_in(badge)
            except GivenUp:
                self.answer(say("scan or type your badge; {key} leaves", key="ctrl+q"), "faint")
            except OrdertermError as error:
                self.answer(error.sentence, "refused")
            else:
                return
