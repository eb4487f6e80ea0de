"""Shift handover: what the outgoing shift leaves, given, taken over and shown."""

from typing import TYPE_CHECKING

import click

from orderterm.commands.common import Session, echo_json, pass_session
from orderterm.commands.helping import Group
from orderterm.commands.options import as_json, badge
from orderterm.commands.types import TEXT, TermChoice
from orderterm.errors import Refusal
from orderterm.sentences import say
from orderterm.terms import Role

if TYPE_CHECKING:
    from orderterm.workflow.workplace import Outcome

_which = click.option(
    "--handover", "handover", type=click.IntRange(1, 10**15), metavar="ID", help="Which handover."
)


@click.group(cls=Group)
def handover_command() -> None:
    """Hand a shift's open work over, take it over, or show what was told."""


@handover_command.command("give")
@click.option("--role", type=TermChoice(Role), help="Whose work, where you have several roles.")
@click.option("--remark", type=TEXT, default="", metavar="WORDS", help="What else there is to say.")
@badge
@as_json
@pass_session
def give_command(
    session: Session, role: Role | None, remark: str, badge: str, as_json: bool
) -> None:
    """Say what is open, late and at risk in a role's work, for the next shift."""
    from orderterm.workflow.handover import hand_over

    session.open()
    _report(session, hand_over(session.workplace, badge, role, remark), as_json=as_json)


@handover_command.command("take")
@_which
@badge
@as_json
@pass_session
def take_command(session: Session, handover: int | None, badge: str, as_json: bool) -> None:
    """Take over what waits for your roles, and the tasks that its giver still has in hand."""
    from orderterm.workflow.handover import take_over

    session.open()
    _report(session, take_over(session.workplace, badge, handover), as_json=as_json)


@handover_command.command("show")
@_which
@as_json
@pass_session
def show_command(session: Session, handover: int | None, as_json: bool) -> None:
    """List the last handovers, or show one, whole."""
    from orderterm.views.handover import handovers, state_text

    session.open()
    if handover is not None:
        _show(session, handover, as_json=as_json)
        return
    found = handovers(session.settings, session.now())
    if as_json:
        echo_json(found)
    elif not found:
        session.say(say("nothing has been handed over yet"))
    for row in [] if as_json else found:
        session.print([f"{row.id:>4}  {state_text(row).text(session.language)}"])


def _show(session: Session, number: int, *, as_json: bool) -> None:
    from orderterm.views.handover import handover, summary_text

    row = handover(number, session.settings, session.now())
    if row is None:
        raise Refusal(
            "there is no handover {handover}; `orderterm handover show` lists those there are",
            handover=number,
        )
    if as_json:
        echo_json(row)
        return
    for line in summary_text(row, session.settings):
        session.say(line)


def _report(session: Session, outcome: "Outcome", *, as_json: bool) -> None:
    """Say what came of it, and show the handover."""
    from orderterm.views.handover import handover

    number = int(outcome.number)
    if as_json:
        echo_json(
            {
                "changed": outcome.changed,
                "message": outcome.sentence.text(session.language),
                "handover": handover(number, session.settings, session.now()),
            }
        )
        return
    session.say(outcome.sentence)
    _show(session, number, as_json=False)
