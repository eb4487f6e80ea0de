"""The page of the messages that are not sent, on the screens of those who can do something."""

from typing import Any

import pytest

from orderterm.store.connection import reading
from orderterm.store.tables import Message
from orderterm.terms import Stage
from orderterm.workflow import sending
from screens.lists.message_rows import UNSENT
from tests.contract.company import Company
from tests.screens.seat import Seat, seated


@pytest.fixture
def failed(company: Company) -> str:
    """An order whose shipping notice was given up, and another one whose waits."""
    company.stock(A=10)
    number = company.ordered(Stage.TRACKING, customer_name="李梅")
    claimed = sending.claim(company.workplace, 60)
    assert claimed is not None
    sending.failed(
        company.workplace, claimed, "the number is not in service", sender="sms", final=True
    )
    company.ordered(Stage.TRACKING)
    return number


async def to_messages(seat: Seat) -> None:
    while seat.desk.page is not UNSENT:
        await seat.press("tab")


def message(number: int) -> Any:
    with reading():
        return Message.get_by_id(number)


@pytest.mark.parametrize(("badge", "size"), [("boss", (80, 24)), ("track", (120, 40))])
async def test_a_message_that_was_given_up_is_sent_again_with_one_key(
    company: Company, failed: str, badge: str, size: tuple[int, int]
) -> None:
    async with seated(company, badge, size=size) as seat:
        await to_messages(seat)
        await seat.shows("the number is not in service")
        await seat.shows("not tried yet")
        in_hand: Any = seat.desk.window.row
        assert in_hand.number == failed
        assert "given up" in "\n".join(seat.lines)
        await seat.press("R")
        assert seat.answer == "message 1 is sent again"
    kept = message(1)
    assert (kept.given_up_at, kept.next_try_at) == (None, company.now)


async def test_enter_leads_to_the_order_and_esc_back(company: Company, failed: str) -> None:
    async with seated(company, "boss") as seat:
        await to_messages(seat)
        await seat.press("down", "up", "enter")
        assert seat.numbers == [failed]
        await seat.press("escape")
        await seat.shows("not tried yet")


async def test_esc_leads_back_to_the_message_and_takes_its_hint_away(
    company: Company, failed: str
) -> None:
    async with seated(company, "boss") as seat:
        await to_messages(seat)
        await seat.press("down", "enter")
        assert seat.answer == "esc leads back"
        assert "R send again" not in seat.lines[-1]
        assert seat.numbers != [failed]
        await seat.press("ctrl+g")
        assert seat.answer == ""
        assert seat.desk.window.cursor == 1
        assert seat.lines[-1].startswith("R send again  enter details  space mark")


async def test_elsewhere_there_is_no_message_to_send_again(company: Company) -> None:
    async with seated(company, "boss") as seat:
        await seat.press("R")
        assert "no message is in hand" in seat.answer


@pytest.mark.usefixtures("failed")
async def test_one_that_is_being_sent_keeps_no_other_back(company: Company) -> None:
    assert sending.claim(company.workplace, 60) is not None
    async with seated(company, "boss", size=(120, 40)) as seat:
        await to_messages(seat)
        await seat.shows("being sent")
        await seat.press("home", "space", "end", "space", "R")
        assert seat.answer.startswith("1 done, 1 not: message 2 is being sent just now")
    assert message(1).given_up_at is None
    assert message(2).attempts == 1
