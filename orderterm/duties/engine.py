"""The engine: runs the duties until it is stopped."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orderterm.duties import crew
from orderterm.duties.following import Follower
from orderterm.duties.inbox import InboxDuty
from orderterm.duties.reloading import SettingsFile
from orderterm.duties.watch import Bell, Watch
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say
from orderterm.workflow.workplace import Workplace

SHORTEST_WAIT_SECONDS = 0.2
LOG = "errors.log"

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
                    _run_until_stopped(duty, Follower(file, duty, at_work).look)
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
