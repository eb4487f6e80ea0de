"""The administrator's screen: the manager's, and the staff."""

from typing import Any

from orderterm.store.connection import reading
from orderterm.store.tables import Staff
from orderterm.terms import Role
from orderterm.workflow import stages
from screens.roles.admin import THE_STAFF
from tests.contract.company import Company
from tests.screens.seat import Seat, seated


def key_in_hand(seat: Seat) -> str:
    """What the list knows the row under the cursor by."""
    row = seat.desk.window.row
    return row.key if row is not None else ""


async def to_staff(seat: Seat) -> None:
    while seat.desk.page is not THE_STAFF:
        await seat.press("tab")
    assert key_in_hand(seat) == "admin"


def person(badge: str) -> Any:
    with reading():
        return Staff.get_by_id(badge)


async def test_a_person_is_put_on_the_staff(company: Company) -> None:
    async with seated(company, "admin") as seat:
        await to_staff(seat)
        await seat.press("N")
        await seat.type("kim")
        await seat.type("Kim Li")
        await seat.press("2", "5", "3", "3", "enter")
        await seat.type("boss")
        assert seat.answer == "Kim Li (kim) is on the staff"
        await seat.shows("Kim Li")
    kim = person("kim")
    assert set(kim.roles) == {Role.REVIEWER, Role.SHIPPING}
    assert kim.superior_id == "boss"


async def test_the_badge_of_a_new_person_is_scanned(company: Company) -> None:
    async with seated(company, "admin") as seat:
        await seat.press("N")
        await seat.scan("B-777")
        await seat.type("Kim")
        await seat.press("1", "enter", "enter")
        assert person("B-777").superior_id is None


async def test_a_badge_that_is_taken_is_refused(company: Company) -> None:
    async with seated(company, "admin") as seat:
        await seat.press("N")
        await seat.type("rev")
        await seat.type("Another")
        await seat.press("1", "enter", "enter")
        assert "is taken" in seat.answer


async def test_whoever_leaves_lets_go_of_their_work(company: Company) -> None:
    number = company.order()
    stages.claim(company.workplace, "rev", number)
    async with seated(company, "admin") as seat:
        await to_staff(seat)
        while key_in_hand(seat) != "rev":
            await seat.press("down")
        await seat.shows(number)
        await seat.press("D", "1")
        assert seat.answer == "Rev is disabled"
        assert company.tasks(number)[0].assignee_id is None
        await seat.shows("disabled 26-11-23")
        await seat.press("r")
        while key_in_hand(seat) != "rev":
            await seat.press("down")
        await seat.press("D")
        assert seat.answer == "Rev is disabled already"
    assert person("rev").disabled_at is not None


async def test_nobody_disables_themselves(company: Company) -> None:
    async with seated(company, "admin") as seat:
        await to_staff(seat)
        await seat.press("D")
        assert "another administrator can" in seat.answer


async def test_disabling_needs_a_person_in_hand(company: Company) -> None:
    async with seated(company, "admin") as seat:
        await seat.press("D")
        assert "the page of the staff" in seat.answer


async def test_the_managers_pages_and_keys_are_here_too(company: Company) -> None:
    number = company.order()
    async with seated(company, "admin") as seat:
        for _ in range(4):
            await seat.press("tab")
        assert seat.numbers == [number]
        await seat.press("c")
        assert company.stages(number) == ["allocation"]
