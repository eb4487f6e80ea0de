"""A gathered order becomes a draft; what is wrong with it is noted and the order is kept."""

import re
from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from orderterm.intake.groups import Group, Oddities
from orderterm.intake.lines import Lines
from orderterm.intake.plans import Plan
from orderterm.intake.profiles import ORDER_FIELDS
from orderterm.intake.remarks import placed, refuse_rewritten
from orderterm.intake.statuses import Statuses
from orderterm.intake.values import (
    Moments,
    is_rounded_id,
    is_saved_date,
    lost_digits,
    short,
)
from orderterm.rules.drafts import OrderDraft, Problem
from orderterm.sentences import Sentence, say
from orderterm.terms import ChannelStatus

_PLACES = {name: place for place, name in enumerate(ORDER_FIELDS)}
_REQUEST, _NOTE = _PLACES["special_request"], _PLACES["note"]
_SHIP_BY, _UPDATED, _EXPORTED = map(_PLACES.__getitem__, ("ship_by", "updated_at", "exported_at"))
_IDS = tuple(map(_PLACES.__getitem__, ("channel_order_number", "channel_order_id", "contact")))
_MASKABLE = ("customer_name", "contact", "address")
_STATUS = len(ORDER_FIELDS)


class Orders:
    """Makes drafts of one file's orders.

    ``plan`` is that of the file with the orders; ``line_plan`` of the one with their lines,
    named ``line_file``: the same file but for a pair.
    """

    def __init__(
        self, file: str, plan: Plan, zone: ZoneInfo, line_file: str, line_plan: Plan
    ) -> None:
        self._file = file
        self._plan = plan
        self._moments = Moments(plan.profile.dates, plan.profile.zone_or(zone))
        self._statuses = Statuses(plan.rules)
        self._lines = Lines(line_file, line_plan)
        self._masked = re.compile(plan.profile.masked) if plan.profile.masked else None
        self.exported_at: datetime | None = None

    def drafts(self, groups: Iterable[Group]) -> list[OrderDraft]:
        """The draft of each group, in their order.

        Raises:
            FileRejected: ids or dates show that Excel rewrote the file.
        """
        drafts = [self._draft(group) for group in groups]
        if self._plan.profile.untouched and lost_digits([d.channel_order_number for d in drafts]):
            refuse_rewritten(self._file, drafts[0].row, drafts[0].channel_order_number)
        return drafts

    def _draft(self, group: Group) -> OrderDraft:
        values = tuple(map(str, group.values))
        for place in _IDS:
            if "E+" in values[place] and is_rounded_id(values[place]):
                refuse_rewritten(self._file, group.row, values[place])
        number, shop, ordered, name, contact, address, nature = values[:7]
        draft = OrderDraft(
            channel_order_number=number,
            shop=shop,
            customer_name=name,
            contact=contact,
            address=address,
            nature=nature,
            special_request=values[_REQUEST],
            note=values[_NOTE],
            row=group.row,
        )
        if ordered:
            draft.ordered_at = self._moment(draft, "ordered_at", ordered)
        if values[_SHIP_BY] or values[_UPDATED] or values[_EXPORTED] or group.oddities:
            self._take_collected(draft, group)
        if group.oddities:
            self._note_oddities(draft, group.row, group.oddities)
        if self._masked is not None:
            self._unmask(draft)
        self._take_lines(draft, group)
        return draft

    def _moment(self, draft: OrderDraft, field: str, text: str) -> datetime | None:
        moment = (self._moments.end if field == "ship_by" else self._moments.start)(text)
        if moment is None:
            if self._plan.profile.untouched and is_saved_date(text):
                refuse_rewritten(self._file, draft.row, text)
            reason = say(
                "{value} is no date that can be read; write it as 2026-09-10 08:00",
                value=short(text),
            )
            draft.problems.append(self._problem(field, draft.row, reason))
        return moment

    def _take_collected(self, draft: OrderDraft, group: Group) -> None:
        """Rows may tell these anew: texts are all kept, of times the one that binds."""
        draft.special_request = "; ".join(sorted(group.all_of(_REQUEST)))
        draft.note = "; ".join(sorted(group.all_of(_NOTE)))
        draft.ship_by = min(self._moments_of(draft, group, _SHIP_BY), default=None)
        draft.updated_at = max(self._moments_of(draft, group, _UPDATED), default=None)
        told = self._moments_of(draft, group, _EXPORTED)
        known = [self.exported_at] if self.exported_at is not None else []
        self.exported_at = max(told + known, default=None)

    def _moments_of(self, draft: OrderDraft, group: Group, place: int) -> list[datetime]:
        texts = sorted(group.all_of(place))
        moments = [self._moment(draft, ORDER_FIELDS[place], text) for text in texts]
        return [moment for moment in moments if moment is not None]

    def _note_oddities(self, draft: OrderDraft, first_row: int, oddities: Oddities) -> None:
        for place in sorted(oddities.clashes):
            field = ORDER_FIELDS[place] if place < _STATUS else "status"
            reason = say("the rows of this order contradict each other")
            draft.problems.append(self._problem(field, first_row, reason))
        for row in sorted(oddities.overlong):
            reason = say(
                "the row has more cells than the header, so they may stand in wrong columns"
            )
            draft.problems.append(self._problem("lines", row, reason))

    def _unmask(self, draft: OrderDraft) -> None:
        """Masked text is no address; it is taken out, so that the field counts as missing."""
        assert self._masked is not None
        for field in _MASKABLE:
            value = attrgetter(field)(draft)
            if self._masked.search(value):
                setattr(draft, field, "")
                reason = say("{value} is masked by the platform", value=short(value))
                draft.problems.append(self._problem(field, draft.row, reason))

    def _take_lines(self, draft: OrderDraft, group: Group) -> None:
        said = self._statuses.read(group.values[_STATUS:])
        if said.status is not None:
            draft.status = said.status
        ask = self._lines.fill(draft, group.lines)
        if draft.status is ChannelStatus.OPEN and (said.ask or ask):
            for word in sorted({*said.ask, *ask}):
                reason = say(
                    "the channel says {word}: find out whether to send this order", word=word
                )
                draft.problems.append(self._problem("status", group.row, reason))

    def _problem(self, field: str, row: int, reason: Sentence) -> Problem:
        return Problem(field, placed(self._file, row, self._plan, field, reason))
