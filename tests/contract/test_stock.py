"""On hand is what all movements come to, however they are reckoned."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import fn

from orderterm.store import stock
from orderterm.store.connection import transaction
from orderterm.store.queries import pairs
from orderterm.store.tables import StockCheckpoint, StockMovement
from orderterm.terms import MovementKind, Stage
from orderterm.views.stock import stock as stock_rows
from orderterm.workflow import undo
from tests.contract.company import MONDAY, PRODUCTS, Company
from tests.views.plans import asked, scans, steps

FEW = 2
MOVES = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(PRODUCTS), st.integers(-9, 9).filter(bool), max_size=3),
        st.booleans(),
    ),
    max_size=25,
)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock, "MOST_AFTER", FEW)


class Broken(Exception):
    """What ends a transaction that is not to be kept."""


def moved() -> dict[str, int]:
    """What every movement of each SKU comes to."""
    all_of_it = StockMovement.select(StockMovement.sku, fn.SUM(StockMovement.quantity))
    return pairs(all_of_it.group_by(StockMovement.sku))


def after_checkpoints() -> Iterator[int]:
    """How many movements lie after each SKU's checkpoint."""
    for point in StockCheckpoint.select():
        own = StockMovement.sku == point.sku
        yield StockMovement.select().where(own & (StockMovement.id > point.movement_id)).count()


@pytest.mark.usefixtures("company")
@given(moves=MOVES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_on_hand_is_what_the_movements_come_to(moves: Any) -> None:
    StockCheckpoint.delete().execute()
    StockMovement.delete().execute()
    for pieces, kept in moves:
        try:
            with transaction():
                stock.move(MovementKind.COUNT, pieces, MONDAY)
                if not kept:
                    raise Broken
        except Broken:
            pass
        levels = stock.levels(PRODUCTS)
        assert {sku: level.on_hand for sku, level in levels.items() if level.on_hand} == {
            sku: pieces for sku, pieces in moved().items() if pieces
        }
        assert {row.sku: row.on_hand for row in stock_rows()} == {
            sku: moved().get(sku, 0) for sku in PRODUCTS
        }
        assert max(after_checkpoints(), default=0) <= FEW
        assert stock.miscounted() == []


def test_every_act_that_moves_stock_keeps_the_checkpoints(company: Company) -> None:
    company.stock(A=9, B=9)
    for times in range(1, 6):
        number = company.ordered(Stage.TRACKING, lines=[("A", 1), ("B", 2)])
        undo.undo(company.workplace, "ship", number, reason="wrong key")
        company.bring(number, None)
        company.ordered(None, nature="return", lines=[("A", 1)])
        company.arrive(B=2)
        assert (company.level("A"), company.level("B")) == ((9, 0), (9, 0)), times
    assert moved() == {"A": 9, "B": 9}
    assert stock.miscounted() == []
    assert max(after_checkpoints()) <= FEW
    assert min(point.movement_id for point in StockCheckpoint.select()) > FEW


def test_stock_is_read_from_its_checkpoints(company: Company) -> None:
    company.stock(A=1)
    with asked() as found:
        stock.levels(PRODUCTS)
        stock_rows()
        stock_rows("A")
    assert {table for table, _ in scans(found)} <= {"product", "stock_checkpoint", "allocation"}
    of_movements = {step for step in steps(found) if " stock_movement " in step}
    assert of_movements
    assert all("COVERING INDEX" in step and "id>?" in step for step in of_movements)
