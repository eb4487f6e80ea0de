"""A station killed with SIGKILL at 1,000 random points: what it was told is done must be done."""

import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from peewee import fn

from orderterm.store import connection, trail
from orderterm.store.queries import rows
from orderterm.store.tables import Event, Order, StockMovement, Task
from orderterm.terms import EventKind, MovementKind, Stage, TaskOutcome
from orderterm.workflow import stages
from orderterm.workflow.details import Details
from orderterm.workflow.workplace import Workplace
from tests.bench import home

KILLS, SEED = 1_000, 7
LONGEST_LIFE_SECONDS = 0.08
STEPS = (
    (Stage.REVIEW, "reviewer"),
    (Stage.ALLOCATION, "inventory"),
    (Stage.PREPARATION, "preparation"),
    (Stage.SHIPPING, "shipping"),
    (Stage.TRACKING, "tracking"),
    (Stage.CONFIRMATION, "tracking"),
)


def run() -> tuple[int, int]:
    """Kill a working process again and again, then look at what it left.

    Returns:
        How often it was killed, and how many steps it had been told are done.
    """
    with tempfile.TemporaryDirectory(prefix="orderterm-kills-") as name:
        workplace = home.make(Path(name))
        with connection.reading():
            for _ in islice(_work(workplace, KILLS), 2 * (1 + len(STEPS))):
                pass  # each child inherits what this warms up
            before = _on_hand() + 3 * 2
        told = Path(name) / "told"
        told.touch()
        chance = random.Random(SEED)
        for turn in range(KILLS):
            _live_and_die(workplace, turn, told, chance.uniform(0.001, LONGEST_LIFE_SECONDS))
        said = told.read_text().split()
        with connection.reading():
            _check(said, before)
        return KILLS, len(said)


def _live_and_die(workplace: Workplace, turn: int, told: Path, seconds: float) -> None:
    child = os.fork()
    if child == 0:
        try:
            with connection.reading(), told.open("a", buffering=1) as saying:
                for said in _work(workplace, turn):
                    saying.write(f"{said}\n")
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _work(workplace: Workplace, turn: int) -> Iterator[str]:
    """Orders through all their stages, for ever; each step is told when it is done."""
    for serial in range(turn * 1000, turn * 1000 + 1000):
        (number,) = home.orders(workplace, 1, first=serial)
        yield f"{number}/received"
        for stage, badge in STEPS:
            parcel = Details(carrier="顺丰", waybill=f"SF{serial:010d}")
            details = parcel if stage is Stage.SHIPPING else None
            stages.confirm(workplace, badge, number, stage=stage, details=details)
            yield f"{number}/{stage.value}"


def _check(said: list[str], before: int) -> None:
    assert not list(trail.verify())
    numbers = {number for (number,) in rows(Order.select(Order.number))}
    done = {
        f"{number}/{stage}"
        for number, stage in rows(
            Task.select(Order.number, Task.stage)
            .join(Order)
            .where(Task.outcome == TaskOutcome.DONE)
        )
    }
    done |= {f"{number}/received" for number in numbers}
    lost = set(said) - done
    assert not lost, f"lost: {sorted(lost)[:5]}"
    assert len(said) == len(set(said)), "a step was told twice"
    events = Event.select().where(Event.kind == EventKind.STAGE_DONE.value).count()
    assert events == len(done) - len(numbers), "a step without its event, or an event alone"
    shipped = sum(one.endswith("/shipping") for one in done)
    out = StockMovement.select().where(StockMovement.kind == MovementKind.SHIPMENT).count()
    assert out == 3 * shipped, "a parcel with half its stock"
    assert _on_hand() == before - 3 * shipped


def _on_hand() -> int:
    return int(StockMovement.select(fn.SUM(StockMovement.quantity)).scalar())
