"""Scans in bursts, in pieces and while the database is busy: none lost, doubled, torn or silent."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest

from orderterm.terms import Stage
from tests.terminal.conftest import Open
from tests.terminal.homes import House
from tests.terminal.pty import Terminal

BURST = 100
PREFIXED = '[scanner]\nprefix = "ctrl+b"\n'
PATIENT = "[scanner]\nminimum_length = 3\ngap_milliseconds = 500\n"
"""This process may be kept from writing on for longer than any scanner pauses."""

PREFIX = b"\x02"
LOCKED_SECONDS = 10.0


def burst(codes: Sequence[str], ending: bytes = b"\r", prefix: bytes = b"") -> bytes:
    """What a scanner sends that was kept waiting by the network."""
    return b"".join(prefix + code.encode() + ending for code in codes)


def dealt_with(record: Path) -> list[tuple[str, str]]:
    """The scans so far, each with its answer."""
    lines = record.read_text().splitlines() if record.exists() else []
    return [(code, answer) for code, _, answer in (line.partition("\t") for line in lines)]


def jumps(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Each order's number with the answer to its scan."""
    return [(code, f"{code}: {code}") for code in codes]


def all_dealt_with(terminal: Terminal, record: Path, count: int) -> None:
    """Wait until so many scans are answered, and then for more that must not come."""
    terminal.wait_for(lambda _: len(dealt_with(record)) >= count)
    terminal.settle(0.5)


def here(terminal: Terminal) -> str:
    """The row under the cursor."""
    return next((row for row in terminal.screen() if row.startswith("▌")), "")


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Somebody else holds the database, as a backup or a database tool may."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("prefix", "ending"),
    [(b"", b"\r"), (b"", b"\t"), (b"", b"\r\n"), (PREFIX, b"\n"), (PREFIX, b"\r\n")],
    ids=["CR", "TAB", "CR LF", "prefix LF", "prefix CR LF"],
)
def test_a_hundred_scans_in_one_burst(
    tmp_path: Path, launched: Open, prefix: bytes, ending: bytes
) -> None:
    house = House(tmp_path / "home", PREFIXED if prefix else PATIENT)
    numbers = house.orders(BURST)
    Random(7).shuffle(numbers)
    record = tmp_path / "record"
    terminal = launched(house.home, "--as", "rev", "--record", str(record))
    terminal.wait_for(numbers[0])

    terminal.send(burst(numbers, ending, prefix))
    all_dealt_with(terminal, record, BURST)

    assert dealt_with(record) == jumps(numbers)
    assert numbers[-1] in here(terminal)
    assert f"{numbers[-1]}: {numbers[-1]}" in terminal.text()
    acted = {actor for number in numbers for actor, _ in house.events(number)}
    assert "rev" not in acted, "an Enter pressed something"


def test_more_than_the_terminal_itself_can_hold(tmp_path: Path, launched: Open) -> None:
    house = House(tmp_path / "home", PATIENT)
    numbers = house.orders(5) * 70  # 6 KB; the line between holds 4
    record = tmp_path / "record"
    terminal = launched(house.home, "--as", "rev", "--record", str(record))
    terminal.wait_for(numbers[0])

    terminal.send(burst(numbers))
    all_dealt_with(terminal, record, len(numbers))

    assert dealt_with(record) == jumps(numbers)


def test_scans_in_pieces_as_a_network_cuts_them(tmp_path: Path, launched: Open) -> None:
    house = House(tmp_path / "home", PREFIXED)
    numbers = house.orders(20)
    record = tmp_path / "record"
    terminal = launched(house.home, "--as", "rev", "--record", str(record))
    terminal.wait_for(numbers[0])
    chance, said = Random(7), burst(numbers, b"\r\n", PREFIX)

    while said:
        cut = chance.randrange(1, 24)
        terminal.send(said[:cut])
        said = said[cut:]
        time.sleep(chance.choice((0, 0, 0.03, 0.08)))
    all_dealt_with(terminal, record, len(numbers))

    assert dealt_with(record) == jumps(numbers)


def test_keys_between_scans_do_their_work_on_the_order_that_was_scanned(
    tmp_path: Path, launched: Open
) -> None:
    house = House(tmp_path / "home", PREFIXED)
    first, second, third, fourth, *_ = house.orders(8)
    record = tmp_path / "record"
    terminal = launched(
        house.home, "--as", "rev", "--record", str(record), "--at", house.now.isoformat()
    )
    terminal.wait_for(first)

    terminal.send(burst([third], prefix=PREFIX) + b"c" + burst([second, fourth], prefix=PREFIX))
    all_dealt_with(terminal, record, 3)

    assert [code for code, _ in dealt_with(record)] == [third, second, fourth]
    assert house.stages(third) == [Stage.ALLOCATION]
    assert [house.stages(one) for one in (first, second, fourth)] == [[Stage.REVIEW]] * 3
    assert fourth in here(terminal)


def test_a_badge_signs_in_in_the_middle_of_a_burst(tmp_path: Path, launched: Open) -> None:
    house = House(tmp_path / "home", PATIENT)
    numbers = house.orders(10)
    record = tmp_path / "record"
    terminal = launched(house.home, "--record", str(record))
    terminal.wait_for("badge:")

    terminal.send(burst(["sales", *numbers[:3], "rev", *numbers[3:]]))
    all_dealt_with(terminal, record, 12)

    assert [code for code, _ in dealt_with(record)] == ["sales", *numbers[:3], "rev", *numbers[3:]]
    assert "张敏" in terminal.screen()[0]
    assert numbers[-1] in here(terminal)


def test_a_code_that_nobody_knows_is_answered(tmp_path: Path, launched: Open) -> None:
    house = House(tmp_path / "home")
    (number,) = house.orders(1)
    terminal = launched(house.home, "--as", "rev")
    terminal.wait_for(number)

    terminal.send(burst(["NEVER-HEARD-OF-1"]))

    terminal.wait_for("NEVER-HEARD-OF-1 is no order")


def test_a_locked_database_holds_up_a_change_and_loses_nothing(
    tmp_path: Path, launched: Open
) -> None:
    house = House(tmp_path / "home", PREFIXED)
    first, second, third, *_ = house.orders(8)
    terminal = launched(house.home, "--as", "rev", "--at", house.now.isoformat())
    terminal.wait_for(first)
    terminal.settle(0.5)

    with locked(house.file):
        began = time.monotonic()
        terminal.press("c")  # approves the first
        terminal.wait_for("the database is busy")
        terminal.send(burst([third], prefix=PREFIX))
        terminal.press("c", "down")
        terminal.wait_for("3 keys and scans wait")
        assert house.stages(first) == [Stage.REVIEW]
        while time.monotonic() - began < LOCKED_SECONDS:
            time.sleep(0.1)
        assert terminal.running

    terminal.wait_for(lambda _: house.stages(third) == [Stage.ALLOCATION])
    terminal.settle(0.5)
    assert house.stages(first) == [Stage.ALLOCATION]
    assert house.stages(second) == [Stage.REVIEW]
