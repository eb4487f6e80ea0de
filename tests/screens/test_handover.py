"""Handing a shift over at the terminal, and taking it over with one key."""

import pytest

from orderterm.terms import Language, Role, Stage
from orderterm.views.handover import handovers
from orderterm.workflow import handover, registers, stages
from tests.contract.company import Company
from tests.screens.seat import seated


@pytest.fixture
def shift(company: Company) -> Company:
    """A company in which Kim relieves Rev, who has an order in hand."""
    registers.add_staff(company.workplace, "admin", "K001", "Kim", [Role.REVIEWER])
    stages.claim(company.workplace, "rev", company.order())
    company.order()
    company.later(minutes=70)
    return company


async def test_one_shift_hands_over_and_the_next_takes_it(shift: Company) -> None:
    async with seated(shift, "rev") as seat:
        await seat.press("H")
        await seat.type("mind the lift")
        await seat.shows("remark: mind the lift")
        assert seat.answer == "reviewer is handed over: 2 open, 2 overdue"
        assert seat.lines[-1].startswith("enter back  ? all keys")
        assert "reviewer: handed over by Rev at 11-23 11:10 (早班)" in seat.text
        await seat.press("escape")
        assert seat.here
        await seat.press("J")
        assert "yourself" in seat.answer
        await seat.scan("K001")
        await seat.shows("Kim is signed in; Rev has handed reviewer over: J takes it over")
        await seat.press("J")
        await seat.shows("reviewer is taken over from Rev")
        assert "taken over by Kim" in seat.text
        await seat.press("enter", "J")
        assert "was taken over by Kim at 11-23 11:10" in seat.answer
    assert shift.tasks("20261123-EC-001")[0].assignee_id == "K001"


async def test_who_sits_there_already_is_told_and_takes_it(shift: Company) -> None:
    async with seated(shift, "K001") as seat:
        handover.hand_over(shift.workplace, "rev", remark="mind the lift")
        handover.hand_over(shift.workplace, "boss")
        await seat.press("n")
        assert seat.answer == "Rev has handed reviewer over: J takes it over"
        assert "handover  Rev has handed reviewer over: J takes it over" in seat.text
        await seat.press("enter")
        await seat.shows("nobody has taken it over")
        await seat.press("escape", "J")
        await seat.shows("remark: mind the lift")
        assert "taken over by Kim" in seat.text
        await seat.press("escape")
        await seat.shows("nothing that you were not told before")
    assert shift.tasks("20261123-EC-001")[0].assignee_id == "K001"


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_sheet_fits_a_small_screen(shift: Company, language: Language) -> None:
    handover.hand_over(shift.workplace, "rev")
    async with seated(shift, "K001", language=language) as seat:
        await seat.press("J")
        await seat.until(lambda: "20261123-EC-001" in seat.text)
        assert all("…" not in line for line in seat.lines)
        assert len(seat.lines) == 24


async def test_a_supervisor_hands_nothing_over(shift: Company) -> None:
    async with seated(shift, "wall") as seat:
        await seat.press("H")
        assert "changes nothing" in seat.answer
        await seat.press("J")
        assert "changes nothing" in seat.answer


async def test_a_manager_sees_what_nobody_has_taken_and_takes_it(shift: Company) -> None:
    handover.hand_over(shift.workplace, "rev", remark="mind the lift")
    shift.later(hours=8)
    async with seated(shift, "boss", size=(120, 40)) as seat:
        while seat.desk.page.title.template != "handovers":
            await seat.press("tab")
        assert "never taken" in seat.lines[2]
        await seat.shows("mind the lift")
        await seat.press("enter")
        await seat.shows("the shift is long over")
        await seat.press("escape", "J")
        await seat.shows("taken over from Rev")
    (row,) = handovers(shift.workplace.settings, shift.now)
    assert row.taken_by == "boss"
    assert shift.task("20261123-EC-001", Stage.REVIEW).assignee_id == "boss"


async def test_a_manager_takes_the_handover_that_the_notification_names(shift: Company) -> None:
    registers.add_staff(shift.workplace, "admin", "chief", "Chief", [Role.MANAGER])
    for _ in range(2):
        handover.hand_over(shift.workplace, "chief")
        handover.hand_over(shift.workplace, "rev")
    async with seated(shift, "boss", size=(120, 40)) as seat:
        while seat.desk.page.title.template != "handovers":
            await seat.press("tab")
        await seat.press("n", "J")
        await seat.shows("manager is taken over from Chief")


async def test_a_long_sheet_says_that_it_scrolls(shift: Company) -> None:
    async with seated(shift, "rev", size=(80, 8)) as seat:
        await seat.press("H", "enter")
        await seat.until(lambda: "↑↓ scroll" in seat.lines[-1])
        await seat.press("end")
        await seat.until(lambda: "in the hands of Rev" in seat.lines[-3])


async def test_who_scans_on_the_sheet_goes_on_with_the_work(shift: Company) -> None:
    async with seated(shift, "rev") as seat:
        await seat.press("H", "enter")
        await seat.shows("handed over by")
        await seat.scan("20261123-EC-002")
        assert seat.screen is seat.desk
        assert seat.here == "20261123-EC-002"


@pytest.mark.parametrize(("badge", "role"), [("rev", "reviewer"), ("admin", "administrator")])
async def test_what_is_asked_fits_a_small_screen(shift: Company, badge: str, role: str) -> None:
    async with seated(shift, badge) as seat:
        await seat.press("H")
        assert seat.lines[-1].startswith(f"handing {role} over; remark:")
