"""PINs, SSH keys and contacts from the command line."""

import os
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from orderterm.cli import INTERRUPTED, main
from orderterm.errors import Refusal
from orderterm.views.credentials import KeyRow, authorized
from tests.rules.test_credentials import ED25519


def typed(home: Path, words: str, *arguments: str) -> Any:
    """The program, with ``words`` typed into it."""
    return CliRunner().invoke(main, ["--home", str(home), *arguments], input=words)


def test_a_pin_is_set_and_removed_and_is_nowhere_to_be_read(program: Any, home: Path) -> None:
    said = typed(home, "2468\n", "staff", "pin", "sa", "--stdin", "--as", "admin")
    assert said.exit_code == 0
    assert "with a PIN now" in program("staff", "pin", "sa", "--remove", "--as", "sa").replace(
        "without a PIN now", "with a PIN now"
    )
    assert typed(home, "97531\n97531\n", "staff", "pin", "sa", "--as", "sa").exit_code == 0
    trail = program("audit", "--json", "--limit", "100")
    assert '"pin_set"' in trail
    assert "97531" not in trail
    assert b"97531" not in (home / "orderterm.db").read_bytes()


def test_a_pin_that_can_not_be_is_refused(program: Any, home: Path) -> None:
    differ = typed(home, "2468\n1357\n", "staff", "pin", "sa", "--as", "sa")
    assert (differ.exit_code, "differ" in differ.output) == (1, True)
    short = typed(home, "1\n", "staff", "pin", "sa", "--stdin", "--as", "sa")
    assert (short.exit_code, "4 to 64" in short.output) == (1, True)
    other = typed(home, "2468\n", "staff", "pin", "m", "--stdin", "--as", "sa")
    assert (other.exit_code, "may not do this" in other.output) == (1, True)
    program.misused("staff", "pin", "sa", "--remove", "--stdin", "--as", "sa")


def test_a_pin_that_can_not_be_typed_unseen_is_not_asked_for(home: Path) -> None:
    asked = [sys.executable, "-m", "orderterm", "--home", str(home), "staff", "pin", "sa"]
    ended = subprocess.run(
        [*asked, "--as", "sa"],
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # without a terminal to open
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"LANG": "en_GB.UTF-8"},
    )
    assert ended.returncode == 2
    assert "--stdin" in ended.stderr
    assert "Warning" not in ended.stderr


def test_a_question_that_is_left_is_an_interruption(home: Path) -> None:
    left = typed(home, "", "staff", "pin", "sa", "--as", "sa")
    assert left.exit_code == INTERRUPTED
    assert not (home / "errors.log").exists()


def test_keys_come_and_go(program: Any, home: Path, tmp_path: Path) -> None:
    assert "`orderterm staff key add` takes one" in program("staff", "key", "list")
    assert "nobody has the badge none" in program.refused("staff", "key", "list", "none")
    file = tmp_path / "kim.pub"
    file.write_text(ED25519 + "\n", encoding="utf-8")
    assert "SHA256:" in program("staff", "key", "add", "sa", str(file), "--as", "admin")
    program("staff", "key", "add", "sa", ED25519, "--as", "admin")
    (found,) = program.json("staff", "key", "list")
    assert (found["badge"], found["key"]) == ("sa", ED25519)
    assert found["fingerprint"] in program("staff", "key", "list", "sa")
    assert "two people" in program.refused("staff", "key", "add", "m", ED25519, "--as", "admin")
    assert "may not" in program.refused("staff", "key", "add", "sa", ED25519, "--as", "sa")
    assert "no public key" in program.refused(
        "staff", "key", "add", "sa", "ssh-ed25519 AAAA", "--as", "admin"
    )
    assert "can't be read" in program.refused(
        "staff", "key", "add", "sa", str(tmp_path / "none"), "--as", "admin"
    )

    line = program("staff", "key", "authorized").strip()
    options, _, key = line.partition(",restrict,pty ")
    assert key == ED25519
    command = shlex.split(options.removeprefix('command="').removesuffix('"'))
    assert command[1:] == ["--home", str(home), "--as", "sa"]

    gone = ("staff", "key", "remove", "sa", found["fingerprint"], "--as", "admin")
    assert "is removed" in program(*gone)
    assert "has no key" in program.refused(*gone)
    assert program("staff", "key", "authorized").strip() == ""


def as_sshd_reads_it(line: str) -> list[str]:
    r"""The words of the command in a line of authorized_keys: nothing but \" is special there."""
    rest, command = line.removeprefix('command="'), ""
    while not rest.startswith('"'):
        rest = rest.removeprefix("\\") if rest.startswith('\\"') else rest
        command, rest = command + rest[0], rest[1:]
    return shlex.split(command)


@pytest.mark.parametrize(
    "home", ["/srv/a b", "/srv/it's", '/srv/a"b', "/srv/a\\b", '/srv/a\\"b', "/srv/$(x)`y`"]
)
def test_the_line_means_the_home_whatever_it_is_called(home: str) -> None:
    row = KeyRow("sa", "Sa", "SHA256:x", ED25519, datetime.now(UTC))
    line = authorized(row, "/opt/order term/orderterm", Path(home))
    assert line.endswith(f'",restrict,pty {ED25519}')
    assert as_sshd_reads_it(line) == ["/opt/order term/orderterm", "--home", home, "--as", "sa"]


def test_a_home_that_would_make_two_lines_of_it_is_refused() -> None:
    row = KeyRow("sa", "Sa", "SHA256:x", ED25519, datetime.now(UTC))
    with pytest.raises(Refusal, match="line break"):
        authorized(row, "orderterm", Path("/srv/a\nssh-ed25519 AAAA"))


def test_who_has_left_gets_in_no_more(program: Any) -> None:
    program("staff", "key", "add", "sa", ED25519, "--as", "admin")
    program("staff", "disable", "sa", "--as", "admin")
    assert program("staff", "key", "authorized").strip() == ""


def test_a_contact_is_kept_and_not_told_on_the_trail(program: Any) -> None:
    new = ("staff", "add", "kim", "Kim", "--role", "sales", "--contact", "kim@example.com")
    program(*new, "--as", "admin")
    assert "there now" in program("staff", "contact", "kim", "13800138000", "--as", "kim")
    trail = program("audit", "--json", "--limit", "100")
    assert "13800138000" not in trail
    assert "kim@example.com" not in trail
