"""Orders come in: a batch of drafts becomes orders, or is known already, or tells of a change.

The key of an order is its channel, shop and the channel's own number: the same order in two files,
or a file taken twice, or a second try after a crash, finds it there and adds nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from orderterm.errors import Refusal
from orderterm.rules import classification, verification
from orderterm.rules.changes import content_of, fingerprint
from orderterm.rules.contacts import contact_tail, normalise_phone
from orderterm.rules.deadlines import exception_due, exception_limit, stage_due
from orderterm.rules.drafts import OrderDraft, Problem
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.settings import Channel, Limit
from orderterm.store import trail
from orderterm.store.bulk import insert_rows
from orderterm.store.connection import transaction
from orderterm.store.fields import utc_text
from orderterm.store.prepared import PreparedList
from orderterm.store.queries import parts, rows
from orderterm.store.tables import Customer, Order, OrderException, OrderLine, Task
from orderterm.terms import (
    EXCEPTION_ROLES,
    STAGE_ROLES,
    ChannelStatus,
    Condition,
    EventKind,
    ExceptionKind,
    Nature,
    Priority,
    Stage,
    Tag,
)
from orderterm.workflow import known, serials
from orderterm.workflow.alerts import climb
from orderterm.workflow.content import catalogue, kept_price, kept_quantity, told
from orderterm.workflow.notifications import announcements, tell, told_of
from orderterm.workflow.workplace import Workplace, person


class Source(Struct, frozen=True):
    """Where drafts come from: the channel, the file, and when the channel wrote it."""

    channel: str
    file: int | None = None
    exported_at: datetime | None = None
    older: bool = False


class Received(Struct):
    """What became of a batch of drafts; ``skipped`` counts by the channel's own status."""

    new: list[str] = field(default_factory=list)
    known: int = 0
    changed: list[str] = field(default_factory=list)
    awaiting_information: int = 0
    skipped: Counter[ChannelStatus] = field(default_factory=Counter)
    not_overwritten: int = 0

    def add(self, other: "Received") -> None:
        """Count ``other`` in."""
        self.new += other.new
        self.known += other.known
        self.changed += other.changed
        self.awaiting_information += other.awaiting_information
        self.skipped += other.skipped
        self.not_overwritten += other.not_overwritten


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


def receive(
    workplace: Workplace, badge: str, source: Source, drafts: Sequence[OrderDraft]
) -> Received:
    """Take a batch of drafts in, in one transaction.

    Args:
        workplace: the home at work.
        badge: who brings them.
        source: where they come from.
        drafts: the orders as the channel tells them.

    Returns:
        What became of them.

    Raises:
        Refusal: the channel is not in the settings, or it is not for this person to do.
    """
    channel = workplace.settings.channels.get(source.channel)
    if channel is None:
        raise Refusal(
            "there is no channel {channel}: add [channels.{channel}] to orderterm.toml; "
            "there are {channels}",
            channel=source.channel,
            channels=list(workplace.settings.channels),
        )
    with transaction():
        actor = person(badge)
        if why := not_permitted(Action.IMPORT, actor):
            raise Refusal(why)
        return _Batch(workplace, actor, source, channel).take(drafts)


def source_key(draft: OrderDraft, content_hash: str) -> str:
    """What makes the order the same order: the channel's number, else its content and time."""
    if draft.channel_order_number:
        return draft.channel_order_number
    moment = utc_text(draft.ordered_at) if draft.ordered_at else ""
    return f"~{content_hash}{moment}"


class _Batch:
    """One transaction's worth of drafts on their way in."""

    def __init__(
        self, workplace: Workplace, actor: Person, source: Source, channel: Channel
    ) -> None:
        self.workplace = workplace
        self.actor = actor
        self.source = source
        self.channel = channel
        self.at = workplace.now()
        self.result = Received()

    def take(self, drafts: Sequence[OrderDraft]) -> Received:
        keyed = [(draft, fingerprint(content_of(draft))) for draft in drafts]
        keys = [(draft, mark, source_key(draft, mark)) for draft, mark in keyed]
        there = known.find(self.source.channel, [key for _, _, key in keys])
        fresh: dict[tuple[str, str], tuple[OrderDraft, str]] = {}
        met: list[tuple[OrderDraft, str, str]] = []
        for draft, mark, key in keys:
            place = (draft.shop, key)
            if place in there or place in fresh:
                met.append((draft, mark, key))
            elif draft.status is ChannelStatus.OPEN:
                fresh[place] = (draft, mark)
            else:
                self.result.skipped[draft.status] += 1
        if fresh:
            self._add([(draft, mark, key) for (_, key), (draft, mark) in fresh.items()])
        self._meet_all(met, there)
        return self.result

    def _meet_all(
        self,
        met: list[tuple[OrderDraft, str, str]],
        there: dict[tuple[str, str], known.KnownOrder],
    ) -> None:
        for draft, mark, key in met:
            place = (draft.shop, key)
            # What an earlier draft of the batch has brought or changed must be read again.
            order = there.get(place) or known.find(self.source.channel, [key])[place]
            if self._meet(order, draft, mark):
                there.pop(place, None)

    def _meet(self, order: known.KnownOrder, draft: OrderDraft, mark: str) -> bool:
        """Keep what a draft says of a known order; returns whether anything was kept."""
        seen_at = draft.updated_at or self.source.exported_at
        news = known.compare(order, draft, mark, seen_at, older=self.source.older)
        if news is known.News.CHANGED:
            known.raise_change(self.workplace, self.actor, order, draft, mark, seen_at)
            if order.number not in self.result.changed:
                self.result.changed.append(order.number)
            return True
        self.result.known += 1
        if news is known.News.OLDER:
            self.result.not_overwritten += 1
        elif news is known.News.STATUS:
            known.note_status(self.workplace, self.actor, order, draft.status, seen_at)
        elif news is known.News.WITHDRAWN:
            known.withdraw_change(self.workplace, self.actor, order, draft, mark, seen_at)
        return news in (known.News.STATUS, known.News.WITHDRAWN)

    # -- new orders ---------------------------------------------------------------------------

    def _add(self, fresh: Sequence[tuple[OrderDraft, str, str]]) -> None:
        products = catalogue({line.sku for draft, _, _ in fresh for line in draft.lines})
        levels = _levels([draft for draft, _, _ in fresh])
        arrivals = [self._judge(*one, products, levels) for one in fresh]
        self._number(arrivals)
        self._insert(arrivals)
        self.result.new += [arrival.number for arrival in arrivals]
        self.result.awaiting_information += sum(bool(one.problems) for one in arrivals)

    def _judge(
        self,
        draft: OrderDraft,
        mark: str,
        key: str,
        products: dict[str, verification.Product],
        levels: dict[tuple[str, str], str],
    ) -> Arrival:
        rules = self.workplace.classification
        tags = classification.tags(draft, rules)
        level = levels.get((normalise_phone(draft.contact), draft.customer_name), "")
        return Arrival(
            draft=draft,
            key=key,
            fingerprint=mark,
            nature=classification.nature(draft, tags),
            tags=tags,
            carrier=classification.preferred_carrier(draft, rules) if tags else "",
            level=level,
            quality=classification.is_quality_problem(draft, rules),
            problems=verification.verify(draft, products, self.workplace.verification),
        )

    def _number(self, arrivals: list[Arrival]) -> None:
        code, rules = self.source.channel, self.workplace.settings.priority
        day = serials.local_day(self.workplace, self.at)
        usual = serials.usual(self.workplace, code, day)
        before = serials.taken(code, day)
        surge_before = serials.in_surge(code, day)
        numbers = serials.take_numbers(self.workplace, code, self.at, len(arrivals))
        for count, (arrival, number) in enumerate(zip(arrivals, numbers, strict=True), before + 1):
            arrival.number = number
            arrival.surge = classification.is_surge(count, usual, rules.surge_factor)
            self._prioritise(arrival)
        if arrivals[-1].surge and not surge_before:
            for arrival in arrivals:
                arrival.surge = True
                self._prioritise(arrival)
            serials.begin_surge(self.workplace, self.actor, code, day)

    def _prioritise(self, arrival: Arrival) -> None:
        arrival.priority, arrival.rule = classification.priority(
            arrival.nature,
            arrival.tags,
            arrival.level,
            arrival.surge,
            arrival.quality,
            self.workplace.classification,
        )

    def _insert(self, arrivals: list[Arrival]) -> None:
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
_CUSTOMERS = PreparedList(
    lambda keys: Customer.select(Customer.contact_key, Customer.name, Customer.level).where(
        Customer.contact_key.in_(keys)
    )
)


def _ids(numbers: list[str]) -> dict[str, int]:
    return dict(_IDS.of(len(numbers)).rows(*numbers))


def _opened(orders: list[int]) -> Iterable[tuple[int, int, datetime]]:
    """The information exceptions of new orders: id, order's id, due time."""
    columns = (OrderException.id, OrderException.order, OrderException.due_at)
    for some in parts(orders):
        yield from rows(OrderException.select(*columns).where(OrderException.order.in_(some)))


def _levels(drafts: Sequence[OrderDraft]) -> dict[tuple[str, str], str]:
    """The level of each customer known by contact and name."""
    keys = sorted({normalise_phone(draft.contact) for draft in drafts} - {""})
    customers = _CUSTOMERS.of(len(keys)).rows(*keys)
    return {(contact, name): level for contact, name, level in customers}
