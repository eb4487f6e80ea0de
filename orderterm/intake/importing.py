"""A file is taken in: read, judged, committed batch by batch, and remembered by its content.

Whatever happens half way, taking the file again adds what is missing and nothing twice.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from orderterm.errors import FileRejected, PartnerMissing, Refusal
from orderterm.intake import pairs
from orderterm.intake.profiles import Profile, load_profiles
from orderterm.intake.reading import Document, identify, read
from orderterm.intake.results import FileResult, RowReason
from orderterm.rules.changes import content_of, fingerprint
from orderterm.rules.drafts import (
    CustomerDraft,
    OrderDraft,
    ProductDraft,
    StockDraft,
    SurveyDraft,
    TrackingDraft,
)
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.store.connection import reading, transaction
from orderterm.store.tables import ImportFile
from orderterm.terms import FileKind, FileStatus
from orderterm.workflow import hearing, known, receiving, registers, stocktaking
from orderterm.workflow.workplace import Workplace


class Importer:
    """Takes files in for one person.

    Args:
        workplace: the home at work.
        badge: who brings the files.
        home: where the company's own profiles are, if there are any.
    """

    def __init__(self, workplace: Workplace, badge: str, home: Path) -> None:
        self.workplace = workplace
        self.badge = badge
        self.settings: Settings = workplace.settings
        self.profiles = load_profiles(home / self.settings.inbox.profiles)

    def take_all(
        self,
        paths: Sequence[Path],
        *,
        channel: str = "",
        kind: FileKind | None = None,
        profile: str = "",
    ) -> list[FileResult]:
        """Take files in one after the other; halves of a pair find each other.

        The pair's other half is looked for among ``paths``, then beside the file.

        Raises:
            Refusal: it is not for this person to do.
        """
        results: list[FileResult] = []
        done: set[Path] = set()
        for path in paths:
            if path in done:
                continue
            partner = self._partner_of(path, paths)
            results.append(
                self.take(path, channel=channel, kind=kind, profile=profile, partner=partner)
            )
            if partner is not None and partner in paths:
                done.add(partner)
                results.append(_read_with(partner, path, results[-1]))
        return results

    def take(
        self,
        path: Path,
        *,
        channel: str = "",
        kind: FileKind | None = None,
        profile: str = "",
        partner: Path | None = None,
        alone: bool = True,
    ) -> FileResult:
        """Take one file in.

        Args:
            path: the file.
            channel: the channel's code, where the folder and the platform don't tell it.
            kind: what the file holds, where its columns leave it open.
            profile: the name of the profile to read it with.
            partner: the other half, for a platform that exports orders and lines apart.
            alone: whether half of a pair is to be rejected when ``partner`` is not given.

        Raises:
            PartnerMissing: it is half of a pair, and may still wait for the other half.
            Refusal: it is not for this person to do.
        """
        result = FileResult(file=path.name, channel=channel)
        try:
            content_hash = _hash(path)
            document = self.read(path, channel, kind, profile, partner)
            result.kind, result.profile = document.kind, document.profile.name
            result.header = document.header
            _reject_rows(result, document)
            self._take(path, document, result, content_hash)
        except FileRejected as error:
            if isinstance(error, PartnerMissing) and not alone:
                raise
            result.status, result.reason = FileStatus.REJECTED, error.sentence
            self._remember_rejected(path, result)
        return result

    def read(
        self,
        path: Path,
        channel: str = "",
        kind: FileKind | None = None,
        profile: str = "",
        partner: Path | None = None,
    ) -> Document:
        """What the file says; changes nothing. Arguments as for ``take``."""
        return read(
            path,
            self.profiles,
            zone=self._zone(channel),
            fallback_encoding=self.settings.inbox.fallback_encoding,
            kind=kind,
            profile_name=profile,
            partner=partner,
        )

    def identify(self, path: Path) -> Profile | None:
        """The profile that fits the file; None where none does."""
        try:
            return identify(
                path, self.profiles, fallback_encoding=self.settings.inbox.fallback_encoding
            )
        except FileRejected:
            return None

    def channel_of(self, path: Path, document: Document, told: str = "") -> str:
        """The channel a file of orders belongs to: as told, by its folder, by its platform.

        Raises:
            FileRejected: nothing tells it.
        """
        channels = self.settings.channels
        folders = (parent.name for parent in path.absolute().parents)
        by_folder = next((name for name in folders if name in channels), "")
        name = document.profile.name
        by_platform = next((code for code, one in channels.items() if name in one.profiles), "")
        if found := told or by_folder or by_platform:
            return found
        raise FileRejected(
            "{file} does not tell its channel: put it into the channel's folder, or name the "
            "channel with --channel; there are {channels}",
            file=path.name,
            channels=list(channels),
        )

    def _zone(self, channel: str) -> ZoneInfo:
        own = self.settings.channels.get(channel)
        return ZoneInfo(own.zone) if own is not None and own.zone else self.settings.site.zone

    def _partner_of(self, path: Path, paths: Sequence[Path]) -> Path | None:
        profile = self.identify(path)
        if profile is None or not profile.partner:
            return None
        beside = pairs.beside(path)
        return pairs.choose(path, profile, [*paths, *beside], self.identify)

    # -- taking -------------------------------------------------------------------------------

    def _take(
        self, path: Path, document: Document, result: FileResult, content_hash: str
    ) -> None:
        if document.kind is FileKind.ORDERS:
            result.channel = self.channel_of(path, document, result.channel)
        file = self._remember(path, document, result, content_hash)
        takers = {
            FileKind.ORDERS: self._take_orders,
            FileKind.PRODUCTS: self._take_products,
            FileKind.STOCK: self._take_stock,
            FileKind.CUSTOMERS: self._take_customers,
            FileKind.TRACKING: self._take_tracking,
            FileKind.SURVEY: self._take_surveys,
        }
        takers[document.kind](document, result, file, content_hash)
        result.status = FileStatus.DONE
        with transaction():
            ImportFile.update(status=FileStatus.DONE, finished_at=self.workplace.now()).where(
                ImportFile.id == file
            ).execute()

    def _take_orders(
        self, document: Document, result: FileResult, file: int, content_hash: str
    ) -> None:
        drafts = cast(list[OrderDraft], document.drafts)
        source = receiving.Source(
            channel=result.channel,
            file=file,
            exported_at=document.exported_at,
            older=self._is_older(result.channel, drafts),
        )
        total = receiving.Received()
        for batch in _batches(drafts, self.settings.inbox.batch_orders):
            total.add(receiving.receive(self.workplace, self.badge, source, batch))
        result.orders_new = len(total.new)
        result.orders_known = total.known
        result.orders_changed = len(total.changed)
        result.awaiting_information = total.awaiting_information
        result.skipped = {status.value: count for status, count in total.skipped.items()}
        result.not_overwritten = total.not_overwritten
        if total.not_overwritten:
            result.reason = _older_sentence(result.file, total.not_overwritten)

    def _is_older(self, channel: str, drafts: Sequence[OrderDraft]) -> bool:
        """Whether any order of the file shows a status that has since gone on."""
        with reading():
            for batch in _batches(drafts, self.settings.inbox.batch_orders):
                keyed = [(d, receiving.source_key(d, _mark(d))) for d in batch]
                if known.falls_behind(channel, keyed):
                    return True
        return False

    def _take_products(
        self, document: Document, result: FileResult, file: int, content_hash: str
    ) -> None:
        drafts = cast(list[ProductDraft], document.drafts)
        result.rows_taken = registers.keep_products(self.workplace, self.badge, drafts)

    def _take_stock(
        self, document: Document, result: FileResult, file: int, content_hash: str
    ) -> None:
        drafts = cast(list[StockDraft], document.drafts)
        counted = stocktaking.count(self.workplace, self.badge, drafts, file, content_hash)
        if counted.known:
            result.reason = say(
                "{file} was counted before and stock has moved since: it is not counted again",
                file=result.file,
            )
        else:
            result.rows_taken = len(drafts)

    def _take_customers(
        self, document: Document, result: FileResult, file: int, content_hash: str
    ) -> None:
        drafts = cast(list[CustomerDraft], document.drafts)
        result.rows_taken = registers.keep_customers(self.workplace, self.badge, drafts)

    def _take_tracking(
        self, document: Document, result: FileResult, file: int, content_hash: str
    ) -> None:
        drafts = cast(list[TrackingDraft], document.drafts)
        refused = hearing.note_tracking(self.workplace, self.badge, drafts)
        _refuse_rows(result, refused)
        result.rows_taken = len(drafts) - len(refused)

    def _take_surveys(
        self, document: Document, result: FileResult, file: int, content_hash: str
    ) -> None:
        drafts = cast(list[SurveyDraft], document.drafts)
        refused = hearing.note_survey(self.workplace, self.badge, drafts)
        _refuse_rows(result, refused)
        result.rows_taken = len(drafts) - len(refused)

    # -- remembering --------------------------------------------------------------------------

    def _remember(
        self, path: Path, document: Document, result: FileResult, content_hash: str
    ) -> int:
        with transaction():
            row = ImportFile.create(
                name=path.name,
                content_hash=content_hash,
                channel=result.channel,
                kind=document.kind,
                profile=document.profile.name,
                exported_at=document.exported_at,
                taken_at=self.workplace.now(),
                status=FileStatus.STARTED,
            )
        return int(row.id)

    def _remember_rejected(self, path: Path, result: FileResult) -> None:
        with transaction():
            ImportFile.create(
                name=path.name,
                content_hash="",
                channel=result.channel,
                kind=result.kind or FileKind.ORDERS,
                profile=result.profile,
                taken_at=self.workplace.now(),
                finished_at=self.workplace.now(),
                status=FileStatus.REJECTED,
                reason=str(result.reason),
            )


def _mark(draft: OrderDraft) -> str:
    return "" if draft.channel_order_number else fingerprint(content_of(draft))


def _batches(drafts: Sequence[OrderDraft], size: int) -> Iterator[Sequence[OrderDraft]]:
    for start in range(0, len(drafts), size):
        yield drafts[start : start + size]


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileRejected(
            "{file} can't be read: {reason}; check that it is there and yours to read",
            file=path.name,
            reason=error.strerror or str(error),
        ) from error


def _reject_rows(result: FileResult, document: Document) -> None:
    for row in document.rejected:
        result.rows_rejected.append(RowReason(row.row, row.reason))
        result.cells_rejected.append(row.cells)


def _refuse_rows(result: FileResult, refused: dict[int, Sentence]) -> None:
    for row, reason in refused.items():
        result.rows_rejected.append(RowReason(row, reason))
        result.cells_rejected.append([])


def _older_sentence(file: str, count: int) -> Sentence:
    return say(
        "{file} is older than what is kept: {count} orders were not overwritten",
        file=file,
        count=count,
    )


def _read_with(partner: Path, path: Path, result: FileResult) -> FileResult:
    return FileResult(
        file=partner.name,
        kind=result.kind,
        channel=result.channel,
        status=result.status,
        reason=say("it was read together with {file}", file=path.name),
    )


def import_files(
    workplace: Workplace,
    badge: str,
    home: Path,
    paths: Sequence[Path],
    *,
    channel: str = "",
    kind: FileKind | None = None,
    profile: str = "",
) -> list[FileResult]:
    """Take files in now; half of a pair without the other half is rejected.

    Args:
        workplace: the home at work.
        badge: who brings them.
        home: the home, for the company's own profiles.
        paths: the files.
        channel: the channel's code, where neither folder nor platform tells it.
        kind: what the files hold, where their columns leave it open.
        profile: the name of the profile to read them with.

    Raises:
        Refusal: the channel is not in the settings, or it is not for this person to do.
    """
    if channel and channel not in workplace.settings.channels:
        raise Refusal(
            "there is no channel {channel}; there are {channels}",
            channel=channel,
            channels=list(workplace.settings.channels),
        )
    importer = Importer(workplace, badge, home)
    return importer.take_all(paths, channel=channel, kind=kind, profile=profile)
