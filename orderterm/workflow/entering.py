"""An order entered by hand: taken in as any other, under a number of its own."""

import re
from datetime import datetime

from msgspec import structs

from orderterm.errors import Refusal
from orderterm.rules.drafts import OrderDraft
from orderterm.rules.permissions import Action, not_permitted
from orderterm.sentences import Sentence, say
from orderterm.store.connection import transaction
from orderterm.store.queries import first, rows
from orderterm.store.tables import Order
from orderterm.terms import ChannelStatus
from orderterm.workflow.arrivals import Source
from orderterm.workflow.receiving import receive
from orderterm.workflow.serials import local_day
from orderterm.workflow.workplace import Outcome, Workplace, person

BY_HAND = "HAND"
"""What the channel's number of an order begins with where there is none of the channel's own."""
_SERIAL = re.compile(r"[0-9]{1,18}")
"""What follows; longer ones were typed or imported, and are no serials to go on from."""


def enter(workplace: Workplace, badge: str, channel: str, draft: OrderDraft) -> Outcome:
    """Enter one order by hand; it is verified and classified like an imported one.

    Without a number of the channel it gets one, without a time of order it was ordered now.
    Anything missing or malformed opens an information exception.

    Args:
        workplace: the home at work.
        badge: who enters it.
        channel: the code of the channel it came through.
        draft: the order.

    Returns:
        What came of it, with the new order's number.

    Raises:
        Refusal: it is not for this person to do, there is no such channel, or the channel's number
            is that of an order which is there already.
    """
    with transaction():
        if why := not_permitted(Action.ENTER, person(badge)):
            raise Refusal(why)
        whole = _whole(workplace, channel, draft)
        received = receive(workplace, badge, Source(channel), [whole])
        if not received.new:
            raise _known(channel, whole)
        (number,) = received.new
        return Outcome(number, True, _entered(number, received.awaiting_information > 0))


def _whole(workplace: Workplace, channel: str, draft: OrderDraft) -> OrderDraft:
    now = workplace.now()
    return structs.replace(
        draft,
        channel_order_number=draft.channel_order_number.strip()
        or _next_number(workplace, channel, now),
        ordered_at=draft.ordered_at or now,
        status=ChannelStatus.OPEN,
    )


def _next_number(workplace: Workplace, channel: str, now: datetime) -> str:
    """``HAND-YYYYMMDD-NNNN``: a serial for each channel and day, growing past 9999."""
    prefix = f"{BY_HAND}-{local_day(workplace, now):%Y%m%d}-"
    # A range, because the index does not serve a pattern; ":" comes after the last digit.
    numbers = Order.select(Order.channel_order_number).where(
        (Order.channel_order_number >= f"{prefix}0")
        & (Order.channel_order_number < f"{prefix}:")
        & (Order.channel.concat("") == channel)
    )
    serials = (number.removeprefix(prefix) for (number,) in rows(numbers))
    last = max((int(serial) for serial in serials if _SERIAL.fullmatch(serial)), default=0)
    return f"{prefix}{last + 1:04d}"


def _known(channel: str, draft: OrderDraft) -> Refusal:
    there = first(
        Order.select(Order.number).where(
            (Order.channel == channel)
            & (Order.shop == draft.shop)
            & (Order.source_key == draft.channel_order_number)
        )
    )
    return Refusal(
        "{channel} has an order {channel_number} already: it is {number}; "
        "`orderterm show {number}` shows it",
        channel=channel,
        channel_number=draft.channel_order_number,
        number=there[0] if there else "",
    )


def _entered(number: str, incomplete: bool) -> Sentence:
    if incomplete:
        return say(
            "{number} is entered, but something is missing or wrong: `orderterm show {number}` "
            "tells what",
            number=number,
        )
    return say("{number} is entered and goes to review", number=number)
