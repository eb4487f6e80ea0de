"""The drafts of a file go in, each kind its own way, and the result counts what came of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar, cast

from orderterm.intake.reading import Document
from orderterm.intake.results import FileResult, RowReason
from orderterm.rules.changes import content_of, fingerprint
from orderterm.rules.drafts import (
    CustomerDraft,
    Draft,
    OrderDraft,
    ProductDraft,
    StockDraft,
    SurveyDraft,
    TrackingDraft,
)
from orderterm.sentences import Sentence, say
from orderterm.store.connection import reading
from orderterm.terms import FileKind
from orderterm.workflow import hearing, known, receiving, registers, stocktaking
from orderterm.workflow.arrivals import Source
from orderterm.workflow.workplace import Workplace

Item = TypeVar("Item")

_LOOKED_UP_AT_ONCE = 2000


class Taking:
    """One file's drafts on their way in.

    Args:
        workplace: the home at work.
        badge: who brings them.
        document: what the file says.
        result: where what came of it is counted.
        file: the row that remembers the file.
        content_hash: what the file holds, to know it again.
    """

    def __init__(
        self,
        workplace: Workplace,
        badge: str,
        document: Document,
        result: FileResult,
        file: int,
        content_hash: str,
    ) -> None:
        self.workplace = workplace
        self.badge = badge
        self.document = document
        self.result = result
        self.file = file
        self.content_hash = content_hash

    def run(self) -> None:
        """Take the drafts in; again after a crash it adds what is missing.

        Raises:
            Refusal: it is not for this person to do.
        """
        {
            FileKind.ORDERS: self._orders,
            FileKind.PRODUCTS: self._products,
            FileKind.STOCK: self._stock,
            FileKind.CUSTOMERS: self._customers,
            FileKind.TRACKING: self._tracking,
            FileKind.SURVEY: self._surveys,
        }[self.document.kind]()

    def _orders(self) -> None:
        drafts = cast(list[OrderDraft], self.document.drafts)
        source = Source(
            channel=self.result.channel,
            file=self.file,
            exported_at=self.document.exported_at,
            older=is_older(self.result.channel, self.document),
        )
        total = receiving.Received()
        for batch in _batches(drafts, self.workplace.settings.inbox.batch_orders):
            total.add(receiving.receive(self.workplace, self.badge, source, batch))
        self.result.orders_new = len(total.new)
        self.result.orders_known = total.known
        self.result.orders_changed = len(total.changed)
        self.result.awaiting_information = total.awaiting_information
        self.result.skipped = {status.value: count for status, count in total.skipped.items()}
        self.result.not_overwritten = total.not_overwritten
        if total.not_overwritten:
            self.result.reason = _older_sentence(self.result.file, total.not_overwritten)

    def _products(self) -> None:
        drafts = cast(list[ProductDraft], self.document.drafts)
        self.result.rows_taken = registers.keep_products(self.workplace, self.badge, drafts)

    def _stock(self) -> None:
        drafts = cast(list[StockDraft], self.document.drafts)
        counted = stocktaking.count(
            self.workplace, self.badge, drafts, self.file, self.content_hash
        )
        if counted.known:
            self.result.reason = say(
                "{file} was counted before and stock has moved since: it is not counted again",
                file=self.result.file,
            )
        else:
            self.result.rows_taken = len(drafts)

    def _customers(self) -> None:
        drafts = cast(list[CustomerDraft], self.document.drafts)
        self.result.rows_taken = registers.keep_customers(self.workplace, self.badge, drafts)

    def _tracking(self) -> None:
        drafts = cast(list[TrackingDraft], self.document.drafts)
        refused: dict[int, Sentence] = {}
        for batch in _whole_parcels(drafts, self.workplace.settings.inbox.batch_orders):
            refused |= hearing.note_tracking(self.workplace, self.badge, batch)
        _refuse_rows(self.result, self.document, refused)
        self.result.rows_taken = len(drafts) - len(refused)

    def _surveys(self) -> None:
        drafts = cast(list[SurveyDraft], self.document.drafts)
        refused: dict[int, Sentence] = {}
        for batch in _batches(drafts, self.workplace.settings.inbox.batch_orders):
            refused |= hearing.note_survey(self.workplace, self.badge, batch)
        _refuse_rows(self.result, self.document, refused)
        self.result.rows_taken = len(drafts) - len(refused)


def is_older(channel: str, document: Document) -> bool:
    """Whether any order of the file shows a status that has since gone on: then all of it is old.

    Asked only where nothing tells when the file, or each order in it, was written.
    """
    if document.exported_at is not None:
        return False
    drafts = cast(list[OrderDraft], document.drafts)
    undated = [draft for draft in drafts if draft.updated_at is None]
    with reading():
        return any(
            known.falls_behind(channel, [(d, receiving.source_key(d, _mark(d))) for d in batch])
            for batch in _batches(undated, _LOOKED_UP_AT_ONCE)
        )


def _mark(draft: OrderDraft) -> str:
    return "" if draft.channel_order_number else fingerprint(content_of(draft))


def _by_parcel(drafts: Sequence[TrackingDraft]) -> list[list[TrackingDraft]]:
    """News of a parcel belong together: only its whole journey tells what is to be done."""
    found: dict[str, list[TrackingDraft]] = {}
    for draft in drafts:
        found.setdefault(draft.waybill, []).append(draft)
    return list(found.values())


def _whole_parcels(drafts: Sequence[TrackingDraft], size: int) -> Iterator[Sequence[TrackingDraft]]:
    """Batches of about ``size`` steps: a parcel may have hundreds, and others wait for each."""
    batch: list[TrackingDraft] = []
    for parcel in _by_parcel(drafts):
        if batch and len(batch) + len(parcel) > size:
            yield batch
            batch = []
        batch = batch + parcel
    if batch:
        yield batch


def _batches(drafts: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(drafts), size):
        yield drafts[start : start + size]


def _refuse_rows(result: FileResult, document: Document, refused: dict[int, Sentence]) -> None:
    by_row = {draft.row: draft for draft in document.drafts}
    for row, reason in refused.items():
        result.rows_rejected.append(RowReason(row, reason))
        result.cells_rejected.append(_cells(document, by_row[row]))


def _cells(document: Document, draft: Draft) -> list[str]:
    """A draft as a row below the file's header again, to be mended and given once more."""
    fields = {reading.column: reading.field for reading in document.columns}
    return [_cell(draft, fields.get(column)) for column in document.header]


def _cell(draft: Draft, field: str | None) -> str:
    if field == "status":
        field = "state"
    value = getattr(draft, field) if field else None
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _older_sentence(file: str, count: int) -> Sentence:
    return say(
        "{file} is older than what is kept: {count} orders were not overwritten",
        file=file,
        count=count,
    )
