"""Killed at any point, the engine's next run brings what is missing and nothing twice."""

import random
import signal
import time
from pathlib import Path

from orderterm.store import connection
from orderterm.store.tables import OrderLine, Task
from tests.duties.engines import QUICK, names_in, run_once, said, start, wait_for
from tests.duties.homes import Home, orders_csv, row


def file_of(count: int, lines: int = 2) -> str:
    skus = ("BW-500", "BW-750", "BS-01")[:lines]
    return orders_csv(*(row(f"K{n:06d}", sku) for n in range(count) for sku in skus))


def assert_exactly(home: Home, count: int, lines: int = 2) -> None:
    assert home.count() == count
    with connection.reading():
        assert OrderLine.select().count() == count * lines
        assert Task.select().count() == count
    found = home.orders()
    assert set(found) == {f"K{n:06d}" for n in range(count)}
    assert len({order.number for order in found.values()}) == count
    assert home.flaws() == []
    assert names_in(home.inbox / "done") == ["big.csv"]
    assert names_in(home.inbox / "rejected") == []
    assert [p.name for p in (home.inbox / ".work").iterdir()] == [".probe"]


def test_killed_in_the_middle_of_a_big_file(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", QUICK)
    home.take_company()
    home.drop("big.csv", file_of(20_000))
    engine = start(home.folder)
    wait_for(lambda: home.count() >= 4000, home.folder)
    engine.kill()
    assert engine.wait() == -signal.SIGKILL
    assert home.count() < 20_000
    assert home.flaws() == []

    run_once(home.folder)
    assert_exactly(home, 20_000)


def test_killed_at_any_point_again_and_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", QUICK)
    home.take_company()
    chance = random.Random(7)
    home.drop("big.csv", file_of(3000))
    for _ in range(15):
        engine = start(home.folder)
        # From before its first look to well into the file; then each start finds more done.
        time.sleep(chance.uniform(0.3, 1.1))
        engine.kill()
        engine.wait()
        assert home.flaws() == [], said(home.folder)
        assert home.count() % 500 == 0
    run_once(home.folder)
    assert_exactly(home, 3000)
