"""The page on the command line names every command and every option there is."""

import re
from pathlib import Path

import click

from tests.help_texts import commands

PAGE = Path(__file__).parent.parent.parent / "docs" / "command-line.md"


def test_every_command_and_option_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z][a-z-]*", page))
    found = dict(commands())
    assert len(found) > 25
    for path, command in found.items():
        assert path in page
        assert command.help or command.short_help, path
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{path} {parameter.name}"
                assert {*parameter.opts, *parameter.secondary_opts} <= options


def test_the_page_names_no_option_that_there_is_not() -> None:
    known = {"--home", "--help", "--version"}
    for _, command in commands():
        for parameter in command.params:
            known |= {*parameter.opts, *parameter.secondary_opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", PAGE.read_text(encoding="utf-8"))) <= known
