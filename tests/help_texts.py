"""Every text of the command line's help and of its complaints: the commands' own, and click's.

``python -m tests.help_texts`` prints them as calls that pybabel finds, for ``make messages``.
"""

from collections.abc import Iterator

import click

from orderterm.cli import main
from orderterm.commands.helping import paragraphs

CLICKS = (
    *("Usage:", "[OPTIONS]", "COMMAND [ARGS]...", "[COMMAND] [ARGS]...", "{heading}:"),
    *("Options", "Commands"),
    *("Show this message and exit.", "default: {default}", "required"),
    *("Error: {message}", "Try '{command} {option}' for help.", "Aborted!"),
    *("No such command {name!r}.", "No such option {name!r}.", "Missing command."),
    *("Missing argument", "Missing option", "Choose from:\n\t{choices}"),
    *("Invalid value: {message}", "Invalid value for {param_hint}: {message}"),
    *("{value!r} is not a valid {number_type}.", "{value} is not in the range {range}."),
    *("Option {name!r} does not take a value.", "{name} {filename!r} is a directory.", "file"),
)
"""What click says, in its own words, of commands such as ours."""

CLICKS_PLURALS = (
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
)


def commands(
    command: click.Command = main, path: str = "orderterm"
) -> Iterator[tuple[str, click.Command]]:
    """``command`` and every command below it, with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")


def texts() -> Iterator[str]:
    """What the commands tell of themselves and of their options; some of it several times."""
    for _, command in commands():
        yield from paragraphs(command.help or "")
        for option in command.params:
            if isinstance(option, click.Option):
                yield option.help or ""


if __name__ == "__main__":
    for text in dict.fromkeys((*texts(), *CLICKS)):
        print(f"say({text!r})")
    for one, many in CLICKS_PLURALS:
        print(f"ngettext({one!r}, {many!r}, 1)")
