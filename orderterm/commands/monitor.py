"""The read-only wall screen."""

import click

from orderterm.commands.common import Session, pass_session
from orderterm.commands.helping import Command

OPENER = "orderterm.open_monitor"
"""Where the context keeps what opens the screen: the commands themselves know none."""


@click.command(cls=Command)
@pass_session
def monitor_command(session: Session) -> None:
    """Watch the company's work on a wall screen, which changes nothing.

    Stages, overdue work with names, load per person, channels, exceptions, and the day's arrivals
    and completions by the hour; customers' phones and addresses are masked.
    """
    context = click.get_current_context()
    context.exit(context.meta[OPENER](session))
