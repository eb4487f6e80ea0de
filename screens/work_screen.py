"""What every screen of work does: take keys, ask at the bottom line, change, and answer.

A command runs as a flow: an ordinary coroutine that asks what it needs with ``await``, has the
change made off the screen's thread, and answers in one line. While a flow waits for the database,
keys typed ahead are kept, and go to its next question or to the screen.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from peewee import PeeweeException
from textual import events
from textual.screen import Screen

from orderterm.errors import OrdertermError, Refusal
from orderterm.sentences import Sentence, say
from orderterm.views.queue import Work
from orderterm.views.scans import Meaning
from orderterm.workflow.details import Details
from screens.asking import GivenUp, Picker, Question, StepBack
from screens.commands import EVERYWHERE, Command
from screens.faults import explained
from screens.station import Station
from screens.status import key_name
from screens.terminal.compositor import CellsCompositor
from screens.timing import after
from screens.widgets.canvas import LOOKS, Canvas
from screens.widgets.lines import AnswerLine, KeyLine, StatusLine

T = TypeVar("T")
Handler = Callable[[Any], Awaitable[None]]

__all__ = ["GivenUp", "Handler", "StepBack", "WorkScreen", "name_of"]

SLOW_SECONDS = 0.5
"""A change that takes longer waits for somebody else, and that is said."""

TYPED_AHEAD = 500
"""Keys kept while a flow waits; more than a person can type in that time."""


class WorkScreen(Screen[None]):
    """A screen with a status line, an answer line and a line of keys.

    ``places`` are where its commands work, the most particular first; ``handlers`` does them.
    """

    COMPONENT_CLASSES = LOOKS

    places: Sequence[str] = ()
    handlers: ClassVar[Mapping[str, Handler]] = {}

    def __init__(self, station: Station) -> None:
        super().__init__()
        self._compositor = CellsCompositor()
        self.station = station
        self.desk: Any = self
        """The role's screen: this one, or the one that an order's page lies over."""
        self.status = StatusLine(id="status")
        self.answers = AnswerLine(id="answer")
        self.key_line = KeyLine(id="keys")
        self.question: Question | None = None
        self.picker: Picker | None = None
        self._host: Canvas = self.answers
        self._flow: asyncio.Task[None] | None = None
        self._ahead: deque[events.Key] = deque()
        self._waits = False
        self._has_come = self._has_gone = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Keep the styles that it has only just been given."""
        event.refresh_styles = self._has_come
        self._has_come = True

    def _compositor_refresh(self) -> None:
        # Textual draws even what is then not shown.
        if not self.app._batch_count:
            super()._compositor_refresh()

    def on_unmount(self) -> None:
        """Nobody can answer here any more: a flow that asks, or asks later, ends."""
        self._has_gone = True
        if self._flow is not None and self.is_asking:
            self._flow.cancel()

    # -- what flows work on -------------------------------------------------------------------

    @property
    def row(self) -> Work | None:
        """The order in hand."""
        return None

    @property
    def chosen(self) -> list[Work]:
        """The orders that an action is for."""
        return [] if self.row is None else [self.row]

    def finished(self, work: Work) -> None:
        """An action on ``work`` was done: it may have left this list."""

    @property
    def undoable(self) -> Sequence[Work]:
        """The orders whose last step would be undone."""
        return [self.need_row()]

    def can_undo(self, works: Sequence[Work]) -> None:
        """One key did this to ``works``, so one key takes it back; with none nothing is to be."""

    def undone(self, works: Sequence[Work]) -> None:  # noqa: ARG002 - for those that keep it
        """The last step of ``works`` was undone."""
        self.refresh_soon()

    def show_results(self, results: Sequence[tuple[str, Sentence, bool]]) -> None:
        """Show what came of each order of a bulk action."""

    async def parcel_of(self, work: Work, screen: "WorkScreen") -> Details:
        """The carrier and waybill of the parcel that leaves; both are asked for on ``screen``."""
        carrier = await screen.ask(say("carrier"), work.carrier or "")
        waybill = await screen.ask(say("waybill of {number}", number=work.number), scan=True)
        return Details(carrier=carrier, waybill=waybill)

    def need_row(self) -> Work:
        """The order in hand.

        Raises:
            Refusal: there is none.
        """
        if self.row is None:
            raise Refusal("there is no order here to do this on")
        return self.row

    def need_one(self) -> Work:
        """The order that an action for a single one is for: the only marked one, else that in hand.

        Raises:
            Refusal: there is none, or several are marked.
        """
        in_hand, chosen = self.need_row(), self.chosen
        self.refuse_several(len(chosen))
        return chosen[0] if chosen else in_hand

    def refuse_several(self, marked: int) -> None:
        """Refuse what is for one row where several are marked.

        Raises:
            Refusal: more than one is.
        """
        if marked > 1:
            raise Refusal(
                "{count} are marked, and this is for one: {key} takes a mark away",
                count=marked,
                key=self.station.text(key_name(self.station.keys.named("list.mark").key)),
            )

    # -- keys ---------------------------------------------------------------------------------

    def commands(self) -> dict[str, Command]:
        """The commands that work here now, by key."""
        return self.station.keys.at([*self.places, EVERYWHERE])

    @property
    def is_asking(self) -> bool:
        """Whether a question waits for an answer."""
        return self.question is not None or self.picker is not None

    async def on_key(self, event: events.Key) -> None:
        event.prevent_default()
        event.stop()
        if event.key == self.station.keys.named("app.quit").key and not event.is_printable:
            # Whoever leaves waits for nothing; a change that is being made is still finished.
            self.app.exit(return_code=0)
        elif self._ahead or (self._flow is not None and not self.is_asking):
            self._keep_for_later(event)
        else:
            await self._take_key(event)

    def _keep_for_later(self, event: events.Key) -> None:
        """Keep a key that was typed ahead; it comes after those that wait already."""
        if len(self._ahead) < TYPED_AHEAD:
            self._ahead.append(event)
            self.tell_waiting()
        else:
            self.refuse_scan(say("too many keys wait already: this one was not taken"))

    async def _take_key(self, event: events.Key) -> None:
        if self.picker is not None:
            self.picker.press(event)
            self._show_asked()
        elif self.question is not None:
            self.question.press(event)
            self._show_asked()
        else:
            # As good as Esc, which arrives late over slow lines.
            await self.press(events.Key("escape", None) if event.key == "ctrl+g" else event)

    def touch(self) -> None:
        """Somebody pressed a key or scanned: they are reading what is here."""

    async def press(self, event: events.Key) -> None:
        """Do what the key is for; say so where it is for nothing."""
        command = self.commands().get(name_of(event))
        if command is not None:
            self.run_command(command.id)
        elif event.is_printable:
            self.answer(
                say(
                    "the key {key} does nothing here; {help} shows those that do",
                    key=event.character or event.key,
                    help=self.station.keys.named("app.help").key,
                ),
                "faint",
            )

    def run_command(self, command_id: str) -> None:
        """Begin what the command does."""
        handler = self.handlers.get(command_id)
        if handler is not None:
            self.run_flow(handler(self))

    def paste(self, text: str) -> bool:
        """Put pasted words into the field; False where nothing is asked."""
        if self.question is None:
            return False
        self.question.editor.insert(text)
        self._show_asked()
        return True

    # -- flows --------------------------------------------------------------------------------

    def run_flow(self, flow: Awaitable[None]) -> None:
        """Run a flow to its end; what fails in it is answered in a sentence."""
        self._flow = asyncio.create_task(self._guarded(flow))

    async def _guarded(self, flow: Awaitable[None]) -> None:
        try:
            await flow
        except GivenUp:
            self.answer(say("given up; nothing was changed"), "faint")
        except OrdertermError as error:
            self.answer(error.sentence, "refused")
        except Exception as error:  # noqa: BLE001 - no key is answered with silence
            self.answer(explained(error, self.station), "refused")
        finally:
            self._flow = None
            self.app.call_later(self._play_ahead)

    async def _play_ahead(self) -> None:
        """Give the keys typed ahead to whoever takes them now, on another screen if one opened."""
        while self._ahead and (self._flow is None or self.is_asking):
            screen = self.app.screen
            key = self._ahead.popleft()
            if isinstance(screen, WorkScreen) and screen is not self:
                await screen.on_key(key)
            else:
                await self._take_key(key)

    def beside(self, work: Awaitable[None]) -> None:
        """Let something run beside the keys."""
        self.run_worker(work, exit_on_error=False)

    async def quietly(self, reading: Awaitable[object]) -> None:
        """Await a reading that no key asked for: what can't be read is told in the top line."""
        try:
            await reading
        except (OrdertermError, PeeweeException, OSError) as error:
            self.be_away(str(error))

    async def read(self, work: Callable[[], T]) -> T:
        """What ``work`` reads from the database, off the screen's thread."""
        return await self.station.jobs.read(work)

    async def change(self, work: Callable[[], T]) -> T:
        """What ``work`` changes in the database, off the screen's thread."""
        slow = after(SLOW_SECONDS, self, self._begin_waiting)
        try:
            return await self.station.jobs.change(work)
        finally:
            slow.cancel()
            self._waits = False

    def _begin_waiting(self) -> None:
        self._waits = True
        self.tell_waiting()

    def tell_waiting(self, behind: int = 0) -> None:
        """Say that a change waits for the database, if it does, and how much waits with it.

        Args:
            behind: the scans, and the keys after them, that wait elsewhere.
        """
        if self._waits:
            count = len(self._ahead) + behind
            told = say("the database is busy; {count} keys and scans wait their turn", count=count)
            self.answer(told, "in-progress")

    def answer(self, sentence: Sentence | str, look: str = "") -> None:
        """Answer the last key or scan."""
        self.answers.show(self.station.text(sentence), look)

    # -- asking -------------------------------------------------------------------------------

    async def ask(
        self,
        question: Sentence | str,
        default: str = "",
        *,
        scan: bool = False,
        blank: bool = False,
        secret: bool = False,
        back: bool = False,
    ) -> str:
        """Ask for a word on the bottom line.

        Args:
            question: what is asked for.
            default: what stands in the field already.
            scan: whether a scan may answer, whatever its code is.
            blank: whether nothing is an answer too.
            secret: whether what is typed is hidden.
            back: whether the arrow up asks for the question before.

        Raises:
            GivenUp: no answer is wanted.
            StepBack: the question before is wanted.
        """
        text = _prompt(self.station.text(question))
        while True:
            self.question = Question(text, default, scan=scan, secret=secret, back=back)
            value = (await self._answered(self.question.answered)).strip()
            if value or blank:
                return value
            self.answer(say("an answer is needed; esc or ctrl+g gives up"), "faint")

    async def choose(
        self,
        title: Sentence | str,
        entries: Sequence[tuple[Sentence | str, T]],
        *,
        about: Sequence[str] = (),
        by_name: bool = False,
        start: int = 0,
    ) -> T:
        """Ask for one of ``entries``, each a name and what it stands for.

        Args:
            title: what is asked for.
            entries: what there is.
            about: a few words on each.
            by_name: find entries while their names are typed, instead of picking by a key.
            start: the entry that Enter takes.

        Raises:
            GivenUp: none is wanted.
        """
        names = [self.station.text(name) for name, _ in entries]
        told = [*about, *([""] * (len(names) - len(about)))]
        self.picker = Picker(
            self.station.text(title),
            list(zip(names, told, strict=True)),
            lambda: self.station.marks,
            by_name=by_name,
            start=start,
        )
        return entries[await self._answered(self.picker.picked)][1]

    async def _answered(self, answer: "asyncio.Future[T]") -> T:
        """The answer to what is asked now; keys typed ahead are its first ones."""
        if self._has_gone:
            raise asyncio.CancelledError
        self._show_asked()
        self.app.call_later(self._play_ahead)
        return await answer

    def _show_asked(self) -> None:
        """Show what is asked; what is answered is taken away at once, before the next key."""
        if self.question is not None and self.question.answered.done():
            self.question = None
        if self.picker is not None and self.picker.picked.done():
            self.picker = None
        self.key_line.ask(self.question)
        self._host.lay_over(None)
        self._host = self.host()
        self._host.lay_over(self.picker)

    def host(self) -> Canvas:
        """The part of the screen over which lists are drawn."""
        return self.answers

    async def sure(self, question: Sentence | str) -> None:
        """Ask whether to go on.

        Raises:
            GivenUp: no.
        """
        goes_on = await self.choose(question, [(say("yes"), True), (say("no"), False)])
        if not goes_on:
            raise GivenUp

    # -- scans --------------------------------------------------------------------------------

    def take_scan(self, code: str) -> bool:
        """Give a scan to the question that waits for it; False where it must wait its turn."""
        question = self.question
        if not self.is_asking or (question is not None and question.answered.done()):
            return False
        if question is not None and question.takes_scan:
            question.answered.set_result(code)
            self._show_asked()
        else:
            self.refuse_scan(
                say(
                    "{code} was scanned, but something else is asked here: answer it, or give up "
                    "with esc or ctrl+g, then scan again",
                    code=code,
                )
            )
        return True

    async def until_free(self) -> None:
        """Wait until nothing runs that a scan would disturb, or something is asked."""
        while (self._flow is not None or self._ahead) and not self.is_asking:
            await asyncio.sleep(0.01)

    def scan_first(self, code: str) -> bool:  # noqa: ARG002 - for those who count pieces
        """Take a code at once, before anybody asks what it is; False where it is not for this."""
        return False

    async def on_scan(self, meaning: Meaning) -> None:
        """Take a scanned code, now that it is known what it is."""
        self.refuse_scan(say("{code} can't be used here", code=meaning.code))

    def refuse_scan(self, why: Sentence) -> None:
        """Answer a scan that nothing can be done with."""
        self.answer(why, "refused")
        if self.station.settings.screen.bell:
            self.app.bell()

    # -- what changed elsewhere ---------------------------------------------------------------

    def refresh_soon(self) -> None:
        """Look at what has changed."""

    def be_away(self, reason: str) -> None:
        """The database can't be read."""

    def show_all(self) -> None:
        """Show everything anew, in another language or other marks."""


def _prompt(question: str) -> str:
    return question if question.endswith(("?", "？")) else question + ":"


def name_of(event: events.Key) -> str:
    """The key as the table of commands names it: the character itself where it prints one."""
    if event.character and event.is_printable and event.character != " ":
        return event.character
    return event.key
