"""Making a home, and bringing its database up to date."""

import click

from orderterm.commands.common import Session, pass_session
from orderterm.commands.helping import Command
from orderterm.home import make_home
from orderterm.sentences import say


@click.command(cls=Command)
@pass_session
def init_command(session: Session) -> None:
    """Make a home: orderterm.toml, the database and the inbox.

    What is there already stays as it is, so it may be called again, for instance after a channel
    was added to orderterm.toml.
    """
    from orderterm.store import connection
    from orderterm.workflow.registers import add_first_admin

    for path in make_home(session.home):
        session.say(say("made {path}", path=path))
    _migrate(session)
    connection.use(session.database)
    add_first_admin(session.workplace)
    session.say(say("the home is {home}", home=session.home))
    session.say(
        say(
            "next: look through {file}, add your colleagues with `orderterm staff add BADGE NAME "
            "--role ROLE --as admin`, import products and stock, and start `orderterm engine`",
            file=session.home / "orderterm.toml",
        )
    )


@click.command(cls=Command)
@pass_session
def migrate_command(session: Session) -> None:
    """Bring the database up to date; a copy of it is made first."""
    if not _migrate(session):
        session.say(say("the database {file} is up to date", file=session.database))


def _migrate(session: Session) -> bool:
    """Whether anything was to be done."""
    from orderterm.store import schema

    applied, copy = schema.migrate(session.database, session.now())
    if copy is not None:
        session.say(say("the database as it was is kept in {file}", file=copy))
    if applied:
        session.say(say("applied to {file}: {names}", file=session.database, names=applied))
    return bool(applied)
