"""Which orders an action is for: the marked ones, else the one in hand."""

from datetime import date

import pytest

from orderterm.rules.drafts import ProductDraft
from orderterm.terms import Condition, ExceptionKind, Role, Stage
from orderterm.workflow import measures, registers
from screens.roles.admin import THE_STAFF
from screens.roles.overview import THE_MEASURES
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
        assert seat.answer == "2 are marked, and this is for one: space takes a mark away"
        await seat.press("home", "space", "down", "s", "5", "5", "5", "enter")
        assert seat.here == numbers[2]
        assert seat.answer == f"{numbers[1]}: the answer is noted (5 5 5)"


# -- what is no order -----------------------------------------------------------------------------


async def test_the_marked_sku_is_counted_and_the_scanned_one_before_it(company: Company) -> None:
    registers.keep_products(company.workplace, "admin", [ProductDraft("TC-06", "Cup")])
    async with seated(company, "inv") as seat:
        await seat.press("tab", "tab", "space", "k")  # the cursor has gone on to B
        await seat.type("7")
        assert seat.answer.startswith("A: 7 on hand")
        await seat.scan("TC-06")
        await seat.press("k")
        await seat.type("3")
        assert seat.answer.startswith("TC-06: 3 on hand")
        await seat.press("home", "down", "space", "k")
        assert seat.answer == "2 are marked, and this is for one: space takes a mark away"


async def test_marked_orders_do_not_keep_from_counting(company: Company) -> None:
    for _ in range(2):
        company.order(lines=[("A", 200)])
        company.confirm("rev", company.numbers()[-1])
    async with seated(company, "inv") as seat:
        await seat.press("space", "space", "k")
        await seat.shows("which SKU is counted?")


async def test_the_marked_person_is_disabled(company: Company) -> None:
    async with seated(company, "admin") as seat:
        while seat.desk.page is not THE_STAFF:
            await seat.press("tab")
        await seat.press("end", "space", "home", "D")
        await seat.shows("disable Wall (wall)?")


async def test_the_marked_measure_is_finished(company: Company) -> None:
    for doer, day in (("buyer", 24), ("inv", 25)):
        week, due = date(2026, 11, 16), date(2026, 11, day)
        measures.agree(company.workplace, "boss", week, "talk more", f"for {doer}", doer, due)
    async with seated(company, "boss") as seat:
        while seat.desk.page is not THE_MEASURES:
            await seat.press("tab")
        await seat.press("space", "W")  # the cursor has gone on to the second
        await seat.shows("what came of it: for buyer")
