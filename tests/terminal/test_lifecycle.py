"""What a terminal goes through: noise, resizing, stalls, hang-ups, a database that is away."""

import os
import random
import re
import signal
import sqlite3
import string
import time
from datetime import timedelta
from pathlib import Path

import pytest

from orderterm.terms import Stage
from orderterm.workflow import stages
from tests.terminal.conftest import Open
from tests.terminal.homes import House
from tests.terminal.pty import Terminal

LEFT = b"\x1b[?1049l\x1b[?25h"  # the alternate screen is left, the cursor shown
PASTE = "20261123-EC-001\n" * 65_536
FILES = ("orderterm.db", "orderterm.db-wal", "orderterm.db-shm")
ORDERS = 40
COMMANDS = b"\r\n\t !*-/:?[]" + string.ascii_letters.encode()
"""Keys that noise may press as well as any hand; what they do is not what is looked at."""


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A company with orders to review."""
    made = House(tmp_path / "home", '[scanner]\nprefix = "ctrl+b"\n')
    made.orders(ORDERS)
    return made


@pytest.fixture
def reviewer(house: House, launched: Open) -> Terminal:
    """The reviewer's terminal, 80 by 24."""
    return sits_down(house, launched)


def sits_down(house: House, launched: Open) -> Terminal:
    """A reviewer's terminal shortly after the orders came in."""
    at = house.now + timedelta(minutes=5)
    terminal = launched(house.home, "--as", "rev", "--at", at.isoformat(), "--runs", size=(80, 24))
    terminal.wait_for("EC-010")
    terminal.settle(0.5)
    return terminal


def scan(terminal: Terminal, code: str) -> None:
    """Scan a code."""
    terminal.send(b"\x02" + code.encode() + b"\r")


def here(terminal: Terminal) -> tuple[int, str]:
    """Line and order of the cursor."""
    rows = enumerate(terminal.screen())
    return next((line, number_in(row)) for line, row in rows if row.startswith("▌"))


def number_in(row: str) -> str:
    """The order's number in a row; blank where there is none."""
    found = re.search(r"\d{8}-\w\w-\d{3,}", row)
    return found[0] if found else ""


def works(terminal: Terminal, number: str) -> None:
    """The terminal answers, and nothing on it was meant for a programmer."""
    scan(terminal, number)
    terminal.wait_for(f"{number}: {number}")
    assert b"Traceback" not in terminal.output_since(0)


def restored(terminal: Terminal) -> bool:
    """Whether the terminal is as the program found it, with nothing left on it."""
    terminal.settle(0.1)
    said = terminal.output_since(0)
    return (
        LEFT in said
        and not said.rpartition(LEFT)[2].replace(b"\x1b[0m", b"").strip()
        and terminal.modes() == terminal.modes_before
    )


def sound(house: House) -> bool:
    """Whether the database is whole, and its trail with it."""
    with sqlite3.connect(house.file) as connection:
        checked = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()
    return checked == [("ok",)] and not house.flaws()


def test_sign_in_work_and_leave(house: House, program: Open) -> None:
    terminal = program(house.home)
    terminal.wait_for("badge:")
    terminal.press(*"nobody", "enter")
    terminal.wait_for("nobody")
    terminal.press(*"rev", "enter")
    terminal.wait_for("EC-001")

    terminal.press("ctrl+q")

    assert terminal.wait() == 0
    assert restored(terminal)


@pytest.mark.parametrize(
    "noise",
    [
        "中文订单 é".encode("gb18030"),
        "Bücher für Jérôme".encode("latin-1"),
        random.Random(7).randbytes(4_000).translate(None, b"\x11\x02" + COMMANDS),
    ],
    ids=["gb18030", "latin-1", "random"],
)
def test_bytes_that_are_no_text_harm_nothing(
    house: House, reviewer: Terminal, noise: bytes
) -> None:
    reviewer.send(noise)
    reviewer.settle(1.0)
    for _ in range(3):
        reviewer.press("ctrl+g")
    reviewer.settle(0.5)

    works(reviewer, house.numbers()[ORDERS - 1])
    assert sound(house)


def test_a_paste_of_a_megabyte_is_answered(house: House, reviewer: Terminal) -> None:
    reviewer.paste(PASTE)
    reviewer.wait_for("characters were pasted")

    reviewer.press("/")
    reviewer.wait_for("find:")
    reviewer.paste(PASTE)
    reviewer.press("Z", "ctrl+g")
    reviewer.wait_for("given up")

    works(reviewer, house.numbers()[7])


def test_resizes_down_to_a_corner_and_back(house: House, reviewer: Terminal) -> None:
    before = reviewer.screen()

    for size in ((20, 5), (1, 1), (240, 67), (80, 24)):
        reviewer.resize(*size)
        reviewer.settle(0.5)
        assert reviewer.running

    reviewer.wait_for(lambda seen: seen.screen()[1:] == before[1:])
    works(reviewer, house.numbers()[3])


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_ends_the_program_and_gives_the_terminal_back(
    house: House, reviewer: Terminal, number: signal.Signals
) -> None:
    reviewer.press("c")
    reviewer.signal(number)

    assert reviewer.wait() == 128 + number
    assert restored(reviewer)
    assert b"Traceback" not in reviewer.output_since(0)
    assert sound(house)


@pytest.mark.parametrize("controlling", [True, False], ids=["hang-up signal", "no signal"])
def test_a_lost_terminal_ends_the_program(
    house: House, program: Open, *, controlling: bool
) -> None:
    terminal = program(house.home, "--as", "rev", controlling=controlling)
    terminal.wait_for("EC-010")

    terminal.hang_up()

    assert terminal.wait() == 128 + signal.SIGHUP
    assert sound(house)


def test_a_client_that_stops_reading_misses_nothing(house: House, reviewer: Terminal) -> None:
    number = house.numbers()[5]
    scan(reviewer, number)
    reviewer.wait_for(f"{number}: {number}")
    before, used = here(reviewer), reviewer.cpu_seconds()

    reviewer.stall()
    until = time.monotonic() + 4
    others = house.numbers()[6:30]
    while time.monotonic() < until:
        for one in others:
            stages.claim(house.workplace, "rev", one)
            time.sleep(0.05)
        others = []
    reviewer.resume()

    reviewer.wait_for(lambda seen: sum("→张敏" in row for row in seen.screen()) >= 5)
    assert here(reviewer) == before
    assert reviewer.cpu_seconds() - used < 20
    works(reviewer, house.numbers()[9])


def test_what_others_do_appears_by_itself_and_moves_no_cursor(
    house: House, reviewer: Terminal
) -> None:
    first, second, third, fourth, *_ = house.numbers()
    reviewer.press("down", "down", "down")
    reviewer.wait_for(lambda seen: here(seen)[1] == fourth)
    before = here(reviewer)

    stages.claim(house.workplace, "rev", third)
    reviewer.wait_for(lambda seen: any(third in row and "张敏" in row for row in seen.screen()))
    assert here(reviewer) == before

    house.confirm("rev", first)
    house.order()
    reviewer.wait_for("+1 new")
    assert here(reviewer) == before
    shown = [number_in(row) for row in reviewer.screen()]
    assert shown[2:6] == [first, second, third, fourth]


def test_two_terminals_see_what_the_other_does(house: House, launched: Open) -> None:
    one, other = (sits_down(house, launched) for _ in range(2))
    first, _, third, *_ = house.numbers()
    other.press("down", "down")
    other.wait_for(lambda seen: here(seen)[1] == third)
    before = here(other)

    one.press("c")
    one.wait_for(f"review of {first}")

    other.wait_for(lambda seen: any("✓" in row and first in row for row in seen.screen()))
    assert here(other) == before


def test_doing_nothing_costs_next_to_nothing(reviewer: Terminal) -> None:
    used = reviewer.cpu_seconds()

    time.sleep(4)

    assert reviewer.cpu_seconds() - used < 1.0


def test_a_database_that_is_away_is_said_and_awaited(house: House, reviewer: Terminal) -> None:
    number = house.numbers()[4]
    away = house.home / "away"
    away.mkdir()

    for name in FILES:
        if (house.home / name).exists():
            os.rename(house.home / name, away / name)
    reviewer.wait_for("stale since")
    reviewer.press("c")
    reviewer.settle(1.0)
    assert "review of" not in reviewer.text()
    assert not house.file.exists(), "another, empty database was begun in its place"
    for file in away.iterdir():
        os.rename(file, house.home / file.name)

    reviewer.wait_for(lambda seen: "stale since" not in seen.text())
    works(reviewer, number)
    assert house.stages(number) == [Stage.REVIEW]
    assert sound(house)
