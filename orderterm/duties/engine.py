"""The engine: runs the duties until it is stopped."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

from orderterm.duties import folders
from orderterm.duties.inbox import InboxDuty
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say
from orderterm.workflow.workplace import Workplace

SHORTEST_WAIT_SECONDS = 0.2
_HINTS = ("created", "modified", "closed", "moved")


def run(
    workplace: Workplace, home: Path, *, once: bool, tell: Callable[[Sentence], None]
) -> int:
    """Take in what the inbox holds, and go on doing so until stopped.

    Args:
        workplace: the home at work.
        home: the home's folder.
        once: stop when everything that lies there has been taken.
        tell: told what happens, a sentence at a time.

    Returns:
        How many files were rejected.

    Raises:
        OrdertermError: the inbox is not there at the start.
    """
    inbox = home / workplace.settings.inbox.folder
    if not inbox.is_dir():
        raise OrdertermError(
            "there is no inbox {folder}; `orderterm init` makes it", folder=inbox
        )
    duty = InboxDuty(workplace, home, tell)
    try:
        if once:
            _run_once(duty)
        else:
            _run_until_stopped(duty, tell)
    finally:
        duty.close()
    return duty.rejected


def _run_once(duty: InboxDuty) -> None:
    wait = threading.Event()
    while duty.take_in():
        wait.wait(max(SHORTEST_WAIT_SECONDS, duty.settle_seconds / 4))


def _run_until_stopped(duty: InboxDuty, tell: Callable[[Sentence], None]) -> None:
    bell = Bell(duty)
    away = False
    with _stopped_by_signals(bell), Watch(duty, bell) as watch:
        tell(say("watching {folder}; stop with Ctrl-C", folder=duty.inbox))
        while not bell.stopped:
            try:
                unsettled = duty.take_in()
                watch.see_to_it()
            except OSError as error:
                unsettled = False
                if not away:
                    tell(_away(duty, error))
                away = True
            else:
                if away:
                    tell(say("{folder} is back", folder=duty.inbox))
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
        self._rung = threading.Event()
        self.stopped = False

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Ring; a file that its writer closed, or that was moved in, is whole."""
        path = Path(str(event.dest_path or event.src_path))
        if event.event_type not in _HINTS or not self._is_dropped(path):
            return
        if isinstance(event, FileClosedEvent | FileMovedEvent):
            self._duty.whole.add(path)
        self._rung.set()

    def _is_dropped(self, path: Path) -> bool:
        """Whether it is in a channel's folder: the engine's own moves must not wake it."""
        place = path.relative_to(self._duty.inbox).parts[0]
        return place not in (folders.WORK, folders.DONE, folders.REJECTED)

    def stop(self) -> None:
        """Stop the engine after the file it has in hand."""
        self.stopped = True
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Wait for a ring, or for ``seconds``."""
        self._rung.wait(seconds)
        self._rung.clear()


class Watch:
    """The watched folder's events; set up anew when the folder has been away."""

    def __init__(self, duty: InboxDuty, bell: Bell) -> None:
        self._duty = duty
        self._bell = bell
        self._observer: BaseObserver | None = None
        self._inode = 0

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
        return observer is not None and all(emitter.is_alive() for emitter in observer.emitters)

    def _start(self) -> None:
        inbox, settings = self._duty.inbox, self._duty.settings
        polling = PollingObserver(timeout=settings.interval_seconds)
        self._observer = polling if settings.polling else Observer()
        self._inode = inbox.stat().st_ino
        self._observer.schedule(self._bell, str(inbox), recursive=True)
        self._observer.start()

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
