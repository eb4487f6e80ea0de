"""An order's own page: the keys of the role for an order work there as in the list."""

import pytest

from orderterm.rules.drafts import ProductDraft
from orderterm.terms import ExceptionKind, Stage
from orderterm.workflow import registers
from screens.order_screen import OrderScreen
from tests.contract.company import Company
from tests.screens.seat import seated


@pytest.fixture
def company(company: Company) -> Company:
    registers.keep_products(company.workplace, "admin", [ProductDraft("FLASK", "Flask")])
    company.stock(A=100, FLASK=100)
    return company


async def test_the_roles_keys_are_named_and_act_on_the_order_that_is_shown(
    company: Company,
) -> None:
    first, second = company.order(), company.order()
    async with seated(company, "rev") as seat:
        await seat.press("enter", "]")
        assert "b send back" in seat.lines[-1]
        assert any("nobody yet, due" in line for line in seat.lines)
        await seat.press("b", "1")
        assert company.exceptions(second) == [ExceptionKind.INFORMATION]
        assert company.exceptions(first) == []
        assert isinstance(seat.screen, OrderScreen)


async def test_a_key_of_the_list_says_so(company: Company) -> None:
    company.ordered(Stage.ALLOCATION)
    async with seated(company, "inv") as seat:
        await seat.press("enter")
        for key, name in ("space", "mark"), ("tab", "next page"), ("F", "all that fit"):
            await seat.press(key)
            assert seat.answer == f"{key} ({name}) is for the list: enter leads back to it"


async def test_what_was_counted_counts_on_the_page_too(company: Company) -> None:
    number = company.ordered(Stage.PREPARATION, lines=[("FLASK", 2)])
    async with seated(company, "prep") as seat:
        await seat.scan("FLASK")
        await seat.press("enter", "c")
        await seat.shows("pieces are not checked yet; done all the same?")
        await seat.press("2", "s")
        assert seat.screen is seat.desk
        await seat.scan("FLASK", number)
    assert company.stages(number) == [Stage.SHIPPING]


async def test_a_scan_on_the_page_is_for_the_order_that_is_shown(company: Company) -> None:
    in_list, shown = (company.ordered(Stage.SHIPPING) for _ in range(2))
    async with seated(company, "ship") as seat:
        await seat.press("enter", "w", "2")
        assert "parcels go with 京东快递" in seat.answer
        await seat.scan(shown, "WB-1")
        assert (company.stages(in_list), company.stages(shown)) == (
            [Stage.SHIPPING],
            [Stage.TRACKING],
        )
        assert company.parcels(shown)[0].carrier == "京东快递"
        await seat.press("home", "enter", "c")
        await seat.type("WB-2")
    assert company.parcels(in_list)[0].carrier == "京东快递"


async def test_what_needs_the_list_is_done_there(company: Company) -> None:
    company.order(contact="")
    async with seated(company, "sales") as seat:
        await seat.press("enter", "o")
        assert seat.screen is seat.desk
        await seat.shows("new order: through which channel?")


async def test_what_is_taken_back_on_the_page_is_taken_back_once(company: Company) -> None:
    number = company.order()
    async with seated(company, "rev") as seat:
        await seat.press("enter", "c", "u", "1")
        assert company.stages(number) == [Stage.REVIEW]
        assert not seat.desk.last_done
        await seat.press("escape")
        assert seat.numbers == [number]
