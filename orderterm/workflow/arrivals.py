"""New orders are put on record: their rows in bulk, the first work on each, and who is told."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from orderterm.rules.contacts import contact_tail
from orderterm.rules.deadlines import exception_due, exception_limit, stage_due
from orderterm.rules.drafts import OrderDraft, Problem
from orderterm.rules.permissions import Person
from orderterm.settings import Channel, Limit
from orderterm.store import trail
from orderterm.store.bulk import insert_rows
from orderterm.store.fields import utc_text
from orderterm.store.prepared import PreparedList
from orderterm.store.queries import parts, rows
from orderterm.store.tables import Order, OrderException, OrderLine, Task
from orderterm.terms import (
    EXCEPTION_ROLES,
    STAGE_ROLES,
    Condition,
    EventKind,
    ExceptionKind,
    Nature,
    Priority,
    Stage,
    Tag,
)
from orderterm.workflow.alerts import climb
from orderterm.workflow.content import kept_price, kept_quantity, told
from orderterm.workflow.notifications import announcements, tell, told_of
from orderterm.workflow.workplace import Workplace


class Source(Struct, frozen=True):
    """Where drafts come from: the channel, the file, and when the channel wrote it."""

    channel: str
    file: int | None = None
    exported_at: datetime | None = None
    older: bool = False


class Arrival(Struct):
    """A new order with all that was decided about it."""

    draft: OrderDraft
    key: str
    fingerprint: str
    nature: Nature
    tags: tuple[Tag, ...]
    carrier: str
    level: str
    quality: bool
    problems: list[Problem]
    number: str = ""
    priority: Priority = Priority.NORMAL
    rule: str = ""
    surge: bool = False


class Recorder:
    """Puts the new orders of one batch on record, within the caller's transaction.

    Args:
        workplace: the home at work.
        actor: who brings them.
        source: where they come from.
        channel: its settings.
        at: when they were received.
    """

    def __init__(
        self, workplace: Workplace, actor: Person, source: Source, channel: Channel, at: datetime
    ) -> None:
        self.workplace = workplace
        self.actor = actor
        self.source = source
        self.channel = channel
        self.at = at

    def keep(self, arrivals: Sequence[Arrival]) -> None:
        """Put ``arrivals``, which have their numbers and priorities, on record."""
        insert_rows(Order, _ORDER_COLUMNS, [self._order_row(one) for one in arrivals])
        ids = _ids([one.number for one in arrivals])
        insert_rows(OrderLine, _LINE_COLUMNS, _line_rows(arrivals, ids))
        good = [one for one in arrivals if not one.problems]
        bad = [one for one in arrivals if one.problems]
        insert_rows(Task, _TASK_COLUMNS, [self._task_row(one, ids[one.number]) for one in good])
        if bad:
            lacking = [self._exception_row(one, ids[one.number]) for one in bad]
            insert_rows(OrderException, _EXCEPTION_COLUMNS, lacking)
            self._announce(bad, ids)
        trail.append(self._entries(arrivals))

    def _order_row(self, arrival: Arrival) -> tuple[Any, ...]:
        draft, source = arrival.draft, self.source
        seen_at = draft.updated_at or source.exported_at
        waiting = Condition.AWAITING_INFORMATION if arrival.problems else Condition.PENDING_REVIEW
        return (
            arrival.number,
            source.channel,
            self.channel.kind.value,
            draft.shop,
            draft.channel_order_number,
            arrival.key,
            draft.status.value,
            utc_text(seen_at) if seen_at else None,
            arrival.fingerprint,
            source.file,
            arrival.nature.value,
            waiting.value,
            arrival.priority.rank,
            arrival.rule,
            "",
            " ".join(arrival.tags),
            arrival.carrier,
            draft.customer_name,
            arrival.level,
            draft.contact,
            contact_tail(draft.contact),
            draft.address,
            draft.special_request,
            draft.note,
            utc_text(draft.ordered_at) if draft.ordered_at else None,
            utc_text(self.at),
            utc_text(draft.ship_by) if draft.ship_by else None,
        )

    def _task_row(self, arrival: Arrival, order: int) -> tuple[Any, ...]:
        due = stage_due(
            self.workplace.working_time,
            self.workplace.settings.limits,
            Stage.REVIEW,
            arrival.priority,
            arrival.nature,
            self.at,
            ship_by=arrival.draft.ship_by,
        )
        role = STAGE_ROLES[Stage.REVIEW].value
        alert = self._alert(self.workplace.settings.limits.review, due)
        place = (order, Stage.REVIEW.value, 1, role, arrival.priority.rank)
        return (*place, utc_text(self.at), utc_text(due), utc_text(alert))

    def _exception_row(self, arrival: Arrival, order: int) -> tuple[Any, ...]:
        kind, limits = ExceptionKind.INFORMATION, self.workplace.settings.limits
        due = exception_due(kind, self.workplace.working_time, limits, self.at)
        detail = trail.plain_json({"problems": told(arrival.problems)})
        alert = utc_text(self._alert(exception_limit(kind, limits), due))
        at, role = utc_text(self.at), EXCEPTION_ROLES[kind].value
        rank, badge = arrival.priority.rank, self.actor.badge
        return (order, kind.value, role, rank, detail, at, badge, utc_text(due), alert, "")

    def _alert(self, limit: Limit, due: datetime) -> datetime:
        """When the clock first speaks of what was opened now and is in nobody's hands."""
        return climb(self.workplace, limit, self.at, due).next_at(None, warns=False)

    def _announce(self, bad: Sequence[Arrival], ids: dict[str, int]) -> None:
        """Tell those who complete orders what each of these lacks."""
        kind, recipients = ExceptionKind.INFORMATION, told_of(ExceptionKind.INFORMATION)
        opened = {order: (key, due) for key, order, due in _opened([ids[b.number] for b in bad])}
        for arrival in bad:
            key, due = opened[ids[arrival.number]]
            detail = {"problems": told(arrival.problems)}
            notices = announcements(kind, key, arrival.number, detail, due, recipients)
            tell(notices, self.at)

    def _entries(self, arrivals: Iterable[Arrival]) -> Iterable[trail.Entry]:
        station, badge = self.workplace.station, self.actor.badge
        for one in arrivals:
            facts = {
                "channel_order_number": one.draft.channel_order_number,
                "nature": one.nature.value,
                "priority": one.priority.value,
                "rule": one.rule,
                "lines": len(one.draft.lines),
            }
            if one.problems:
                facts["problems"] = told(one.problems)
            kind = EventKind.RECEIVED.value
            yield trail.Entry(self.at, badge, station, one.number, kind, facts)


_ORDER_COLUMNS = (
    "number",
    "channel",
    "channel_kind",
    "shop",
    "channel_order_number",
    "source_key",
    "channel_status",
    "channel_seen_at",
    "fingerprint",
    "file_id",
    "nature",
    "condition",
    "priority",
    "priority_rule",
    "priority_reason",
    "tags",
    "preferred_carrier",
    "customer_name",
    "customer_level",
    "contact",
    "contact_tail",
    "address",
    "special_request",
    "note",
    "ordered_at",
    "received_at",
    "ship_by",
)
_LINE_COLUMNS = (
    "order_id",
    "position",
    "sku",
    "name",
    "specification",
    "quantity",
    "unit_price",
    "substituted_for",
)
_TASK_COLUMNS = (
    "order_id",
    "stage",
    "round",
    "role",
    "priority",
    "started_at",
    "due_at",
    "alert_at",
)
_EXCEPTION_COLUMNS = (
    "order_id",
    "kind",
    "role",
    "priority",
    "detail",
    "opened_at",
    "opened_by",
    "due_at",
    "alert_at",
    "resolution",
)


def _line_rows(arrivals: Iterable[Arrival], ids: dict[str, int]) -> Iterable[tuple[Any, ...]]:
    for arrival in arrivals:
        order = ids[arrival.number]
        for position, line in enumerate(arrival.draft.lines, start=1):
            yield (
                order,
                position,
                line.sku,
                line.name,
                line.specification,
                kept_quantity(line.quantity),
                kept_price(line.unit_price),
                "",
            )


_IDS = PreparedList(
    lambda numbers: Order.select(Order.number, Order.id).where(Order.number.in_(numbers))
)


def _ids(numbers: list[str]) -> dict[str, int]:
    return dict(_IDS.of(len(numbers)).rows(*numbers))


def _opened(orders: list[int]) -> Iterable[tuple[int, int, datetime]]:
    """The information exceptions of new orders: id, order's id, due time."""
    columns = (OrderException.id, OrderException.order, OrderException.due_at)
    for some in parts(orders):
        yield from rows(OrderException.select(*columns).where(OrderException.order.in_(some)))
