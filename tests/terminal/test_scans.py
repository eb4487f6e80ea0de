"""Scans in bursts, in pieces and while the database is busy: none lost, doubled, torn or silent."""

import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from orderterm.terms import Stage
from tests.terminal.conftest import Open
from tests.terminal.homes import House, at_rest
from tests.terminal.pty import Terminal

BURST = 100
PREFIXED = '[scanner]\nprefix = "ctrl+b"\n'
PREFIX = b"\x02"


def burst(codes: Sequence[str], ending: bytes, prefix: bytes = b"") -> bytes:
    """What a scanner sends that was kept waiting by the network."""
    return b"".join(prefix + code.encode() + ending for code in codes)


def dealt_with(record: Path) -> list[tuple[str, str]]:
    """The scans so far, each with its answer."""
    lines = record.read_text().splitlines() if record.exists() else []
    return [(code, answer) for code, _, answer in (line.partition("\t") for line in lines)]


def jumps(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Each order's number with the answer to its scan."""
    return [(code, f"{code}: {code}") for code in codes]


def all_dealt_with(terminal: Terminal, record: Path, count: int = BURST) -> None:
    """Wait until so many scans are answered, and then for more that must not come."""
    terminal.wait_for(lambda _: len(dealt_with(record)) >= count, timeout=60)
    terminal.settle(0.5)


@pytest.mark.parametrize(
    "ending", [b"\r", b"\n", b"\r\n", b"\t"], ids=["CR", "LF", "CR LF", "TAB"]
)
@pytest.mark.parametrize("prefix", [b"", PREFIX], ids=["no prefix", "prefix"])
def test_a_hundred_scans_in_one_burst(
    tmp_path: Path, launched: Open, prefix: bytes, ending: bytes
) -> None:
    house = House(tmp_path / "home", PREFIXED if prefix else "")
    numbers = house.orders(BURST)
    record = tmp_path / "record"
    terminal = launched(house.home, "--as", "rev", "--record", str(record))
    terminal.wait_for(numbers[0])

    terminal.send(burst(numbers, ending, prefix))
    all_dealt_with(terminal, record)

    assert dealt_with(record) == jumps(numbers)
    assert f"{numbers[-1]}: {numbers[-1]}" in terminal.screen()[-2]
    assert {len(house.events(number)) for number in numbers} == {1}, "an Enter pressed something"
