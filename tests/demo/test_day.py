"""The sample company's day: the same seed gives the same day, and every stage is reached."""

from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest

from orderterm.demo import day
from orderterm.demo.feed import Feed
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence
from orderterm.settings import load
from orderterm.store import connection, trail
from orderterm.store.queries import rows
from orderterm.store.tables import (
    Allocation,
    Event,
    Order,
    OrderException,
    OrderLine,
    Shipment,
    Task,
)
from orderterm.terms import Condition, ExceptionKind, Stage

ORDERS = 50


class Day:
    """A day that has been run: what it left, as plain rows."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.told: list[Sentence] = []
        self.home, self.end = day.run(folder, orders=ORDERS, seed=seed, tell=self.told.append)
        with connection.reading():
            self.left = {
                "orders": rows(Order.select().order_by(Order.id)),
                "lines": rows(OrderLine.select().order_by(OrderLine.id)),
                "tasks": rows(Task.select().order_by(Task.id)),
                "exceptions": rows(OrderException.select().order_by(OrderException.id)),
                "shipments": rows(Shipment.select().order_by(Shipment.id)),
                "allocations": rows(Allocation.select().order_by(Allocation.id)),
                # A payload holds a random salt, and so its hash differs.
                "events": rows(
                    Event.select(Event.at, Event.actor, Event.order_number, Event.kind).order_by(
                        Event.id
                    )
                ),
            }
            self.conditions = {condition for (condition,) in rows(Order.select(Order.condition))}
            self.stages = {stage for (stage,) in rows(Task.select(Task.stage).distinct())}
            self.kinds = {k for (k,) in rows(OrderException.select(OrderException.kind).distinct())}
            self.flaws = list(trail.verify())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return Day(tmp_path_factory.mktemp("first") / "home", seed=7)


def test_the_same_seed_gives_the_same_day(first: Day, tmp_path: Path) -> None:
    second = Day(tmp_path / "home", seed=7)
    for what, left in first.left.items():
        assert left, what
        assert second.left[what] == left, what
    assert [str(one) for one in second.told] == [str(one) for one in first.told]
    assert second.end == first.end


def test_every_stage_is_reached_and_something_goes_wrong(first: Day) -> None:
    assert first.stages == set(Stage)
    assert Condition.COMPLETED in first.conditions
    assert {ExceptionKind.SHORTAGE, ExceptionKind.INFORMATION, ExceptionKind.CHANGE_REQUEST} <= (
        first.kinds
    )


def test_each_order_that_was_placed_is_there(first: Day) -> None:
    assert len(first.left["orders"]) >= ORDERS  # one that is split is kept under a further number
    assert any("products.csv: 40 rows taken" in str(one) for one in first.told)


def test_its_trail_verifies(first: Day) -> None:
    assert first.flaws == []


def test_bad_files_lie_in_rejected_beside_their_reasons(first: Day) -> None:
    rejected = first.home / load(first.home).inbox.folder / "rejected"
    assert sorted(path.name for path in rejected.iterdir()) == [
        "商城订单_传输中断.csv",
        "商城订单_传输中断.csv.reason.txt",
        "经销订单_空.csv",
        "经销订单_空.csv.reason.txt",
    ]


def test_another_seed_gives_another_day(first: Day) -> None:
    midnight = datetime.combine(day.DAY, time(), load(first.home).site.zone)
    days = [list(Feed(seed, midnight, ORDERS).files()) for seed in (7, 8)]
    assert days[0] != days[1]


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "precious.txt"
    kept.write_text("mine")
    with pytest.raises(OrdertermError, match="no demo"):
        day.run(tmp_path, orders=1, seed=1, tell=_nothing)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]
    with pytest.raises(OrdertermError, match="no demo"):
        day.run(kept, orders=1, seed=1, tell=_nothing)
    assert kept.read_text() == "mine"


def test_a_demo_takes_an_earlier_ones_place(tmp_path: Path) -> None:
    day.run(tmp_path, orders=0, seed=1, tell=_nothing)
    (tmp_path / "old.txt").write_text("of the last demo")
    day.run(tmp_path, orders=0, seed=1, tell=_nothing)
    assert not (tmp_path / "old.txt").exists()


def test_the_throw_away_folder_is_the_users_own_and_the_same_for_a_seed() -> None:
    assert day.throw_away(7) == day.throw_away(7) != day.throw_away(8)


def _nothing(_: Any) -> None:
    """Nobody listens."""
