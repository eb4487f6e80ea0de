"""What would happen to a file, without anything happening to it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from msgspec import Struct

from orderterm.intake import pairs
from orderterm.intake.importing import Importer
from orderterm.intake.reading import Document
from orderterm.intake.taking import is_older
from orderterm.rules import verification
from orderterm.rules.changes import content_of, fingerprint
from orderterm.rules.drafts import OrderDraft
from orderterm.sentences import Sentence, say
from orderterm.store.connection import reading
from orderterm.terms import ChannelStatus, FileKind, Language
from orderterm.workflow import known, receiving
from orderterm.workflow.content import catalogue
from orderterm.workflow.known import News
from orderterm.workflow.workplace import SYSTEM, Workplace

_AT_ONCE = 500
MOST_PROBLEMS = 20
"""How many orders that lack something are told one by one."""


class Explanation(Struct):
    """How a file would be read, as sentences in the order in which they are told."""

    sentences: list[Sentence]

    def lines(self, language: Language) -> list[str]:
        """The explanation as a person reads it."""
        return [sentence.text(language) for sentence in self.sentences]


def explain(
    workplace: Workplace,
    home: Path,
    path: Path,
    *,
    channel: str = "",
    kind: FileKind | None = None,
    profile: str = "",
) -> Explanation:
    """Which profile a file would be read with, what each column means, and what would come of it.

    Raises:
        FileRejected: the file would be rejected; the sentence says why.
    """
    importer = Importer(workplace, SYSTEM.badge, home)
    found = importer.identify(path)
    beside = pairs.beside(path) if found is not None and found.partner else []
    partner = pairs.choose(path, found, beside, importer.identify) if found and beside else None
    document = importer.read(path, channel, kind, profile, partner)
    told = [*_reading(path, document, workplace.settings.site.zone), *_columns(document)]
    if document.kind is FileKind.ORDERS:
        told += _orders(workplace, importer, path, document, channel)
    else:
        told.append(say("{count} rows would be taken", count=len(document.drafts)))
    return Explanation([*told, *_rejected(document)])


def _reading(path: Path, document: Document, zone: ZoneInfo) -> Iterator[Sentence]:
    profile = document.profile
    yield say(
        "{file} is read with the profile {profile} ({title})",
        file=path.name,
        profile=profile.name,
        title=profile.title,
    )
    if document.encoding:
        yield say(
            "encoding {encoding}, columns separated by {delimiter}, header in row {row}",
            encoding=document.encoding,
            delimiter=repr(document.delimiter),
            row=document.header_row,
        )
    if document.exported_at is not None:
        yield say("exported at {at}", at=f"{document.exported_at.astimezone(zone):%Y-%m-%d %H:%M}")


def _columns(document: Document) -> Iterator[Sentence]:
    for column in document.columns:
        if column.field is None:
            yield say("  {column}: not used", column=column.column)
        else:
            yield say(
                "  {column}: {field} {how}",
                column=column.column,
                field=column.field,
                how=column.how,
            )


def _orders(
    workplace: Workplace, importer: Importer, path: Path, document: Document, channel: str
) -> list[Sentence]:
    drafts = cast(list[OrderDraft], document.drafts)
    code = importer.channel_of(path, document, channel)
    fresh, news = _compared(code, document, drafts)
    skipped = Counter(d.status for d in fresh if d.status is not ChannelStatus.OPEN)
    new = [draft for draft in fresh if draft.status is ChannelStatus.OPEN]
    told = [
        say(
            "channel {channel}: {new} new orders with {lines} lines, {known} known",
            channel=code,
            new=len(new),
            lines=sum(len(draft.lines) for draft in new),
            known=len(drafts) - len(fresh),
        )
    ]
    told += [
        say("{count} skipped: the channel says {status}", count=count, status=status)
        for status, count in skipped.items()
    ]
    return [*told, *_of_known(news), *_lacking(workplace, new)]


def _of_known(news: Counter[News]) -> Iterator[Sentence]:
    if news[News.CHANGED]:
        yield say(
            "{count} known orders say something else now: each would be a change request",
            count=news[News.CHANGED],
        )
    if news[News.OLDER]:
        yield say(
            "{count} known orders are older here than what is kept: they would be left alone",
            count=news[News.OLDER],
        )


def _compared(
    channel: str, document: Document, drafts: list[OrderDraft]
) -> tuple[list[OrderDraft], Counter[News]]:
    """The orders that are not known, and what the file amounts to for those that are."""
    older = is_older(channel, document)
    fresh: list[OrderDraft] = []
    news: Counter[News] = Counter()
    with reading():
        for start in range(0, len(drafts), _AT_ONCE):
            keyed = [(d, fingerprint(content_of(d))) for d in drafts[start : start + _AT_ONCE]]
            there = known.find(channel, [receiving.source_key(d, mark) for d, mark in keyed])
            for draft, mark in keyed:
                order = there.get((draft.shop, receiving.source_key(draft, mark)))
                if order is None:
                    fresh.append(draft)
                    continue
                seen_at = draft.updated_at or document.exported_at
                news[known.compare(order, draft, mark, seen_at, older=older)] += 1
    return fresh, news


def _lacking(workplace: Workplace, new: list[OrderDraft]) -> list[Sentence]:
    told = []
    with reading():
        products = catalogue({line.sku for draft in new for line in draft.lines})
    for draft in new:
        problems = verification.verify(draft, products, workplace.verification)
        if problems:
            told.append(
                say(
                    "row {row}, {number} would await information: {problems}",
                    row=draft.row,
                    number=draft.channel_order_number or "—",
                    problems=[problem.reason for problem in problems],
                )
            )
    rest = len(told) - MOST_PROBLEMS
    more = [say("and {count} more that would await information", count=rest)] if rest > 0 else []
    return told[:MOST_PROBLEMS] + more


def _rejected(document: Document) -> list[Sentence]:
    return [
        say("row {row} would be rejected: {reason}", row=row.row, reason=row.reason)
        for row in document.rejected
    ]
