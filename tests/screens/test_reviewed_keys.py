"""Keys and scans at bad moments: nothing is lost, misdirected, or answered with silence."""

import asyncio
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual import events

from orderterm.errors import Refusal
from orderterm.rules.drafts import ProductDraft
from orderterm.settings import parse
from orderterm.terms import Condition, ExceptionKind, ExceptionPath, Nature, Stage
from orderterm.workflow import orders, registers, stages
from screens.flows.answers import day_at
from screens.flows.parcels import moment_before
from screens.station import Station
from screens.terminal.line_editor import LineEditor
from screens.work_screen import TYPED_AHEAD
from tests.contract.company import Company
from tests.screens.seat import Seat, seated


@pytest.fixture
def company(company: Company) -> Company:
    company.stock(A=100, B=100)
    return company


def delayed(company: Company) -> str:
    """An order whose carrier is late."""
    number = company.ordered(Stage.TRACKING)
    company.trouble("track", number, ExceptionKind.CARRIER_DELAY, note="no movement")
    return number


async def merged(seat: Seat) -> None:
    """What changed elsewhere is taken in, as it is when nobody presses a key for a while."""
    await seat.desk.look_again()
    seat.desk.window.merge()


# -- the order that was asked about is the one that is acted on -----------------------------------


async def test_an_exception_of_the_marked_order_is_resolved(company: Company) -> None:
    marked, in_hand = delayed(company), delayed(company)
    async with seated(company, "exc") as seat:
        await seat.press("space")
        assert seat.here == in_hand
        await seat.press("c")
        assert marked in seat.text
        await seat.press("1")
        await seat.type("2")
        await seat.press("1")
        assert company.paths(marked) == [ExceptionPath.EXPEDITE]
        assert company.exceptions(in_hand) == [ExceptionKind.CARRIER_DELAY]


async def test_the_marked_parcel_is_signed_for(company: Company) -> None:
    marked, in_hand = delayed(company), delayed(company)
    async with seated(company, "track") as seat:
        await seat.press("tab", "tab", "space")
        assert seat.here == in_hand
        await seat.press("c")
        assert company.stages(marked) == [Stage.CONFIRMATION]
        assert company.stages(in_hand) == [Stage.TRACKING]


async def test_the_marked_order_is_held_though_the_one_in_hand_is_on_hold(
    company: Company,
) -> None:
    marked, held = company.order(), company.order()
    orders.hold(company.workplace, "rev", held, reason="doubt")
    async with seated(company, "rev") as seat:
        await seat.press("space")
        assert seat.here == held
        await seat.press("h", "1")
        assert company.condition(marked) is Condition.ON_HOLD
        assert company.condition(held) is Condition.ON_HOLD


async def test_all_marked_orders_are_released(company: Company) -> None:
    numbers = [company.order() for _ in range(2)]
    for number in numbers:
        orders.hold(company.workplace, "rev", number, reason="doubt")
    async with seated(company, "rev") as seat:
        await seat.press("A", "h", "1")
        assert not any(company.condition(one) is Condition.ON_HOLD for one in numbers)


async def test_another_order_that_comes_under_the_question_is_not_held(company: Company) -> None:
    asked_about, other = company.order(), company.order()
    async with seated(company, "rev") as seat:
        await seat.press("h")
        company.confirm("rev", asked_about)
        await merged(seat)
        assert seat.here == other
        await seat.press("1")
        assert asked_about in seat.answer
        assert company.condition(other) is not Condition.ON_HOLD


async def test_another_order_that_comes_under_the_question_is_not_finished(
    company: Company,
) -> None:
    registers.keep_products(company.workplace, "admin", [ProductDraft("FLASK", "Product FLASK")])
    company.stock(FLASK=10)
    checked = company.ordered(Stage.PREPARATION, lines=(("FLASK", 2),))
    other = company.ordered(Stage.PREPARATION)
    async with seated(company, "prep") as seat:
        await seat.scan("FLASK")
        await seat.press("c")
        await seat.shows("pieces are not checked yet")
        company.confirm("prep", checked)
        await merged(seat)
        assert seat.here == other
        await seat.press("1")
        assert company.stages(other) == [Stage.PREPARATION]
        assert checked in seat.answer


async def test_marks_on_skus_are_not_meant_where_orders_were_found(company: Company) -> None:
    number = company.ordered(Stage.ALLOCATION, lines=(("A", 200),))
    async with seated(company, "inv") as seat:
        await seat.press("tab", "tab", "space", "/")
        await seat.type(number)
        assert seat.here == number
        await seat.press("t")
        assert seat.answer
        assert "all 0" not in seat.answer
        assert company.task(number, Stage.ALLOCATION).assignee.badge == "inv"


async def test_the_first_exception_may_be_resolved_meanwhile(company: Company) -> None:
    numbers = [delayed(company) for _ in range(2)]
    async with seated(company, "exc") as seat:
        await seat.press("A", "c")
        company.resolve(
            "exc",
            numbers[0],
            ExceptionPath.EXPEDITE,
            eta=company.now.replace(day=28),
            told="by phone",
        )
        await seat.press("1")
        assert seat.answer == f"{numbers[0]} has no open exception"


async def test_nobody_else_is_there_to_hand_an_order_to(company: Company) -> None:
    number = company.order()
    for badge in ("rev", "boss"):
        registers.disable_staff(company.workplace, "admin", badge)
    stages.claim(company.workplace, "admin", number)
    async with seated(company, "admin") as seat:
        await seat.press("/")
        await seat.type(number)
        await seat.press("m")
        assert seat.answer == "nobody else works at review: there is nobody to hand it to"
        assert not seat.screen.is_asking


# -- keys keep their order, and none is answered with silence -------------------------------------


def key(character: str) -> events.Key:
    """A key that is pressed now."""
    return events.Key(character, character)


async def test_a_key_does_not_overtake_those_typed_ahead(company: Company) -> None:
    got: list[str] = []
    async with seated(company, "rev") as seat:
        screen, gate = seat.screen, asyncio.Event()

        async def flow() -> None:
            await gate.wait()
            got.append(await screen.ask("word"))

        screen.run_flow(flow())
        for one in "ab":
            await screen.on_key(key(one))
        gate.set()
        while not screen.is_asking:
            await asyncio.sleep(0)
        await screen.on_key(key("c"))
        await seat.settled()
        await seat.press("enter")
    assert got == ["abc"]


async def test_more_keys_than_can_wait_are_refused_and_not_the_first_ones(
    company: Company,
) -> None:
    got: list[str] = []
    async with seated(company, "rev") as seat:
        screen, gate = seat.screen, asyncio.Event()

        async def flow() -> None:
            await gate.wait()
            got.append(await screen.ask("word"))

        screen.run_flow(flow())
        for place in range(TYPED_AHEAD + 1):
            await screen.on_key(key("first"[place] if place < 5 else "x"))
        assert seat.answer == "too many keys wait already: this one was not taken"
        gate.set()
        await seat.settled()
        await seat.press("enter")
    assert got == ["first" + "x" * (TYPED_AHEAD - 5)]


async def test_a_fault_that_nobody_foresaw_is_answered(company: Company) -> None:
    number = company.order()
    async with seated(company, "rev") as seat:

        async def flow() -> None:
            raise ValueError("day is out of range")

        seat.screen.run_flow(flow())
        await seat.settled()
        assert "day is out of range" in seat.answer
        await seat.press("c")
        assert company.stages(number) == [Stage.ALLOCATION]


async def test_a_typed_badge_is_asked_for_again_when_the_database_is_broken(
    company: Company, tmp_path: Path
) -> None:
    async with seated(company) as seat:
        whole = company.file.rename(tmp_path / "whole.db")
        company.file.write_bytes(b"no database" * 1000)
        await seat.type("rev")
        assert "was not done" in seat.answer
        company.file.unlink()
        whole.rename(company.file)
        await seat.type("rev")
        assert seat.app.station.badge == "rev"


# -- nobody sits there any more -------------------------------------------------------------------


def go_away(seat: Seat) -> None:
    """The last key was pressed long ago."""
    seat.app._last_key = float("-inf")


def idle(company: Company) -> None:
    """Terminals sign out whoever presses no key for a minute."""
    company.workplace = type(company.workplace)(
        parse({"screen": {"idle_minutes": 1}}), lambda: company.now, "t1"
    )


@pytest.mark.parametrize("question", ["h", "?"])
async def test_a_question_ends_with_its_screen(company: Company, question: str) -> None:
    idle(company)
    company.order()
    async with seated(company, "rev") as seat:
        desk = seat.screen
        await seat.press(question)
        flow = desk._flow
        assert flow is not None
        go_away(seat)
        await seat.app._sign_out_idle()
        await seat.settled()
        assert flow.done()
        assert seat.app.station.person is None
        await seat.type("ship")
        assert seat.app.station.badge == "ship"


async def test_a_flow_that_asks_after_its_screen_has_gone_ends(company: Company) -> None:
    idle(company)
    async with seated(company, "rev") as seat:
        desk, gate = seat.screen, asyncio.Event()

        async def flow() -> None:
            await gate.wait()
            await desk.ask("word")

        desk.run_flow(flow())
        task = desk._flow
        assert task is not None
        go_away(seat)
        await seat.app._sign_out_idle()
        gate.set()
        await seat.settled()
        await seat.until(task.done)
        await seat.scan("ship")
        assert seat.app.station.badge == "ship"


async def test_nobody_is_signed_out_while_something_is_done_in_their_name(
    company: Company,
) -> None:
    idle(company)
    number = company.order()
    async with seated(company, "rev") as seat:
        gate = threading.Event()
        waiting = asyncio.create_task(seat.app.station.jobs.change(gate.wait))
        await seat.pilot.press("c")
        go_away(seat)
        await seat.app._sign_out_idle()
        assert seat.app.station.badge == "rev"
        gate.set()
        await waiting
        await seat.settled()
        assert company.events(number)[-1][0] == "rev"
        await seat.app._sign_out_idle()
        assert seat.app.station.person is None


# -- what is typed, pasted, and scanned -----------------------------------------------------------


async def test_a_paste_is_a_code_a_line(company: Company) -> None:
    company.order()
    async with seated(company, "rev") as seat:
        seat.app.post_message(events.Paste("  NO SUCH\tCODE \r\n"))
        await seat.until(lambda: "is no order" in seat.answer)
        assert seat.answer.startswith("NO SUCH\tCODE is no order")


def test_what_does_not_print_is_left_out_of_a_paste() -> None:
    line = LineEditor("a")
    line.insert("b\x1b[31m\x07 \u202ec\x00\nd")
    assert line.text == "ab[31m cd" or line.text == "ab[31m c d"
    assert line.cursor == len(line.text)


@pytest.mark.parametrize("letter", ["a", "好", "👍"])
@pytest.mark.parametrize("cursor", [0, 1000, 2000])
def test_a_long_line_shows_what_is_around_the_cursor(letter: str, cursor: int) -> None:
    line = LineEditor(letter * 2000)
    line.cursor = cursor
    before, under, behind = line.seen(40)
    wide = 1 if letter == "a" else 2
    shown = len(before) + (cursor < 2000) + len(behind)
    assert shown * wide in range(36, 41)
    assert line.text[cursor - len(before) : cursor] == before
    assert under == (letter if cursor < 2000 else " ")


@pytest.mark.parametrize("pieces", ["-1", "99999999999", "9" * 39, "1.5", "٣٣²x", "abc"])
async def test_a_count_that_can_be_none_is_refused(company: Company, pieces: str) -> None:
    async with seated(company, "inv") as seat:
        await seat.press("k")
        await seat.scan("A")
        await seat.type(pieces)
        assert pieces in seat.answer
        assert "was not done" not in seat.answer
        assert company.level("A").on_hand == 100


async def test_a_wrong_figure_costs_no_answer_before_it(company: Company) -> None:
    lines = (("A", 3), ("B", 2))
    number = company.ordered(Stage.RECEIVING, lines=lines, nature=Nature.RETURN)
    async with seated(company, "inv") as seat:
        await seat.press("c", "enter", "ctrl+u")
        await seat.type("two")
        assert "two is no number of pieces" in seat.answer
        await seat.press("up", "ctrl+u")  # back to A
        await seat.type("1")
        await seat.press("enter")  # two of A are scrapped
        await seat.press("up", "up", "ctrl+u")  # to its first question again
        await seat.type("2")
        await seat.press("enter", "enter")
        assert company.stages(number) == [Stage.REFUND]
        assert company.level("A").on_hand == 102
        assert company.level("B").on_hand == 102


def at(moment: datetime) -> Station:
    """A station at a certain time."""
    return Station(Path(), parse({}), lambda: moment, "t1")


@pytest.mark.parametrize(
    "text", ["9999-12-31", "2199-01-01", "0001-01-01", "02-29", "９９", "999", "99"]
)
def test_no_day_is_beyond_what_can_be_kept(text: str) -> None:
    for moment in (datetime(2028, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)):
        for read in (day_at, moment_before):
            with suppress(Refusal):
                assert abs(read(text, at(moment)).year - moment.year) <= 3


async def test_an_order_that_was_typed_is_tried_again(company: Company, tmp_path: Path) -> None:
    before = company.numbers()
    async with seated(company, "sales") as seat:
        await seat.press("o", "1")
        await seat.type("王小明")
        for words in ("13800138000", "杭州市西湖区文三路478号", "A", "2", "", ""):
            await seat.press("ctrl+u")
            await seat.type(words)
        await seat.shows("enter the order?")
        whole = company.file.rename(tmp_path / "whole.db")
        await seat.press("enter")
        assert "can't be opened" in seat.answer
        whole.rename(company.file)
        await seat.press("enter")
    assert len(company.numbers()) == len(before) + 1


@pytest.mark.parametrize(
    "words", ["x" * 2000, "好" * 2000, "👍🏽‍💻", "שלום", "'; drop table --", "{x}"]
)
async def test_odd_words_are_kept_as_a_note(company: Company, words: str) -> None:
    number = company.order()
    async with seated(company, "rev", size=(40, 12)) as seat:
        await seat.press("l", "1")
        seat.app.post_message(events.Paste(words))
        await seat.pilot.pause()
        await seat.press("enter")
        assert company.events(number)[-1] == ("rev", "noted")
        assert seat.answer
