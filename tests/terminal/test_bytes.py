"""What the screens cost on a slow line: bytes for each thing a person does or sees happen.

A terminal of 120 by 40 with 256 colours, and a queue longer than its list.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from orderterm.workflow import escalations, stages
from tests.contract.company import MONDAY
from tests.terminal.conftest import Open, opener
from tests.terminal.homes import House
from tests.terminal.pty import Terminal

FRAME = b"\x1b[?2026h"
FIRST_PAINT = 40_000
CURSOR_MOVE = 450
DETAIL = 1_500
ROW = 250
PAGE = 8_000
OVERLAY = 8_000
SCREEN = 20_000
MINUTE = 100
COUNTDOWN = 24
"""Every time that is left, one cell of each row, changes with the minute."""
NOTIFICATION = 600
CHARACTER = 100
ORDERS = 120
AT = MONDAY + timedelta(minutes=5, seconds=10)
"""When the screens are looked at: long before the next minute's tick."""


@pytest.fixture(scope="module")
def launched() -> Iterator[Open]:
    """As everywhere, but for all tests here."""
    yield from opener("tests.terminal.launch", lambda home, words: [str(home), *words])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A company with much to review."""
    made = House(tmp_path_factory.mktemp("bytes") / "home")
    made.orders(ORDERS)
    made.now = AT
    return made


@pytest.fixture(scope="module")
def station(house: House, launched: Open) -> Terminal:
    """The reviewer's terminal, with nothing going on."""
    terminal = launched(house.home, "--as", "rev", "--at", AT.isoformat())
    terminal.wait_for("EC-030")
    terminal.settle(1.0)
    return terminal


@pytest.fixture
def reviewer(station: Terminal) -> Terminal:
    """The reviewer's terminal with its cursor on the first order."""
    station.press("escape", "home")
    station.settle(0.7)
    return station


def cost(terminal: Terminal, *keys: str, quiet: float = 0.7) -> int:
    """The bytes that keys cost, all told: they are answered, and then nothing more comes."""
    mark = terminal.answer(*keys)
    terminal.settle(quiet)
    return terminal.bytes_since(mark)


def minute(terminal: Terminal) -> str:
    """What the clock of the status line shows."""
    return str(re.findall(r"11-23 \d\d:\d\d", terminal.screen()[0])[-1])


def frames(said: bytes) -> list[bytes]:
    """What was written, frame by frame."""
    return [FRAME + frame for frame in said.split(FRAME)[1:]]


def test_the_first_paint(station: Terminal) -> None:
    assert station.mark() <= FIRST_PAINT


def test_moving_the_cursor(reviewer: Terminal) -> None:
    for key in ("down", "down", "down", "up", "down"):
        mark = reviewer.answer(key)
        reviewer.settle(0.7)
        said = reviewer.output_since(mark)
        assert len(frames(said)[0]) <= CURSOR_MOVE, frames(said)[0]
        assert len(said) <= CURSOR_MOVE + DETAIL


def test_turning_a_page(reviewer: Terminal) -> None:
    assert cost(reviewer, "pagedown") <= PAGE
    assert cost(reviewer, "pageup") <= PAGE


def test_a_row_that_somebody_else_changes(house: House, reviewer: Terminal) -> None:
    number = house.numbers()[10]
    mark = reviewer.mark()

    stages.claim(house.workplace, "rev", number)
    reviewer.wait_for(lambda _: reviewer.bytes_since(mark) > 0)
    reviewer.settle(1.6)  # its flash is over after a second

    assert reviewer.bytes_since(mark) <= ROW, reviewer.output_since(mark)
    assert "张敏" in next(row for row in reviewer.screen() if number in row)


def test_a_new_notification(house: House, reviewer: Terminal) -> None:
    stages.claim(house.workplace, "rev", house.numbers()[20])
    reviewer.settle(1.6)
    mark = reviewer.mark()

    house.later(minutes=50)
    assert escalations.pass_clock(house.workplace), "soon due"
    house.now = AT
    reviewer.wait_for(lambda _: reviewer.bytes_since(mark) > 0)
    reviewer.settle(1.6)

    assert reviewer.bytes_since(mark) <= NOTIFICATION, reviewer.output_since(mark)


@pytest.mark.parametrize("key", ["?", "n", "/", "f", "v", "x", "!"])
def test_opening_something_and_closing_it(reviewer: Terminal, key: str) -> None:
    assert cost(reviewer, key) <= OVERLAY
    assert cost(reviewer, key if key in "?n" else "escape") <= OVERLAY


def test_an_orders_page_and_the_way_back(reviewer: Terminal) -> None:
    assert cost(reviewer, "enter") <= SCREEN
    assert cost(reviewer, "enter") <= SCREEN


def test_typing_a_character(reviewer: Terminal) -> None:
    reviewer.press("/")
    reviewer.settle()
    for character in ("订", "a", "b", "-", "1"):
        assert cost(reviewer, character, quiet=0.3) <= CHARACTER
    reviewer.press("escape")


def test_a_clock_that_goes_on_costs_nothing_but_the_minute(house: House, launched: Open) -> None:
    at = AT.replace(second=40)
    terminal = launched(house.home, "--as", "rev", "--at", at.isoformat(), "--runs")
    terminal.wait_for("EC-030")
    terminal.settle(1.5)
    rows = sum("-EC-" in row for row in terminal.screen())
    shown, mark = minute(terminal), terminal.mark()
    terminal.settle(3.0)
    if minute(terminal) != shown:  # it took so long to start
        shown, mark = minute(terminal), terminal.mark()
        terminal.settle(3.0)
    assert terminal.bytes_since(mark) == 0

    terminal.wait_for(lambda _: minute(terminal) != shown, timeout=90)
    terminal.settle(1.0)
    assert terminal.bytes_since(mark) <= MINUTE + COUNTDOWN * rows, terminal.output_since(mark)
