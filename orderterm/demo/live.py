"""The live demo: a sample company in the middle of its day, and its staff in a process beside."""

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from orderterm.demo import colleagues, company, day
from orderterm.demo.desk import Desk, SharedDesk
from orderterm.demo.feed import RESTOCKED_FILE, Feed
from orderterm.demo.hands import Hands
from orderterm.demo.past import remember
from orderterm.errors import OrdertermError
from orderterm.store import connection
from orderterm.store.tables import database
from orderterm.terms import Role, Stage
from orderterm.workflow import handover, stages
from orderterm.workflow.workplace import Workplace

SETTINGS = f"""\
# The sample company never closes, so that the live demo runs at any hour of any day.
[site]
name = "{company.SHOP}"

[[shifts]]
name = "早班"
start = 06:00:00
end = 14:00:00
days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

[[shifts]]
name = "中班"
start = 14:00:00
end = 22:00:00
days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

[[shifts]]
name = "晚班"
start = 22:00:00
end = 06:00:00
days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

[calendar]
country = ""
weekend = []
closed_on_holidays = false

# More orders come in here within an hour than else in a day, which is to be no surge.
[priority]
surge_minimum_days = 28

# A number that the platform has masked reaches nobody.
[[messages.routes]]
sender = "files"
contact = "phone"

[[messages.routes]]
sender = "files"
contact = "email"
"""

OPENED = timedelta(hours=8, minutes=30)
"""How long the company has been at work when the visitor comes."""

NOW_HOUR = timedelta(hours=16)
"""Which hour of the simulated day it is then: the stream of orders is still strong."""

HURRY = 3
"""How many times quicker than in life the parcels of that day travel: some are to have arrived."""

HAPPENINGS: tuple[tuple[timedelta, Stage, int, Callable[[Hands, str], None]], ...] = (
    (timedelta(hours=3), Stage.TRACKING, 8, Hands.take_back),
    (timedelta(hours=2), Stage.REVIEW, 3, Hands.find_shelf_empty),
    (timedelta(hours=1), Stage.TRACKING, 4, Hands.delay_on_the_road),
    (timedelta(minutes=40), Stage.CONFIRMATION, 3, Hands.complain),
)
"""How long before now something befalls the first orders of a stage's queue, so many of them:
the queues for which an ordinary day brings too little."""

FOUNDED = timedelta(days=30)
"""How long before that day the company began: before all of its past."""

SHIFT_OVER = timedelta(minutes=20)
"""How long before now the last shift handed over."""

GRACE_SECONDS = 2.0


def prepare(home: Path, *, orders: int, seed: int, now: datetime, tell: day.Tell) -> Path:
    """Make the sample company with half a day behind it, and work in every queue.

    Args:
        home: where its home is made; an empty folder, or an earlier demo's.
        orders: how many orders its day brings; about nine in ten have come in by ``now``.
        seed: the same seed and ``now`` give the same company.
        now: the time at which its simulated day has arrived.
        tell: told how that day goes, a sentence at a time.

    Returns:
        The home.

    Raises:
        OrdertermError: the home can't be made, or holds something else.
    """
    place = day.make_home(home, SETTINGS)
    clock = day.Clock(now - OPENED - FOUNDED)
    workplace = day.open_home(place, clock)
    start = (now - NOW_HOUR).astimezone(workplace.settings.site.zone)
    files = [one for one in Feed(seed, start, orders).files() if one.name != RESTOCKED_FILE]
    desk = SharedDesk(colleagues.LEFT, first=False)
    pace = day.pace(orders, OPENED // day.STEP)
    hands = Hands(workplace, seed, pace, desk=desk, hurry=HURRY)
    with connection.reading():
        # Nothing is lost with a power cut but a home that is half made, and can be made again.
        database.execute_sql("PRAGMA synchronous = off")
        day.hire(workplace, company.STAFF)
        clock.at = now - OPENED
        remember(workplace, clock, seed)
        for before, stage, count, what in HAPPENINGS:
            files = day.work(hands, place, clock, now - before - day.STEP, files, tell)
            hands.befall([one.number for one in Desk().tasks(stage)[:count]], what)
        files = day.work(hands, place, clock, now - SHIFT_OVER - day.STEP, files, tell)
        _change_shifts(workplace)
        day.work(hands, place, clock, now, files, tell)
    return place


def _change_shifts(workplace: Workplace) -> None:
    """Some have gone home; the reviewers' handover waits for the visitor, who has just come."""
    day.hire(workplace, (company.VISITOR,))
    handover.hand_over(workplace, "D01", Role.SHIPPING, "中通下午四点来取件")
    handover.take_over(workplace, "D02")
    for waiting in Desk().tasks(Stage.REVIEW)[-2:]:
        if waiting.assignee is None:
            stages.claim(workplace, "R02", waiting.number)
    handover.hand_over(workplace, "R02", Role.REVIEWER, "两位客户要改地址, 已转销售")


@contextmanager
def open_live(home: Path, seed: int) -> Iterator[None]:
    """While it lasts, the company of ``home`` lives on in a process of its own.

    That process ends with this one, whatever ends it, because it listens at a pipe from it. It
    has no terminal, so no key and no hang-up reaches it.
    """
    command = (sys.executable, "-m", "orderterm", "--home", str(home), "colleagues")
    process = subprocess.Popen(
        (*command, "--seed", str(seed)),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def live_on(workplace: Workplace, home: Path, seed: int, pipe: int) -> None:
    """Be that process: let the company live on until nobody holds the other end of ``pipe``.

    Args:
        workplace: the home at work, with the real clock.
        home: the home's folder.
        seed: decides everything that is left to chance.
        pipe: a file descriptor to read from.

    Raises:
        OrdertermError: the home is no demo's; a real company's orders are none to play with.
    """
    if not (home / day.MARKER).is_file():
        raise OrdertermError("{folder} holds no demo: `orderterm demo` makes one", folder=home)
    word: queue.SimpleQueue[None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, word), daemon=True).start()
    colleagues.run(workplace, home, seed, lambda seconds: _is_told(word, seconds))


def _listen(pipe: int, word: "queue.SimpleQueue[None]") -> None:
    while os.read(pipe, 1):
        pass
    word.put(None)
    time.sleep(GRACE_SECONDS)
    os._exit(0)  # something holds it up; it may end anywhere


def _is_told(word: "queue.SimpleQueue[None]", seconds: float) -> bool:
    try:
        word.get(timeout=max(0.0, seconds))
    except queue.Empty:
        return False
    return True
