"""The watched folder's events: hints that it is worth looking now, never more than that."""

import queue
from contextlib import suppress
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
from orderterm.sentences import say

_HINTS = ("created", "modified", "closed", "moved")


class Bell(FileSystemEventHandler):
    """Rung by the watched folder, and by who stops the engine; whoever waits for it wakes up."""

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
