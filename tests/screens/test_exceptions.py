"""The screen of whoever deals with exceptions."""

import pytest

from orderterm.terms import Condition, ExceptionKind, ExceptionPath, Stage
from tests.contract.company import Company
from tests.screens.seat import seated


@pytest.fixture
def company(company: Company) -> Company:
    company.stock(A=100, B=100)
    return company


def late(company: Company) -> str:
    """An order whose carrier is late."""
    number = company.ordered(Stage.TRACKING)
    company.trouble("track", number, ExceptionKind.CARRIER_DELAY, note="no movement")
    return number


async def test_every_open_exception_stands_here_whoever_must_act(company: Company) -> None:
    missing = company.order(contact="")
    delayed = late(company)
    async with seated(company, "exc") as seat:
        assert set(seat.numbers) == {missing, delayed}
        assert "sales" in seat.text
        assert "another carrier" in seat.text or "expedite" in seat.text


async def test_the_detail_begins_with_what_is_wrong_and_the_ways_out(company: Company) -> None:
    late(company)
    async with seated(company, "exc") as seat:
        await seat.shows("carrier delay: no movement")
        await seat.shows("Track, 11-23 10:00; exceptions acts")
        await seat.shows("ways out: expedite, another carrier")


async def test_an_exception_is_resolved(company: Company) -> None:
    number = late(company)
    async with seated(company, "exc") as seat:
        await seat.press("c", "1")
        await seat.type("2")
        await seat.press("1")
        assert company.paths(number) == [ExceptionPath.EXPEDITE]
        assert company.exceptions(number) == []


async def test_others_are_settled_in_words(company: Company) -> None:
    number = company.order()
    company.trouble("rev", number, ExceptionKind.OTHER)
    async with seated(company, "exc") as seat:
        await seat.press("e", "1")
        await seat.type("talked it over")
        assert company.paths(number) == [ExceptionPath.SETTLE]


async def test_all_marked_of_one_kind_are_resolved_by_one_way(company: Company) -> None:
    numbers = [late(company) for _ in range(3)]
    async with seated(company, "exc") as seat:
        await seat.press("A", "c", "1")
        await seat.type("2")
        await seat.press("1")
        await seat.shows("all 3 orders?")
        await seat.press("1")
        assert [company.exceptions(number) for number in numbers] == [[], [], []]
        assert seat.answer == "all 3 done"


async def test_marked_ones_of_several_kinds_are_not_mixed(company: Company) -> None:
    late(company)
    company.order(contact="")
    async with seated(company, "exc") as seat:
        await seat.press("A", "e")
        assert "several kinds" in seat.answer


async def test_what_belongs_to_one_order_is_not_done_to_many(company: Company) -> None:
    numbers = [company.order(contact="") for _ in range(2)]
    async with seated(company, "exc") as seat:
        await seat.press("A", "e")
        assert "1 cancel" in seat.text  # and no fields to complete, which are each order's own
        await seat.press("1")
        await seat.press("1", "1")
        assert [company.condition(number) for number in numbers] == [Condition.CANCELLED] * 2


async def test_one_key_shows_one_kind_and_tab_goes_on(company: Company) -> None:
    missing, delayed = company.order(contact=""), late(company)
    async with seated(company, "exc") as seat:
        await seat.press("k", "3")
        assert seat.numbers == [missing]
        await seat.press("tab")
        assert seat.numbers == [delayed]
        await seat.press("k", "1")
        assert set(seat.numbers) == {missing, delayed}


async def test_an_exception_is_raised_on_an_order_that_was_found(company: Company) -> None:
    number = company.order()
    async with seated(company, "exc") as seat:
        await seat.scan(number)
        await seat.press("x", "5")
        await seat.type("label torn")
        assert company.exceptions(number) == [ExceptionKind.OTHER]
