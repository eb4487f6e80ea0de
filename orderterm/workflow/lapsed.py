"""Messages that waited until what they tell was over: nobody is told of it any more."""

from collections.abc import Callable
from typing import Any

import msgspec

from orderterm.store.tables import Message, OrderException, Shipment, Task
from orderterm.terms import ExceptionKind, MessageKind, Stage
from orderterm.workflow.shipping import unsigned
from orderterm.workflow.subjects import EXCEPTION, MESSAGE, TASK, key_of


def is_over(message: Any) -> bool:
    """Whether what a message tells is over, as a delay of what has arrived by now.

    Args:
        message: with ``kind``, ``key``, ``order_id``, ``facts`` and ``queued_at``.
    """
    asks = _OVER.get(message.kind)
    return asks is not None and asks(message)


def _is_dealt_with(message: Any) -> bool:
    """Whether the work that staff are told of is done; the key names it."""
    _, subject = message.key.split(":", 1)
    kind, key = key_of(":".join(subject.split(":")[:2]))
    table, ended = _ENDED[kind]
    return bool(table.select().where((table.id == key) & ended).exists())


_ENDED: dict[str, tuple[Any, Any]] = {
    TASK: (Task, Task.done_at.is_null(False)),
    EXCEPTION: (OrderException, OrderException.resolved_at.is_null(False)),
    MESSAGE: (Message, Message.sent_at.is_null(False) | Message.withdrawn_at.is_null(False)),
}


def _is_there(message: Any) -> bool:
    """Whether what a customer was to wait for has left, or has reached them."""
    parcels = Shipment.order == message.order_id
    if msgspec.json.decode(message.facts)["cause"] != ExceptionKind.SHORTAGE:
        return not Shipment.select().where(parcels & unsigned()).exists()
    waits = (
        (Task.order == message.order_id) & (Task.stage == Stage.ALLOCATION) & Task.done_at.is_null()
    )
    since = parcels & (Shipment.shipped_at >= message.queued_at)
    return Shipment.select().where(since).exists() and not Task.select().where(waits).exists()


_OVER: dict[MessageKind, Callable[[Any], bool]] = {
    MessageKind.DELAY_NOTICE: _is_there,
    MessageKind.ESCALATION: _is_dealt_with,
}
