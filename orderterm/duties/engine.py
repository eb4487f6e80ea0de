"""The engine: runs the duties until it is stopped."""

import logging
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from watchdog.events import (
    FileClosedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from orderterm.duties import crew, folders
from orderterm.duties.inbox import InboxDuty
from orderterm.duties.reloading import SettingsFile
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say
from orderterm.settings import FILE_NAME, Settings
from orderterm.workflow.workplace import Workplace

SHORTEST_WAIT_SECONDS = 0.2
LOG = "errors.log"
_HINTS = ("created", "modified", "closed", "moved")

Tell = Callable[[Sentence], None]


def run(workplace: Workplace, home: Path, *, once: bool, tell: Tell) -> int:
    """Do the duties: take in what the inbox holds, watch the clock, and all the others.

    Args:
        workplace: the home at work.
        home: the home's folder; faults of the program are written to its ``errors.log``.
        once: do what there is to do now, and stop.
        tell: told what happens, a sentence at a time.

    Returns:
        How many files were rejected.

    Raises:
        OrdertermError: the inbox is not there, or can't be written to, or the settings hold
            something that a duty can't work with.
    """
    inbox = home / workplace.settings.inbox.folder
    if not inbox.is_dir():
        raise OrdertermError("there is no inbox {folder}; `orderterm init` makes it", folder=inbox)
    tell = _one_at_a_time(tell)
    with _faults_logged(home / LOG):
        file, others = SettingsFile(home), crew.hire(workplace, home, tell)
        try:
            duty = InboxDuty(workplace, home, tell)
        except OSError as error:
            raise _unusable(inbox, error) from error
        try:
            if once:
                _run_once(duty)
                crew.do_all(others, tell)
            else:
                with crew.at_work(others, tell) as at_work:
                    _run_until_stopped(duty, partial(_follow, file, duty, at_work))
        finally:
            duty.close()
    return duty.rejected


def _one_at_a_time(tell: Tell) -> Tell:
    """``tell``, for several threads to call, whether it succeeds or not."""
    lock = threading.Lock()

    def tell_alone(sentence: Sentence) -> None:
        # Whoever listened may be gone, or the disk full on which it is kept: work goes on.
        with lock, suppress(OSError):
            tell(sentence)

    return tell_alone


def _follow(file: SettingsFile, inbox: InboxDuty, at_work: crew.Crew) -> None:
    """Let every duty go on with the settings, where these have changed and can be used."""
    before = inbox.workplace
    try:
        settings = file.changed()
        if settings is None or settings == before.settings:
            return
        workplace = before.with_settings(settings)
        others = crew.hire(workplace, inbox.home, inbox.tell)
    except OrdertermError as error:
        inbox.tell(say("{fault}; the settings stay as they were", fault=error.sentence))
        return
    inbox.follow(workplace)
    at_work.renew(others)
    inbox.tell(say("{file} has changed: its settings are in use now", file=FILE_NAME))
    if _needs_a_start(before.settings, settings):
        inbox.tell(
            say(
                "database, inbox.folder and inbox.polling take effect when the engine is started "
                "again"
            )
        )


def _needs_a_start(before: Settings, after: Settings) -> bool:
    return (before.database, before.inbox.folder, before.inbox.polling) != (
        after.database,
        after.inbox.folder,
        after.inbox.polling,
    )


class _Log(logging.FileHandler):
    """A file of faults. Where it can't be written, as on a full disk, work goes on without it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write ``record``, if that can be done."""
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Say nothing: the library would print a traceback to whoever started the engine."""


@contextmanager
def _faults_logged(file: Path) -> Iterator[None]:
    handler = _Log(file, encoding="utf-8", errors="replace", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger = logging.getLogger("orderterm")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        with suppress(OSError):
            handler.close()


def _unusable(inbox: Path, error: OSError) -> OrdertermError:
    return OrdertermError(
        "the inbox {folder} can't be used: {reason}; check that it is this program's to write",
        folder=inbox,
        reason=error.strerror or str(error),
    )


def _run_once(duty: InboxDuty) -> None:
    wait = threading.Event()
    try:
        while duty.take_in():
            wait.wait(max(SHORTEST_WAIT_SECONDS, duty.settle_seconds / 4))
    except OSError as error:
        raise _unusable(duty.inbox, error) from error


def _run_until_stopped(duty: InboxDuty, follow: Callable[[], None]) -> None:
    bell = Bell(duty)
    away = False
    with _stopped_by_signals(bell), Watch(duty, bell) as watch:
        duty.tell(say("watching {folder}; stop with Ctrl-C", folder=duty.inbox))
        while not duty.stopping:
            follow()
            try:
                unsettled = duty.take_in()
                watch.see_to_it()
            except OSError as error:
                unsettled = False
                if not away:
                    duty.tell(_away(duty, error))
                away = True
            else:
                if away:
                    duty.tell(say("{folder} is back", folder=duty.inbox))
                away = False
            bell.wait(_pause(duty, unsettled))


def _pause(duty: InboxDuty, unsettled: bool) -> float:
    interval = duty.settings.interval_seconds
    if not unsettled:
        return interval
    return min(interval, max(SHORTEST_WAIT_SECONDS, duty.settle_seconds / 2))


def _away(duty: InboxDuty, error: OSError) -> Sentence:
    return say(
        "{folder} is away ({reason}); it is looked for every {seconds} s",
        folder=duty.inbox,
        reason=error.strerror or str(error),
        seconds=duty.settings.interval_seconds,
    )


class Bell(FileSystemEventHandler):
    """Rung by the watched folder: a hint that it is worth looking now, never more than that."""

    def __init__(self, duty: InboxDuty) -> None:
        self._duty = duty
        # A signal may ring while the engine is just going to sleep; of all the ways to wake a
        # thread only this one may be used from a signal handler.
        self._rings: queue.SimpleQueue[None] = queue.SimpleQueue()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Ring; a file that its writer closed, or that was moved in, is whole."""
        path = Path(str(event.dest_path or event.src_path))
        if event.event_type not in _HINTS or not self._is_dropped(path):
            return
        if isinstance(event, FileClosedEvent | FileMovedEvent):
            self._duty.whole.add(path)
        self._ring()

    def _is_dropped(self, path: Path) -> bool:
        """Whether it is a file meant for us: the engine's own moves and notes must not wake it."""
        if not path.is_relative_to(self._duty.inbox) or not folders.is_ours_to_take(path.name):
            return False
        places = path.relative_to(self._duty.inbox).parts
        return bool(places) and places[0] not in (folders.WORK, folders.DONE, folders.REJECTED)

    def stop(self) -> None:
        """Stop the engine after the file it has in hand."""
        self._duty.stopping = True
        self._rings.put(None)

    def _ring(self) -> None:
        if self._rings.empty():
            self._rings.put(None)

    def wait(self, seconds: float) -> None:
        """Wait for a ring, or for ``seconds``."""
        with suppress(queue.Empty):
            self._rings.get(timeout=seconds)
            while True:
                self._rings.get_nowait()


class Watch:
    """The watched folder's events; set up anew when the folder has been away."""

    def __init__(self, duty: InboxDuty, bell: Bell) -> None:
        self._duty = duty
        self._bell = bell
        self._observer: BaseObserver | None = None
        self._inode = 0
        self._deaf = False

    def __enter__(self) -> "Watch":
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def see_to_it(self) -> None:
        """Watch again where the folder was replaced: events of the old one never come again."""
        if self._duty.inbox.stat().st_ino != self._inode or not self._alive():
            self._stop()
            self._start()

    def _alive(self) -> bool:
        observer = self._observer
        return (
            observer is not None
            and observer.is_alive()
            and all(emitter.is_alive() for emitter in observer.emitters)
        )

    def _start(self) -> None:
        inbox = self._duty.inbox
        try:
            observer = self._new_observer()
            self._inode = inbox.stat().st_ino
            observer.schedule(self._bell, str(inbox), recursive=True)
            observer.start()
        except OSError as error:
            # No watch to be had (the system gives out so many), or the folder went away again.
            self._note_deafness(error)
        else:
            self._observer, self._deaf = observer, False

    def _new_observer(self) -> BaseObserver:
        settings = self._duty.settings
        if settings.polling:
            return PollingObserver(timeout=settings.interval_seconds)
        return Observer()

    def _note_deafness(self, error: OSError) -> None:
        if not self._deaf:
            self._deaf = True
            self._duty.tell(
                say(
                    "the system does not announce what is dropped in {folder} ({reason}); it is "
                    "listed every {seconds} s all the same",
                    folder=self._duty.inbox,
                    reason=error.strerror or str(error),
                    seconds=self._duty.settings.interval_seconds,
                )
            )

    def _stop(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=5)
            self._observer = None


@contextmanager
def _stopped_by_signals(bell: Bell) -> Iterator[None]:
    """Ctrl-C and SIGTERM stop the engine between two files; only the main thread can hear them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        one: signal.signal(one, lambda *_: bell.stop()) for one in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
