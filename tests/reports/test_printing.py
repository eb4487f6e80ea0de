"""Into a file and through a program, with real files and a real program as the printer."""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orderterm.errors import OrdertermError
from orderterm.reports.printing import save, send

LINES = ["拣货单 一号仓", "[ ]  A2  保温杯"]
Printer = Callable[[str], str]


@pytest.fixture
def printer(tmp_path: Path) -> Printer:
    """Makes a program of a shell script; returns the command that runs it."""

    def make(script: str) -> str:
        program = tmp_path / "a printer"
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return f'"{program}" -d label'

    return make


def test_a_file_is_written_whole_under_a_free_name(tmp_path: Path) -> None:
    folder = tmp_path / "print" / "lists"
    first, second = save(LINES, folder, "list.txt"), save(["x"], folder, "list.txt")
    third = save([], folder, "list.txt")
    assert [path.name for path in (first, second, third)] == [
        "list.txt",
        "list-2.txt",
        "list-3.txt",
    ]
    assert first.read_bytes() == "拣货单 一号仓\n[ ]  A2  保温杯\n".encode()
    assert second.read_text() == "x\n"
    assert sorted(folder.iterdir()) == sorted([first, second, third])


def test_a_name_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    assert save(LINES, folder, "../out.txt").parent == folder
    assert save(LINES, folder, "/etc/\x1b[2Jx.txt").parent == folder
    assert save(LINES, folder, "a/b.txt").name == "a-b.txt"
    for sign in "x单😀":
        long = [save(LINES, folder, sign * 300 + ".txt") for _ in range(2)]
        assert [path.name.strip(sign) for path in long] == [".txt", "-2.txt"]
    assert not (tmp_path / "out.txt").exists()


def test_another_file_s_place_is_never_taken(tmp_path: Path) -> None:
    taken = tmp_path / "list.txt"
    taken.symlink_to(tmp_path / "elsewhere")
    assert save(LINES, tmp_path, "list.txt") == tmp_path / "list-2.txt"
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OrdertermError, match=r"list.txt can't be written to .*/file/x: Not a dir"):
        save(LINES, tmp_path / "file" / "x", "list.txt")


def test_the_printer_reads_the_lines(printer: Printer, tmp_path: Path) -> None:
    send(
        [*LINES, "\x1b[31mred"], printer(f'echo "$@" > "{tmp_path}/asked"; cat > "{tmp_path}/out"')
    )
    assert (tmp_path / "out").read_text() == "\n".join([*LINES, " [31mred"]) + "\n"
    assert (tmp_path / "asked").read_text() == "-d label\n"


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    with pytest.raises(OrdertermError):
        send(LINES, f"false; touch {tmp_path}/broken")
    send(LINES, f"true && touch {tmp_path}/broken")
    assert not (tmp_path / "broken").exists()


def test_a_printer_that_does_not_read_is_no_harm(printer: Printer) -> None:
    send(["x" * 70] * 20_000, printer("exit 0"))


def test_a_printer_that_leaves_somebody_behind_is_not_waited_for(printer: Printer) -> None:
    send(LINES, printer("sleep 60 & exit 0"), patience=30)


def test_a_missing_program_is_named() -> None:
    with pytest.raises(OrdertermError, match="no-such-lp -d x can't be started: No such file"):
        send(LINES, "no-such-lp -d x")


def test_a_failure_tells_the_program_s_last_words(printer: Printer) -> None:
    command = printer("echo first >&2; printf 'no \\033[2Jpaper\\n\\n' >&2; exit 3")
    with pytest.raises(OrdertermError, match=r"failed \(3\): no  \[2Jpaper"):
        send(LINES, command)
    with pytest.raises(OrdertermError, match=r"failed \(1\): \?"):
        send(LINES, "false")


@pytest.mark.parametrize("command", ["", "  ", 'lp "x'])
def test_a_command_that_is_none(command: str) -> None:
    with pytest.raises(OrdertermError, match=r"print command.* lp"):
        send(LINES, command)


def test_a_printer_that_hangs_is_ended_with_all_it_started(
    printer: Printer, tmp_path: Path
) -> None:
    command = printer(f'sleep 600 & echo $! > "{tmp_path}/child"; wait')
    with pytest.raises(OrdertermError, match="did not end within 1 s and was stopped"):
        send(LINES, command, patience=1)
    child = int((tmp_path / "child").read_text())
    for _ in range(500):
        if _gone(child):
            return
        time.sleep(0.01)
    pytest.fail("what the printer started is still there")


def _gone(process: int) -> bool:
    """Whether a process has ended; one that nobody has fetched yet has ended too."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True
