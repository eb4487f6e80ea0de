"""The station's driver on a real pseudo-terminal: what terminals send, and how they go."""

import random
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.terminal.pty import Terminal

ROOT = Path(__file__).parents[2]
LEFT = b"\x1b[?1049l\x1b[?25h"  # the alternate screen is left, the cursor shown

Start = Callable[..., Terminal]


@pytest.fixture
def heart(tmp_path: Path) -> Path:
    """Where the sample app shows that its loop lives."""
    path = tmp_path / "heart"
    path.touch()
    return path


@pytest.fixture
def start(heart: Path) -> Iterator[Start]:
    """Start the sample app on a terminal, and end it after the test."""
    terminals: list[Terminal] = []

    def start_sample(**options: object) -> Terminal:
        argv = [sys.executable, "-m", "tests.terminal.sample", str(heart)]
        terminals.append(Terminal(argv, cwd=ROOT, **options))  # type: ignore[arg-type]
        terminals[-1].wait_for("ready")
        return terminals[-1]

    yield start_sample
    for terminal in terminals:
        terminal.close()


def beats(heart: Path) -> int:
    """How often the loop has shown itself alive."""
    return heart.read_text().count("\n")


def restored(terminal: Terminal) -> bool:
    """Whether the terminal is as the program found it."""
    terminal.settle(0.1)
    return LEFT in terminal.output_since(0) and terminal.modes() == terminal.modes_before


def test_asks_a_terminal_for_no_more_than_it_needs(start: Start) -> None:
    terminal = start()
    terminal.press("x")  # read behind the terminal's answer
    terminal.wait_for("last: x.")

    said = terminal.output_since(0)
    assert b"\x1b[?1049h" in said
    assert b"\x1b[?2004h" in said
    assert b"\x1b[?2026$p" in said
    assert b"\x1b[?2026h" in said, "the terminal's answer was not heard"
    for unwanted in (b"?1000h", b"?1003h", b"?1004h", b"?1006h", b"?2048", b"\x1b[>"):
        assert unwanted not in said


@pytest.mark.parametrize(
    "noise",
    [
        "中文订单 é".encode("gb18030"),
        "Bücher für Jérôme".encode("latin-1"),
        b"\x1b[99999999999u\x1b[1:2;3u\x1b[48;1;1;1;1t\x1b[M\xff\xff\xff\x1b[<0;5;5M",
        random.Random(7).randbytes(4_000).replace(b"\x11", b""),  # ctrl+q quits
    ],
    ids=["gb18030", "latin-1", "false sequences", "random"],
)
def test_bytes_that_are_no_text_harm_nothing(start: Start, noise: bytes) -> None:
    terminal = start()

    terminal.send(noise)
    terminal.settle(0.5)
    terminal.press("x", "y", "z")

    terminal.wait_for("last: x y z.")


def test_text_comes_in_as_it_was_typed(start: Start) -> None:
    terminal = start()

    terminal.press("订", "é", "enter")
    terminal.wait_for("last: 订 é enter.")
    terminal.press("escape")
    terminal.wait_for("last: é enter escape.")


def test_a_terminal_of_another_encoding_is_understood_and_answered(start: Start) -> None:
    terminal = start(env={"PYTHONIOENCODING": "gb18030"})

    terminal.send("订é".encode("gb18030"))

    terminal.wait_for(lambda seen: "last: 订 é.".encode("gb18030") in seen.output_since(0))


def test_a_line_feed_is_ctrl_j_and_a_tab_is_tab(start: Start) -> None:
    terminal = start()

    terminal.send(b"\n\r\t")

    terminal.wait_for("last: ctrl+j enter tab.")


def test_a_paste_of_a_megabyte_comes_in_whole(start: Start, heart: Path) -> None:
    terminal = start()
    lived = beats(heart)

    terminal.paste("订单 1\n" * 180_000)
    terminal.press("a")

    terminal.wait_for("1 keys, last: a.")
    terminal.paste("short")
    terminal.wait_for("paste 2: 5 characters.")
    terminal.wait_for(lambda _: beats(heart) > lived)


def test_escape_gives_the_keys_back_when_the_end_of_a_paste_got_lost(start: Start) -> None:
    terminal = start()

    terminal.send(b"\x1b[200~half a paste")
    terminal.settle(0.3)
    assert terminal.screen()[0] == "ready"
    terminal.press("escape")
    terminal.wait_for("paste 1: 12 characters.")
    terminal.press("c")

    terminal.wait_for("1 keys, last: c.")


def test_a_flood_of_keys_leaves_the_loop_alive(start: Start, heart: Path) -> None:
    terminal = start()

    terminal.send(b"k" * 10_000)
    terminal.press("z")
    terminal.wait_for("10001 keys, last: k k z.")

    counts = [int(count) for count in heart.read_text().split()]
    assert max(after - before for before, after in pairwise(counts)) < 2_500


def test_characters_without_an_encoding_are_shown_as_a_mark(start: Start) -> None:
    terminal = start()

    terminal.press("f7")
    terminal.wait_for("odd ? name")
    terminal.press("n")

    terminal.wait_for("last: n.")


def test_resizes_down_to_a_corner_and_back(start: Start) -> None:
    terminal = start()
    terminal.press("f5", "f6")
    terminal.wait_for("painted")

    terminal.resize(20, 5)
    terminal.settle()
    assert len(terminal.screen()) == 5
    terminal.press("a")
    terminal.wait_for("1 keys, last: a.")
    terminal.resize(120, 40)
    terminal.press("b")

    terminal.wait_for("2 keys, last: a b.")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_app_and_gives_the_terminal_back(
    start: Start, heart: Path, number: signal.Signals
) -> None:
    terminal = start()
    assert terminal.modes() != terminal.modes_before

    terminal.signal(number)

    assert terminal.wait() == 128 + number
    assert restored(terminal)
    assert heart.read_text().endswith("unmounted")


def test_quitting_gives_the_terminal_back(start: Start) -> None:
    terminal = start()

    terminal.press("ctrl+q")

    assert terminal.wait() == 0
    assert restored(terminal)


@pytest.mark.parametrize("controlling", [True, False], ids=["hang-up signal", "no signal"])
def test_a_lost_terminal_ends_the_app(start: Start, heart: Path, *, controlling: bool) -> None:
    terminal = start(controlling=controlling)

    terminal.hang_up()

    assert terminal.wait() == 128 + signal.SIGHUP
    assert heart.read_text().endswith("unmounted")


def test_an_app_that_hangs_is_ended_all_the_same(start: Start) -> None:
    terminal = start()
    terminal.press("f8")
    terminal.settle()

    terminal.signal(signal.SIGTERM)

    assert terminal.wait() == 128 + signal.SIGTERM
    assert terminal.modes() == terminal.modes_before


def test_a_stalled_terminal_stalls_nothing_and_is_painted_right_afterwards(
    start: Start, heart: Path
) -> None:
    terminal = start()
    terminal.press("f5")
    terminal.wait_for("订单")

    terminal.stall()
    mark = terminal.mark()
    lived = beats(heart)
    terminal.wait_for(lambda _: beats(heart) >= lived + 20)
    terminal.press("f6")  # what follows this is painted for nobody
    terminal.wait_for(lambda _: beats(heart) >= lived + 25)
    terminal.resume()
    terminal.wait_for("painted")
    terminal.settle()

    said, *field = terminal.screen()
    frame = f"frame {int(said.removeprefix('painted ').rstrip('.')):06} 订单"
    assert {row.count(frame) for row in field} == {4}
    assert terminal.bytes_since(mark) < 300_000, "frames were kept for a terminal that stalled"


def test_a_stalled_terminal_holds_up_no_end(start: Start) -> None:
    terminal = start()
    terminal.press("f5")
    terminal.wait_for("订单")
    terminal.stall()

    terminal.signal(signal.SIGTERM)

    assert terminal.wait() == 128 + signal.SIGTERM


def test_a_stalled_terminal_that_is_lost_ends_the_app(start: Start, heart: Path) -> None:
    terminal = start(controlling=False)
    terminal.press("f5")
    terminal.wait_for("订单")
    terminal.stall()
    lived = beats(heart)
    terminal.wait_for(lambda _: beats(heart) >= lived + 5)

    terminal.hang_up()

    assert terminal.wait() == 128 + signal.SIGHUP
    assert heart.read_text().endswith("unmounted")


def test_is_never_suspended(start: Start) -> None:
    terminal = start()

    terminal.press("ctrl+z")
    terminal.wait_for("last: ctrl+z.")

    status = Path(f"/proc/{terminal.pid}/status").read_text()
    ignored = int(status.partition("SigIgn:")[2].split()[0], 16)
    assert ignored >> (signal.SIGTSTP - 1) & 1


def test_stands_being_stopped_and_continued(start: Start) -> None:
    terminal = start()
    raw = terminal.modes()

    terminal.signal(signal.SIGSTOP)
    termios.tcsetattr(terminal.slave, termios.TCSANOW, terminal.modes_before)  # as a shell does
    mark = terminal.mark()
    terminal.signal(signal.SIGCONT)
    terminal.wait_for(lambda _: terminal.modes() == raw)
    terminal.press("a")

    terminal.wait_for("1 keys, last: a.")
    assert b"\x1b[?1049h" in terminal.output_since(mark)
    assert terminal.bytes_since(mark) > 2_000, "not painted anew"
