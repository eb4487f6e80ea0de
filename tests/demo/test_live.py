"""The live demo: work for everybody when it opens, and colleagues who keep off the visitor's."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from orderterm.demo import colleagues, company, live
from orderterm.demo.day import Clock
from orderterm.demo.desk import STATION
from orderterm.errors import OrdertermError
from orderterm.rules.weeks import week_of
from orderterm.settings import load
from orderterm.store import connection, trail
from orderterm.store.queries import pairs, rows
from orderterm.store.stock import miscounted
from orderterm.store.tables import (
    Event,
    Heartbeat,
    Notification,
    Order,
    OrderException,
    Staff,
    Task,
)
from orderterm.terms import (
    EXCEPTION_ROLES,
    FLOWS,
    STAGE_ROLES,
    EventKind,
    ExceptionKind,
    MeasureOutcome,
    Nature,
    Role,
    Stage,
)
from orderterm.views.forecast import foreseen
from orderterm.views.handover import waiting_for
from orderterm.views.measures import measures
from orderterm.views.messages import Which, messages
from orderterm.views.weekly.review import weekly
from orderterm.workflow import stages
from orderterm.workflow.serials import in_surge
from orderterm.workflow.workplace import Workplace
from tests.contract.backends import for_the_run

NOW = datetime(2026, 11, 21, 19, 12, tzinfo=UTC)  # a Sunday's small hours at the site
ORDERS = 120
ROOT = Path(__file__).parent.parent.parent
MOST_SECONDS = 60.0
"""How long a process may take to come or go on a machine that is busy with other things."""


def company_of(folder: Path, seed: int = 7) -> Path:
    return live.prepare(folder / "home", orders=ORDERS, seed=seed, now=NOW, tell=_nothing)


@cache
def prepared(seed: int = 7) -> Path:
    """A company that is copied for each test, made once a run."""
    return company_of(for_the_run() / f"demo{seed}", seed)


def copied_to(home: Path, seed: int = 7) -> Path:
    """The prepared company at another place, its database in use."""
    copytree(prepared(seed), home)
    connection.use(home / load(home).database)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A company of this test alone, its database open for reading."""
    place = copied_to(tmp_path / "home")
    with connection.reading():
        yield place


def work_by_role() -> set[Role]:
    """The roles that have something to do."""
    tasks = rows(Task.select(Task.stage).where(Task.done_at.is_null()).distinct())
    open_ones = OrderException.resolved_at.is_null()
    kinds = rows(OrderException.select(OrderException.kind).where(open_ones).distinct())
    return {STAGE_ROLES[stage] for (stage,) in tasks} | {EXCEPTION_ROLES[k] for (k,) in kinds}


def queues() -> dict[Stage, int]:
    return {
        stage: Task.select().where((Task.stage == stage) & Task.done_at.is_null()).count()
        for stage in Stage
    }


def history() -> list[tuple[Any, ...]]:
    """The trail without what is salted."""
    return rows(
        Event.select(Event.at, Event.actor, Event.order_number, Event.kind).order_by(Event.id)
    )


def read_history() -> list[tuple[Any, ...]]:
    """The trail of the company that is in use."""
    with connection.reading():
        return history()


def living_on(home: Path, until: timedelta, act: Callable[[Workplace], None] | None = None) -> None:
    """Let the colleagues work so long, by a clock that runs as fast as they work.

    Args:
        home: the company.
        until: how long.
        act: what the visitor does on the way, again and again.
    """
    clock = Clock(NOW)
    visitor = Workplace(load(home), clock, "tty1")

    def wait(seconds: float) -> bool:
        clock.at += timedelta(seconds=seconds)
        if act is not None:
            act(visitor)
        return clock.at - NOW > until

    colleagues.run(Workplace(load(home), clock, STATION), home, 7, wait)


@pytest.mark.parametrize("seed", [7, 42])
def test_everybody_has_work_when_it_opens(tmp_path: Path, seed: int) -> None:
    copied_to(tmp_path / "home", seed)
    with connection.reading():
        assert work_by_role() >= {*STAGE_ROLES.values(), *EXCEPTION_ROLES.values()}
        assert all(count for count in queues().values()), queues()
        kinds = {k for (k,) in rows(OrderException.select(OrderException.kind).distinct())}
        assert kinds >= set(ExceptionKind) - {ExceptionKind.OTHER}
        assert list(trail.verify()) == []


def test_some_of_it_is_late_or_soon_will_be_and_much_was_done(home: Path) -> None:
    opened = Task.done_at.is_null()
    assert Task.select().where(opened & (Task.due_at < NOW)).exists()
    soon = (Task.due_at > NOW) & (Task.due_at < NOW + timedelta(minutes=20))
    assert Task.select().where(opened & soon).exists()
    done = rows(Task.select(Task.done_at).where(Task.done_at.is_null(False)))
    assert len({at.replace(minute=0, second=0, microsecond=0) for (at,) in done}) >= 7
    assert max(at for at, *_ in history()) <= NOW
    assert load(home).site.name == company.SHOP


def test_the_company_has_a_past(home: Path) -> None:
    settings = load(home)
    last = weekly(settings, week_of(NOW.date(), settings.site.zone).before().monday, NOW)
    assert sum(day.received for day in last.volumes) > 200
    assert {row.stage for row in last.stages if row.this.took.count} >= {*FLOWS[Nature.STANDARD]}
    opened = {row.kind for row in last.troubles.kinds if row.opened}
    assert opened >= set(ExceptionKind) - {ExceptionKind.OTHER}
    for told in (last.carriers, last.escalations, last.messages, last.followed, last.reserves):
        assert told
    assert last.scores.replies > 20
    assert last.staffing.worked_days == 7
    assert all(queue.per_hour for queue in foreseen(settings, NOW).queues)
    assert miscounted() == []
    assert not in_surge("TM", NOW.astimezone(settings.site.zone).date())


def test_every_page_of_the_duties_has_something(home: Path) -> None:
    settings = load(home)
    assert messages(settings, NOW, Which.FAILED)
    assert list((home / "messages").iterdir())
    visitor = company.VISITOR
    (waiting,) = waiting_for(visitor.badge, visitor.roles, settings, NOW)
    assert waiting.role is Role.REVIEWER
    week = week_of(NOW.date(), settings.site.zone).before(9)
    assert {row.outcome for row in measures(settings, NOW, since=week.monday)} == {
        None,
        MeasureOutcome.WORKED,
    }
    follow_up = (OrderException.kind == ExceptionKind.FOLLOW_UP) & (
        OrderException.resolved_at.is_null()
    )
    assert OrderException.select().where(follow_up).exists()


def test_the_duties_go_on_beside_the_visitor(home: Path) -> None:
    told = Notification.select().where(Notification.recipient == company.VISITOR.badge)
    notices, files = told.count(), len(list((home / "messages").iterdir()))
    living_on(home, timedelta(minutes=4))
    assert len(list((home / "messages").iterdir())) > files
    assert notices < told.count() < notices + 30
    assert Heartbeat.get_by_id("clock").at > NOW + timedelta(minutes=2)


def test_the_clocks_run_at_every_hour_of_every_day(home: Path) -> None:
    settings = load(home)
    time_there = Workplace(settings, Clock(NOW), STATION).working_time
    for day in range(14):
        at = NOW + timedelta(days=day, hours=day)
        assert time_there.add(at, settings.limits.review) == at + timedelta(hours=1)
        assert time_there.add(at, settings.limits.preparation_custom) == at + timedelta(days=3)


def test_the_visitor_may_do_all_the_work(home: Path) -> None:
    visitor = Staff.get_by_id(company.VISITOR.badge)
    assert set(visitor.roles) >= {*STAGE_ROLES.values(), *EXCEPTION_ROLES.values()}
    assert Role.MANAGER in visitor.superior.roles
    assert load(home).screen.idle_minutes == 0


def test_the_same_seed_and_time_give_the_same_company(tmp_path: Path) -> None:
    copied_to(tmp_path / "one")
    first = read_history()
    copied_to(tmp_path / "other", 42)
    assert read_history() != first
    company_of(tmp_path / "again")
    assert read_history() == first


def test_the_colleagues_leave_enough_in_every_queue_and_get_on(home: Path) -> None:
    before, orders = len(history()), Order.select().count()
    done = Task.select().where(Task.done_at.is_null(False)).count()
    lowest = queues()

    def look(_: Workplace) -> None:
        for stage, count in queues().items():
            lowest[stage] = min(lowest[stage], count)

    living_on(home, timedelta(minutes=8), look)
    assert min(lowest[stage] for stage in Stage if colleagues.LEFT[stage] > 6) >= 6
    assert all(lowest.values())
    assert max(queues().values()) < 120
    assert Order.select().count() > orders + 60
    assert Task.select().where(Task.done_at.is_null(False)).count() > done + 200
    kinds = {kind for _, _, _, kind in history()[before:]}
    assert kinds >= {EventKind.RECEIVED, EventKind.CLAIMED, EventKind.STAGE_DONE, EventKind.HELD}
    assert work_by_role() >= {*STAGE_ROLES.values(), *EXCEPTION_ROLES.values()}
    rejected = home / "inbox" / "rejected"
    assert len(list(rejected.iterdir())) == 4  # the two that were spoilt in the morning
    assert list(trail.verify()) == []


def test_the_same_seed_and_clock_give_the_same_hours(tmp_path: Path) -> None:
    found = []
    for folder in ("one", "two"):
        place = copied_to(tmp_path / folder)
        living_on(place, timedelta(minutes=2))
        found.append(read_history())
    assert found[0] == found[1]


def test_what_the_visitor_has_in_hand_is_not_touched(home: Path) -> None:
    numbers = [
        rows(
            Task.select(Order.number)
            .join(Order)
            .where((Task.stage == stage) & Task.done_at.is_null() & Task.assignee.is_null())
            .order_by(Task.due_at)
            .limit(30)
        )
        for stage in Stage
    ]
    taken = {number for found in numbers for (number,) in found[::2]}
    visitor = Workplace(load(home), Clock(NOW), "tty1")
    for number in taken:
        stages.claim(visitor, company.VISITOR.badge, number)
    last = Event.select(Event.id).order_by(Event.id.desc()).limit(1).scalar()
    living_on(home, timedelta(minutes=8))
    later = (Event.id > last) & Event.order_number.in_(sorted(taken))
    by_people = Event.actor.in_([person.badge for person in company.STAFF])
    assert rows(Event.select(Event.order_number, Event.kind).where(later & by_people)) == []
    others = rows(Event.select(Event.id).where((Event.id > last) & by_people))
    assert len(others) > 100


def test_an_order_stays_the_visitors_through_every_stage(home: Path) -> None:
    (number,) = rows(
        Task.select(Order.number)
        .join(Order)
        .where((Task.stage == Stage.REVIEW) & Task.done_at.is_null() & Task.assignee.is_null())
        .order_by(Task.due_at.desc())
        .limit(1)
    )[0]
    visitor = Workplace(load(home), Clock(NOW), "tty1")
    last = Event.select(Event.id).order_by(Event.id.desc()).limit(1).scalar()
    stages.confirm(visitor, company.VISITOR.badge, number, reason="peak_volume")
    living_on(home, timedelta(minutes=8))
    later = (Event.id > last) & (Event.order_number == number)
    actors = pairs(Event.select(Event.actor, Event.id).where(later))
    assert company.VISITOR.badge in actors
    assert not actors.keys() & {person.badge for person in company.STAFF}


# -- the process beside ---------------------------------------------------------------------------

_PARENT = """
import sys, time
from pathlib import Path
from orderterm.demo.live import open_live
with open_live(Path(sys.argv[1]), 7):
    time.sleep(600)
"""


def test_it_lives_on_beside_and_ends_with_the_screens(home: Path) -> None:
    last = len(history())
    with live.open_live(home, 7):
        assert _comes(lambda: len(history()) > last + 3)
        (process,) = _running(home)
    assert _comes(lambda: not _is_alive(process))
    assert list(trail.verify()) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_dies_with_its_parent(home: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", _PARENT, str(home)]
    last = len(history())
    parent = subprocess.Popen(command, cwd=ROOT)
    try:
        assert _comes(lambda: len(history()) > last)
        (process,) = _running(home)
    finally:
        parent.send_signal(how)
        parent.wait()
    assert _comes(lambda: not _is_alive(process))
    assert list(trail.verify()) == []


def test_it_ends_at_a_signal_and_another_takes_over(home: Path) -> None:
    for _ in range(2):
        last = len(history())
        with live.open_live(home, 7):
            assert _comes(lambda last=last: len(history()) > last)  # type: ignore[misc]
            (process,) = _running(home)
            os.kill(process, signal.SIGTERM)
            assert _comes(lambda process=process: not _is_alive(process))  # type: ignore[misc]
    assert list(trail.verify()) == []


def test_a_home_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    place = Workplace(load(tmp_path), Clock(NOW), STATION)
    with pytest.raises(OrdertermError, match="no demo"):
        live.live_on(place, tmp_path, 7, pipe=0)


def _running(home: Path) -> list[int]:
    """The process ids of the colleagues of this home."""
    wanted = f"--home\0{home}\0colleagues\0".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # one that has ended meanwhile
            if wanted in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return found


def _is_alive(process: int) -> bool:
    """Whether it runs; one that has ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _comes(true: Callable[[], bool]) -> bool:
    """Whether something comes true, given time."""
    give_up = time.monotonic() + MOST_SECONDS
    while time.monotonic() < give_up:
        if true():
            return True
        time.sleep(0.05)
    return False


def _nothing(_: Any) -> None:
    """Nobody listens."""
