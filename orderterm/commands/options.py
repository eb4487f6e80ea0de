"""The options and arguments that several commands have."""

from collections.abc import Callable
from typing import Any

import click

from orderterm.commands.types import TEXT, Badge

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
number = click.argument("number", type=TEXT)
badge = click.option(
    "--as", "badge", required=True, type=Badge(), metavar="BADGE", help="Who does it: your badge."
)


def reason(*, required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option ``--reason``."""
    # An option with a default is never missing, required or not.
    presence: dict[str, Any] = {"required": True} if required else {"default": ""}
    return click.option(
        "--reason", type=TEXT, metavar="WORDS", help="Why; it goes on the trail.", **presence
    )
