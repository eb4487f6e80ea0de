"""The people: put one on the staff, list them, let one act no more."""

import click

from orderterm.commands.common import Session, as_json, badge, echo_json, pass_session
from orderterm.commands.types import TEXT, Badge, TermChoice
from orderterm.sentences import say
from orderterm.terms import Role


@click.group()
def staff_command() -> None:
    """The people who work here."""


@staff_command.command("add")
@click.argument("new", type=TEXT, metavar="BADGE")
@click.argument("name", type=TEXT)
@click.option(
    "--role",
    "roles",
    type=TermChoice(Role),
    multiple=True,
    required=True,
    help="What they do; may be given several times.",
)
@click.option("--superior", type=Badge(), metavar="BADGE", help="Who hears of their overdue work.")
@badge
@pass_session
def add(
    session: Session,
    new: str,
    name: str,
    roles: tuple[Role, ...],
    superior: str | None,
    badge: str,
) -> None:
    """Put a person on the staff."""
    from orderterm.workflow.registers import add_staff

    session.open()
    distinct = tuple(dict.fromkeys(roles))
    outcome = add_staff(session.workplace, badge, new, name, distinct, superior)
    session.say(outcome.sentence)


@staff_command.command("list")
@as_json
@pass_session
def list_staff(session: Session, as_json: bool) -> None:
    """List everybody, with those who have left."""
    from orderterm.views.staff import staff

    session.open(readonly=True)
    found = staff(session.settings)
    if as_json:
        echo_json(found)
        return
    language = session.language
    gone = say("disabled").text(language)
    session.table(
        (say("badge"), say("name"), say("roles"), say("superior"), say("mark")),
        [
            (
                row.badge,
                row.name,
                " ".join(role.label(language) for role in row.roles),
                row.superior or "",
                gone if row.disabled_at else "",
            )
            for row in found
        ],
    )


@staff_command.command("disable")
@click.argument("leaver", type=TEXT, metavar="BADGE")
@badge
@pass_session
def disable(session: Session, leaver: str, badge: str) -> None:
    """Let a person act no more; what they have in hand is free for others."""
    from orderterm.workflow.registers import disable_staff

    session.open()
    session.say(disable_staff(session.workplace, badge, leaver).sentence)
