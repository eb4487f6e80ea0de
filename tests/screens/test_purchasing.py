"""Purchasing's screen."""

import pytest

from orderterm.rules.drafts import ProductDraft
from orderterm.terms import Condition, ExceptionKind, ExceptionPath, Stage
from orderterm.workflow import registers
from tests.contract.company import Company
from tests.screens.seat import Seat, seated

SHORTAGE = [ExceptionKind.SHORTAGE]


def short(company: Company, *lines: tuple[str, int]) -> str:
    """An order that waits for stock."""
    number = company.ordered(Stage.ALLOCATION, lines=lines)
    company.confirm("inv", number)
    assert company.condition(number) is Condition.AWAITING_STOCK
    return number


def sku_here(seat: Seat) -> str:
    """The SKU under the cursor; blank where there is none."""
    return str(getattr(seat.desk.window.row, "sku", ""))


def cells(seat: Seat) -> list[str]:
    """The words of the line under the cursor, without the bar."""
    return next(line for line in seat.lines if line.startswith("▌")).split()[1:]


@pytest.fixture
def catalogue(company: Company) -> Company:
    """A is kept with a safety stock and takes four days to come."""
    product = ProductDraft("A", "Product A", "", "B1", safety_stock=10, lead_time_days=4)
    registers.keep_products(company.workplace, "admin", [product])
    return company


async def test_a_sku_tells_what_to_buy_and_who_waits(catalogue: Company) -> None:
    catalogue.stock(A=1)
    first, second = short(catalogue, ("A", 2)), short(catalogue, ("A", 3))
    async with seated(catalogue, "buyer") as seat:
        # short 4 of 5, 2 orders; 5 for the orders and 10 to keep, less the 1 that is there
        assert cells(seat)[:7] == ["A", "Product", "A", "4", "2", "14", "4"]
        await seat.shows("lead time 4 d")
        await seat.shows("safety 10")
        await seat.shows(first)
        await seat.shows(second)
        assert "d " in seat.lines[-1][:3]
        assert not {"c done", "x exception", "space mark"} & set(seat.lines[-1].split("  "))


async def test_one_date_is_told_to_every_order_that_waits(company: Company) -> None:
    first, second = short(company, ("A", 2)), short(company, ("A", 3))
    other = short(company, ("B", 1))
    async with seated(company, "buyer") as seat:
        await seat.press("d")
        await seat.shows("A comes in how many days")
        await seat.type("2")
        await seat.shows("tell 2 orders A on 11-25?")
        assert company.exceptions(first) == SHORTAGE
        await seat.press("1")
        assert seat.answer == "all 2 done"
        await seat.shows(f"{second} waits for stock until 2026-11-25")
        assert company.exceptions(first) == company.exceptions(second) == []
        assert company.paths(first) == [ExceptionPath.TRANSFER]
        assert company.exceptions(other) == SHORTAGE
        await seat.until(lambda: "11-25" in cells(seat))
        assert sku_here(seat) == "A"


async def test_a_new_date_is_told_to_orders_that_were_told_one(company: Company) -> None:
    number = short(company, ("A", 2))
    async with seated(company, "buyer") as seat:
        await seat.press("d")
        await seat.type("1")
        await seat.press("1", "d")
        await seat.type("2")
        await seat.press("1")
        assert seat.answer == "all 1 done"
        await seat.until(lambda: "11-25" in cells(seat))
        assert company.exceptions(number) == []
        assert not company.flaws()


async def test_an_order_waits_for_its_last_sku(company: Company) -> None:
    number = short(company, ("A", 2), ("B", 1))
    async with seated(company, "buyer") as seat:
        await seat.press("d")
        await seat.type("2")
        await seat.press("1", "down", "d")
        await seat.shows("B comes in how many days")
        await seat.type("1")
        await seat.press("1")
        await seat.shows(f"{number} waits for stock until 2026-11-25")


async def test_too_long_a_wait_is_the_managers(company: Company) -> None:
    number = short(company, ("A", 2))
    async with seated(company, "buyer") as seat:
        await seat.press("d")
        await seat.type("20")
        await seat.press("1")
        assert "0 done, 1 not: a delay until 2026-12-13" in seat.answer
        assert company.exceptions(number) == SHORTAGE


async def test_a_refused_new_date_leaves_the_old_one(company: Company) -> None:
    number = short(company, ("A", 2))
    async with seated(company, "buyer") as seat:
        await seat.press("d")
        await seat.type("1")
        await seat.press("1", "d")
        await seat.type("20")
        await seat.press("1")
        assert "0 done, 1 not" in seat.answer
        assert company.exceptions(number) == []
        (pause,) = company.pauses(number)
        assert f"{pause.expected_at:%m-%d}" == "11-24"


async def test_what_is_no_day_is_refused(company: Company) -> None:
    number = short(company, ("A", 2))
    async with seated(company, "buyer") as seat:
        await seat.press("d")
        await seat.type("soon")
        assert seat.answer.startswith("soon is no day")
        assert company.exceptions(number) == SHORTAGE


async def test_a_single_order_is_resolved_from_the_queue(company: Company) -> None:
    first, second = short(company, ("A", 2)), short(company, ("A", 3))
    async with seated(company, "buyer") as seat:
        await seat.press("tab", "tab")
        assert seat.numbers == [first, second]
        await seat.press("e")
        await seat.shows("transfer")
        await seat.press("1")
        await seat.type("1")
        assert company.exceptions(first) == []
        assert company.exceptions(second) == SHORTAGE
        assert seat.here == second


async def test_a_date_can_be_told_from_an_order_that_waits(company: Company) -> None:
    first, second = short(company, ("A", 2)), short(company, ("A", 3), ("B", 1))
    async with seated(company, "buyer") as seat:
        await seat.press("tab", "tab", "down", "d")
        await seat.shows("which SKU comes?")
        await seat.press("1")
        await seat.type("1")
        await seat.shows("tell 2 orders A")
        await seat.press("1")
        assert company.exceptions(first) == company.exceptions(second) == []


async def test_enter_lists_the_orders_that_wait(company: Company) -> None:
    first, second = short(company, ("A", 2)), short(company, ("A", 3))
    async with seated(company, "buyer") as seat:
        await seat.press("enter")
        assert seat.numbers == [first, second]
        await seat.press("e", "1")
        await seat.type("1")
        assert company.exceptions(first) == []
        await seat.press("escape")
        assert sku_here(seat) == "A"


async def test_what_runs_low_has_a_page_of_its_own(catalogue: Company) -> None:
    catalogue.stock(A=4, B=1)
    async with seated(catalogue, "buyer") as seat:
        await seat.shows("no order waits for stock")
        await seat.press("tab")
        assert cells(seat)[:4] == ["A", "Product", "A", "6"]
        await seat.press("d")
        assert seat.answer == "no order waits for A: there is nobody to tell"
        catalogue.stock(A=12)
        await seat.press("r")
        await seat.shows("there is more than its safety stock")


async def test_stock_that_comes_in_takes_the_sku_away(company: Company) -> None:
    short(company, ("A", 2))
    short(company, ("B", 2))
    async with seated(company, "buyer") as seat:
        await seat.press("down", "up")
        company.arrive(A=2)
        await seat.until(lambda: "A" in seat.desk.window.gone)
        assert sku_here(seat) == "A"
        await seat.press("r")
        assert cells(seat)[0] == "B"
