"""The watched folder's events: hints that come again after the folder was away."""

import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orderterm.duties.inbox import InboxDuty
from orderterm.duties.watch import Bell, Watch
from tests.duties.engines import QUICK, wait_for
from tests.duties.homes import Home, many


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", QUICK)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def duty(home: Home, told: list[str]) -> Iterator[InboxDuty]:
    made = InboxDuty(home.workplace, home.folder, lambda one: told.append(str(one)))
    yield made
    made.close()


def is_heard(home: Home, duty: InboxDuty, name: str = "a.csv", folder: str = "EC") -> None:
    """Drop a file and wait until the watch has told that it is whole."""
    path = home.drop(name, many(1), folder)
    wait_for(lambda: path in duty.whole, home.folder)


def test_a_file_its_writer_closed_is_whole(home: Home, duty: InboxDuty) -> None:
    with Watch(duty, Bell(duty)):
        is_heard(home, duty)


def test_it_hears_on_after_the_inbox_was_replaced(home: Home, duty: InboxDuty) -> None:
    with Watch(duty, Bell(duty)) as watch:
        home.inbox.rename(home.folder / "old")
        (home.inbox / "EC").mkdir(parents=True)
        watch.see_to_it()
        is_heard(home, duty)


def test_it_hears_on_after_a_channels_folder_was_replaced(home: Home, duty: InboxDuty) -> None:
    with Watch(duty, Bell(duty)) as watch:
        shutil.rmtree(home.inbox / "EC")
        (home.inbox / "XX").mkdir()
        os.utime(home.inbox)
        is_heard(home, duty, folder="ST")
        watch.see_to_it()
        is_heard(home, duty, "b.csv", folder="ST")


def test_notes_and_its_own_moves_do_not_wake_it(home: Home, duty: InboxDuty) -> None:
    bell = Bell(duty)
    with Watch(duty, bell):
        for place in ("done", "rejected", ".work"):
            (home.inbox / place).mkdir(exist_ok=True)
            home.drop("a.csv", many(1), place)
        home.drop("a.csv.reason.txt", "", "EC")
        home.drop("a.csv.waiting.txt", "", "EC")
        is_heard(home, duty, "last.csv")
    assert {path.name for path in duty.whole} == {"last.csv"}


def test_where_no_watch_can_be_had_it_says_so_once_and_tries_again(
    home: Home, duty: InboxDuty, told: list[str]
) -> None:
    with no_more_files(), Watch(duty, Bell(duty)) as watch:
        watch.see_to_it()
    assert len([one for one in told if "does not announce" in one]) == 1

    with Watch(duty, Bell(duty)):
        is_heard(home, duty)


@contextmanager
def no_more_files() -> Iterator[None]:
    """This process can open no further file, and so no watch."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = max(int(name) for name in os.listdir("/proc/self/fd")) + 1
    opened: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 8, hard))
    try:
        while True:
            try:
                opened.append(os.dup(0))
            except OSError:
                break
        yield
    finally:
        for one in opened:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
