"""The manager's page of measures: agree on one, and say what came of it."""

from datetime import date
from typing import Any

from orderterm.store.connection import reading
from orderterm.store.tables import Measure
from orderterm.terms import MeasureOutcome, Stage
from orderterm.workflow import measures
from screens.lists.measure_rows import MEASURES
from tests.contract.company import Company
from tests.screens.seat import Seat, seated

CAUSE, TEXT = "shortage:A", "order more"


def kept() -> Any:
    with reading():
        return Measure.get()


async def to_measures(seat: Seat) -> None:
    while seat.desk.page.columns is not MEASURES:
        await seat.press("tab")


async def test_a_measure_is_agreed_on_against_a_cause_of_the_week(company: Company) -> None:
    company.finish(company.ordered(Stage.ALLOCATION), Stage.ALLOCATION)
    async with seated(company, "boss") as seat:
        await to_measures(seat)
        await seat.shows("no measure is agreed on")
        assert "M new measure" in seat.lines[-1]
        await seat.press("M", "2")
        await seat.shows("A short")
        await seat.press("1")
        assert "what is to be done? " in seat.lines[-1] + " "
        await seat.type(TEXT)
        await seat.type("buyer")
        await seat.press("backspace", "3", "enter")
        assert seat.answer == "measure 1: Buyer until 2026-11-26: order more"
        await seat.shows("11-26")
        await seat.shows("against: A short, 1 times in that week")
    found = kept()
    assert (found.cause, found.text, found.responsible_id) == (CAUSE, TEXT, "buyer")
    assert (found.week, found.due_on, found.baseline) == ("2026-11-23", "2026-11-26", 1)


async def test_a_measure_is_finished_with_what_came_of_it(company: Company) -> None:
    week, due = date(2026, 11, 16), date(2026, 11, 24)
    measures.agree(company.workplace, "boss", week, "talk more", TEXT, "buyer", due)
    company.later(days=2)
    async with seated(company, "boss", size=(120, 40)) as seat:
        await to_measures(seat)
        await seat.shows("overdue")
        await seat.press("W", "2")
        await seat.type("nobody came")
        assert seat.answer == "measure 1 is finished: did not work"
        await seat.shows("nobody came")
        await seat.press("W")
        assert seat.answer == "measure 1 is finished already: did not work"
    assert kept().outcome is MeasureOutcome.DID_NOT_WORK


async def test_a_long_measure_can_be_read_whole(company: Company) -> None:
    text = "count the shelf every Monday, and order two days before it is empty " * 2 + "at last"
    week, due = date(2026, 11, 16), date(2026, 11, 24)
    measures.agree(company.workplace, "boss", week, "talk more", text, "buyer", due)
    async with seated(company, "boss") as seat:
        await to_measures(seat)
        await seat.shows("at last")
