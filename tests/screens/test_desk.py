"""What every role's screen does: its list, its orders, its notifications, and who sits there."""

from collections.abc import Callable

import pytest

from orderterm.store.connection import reading
from orderterm.store.tables import Notification
from orderterm.terms import Condition, ExceptionKind, NoticeKind, Priority, Role, Stage
from orderterm.workflow import orders, registers, stages
from screens.order_screen import OrderScreen
from screens.sign_in import SignIn
from tests.contract.company import Company
from tests.screens.seat import Seat, seated


@pytest.fixture
def chief(company: Company) -> str:
    """The badge of somebody who may do everything, with three screens to choose from."""
    roles = [Role.REVIEWER, Role.INVENTORY, Role.MANAGER]
    registers.add_staff(company.workplace, "admin", "chief", "Chief", roles)
    return "chief"


def many(company: Company, count: int) -> list[str]:
    """Orders at review, in the order of the queue."""
    return list(company.receive(*(company.draft() for _ in range(count))).new)


def in_list(seat: Seat) -> bool:
    """Whether no other screen lies over the list."""
    return seat.screen is seat.desk


def role(seat: Seat) -> str:
    """Whose screen is open."""
    return seat.desk.role.value


def line(seat: Seat) -> int:
    """The line of the list on which the cursor is."""
    window = seat.desk.window
    return window.cursor - window.top


def on_screen(seat: Seat) -> list[str]:
    """The orders that are shown."""
    return [row.number for row in seat.desk.window.shown]


def drawn(seat: Seat, number: str) -> str:
    """The order's line of the list, as it is drawn."""
    return next(one for one in seat.lines if number in one)


# -- moving ---------------------------------------------------------------------------------------


async def test_the_keys_of_moving(company: Company) -> None:
    numbers = many(company, 400)
    async with seated(company, "rev") as seat:
        assert seat.here == numbers[0]
        await seat.press("down", "down", "up")
        assert seat.here == numbers[1]
        await seat.press("end")
        assert seat.here == numbers[-1]
        await seat.press("down")
        assert seat.here == numbers[-1]
        await seat.press("up")
        assert seat.here == numbers[-2]
        await seat.press("home")
        assert seat.here == numbers[0]
        await seat.press("up")
        assert seat.here == numbers[0]


@pytest.mark.parametrize(("first", "key"), [("home", "pagedown"), ("end", "pageup")])
async def test_paging_shows_every_order_once(company: Company, first: str, key: str) -> None:
    numbers = many(company, 400)
    async with seated(company, "rev", size=(80, 40)) as seat:
        await seat.press(first)
        seen = [on_screen(seat)]
        while seat.here not in (numbers[0], numbers[-1]) or len(seen) == 1:
            await seat.press(key)
            seen.append(on_screen(seat))
        assert {number for page in seen for number in page} == set(numbers)
        assert seat.here == (numbers[-1] if key == "pagedown" else numbers[0])


async def test_a_page_keeps_the_line_of_the_cursor(company: Company) -> None:
    many(company, 100)
    async with seated(company, "rev") as seat:
        await seat.press("down", "down", "down", "pagedown")
        assert line(seat) == 3
        await seat.press("pagedown", "pageup")
        assert line(seat) == 3


async def test_the_next_page_is_read_before_it_is_asked_for(company: Company) -> None:
    numbers = many(company, 100)
    async with seated(company, "rev", size=(120, 40)) as seat:
        await seat.until(lambda: len(seat.desk.window.rows) == len(numbers))
        assert on_screen(seat)[0] == numbers[0]


async def test_a_list_without_orders_says_so(company: Company) -> None:
    async with seated(company, "rev") as seat:
        await seat.shows("nothing to do here")
        await seat.press("down", "end", "pagedown", "space", "A")
        await seat.press("c")
        assert seat.answer == "there is no order here to do this on"


async def test_a_key_that_does_nothing_says_so(company: Company) -> None:
    async with seated(company, "rev") as seat:
        await seat.press("z")
        assert seat.answer == "the key z does nothing here; ? shows those that do"


# -- marks and bulk actions -----------------------------------------------------------------------


async def test_marks_are_counted_and_taken_away(company: Company) -> None:
    numbers = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("space", "space")
        assert seat.answer == "2 marked"
        assert [work.number for work in seat.desk.chosen] == numbers[:2]
        assert "●" in drawn(seat, numbers[0])
        await seat.press("A")
        assert seat.answer == "3 marked"
        await seat.press("A")
        assert seat.answer == "0 marked"
        assert "●" not in drawn(seat, numbers[0])


async def test_a_bulk_action_tells_what_came_of_each(company: Company) -> None:
    first, theirs, last = many(company, 3)
    registers.add_staff(company.workplace, "admin", "rev2", "Second", [Role.REVIEWER])
    stages.claim(company.workplace, "rev2", theirs)
    async with seated(company, "rev", size=(120, 40)) as seat:
        await seat.press("A", "c")
        await seat.shows("finish 3 orders?")
        assert company.stages(first) == [Stage.REVIEW]
        await seat.press("1")
        assert seat.answer.startswith(f"2 done, 1 not: {theirs} is with Second")
        assert company.stages(first) == company.stages(last) == [Stage.ALLOCATION]
        assert company.stages(theirs) == [Stage.REVIEW]
        assert seat.numbers == [theirs]
        for number in (first, theirs, last):
            assert any(f"{number} " in shown[60:] for shown in seat.lines), number
        await seat.press("up")
        assert not seat.desk.results


async def test_a_bulk_action_can_be_given_up(company: Company) -> None:
    numbers = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("A", "c", "2")
        assert seat.answer == "given up; nothing was changed"
        assert [company.stages(one) for one in numbers] == [[Stage.REVIEW]] * 2


# -- finding --------------------------------------------------------------------------------------


@pytest.fixture
def sought(company: Company) -> str:
    """An order that differs from all others in everything that can be asked for."""
    many(company, 5)
    return company.ordered(
        Stage.TRACKING,
        lines=[("C", 1)],
        customer_name="Zoe Miller",
        contact="13900001234",
        channel_order_number="TB-778899",
    )


FINDS: dict[str, Callable[[str], str]] = {
    "number": lambda number: number,
    "end of the number": lambda number: number[-6:],
    "channel's number": lambda _: "TB-778899",
    "customer": lambda _: "zoe",
    "phone": lambda _: "1234",
    "SKU": lambda _: "C",
    "waybill": lambda number: f"W{number}-1",
}


@pytest.mark.parametrize("kind", FINDS)
async def test_finding(company: Company, sought: str, kind: str) -> None:
    async with seated(company, "rev") as seat:
        await seat.press("/")
        await seat.type(FINDS[kind](sought))
        assert seat.numbers == [sought]
        assert "1 found" in seat.answer
        await seat.press("escape")
        assert len(seat.numbers) == 5


@pytest.fixture(autouse=True)
def _shelf(company: Company) -> None:
    company.stock(A=500, B=500, C=500)


async def test_what_is_not_found_leaves_the_list(company: Company) -> None:
    numbers = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("/")
        await seat.type("no such thing")
        assert seat.answer == "nothing is found for no such thing"
        assert seat.numbers == numbers


async def test_finding_nothing_shows_the_list_again(company: Company) -> None:
    numbers = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("/")
        await seat.type(numbers[1])
        assert seat.numbers == numbers[1:]
        await seat.press("/", "enter")
        assert seat.numbers == numbers


async def test_what_was_found_can_be_worked_on(company: Company) -> None:
    first, second = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("/")
        await seat.type(second)
        await seat.press("c")
        assert company.stages(second) == [Stage.ALLOCATION]
        assert company.stages(first) == [Stage.REVIEW]


# -- narrowing and saved views --------------------------------------------------------------------


@pytest.fixture
def mixed(company: Company) -> dict[str, str]:
    """Orders of which each answers to one filter only."""
    late = company.order()
    company.later(minutes=90)
    urgent, mine, dealer, odd = (company.order() for _ in range(4))
    orders.set_priority(company.workplace, "boss", urgent, Priority.URGENT, reason="pressed")
    stages.claim(company.workplace, "rev", mine)
    (dealer,) = company.receive(company.draft(), channel="DL").new
    company.trouble("rev", odd, ExceptionKind.OTHER)
    return {"late": late, "urgent": urgent, "mine": mine, "dealer": dealer, "odd": odd}


@pytest.mark.parametrize(
    ("keys", "found", "words"),
    [
        (("1",), "mine", "[mine]"),
        (("2",), "late", "[overdue]"),
        (("3",), "odd", "[exceptions]"),
        (("4", "3"), "dealer", "[DL]"),
        (("5", "1"), "urgent", "[urgent]"),
    ],
)
async def test_each_filter(
    company: Company, mixed: dict[str, str], keys: tuple[str, ...], found: str, words: str
) -> None:
    async with seated(company, "rev", size=(120, 40)) as seat:
        everything = seat.numbers
        await seat.press("f", *keys)
        assert seat.numbers == [mixed[found]]
        await seat.shows(words)
        await seat.press("f", "6")
        assert seat.numbers == everything
        assert words not in seat.text


async def test_a_view_is_saved_taken_and_forgotten(company: Company, mixed: dict[str, str]) -> None:
    async with seated(company, "rev") as seat:
        await seat.press("f", "2", "v", "1")
        await seat.type("late ones")
        assert seat.answer == "saved as late ones"
        await seat.press("escape")
        assert len(seat.numbers) > 1
        await seat.press("v")
        await seat.shows("late ones")
        await seat.press("1")
        assert seat.numbers == [mixed["late"]]
    async with seated(company, "rev") as seat:
        await seat.press("v", "3", "1")
        assert seat.answer == "the view late ones is forgotten"
        await seat.press("v")
        await seat.shows("save this view")
        assert "late ones" not in seat.text.replace(seat.answer, "")


# -- notifications --------------------------------------------------------------------------------


def unread(badge: str) -> int:
    with reading():
        own = (Notification.recipient == badge) & Notification.acknowledged_at.is_null()
        return int(Notification.select().where(own).count())


async def test_notifications_lead_to_their_orders(company: Company, chief: str) -> None:
    first, second = many(company, 2)
    company.later(minutes=90)
    async with seated(company, chief) as seat:
        await seat.shows("✉ 2")
        await seat.press("n")
        await seat.shows("notifications 2")
        assert seat.desk.notices.notice is not None
        await seat.press("down")
        wanted = seat.desk.notices.notice.order_number
        assert seat.desk.notices.notice.kind is NoticeKind.OVERDUE
        await seat.press("enter")
        assert seat.here == wanted
        assert not seat.desk.notices.display
        assert {first, second} == set(seat.numbers)
        assert unread(chief) == 2


async def test_notifications_are_acknowledged_one_by_one_or_all(
    company: Company, chief: str
) -> None:
    many(company, 3)
    company.later(minutes=90)
    async with seated(company, chief) as seat:
        await seat.shows("✉ 3")
        await seat.press("n", "a")
        assert seat.answer == "acknowledged"
        assert unread(chief) == 2
        await seat.shows("✉ 2")
        await seat.press("A")
        assert seat.answer == "2 acknowledged"
        assert unread(chief) == 0
        await seat.press("a")
        assert "there is no notification to acknowledge" in seat.answer
        await seat.press("enter")
        assert "leads to no order" in seat.answer
        await seat.press("n")
        assert not seat.desk.notices.display


async def test_what_is_unread_is_there_after_a_restart(company: Company, chief: str) -> None:
    many(company, 1)
    company.later(minutes=90)
    async with seated(company, chief) as seat:
        await seat.shows("✉ 1")
    async with seated(company, chief) as seat:
        await seat.shows("✉ 1")


# -- the steps beside the stages ------------------------------------------------------------------


async def test_undo_takes_back_what_was_just_done(company: Company) -> None:
    first, second = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("c")
        assert seat.here == second
        await seat.press("u")
        await seat.shows(f"undo {first}: why?")
        await seat.press("1")
        assert company.stages(first) == [Stage.REVIEW]
        assert company.stages(second) == [Stage.REVIEW]
        await seat.until(lambda: seat.numbers == [first, second])
        assert seat.here == first


async def test_undo_takes_back_all_that_was_done_with_one_key(company: Company) -> None:
    numbers = many(company, 4)
    async with seated(company, "rev") as seat:
        await seat.press("space", "space", "space", "c", "1")
        assert seat.answer == "all 3 done"
        stages.confirm(company.workplace, "inv", numbers[1])
        await seat.press("u")
        await seat.shows("undo the last step of 3 orders: why?")
        await seat.press("1")
        assert seat.answer.startswith("2 done, 1 not: ")
        await seat.until(lambda: seat.numbers == [numbers[0], *numbers[2:]])
        assert seat.here == numbers[0]
        await seat.press("u")
        await seat.shows(f"undo {numbers[0]}: why?")  # what was taken back is not again
    assert [company.stages(one) for one in numbers] == [
        [Stage.REVIEW],
        [Stage.PREPARATION],
        [Stage.REVIEW],
        [Stage.REVIEW],
    ]


async def test_undo_passes_over_what_finished_nothing(company: Company) -> None:
    first, second, third = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("c", "h", "1")
        assert company.condition(second) is Condition.ON_HOLD
        await seat.press("u")
        await seat.shows(f"undo {first}: why?")
        await seat.press("1")
        assert company.stages(first) == [Stage.REVIEW]
        await seat.until(lambda: seat.here == first)
        await seat.press("c")
        stages.confirm(company.workplace, "inv", first)
        await seat.press("u", "1")
        assert first in seat.answer  # it has gone on, and is not asked about again
        await seat.press("end", "u")
        await seat.shows(f"undo {third}: why?")


async def test_what_was_refused_stands_first_and_can_be_scrolled(company: Company) -> None:
    numbers = many(company, 14)
    for number in numbers[10:]:
        orders.hold(company.workplace, "boss", number, reason="payment")
    async with seated(company, "rev") as seat:
        await seat.press(*["space"] * 14, "c", "1")
        assert seat.answer.startswith("10 done, 4 not")
        assert [numbers[10] in line for line in seat.lines].count(True) == 3  # list, pane, answer
        await seat.press("shift+down", "shift+down")
        assert seat.desk.results
        assert f"review of {numbers[0]} is done" in seat.text


async def test_what_was_not_done_is_not_undone(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("u", "1")
        assert number in seat.answer
        assert company.stages(number) == [Stage.REVIEW]


async def test_taking_in_hand_and_over(company: Company) -> None:
    first, second = many(company, 2)
    registers.add_staff(company.workplace, "admin", "rev2", "Second", [Role.REVIEWER])
    stages.claim(company.workplace, "rev2", second)
    async with seated(company, "rev") as seat:
        await seat.press("t")
        assert seat.answer == f"review of {first} is yours"
        assert company.task(first, Stage.REVIEW).assignee_id == "rev"
        await seat.until(lambda: "→Rev" in drawn(seat, first))
        await seat.press("down", "t")
        assert seat.answer.startswith(f"{second} is with Second")
        await seat.press("T")
        assert company.task(second, Stage.REVIEW).assignee_id == "rev"
        assert seat.here == second


async def test_several_are_taken_in_hand(company: Company) -> None:
    numbers = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("A", "t")
        assert seat.answer == "all 3 done"
        assert {company.task(one, Stage.REVIEW).assignee_id for one in numbers} == {"rev"}
        await seat.until(lambda: seat.numbers == numbers)


async def test_giving_to_somebody_else(company: Company, chief: str) -> None:
    (number,) = many(company, 1)
    async with seated(company, chief) as seat:
        await seat.press("m")
        await seat.shows("hand to")
        names = [row.strip() for row in seat.lines if row.strip().endswith(" rev")]
        await seat.press(names[0].lstrip("▌")[0], "1")
        assert seat.answer == f"review of {number} is with Rev"
        assert company.task(number, Stage.REVIEW).assignee_id == "rev"
        await seat.until(lambda: "→Rev" in drawn(seat, number))


async def test_hold_and_release(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("h")
        await seat.shows("why is it put on hold?")
        await seat.press("2")
        assert company.condition(number) is Condition.ON_HOLD
        await seat.until(lambda: "paused" in drawn(seat, number))
        await seat.until(lambda: seat.numbers == [number])
        await seat.press("c")
        assert "is on hold" in seat.answer
        await seat.press("h")
        assert company.condition(number) is not Condition.ON_HOLD
        await seat.until(lambda: "paused" not in drawn(seat, number))


async def test_hold_with_words_of_ones_own(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("h", "4")
        await seat.type("wedding on Friday")
        assert company.condition(number) is Condition.ON_HOLD
        await seat.press("enter")
        await seat.shows("wedding on Friday")


async def test_several_are_put_on_hold(company: Company) -> None:
    numbers = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("A", "h", "1")
        await seat.shows("all 2 orders?")
        await seat.press("1")
        assert {company.condition(one) for one in numbers} == {Condition.ON_HOLD}


async def test_cancel_asks_once_more(company: Company, chief: str) -> None:
    (number,) = many(company, 1)
    async with seated(company, chief) as seat:
        await seat.press("X", "1")
        await seat.shows(f"cancel {number}?")
        await seat.press("2")
        assert company.condition(number) is not Condition.CANCELLED
        await seat.press("X", "1", "1")
        assert company.condition(number) is Condition.CANCELLED
        assert seat.numbers == []


async def test_who_may_not_is_told_who_may_before_anything_is_asked(company: Company) -> None:
    many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("X")
        assert seat.answer.startswith("Rev (rev) may not do this: cancel is for")


async def test_another_priority(company: Company) -> None:
    first, second = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("down", "!", "1", "1")
        assert company.row(second).priority is Priority.URGENT
        await seat.until(lambda: drawn(seat, second).startswith(("▌✓E", " ✓E", "▌ E", "  E")))
        await seat.press("r")
        assert seat.numbers == [second, first]


async def test_an_exception_is_raised(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("x")
        await seat.shows("information")
        await seat.press("2")
        await seat.type("no house number")
        assert company.exceptions(number) == [ExceptionKind.INFORMATION]
        await seat.press("/")
        await seat.type(number)
        await seat.shows("no house number")


async def test_a_note_is_written_down(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("l", "1")
        await seat.type("comes at noon")
        assert ("rev", "noted") in company.events(number)
        await seat.shows("comes at noon")
        assert seat.here == number


async def test_a_note_needs_words(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("l", "1", "enter")
        assert seat.answer == "an answer is needed; esc or ctrl+g gives up"
        await seat.press("ctrl+g")
        assert seat.answer == "given up; nothing was changed"
        assert ("rev", "noted") not in company.events(number)


# -- the order's page -----------------------------------------------------------------------------


async def test_an_order_is_opened_and_left(company: Company) -> None:
    first, second, third = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("enter")
        assert isinstance(seat.screen, OrderScreen)
        await seat.shows(first)
        await seat.press("]", "]")
        await seat.shows(third)
        assert first not in seat.text
        await seat.press("]")
        assert "no further order" in seat.answer
        await seat.press("[")
        await seat.shows(second)
        await seat.press("enter")
        assert in_list(seat)
        assert seat.here == second


async def test_an_order_is_worked_on_from_its_page(company: Company) -> None:
    first, second = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("enter", "c")
        assert f"review of {first}" in seat.answer
        assert company.stages(first) == [Stage.ALLOCATION]
        await seat.shows("review passed")
        await seat.press("escape")
        assert seat.numbers == [second]
        assert seat.here == second


async def test_next_after_an_action_misses_no_order(company: Company) -> None:
    first, second, third = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("enter", "c", "]")
        await seat.shows(second)
        await seat.press("c", "]")
        await seat.shows(third)
        await seat.press("c")
        assert [company.stages(one) for one in (first, second, third)] == [[Stage.ALLOCATION]] * 3


async def test_the_page_shows_what_changes_elsewhere(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("enter")
        orders.note(company.workplace, "sales", number, "blue, not red", with_customer=True)
        await seat.shows("blue, not red")


async def test_finding_from_the_page(company: Company) -> None:
    _, second = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("enter", "/")
        await seat.type(second)
        assert in_list(seat)
        assert seat.here == second


async def test_a_long_page_is_scrolled(company: Company) -> None:
    number = company.order(lines=[("A", 1)] * 40, note="the very last wish")
    async with seated(company, "rev") as seat:
        await seat.press("enter")
        assert number in seat.text
        assert "story" not in seat.text
        await seat.press("end")
        assert "story" in seat.text
        await seat.press("home", "down", "pagedown", "pageup", "up")
        assert number in seat.lines[1]


async def test_a_scan_on_the_page_shows_that_order(company: Company) -> None:
    _, second = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("enter")
        await seat.scan(second)
        assert isinstance(seat.screen, OrderScreen)
        await seat.shows(second)
        assert seat.answer == f"{second}: {second}"


# -- help, words and looks ------------------------------------------------------------------------


async def test_help_names_the_keys_and_does_them(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("?")
        await seat.shows("keys that work here")
        await seat.shows("Override the order's priority, with a reason.")
        await seat.type("take the order in", "enter")
        assert company.task(number, Stage.REVIEW).assignee_id == "rev"


async def test_a_command_is_found_by_its_name(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press(":")
        await seat.type("hold")
        await seat.shows("why is it put on hold?")
        await seat.press("1")
        assert company.condition(number) is Condition.ON_HOLD


async def test_the_palette_can_be_given_up(company: Company) -> None:
    async with seated(company, "rev") as seat:
        await seat.press(":", "q", "q", "backspace", "escape")
        assert seat.answer == "given up; nothing was changed"
        await seat.press("?", "escape")
        assert in_list(seat)


async def test_the_language_changes_at_once(company: Company) -> None:
    many(company, 1)
    async with seated(company, "rev") as seat:
        assert "customer" in seat.text
        await seat.press("L")
        await seat.shows("客户")
        await seat.shows("审核")
        await seat.press("L")
        await seat.shows("customer")


async def test_themes_and_plain_marks(company: Company) -> None:
    many(company, 1)
    async with seated(company, "rev") as seat:
        for key in ("2", "3", "4", "1"):
            before = seat.app.theme
            await seat.press("Y", key)
            assert seat.app.theme != before
        assert "▌" in seat.text
        await seat.press("Y", "5")
        assert "▌" not in seat.text
        assert not [one for one in seat.text if one in "│─✓·✉●→…"]
        await seat.press("Y", "5")
        assert "▌" in seat.text


async def test_repainting_changes_nothing(company: Company) -> None:
    many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.until(lambda: seat.desk.order is not None)
        await seat.press("down")
        await seat.until(
            lambda: seat.desk.order is not None and seat.desk.order.number == seat.here
        )
        before = seat.text
        await seat.press("ctrl+l")
        assert seat.text == before


# -- who sits there -------------------------------------------------------------------------------


async def test_signing_out_and_in_by_scan(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("q")
        assert isinstance(seat.screen, SignIn)
        assert number not in seat.text
        await seat.scan("sales")
        assert role(seat) == "sales"
        assert seat.app.station.badge == "sales"


async def test_signing_in_by_typing(company: Company) -> None:
    async with seated(company) as seat:
        await seat.type("nobody")
        assert "nobody" in seat.answer
        assert isinstance(seat.screen, SignIn)
        await seat.type("rev")
        assert role(seat) == "reviewer"


async def test_a_badge_scanned_at_work_changes_the_person(company: Company) -> None:
    company.order()
    async with seated(company, "rev") as seat:
        await seat.scan("buyer")
        assert role(seat) == "purchasing"
        assert seat.answer == "Buyer is signed in"


async def test_another_role_of_the_same_person(company: Company, chief: str) -> None:
    number = company.ordered(Stage.ALLOCATION)
    async with seated(company, chief) as seat:
        assert role(seat) == "reviewer"
        await seat.press("g")
        await seat.shows("inventory")
        await seat.press("2")
        assert role(seat) == "inventory"
        assert seat.numbers == [number]


# -- what changes elsewhere -----------------------------------------------------------------------


async def busy(seat: Seat) -> None:
    """Press keys, so that the list is not merged as if nobody sat there."""
    await seat.press("down", "up")


async def test_a_change_repaints_its_row_and_leaves_the_cursor(company: Company) -> None:
    numbers = many(company, 5)
    async with seated(company, "rev") as seat:
        await busy(seat)
        await seat.press("down", "down")
        registers.add_staff(company.workplace, "admin", "rev2", "Second", [Role.REVIEWER])
        stages.claim(company.workplace, "rev2", numbers[1])
        await seat.until(lambda: "→Second" in drawn(seat, numbers[1]))
        assert seat.here == numbers[2]
        assert line(seat) == 2
        assert seat.numbers == numbers


async def test_new_orders_are_counted_until_they_are_merged(company: Company) -> None:
    numbers = many(company, 4)
    async with seated(company, "rev", size=(120, 40)) as seat:
        await busy(seat)
        await seat.press("down", "down")
        urgent = company.order(special_request="24小时发货")
        await seat.shows("+1 new")
        assert seat.numbers == numbers
        assert (seat.here, line(seat)) == (numbers[2], 2)
        await seat.press("r")
        assert seat.numbers == [urgent, *numbers]
        assert (seat.here, line(seat)) == (numbers[2], 2)
        assert "new" not in seat.lines[0]


async def test_what_left_stays_in_its_place_until_it_is_merged(company: Company) -> None:
    numbers = many(company, 4)
    async with seated(company, "rev") as seat:
        await busy(seat)
        await seat.press("down", "down")
        company.finish(numbers[0], Stage.REVIEW)
        await seat.until(lambda: "✓" in drawn(seat, numbers[0]))
        assert on_screen(seat) == numbers
        assert (seat.here, line(seat)) == (numbers[2], 2)
        await seat.press("r")
        assert on_screen(seat) == numbers[1:]
        assert seat.here == numbers[2]


async def test_the_row_in_hand_may_leave_too(company: Company) -> None:
    numbers = many(company, 3)
    async with seated(company, "rev") as seat:
        await busy(seat)
        await seat.press("down")
        company.finish(numbers[1], Stage.REVIEW)
        await seat.until(lambda: "✓" in drawn(seat, numbers[1]))
        assert seat.here == numbers[1]
        await seat.press("c")
        assert "was done by" in seat.answer or "already" in seat.answer
        assert company.stages(numbers[2]) == [Stage.REVIEW]
        await seat.press("r")
        assert seat.numbers == [numbers[0], numbers[2]]


async def test_the_counts_follow(company: Company) -> None:
    (number,) = many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.shows("1 open")
        company.finish(number, Stage.REVIEW)
        await seat.shows("0 open")


async def test_a_change_deep_in_a_long_list(company: Company) -> None:
    numbers = many(company, 400)
    async with seated(company, "rev") as seat:
        await seat.press("end")
        here, place = seat.here, line(seat)
        company.finish(numbers[0], Stage.REVIEW)
        company.order(special_request="24小时发货")
        await seat.shows("400 open")
        assert (seat.here, line(seat)) == (here, place)
        await seat.press("home")
        assert numbers[0] not in seat.numbers
        assert len(set(seat.numbers)) == len(seat.numbers)
