"""What may befall an order at any stage: another priority, a hold, a cancellation, a note."""

from importlib import import_module

import click

from orderterm.commands.common import Session, pass_session, report
from orderterm.commands.helping import Command
from orderterm.commands.options import as_json, badge, number, reason
from orderterm.commands.types import TEXT, TermChoice
from orderterm.terms import Priority


@click.command(cls=Command)
@number
@click.argument("priority", type=TermChoice(Priority))
@badge
@reason(required=True)
@as_json
@pass_session
def priority_command(
    session: Session, number: str, priority: Priority, badge: str, reason: str, as_json: bool
) -> None:
    """Give an order another priority than its rule did."""
    from orderterm.workflow import orders

    session.open()
    outcome = orders.set_priority(session.workplace, badge, number, priority, reason=reason)
    report(session, outcome, as_json=as_json)


@click.command(cls=Command)
@number
@click.option("--text", type=TEXT, required=True, help="What there is to tell.")
@click.option("--with-customer", is_flag=True, help="It was said with the customer.")
@badge
@as_json
@pass_session
def note_command(
    session: Session, number: str, text: str, with_customer: bool, badge: str, as_json: bool
) -> None:
    """Put a note on an order's trail, such as what a call was about."""
    from orderterm.workflow import orders

    session.open()
    outcome = orders.note(session.workplace, badge, number, text, with_customer=with_customer)
    report(session, outcome, as_json=as_json)


def _step(name: str, module: str, text: str, *, needs_reason: bool = True) -> click.Command:
    """A command that takes an order, who does it, and why: ``module.name`` of the workflow."""

    @click.command(cls=Command, help=text)
    @number
    @badge
    @reason(required=needs_reason)
    @as_json
    @pass_session
    def command(session: Session, number: str, badge: str, reason: str, as_json: bool) -> None:
        session.open()
        act = getattr(import_module(f"orderterm.workflow.{module}"), name)
        outcome = act(session.workplace, badge, number, reason=reason)
        report(session, outcome, as_json=as_json)

    return command


hold_command = _step("hold", "orders", "Stop an order, and its clocks, until it is released.")
release_command = _step(
    "release", "orders", "Let a held order go on where it stood.", needs_reason=False
)
cancel_command = _step(
    "cancel", "orders", "End an order that has not been shipped; its stock is given back."
)
undo_command = _step(
    "undo", "undo", "Take back your own last step, while nobody has begun the next one."
)
