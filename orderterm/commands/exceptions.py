"""Exceptions: raise one, resolve one by a standard path, list those that are open."""

from datetime import datetime

import click

from orderterm.commands.common import Session, echo_json, pass_session, report
from orderterm.commands.helping import Group
from orderterm.commands.options import as_json, badge, number
from orderterm.commands.types import ASSIGNMENT, COMING_MOMENT, TEXT, TermChoice
from orderterm.sentences import say
from orderterm.terms import EXCEPTION_PATHS, ExceptionKind, ExceptionPath, Role

_HUMAN_PATHS = frozenset(path for paths in EXCEPTION_PATHS.values() for path in paths)


@click.group(cls=Group)
def exception_command() -> None:
    """Problems on orders, and the standard ways out of them."""


@exception_command.command("raise")
@number
@click.option("--kind", type=TermChoice(ExceptionKind), required=True, help="What kind it is.")
@click.option("--note", type=TEXT, required=True, help="What is wrong, in words.")
@click.option(
    "--set",
    "fields",
    type=ASSIGNMENT,
    multiple=True,
    help="Change request: what the customer wants instead, as address=… or line1.quantity=2.",
)
@click.option("--cancelled", is_flag=True, help="Change request: they want the order no more.")
@badge
@as_json
@pass_session
def raise_exception(
    session: Session,
    number: str,
    kind: ExceptionKind,
    note: str,
    fields: tuple[tuple[str, str], ...],
    cancelled: bool,
    badge: str,
    as_json: bool,
) -> None:
    """Raise an exception on an order."""
    from orderterm.workflow import exceptions

    session.open()
    outcome = exceptions.raise_by_hand(
        session.workplace,
        badge,
        number,
        kind,
        note=note,
        fields=dict(fields),
        cancelled=cancelled,
    )
    report(session, outcome, as_json=as_json)


@exception_command.command("resolve")
@number
@click.option(
    "--kind", type=TermChoice(ExceptionKind), help="Which exception, where several are open."
)
@click.option(
    "--path",
    type=TermChoice(ExceptionPath, _HUMAN_PATHS),
    help="The way out; each kind of exception has its own.",
)
@click.option("--note", type=TEXT, default="", help="What there is to say to it.")
@click.option("--until", type=COMING_MOMENT, help="transfer, delay: when the stock will be there.")
@click.option(
    "--agreed", type=TEXT, default="", help="delay, substitute, split: how the customer agreed."
)
@click.option("--sku", type=TEXT, default="", help="substitute: what is replaced.")
@click.option("--with", "substitute", type=TEXT, default="", help="substitute: by what.")
@click.option(
    "--set",
    "fields",
    type=ASSIGNMENT,
    multiple=True,
    help="complete, accept: a field and its value, as contact=… or line1.sku=….",
)
@click.option("--carrier", type=TEXT, default="", help="recarry: who carries the parcel now.")
@click.option("--waybill", type=TEXT, default="", help="recarry: the parcel's new number.")
@click.option("--eta", type=COMING_MOMENT, help="expedite, recarry: when it will be there.")
@click.option("--told", type=TEXT, default="", help="expedite, recarry: how the customer knows.")
@badge
@as_json
@pass_session
def resolve_exception(
    session: Session,
    number: str,
    kind: ExceptionKind | None,
    path: ExceptionPath | None,
    note: str,
    until: datetime | None,
    agreed: str,
    sku: str,
    substitute: str,
    fields: tuple[tuple[str, str], ...],
    carrier: str,
    waybill: str,
    eta: datetime | None,
    told: str,
    badge: str,
    as_json: bool,
) -> None:
    """Resolve an open exception by one of its standard paths.

    shortage: transfer, delay, substitute, split, cancel. information: complete, cancel.
    carrier_delay: expedite, recarry. change_request: accept, refuse, return. follow_up: settle.
    other: settle, cancel.
    """
    from orderterm.workflow import exceptions
    from orderterm.workflow.paths import Resolution

    session.open()
    resolution = Resolution(
        note=note,
        until=until,
        agreed=agreed,
        sku=sku,
        substitute=substitute,
        fields=dict(fields),
        carrier=carrier,
        waybill=waybill,
        eta=eta,
        told=told,
    )
    outcome = exceptions.resolve(
        session.workplace, badge, number, kind=kind, path=path, resolution=resolution
    )
    report(session, outcome, as_json=as_json)


@exception_command.command("list")
@click.option("--kind", type=TermChoice(ExceptionKind), help="Only of this kind.")
@click.option("--role", type=TermChoice(Role), help="Only what this role is to resolve.")
@as_json
@pass_session
def list_exceptions(
    session: Session, kind: ExceptionKind | None, role: Role | None, as_json: bool
) -> None:
    """List the open exceptions, the most urgent first."""
    from orderterm.views.exceptions import detail_text, exceptions

    session.open(readonly=True)
    found = exceptions(session.settings, session.now(), kind, role)
    if as_json:
        echo_json(found)
        return
    if not found:
        session.say(say("no open exceptions"))
        return
    from orderterm.commands.pages import due_text

    language = session.language
    session.table(
        (say("order"), say("priority"), say("exception"), say("role"), say("due"), say("what")),
        [
            (
                row.number,
                row.priority.label(language),
                row.kind.label(language),
                row.role.label(language),
                due_text(session, row.due_at, overdue=row.overdue),
                detail_text(row.detail, language),
            )
            for row in found
        ],
    )
