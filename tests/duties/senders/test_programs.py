"""Programs that print too much, end too early, or leave something behind."""

import sys
import textwrap
import tracemalloc
from pathlib import Path

import msgspec
import pytest

from orderterm.duties.secrets import Secrets
from orderterm.duties.senders import SendFailed
from orderterm.duties.senders.program import Program
from orderterm.outgoing import ProgramSender
from tests.duties.senders.rigs import LETTER, LONG

MIB = 2**20


def program(home: Path, code: str, timeout: float = LONG) -> Program:
    (home / "send.py").write_text(textwrap.dedent(code), encoding="utf-8")
    secrets = Secrets(home, {"KEY": "sIgN-9f8e7d6c5b4a"})
    secrets.read("env:KEY")
    return Program("own", ProgramSender([sys.executable, "send.py"]), home, secrets, timeout)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_flood_does_not_fill_the_memory(tmp_path: Path, stream: str) -> None:
    sender = program(
        tmp_path,
        f"""
        import sys
        print("first", file=sys.{stream})
        for _ in range(32):
            sys.{stream}.write("x" * {MIB})
        print("last", file=sys.{stream})
        sys.exit({0 if stream == "stdout" else 1})
        """.replace('"last"', '"\\nlast"'),
    )
    tracemalloc.start()
    try:
        if stream == "stdout":
            assert sender.send(LETTER) == "first"
        else:
            with pytest.raises(SendFailed, match="with code 1: last"):
                sender.send(LETTER)
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()


def test_one_that_never_stops_printing_is_ended(tmp_path: Path) -> None:
    sender = program(tmp_path, "while True: print('x' * 9999)", timeout=1.0)
    with pytest.raises(SendFailed, match=r"had not ended after 1\.0 s"):
        sender.send(LETTER)


def test_what_it_leaves_behind_holds_up_nothing(tmp_path: Path) -> None:
    sender = program(
        tmp_path,
        """
        import subprocess, sys
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        print("id-1")
        """,
    )
    assert sender.send(LETTER) == "id-1"


def test_one_that_does_not_read_may_say_yes(tmp_path: Path) -> None:
    long = msgspec.structs.replace(LETTER, text="x" * MIB)
    assert program(tmp_path, "import os; os.close(0); print('ok')").send(long) == "ok"


def test_what_it_says_does_nothing_to_a_terminal(tmp_path: Path) -> None:
    said = program(tmp_path, r"print('\x1b[2J\x07id-1\x9b')").send(LETTER)
    assert said.isprintable()
    assert "id-1" in said


def test_what_it_says_is_told_without_secrets(tmp_path: Path) -> None:
    said = "x" * 290 + "sIgN-9f8e7d6c5b4a"
    assert "sIgN" not in program(tmp_path, f"print('{said}')").send(LETTER)
    with pytest.raises(SendFailed) as failed:
        program(tmp_path, f"raise SystemExit('{said}')").send(LETTER)
    assert "sIgN" not in str(failed.value)
