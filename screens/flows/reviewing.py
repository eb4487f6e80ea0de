"""What reviewers do beside approving: send an order back to sales with what is missing."""

from orderterm.sentences import say
from orderterm.terms import ExceptionKind
from orderterm.views.queue import Work
from orderterm.workflow import exceptions
from orderterm.workflow.workplace import Outcome
from screens.flows.answers import one_of
from screens.flows.completing import chosen_orders, do_each
from screens.work_screen import WorkScreen

MISSING = (
    say("the address is not complete"),
    say("nobody answers at the contact"),
    say("the SKU does not fit what is asked for"),
    say("the number of pieces is in doubt"),
    say("the special request is not clear"),
    say("the customer has to confirm it"),
)
"""What is missing most often."""


async def send_back(screen: WorkScreen) -> None:
    """Send the orders back to sales, and say what is missing."""
    chosen, station = chosen_orders(screen), screen.station
    missing = await one_of(screen, say("what is missing or in doubt?"), MISSING)

    def deed(work: Work) -> Outcome:
        return exceptions.raise_by_hand(
            station.workplace,
            station.badge,
            work.number,
            ExceptionKind.INFORMATION,
            note=missing,
        )

    if len(chosen) > 1:
        await screen.sure(say("send {count} orders back?", count=len(chosen)))
    await do_each(screen, chosen, deed)
