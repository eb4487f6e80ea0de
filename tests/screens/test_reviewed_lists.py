"""Lists, pages and what lies over them, in the moments in which something else happens too."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orderterm.store.connection import reading, transaction
from orderterm.store.tables import Event, Notification, Order
from orderterm.terms import NoticeKind, Role, Stage
from orderterm.workflow import registers, stages
from screens import list_screen
from screens.commands import COMMANDS
from screens.desk import Desk
from screens.roles import desk_class
from screens.roles.overview import ALL_OPEN, TO_ME
from tests.contract.company import Company
from tests.screens.seat import Seat, seated


def many(company: Company, count: int, **draft: str) -> list[str]:
    """Orders at review, in the order of the queue."""
    return list(company.receive(*(company.draft(**draft) for _ in range(count))).new)


@contextmanager
def slow_reading(seat: Seat) -> Iterator[None]:
    """Let every reading wait until the end of this."""
    gate = threading.Event()
    seat.app.station.jobs._reader.submit(gate.wait)
    try:
        yield
    finally:
        gate.set()


async def left_alone(seat: Seat) -> None:
    """Nobody has touched a key for a while."""
    await seat.settled()
    seat.desk._touched -= list_screen.QUIET_SECONDS + 1


# -- the order under the cursor is the one that was seen ------------------------------------------


async def test_no_other_order_is_put_under_the_cursor_by_itself(company: Company) -> None:
    numbers = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("down")
        await left_alone(seat)
        company.finish(numbers[1], Stage.REVIEW)
        await seat.until(lambda: bool(seat.desk.window.gone))
        await seat.pilot.pause(1.2)  # a tick
        assert seat.here == numbers[1]
        await seat.press("c")
        assert company.stages(numbers[2]) == [Stage.REVIEW]


async def test_a_list_left_alone_is_merged_around_the_cursor(company: Company) -> None:
    numbers = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("down", "down")
        await left_alone(seat)
        company.finish(numbers[0], Stage.REVIEW)
        await seat.until(lambda: seat.desk.window.rows[0].number == numbers[1])
        assert seat.here == numbers[2]


async def test_nothing_is_merged_while_something_is_asked(company: Company) -> None:
    numbers = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("down", "h")
        await left_alone(seat)
        company.finish(numbers[0], Stage.REVIEW)
        await seat.until(lambda: bool(seat.desk.window.gone))
        await seat.pilot.pause(1.2)  # a tick
        assert len(seat.desk.window.rows) == 3


async def test_ones_own_last_order_gives_way_to_new_ones(company: Company) -> None:
    many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("c")
        new = company.order()
        await left_alone(seat)
        await seat.until(lambda: seat.here == new)


async def test_a_marked_order_that_left_is_not_replaced_by_the_one_in_hand(
    company: Company,
) -> None:
    numbers = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("space")
        await left_alone(seat)
        company.finish(numbers[0], Stage.REVIEW)
        await seat.until(lambda: bool(seat.desk.window.gone))
        await seat.pilot.pause(1.2)  # a tick
        await seat.press("c")
        assert company.stages(numbers[1]) == [Stage.REVIEW]


async def test_marks_that_a_merge_takes_away_are_told(company: Company) -> None:
    numbers = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("space")
        company.finish(numbers[0], Stage.REVIEW)
        await seat.until(lambda: bool(seat.desk.window.gone))
        await seat.press("r")
        assert seat.answer == "1 marked orders have left the list"
        assert not seat.desk.window.marks


async def test_what_is_marked_but_not_shown_is_not_acted_on(company: Company) -> None:
    numbers = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("space", "/")
        await seat.type(numbers[2])
        assert seat.here == numbers[2]
        await seat.press("c")
        assert company.stages(numbers[0]) == [Stage.REVIEW]
        assert company.stages(numbers[2]) == [Stage.ALLOCATION]


async def test_all_marks_go_where_a_marked_row_has_left(company: Company) -> None:
    numbers = many(company, 3)
    async with seated(company, "rev") as seat:
        await seat.press("A")
        company.finish(numbers[0], Stage.REVIEW)
        await seat.until(lambda: bool(seat.desk.window.gone))
        await seat.press("A")
        assert seat.answer == "0 marked"


# -- long lists -----------------------------------------------------------------------------------


async def test_an_empty_list_takes_more_than_are_read_at_once(company: Company) -> None:
    async with seated(company, "rev") as seat:
        await seat.shows("nothing to do here")
        numbers = many(company, 300)
        await seat.until(lambda: bool(seat.desk.window.rows))
        await seat.press("end")
        assert seat.here == numbers[-1]


async def test_after_all_in_hand_are_done_the_others_are_shown(company: Company) -> None:
    numbers = many(company, 200)
    async with seated(company, "rev") as seat:
        in_hand = len(seat.desk.window.rows)
        for number in numbers[:in_hand]:
            company.finish(number, Stage.REVIEW)
        await seat.until(lambda: len(seat.desk.window.gone) == in_hand)
        await seat.press("r")
        assert seat.here == numbers[in_hand]


async def test_end_then_up_passes_every_order(company: Company) -> None:
    numbers = many(company, 300)
    async with seated(company, "rev") as seat:
        await seat.press("end")
        seen = [seat.here]
        while seat.here != numbers[0]:
            await seat.press("up")
            seen.append(seat.here)
        assert seen == numbers[::-1]


# -- readings that end late -----------------------------------------------------------------------


async def test_a_change_is_shown_though_the_list_was_read_on_meanwhile(company: Company) -> None:
    numbers = many(company, 300)
    async with seated(company, "rev") as seat:
        with slow_reading(seat):
            stages.claim(company.workplace, "rev", numbers[3])
            await seat.until(lambda: seat.desk._refresher._looking)
            seat.desk.window.move(110)
            seat.desk.show_moved()
        await seat.settled()
        await seat.press("home")
        await seat.until(lambda: seat.desk.window.rows[3].assignee == "rev")


async def test_rows_of_another_page_are_not_added(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(company, 300)
    monkeypatch.setattr(desk_class(Role.MANAGER), "pages", (TO_ME, ALL_OPEN))
    async with seated(company, "boss") as seat:
        await seat.press("tab")
        assert seat.desk.page is ALL_OPEN
        with slow_reading(seat):
            seat.desk.window.move(110)
            seat.desk.show_moved()
            await seat.pilot.press("tab")
        await seat.settled()
        assert seat.desk.page is TO_ME  # where nothing is
        assert not seat.desk.window.rows


# -- filter, find, escape -------------------------------------------------------------------------


async def test_escape_takes_back_one_thing_at_a_time(company: Company) -> None:
    numbers = many(company, 3)
    stages.claim(company.workplace, "rev", numbers[1])
    async with seated(company, "rev") as seat:
        await seat.press("f", "1")
        assert seat.numbers == [numbers[1]]
        await seat.press("/")
        await seat.type(numbers[2])
        assert seat.numbers == [numbers[2]]
        await seat.press("escape")
        assert seat.numbers == [numbers[1]]
        await seat.press("escape")
        assert seat.numbers == numbers


async def test_the_cursor_stays_on_what_was_found(company: Company) -> None:
    numbers = many(company, 5)
    async with seated(company, "rev") as seat:
        await seat.press("/")
        await seat.type(numbers[3])
        await seat.press("escape")
        assert seat.here == numbers[3]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
async def test_an_order_is_found_from_every_page_of_every_role(
    company: Company, role: Role
) -> None:
    number = company.order()
    registers.add_staff(company.workplace, "admin", "all", "All", list(Role))
    async with seated(company, "all", role=role) as seat:
        for _ in seat.desk.pages:
            await seat.press("/")
            await seat.type(number)
            await seat.shows(number)
            await seat.press("escape", "tab")


# -- what lies over the list ----------------------------------------------------------------------


@pytest.fixture
def late(company: Company) -> Company:
    """A company in which there is something to tell."""
    many(company, 3)
    company.later(minutes=90)
    return company


@pytest.mark.parametrize("key", ["?", ":", "Y"])
async def test_the_notifications_stay_when_a_list_over_them_is_left(
    late: Company, key: str
) -> None:
    async with seated(late, "boss") as seat:
        await seat.shows("✉ 3")
        await seat.press("n", key, "escape")
        await seat.shows("notifications 3")
        await seat.press("escape")
        assert "notifications 3" not in seat.text


SIZES = [(20, 5), (200, 60), (80, 15), (109, 24), (110, 24), (5, 3), (1, 1), (80, 24)]


@pytest.mark.parametrize("keys", [("n",), ("Y",), ("h",), ("/",), ("?",), ("enter",), ()])
async def test_any_size_at_any_moment(late: Company, keys: tuple[str, ...]) -> None:
    async with seated(late, "rev") as seat:
        await seat.press(*keys)
        for size in SIZES:
            await seat.pilot.resize_terminal(*size)
            await seat.pilot.pause()
        last = seat.lines
        await seat.press("escape", *(("escape",) if keys == ("enter",) else ()))
        assert len(last) == 24


@pytest.mark.parametrize(("key", "words"), [("n", "notifications 3"), ("Y", "monochrome")])
async def test_what_is_open_is_seen_after_a_resize(late: Company, key: str, words: str) -> None:
    async with seated(late, "boss") as seat:
        await seat.shows("✉ 3")
        await seat.press(key)
        for size in ((80, 14), (120, 40), (60, 12), (80, 24)):
            await seat.pilot.resize_terminal(*size)
            await seat.shows(words)


async def test_the_notifications_change_their_language(late: Company) -> None:
    async with seated(late, "boss") as seat:
        await seat.shows("✉ 3")
        await seat.press("n", "L")
        await seat.shows("通知 3")


async def test_all_is_acknowledged_that_was_seen(late: Company) -> None:
    async with seated(late, "boss") as seat:
        await seat.shows("✉ 3")
        await seat.press("n")
        unseen = seat.desk.notices.notices[0].id
        seat.desk.notices.show(seat.desk.notices.notices[1:])  # it came after the pane was read
        await seat.press("A")
        assert seat.answer == "2 acknowledged"
        with reading():
            open_ones = Notification.select().where(Notification.acknowledged_at.is_null())
            assert [one.id for one in open_ones] == [unseen]


async def test_the_notifications_are_headed_with_how_many_there_are(late: Company) -> None:
    row = {"recipient": "boss", "kind": NoticeKind.HANDOVER, "level": 0, "raised_at": late.now}
    facts = '{"role": "sales", "giver": "sales"}'
    with transaction():
        Notification.insert_many(
            [{**row, "payload": facts, "subject": f"handover:{key}"} for key in range(247)]
        ).execute()
    async with seated(late, "boss") as seat:
        await seat.shows("✉ 250")
        await seat.press("n")
        await seat.shows("notifications 250  50 older ones come up")
        await seat.press("A")
        await seat.shows("notifications 50")
        assert "older ones" not in seat.text


async def test_home_and_end_move_through_the_notifications(late: Company) -> None:
    async with seated(late, "boss") as seat:
        await seat.shows("✉ 3")
        await seat.press("n", "end")
        assert seat.desk.notices.cursor == 2
        await seat.press("home")
        assert seat.desk.notices.cursor == 0


# -- the order's own page -------------------------------------------------------------------------


async def test_the_ends_of_the_list_are_told(company: Company) -> None:
    numbers = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("enter", "[")
        assert seat.answer == "there is no further order in the list on this side"
        await seat.press("]", "]")
        assert seat.answer == "there is no further order in the list on this side"
        assert numbers[1] in seat.lines[0]


async def test_the_list_shows_its_cursor_and_language_after_the_page(company: Company) -> None:
    numbers = many(company, 2)
    async with seated(company, "rev") as seat:
        await seat.press("enter", "]", "L")
        with slow_reading(seat):
            await seat.pilot.press("escape")
            await seat.until(lambda: isinstance(seat.app.screen, Desk))
            await seat.pilot.pause()
            assert numbers[1] in next(one for one in seat.lines if one.startswith("▌"))
            assert "完成" in seat.lines[-1]


async def test_the_notifications_are_opened_from_the_page(late: Company) -> None:
    async with seated(late, "rev") as seat:
        await seat.press("enter", "n")
        await seat.until(lambda: seat.screen is seat.desk and seat.desk.notices.display)


async def test_the_page_keeps_the_time(company: Company) -> None:
    many(company, 1)
    async with seated(company, "rev") as seat:
        await seat.press("enter")
        company.later(minutes=7)
        await seat.shows("10:07")


# -- clocks ---------------------------------------------------------------------------------------


async def test_the_time_goes_on_whenever_the_tick_comes(company: Company) -> None:
    many(company, 1)
    async with seated(company, "rev") as seat:
        company.later(minutes=3, seconds=17)
        await seat.shows("10:03")


async def test_the_last_five_minutes_are_counted_and_end_overdue(company: Company) -> None:
    many(company, 1)
    async with seated(company, "rev") as seat:
        company.later(minutes=56, seconds=1)
        await seat.shows("3'59")
        company.later(minutes=3, seconds=57)
        await seat.shows("0'02")
        company.later(seconds=4)
        await seat.shows("-0:00")
        await seat.shows("overdue")


async def test_a_site_in_another_zone(database: Path) -> None:
    with reading():
        company = Company(database, site={"time_zone": "America/New_York"})
    number = company.order()
    async with seated(company, "rev") as seat:
        assert "11-22 21:00" in seat.lines[0]
        assert "20261122-" in number
        assert "22:00   1:00" in next(one for one in seat.lines if number in one)


async def test_stale_is_over_as_soon_as_it_can_be_read(company: Company) -> None:
    many(company, 1)
    async with seated(company, "rev") as seat:
        seat.desk.be_away("gone")
        assert "stale since 10:00" in seat.lines[0]
        await seat.until(lambda: "stale" not in seat.lines[0])


async def test_a_flash_is_not_cut_short_by_the_next_look(company: Company) -> None:
    numbers = many(company, 2)
    async with seated(company, "rev") as seat:
        stages.claim(company.workplace, "rev", numbers[1])
        await seat.until(lambda: bool(seat.desk.list._flashing))
        await seat.desk.look_again()
        assert seat.desk.list._flashing
        await seat.until(lambda: not seat.desk.list._flashing)


# -- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_every_key_that_a_screen_names_does_something(role: Role) -> None:
    desk = desk_class(role)
    here = {role.value, "list", "notices"}
    for command in COMMANDS:
        if here & set(command.places):
            assert command.id in desk.handlers, command.id


async def test_a_supervisor_changes_nothing(late: Company) -> None:
    def kept() -> tuple[int, list[Any]]:
        with reading():
            return Event.select().count(), [*Order.select().tuples()]

    async with seated(late, "wall") as seat:
        before = kept()
        for key in sorted({one.key for one in COMMANDS if one.id.startswith("order.")}):
            await seat.press(key, "1", "escape", "escape")
            await seat.press("enter", key, "1", "escape", "escape")
        assert kept() == before


async def test_esc_out_of_a_row_while_the_database_is_slow(company: Company) -> None:
    many(company, 3)
    async with seated(company, "boss") as seat:
        while "board" not in seat.lines[0]:
            await seat.press("tab")
        await seat.press("enter")
        assert len(seat.numbers) == 3
        with slow_reading(seat):
            await seat.pilot.press("escape", "c")
        await seat.settled()
        assert seat.desk.window.row is not None
        assert [company.stages(number) for number in company.numbers()] == [[Stage.REVIEW]] * 3
