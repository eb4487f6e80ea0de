"""The program as a process: what reaches the terminal, and with what exit code."""

import json
import os
import pty
import signal
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from orderterm import __version__
from orderterm.cli import main

ROOT = Path(__file__).parent.parent.parent


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """``orderterm`` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "orderterm", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_version_and_help() -> None:
    assert run("--version").stdout.decode().strip() == f"orderterm {__version__}"
    bare = run()
    assert bare.returncode == 0
    assert b"Commands:" in bare.stdout
    assert bare.stderr == b""
    for name in main.list_commands(None):  # type: ignore[arg-type]
        assert name.encode() in bare.stdout


def test_misuse_exits_2_and_errors_exit_1(home: Path) -> None:
    wrong = run("--home", str(home), "orders", "--stage", "nowhere")
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    missing = run("--home", str(home), "show", "7")
    assert (missing.returncode, missing.stdout) == (1, b"")
    assert missing.stderr.decode().count("\n") == 1


@pytest.mark.parametrize("arguments", [("monitor",), ("--as", "z"), ("--role", "reviewer")])
def test_screens_without_a_terminal_are_misuse(home: Path, arguments: tuple[str, ...]) -> None:
    done = run("--home", str(home), *arguments, LANG="en_GB.UTF-8")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "there is no terminal here" in done.stderr.decode()


def test_the_home_of_the_environment(home: Path) -> None:
    found = run("orders", "--json", ORDERTERM_HOME=str(home))
    assert len(json.loads(found.stdout)) == 4


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "gbk"},
    ],
)
def test_any_locale_gets_its_output(home: Path, environment: dict[str, str]) -> None:
    document = run("--home", str(home), "orders", "--json", **environment)
    assert document.returncode == 0
    assert "王小明" in document.stdout.decode("utf-8")
    text = run("--home", str(home), "orders", **environment)
    assert text.returncode == 0
    encoding = environment.get("PYTHONIOENCODING", "utf-8").replace("ascii", "utf-8")
    assert "王小明" in text.stdout.decode(encoding)


def test_bytes_that_are_no_text_are_misuse(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "orderterm", "--home", str(home), "show", b"\xff\xfe"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_nobody_reads_what_it_prints(home: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "orderterm", "--home", str(home), "orders"],
        cwd=ROOT,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert done.stderr == b""
    assert not (home / "errors.log").exists()


def test_a_table_fits_the_terminal(home: Path) -> None:
    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 60))
    done = subprocess.run(
        [sys.executable, "-m", "orderterm", "--home", str(home), "orders"],
        cwd=ROOT,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={name: text for name, text in os.environ.items() if name != "COLUMNS"},
        check=False,
    )
    os.close(terminal)
    printed = os.read(controller, 65536).decode()
    os.close(controller)
    assert done.returncode == 0
    assert "…" in printed
    assert all(cell_len(line) <= 60 for line in printed.splitlines())


def test_the_trail_knows_the_terminal(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/77")
    number = program.order("N1")
    program("claim", number, "--as", "z")
    assert program.json("audit", number)[-1]["station"].endswith(":/dev/pts/77")


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "en_GB.UTF-8"])
def test_the_demo_prints_its_board_and_where_it_is(tmp_path: Path, language: str) -> None:
    place = tmp_path / "demo"
    done = run(
        *("demo", "--headless", "--orders", "5", "--seed", "3", "--home", str(place)), LANG=language
    )
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode().splitlines()
    assert str(place) in lines[-1]
    assert ("客户确认" if language.startswith("zh") else "confirmation") in done.stdout.decode()
    assert done.stderr
    assert json.loads(run("--home", str(place), "audit", "verify", "--json").stdout)["ok"] is True


def test_closed_output(home: Path) -> None:
    command = f'"{sys.executable}" -m orderterm --home "{home}" orders >&-'
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_control_characters_never_reach_the_terminal(program: Any, tmp_path: Path) -> None:
    file = tmp_path / "evil.csv"
    file.write_text(
        "渠道订单号,下单时间,客户名称,联系方式,收货地址,SKU编码,数量\n"
        "E1,2026-11-22 09:00,\x1b[2J王\x07,13800138000,杭州市西湖区文三路478号,A,1\n",
        encoding="utf-8",
    )
    program.run("import", str(file), "--channel", "EC", "--as", "sa")
    for output in (program("orders"), program("show", program.order("E1"))):
        assert "王" in output
        assert "\x1b" not in output
        assert "\x07" not in output


def test_ctrl_c_is_quiet(home: Path) -> None:
    engine = subprocess.Popen(
        [sys.executable, "-m", "orderterm", "--home", str(home), "engine"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert engine.stdout is not None
    engine.stdout.readline()
    engine.send_signal(signal.SIGINT)
    _, errors = engine.communicate(timeout=30)
    assert b"Traceback" not in errors
    assert b"Aborted" not in errors


def test_what_nobody_foresaw_leaves_no_traceback(home: Path) -> None:
    script = (
        "import orderterm.views.orders as views\n"
        "from orderterm.cli import main\n"
        "def broken(*_): raise {error}\n"
        "views.orders = broken\n"
        f"main(['--home', {str(home)!r}, 'orders'])\n"
    )
    for error, code in (("RuntimeError('boom')", 1), ("KeyboardInterrupt", 130)):
        done = subprocess.run(
            [sys.executable, "-c", script.format(error=error)],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        assert done.returncode == code
        assert b"Traceback" not in done.stderr
    log = (home / "errors.log").read_text(encoding="utf-8")
    assert "boom" in log
    assert "KeyboardInterrupt" not in log


def test_an_error_without_a_home_to_log_in(tmp_path: Path) -> None:
    script = (
        "import orderterm.commands.common as common\n"
        "from orderterm.cli import main\n"
        "def broken(*_, **__): raise RuntimeError\n"
        "common.Session.open = broken\n"
        f"main(['--home', {str(tmp_path / 'none')!r}, 'orders'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"RuntimeError" in done.stderr
    assert b"errors.log" not in done.stderr
