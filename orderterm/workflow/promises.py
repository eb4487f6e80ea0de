"""What was promised when an exception was resolved: a day that passes unkept opens it once more.

A resolved exception keeps as its alert when its promise passes. Whether that was kept the order
itself tells: stock may have come, a parcel may have been signed for, another day may have been
promised since.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from orderterm.store.queries import rows
from orderterm.store.tables import Order, OrderException, Shipment
from orderterm.terms import ExceptionKind, PauseReason, Stage
from orderterm.workflow.allocation import needs, plan
from orderterm.workflow.case import Case
from orderterm.workflow.door import open_case
from orderterm.workflow.exceptions import open_exception
from orderterm.workflow.shipping import unsigned
from orderterm.workflow.workplace import SYSTEM, Workplace

BROKEN = "promised"
"""Where an exception's detail keeps the moment that passed without what was promised."""


def ask_after(workplace: Workplace, exceptions: Sequence[int], now: datetime) -> None:
    """Open what was resolved by a promise once more, where that has passed unkept.

    Within the caller's transaction. Each promise is asked after once, whoever asks.

    Args:
        workplace: the home at work.
        exceptions: ids of exceptions, open ones among them.
        now: the time by which a promise has passed.
    """
    for key, kind, number in _passed(exceptions, now):
        OrderException.update(alert_at=None).where(OrderException.id == key).execute()
        with open_case(workplace, SYSTEM.badge, number) as case:
            # Where it is open again already, by another's hand, somebody is told anyhow.
            if case.open_exception(kind) is None:
                _open_again(case, kind)


def _passed(exceptions: Sequence[int], now: datetime) -> list[tuple[int, ExceptionKind, str]]:
    has_passed = OrderException.resolved_at.is_null(False) & (OrderException.alert_at <= now)
    query = (
        OrderException.select(OrderException.id, OrderException.kind, Order.number)
        .join(Order)
        .where(OrderException.id.in_(exceptions) & has_passed)
        .order_by(OrderException.id)
    )
    return [(key, kind, number) for key, kind, number in rows(query)]


def _open_again(case: Case, kind: ExceptionKind) -> None:
    promised_until, facts = _PROMISES[kind]
    until = promised_until(case)
    if until is not None and until <= case.at:
        zone = case.workplace.settings.site.zone
        promised = until.astimezone(zone).isoformat(timespec="minutes")
        open_exception(case, kind, {**facts(case), BROKEN: promised})


def _stock_until(case: Case) -> datetime | None:
    """When the stock that the order waits for was to be there."""
    for pause in case.pauses:
        if pause.reason is PauseReason.STOCK:
            until: datetime | None = pause.expected_at
            return until
    return None


def _short(case: Case) -> dict[str, Any]:
    return {"short": plan(needs(case.order.id)).short}


def _parcel_until(case: Case) -> datetime | None:
    """When the first parcel that is on its way was to be there."""
    if case.open_task(Stage.TRACKING) is None:
        return None
    on_its_way = (Shipment.order == case.order.id) & unsigned()
    found = rows(Shipment.select(Shipment.eta).where(on_its_way & Shipment.eta.is_null(False)))
    return min((eta for (eta,) in found), default=None)


def _nothing_more(_: Case) -> dict[str, Any]:
    return {}


_Promise = tuple[Callable[[Case], datetime | None], Callable[[Case], dict[str, Any]]]

_PROMISES: dict[ExceptionKind, _Promise] = {
    ExceptionKind.SHORTAGE: (_stock_until, _short),
    ExceptionKind.CARRIER_DELAY: (_parcel_until, _nothing_more),
}
"""By the kind of exception, until when it was promised that all is well, and what is wrong if it
is not."""
