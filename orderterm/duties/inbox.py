"""The inbox duty: every file dropped in a channel's folder is taken in, once, by somebody."""

import csv
import io
import logging
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from peewee import OperationalError

from orderterm.duties import folders
from orderterm.duties.claims import Claim
from orderterm.duties.folders import Ready
from orderterm.duties.halves import Halves
from orderterm.errors import OrdertermError, PartnerMissing, StoreError
from orderterm.home import COMPANY_FOLDER
from orderterm.intake import pairs
from orderterm.intake.importing import Importer
from orderterm.intake.results import FileResult
from orderterm.sentences import Sentence, say
from orderterm.terms import FileKind, FileStatus
from orderterm.workflow.workplace import SYSTEM, Workplace

log = logging.getLogger(__name__)

Tell = Callable[[Sentence], None]

_FORGOTTEN_OPEN_SECONDS = 3600.0
"""A file that somebody has kept open for so long without writing is taken all the same."""


class InboxDuty:
    """Takes in what lies in the inbox.

    Args:
        workplace: the home at work.
        home: the home's folder.
        tell: told what happens, a sentence at a time.
        settle_seconds: how long a file must not have changed; as the settings say where None.

    Raises:
        OSError: there is no inbox that can be written to.
    """

    def __init__(
        self, workplace: Workplace, home: Path, tell: Tell, settle_seconds: float | None = None
    ) -> None:
        self.workplace = workplace
        self.settings = workplace.settings.inbox
        self.settle_seconds = (
            self.settings.settle_seconds if settle_seconds is None else settle_seconds
        )
        self.home = home
        self.inbox = home / self.settings.folder
        self.tell = tell
        self.importer = Importer(workplace, SYSTEM.badge, home)
        self.claim = Claim(self.inbox)
        self.whole: set[Path] = set()
        self.stopping = False
        self.rejected = 0
        self._halves = Halves(self.inbox, self.settings.partner_minutes)
        self._troubles: dict[Path, str] = {}

    def follow(self, workplace: Workplace) -> None:
        """Go on with other settings; the folder stays the one that is watched."""
        self.workplace = workplace
        self.settings = workplace.settings.inbox
        self.settle_seconds = self.settings.settle_seconds
        self.importer = Importer(workplace, SYSTEM.badge, self.home)
        self._halves = Halves(self.inbox, self.settings.partner_minutes)

    def close(self) -> None:
        """Give up what is in hand."""
        self.claim.release()

    def take_in(self) -> bool:
        """One round: take over from the dead, take what lies ready, read it, put it away.

        Returns:
            Whether something lies there that is not whole yet and wants another look.

        Raises:
            OSError: the inbox itself is away.
        """
        self.inbox.stat()
        self.claim.keep()
        self.claim.adopt()
        for folder, path in list(self.claim.held()):
            if not self.stopping and os.path.lexists(path):  # not taken as another's half
                self._work(folder, path)
        self._halves.tidy()
        unsettled = False
        for ready in list(folders.lying_in(self.inbox)):
            if self.stopping:
                break
            if not self._halves.waits(ready):
                unsettled |= not self._look_at(ready)
        return unsettled

    def _look_at(self, ready: Ready) -> bool:
        """Take the file in if it is whole; returns whether it is, or is gone."""
        if not os.path.lexists(ready.path):
            return True
        if not self._is_whole(ready):
            return False
        overdue = self._halves.is_overdue(ready)
        if taken := self._take_hold(ready.folder, ready.path):
            path, since = taken
            self._work(ready.folder, path, overdue=overdue, since=since)
        return True

    def _is_whole(self, ready: Ready) -> bool:
        """Whether the writer is done: it said so, or has not written for a while."""
        if not ready.is_file:
            return ready.age >= self.settle_seconds
        if ready.path not in self.whole and ready.age < self.settle_seconds:
            return False
        return ready.age > _FORGOTTEN_OPEN_SECONDS or not folders.is_being_written(ready.path)

    def _take_hold(self, folder: str, path: Path) -> tuple[Path, float | None] | None:
        """Take the file in hand: where it lies, and since when it has waited as half of a pair."""
        try:
            taken = self.claim.take(folder, path)
        except OSError as error:
            self._note_trouble(path, _immovable(path, error))
            return None
        self.whole.discard(path)
        since = self._halves.taken(path)
        return (taken, since) if taken else None

    # -- taking -------------------------------------------------------------------------------

    def _work(
        self, folder: str, path: Path, *, overdue: bool = False, since: float | None = None
    ) -> None:
        """Take the file in and put it away; where that can't be now, it stays in hand."""
        try:
            self._take(folder, path, overdue, since)
        except StoreError as error:
            self._note_trouble(path, error.sentence)
        except OperationalError as error:
            # A full disk, or a lock that is held for too long: no fault of the file's.
            self._note_trouble(path, _database_trouble(path, error))
        except OSError as error:
            self.inbox.stat()
            self._note_trouble(path, _immovable(path, error))
        else:
            self._troubles.pop(path, None)

    def _note_trouble(self, path: Path, sentence: Sentence) -> None:
        """Tell what is in the way, once; each round tries again."""
        if self._troubles.get(path) != str(sentence):
            self._troubles[path] = str(sentence)
            self.tell(sentence)

    def _take(self, folder: str, path: Path, overdue: bool, since: float | None) -> None:
        try:
            self._read(folder, path, overdue, since)
        except (StoreError, OperationalError, OSError):
            raise
        except OrdertermError as error:
            self._reject(path, error.sentence)
        except Exception:  # one file must never stop the others
            log.exception("a fault in the program, with %s in hand", path.name)
            self._reject(path, _fault(path))

    def _read(self, folder: str, path: Path, overdue: bool, since: float | None) -> None:
        if not stat.S_ISREG(path.lstat().st_mode):
            self._reject(path, _no_file(path))
            return
        channel = "" if folder in ("", COMPANY_FOLDER) else folder
        if channel and channel not in self.workplace.settings.channels:
            self._reject(path, self._no_channel(channel))
            return
        try:
            result = self.importer.take(path, channel=channel, alone=overdue)
        except PartnerMissing as error:
            self._take_pair(folder, path, channel, since, error)
            return
        self._put_away(path, result)

    def _no_channel(self, channel: str) -> Sentence:
        return say(
            "there is no channel {channel}: add [channels.{channel}] to orderterm.toml, or put "
            "the file into the folder of one there is: {channels}",
            channel=channel,
            channels=list(self.workplace.settings.channels),
        )

    # -- pairs --------------------------------------------------------------------------------

    def _take_pair(
        self, folder: str, path: Path, channel: str, since: float | None, missing: PartnerMissing
    ) -> None:
        with self.claim.pairing():
            other = self._other_half(folder, path)
            if other is None:
                self._let_wait(folder, path, since, missing)
                return
        result = self.importer.take(path, channel=channel, partner=other)
        reason = result.reason
        if result.status is not FileStatus.REJECTED:
            reason = say("it was read together with {file}", file=result.file)
        half = other if result.file == path.name else path
        self._put_away(path if half is other else other, result)
        self._put_away(half, FileResult(file=half.name, status=result.status, reason=reason))

    def _other_half(self, folder: str, path: Path) -> Path | None:
        """The other half of the pair, taken in hand; None where it is not there, or not whole."""
        profile = self.importer.identify(path)
        if profile is None:
            return None
        lying = [r for r in folders.lying_in(self.inbox) if r.folder == folder and r.is_file]
        ready = [one.path for one in lying if self._is_whole(one)]
        in_hand = [other for where, other in self.claim.held() if where == folder]
        found = pairs.choose(path, profile, [*in_hand, *ready], self.importer.identify)
        if found is None or found in in_hand:
            return found
        taken = self._take_hold(folder, found)
        return taken[0] if taken else None

    def _let_wait(
        self, folder: str, path: Path, since: float | None, missing: PartnerMissing
    ) -> None:
        back = self.claim.put_back(folder, path)
        if self._halves.put_back(back, since, _note([missing.sentence])):
            self.tell(missing.sentence)

    # -- putting away -------------------------------------------------------------------------

    def _put_away(self, path: Path, result: FileResult) -> None:
        if result.status is FileStatus.REJECTED:
            self._reject(path, result.reason or say("{file} was rejected", file=path.name))
            return
        if result.rows_rejected:
            self._write_rejected_rows(path.name, result)
        day = self.workplace.now().astimezone(self.workplace.settings.site.zone).date()
        folders.put_away(self.inbox, path, day)
        for sentence in _told(result):
            self.tell(sentence)

    def _reject(self, path: Path, reason: Sentence) -> None:
        folders.reject(self.inbox, path, _note([reason]))
        self.rejected += 1
        self.tell(say("rejected: {reason}", reason=reason))

    def _write_rejected_rows(self, name: str, result: FileResult) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(result.header)
        writer.writerows(result.cells_rejected)
        reasons = _note([row.reason for row in result.rows_rejected])
        folders.write_rejected(self.inbox, f"{name}.rows.csv", text.getvalue(), reasons)


def _fault(path: Path) -> Sentence:
    return say(
        "{file} could not be taken because of a fault in orderterm itself; errors.log in the home "
        "tells more: please report it",
        file=path.name,
    )


def _no_file(path: Path) -> Sentence:
    if path.is_symlink():
        return say("{file} is a link; put the file itself into the folder", file=path.name)
    if path.is_dir():
        return say(
            "{file} is a folder; put the files in it straight into the channel's folder",
            file=path.name,
        )
    return say(
        "{file} is a device or a pipe and holds nothing to take; put in the file itself",
        file=path.name,
    )


def _immovable(path: Path, error: OSError) -> Sentence:
    return say(
        "{file} can't be taken or put away now ({reason}); it is tried again: look whether the "
        "inbox is on one disk, has room, and is this program's to write",
        file=folders.plain_name(path.name),
        reason=error.strerror or str(error),
    )


def _database_trouble(path: Path, error: OperationalError) -> Sentence:
    return say(
        "{file} can't be taken now: the database says {error}; it is tried again",
        file=path.name,
        error=error,
    )


def _note(reasons: Iterable[Sentence]) -> str:
    """Reasons as a clerk reads them, in both languages."""
    told = list(reasons)
    return "\n".join([*(r.text("zh") for r in told), "", *(r.text("en") for r in told), ""])


def _told(result: FileResult) -> Iterable[Sentence]:
    """What a file brought; for the second half of a pair, that it was read with the first."""
    if result.kind is None:
        yield say("{file}: {reason}", file=result.file, reason=result.reason or "")
        return
    if result.kind is FileKind.ORDERS:
        yield say(
            "{file}: {new} new orders, {known} known, {changed} changed, {skipped} skipped, "
            "{awaiting} await information, {rejected} rows rejected",
            file=result.file,
            new=result.orders_new,
            known=result.orders_known,
            changed=result.orders_changed,
            skipped=sum(result.skipped.values()),
            awaiting=result.awaiting_information,
            rejected=len(result.rows_rejected),
        )
    else:
        yield say(
            "{file}: {rows} rows taken, {rejected} rejected",
            file=result.file,
            rows=result.rows_taken,
            rejected=len(result.rows_rejected),
        )
    if result.reason is not None:
        yield result.reason
