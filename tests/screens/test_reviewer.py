"""The reviewer's screen."""

from orderterm.store.connection import transaction
from orderterm.store.tables import Order
from orderterm.terms import Condition, ExceptionKind, ExceptionPath, Priority, Stage
from tests.contract.company import Company
from tests.screens.seat import Seat, seated


def beside(seat: Seat) -> str:
    """What stands beside the list of a wide screen, as one line."""
    return " ".join(" ".join(line.partition("│")[2].split()) for line in seat.lines)


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


async def test_all_marked_orders_are_approved(company: Company) -> None:
    numbers = [company.order() for _ in range(3)]
    async with seated(company, "rev") as seat:
        await seat.press("space", "space", "c", "1")
        assert seat.answer == "all 2 done"
        assert [company.stages(one) for one in numbers] == [
            ["allocation"],
            ["allocation"],
            ["review"],
        ]


async def test_an_order_is_sent_back_with_what_is_missing(company: Company) -> None:
    first, second = company.order(), company.order()
    async with seated(company, "rev") as seat:
        await seat.press("b", "1")
        assert company.exceptions(first) == [ExceptionKind.INFORMATION]
        assert company.stages(first) == []
        assert seat.here == second
    async with seated(company, "sales") as seat:
        assert seat.numbers == [first]
        await seat.shows("the address is not complete")


async def test_marked_orders_are_sent_back_with_other_words(company: Company) -> None:
    numbers = [company.order() for _ in range(2)]
    async with seated(company, "rev") as seat:
        await seat.press("A", "b", "7")
        await seat.type("call them first")
        await seat.press("1")
        assert seat.answer == "all 2 done"
        assert [company.exceptions(one) for one in numbers] == [[ExceptionKind.INFORMATION]] * 2


async def test_the_order_is_held_and_released(company: Company) -> None:
    number = company.order()
    async with seated(company, "rev") as seat:
        await seat.press("h", "2")
        assert company.condition(number) is Condition.ON_HOLD
        await seat.until(lambda: seat.desk.row is not None and seat.desk.row.paused)
        await seat.press("h")
        assert company.condition(number) is Condition.PENDING_REVIEW


async def test_the_priority_is_overridden_with_a_reason(company: Company) -> None:
    number = company.order()
    async with seated(company, "rev") as seat:
        await seat.press("!", "1", "2")
        assert company.row(number).priority is Priority.URGENT
        await seat.shows("urgent: promised by sales")


async def test_findings_priority_and_request_are_told(company: Company) -> None:
    company.order(special_request="24小时发货")
    async with seated(company, "rev") as seat:
        await seat.shows("verified: nothing is missing or wrong")
        await seat.shows("urgent: the order asks to be expedited")
        await seat.shows("special request: 24小时发货")
        assert seat.text.count("special request") == 1


async def test_a_nature_that_is_a_wish_too_is_told_once(company: Company) -> None:
    number = company.order(special_request="定制刻字")
    async with seated(company, "rev") as seat:
        line = next(one for one in seat.lines if number in one)
        assert line.count("custom") == 1


async def test_what_was_completed_is_told(company: Company) -> None:
    number = company.order(contact="")
    fields = {"contact": "13912345678"}
    company.resolve("sales", number, ExceptionPath.COMPLETE, fields=fields)
    async with seated(company, "rev", size=(120, 40)) as seat:
        await seat.shows("completed 10:00: contact")
        assert "it was: the contact is missing" in beside(seat)


async def test_what_verification_finds_now_is_told(company: Company) -> None:
    number = company.order()
    with transaction():
        Order.update(contact="12").where(Order.number == number).execute()
    async with seated(company, "rev") as seat:
        await seat.shows("the contact 12 is neither a phone number nor an e-mail address")


async def test_neighbours_are_pointed_out(company: Company) -> None:
    company.stock(A=5)
    leaving, gone = company.ordered(Stage.SHIPPING), company.ordered(Stage.TRACKING)
    elsewhere = company.order(address="北京市长安街1号")
    company.order()
    async with seated(company, "rev", size=(120, 40)) as seat:
        await seat.press("down")
        await seat.shows("same customer, same address:")
        told = beside(seat)
        same = "same customer, same address:"
        assert f"{same} {leaving} (shipping) could go in one parcel" in told
        assert f"{same} {gone} (tracking)" in told
        assert elsewhere not in told


async def test_a_return_is_no_parcel_to_join(company: Company) -> None:
    company.order()
    company.order(nature="return")
    async with seated(company, "rev", size=(120, 40)) as seat:
        await seat.shows("same customer, same address:")
        assert "could go" not in seat.text
