"""Rows of the kinds of file that hold no orders: each becomes a draft or is rejected."""

import re
from collections.abc import Callable, Container, Iterator
from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from orderterm.intake.plans import Cells, Plan
from orderterm.intake.profiles import FIELDS
from orderterm.intake.remarks import placed, refuse_rewritten
from orderterm.intake.rows import RejectedRow, Sieve, surplus
from orderterm.intake.sheets import Rows
from orderterm.intake.texts import fold
from orderterm.intake.values import MAX_STOCK, Moments, is_rounded_id, short, whole_number
from orderterm.rules.drafts import (
    CustomerDraft,
    Draft,
    ProductDraft,
    StockDraft,
    SurveyDraft,
    TrackingDraft,
)
from orderterm.sentences import Sentence, say
from orderterm.terms import FileKind, TrackingState

_MOST_DAYS = 3650
_SUB_STATE = re.compile(r"_\d+\Z")
"""AfterShip's finer states, such as InTransit_007, mean at least what they begin with."""


class _Unusable(Exception):
    """A cell that makes its row unusable."""

    def __init__(self, field: str, reason: Sentence) -> None:
        super().__init__(str(reason))
        self.field, self.reason = field, reason


class Registers:
    """Makes drafts of the rows of one file."""

    def __init__(self, file: str, plan: Plan, zone: ZoneInfo) -> None:
        self._file = file
        self._plan = plan
        self._names = FIELDS[plan.profile.kind]
        self._moments = Moments(plan.profile.dates, plan.profile.zone_or(zone))
        own = {state.value: state for state in TrackingState}
        words = own | plan.profile.states
        self._states = {fold(word): state for word, state in words.items()}
        self._make = _MAKERS[plan.profile.kind]
        self._seen: dict[str, tuple[int, list[str]]] = {}

    def read(self, rows: Rows) -> tuple[list[Draft], list[RejectedRow]]:
        """The drafts of ``rows``, and the rows that can't be used.

        Raises:
            FileRejected: an id shows that Excel rewrote the file.
        """
        drafts: list[Draft] = []
        rejected: list[RejectedRow] = []
        for number, raw, cells in self._filled(rows):
            try:
                if draft := self._draft(number, raw, cells):
                    drafts.append(draft)
            except _Unusable as error:
                reason = placed(self._file, number, self._plan, error.field, error.reason)
                rejected.append(RejectedRow(number, reason, raw))
        return drafts, rejected

    def _filled(self, rows: Rows) -> Iterator[tuple[int, Cells, Cells]]:
        sieve = Sieve(self._plan)
        for number, raw in rows:
            cells = self._plan.cells(raw)
            if not sieve.is_junk(cells):
                yield number, raw, cells

    def _draft(self, number: int, raw: Cells, cells: Cells) -> Draft | None:
        if surplus(self._plan, raw):
            reason = say("the row has more cells than the header")
            raise _Unusable("", reason)
        fields = dict(zip(self._names, self._plan.fields(cells), strict=True))
        columns = self._plan.labels
        row = _Row(self._file, number, fields, columns, self._moments, self._states)
        draft = self._make(row)
        return draft if self._is_new(row) else None

    def _is_new(self, row: "_Row") -> bool:
        """Whether a SKU comes for the first time; exactly the same row again adds nothing."""
        if self._plan.profile.kind not in (FileKind.PRODUCTS, FileKind.STOCK):
            return True
        sku, values = row.fields["sku"], list(row.fields.values())
        first, known = self._seen.setdefault(sku, (row.number, values))
        if known != values:
            reason = say("{sku} stands in row {row} already, and differently", sku=sku, row=first)
            raise _Unusable("sku", reason)
        return first == row.number


class _Row:
    """The fields of one row, read as what they must be."""

    def __init__(
        self,
        file: str,
        number: int,
        fields: dict[str, str],
        columns: Container[str],
        moments: Moments,
        states: dict[str, TrackingState],
    ) -> None:
        self.file, self.number, self.fields = file, number, fields
        self._columns, self._moments, self._states = columns, moments, states

    def text(self, field: str) -> str:
        return self.fields[field]

    def needed(self, field: str) -> str:
        text = self.fields[field]
        if not text:
            raise _Unusable(field, self._lack(field))
        return text

    def _lack(self, field: str) -> Sentence:
        """Where a column should tell it, that one's name stands before."""
        return (
            say("not filled in")
            if field in self._columns
            else say("{field} is missing", field=field)
        )

    def id(self, field: str) -> str:
        text = self.needed(field)
        if is_rounded_id(text):
            refuse_rewritten(self.file, self.number, text)
        return text

    def count(
        self, field: str, least: int, most: int, default: int | None = None, unit: str = ""
    ) -> int:
        text = self.fields[field]
        if not text and default is not None:
            return default
        number = whole_number(self.needed(field).removesuffix(unit).strip())
        if number is None or not least <= number <= most:
            self._refuse_count(field, least, most)
        return number

    def _refuse_count(self, field: str, least: int, most: int) -> NoReturn:
        reason = say(
            "{value} is no whole number from {least} to {most}",
            value=short(self.fields[field]),
            least=least,
            most=most,
        )
        raise _Unusable(field, reason)

    def moment(self, field: str) -> datetime:
        moment = self._moments.start(self.needed(field))
        if moment is None:
            reason = say(
                "{value} is no date that can be read; write it as 2026-09-10 08:00",
                value=short(self.fields[field]),
            )
            raise _Unusable(field, reason)
        return moment

    def state(self, field: str) -> TrackingState:
        word = fold(self.needed(field))
        state = self._states.get(word) or self._states.get(_SUB_STATE.sub("", word))
        if state is None:
            reason = say(
                "the status {value} is not known; add it to the profile's states",
                value=short(self.fields[field]),
            )
            raise _Unusable(field, reason)
        return state


def _product(row: _Row) -> ProductDraft:
    return ProductDraft(
        sku=row.id("sku"),
        name=row.needed("name"),
        specification=row.text("specification"),
        location=row.text("location"),
        safety_stock=row.count("safety_stock", 0, MAX_STOCK, default=0),
        lead_time_days=row.count("lead_time_days", 0, _MOST_DAYS, default=0),
        row=row.number,
    )


def _stock(row: _Row) -> StockDraft:
    return StockDraft(row.id("sku"), row.count("on_hand", 0, MAX_STOCK), row.number)


def _customer(row: _Row) -> CustomerDraft:
    return CustomerDraft(
        name=row.needed("name"),
        contact=row.id("contact") if row.text("contact") else "",
        level=row.text("level"),
        address=row.text("address"),
        row=row.number,
    )


def _tracking(row: _Row) -> TrackingDraft:
    waybill, state = row.id("waybill"), row.state("status")
    timeless = state is TrackingState.EXPIRED and not row.text("at")
    return TrackingDraft(
        carrier=row.text("carrier"),
        waybill=waybill,
        state=state,
        at=None if timeless else row.moment("at"),
        description=row.text("description"),
        row=row.number,
    )


def _survey(row: _Row) -> SurveyDraft:
    speed, accuracy, service = (
        row.count(field, 1, 5, unit="分") for field in ("speed", "accuracy", "service")
    )
    return SurveyDraft(row.id("number"), speed, accuracy, service, row.text("comment"), row.number)


_MAKERS: dict[FileKind, Callable[[_Row], Draft]] = {
    FileKind.PRODUCTS: _product,
    FileKind.STOCK: _stock,
    FileKind.CUSTOMERS: _customer,
    FileKind.TRACKING: _tracking,
    FileKind.SURVEY: _survey,
}
