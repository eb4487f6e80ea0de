"""Looking after an installation: a copy of its data, and what is wrong with it."""

from pathlib import Path

import click

from orderterm.commands.common import Session, pass_session
from orderterm.commands.helping import Command
from orderterm.sentences import say


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_session
def backup_command(session: Session, file: Path) -> None:
    """Write a consistent copy of the database to FILE, while others go on working."""
    from orderterm.store import schema

    schema.check(session.database)
    session.say(say("the copy is {file}", file=schema.backup(session.database, file)))


@click.command(cls=Command)
@pass_session
def doctor_command(session: Session) -> None:
    """Say what is wrong with this installation, and the way out; exits 1 if anything is."""
    from orderterm.commands.checks import findings

    sick = False
    for finding in findings(session):
        sick = sick or not finding.well
        if finding.well:
            session.say(say("ok     {what}", what=finding.sentence))
        else:
            session.say(say("wrong  {what}", what=finding.sentence))
    if sick:
        raise click.exceptions.Exit(1)
