"""The reviewer's screen."""

from tests.contract.company import Company
from tests.screens.seat import seated


async def test_one_key_approves_and_the_cursor_goes_on(company: Company) -> None:
    first, second = company.order(), company.order()
    async with seated(company, "rev") as seat:
        assert seat.numbers == [first, second]
        await seat.press("c")
        assert "review of" in seat.answer
        assert seat.here == second
        assert company.stages(first) == ["allocation"]
        await seat.shows(second)


async def test_a_burst_of_scans_is_dealt_with_in_order(company: Company) -> None:
    numbers = [company.order() for _ in range(3)]
    async with seated(company, "rev") as seat:
        await seat.scan(*numbers, *numbers)
        assert seat.here == numbers[-1]
        assert seat.answer == f"{numbers[-1]}: {numbers[-1]}"
