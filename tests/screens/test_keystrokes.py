"""How many keys an order costs at each stage, as docs/terminal.md tells them."""

import re
from pathlib import Path

from orderterm.terms import Role, Stage
from orderterm.workflow import registers
from tests.contract.company import Company
from tests.screens.seat import Seat, seated

PAGE = Path(__file__).parents[2] / "docs" / "terminal.md"
ALL = [Role.REVIEWER, Role.INVENTORY, Role.PREPARATION, Role.SHIPPING, Role.TRACKING]


class Counted:
    """A seat at which every key is counted; what is scanned is no key."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.pressed: list[str] = []

    async def press(self, *keys: str) -> None:
        self.pressed += keys
        await self.seat.press(*keys)

    def taken(self) -> list[str]:
        """The keys since the last time."""
        keys, self.pressed = self.pressed, []
        return keys


def told(stage: str) -> str:
    """The keys that the page tells for a stage."""
    [row] = [line for line in PAGE.read_text(encoding="utf-8").splitlines()
             if line.startswith(f"| {stage} |")]  # fmt: skip
    return row.split("|")[2].strip()


async def go_to(seat: Seat, role: Role) -> None:
    """Switch to another role; not counted, because each role has people of its own."""
    await seat.press("g", str(1 + ALL.index(role)))


async def test_one_person_takes_an_order_through_all_stages_with_the_keys_that_are_told(
    company: Company,
) -> None:
    company.stock(A=5)
    registers.add_staff(company.workplace, "admin", "all", "All", ALL)
    number = company.order(lines=[("A", 2)])
    cost: dict[str, list[str]] = {}
    async with seated(company, "all", role=Role.REVIEWER) as seat:
        counted = Counted(seat)
        await counted.press("c")
        cost["review"] = counted.taken()
        await go_to(seat, Role.INVENTORY)
        await counted.press("c")
        cost["allocation"] = counted.taken()
        await go_to(seat, Role.PREPARATION)
        await seat.scan("A", "A")
        await counted.press("c")
        cost["preparation"] = counted.taken()
        await go_to(seat, Role.SHIPPING)
        await seat.press("w", "1")
        await seat.scan("SF1234567890")
        cost["shipping"] = counted.taken()
        await go_to(seat, Role.TRACKING)
        await counted.press("c")
        cost["tracking"] = counted.taken()
        await seat.press("tab")
        await counted.press("c")
        cost["confirmation"] = counted.taken()
    assert company.stages(number) == []
    assert company.row(number).completed_at is not None
    for stage, keys in cost.items():
        begins = told(stage)
        assert keys == re.findall(r"`(.)`", begins.split("(")[0]), (stage, keys, begins)
    assert set(cost) == {stage.value for stage in Stage} - {"receiving", "refund"}


async def test_one_can_leave_while_something_is_asked(company: Company) -> None:
    company.order()
    async with seated(company, "rev") as seat:
        await seat.press("b")
        assert seat.screen.is_asking
        await seat.pilot.press("ctrl+q")
        await seat.pilot.pause(0.1)
        assert seat.app.return_code == 0
