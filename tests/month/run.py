"""A simulated month: engines at once, each killed at random, and everything counted afterwards."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from random import Random

from orderterm.store import connection
from orderterm.store.fields import utc_text
from orderterm.workflow.workplace import Workplace
from tests.month import company
from tests.month.clock import SharedClock
from tests.month.floor import Floor
from tests.month.plan import Lived, Plan
from tests.month.totals import files_due

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120.0


def live(folder: Path, plan: Plan, tell: Callable[[str], None]) -> Lived:
    """Live through the month in a home below ``folder``."""
    began = time.monotonic()
    os.environ[company.SECRET] = "month-secret"
    with gateway(folder, plan.seed) as port:
        clock = SharedClock(folder / "clock", _opening(plan))
        workplace = company.found(folder / "home", port, clock)
        month = Month(folder, plan, workplace, clock)
        try:
            month.live(tell)
        finally:
            codes = month.stop()
        # One that was just being started had not learned yet to end well.
        assert set(codes) <= {0, -signal.SIGTERM}, codes
    month.lived.seconds = time.monotonic() - began
    return month.lived


@contextmanager
def gateway(folder: Path, seed: int) -> Iterator[int]:
    """The gateway that messages go to, in a process of its own; gives the port."""
    log = str(folder / "gateway.log")
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.month.gateway", log, str(seed)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    try:
        assert started.stdout is not None
        with started.stdout as said:
            port = int(said.readline())
        yield port
    finally:
        started.kill()
        started.wait()


def _opening(plan: Plan) -> datetime:
    """Midnight in Shanghai, which begins the first day."""
    return datetime.combine(plan.first, time_of_day(), UTC) - timedelta(hours=8)


class Month:
    """The month as it goes: the clock moves once everything that is due has been seen to."""

    def __init__(self, folder: Path, plan: Plan, workplace: Workplace, clock: SharedClock) -> None:
        self.folder, self.plan, self.clock = folder, plan, clock
        self.home = folder / "home"
        self.floor = Floor(workplace, self.home, plan.seed)
        self.random = Random(plan.seed)
        self.lived = Lived(self.home, plan, clock())
        self._file = self.home / workplace.settings.database
        self._engines = [self._start(number) for number in range(plan.engines)]

    def live(self, tell: Callable[[str], None]) -> None:
        """Every day of the month, and the days after it until nothing is left to send."""
        with connection.reading():
            for day in range(self.plan.days):
                self._day(day)
                tell(self._told(day))
            self._wind_down()
        self.lived.ordered, self.lived.acts = self.floor.ordered, self.floor.acts

    def stop(self) -> list[int]:
        """Let the engines end; returns their exit codes."""
        for engine in self._engines:
            engine.send_signal(signal.SIGTERM)
        return [engine.wait(PATIENCE_SECONDS) for engine in self._engines]

    def _day(self, day: int) -> None:
        ticks = 24 * 60 // self.plan.tick_minutes
        orders = self.plan.orders * (self.plan.surge if day == self.plan.surge_day else 1)
        opening = self.clock()
        for tick in range(ticks):
            self.clock.move_to(opening + timedelta(minutes=self.plan.tick_minutes * tick))
            hour = tick * self.plan.tick_minutes / 60
            self._kill_somebody(ticks)
            self._settle()
            self._tick(hour, orders / ticks)
        self.clock.move_to(opening + timedelta(days=1))

    def _tick(self, hour: float, orders: float) -> None:
        self.lived.ticks += 1
        whole = int(orders) + (self.random.random() < orders % 1)
        if whole:
            self.floor.customers_order(whole)
        if 7 <= hour < 21:
            self.floor.carriers_report()
        if self._is_open(hour):
            usual = self.plan.orders * self.plan.tick_minutes / 60 / 14
            self.floor.work(max(2, round(usual * 1.6)))
        if hour == 20:
            self.floor.customers_answer()

    def _is_open(self, hour: float) -> bool:
        """Whether a shift is on; on a public holiday none is."""
        return bool(self.floor.workplace.working_time.shift_at(self.clock())) and 8 <= hour < 22

    def _wind_down(self) -> None:
        """A day without orders, so that what was queued last is sent and escalated as well."""
        # In the same steps: a longer one could pass over "due soon" and "overdue" at once.
        step = timedelta(minutes=self.plan.tick_minutes)
        for _ in range(timedelta(days=1) // step):
            self.clock.move_to(self.clock() + step)
            self._settle()
        self.lived.end = self.clock()
        due, folder = files_due(self.lived), self.home / "reports"
        self._wait_for(lambda: ", ".join(sorted(due - {one.name for one in folder.iterdir()})))

    # -- engines ------------------------------------------------------------------------------

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        log = (self.folder / f"engine-{number}.log").open("ab")
        try:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.month.engine", str(self.home)),
                    *(str(self.folder / "clock"), f"engine-{number}"),
                ],
                stdout=log,
                stderr=log,
                cwd=ROOT,
            )
        finally:
            log.close()

    def _kill_somebody(self, ticks: int) -> None:
        """Kill one at a random moment of what follows: it is in the midst of its work."""
        if self.random.random() >= self.plan.kills_a_day / ticks:
            return
        time.sleep(self.random.uniform(0, 0.2))
        number = self.random.randrange(self.plan.engines)
        self._engines[number].kill()
        self._engines[number].wait()
        self._engines[number] = self._start(number)
        self.lived.kills += 1

    def _settle(self) -> None:
        """Wait until the engines have seen to all that is due by now."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as looking:
            self._wait_for(lambda: self._pending(looking))

    def _wait_for(self, pending: Callable[[], str]) -> None:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while left := pending():
            assert time.monotonic() < give_up, (left, self._said())
            time.sleep(0.01)

    def _pending(self, looking: sqlite3.Connection) -> str:
        now = utc_text(self.clock())
        for table, column in _DUE:
            query = f"SELECT count(*) FROM {table} WHERE {column} <= ?"  # noqa: S608
            (count,) = looking.execute(query, (now,)).fetchone()
            if count:
                return f"{count} of {table}"
        return f"{len(lying)} files" if (lying := _lying_in(self.floor.inbox)) else ""

    def _said(self) -> str:
        logs = sorted(self.folder.glob("engine-*.log"))
        return "\n".join(log.read_text("utf-8")[-2000:] for log in logs)

    def _told(self, day: int) -> str:
        at = self.plan.first + timedelta(days=day)
        return (
            f"{at}: {self.floor.ordered} ordered, {self.floor.acts} acts, {self.lived.kills} kills"
        )


_DUE = (
    ("task", "alert_at"),
    ("order_exception", "alert_at"),
    ("message", "alert_at"),
    ("message", "next_try_at"),
)


def _lying_in(inbox: Path) -> list[str]:
    """The files that nobody has taken in yet; folders may come and go while it looks."""
    found = []
    for _, folders, names in os.walk(inbox):
        folders[:] = [name for name in folders if name not in ("done", "rejected")]
        found += [name for name in names if name.endswith(".csv")]
    return found
