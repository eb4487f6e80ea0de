"""Twenty processes at once: nothing is done twice or promised twice, nobody is locked out."""

import multiprocessing
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orderterm.errors import Refusal
from orderterm.settings import parse
from orderterm.store import connection, trail
from orderterm.store.queries import rows
from orderterm.store.tables import Event
from orderterm.terms import Stage
from orderterm.workflow import stages
from orderterm.workflow.workplace import Workplace
from tests.contract.company import MONDAY, Company

PROCESSES = 20
ORDERS = 40
LAST_UNITS = 15


def station(file: Path, numbers: list[str], seed: int, start: str) -> Counter[str]:
    """One station: it confirms review and allocation of every order, in an order of its own."""
    connection.use(file)
    workplace = Workplace(parse({}), lambda: MONDAY, f"t{seed}")
    shuffled = random.Random(seed).sample(numbers, len(numbers))
    results: Counter[str] = Counter()
    while datetime.now(UTC).isoformat() < start:
        pass
    for number in shuffled:
        for badge, stage in (("rev", Stage.REVIEW), ("inv", Stage.ALLOCATION)):
            try:
                done = stages.confirm(workplace, badge, number, stage=stage)
            except Refusal:
                results["refused"] += 1
            else:
                results[f"{stage.value} {'done' if done.changed else 'known'}"] += 1
    return results


@pytest.mark.parametrize("seed", [1])
def test_twenty_stations_at_the_same_orders(database: Path, seed: int) -> None:
    with connection.reading():
        company = Company(database)
        company.stock(A=LAST_UNITS)
        numbers = company.receive(*(company.draft() for _ in range(ORDERS))).new
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # read once, not by every station
    with context.Pool(PROCESSES) as pool:
        pool.map(abs, range(PROCESSES))
        start = datetime.now(UTC).isoformat()
        work = [(database, numbers, seed * 1000 + turn, start) for turn in range(PROCESSES)]
        results = sum(pool.starmap(station, work, chunksize=1), Counter())
    assert results["review done"] == ORDERS
    assert results["review known"] == ORDERS * (PROCESSES - 1)
    # One try an order holds stock or raises the shortage; the rest are told so.
    assert results["allocation done"] == ORDERS
    assert results["allocation known"] == LAST_UNITS * (PROCESSES - 1)
    assert results["refused"] == (ORDERS - LAST_UNITS) * (PROCESSES - 1)
    with connection.reading():
        assert company.level("A") == (LAST_UNITS, LAST_UNITS)
        assert sum(bool(company.held(number)) for number in numbers) == LAST_UNITS
        kinds = Counter(kind for (kind,) in rows(Event.select(Event.kind)))
        assert kinds["stage_done"] == ORDERS + LAST_UNITS
        assert kinds["exception_raised"] == ORDERS - LAST_UNITS
        assert list(trail.verify()) == []
