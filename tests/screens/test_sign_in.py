"""The sign-in line, where some have a PIN."""

import pytest

from orderterm.workflow import credentials
from tests.contract.company import Company
from tests.screens.seat import seated


@pytest.fixture
def company(company: Company) -> Company:
    credentials.set_pin(company.workplace, "rev", "rev", "2468")
    return company


async def test_who_has_a_pin_gives_it_unseen(company: Company) -> None:
    async with seated(company, None) as seat:
        await seat.type("rev")
        await seat.press("1", "3", "5", "7")
        assert not any("1357" in line for line in seat.lines)
        assert "****" in seat.lines[-1]
        await seat.press("enter")
        assert seat.app.station.badge == ""
        assert "that is not the PIN of rev" in seat.answer
        await seat.press("2", "4", "6", "8")
        assert not any("2468" in line for line in seat.lines)
        await seat.press("enter")
        assert seat.app.station.badge == "rev"
        assert "signed in" in seat.answer


async def test_who_has_none_is_asked_for_none(company: Company) -> None:
    async with seated(company, None) as seat:
        await seat.type("prep")
        assert seat.app.station.badge == "prep"


async def test_a_scanned_badge_opens_no_door_without_its_pin(company: Company) -> None:
    credentials.set_pin(company.workplace, "sales", "sales", "2468")
    async with seated(company, "prep") as seat:
        await seat.scan("sales")
        assert seat.app.station.badge == ""
        await seat.type("2468")
        assert seat.app.station.badge == "sales"


async def test_who_connects_anew_has_to_wait_all_the_same(company: Company) -> None:
    for _ in range(3):
        async with seated(company, None) as seat:
            await seat.type("rev")
            await seat.type("1357")
            assert "that is not the PIN of rev" in seat.answer
    async with seated(company, None) as seat:
        await seat.type("rev")
        await seat.type("2468")
        assert "too many wrong PINs of rev" in seat.answer
        assert seat.app.station.badge == ""
        company.later(seconds=1)
        await seat.type("rev")
        await seat.type("2468")
        assert seat.app.station.badge == "rev"
