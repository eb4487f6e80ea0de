"""The program at a terminal: who sits there, which screen is open, and where keys and scans go."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from peewee import PeeweeException
from textual import events
from textual.driver import Driver

from orderterm.errors import OrdertermError, Refusal
from orderterm.sentences import Sentence, say
from orderterm.store.watching import Watch
from orderterm.terms import Role
from orderterm.views.staff import Signed, sign_in
from screens.faults import explained
from screens.roles import desk_class
from screens.station import Station
from screens.station_app import StationApp
from screens.terminal.marks import marks
from screens.terminal.scanner import Collector, Keys, Press, Scan, Unfinished
from screens.timing import after
from screens.work_screen import WorkScreen

SLACK_SECONDS = 0.005
"""Beyond the scanner's gap, so that a key that was read in time is never late."""

MOST_WAITING = 1000
"""Scans that wait to be dealt with; far more than anybody scans in one go."""

NOTICE_SECONDS = 60.0

SHOWN_SECONDS = 0.5
"""After so long the first list is there."""
FIRST_SECONDS = 0.5
"""So long a role's screen waits to be painted with its list; then it says that it is reading."""


class OrdertermApp(StationApp):
    """One terminal.

    Args:
        station: what its screens share.
        badge: who sits there; None asks at the sign-in line.
        role: the role to begin with; None takes the person's first.
        hint: a sentence for the first minute; None for none.
        driver_class: how it talks to the terminal.
    """

    BINDINGS = []  # noqa: RUF012 - Textual reads it, nobody changes it

    def __init__(
        self,
        station: Station,
        *,
        badge: str | None = None,
        role: Role | None = None,
        hint: Sentence | None = None,
        driver_class: type[Driver] | None = None,
    ) -> None:
        super().__init__(station, driver_class)
        self.hint = hint
        self._badge, self._role = badge, role
        self._collector = Collector(station.settings.scanner)
        self._flushing: asyncio.TimerHandle | None = None
        self._scans: asyncio.Queue[str | Keys] = asyncio.Queue(MOST_WAITING)
        self._watch = Watch(station.file, self._heard, self._lost)
        self._dealing = False
        self._first_look = True
        self._last_key = time.monotonic()

    # -- coming and going ---------------------------------------------------------------------

    async def on_mount(self) -> None:
        self.dress()
        self.run_worker(self._deal_with_scans(), exit_on_error=False)
        self._watch.start()
        self.set_interval(NOTICE_SECONDS, self.notice_soon)
        if self.station.settings.screen.idle_minutes:
            self.set_interval(5.0, self._sign_out_idle)
        self.settle_soon()
        await self._begin()

    def dress(self) -> None:
        """Draw rules and borders as the station's marks are drawn."""
        self.set_class(self.station.marks == marks(ascii=True), "-ascii")

    async def _begin(self) -> None:
        """Open the queue of who is known to come, else the sign-in line."""
        if self._badge is None:
            await self.show(self._sign_in_line())
            return
        hinted = self.hint is not None
        try:
            await self.sign_in(self._badge, self._role)
            if not hinted:
                self._tell_handover_soon()
        except OrdertermError as error:
            await self.show(self._sign_in_line())
            self.work_screen.answer(error.sentence, "refused")
        except (PeeweeException, OSError) as error:
            await self.show(self._sign_in_line())
            self.work_screen.answer(explained(error, self.station), "refused")

    def on_unmount(self) -> None:
        self._watch.stop()
        self.station.jobs.close()

    async def sign_in(self, badge: str, role: Role | None = None) -> None:
        """Let the person with ``badge`` work here.

        Raises:
            Refusal: nobody has it, or may not work here.
        """
        person = await self.station.jobs.read(lambda: sign_in(badge))
        if role is not None and role not in person.roles:
            raise Refusal(
                "{name} has no role {role}: {roles} are there",
                name=person.name,
                role=role,
                roles=list(person.roles),
            )
        self.station.person = person
        await self.open_role(role or _first_role(person))
        self._once_painted(self.notice_soon)

    async def sign_out(self) -> None:
        """Nobody sits here any more."""
        self.station.person = None
        await self.show(self._sign_in_line())

    def _sign_in_line(self, badge: str = "") -> WorkScreen:
        from screens.sign_in import SignIn

        return SignIn(self.station, badge)

    async def show(self, screen: WorkScreen) -> None:
        """Show a screen in the place of every one that is open."""
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        if len(self.screen_stack) == 2:
            await self.switch_screen(screen)
        else:
            await self.push_screen(screen)

    async def open_role(self, role: Role) -> None:
        """Open a role's screen."""
        desk = desk_class(role)(self.station)
        with self.batch_update():
            await self.show(desk)
            await desk.until_read(FIRST_SECONDS)
        desk.refresh()
        self._once_painted(desk.refresh_soon)
        if self.hint is not None:
            self.work_screen.answer(self.hint, "accent")
            self.hint = None
        self.settle_soon()

    def _once_painted(self, act: Callable[[], None]) -> None:
        """Do what can wait until the screen that is being opened has been painted."""
        self.call_later(self.work_screen.call_after_refresh, act)

    @property
    def work_screen(self) -> WorkScreen:
        """The screen that is open."""
        screen = self.screen
        assert isinstance(screen, WorkScreen)
        return screen

    async def _sign_out_idle(self) -> None:
        idle = time.monotonic() - self._last_key
        if self.station.jobs.changing:
            return  # what somebody asked for is still being done in their name
        if self.station.person and idle > self.station.settings.screen.idle_minutes * 60:
            await self.sign_out()

    # -- what changed elsewhere ---------------------------------------------------------------

    def _heard(self) -> None:
        self.call_later(self._look)

    def _lost(self, reason: str) -> None:
        self.call_later(self._be_away, reason)

    def _look(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, WorkScreen):
                screen.refresh_soon()

    def _be_away(self, reason: str) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, WorkScreen):
                screen.be_away(reason)

    def notice_soon(self) -> None:
        """Watch the clock where no engine does, so that people are told what they must be."""
        if self.station.person is not None:
            self.run_worker(self._notice(), exit_on_error=False)

    async def _notice(self) -> None:
        try:
            raised = await self.station.jobs.change(self._stand_in)
        except (OrdertermError, PeeweeException, OSError):
            return  # what is away is said by whoever reads; the next minute asks again
        if raised:
            self._look()

    def _stand_in(self) -> int:
        # Loaded in the job's thread: it takes its time, and the first list is just being drawn.
        from orderterm.workflow import escalations, timetable

        self._first_look |= self.station.follow_settings()
        workplace = self.station.workplace
        raised = escalations.stand_in(workplace, first=self._first_look)
        # An engine that was stopped just now is taken for one at work: whether due times follow
        # is looked at until they do.
        self._first_look = self._first_look and not timetable.is_adopted(workplace)
        return raised

    # -- keys ---------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._last_key = time.monotonic()
            if isinstance(self.screen, WorkScreen):
                self.screen.touch()
            outcomes = self._collector.feed(event.key, event.character, event.time)
            await self._deal_out(outcomes)
            self._flush_later()
        else:
            await super().on_event(event)

    async def _deal_out(self, outcomes: list[Scan | Keys | Unfinished]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Scan):
                self._take_scan(outcome.code)
            elif isinstance(outcome, Unfinished):
                self.work_screen.refuse_scan(
                    say(
                        "a scan broke off after {count} characters ({text}…); scan it again",
                        count=outcome.length,
                        text=outcome.text[:20],
                    )
                )
            else:
                await self._press_all(outcome)

    async def _press_all(self, keys: Keys) -> None:
        """Press keys now, or after the scans that came before them: those may move the cursor."""
        behind_scans = self._dealing or not self._scans.empty()
        if not behind_scans or self.work_screen.is_asking or self._scans.full():
            await self._press_now(keys)
        else:
            self._scans.put_nowait(keys)
            self._tell_waiting()

    async def _press_now(self, keys: Keys) -> None:
        presses = keys.presses if self.work_screen.question else keys.collapsed
        for press in presses:
            await super().on_event(_key_event(press))

    async def _until_pressed(self) -> None:
        """Wait until the screen has had the keys that it was given."""
        had = asyncio.Event()
        self.work_screen.call_later(had.set)
        with suppress(TimeoutError):  # a screen that is being closed never says so
            await asyncio.wait_for(had.wait(), 1.0)

    def _flush_later(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        due = self._collector.due()
        if due is not None:
            delay = max(0.0, due - time.monotonic()) + SLACK_SECONDS
            self._flushing = after(delay, self, self._flush_keys)

    async def _flush_keys(self) -> None:
        # Keys that were read and wait to be handed over may be the rest of what is held.
        if not getattr(self._driver, "holds_keys", False):
            await self._deal_out(self._collector.flush(time.monotonic()))
        self._flush_later()

    async def on_paste(self, event: events.Paste) -> None:
        """A paste outside a field: some scanners paste instead of typing; each line is a code."""
        event.stop()
        self._last_key = time.monotonic()
        if self.work_screen.paste(event.text):
            return
        lines = event.text[: 64 * MOST_WAITING].splitlines()
        codes = [line.strip() for line in lines if line.strip()]
        if len(event.text) > 64 * MOST_WAITING or len(codes) > MOST_WAITING:
            self.work_screen.refuse_scan(
                say("{count} characters were pasted: too many for scans", count=len(event.text))
            )
            return
        for code in codes:
            self._take_scan(code)

    # -- scans --------------------------------------------------------------------------------

    def _take_scan(self, code: str) -> None:
        """A code was scanned: it waits for its turn, after the keys and scans before it."""
        try:
            self._scans.put_nowait(code)
            self._tell_waiting()
        except asyncio.QueueFull:
            self.work_screen.refuse_scan(
                say("{code} came too fast after many others; scan it again", code=code)
            )

    def _tell_waiting(self) -> None:
        self.work_screen.tell_waiting(self._scans.qsize() + self._dealing)

    async def _deal_with_scans(self) -> None:
        """Deal with the scans one after another, in their order."""
        while True:
            code = await self._scans.get()
            self._dealing = True
            try:
                if isinstance(code, Keys):
                    await self._press_now(code)
                else:
                    await self._until_pressed()
                    await self.work_screen.until_free()
                    await self._deal_with(code)
            except OrdertermError as error:
                self.work_screen.refuse_scan(error.sentence)
            except Exception as error:  # noqa: BLE001 - no scan may cost the scans after it
                self.work_screen.refuse_scan(explained(error, self.station))
            finally:
                self._dealing = False

    async def _deal_with(self, code: str) -> None:
        screen = self.work_screen
        if screen.take_scan(code) or screen.scan_first(code):
            return
        from orderterm.views.scans import meaning

        found = await self.station.jobs.read(lambda: meaning(code))
        if found.kind == "badge":
            await self._change_to(found.code)
        elif self.station.person is None:
            screen.refuse_scan(say("{code} is no badge; scan yours to sign in", code=code))
        else:
            await screen.on_scan(found)

    async def _change_to(self, badge: str) -> None:
        """Let who scanned their badge work here; who has a PIN gives it on the sign-in line."""
        from orderterm.views.credentials import has_pin

        if not await self.station.jobs.read(lambda: has_pin(badge)):
            await self.change_person(badge)
            return
        self.station.person = None
        await self.show(self._sign_in_line(badge))

    async def change_person(self, badge: str) -> None:
        """Let the person with ``badge`` work here, and say that they do.

        Raises:
            Refusal: nobody has it, or may not work here.
        """
        await self.sign_in(badge)
        name = self.station.person.name if self.station.person else badge
        self.work_screen.answer(say("{name} is signed in", name=name), "done")
        self._tell_handover_soon()

    def _tell_handover_soon(self) -> None:
        """Say to who has just come if a handover waits for them; their list comes first."""
        self.run_worker(self._tell_handover(), exit_on_error=False)

    async def _tell_handover(self) -> None:
        await asyncio.sleep(SHOWN_SECONDS)
        from screens.waiting_handover import tell_waiting

        await tell_waiting(self.work_screen)


def _first_role(person: Signed) -> Role:
    """The role that a person begins with: the first that has work of its own."""
    return next((role for role in person.roles if role is not Role.ADMIN), Role.ADMIN)


def _key_event(press: Press) -> events.Key:
    return events.Key(press.key, press.character)
