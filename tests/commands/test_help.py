"""The help of every command, and what a wrong call is told, in both languages.

That nothing of it lacks its translation is told by ``tests/test_messages.py``.
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from orderterm.cli import main
from orderterm.commands.helping import Command
from tests.help_texts import commands

COMMANDS = dict(commands())
CHINESE, BRITISH = "zh_CN.UTF-8", "en_GB.UTF-8"
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
"""Three words in a row: more than the name of an option, a kind or a value."""

PIN = """\
用法： orderterm staff pin [选项] BADGE

  设置员工的登录 PIN；需输入两遍，输入时不显示。

选项：
  --remove    取消 PIN，登录时不再需要。
  --stdin     从标准输入读取一行作为 PIN。
  --as BADGE  操作人：您的工号。  [必填]
  -h, --help  显示本帮助后退出。
"""
STAFF = """\
Usage: orderterm staff [OPTIONS] COMMAND [ARGS]...

  The people who work here.

Options:
  -h, --help  Show this message and exit.

Commands:
  add      Put a person on the staff
  contact  Say where messages reach a person, by e-mail or
           telephone; "" for nowhere
  disable  Let a person act no more; what they have in hand
           is free for others
  key      The SSH keys with which people sign in
  list     List everybody, with those who have left
  pin      Give a person a PIN for the sign-in line; it is
           asked for twice and not shown
"""


def run(*arguments: str, columns: int = 80, **environment: Any) -> Result:
    """``orderterm`` with ``arguments``, in this process."""
    runner = CliRunner(env={"LANG": None, **environment})
    return runner.invoke(main, arguments, prog_name="orderterm", terminal_width=columns)


def page(path: str, language: str, columns: int = 80) -> str:
    """The help of the command that is called so."""
    shown = run(*path.split()[1:], "--help", LANG=language, columns=columns)
    assert (shown.exit_code, shown.stderr) == (0, "")
    return shown.stdout


def told(*arguments: str, **environment: Any) -> str:
    """What a wrong call is told."""
    wrong = run(*arguments, **environment)
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    return wrong.stderr


def home_that_speaks(place: Path, language: str) -> str:
    """A home with this setting."""
    (place / "orderterm.toml").write_text(f'language = "{language}"\n', encoding="utf-8")
    return str(place)


def test_every_command_tells_its_help_in_the_readers_language() -> None:
    assert len(COMMANDS) > 50
    assert [path for path, command in COMMANDS.items() if not isinstance(command, Command)] == []


@pytest.mark.parametrize(("columns", "language"), [(80, CHINESE), (60, BRITISH)])
def test_every_page_fits_the_terminal(columns: int, language: str) -> None:
    for path in COMMANDS:
        text = page(path, language, columns)
        assert [line for line in text.splitlines() if cell_len(line) > columns] == [], path
        english = [line for line in text.replace(path, "").splitlines() if ENGLISH.search(line)]
        assert bool(english) is (language == BRITISH), (path, english)


def test_how_a_page_looks() -> None:
    assert page("orderterm staff pin", CHINESE) == PIN
    assert page("orderterm staff", BRITISH, columns=60) == STAFF


def test_a_long_usage_goes_on_where_it_began() -> None:
    lines = page("orderterm staff key remove", CHINESE, columns=50).splitlines()
    assert lines[0] == "用法： orderterm staff key remove [选项] BADGE"
    assert lines[1] == " " * cell_len("用法： orderterm staff key remove ") + "FINGERPRINT"


def test_a_long_list_of_choices_goes_on_behind_a_bar() -> None:
    assert "|refund|\n      confirmation]\n" in page("orderterm claim", BRITISH)


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("ordres",), "没有命令 'ordres'"),
        (("--hom", "x"), "没有选项 '--hom'"),
        (("staff",), "员工管理"),
        (("confirm",), "缺少参数 'NUMBER'"),
        (("confirm", "7"), "缺少选项 '--as'"),
        (("priority", "7"), "可选值"),
        (("orders", "extra", "more"), "参数过多：extra more"),
        (("orders", "--limit"), "选项 '--limit' 后面须有 1 个值"),
        (("orders", "--limit", "x"), "'--limit' 的值无效：'x' 不是有效的数值"),
        (("orders", "--limit", "0"), "0 不在范围 x>=1 之内"),
        (("orders", "--overdue=1"), "选项 '--overdue' 后面不能带值"),
        (("orders", "--stage", "nowhere"), "'nowhere' 不在可选值之内：'review'"),
        (("orders", "--chanel", "EC"), "您是不是要用：'--channel'"),
        (("show", "7", "--as", "orderterm"), "orderterm 是程序自身"),
        (("confirm", "7", "--as", "z", "--eta", "2020-01-01"), "2020-01-01 已过"),
        (("confirm", "7", "--as", "z", "--signed-at", "soon"), "soon 不是时间"),
        (("confirm", "7", "--as", "z", "--signed-at", "2190-01-01"), "2190-01-01 还没到"),
        (("confirm", "7", "--as", "z", "--restock", "A"), "A 应为 SKU 和件数"),
        (("confirm", "7", "--as", "z", "--amount", "much"), "much 不是金额"),
        (("exception", "raise", "7", "--set", "x"), "x 应为字段及其值"),
        (("report", "weekly", "--from", "9999-01-01"), "9999-01-01 相距太远"),
        (("report", "weekly", "--from", "x"), "x 不是日期"),
        (("messages", "retry", "x"), "x 应为通知的编号，或 all"),
        (("messages", "withdraw", "x"), "x 应为通知的编号"),
        (("messages", "list", "--unsent", "--failed"), "--unsent 与 --failed 不能同时使用"),
        (("notifications", "--acknowledge", "x"), "x 应为通知的编号，或 all"),
        (("staff", "pin", "z", "--remove", "--stdin", "--as", "admin"), "请去掉 --stdin"),
        (("backup", "/"), "'/' 是文件夹"),
        (("--as", "z", "orders"), "--as 和 --role 应写在对应命令之后"),
    ],
)
def test_a_wrong_call_is_told_in_chinese(
    arguments: tuple[str, ...], answer: str, tmp_path: Path
) -> None:
    words = told(*arguments, LANG=CHINESE, ORDERTERM_HOME=str(tmp_path))
    assert answer in words
    assert not ENGLISH.search(words.partition("错误：")[2])


def test_the_setting_rules_over_the_terminal(tmp_path: Path) -> None:
    home = home_that_speaks(tmp_path, "zh")
    assert run("--home", home, "--help", LANG=BRITISH).stdout.startswith("用法：")
    assert run("--help", LANG=BRITISH, ORDERTERM_HOME=home).stdout.startswith("用法：")
    assert run("--home", home, "orders", "-h", LANG=BRITISH).stdout.startswith("用法：")
    assert "没有命令" in told("--home", home, "ordres", LANG=BRITISH)
    assert "不在范围" in told("--home", home, "orders", "--limit", "0", LANG=BRITISH)
    assert "已过" in told("--home", home, "confirm", "7", "--as", "z", "--eta", "2020-01-01")
    assert "LANGUAGE" not in os.environ
    home_that_speaks(tmp_path, "en")
    assert run("--home", home, "orders", "-h", LANG=CHINESE).stdout.startswith("Usage:")
    assert "No such command" in told("--home", home, "ordres", LANG=CHINESE)
    assert "LANGUAGE" not in os.environ


@pytest.mark.parametrize(
    ("variables", "begin"),
    [
        ({}, "Usage:"),
        ({"LANG": "de_DE.UTF-8"}, "Usage:"),
        ({"LANG": "zh-Hans"}, "用法："),
        ({"LANG": BRITISH, "LC_ALL": "zh_TW.UTF-8"}, "用法："),
        ({"LANGUAGE": "en:zh", "LANG": CHINESE}, "Usage:"),
    ],
)
def test_the_language_of_the_terminal(
    variables: dict[str, Any], begin: str, tmp_path: Path
) -> None:
    for arguments in (("--help",), ("orders", "--help")):
        shown = run(*arguments, **variables, ORDERTERM_HOME=str(tmp_path / "none"))
        assert shown.stdout.startswith(begin)
    assert told("--nope", **variables).startswith(begin)


def test_help_needs_no_home_that_is_well(tmp_path: Path) -> None:
    (tmp_path / "orderterm.toml").write_text("language = ", encoding="utf-8")
    for home in (tmp_path, tmp_path / "none"):
        for arguments in (("--help",), ("orders", "--help"), ()):
            shown = run("--home", str(home), *arguments, LANG=CHINESE)
            assert (shown.exit_code, shown.stdout[:3]) == (0, "用法：")
