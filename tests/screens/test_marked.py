"""Which orders an action is for: the marked ones, else the one in hand."""

import pytest

from orderterm.terms import Condition, ExceptionKind, Role, Stage
from orderterm.workflow import registers
from tests.contract.company import Company
from tests.screens.seat import seated


@pytest.fixture
def company(company: Company) -> Company:
    company.stock(A=100)
    roles = [Role.REVIEWER, Role.SALES]
    registers.add_staff(company.workplace, "admin", "both", "Both", roles)
    return company


def three(company: Company, stage: Stage = Stage.REVIEW) -> list[str]:
    """Three orders, in the order of the queue."""
    numbers = []
    for _ in range(3):
        numbers.append(company.ordered(stage))
        company.later(minutes=1)
    return numbers


def noted(company: Company, numbers: list[str]) -> list[str]:
    """Those of the orders that have a note."""
    return [one for one in numbers if "noted" in {kind for _, kind in company.events(one)}]


def cancelled(company: Company, numbers: list[str]) -> list[str]:
    """Those of the orders that are cancelled."""
    return [one for one in numbers if company.condition(one) is Condition.CANCELLED]


async def test_the_only_marked_one_is_meant_wherever_the_cursor_is(company: Company) -> None:
    numbers = three(company)
    async with seated(company, "both", role=Role.REVIEWER) as seat:
        await seat.press("space", "l", "2")
        await seat.type("rings again")
        await seat.press("X", "1", "1")
        assert seat.here == numbers[1]
    assert noted(company, numbers) == cancelled(company, numbers) == numbers[:1]


async def test_all_marked_ones_are_meant(company: Company) -> None:
    numbers = three(company)
    async with seated(company, "both", role=Role.REVIEWER) as seat:
        await seat.press("space", "space", "l")
        await seat.shows("note on 2 orders")
        await seat.press("1")
        await seat.type("comes on Friday")
        assert seat.answer == "all 2 done"
        assert noted(company, numbers) == numbers[:2]
        assert seat.numbers == numbers  # nothing of them is finished
        await seat.press("X", "1")
        await seat.shows("cancel 2 orders?")
        assert cancelled(company, numbers) == []
        await seat.press("1")
        assert cancelled(company, numbers) == numbers[:2]


async def test_an_exception_is_raised_on_all_parcels_of_a_carrier(company: Company) -> None:
    numbers = three(company, Stage.TRACKING)
    async with seated(company, "track") as seat:
        await seat.press("space", "space", "x", "1", "1")
        await seat.shows("all 2 orders?")
        await seat.press("1")
    late = [one for one in numbers if company.exceptions(one) == [ExceptionKind.CARRIER_DELAY]]
    assert late == numbers[:2]


async def test_parcels_that_are_marked_were_signed_for_on_one_day(company: Company) -> None:
    early = company.ordered(Stage.TRACKING)
    company.later(days=1)
    late, other = company.ordered(Stage.TRACKING), company.ordered(Stage.TRACKING)
    company.later(hours=6)
    async with seated(company, "track") as seat:
        assert seat.numbers == [early, late, other]
        await seat.press("space", "space", "S")
        await seat.type("1")
        await seat.press("1")
        assert seat.answer.startswith(f"1 done, 1 not: {late} was shipped on")
    stages = [company.stages(one) for one in (early, late, other)]
    assert stages == [[Stage.CONFIRMATION], [Stage.TRACKING], [Stage.TRACKING]]


async def test_what_is_for_one_says_how_to_go_on(company: Company) -> None:
    numbers = three(company, Stage.CONFIRMATION)
    async with seated(company, "track") as seat:
        await seat.press("tab", "space", "space", "s")
        assert seat.answer == "2 orders are marked, and this is for one: space takes a mark away"
        await seat.press("home", "space", "down", "s", "5", "5", "5", "enter")
        assert seat.here == numbers[2]
        assert seat.answer == f"{numbers[1]}: the answer is noted (5 5 5)"
