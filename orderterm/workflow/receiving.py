"""Orders come in: a batch of drafts becomes orders, or is known already, or tells of a change.

The key of an order is its channel, shop and the channel's own number: the same order in two files,
or a file taken twice, or a second try after a crash, finds it there and adds nothing.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from orderterm.errors import Refusal
from orderterm.rules import classification, verification
from orderterm.rules.changes import content_of, fingerprint
from orderterm.rules.contacts import normalise_phone
from orderterm.rules.drafts import OrderDraft
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.settings import Channel
from orderterm.store.connection import transaction
from orderterm.store.fields import utc_text
from orderterm.store.prepared import PreparedList
from orderterm.store.tables import Customer
from orderterm.terms import ChannelStatus
from orderterm.workflow import known, serials
from orderterm.workflow.arrivals import Arrival, Recorder, Source
from orderterm.workflow.content import catalogue
from orderterm.workflow.workplace import Workplace, person


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
        Recorder(self.workplace, self.actor, self.source, self.channel, self.at).keep(arrivals)
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


_CUSTOMERS = PreparedList(
    lambda keys: Customer.select(Customer.contact_key, Customer.name, Customer.level).where(
        Customer.contact_key.in_(keys)
    )
)


def _levels(drafts: Sequence[OrderDraft]) -> dict[tuple[str, str], str]:
    """The level of each customer known by contact and name."""
    keys = sorted({normalise_phone(draft.contact) for draft in drafts} - {""})
    customers = _CUSTOMERS.of(len(keys)).rows(*keys)
    return {(contact, name): level for contact, name, level in customers}
