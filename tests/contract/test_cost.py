"""A key press stays cheap: how many statements it takes is watched here."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from orderterm.store.tables import database as the_database
from orderterm.terms import Stage
from tests.contract.company import WORKER, Company

MOST = {
    Stage.REVIEW: 12,
    Stage.ALLOCATION: 18,
    Stage.PREPARATION: 12,
    Stage.SHIPPING: 18,
    Stage.TRACKING: 13,
    Stage.CONFIRMATION: 12,
}


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that the database is given."""
    seen: list[str] = []
    raw = the_database.connection()
    raw.set_trace_callback(lambda sql: None if sql.startswith("--") else seen.append(sql))
    yield seen
    raw.set_trace_callback(None)


@pytest.mark.parametrize("stage", MOST)
def test_a_confirmation_takes_few_statements(company: Company, stage: Stage) -> None:
    company.stock(A=1)
    number = company.ordered(stage)
    with statements() as seen:
        parcel = {"carrier": "SF", "waybill": "W1"} if stage is Stage.SHIPPING else {}
        company.confirm(WORKER[stage], number, stage=stage, **parcel)
    assert len(seen) <= MOST[stage], "\n".join(seen)
    assert seen[0] == "BEGIN IMMEDIATE"
    assert seen[-1] == "COMMIT"
