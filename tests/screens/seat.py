"""Somebody at a terminal, in tests: presses keys, scans, and reads the screen."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from msgspec import structs
from textual import events
from textual.driver import Driver
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot

from orderterm.terms import Language, Role
from screens.app import OrdertermApp
from screens.desk import Desk
from screens.station import Station
from screens.work_screen import WorkScreen
from tests.contract.company import Company

PATIENCE_SECONDS = 60.0
GAP_MILLISECONDS = 5


class Seat:
    """A terminal of the company, opened with ``seated``."""

    def __init__(self, app: OrdertermApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> WorkScreen:
        """The screen that is open."""
        return self.app.work_screen

    @property
    def desk(self) -> Desk:
        """The role's screen that is open, or lies under an order's page."""
        return next(one for one in self.app.screen_stack if isinstance(one, Desk))

    async def press(self, *keys: str) -> None:
        """Press keys as a person does, each after the one before was answered."""
        for key in keys:
            self._driver.send_message(_key(key))
            await self.settled()

    async def type(self, text: str, end: str = "enter") -> None:
        """Type words, and Enter."""
        await self.press(*("space" if one == " " else one for one in text), end)

    async def scan(self, *codes: str, ending: str = "enter") -> None:
        """Scan codes: all their keys are read in the same moment, as a burst brings them."""
        keys = [
            key
            for code in codes
            for key in (
                *(events.Key(character, character) for character in code),
                events.Key(ending, "\r" if ending == "enter" else None),
            )
        ]
        for key in keys:
            key.time = keys[0].time  # however busy the machine is
            self._driver.send_message(key)
        await self.settled()

    @property
    def _driver(self) -> Driver:
        driver = self.app._driver
        assert driver is not None
        return driver

    async def settled(self) -> None:
        """Wait until all that was begun is done, or waits for an answer."""
        await self.until(self._is_calm)
        await self.until(self._is_calm)  # what the end of one thing begins is seen only then

    def _is_calm(self) -> bool:
        screen = self.app.screen
        if self.app._collector.due() is not None or not isinstance(screen, WorkScreen):
            return False
        busy = screen._flow is not None and not screen.is_asking
        reading = any(worker.is_running for worker in self.app.workers if _ends(worker))
        return not (busy or reading or self.app._scans.qsize() or self.app._dealing)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                await self.pilot.pause(0.01)
                if condition():
                    return

    async def shows(self, words: str) -> None:
        """Wait until the screen shows ``words``."""
        try:
            await self.until(lambda: words in self.text)
        except TimeoutError:
            raise AssertionError(f"{words!r} is not on the screen:\n{self.text}") from None

    @property
    def lines(self) -> list[str]:
        """What the screen shows, line by line."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self.lines)

    @property
    def answer(self) -> str:
        """What the last key or scan was answered."""
        return self.screen.answers.text

    @property
    def numbers(self) -> list[str]:
        """The orders in the list, those that have left it not counted."""
        window = self.desk.window
        return [row.number for row in window.rows if row.key not in window.gone]

    @property
    def here(self) -> str:
        """The order under the cursor; blank where there is none."""
        return self.desk.row.number if self.desk.row else ""


def _key(name: str) -> events.Key:
    """A key by its name, or by its character."""
    if len(name) == 1:
        return events.Key(_character_to_key(name), name)
    return events.Key(name, key_to_character(name))


def _ends(worker: Any) -> bool:
    """Whether a worker is one that comes to an end."""
    return "_deal_with_scans" not in worker.name


@asynccontextmanager
async def seated(
    company: Company,
    badge: str | None = None,
    *,
    role: Role | None = None,
    size: tuple[int, int] = (80, 24),
    language: Language = "en",
    **app: Any,
) -> AsyncIterator[Seat]:
    """Sit down at a terminal of the company.

    Args:
        company: at work.
        badge: who sits there; None is met by the sign-in line.
        role: the role to begin with.
        size: columns and lines of the terminal.
        language: of the terminal.
        app: further arguments of the app.
    """
    settings = company.workplace.settings
    # A person's keys are held back as long as a scanner's next character may take.
    quick = structs.replace(settings.scanner, gap_milliseconds=GAP_MILLISECONDS)
    settings = structs.replace(settings, scanner=quick)
    station = Station(company.file.parent, settings, lambda: company.now, "t1")
    station.language = language
    opened = OrdertermApp(station, badge=badge, role=role, **app)
    async with opened.run_test(size=size) as pilot:
        seat = Seat(opened, pilot)
        await seat.settled()
        yield seat
