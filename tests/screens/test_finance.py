"""Finance's screen: refunds that are due, and those made today."""

from orderterm.store.connection import reading
from orderterm.store.tables import Refund
from orderterm.terms import Stage
from tests.contract.company import Company
from tests.screens.seat import seated


def back(company: Company, pieces: int = 2, **draft: object) -> str:
    """A return whose goods have come back, at 1.00 a piece."""
    return company.ordered(Stage.REFUND, nature="return", lines=[("A", pieces)], **draft)


def refunds(company: Company, number: str) -> list[tuple[int, str]]:
    """Amount and reference of each refund that stands."""
    order = company.row(number)
    with reading():
        found = Refund.select().where((Refund.order == order.id) & Refund.withdrawn_at.is_null())
        return [(one.amount, one.reference) for one in found]


async def test_the_amount_due_stands_in_the_list_and_in_the_field(company: Company) -> None:
    number = back(company)
    async with seated(company, "fin") as seat:
        assert seat.numbers == [number]
        assert "2.00" in seat.text
        await seat.press("c", "enter")
        await seat.type("PAY-1")
        assert refunds(company, number) == [(200, "PAY-1")]
        assert company.stages(number) == [Stage.CONFIRMATION]
        assert "refund of" in seat.answer


async def test_another_amount_can_be_given_and_one_field_back(company: Company) -> None:
    number = back(company)
    async with seated(company, "fin") as seat:
        await seat.press("c", "ctrl+u")
        await seat.type("a lot")
        assert seat.answer == "a lot is no amount: type it as 99.00"
        await seat.press("ctrl+u")
        await seat.type("1.5")
        await seat.press("up", "ctrl+u")
        await seat.type("1.75")
        await seat.press("enter")
        assert refunds(company, number) == [(175, "")]


async def test_without_a_price_the_amount_must_be_typed(company: Company) -> None:
    draft = company.draft(nature="return")
    draft.lines[0].unit_price = None
    (number,) = company.receive(draft).new
    company.bring(number, Stage.REFUND)
    async with seated(company, "fin") as seat:
        assert "?" in seat.text
        await seat.press("c", "enter")
        assert "an answer is needed" in seat.answer
        await seat.type("3")
        await seat.press("enter")
        assert refunds(company, number) == [(300, "")]


async def test_several_are_not_refunded_at_once(company: Company) -> None:
    first, _ = back(company), back(company)
    async with seated(company, "fin") as seat:
        await seat.press("A", "c")
        assert seat.answer.startswith(f"{first} must be refunded alone")
        assert refunds(company, first) == []


async def test_a_late_refund_says_why(company: Company) -> None:
    number = back(company)
    company.later(days=5)
    async with seated(company, "fin") as seat:
        await seat.press("c", "1", "enter", "enter", "enter")
        assert refunds(company, number) == [(200, "")]


async def test_giving_up_refunds_nothing(company: Company) -> None:
    number = back(company)
    async with seated(company, "fin") as seat:
        await seat.press("c", "enter", "escape")
        assert refunds(company, number) == []
        assert company.stages(number) == [Stage.REFUND]


async def test_a_refund_is_taken_back(company: Company) -> None:
    number = back(company)
    async with seated(company, "fin") as seat:
        await seat.press("c", "enter", "enter", "u", "1")
        assert refunds(company, number) == []
        assert company.stages(number) == [Stage.REFUND]


async def test_what_was_refunded_today_is_listed(company: Company) -> None:
    earlier = back(company)
    company.finish(earlier, Stage.REFUND)
    company.later(days=1)
    number = back(company, customer_name="Anna")
    company.confirm("fin", number, stage=Stage.REFUND, amount=150, reference="PAY-7")
    async with seated(company, "fin") as seat:
        await seat.press("tab")
        assert seat.numbers == [number]
        for words in ("Anna", "1.50 CNY", "PAY-7", "10:00"):
            assert words in seat.text
        await seat.press("c")
        assert seat.answer.startswith(f"{number} was refunded at 10:00 by Fin")
        await seat.press("u", "1")
        await seat.until(lambda: seat.numbers == [])
        assert refunds(company, number) == []


async def test_an_order_that_was_found_elsewhere_is_left_to_its_role(company: Company) -> None:
    number = company.order()
    async with seated(company, "fin") as seat:
        await seat.scan(number)
        await seat.press("c")
        assert "may not do this" in seat.answer
        assert company.stages(number) == [Stage.REVIEW]
