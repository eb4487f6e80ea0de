"""An order the channel tells of again: the same, older than what is known, or changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Any, NamedTuple

import msgspec

from orderterm.rules.changes import ChannelContent, content_of, differences
from orderterm.rules.drafts import OrderDraft
from orderterm.rules.permissions import Person
from orderterm.store import trail
from orderterm.store.prepared import PreparedList
from orderterm.store.queries import first, parts, rows
from orderterm.store.tables import ChannelVersion, Order, OrderException, Shipment
from orderterm.terms import ChannelStatus, EventKind, ExceptionKind, ExceptionPath, Nature
from orderterm.workflow.case import Case
from orderterm.workflow.content import kept_price, kept_quantity, lines_of
from orderterm.workflow.exceptions import close_exception, open_exception
from orderterm.workflow.orders import ERASED
from orderterm.workflow.workplace import Workplace


class News(Enum):
    """What a channel's word of a known order amounts to."""

    NOTHING = auto()
    OLDER = auto()
    STATUS = auto()
    CHANGED = auto()
    WITHDRAWN = auto()


class KnownOrder(NamedTuple):
    """What is kept of a channel's last word of an order."""

    id: int
    number: str
    shop: str
    source_key: str
    fingerprint: str
    status: ChannelStatus
    seen_at: datetime | None


_COLUMNS = (
    Order.id,
    Order.number,
    Order.shop,
    Order.source_key,
    Order.fingerprint,
    Order.channel_status,
    Order.channel_seen_at,
)


_KNOWN = PreparedList(
    lambda keys, channel: Order.select(*_COLUMNS).where(
        (Order.channel == channel) & Order.source_key.in_(keys)
    )
)


def find(channel: str, keys: Sequence[str]) -> dict[tuple[str, str], KnownOrder]:
    """The orders of ``channel`` with these keys, by shop and key."""
    found: dict[tuple[str, str], KnownOrder] = {}
    for some in parts(keys):
        for row in _KNOWN.of(len(some)).all(channel, *some):
            found[row.shop, row.source_key] = KnownOrder(*vars(row).values())
    return found


def falls_behind(channel: str, drafts: Sequence[tuple[OrderDraft, str]]) -> bool:
    """Whether any of the drafts (with their keys) shows a status that the order has passed."""
    there = find(channel, [key for _, key in drafts])
    return any(
        order.status.rank > draft.status.rank
        for draft, key in drafts
        if (order := there.get((draft.shop, key)))
    )


def compare(
    order: KnownOrder, draft: OrderDraft, mark: str, seen_at: datetime | None, *, older: bool
) -> News:
    """What the channel's new word amounts to.

    Args:
        order: what is kept.
        draft: what the channel says now.
        mark: the fingerprint of its content.
        seen_at: when the channel said it, where known.
        older: whether the file as a whole is known to be older than what is kept.
    """
    same = mark == order.fingerprint and draft.status is order.status
    if same or order.fingerprint == ERASED:
        return News.NOTHING
    # Cancelled is the last status: what a file says of other orders can't make that old.
    cancels = draft.status is ChannelStatus.CANCELLED and order.status is not draft.status
    behind = (older and not cancels) or draft.status.rank < order.status.rank
    if behind or _is_before(seen_at, order.seen_at):
        return News.OLDER
    if _ends_it(order, draft):
        return News.CHANGED
    if mark == order.fingerprint:
        return News.STATUS
    if _shown_before(order, mark) and seen_at is None:
        return News.OLDER
    if _differs(order, draft):
        return News.CHANGED
    if _has_request(order):
        return News.WITHDRAWN
    return News.STATUS if draft.status is not order.status else News.NOTHING


def _is_before(moment: datetime | None, other: datetime | None) -> bool:
    return moment is not None and other is not None and moment < other


def _ends_it(order: KnownOrder, draft: OrderDraft) -> bool:
    """Whether the channel has cancelled the order, or shipped it past us."""
    if draft.status is order.status:
        return False
    if draft.status is ChannelStatus.CANCELLED:
        return True
    already = (ChannelStatus.SHIPPED, ChannelStatus.COMPLETED)
    if draft.status not in already or order.status in already:
        return False
    return not Shipment.select().where(Shipment.order == order.id).exists()


def _shown_before(order: KnownOrder, mark: str) -> bool:
    shown = ChannelVersion.select().where(
        (ChannelVersion.order == order.id) & (ChannelVersion.fingerprint == mark)
    )
    return bool(shown.exists())


def _has_request(order: KnownOrder) -> bool:
    """Whether the channel has asked for another content, and nobody has answered yet."""
    request = first(
        OrderException.select(OrderException.detail).where(
            (OrderException.order == order.id)
            & (OrderException.kind == ExceptionKind.CHANGE_REQUEST)
            & OrderException.resolved_at.is_null()
        )
    )
    detail = msgspec.json.decode(request[0]) if request else {}
    asked = detail.get("fields") or detail.get("lines")
    return bool(asked and detail.get("channel_status") and not detail.get("cancelled"))


def _differs(order: KnownOrder, draft: OrderDraft) -> bool:
    return bool(differences(_content(order.id), content_of(draft)))


def _content(order_id: int) -> ChannelContent:
    order = Order.get_by_id(order_id)
    pieces: dict[str, int] = {}
    for line in [*lines_of(order_id), *_split_off(order_id)]:
        sku = line.substituted_for or line.sku
        pieces[sku] = pieces.get(sku, 0) + (line.quantity or 0)
    return ChannelContent(
        order.customer_name, order.contact, order.address, tuple(sorted(pieces.items()))
    )


def _split_off(order_id: int) -> Iterator[Any]:
    """The lines that went into orders of their own: to the channel they are still this order's."""
    parts_of_it = Order.select(Order.id, Order.nature).where(Order.origin == order_id)
    for sibling, nature in rows(parts_of_it):
        if nature is not Nature.RETURN:
            yield from lines_of(sibling)
            yield from _split_off(sibling)


def note_status(
    workplace: Workplace,
    actor: Person,
    order: KnownOrder,
    status: ChannelStatus,
    seen_at: datetime | None,
) -> None:
    """Keep that the channel's own status has gone on; nothing else follows from it."""
    case = Case(workplace, actor, Order.get_by_id(order.id))
    case.keep(channel_status=status, channel_seen_at=seen_at or order.seen_at)
    _record_status(case, order, status)
    case.close()


def _record_status(case: Case, order: KnownOrder, status: ChannelStatus) -> None:
    case.record(EventKind.CHANNEL_STATUS, before=order.status.value, after=status.value)


def _hear(
    workplace: Workplace,
    actor: Person,
    order: KnownOrder,
    draft: OrderDraft,
    mark: str,
    seen_at: datetime | None,
) -> Case:
    """Take the order in hand, with the channel's new word kept as its last one."""
    case = Case(workplace, actor, Order.get_by_id(order.id))
    if mark != order.fingerprint:
        _remember(case, order, mark)
    case.keep(
        fingerprint=mark, channel_status=draft.status, channel_seen_at=seen_at or order.seen_at
    )
    return case


def raise_change(
    workplace: Workplace,
    actor: Person,
    order: KnownOrder,
    draft: OrderDraft,
    mark: str,
    seen_at: datetime | None,
) -> None:
    """Open a change request with what the channel says otherwise; the order stays as it is."""
    case = _hear(workplace, actor, order, draft, mark, seen_at)
    detail = _detail(order, draft)
    if case.order.cancelled_at is None:
        _request(case, detail)
    else:
        _record_status(case, order, draft.status)
    case.close()


def withdraw_change(
    workplace: Workplace,
    actor: Person,
    order: KnownOrder,
    draft: OrderDraft,
    mark: str,
    seen_at: datetime | None,
) -> None:
    """The channel says again what the order holds: what it had asked for before is off."""
    case = _hear(workplace, actor, order, draft, mark, seen_at)
    request = case.open_exception(ExceptionKind.CHANGE_REQUEST)
    close_exception(case, request, ExceptionPath.REFUSE, {"reason": "the channel took it back"})
    case.close()


def _remember(case: Case, order: KnownOrder, mark: str) -> None:
    """Keep the content shown before and the one shown now, to know either again."""
    for content in (order.fingerprint, mark):
        ChannelVersion.insert(
            order=order.id, fingerprint=content, seen_at=case.at
        ).on_conflict_ignore().execute()


def _detail(order: KnownOrder, draft: OrderDraft) -> dict[str, Any]:
    before = _content(order.id)
    found = differences(before, content_of(draft))
    fields = {one.field: one.after for one in found if not one.field.startswith("lines.")}
    return {
        "fields": fields,
        "before": {name: getattr(before, name) for name in fields},
        "lines": _new_lines(draft) if any(d.field.startswith("lines.") for d in found) else [],
        "cancelled": draft.status is ChannelStatus.CANCELLED,
        "channel_status": draft.status.value,
    }


def _new_lines(draft: OrderDraft) -> list[dict[str, Any]]:
    return [
        {
            "sku": line.sku,
            "name": line.name,
            "specification": line.specification,
            "quantity": kept_quantity(line.quantity),
            "unit_price": kept_price(line.unit_price),
        }
        for line in draft.lines
    ]


def _request(case: Case, detail: dict[str, Any]) -> None:
    exception = case.open_exception(ExceptionKind.CHANGE_REQUEST)
    if exception is None:
        open_exception(case, ExceptionKind.CHANGE_REQUEST, detail)
        return
    known = msgspec.json.decode(exception.detail)
    by_hand = known.get("by_hand") or (None if "channel_status" in known else known)
    if by_hand:
        # What a colleague wrote down stays asked for; the channel's word comes on top of it.
        detail = {
            **detail,
            "note": by_hand["note"],
            "fields": {**by_hand["fields"], **detail["fields"]},
            "cancelled": by_hand["cancelled"] or detail["cancelled"],
            "by_hand": by_hand,
        }
    OrderException.update(detail=trail.plain_json(detail)).where(
        OrderException.id == exception.id
    ).execute()
    case.record(EventKind.EXCEPTION_UPDATED, exception=ExceptionKind.CHANGE_REQUEST.value, **detail)
