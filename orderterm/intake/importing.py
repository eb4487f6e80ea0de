"""A file is taken in: read, judged, committed batch by batch, and remembered by its content.

Whatever happens half way, taking the file again adds what is missing and nothing twice.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from orderterm.errors import FileRejected, PartnerMissing, Refusal
from orderterm.intake import pairs
from orderterm.intake.profiles import Profile, load_profiles
from orderterm.intake.reading import Document, identify, read
from orderterm.intake.results import FileResult, RowReason
from orderterm.intake.taking import Taking
from orderterm.rules.permissions import Action, not_permitted
from orderterm.sentences import say
from orderterm.settings import Settings
from orderterm.store.connection import reading, transaction
from orderterm.store.tables import ImportFile
from orderterm.terms import FileKind, FileStatus
from orderterm.workflow.workplace import Workplace, person


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
        self._check_permission()
        results: list[FileResult] = []
        rest = list(dict.fromkeys(paths))
        while rest:
            path = rest.pop(0)
            try:
                taken = self.take(path, channel=channel, kind=kind, profile=profile, alone=False)
                results.append(taken)
            except PartnerMissing:
                partner = self._partner_of(path, rest)
                taken = self.take(
                    path, channel=channel, kind=kind, profile=profile, partner=partner
                )
                results.append(taken)
                if partner in rest:
                    rest.remove(partner)
                    half = partner if taken.file == path.name else path
                    results.append(_read_with(half, taken))
        return results

    def _check_permission(self) -> None:
        """Refuse before any file is remembered; the door refuses all the same."""
        with reading():
            if why := not_permitted(Action.IMPORT, person(self.badge)):
                raise Refusal(why)

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
        if partner is not None and self._tells_lines_only(path):
            path, partner = partner, path
        result = FileResult(file=path.name, channel=channel)
        try:
            document = self.read(path, channel, kind, profile, partner)
            content_hash = _hash(path)
            result.kind, result.profile = document.kind, document.profile.name
            result.header = document.header
            if document.kind is FileKind.ORDERS:
                result.channel = self.channel_of(path, document, channel)
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

        def read_in(zone: ZoneInfo) -> Document:
            return read(
                path,
                self.profiles,
                zone=zone,
                fallback_encoding=self.settings.inbox.fallback_encoding,
                kind=kind,
                profile_name=profile,
                partner=partner,
            )

        zone = self._zone(channel or self._channel_by_folder(path))
        document = read_in(zone)
        if document.kind is not FileKind.ORDERS:
            return document
        # Where only the platform tells the channel, so does it only now tell the zone.
        own_zone = self._zone(self.channel_of(path, document, channel))
        return document if own_zone == zone else read_in(own_zone)

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
        name = document.profile.name
        by_platform = next((code for code, one in channels.items() if name in one.profiles), "")
        if found := told or self._channel_by_folder(path) or by_platform:
            return found
        raise FileRejected(
            "{file} does not tell its channel: put it into the channel's folder, or name the "
            "channel with --channel; there are {channels}",
            file=path.name,
            channels=list(channels),
        )

    def _channel_by_folder(self, path: Path) -> str:
        folders = (parent.name for parent in path.absolute().parents)
        return next((name for name in folders if name in self.settings.channels), "")

    def _zone(self, channel: str) -> ZoneInfo:
        own = self.settings.channels.get(channel)
        return ZoneInfo(own.zone) if own is not None and own.zone else self.settings.site.zone

    def _tells_lines_only(self, path: Path) -> bool:
        """Whether the file is the half of a pair that tells no orders, only their lines."""
        profile = self.identify(path)
        return profile is not None and profile.lines_only

    def _partner_of(self, path: Path, paths: Sequence[Path]) -> Path | None:
        profile = self.identify(path)
        if profile is None:
            return None
        found = pairs.choose(path, profile, paths, self.identify)
        return found or pairs.choose(path, profile, pairs.beside(path), self.identify)

    # -- taking -------------------------------------------------------------------------------

    def _take(self, path: Path, document: Document, result: FileResult, content_hash: str) -> None:
        file = self._remember(path, document, result, content_hash)
        Taking(self.workplace, self.badge, document, result, file, content_hash).run()
        result.status = FileStatus.DONE
        with transaction():
            ImportFile.update(status=FileStatus.DONE, finished_at=self.workplace.now()).where(
                ImportFile.id == file
            ).execute()

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


def _read_with(half: Path, result: FileResult) -> FileResult:
    return FileResult(
        file=half.name,
        kind=result.kind,
        channel=result.channel,
        profile=result.profile,
        status=result.status,
        reason=say("it was read together with {file}", file=result.file),
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
