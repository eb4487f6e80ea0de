"""The clock in real engines: every level once, however many watch and whichever is killed."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orderterm.store.connection import reading
from orderterm.store.tables import (
    Escalation,
    Event,
    Heartbeat,
    Notification,
    Task,
    Timetable,
)
from orderterm.terms import EventKind, Role
from orderterm.workflow import escalations, registers
from orderterm.workflow.workplace import Workplace
from tests.duties import engines
from tests.duties.engines import QUICK, said, wait_for
from tests.duties.homes import Home, many

ORDERS = 400
BADGES = ("boss", "boss2", "top")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home", QUICK)
    made.take_company()
    registers.add_staff(made.workplace, "admin", "top", "Top", [Role.SUPERVISOR])
    for badge in ("boss", "boss2"):
        registers.add_staff(made.workplace, "admin", badge, badge, [Role.MANAGER], "top")
    return made


def overdue(home: Home, count: int) -> None:
    """So many reviews that have been overdue for long."""
    home.now = datetime.now(UTC) - timedelta(days=9)
    home.take(home.write(many(count)))


def test_once_tells_what_is_overdue(home: Home) -> None:
    overdue(home, 3)
    engines.run_once(home.folder)
    with reading():
        levels = [(one.level, one.cause) for one in Escalation.select()]
        assert sorted(levels) == [(1, "overdue")] * 3 + [(2, "overdue")] * 3
        assert Heartbeat.get().duty == "clock"
        assert Timetable.select().count() == 1


KILLING = """
import os, random, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
from orderterm import settings
from orderterm.store import connection
from orderterm.workflow import escalations
from orderterm.workflow.workplace import Workplace
home, kills = Path(sys.argv[1]), int(sys.argv[2])
escalations.BATCH = 5
chance = random.Random(5)
connection.use(home / "orderterm.db")
workplace = Workplace(settings.load(home), lambda: datetime.now(UTC), "clock")

def begin():
    child = os.fork()
    if child:
        return child
    try:
        escalations.pass_clock(workplace)
        os._exit(0)
    except BaseException as error:
        print(repr(error), flush=True)
        os._exit(1)

at_work = [begin() for _ in range(3)]
for _ in range(kills):
    time.sleep(chance.random() * 0.04)
    victim = at_work.pop(chance.randrange(3))
    os.kill(victim, signal.SIGKILL)
    os.waitpid(victim, 0)
    at_work.append(begin())
failed = sum(os.waitpid(child, 0)[1] != 0 for child in at_work)
sys.exit(failed)
"""
"""Three that pass the clock, one of which is killed and followed by another again and again."""


def test_killed_at_random_points_everything_is_told_once(home: Home) -> None:
    overdue(home, ORDERS)
    command = [sys.executable, "-c", KILLING, str(home.folder), "40"]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(engines.ROOT)}, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    check_all_told_once(home)


def remaining() -> int:
    return int(Task.select().where(Task.alert_at.is_null(False)).count())


def check_all_told_once(home: Home) -> None:
    with reading():
        subjects = {f"task:{task.id}" for task in Task.select()}
        levels = [(one.subject, one.level) for one in Escalation.select()]
        assert sorted(levels) == sorted((one, level) for one in subjects for level in (1, 2))
        for badge, level in (("boss", 1), ("boss2", 1), ("top", 2)):
            told = Notification.select().where(Notification.recipient == badge)
            assert sorted(one.subject for one in told) == sorted(subjects)
            assert {one.level for one in told} == {level}
        on_trail = Event.select().where(Event.kind == EventKind.ESCALATED.value).count()
        assert on_trail == 2 * ORDERS
    assert home.flaws() == []


def test_a_pass_that_is_cut_off_leaves_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    overdue(home, 5)
    now = datetime.now(UTC)
    work = Workplace(home.settings, lambda: now, "t")
    acts = ("_keep", "_keep_alerts", "tell", "_entry")
    for act in acts:
        with monkeypatch.context() as patch:
            patch.setattr(escalations, act, cut_off)
            with pytest.raises(KeyboardInterrupt):
                escalations.pass_clock(work)
        with reading():
            assert Escalation.select().count() == Notification.select().count() == 0
            assert remaining() == 5
    assert escalations.pass_clock(work) == 10


def cut_off(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


# -- settings -------------------------------------------------------------------------------------


def rewrite(home: Home, before: str, after: str) -> None:
    file = home.folder / "orderterm.toml"
    text = file.read_text("utf-8")
    assert before in text
    other = file.with_suffix(".new")
    other.write_text(text.replace(before, after), "utf-8")
    other.replace(file)


def test_a_running_engine_follows_its_settings(home: Home) -> None:
    review = "review = { hours = 1, clock"
    home.now = datetime.now(UTC)
    home.take(home.write(many(2)))
    with engines.running(home.folder):
        wait_for(lambda: timetables(), home.folder)
        rewrite(home, review, "review = { hours = -1, clock")
        wait_for(lambda: "the settings stay as they were" in said(home.folder), home.folder)
        rewrite(home, "review = { hours = -1, clock", "review = { hours = 5, clock")
        wait_for(lambda: "2 deadlines moved" in said(home.folder), home.folder)
    assert "orderterm.toml has changed" in said(home.folder)
    with reading():
        kind = EventKind.TIMETABLE_CHANGED.value
        assert Event.select().where(Event.kind == kind).count() == 1


def test_settings_wait_for_a_template_that_is_mended(home: Home) -> None:
    templates = home.folder / "templates"
    templates.mkdir(exist_ok=True)
    template = templates / "survey.zh.txt"
    with engines.running(home.folder):
        wait_for(lambda: "watching" in said(home.folder), home.folder)
        template.write_text("{nobody knows", "utf-8")
        rewrite(home, "review = { hours = 1, clock", "review = { hours = 5, clock")
        wait_for(lambda: "the settings stay as they were" in said(home.folder), home.folder)
        time.sleep(2.0)  # some looks later
        template.unlink()
        wait_for(lambda: "its settings are in use now" in said(home.folder), home.folder)
    assert said(home.folder).count("the settings stay as they were") == 1


def timetables() -> int:
    with reading():
        return int(Timetable.select().count())


def test_settings_that_a_duty_cant_use_are_told_at_start(home: Home) -> None:
    rewrite(home, 'sender = "files"', 'sender = "nobody"')
    process = engines.start(home.folder, "--once")
    assert process.wait(engines.PATIENCE) != 0
    assert "nobody" in said(home.folder)
