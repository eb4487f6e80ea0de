"""The manager's screen, and the supervisor's, which shows the same and changes nothing."""

import pytest

from orderterm.store.connection import reading
from orderterm.store.tables import Event
from orderterm.terms import ExceptionKind, ExceptionPath, Priority, Role, Stage
from orderterm.workflow import orders, registers, stages
from tests.contract.company import Company
from tests.screens.seat import Seat, seated

UP, OVERDUE, BOARD, PEOPLE, OPEN = range(5)


def key_in_hand(seat: Seat) -> str:
    """What the list knows the row under the cursor by."""
    row = seat.desk.window.row
    return row.key if row is not None else ""


async def to_page(seat: Seat, page: int) -> None:
    for _ in range(page):
        await seat.press("tab")


def claimed(company: Company, badge: str = "rev") -> str:
    """An order whose review is in somebody's hands."""
    number = company.order()
    stages.claim(company.workplace, badge, number)
    return number


@pytest.fixture
def ladder(company: Company) -> Company:
    """Kim's work goes up to Lee, then to the boss."""
    for badge, superior in (("lee", "boss"), ("kim", "lee")):
        registers.add_staff(
            company.workplace, "admin", badge, badge.title(), [Role.REVIEWER], superior
        )
    return company


async def test_what_is_overdue_in_nobodys_hands_comes_up_to_the_manager(
    company: Company,
) -> None:
    number = company.order()
    company.later(minutes=70)
    company.order()
    async with seated(company, "boss") as seat:
        assert seat.numbers == [number]
        assert "(reviewer)" in seat.lines[2]
        assert "↑1" in seat.lines[2]


async def test_the_top_line_counts_what_is_up_to_the_person(ladder: Company) -> None:
    claimed(ladder, "kim")
    ladder.later(minutes=70)
    async with seated(ladder, "boss") as seat:
        assert "0 open" in seat.lines[0]  # it has come up to Lee
        assert "0 overdue" in seat.lines[0]
        await seat.press("tab")
        assert "1 overdue" in seat.lines[0]


async def test_what_flashes_on_one_page_is_forgotten_on_the_next(company: Company) -> None:
    company.order()
    async with seated(company, "boss") as seat:
        await to_page(seat, BOARD)
        seat.desk.list.flash({row.key: row for row in seat.desk.window.rows})
        while seat.desk.page.title.template != "forecast":
            await seat.press("tab")
        assert "that was not done" not in seat.answer
        await seat.shows("review")


async def test_work_rises_rung_by_rung(ladder: Company) -> None:
    number = claimed(ladder, "kim")
    ladder.later(minutes=70)
    async with seated(ladder, "boss") as seat:
        assert seat.numbers == []
        await seat.press("tab")
        assert seat.numbers == [number]
    ladder.later(minutes=40)
    async with seated(ladder, "boss") as seat:
        assert seat.numbers == [number]
        assert "Kim" in seat.lines[2]
        assert "↑2" in seat.lines[2]


async def test_all_that_is_overdue_is_handed_to_somebody_else(company: Company) -> None:
    numbers = [claimed(company) for _ in range(2)]
    registers.add_staff(company.workplace, "admin", "kim", "Kim", [Role.REVIEWER])
    company.later(hours=2)
    async with seated(company, "boss") as seat:
        await to_page(seat, OVERDUE)
        await seat.press("A", "m")
        await seat.shows("Kim")
        line = next(one for one in seat.lines if "Kim" in one)
        await seat.press(line.strip("▌ ")[0], "1")
        await seat.shows("all 2 orders?")
        await seat.press("1")
        assert [company.task(one, Stage.REVIEW).assignee_id for one in numbers] == ["kim"] * 2
        assert seat.answer == "all 2 done"


async def test_the_manager_overrules_and_says_why_it_was_late(company: Company) -> None:
    number = claimed(company)
    company.later(hours=2)
    async with seated(company, "boss") as seat:
        await seat.press("c", "1", "enter")
        assert company.stages(number) == [Stage.ALLOCATION]
        assert ("boss", "stage_done") in company.events(number)


async def test_the_manager_overrides_the_priority(company: Company) -> None:
    number = company.order()
    async with seated(company, "boss") as seat:
        await to_page(seat, OPEN)
        await seat.press("!", "1", "1")
        assert company.row(number).priority is Priority.URGENT


async def test_the_manager_takes_work_over(company: Company) -> None:
    number = claimed(company)
    async with seated(company, "boss") as seat:
        await to_page(seat, OPEN)
        await seat.press("T")
        assert company.task(number, Stage.REVIEW).assignee_id == "boss"


async def test_the_manager_agrees_to_a_long_delay(company: Company) -> None:
    number = company.ordered(Stage.ALLOCATION)
    company.confirm("inv", number)
    async with seated(company, "boss") as seat:
        await to_page(seat, OPEN)
        await seat.press("e", "2")
        await seat.type("20")
        await seat.press("1")
        with reading():
            kinds = [event.kind for event in Event.select().where(Event.order_number == number)]
        assert kinds.count("exception_resolved") + kinds.count("exception_updated") == 1
        assert company.paths(number) in ([ExceptionPath.DELAY], [])


async def test_the_board_counts_and_leads_to_the_orders_and_back(company: Company) -> None:
    company.stock(A=10)
    number = company.order()
    waiting = company.ordered(Stage.ALLOCATION)
    company.later(minutes=90)
    async with seated(company, "boss") as seat:
        await to_page(seat, BOARD)
        review = next(one for one in seat.lines if "review" in one)
        assert "red" in review
        assert "1:30" in review
        assert number in review
        await seat.press("down", "down", "enter")
        assert seat.numbers == [waiting]
        await seat.press("escape")
        assert key_in_hand(seat) == "allocation"


async def test_an_exceptions_row_leads_to_its_exceptions(company: Company) -> None:
    number = company.order(contact="")
    company.order()
    async with seated(company, "boss") as seat:
        await to_page(seat, BOARD)
        await seat.press("end", "up", "up", "up", "up", "enter")
        assert seat.numbers == [number]


async def test_who_holds_what(company: Company) -> None:
    first, second = claimed(company), claimed(company)
    company.order()
    async with seated(company, "boss") as seat:
        await to_page(seat, PEOPLE)
        assert key_in_hand(seat) == "rev"
        await seat.shows(first)
        assert " 2 " in next(one for one in seat.lines if "Rev" in one)
        await seat.press("enter")
        assert seat.numbers == [first, second]
        await seat.press("escape", "down", "enter")
        assert "has nothing in hand" in seat.answer


async def test_what_a_person_has_due_first_is_told_whatever_its_priority(company: Company) -> None:
    first = claimed(company)
    company.later(minutes=10)
    urgent = claimed(company)
    orders.set_priority(company.workplace, "boss", urgent, Priority.URGENT, reason="asked")
    async with seated(company, "boss") as seat:
        await to_page(seat, PEOPLE)
        await seat.shows(urgent)
        assert first in next(one for one in seat.lines if "Rev" in one)


async def test_a_key_for_an_order_says_so_where_there_is_none(company: Company) -> None:
    async with seated(company, "boss") as seat:
        await to_page(seat, BOARD)
        await seat.press("c")
        assert seat.answer == "there is no order here to do this on"


async def test_an_order_found_from_the_board_is_shown_as_an_order(company: Company) -> None:
    number = company.order()
    async with seated(company, "boss") as seat:
        await to_page(seat, BOARD)
        await seat.scan(number)
        assert seat.numbers == [number]
        assert "王小明" in seat.text
        await seat.press("escape")
        assert key_in_hand(seat) == "review"


# -- the supervisor -------------------------------------------------------------------------------

WRITING = ("c", "e", "x", "t", "T", "m", "!", "h", "X", "u", "l")
SECRETS = ("13800138000", "文三路478号")


async def test_the_supervisors_keys_say_why_they_do_nothing(company: Company) -> None:
    number = company.order()
    before = company.events(number)
    async with seated(company, "wall") as seat:
        await to_page(seat, 4)
        assert seat.numbers == [number]
        for key in WRITING:
            seat.screen.answers.show("", "")
            await seat.press(key)
            assert "changes nothing" in seat.answer, key
        await seat.press("enter")
        for key in WRITING:
            seat.screen.answers.show("", "")
            await seat.press(key)
            assert "changes nothing" in seat.answer, key
    assert company.events(number) == before


async def test_the_supervisor_sees_no_phone_and_no_address(company: Company) -> None:
    number = company.order(contact="13800138000", note="ring 13800138000 first")
    orders.note(company.workplace, "sales", number, "called +86 138 0013 8000", with_customer=True)
    company.trouble("rev", number, ExceptionKind.OTHER, note="13800138000 does not answer")
    company.later(hours=5)
    async with seated(company, "wall", size=(120, 40)) as seat:
        for page in range(5):
            if page not in (BOARD - 1, PEOPLE - 1):
                await seat.shows("138****8000")
                assert {row.contact for row in seat.desk.window.rows} == {"138****8000"}
            assert not any(secret in seat.text for secret in SECRETS)
            await seat.press("tab")
        await seat.press("/")
        await seat.type("8000")
        assert seat.numbers == [number]
        await seat.press("enter")
        await seat.shows("138****8000 does not answer")
        assert not any(secret in seat.text for secret in (*SECRETS, "0013 8000"))


async def test_the_supervisors_footer_names_no_key_that_is_closed(company: Company) -> None:
    company.order()
    async with seated(company, "wall") as seat:
        assert "c done" not in seat.lines[-1]
        assert "find" in seat.lines[-1]
