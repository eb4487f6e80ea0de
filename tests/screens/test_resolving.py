"""Every way out of every kind of exception, pressed through once by who is responsible for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from orderterm.terms import EXCEPTION_PATHS, Condition, ExceptionKind, ExceptionPath, Stage
from tests.contract.company import Company
from tests.screens.seat import Seat, seated

SHORTAGE, CARRIER = ExceptionKind.SHORTAGE, ExceptionKind.CARRIER_DELAY
CHANGE, OTHER, INFORMATION = (
    ExceptionKind.CHANGE_REQUEST,
    ExceptionKind.OTHER,
    ExceptionKind.INFORMATION,
)


def short(company: Company, **draft: Any) -> str:
    """An order for more than there is."""
    company.stock(A=1, B=9)
    number = company.ordered(Stage.ALLOCATION, **({"lines": [("A", 3)]} | draft))
    company.confirm("inv", number, stage=Stage.ALLOCATION)
    assert company.exceptions(number) == [SHORTAGE]
    return number


def late(company: Company) -> str:
    """A parcel that does not arrive."""
    company.stock(A=5)
    number = company.ordered(Stage.TRACKING)
    company.trouble("track", number, CARRIER)
    return number


@asynccontextmanager
async def resolving(
    company: Company, badge: str, number: str, path: ExceptionPath
) -> AsyncIterator[Seat]:
    """Sit down, scan the order, and choose the way out of its exception."""
    (kind,) = company.exceptions(number)
    async with seated(company, badge) as taken:
        await taken.scan(number)
        assert taken.here == number
        await taken.press("e", str(EXCEPTION_PATHS[kind].index(path) + 1))
        yield taken


# -- shortage -------------------------------------------------------------------------------------


async def test_stock_comes_from_elsewhere(company: Company) -> None:
    number = short(company)
    async with resolving(company, "buyer", number, ExceptionPath.TRANSFER) as seat:
        await seat.type("1")
        assert seat.answer == f"{number} waits for stock until 2026-11-24"
    assert company.paths(number) == [ExceptionPath.TRANSFER]
    (pause,) = company.pauses(number)
    assert pause.expected_at.date() == (company.now + timedelta(days=1)).date()


async def test_a_day_that_is_none_is_asked_for_again(company: Company) -> None:
    number = short(company)
    async with resolving(company, "buyer", number, ExceptionPath.TRANSFER) as seat:
        await seat.type("soon")
        assert "soon is no day" in seat.answer
        await seat.press("ctrl+u")
        await seat.type("2026-11-01")
        assert "2026-11-01 is over" in seat.answer
        await seat.press("ctrl+u")
        await seat.type("1")
    assert company.paths(number) == [ExceptionPath.TRANSFER]


async def test_the_customer_agrees_to_a_delay(company: Company) -> None:
    number = short(company)
    async with resolving(company, "buyer", number, ExceptionPath.DELAY) as seat:
        await seat.type("2")
        await seat.press("1")
        assert seat.answer == f"{number} waits for stock until 2026-11-25"
    assert company.paths(number) == [ExceptionPath.DELAY]


async def test_another_article_takes_its_place(company: Company) -> None:
    number = short(company)
    async with resolving(company, "buyer", number, ExceptionPath.SUBSTITUTE) as seat:
        await seat.type("Z")
        assert seat.answer == "Z is not in the catalogue; scan or type another SKU"
        await seat.press("ctrl+u")
        await seat.type("B")
        await seat.press("2")
        assert "is replaced by B" in seat.answer
    assert company.paths(number) == [ExceptionPath.SUBSTITUTE]


async def test_of_several_short_articles_one_is_chosen(company: Company) -> None:
    number = short(company, lines=[("A", 3), ("C", 1)])
    async with resolving(company, "buyer", number, ExceptionPath.SUBSTITUTE) as seat:
        await seat.press("2")
        await seat.type("B")
        await seat.press("1")
        assert seat.answer.startswith("C in")
    assert company.paths(number) == [ExceptionPath.SUBSTITUTE]


async def test_the_order_is_split(company: Company) -> None:
    number = short(company)
    async with resolving(company, "buyer", number, ExceptionPath.SPLIT) as seat:
        await seat.press("1")
        assert f"{number} goes on with what is there" in seat.answer
    assert company.paths(number) == [ExceptionPath.SPLIT]
    assert len(company.numbers()) == 2


async def test_a_short_order_is_cancelled_by_who_may(company: Company) -> None:
    number = short(company)
    async with resolving(company, "buyer", number, ExceptionPath.CANCEL) as seat:
        assert "may not do this" in seat.answer
    assert company.exceptions(number) == [SHORTAGE]
    async with resolving(company, "boss", number, ExceptionPath.CANCEL) as seat:
        await seat.press("2")
        assert seat.answer == f"{number} is cancelled"
    assert company.condition(number) is Condition.CANCELLED


# -- information ----------------------------------------------------------------------------------


async def test_missing_fields_are_completed(company: Company) -> None:
    number = company.order(contact="")
    async with seated(company, "sales") as seat:
        await seat.press("e")
        await seat.type("13912345678")
    assert company.paths(number) == [ExceptionPath.COMPLETE]
    assert company.stages(number) == [Stage.REVIEW]


async def test_an_order_that_lacks_something_is_cancelled(company: Company) -> None:
    number = company.order(contact="")
    async with seated(company, "sales") as seat:
        await seat.press("X", "1", "1")
        assert seat.answer == f"{number} is cancelled"
    assert company.paths(number) == [ExceptionPath.CANCEL]


# -- carrier delay --------------------------------------------------------------------------------


async def test_a_late_parcel_is_expedited(company: Company) -> None:
    number = late(company)
    async with resolving(company, "exc", number, ExceptionPath.EXPEDITE) as seat:
        await seat.type("1")
        await seat.press("1")
        assert seat.answer == f"{number} is expected on 2026-11-24 now"
    assert company.paths(number) == [ExceptionPath.EXPEDITE]


async def test_another_carrier_takes_over(company: Company) -> None:
    number = late(company)
    async with resolving(company, "exc", number, ExceptionPath.RECARRY) as seat:
        await seat.type("YT")
        await seat.scan("YT12345678")
        await seat.press("up", "up", "ctrl+u")
        await seat.type("ZTO")
        await seat.press("enter")
        await seat.type("2")
        await seat.press("3")
        assert seat.answer == f"{number} is expected on 2026-11-25 now"
    parcel = company.parcels(number)[-1]
    assert (parcel.carrier, parcel.waybill) == ("ZTO", "YT12345678")
    assert company.paths(number) == [ExceptionPath.RECARRY]


# -- change request -------------------------------------------------------------------------------


async def test_a_change_is_accepted_with_its_new_value(company: Company) -> None:
    number = company.order()
    company.trouble("track", number, CHANGE, fields={"contact": "13912345678"})
    async with resolving(company, "sales", number, ExceptionPath.ACCEPT) as seat:
        assert seat.answer == f"the change of {number} is made; it goes back to review"
    assert company.row(number).contact == "13912345678"
    assert company.paths(number) == [ExceptionPath.ACCEPT]


async def test_a_change_that_nobody_wrote_down_can_be_nothing(company: Company) -> None:
    number = company.order()
    company.trouble("track", number, CHANGE)
    async with resolving(company, "sales", number, ExceptionPath.ACCEPT) as seat:
        await seat.press("1")
        assert "it goes back to review" in seat.answer
    assert company.paths(number) == [ExceptionPath.ACCEPT]


async def test_a_field_is_chosen_and_left_again(company: Company) -> None:
    number = company.order()
    company.trouble("track", number, CHANGE)
    async with resolving(company, "sales", number, ExceptionPath.ACCEPT) as seat:
        await seat.press("2", "up", "3", "ctrl+u")
        await seat.type("13912345678")
        await seat.press("enter")
    assert company.row(number).contact == "13912345678"


async def test_a_change_is_refused(company: Company) -> None:
    number = company.order()
    company.trouble("track", number, CHANGE, fields={"contact": "13912345678"})
    async with resolving(company, "sales", number, ExceptionPath.REFUSE) as seat:
        await seat.type("too late")
        assert seat.answer == f"the change of {number} is refused; it goes on as it was"
    assert company.row(number).contact == "13800138000"
    assert company.paths(number) == [ExceptionPath.REFUSE]


async def test_what_was_shipped_comes_back(company: Company) -> None:
    company.stock(A=5)
    number = company.ordered(Stage.TRACKING)
    company.trouble("track", number, CHANGE)
    async with resolving(company, "sales", number, ExceptionPath.ACCEPT) as seat:
        assert "a change can only be refused, or taken as a return" in seat.answer
        await seat.press("e", "3")
        await seat.type("does not fit")
        assert f"{number} comes back as" in seat.answer
    assert company.paths(number) == [ExceptionPath.RETURN]


# -- other ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [ExceptionPath.SETTLE, ExceptionPath.CANCEL])
async def test_anything_else_is_settled_or_cancelled(company: Company, path: ExceptionPath) -> None:
    number = company.order()
    company.trouble("rev", number, OTHER)
    async with resolving(company, "exc", number, path) as seat:
        if path is ExceptionPath.SETTLE:
            await seat.type("talked to them")
            assert seat.answer == f"{number} goes on"
        else:
            await seat.press("4")
            await seat.type("it is a test")
            assert seat.answer == f"{number} is cancelled"
    assert company.paths(number) == [path]


# -- which, and who -------------------------------------------------------------------------------


async def test_of_several_exceptions_one_is_chosen(company: Company) -> None:
    number = short(company)
    company.trouble("inv", number, OTHER)
    async with seated(company, "boss") as seat:
        await seat.scan(number)
        await seat.press("e")
        await seat.shows("which exception?")
        await seat.press("2", "1")
        await seat.type("all right")
    assert company.exceptions(number) == [SHORTAGE]


async def test_an_order_without_trouble_says_so(company: Company) -> None:
    number = company.order()
    async with seated(company, "rev") as seat:
        await seat.press("e")
        assert seat.answer == f"{number} has no open exception"


async def test_another_roles_exception_is_refused_before_anything_is_asked(
    company: Company,
) -> None:
    number = company.order()
    company.trouble("rev", number, OTHER)
    async with seated(company, "rev") as seat:
        await seat.press("e")
        assert "may not do this" in seat.answer
        assert not seat.screen.is_asking
    assert company.exceptions(number) == [OTHER]
