"""Looking at orders: a list of them, and one whole."""

import click
import msgspec

from orderterm.commands.common import Session, echo_json, pass_session
from orderterm.commands.helping import Command
from orderterm.commands.options import as_json, number
from orderterm.commands.types import TEXT, Badge, TermChoice
from orderterm.terms import Condition, Priority, Role, Stage


@click.command(cls=Command)
@click.option("--stage", type=TermChoice(Stage), help="Only what is open at this stage.")
@click.option("--role", type=TermChoice(Role), help="Only what this role is to do.")
@click.option("--priority", type=TermChoice(Priority), help="Only of this priority.")
@click.option("--condition", type=TermChoice(Condition), help="Only in this condition.")
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@click.option("--channel", type=TEXT, help="Only of this channel, by its code.")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many."
)
@as_json
@pass_session
def orders_command(
    session: Session,
    stage: Stage | None,
    role: Role | None,
    priority: Priority | None,
    condition: Condition | None,
    overdue: bool,
    channel: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List orders: open ones by priority, due time and receipt, then ended ones, newest first."""
    from orderterm.views.orders import Filter, orders

    session.open(readonly=True)
    wanted = Filter(stage, role, priority, condition, channel, overdue, limit)
    found = orders(wanted, session.settings, session.now())
    if as_json:
        echo_json(found)
        return
    from orderterm.commands.pages import order_list

    order_list(session, found)


@click.command(cls=Command)
@number
@click.option(
    "--as", "badge", type=Badge(), metavar="BADGE", help="Also tell what is open to this person."
)
@as_json
@pass_session
def show_command(session: Session, number: str, badge: str | None, as_json: bool) -> None:
    """Show one order, whole, with its timeline."""
    from orderterm.views.order import order

    session.open(readonly=True)
    found = order(number, session.settings, session.now())
    choices = _choices(session, badge, number) if badge else None
    if as_json:
        more = {"actions": choices} if choices is not None else {}
        echo_json({**msgspec.to_builtins(found), **more})
        return
    from orderterm.commands.pages import choice_list, order_sheet

    order_sheet(session, found)
    if choices is not None:
        choice_list(session, choices)


def _choices(session: Session, badge: str, number: str) -> dict[str, str | None]:
    """Each action on the order by its word: None where it is open, else why it is not."""
    from orderterm.workflow.choices import choices

    found = choices(session.workplace, badge, number)
    return {
        action.value: why.text(session.language) if why else None for action, why in found.items()
    }
