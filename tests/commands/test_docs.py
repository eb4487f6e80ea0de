"""The page on the command line names every command and every option there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from orderterm.cli import main

PAGE = Path(__file__).parent.parent.parent / "docs" / "command-line.md"


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below ``group``, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def test_every_command_and_option_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z][a-z-]*", page))
    found = dict(commands(main, "orderterm"))
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
    for _, command in commands(main, "orderterm"):
        for parameter in command.params:
            known |= {*parameter.opts, *parameter.secondary_opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", PAGE.read_text(encoding="utf-8"))) <= known
