"""What is in stock."""

import click

from orderterm.commands.common import Session, echo_json, pass_session
from orderterm.commands.helping import Command
from orderterm.commands.options import as_json
from orderterm.commands.types import TEXT
from orderterm.sentences import say


@click.command(cls=Command)
@click.argument("sku", type=TEXT, required=False)
@as_json
@pass_session
def stock_command(session: Session, sku: str | None, as_json: bool) -> None:
    """Show what is on hand, allocated and available, of one SKU or of all."""
    from orderterm.views.stock import stock

    session.open(readonly=True)
    found = stock(sku)
    if as_json:
        echo_json(found)
        return
    if not found:
        session.say(say("nothing is in the catalogue: import products and stock first"))
        return
    low = say("below safety stock").text(session.language)
    session.table(
        (
            say("SKU"),
            say("product"),
            say("specification"),
            say("location"),
            say("on hand"),
            say("allocated"),
            say("available"),
            say("safety stock"),
            say("mark"),
        ),
        [
            (
                row.sku,
                row.name,
                row.specification,
                row.location,
                str(row.on_hand),
                str(row.allocated),
                str(row.available),
                str(row.safety),
                low if row.below_safety else "",
            )
            for row in found
        ],
        right=(4, 5, 6, 7),
    )
