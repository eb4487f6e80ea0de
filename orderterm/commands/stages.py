"""Working an order's stages: finish one, take one in hand, give one to somebody else."""

from collections.abc import Iterable
from datetime import datetime

import click

from orderterm.commands.common import Session, pass_session, report
from orderterm.commands.helping import Command
from orderterm.commands.options import as_json, badge, number, reason
from orderterm.commands.types import (
    COMING_MOMENT,
    MONEY,
    PAST_MOMENT,
    PIECES,
    TEXT,
    Badge,
    TermChoice,
)
from orderterm.terms import Stage

_stage = click.option(
    "--stage", type=TermChoice(Stage), help="Which open stage, where there are several."
)


@click.command(cls=Command)
@number
@badge
@_stage
@reason(required=False)
@click.option("--carrier", type=TEXT, default="", help="Shipping: who carries the parcel.")
@click.option("--waybill", type=TEXT, default="", help="Shipping: the parcel's number.")
@click.option("--eta", type=COMING_MOMENT, help="Shipping: when it should arrive.")
@click.option("--signed-at", type=PAST_MOMENT, help="Tracking: when the customer signed for it.")
@click.option(
    "--partial/--whole",
    default=None,
    help="Allocation: whether what is there may go ahead of the rest; else the setting decides.",
)
@click.option(
    "--restock", type=PIECES, multiple=True, help="Receiving: pieces put back on the shelf."
)
@click.option("--scrap", type=PIECES, multiple=True, help="Receiving: pieces scrapped.")
@click.option("--amount", type=MONEY, help="Refund: how much, as 99.00.")
@click.option("--reference", type=TEXT, default="", help="Refund: the payment's reference.")
@click.option("--note", type=TEXT, default="", help="Anything else; it goes on the trail.")
@as_json
@pass_session
def confirm_command(
    session: Session,
    number: str,
    badge: str,
    stage: Stage | None,
    reason: str,
    carrier: str,
    waybill: str,
    eta: datetime | None,
    signed_at: datetime | None,
    partial: bool | None,
    restock: tuple[tuple[str, int], ...],
    scrap: tuple[tuple[str, int], ...],
    amount: int | None,
    reference: str,
    note: str,
    as_json: bool,
) -> None:
    """Finish the open stage of an order; the next one opens."""
    from orderterm.workflow import stages
    from orderterm.workflow.details import Details

    session.open()
    details = Details(
        note=note,
        partial=partial,
        carrier=carrier,
        waybill=waybill,
        eta=eta,
        signed_at=signed_at,
        restock=_summed(restock),
        scrap=_summed(scrap),
        amount=amount,
        reference=reference,
    )
    outcome = stages.confirm(
        session.workplace, badge, number, stage=stage, reason=reason, details=details
    )
    report(session, outcome, as_json=as_json)


def _summed(pieces: Iterable[tuple[str, int]]) -> dict[str, int] | None:
    """Pieces by SKU; None where none were given at all."""
    total: dict[str, int] = {}
    for sku, count in pieces:
        total[sku] = total.get(sku, 0) + count
    return total or None


@click.command(cls=Command)
@number
@badge
@_stage
@click.option("--take-over", is_flag=True, help="Also from the person who has it now.")
@as_json
@pass_session
def claim_command(
    session: Session, number: str, badge: str, stage: Stage | None, take_over: bool, as_json: bool
) -> None:
    """Take the open stage of an order in hand."""
    from orderterm.workflow import stages

    session.open()
    outcome = stages.claim(session.workplace, badge, number, stage=stage, take_over=take_over)
    report(session, outcome, as_json=as_json)


@click.command(cls=Command)
@number
@click.option(
    "--to", "colleague", required=True, type=Badge(), metavar="BADGE", help="Who gets it."
)
@badge
@reason(required=True)
@_stage
@as_json
@pass_session
def reassign_command(
    session: Session,
    number: str,
    colleague: str,
    badge: str,
    reason: str,
    stage: Stage | None,
    as_json: bool,
) -> None:
    """Give the open stage of an order to somebody else."""
    from orderterm.workflow import stages

    session.open()
    outcome = stages.reassign(
        session.workplace, badge, number, colleague, reason=reason, stage=stage
    )
    report(session, outcome, as_json=as_json)
