"""The running engine: whatever way a file comes, it is taken whole and once."""

import errno
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from orderterm.duties import engine
from orderterm.errors import OrdertermError
from orderterm.store import connection
from orderterm.store.tables import ImportFile
from tests.duties import engines
from tests.duties.engines import QUICK, names_in, running, said, wait_for
from tests.duties.homes import SAMPLES, Home, many, orders_csv, row


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home", QUICK)
    made.take_company()
    return made


def has_taken(home: Home, count: int) -> None:
    """Wait until so many files are done, and none is in hand any more."""
    wait_for(lambda: len(names_in(home.inbox / "done")) == count, home.folder)


# -- once ---------------------------------------------------------------------------------------


def test_once_takes_what_lies_there_and_ends(home: Home) -> None:
    home.drop("a.csv", many(3))
    home.drop("b.csv", "nonsense")
    told = engines.run_once(home.folder)

    assert "a.csv: 3 new orders" in told
    assert "rejected: b.csv" in told
    assert names_in(home.inbox / "done") == ["a.csv"]
    assert names_in(home.inbox / "rejected") == ["b.csv", "b.csv.reason.txt"]
    assert [p.name for p in (home.inbox / "EC").iterdir()] == ["README.md"]
    assert [p.name for p in (home.inbox / ".work").iterdir()] == [".probe"]


def test_it_goes_on_where_nothing_can_be_told(home: Home) -> None:
    """As where what it says goes to a file, and the disk is full."""
    home.drop("a.csv", many(3))

    def tell(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    engine.run(home.workplace, home.folder, once=True, tell=tell)
    assert names_in(home.inbox / "done") == ["a.csv"]


def test_a_file_dropped_while_no_engine_ran_is_taken(home: Home) -> None:
    home.drop("a.csv", many(2))
    with running(home.folder):
        has_taken(home, 1)
    assert home.count() == 2


def test_without_an_inbox_it_says_what_to_do(home: Home) -> None:
    shutil.rmtree(home.inbox)
    with pytest.raises(OrdertermError, match="orderterm init"):
        engine.run(home.workplace, home.folder, once=True, tell=print)


def test_an_inbox_it_may_not_write_to_is_told(home: Home) -> None:
    (home.inbox / ".work").write_text("in the way")
    with pytest.raises(OrdertermError, match="can't be used"):
        engine.run(home.workplace, home.folder, once=True, tell=print)


# -- watching -----------------------------------------------------------------------------------


@pytest.mark.parametrize("polling", [False, True])
def test_whatever_way_a_file_comes(tmp_path: Path, polling: bool) -> None:
    changes = QUICK | ({"polling = false": "polling = true"} if polling else {})
    home = Home(tmp_path / "home", changes)
    with running(home.folder):
        home.drop("whole.csv", many(2, "A"))
        outside = home.folder / "outside.csv"
        outside.write_text(many(2, "B"), "utf-8")
        outside.rename(home.inbox / "EC" / "moved-in.csv")
        partly = home.drop("renamed.csv.part", many(2, "C"))
        partly.rename(partly.with_suffix(""))
        has_taken(home, 3)
    assert home.count() == 6
    assert names_in(home.inbox / "rejected") == []


def test_a_slow_writer_is_waited_for(home: Home) -> None:
    whole = many(400)
    with running(home.folder):
        with (home.inbox / "EC/slow.csv").open("w", encoding="utf-8") as file:
            # The engine takes a quick file between any two pieces: it has looked meanwhile.
            for number, start in enumerate(range(0, len(whole), len(whole) // 3)):
                file.write(whole[start : start + len(whole) // 3])
                file.flush()
                home.drop(f"quick{number}.csv", orders_csv(row(f"Q-{number}")))
                has_taken(home, number + 1)
                assert (home.inbox / "EC/slow.csv").exists()
        quick = number + 1
        has_taken(home, quick + 1)
    assert home.count() == 400 + quick
    assert said(home.folder).count("slow.csv") == 1


def test_who_keeps_a_file_open_is_waited_for_past_the_settling_time(home: Home) -> None:
    whole = many(100)
    with running(home.folder):
        with (home.inbox / "EC/stalled.csv").open("w", encoding="utf-8") as file:
            file.write(whole[:2000])
            file.flush()
            for number in range(3):
                # Its age when the next file is taken is past the settling time.
                time.sleep(home.settings.inbox.settle_seconds)
                home.drop(f"quick{number}.csv", orders_csv(row(f"Q-{number}")))
                has_taken(home, number + 1)
            assert (home.inbox / "EC/stalled.csv").exists()
            file.write(whole[2000:])
        has_taken(home, 4)
    assert home.count() == 103


def test_many_files_at_once(home: Home) -> None:
    with running(home.folder):
        for number in range(40):
            home.drop(f"{number:03d}.csv", orders_csv(row(f"N-{number}")))
        has_taken(home, 40)
    assert home.count() == 40


def test_a_folder_that_was_deleted_and_made_again(home: Home) -> None:
    with running(home.folder):
        shutil.rmtree(home.inbox / "EC")
        home.drop("other.csv", many(1, "D"), folder="DL")
        has_taken(home, 1)
        (home.inbox / "EC").mkdir()
        home.drop("again.csv", many(2))
        has_taken(home, 2)
    assert home.count() == 3


def is_removed(folder: Path) -> bool:
    """Remove a folder; not at the first try where the engine is just putting something into it."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def test_the_whole_inbox_deleted_and_made_again(home: Home) -> None:
    with running(home.folder):
        wait_for(lambda: is_removed(home.inbox), home.folder)
        wait_for(lambda: "is away" in said(home.folder), home.folder)
        (home.inbox / "EC").mkdir(parents=True)
        wait_for(lambda: "is back" in said(home.folder), home.folder)
        home.drop("again.csv", many(2))
        has_taken(home, 1)
    assert home.count() == 2


def test_the_whole_inbox_replaced_at_once(home: Home) -> None:
    with running(home.folder):
        home.inbox.rename(home.folder / "old")
        (home.inbox / "EC").mkdir(parents=True)
        home.drop("again.csv", many(2))
        has_taken(home, 1)
    assert home.count() == 2


def test_a_new_folder_for_a_channel(home: Home) -> None:
    shutil.rmtree(home.inbox / "ST")
    with running(home.folder):
        (home.inbox / "ST").mkdir()
        home.drop("first.csv", many(1), folder="ST")
        has_taken(home, 1)
    assert home.count() == 1


# -- more than one ------------------------------------------------------------------------------


def test_two_engines_take_each_file_once(home: Home) -> None:
    for number in range(30):
        home.drop(f"before{number:02d}.csv", orders_csv(row(f"B-{number}")))
    with running(home.folder, engines=2):
        for number in range(30):
            home.drop(f"after{number:02d}.csv", orders_csv(row(f"A-{number}")))
        has_taken(home, 60)
    assert home.count() == 60
    with connection.reading():
        names = [file.name for file in ImportFile.select() if file.name.startswith(("a", "b"))]
    assert len(names) == len(set(names)) == 60
    assert home.flaws() == []


def test_two_engines_and_pairs_of_files(home: Home) -> None:
    pairs = [p for p in sorted((SAMPLES / "TM/samples").iterdir()) if p.suffix == ".csv"]
    with running(home.folder, engines=2):
        for hour in range(10, 16):
            for path in pairs:
                text = path.read_bytes().replace(b"43012611", b"430126%02d" % hour)
                target = home.inbox / "TM" / path.name.replace("221000", f"22{hour}00")
                target.with_suffix(".part").write_bytes(text)
                os.replace(target.with_suffix(".part"), target)
        has_taken(home, 12)
    assert home.count() == 6 * 8
    assert names_in(home.inbox / "rejected") == []


def test_files_of_one_name_from_two_engines_are_all_kept(home: Home) -> None:
    folders = [f for f in home.settings.channels if f not in ("EC", "TM")]
    with running(home.folder, engines=2):
        for folder in folders:
            home.drop("orders.csv", orders_csv(row("N-1")), folder=folder)
        has_taken(home, len(folders))
    assert home.count() == len(folders)


# -- stopping -----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_between_two_files(home: Home, how: signal.Signals) -> None:
    for number in range(200):
        home.drop(f"{number:03d}.csv", orders_csv(row(f"N-{number}")))
    with running(home.folder) as (process,):
        wait_for(lambda: names_in(home.inbox / "done"), home.folder)
        process.send_signal(how)
        assert process.wait(engines.PATIENCE) == 0

    done = len(names_in(home.inbox / "done"))
    assert 0 < done < 200
    assert home.count() == done
    assert len(names_in(home.inbox / "EC", "*.csv")) == 200 - done
    assert [p.name for p in (home.inbox / ".work").iterdir()] == [".probe"]
