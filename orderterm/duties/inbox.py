"""The inbox duty: every file dropped in a channel's folder is taken in, once, by somebody."""

import csv
import io
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from orderterm.duties import folders
from orderterm.duties.folders import Claim, Ready
from orderterm.errors import OrdertermError, PartnerMissing, StoreError
from orderterm.home import COMPANY_FOLDER
from orderterm.intake import pairs
from orderterm.intake.importing import Importer
from orderterm.intake.results import FileResult
from orderterm.sentences import Sentence, say
from orderterm.terms import FileStatus
from orderterm.workflow.workplace import SYSTEM, Workplace

log = logging.getLogger(__name__)

Tell = Callable[[Sentence], None]


class InboxDuty:
    """Takes in what lies in the inbox.

    Args:
        workplace: the home at work.
        home: the home's folder.
        tell: told what happens, a sentence at a time.
        settle_seconds: how long a file must not have changed; as the settings say where None.
    """

    def __init__(
        self, workplace: Workplace, home: Path, tell: Tell, settle_seconds: float | None = None
    ) -> None:
        self.workplace = workplace
        self.settings = workplace.settings.inbox
        self.settle_seconds = (
            self.settings.settle_seconds if settle_seconds is None else settle_seconds
        )
        self.inbox = home / self.settings.folder
        self.tell = tell
        self.importer = Importer(workplace, SYSTEM.badge, home)
        self.claim = Claim(self.inbox)
        self.whole: set[Path] = set()
        self.rejected = 0
        self._waiting: set[tuple[Path, float]] = set()

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
        self.claim.adopt()
        for folder, path in list(self.claim.held()):
            self._work(folder, path)
        unsettled = False
        for ready in list(folders.lying_in(self.inbox)):
            if not self._is_whole(ready):
                unsettled = True
            elif self._waits(ready) or not ready.path.exists():
                continue
            elif taken := self.claim.take(self._folder(ready), ready.path):
                self._work(self._folder(ready), taken, ready.age)
        return unsettled

    def _is_whole(self, ready: Ready) -> bool:
        """Whether the writer is done: it said so, or has not written for a while."""
        return ready.path in self.whole or ready.age >= self.settle_seconds

    def _folder(self, ready: Ready) -> str:
        return "" if ready.path.parent == self.inbox else ready.folder

    def _waits(self, ready: Ready) -> bool:
        """Whether it is half of a pair whose other half has not come since the last look."""
        if ready.age > self.settings.partner_minutes * 60:
            return False
        known = (ready.path, _stamp(ready.path))
        alone = len([p for p in pairs.beside(ready.path) if folders.is_ours_to_take(p.name)]) < 2
        return known in self._waiting and alone

    def _work(self, folder: str, path: Path, age: float = 0.0) -> None:
        self.whole.discard(self.inbox / folder / path.name)
        try:
            self._take(folder, path, age)
        except StoreError as error:
            # The file stays in hand: the next round tries again.
            self.tell(error.sentence)
        except OrdertermError as error:
            self._reject(path, error.sentence)
        except (OSError, KeyboardInterrupt):
            raise
        except Exception:  # noqa: BLE001 - one file must never stop the others
            log.exception("a fault in the program, with %s in hand", path.name)
            self._reject(path, _fault(path))

    def _take(self, folder: str, path: Path, age: float) -> None:
        channel = "" if folder in ("", COMPANY_FOLDER) else folder
        if channel and channel not in self.workplace.settings.channels:
            self._reject(path, self._no_channel(channel))
            return
        too_old = age > self.settings.partner_minutes * 60
        try:
            result = self.importer.take(path, channel=channel, alone=too_old)
        except PartnerMissing as error:
            self._take_pair(folder, path, channel, error)
            return
        self._put_away(path, result)

    def _no_channel(self, channel: str) -> Sentence:
        return say(
            "there is no channel {channel}: add [channels.{channel}] to orderterm.toml, or put "
            "the file into the folder of one there is: {channels}",
            channel=channel,
            channels=list(self.workplace.settings.channels),
        )

    def _take_pair(
        self, folder: str, path: Path, channel: str, missing: PartnerMissing
    ) -> None:
        profile = self.importer.identify(path)
        ready = [one.path for one in folders.lying_in(self.inbox) if self._folder(one) == folder]
        in_hand = [other for where, other in self.claim.held() if where == folder]
        other = (
            pairs.choose(path, profile, [*in_hand, *ready], self.importer.identify)
            if profile
            else None
        )
        if other is not None and other not in in_hand:
            other = self.claim.take(folder, other)
        if other is None:
            self._let_wait(folder, path, missing)
            return
        result = self.importer.take(path, channel=channel, partner=other)
        self._put_away(path, result)
        self._put_away(other, FileResult(file=other.name, status=result.status, reason=result.reason))

    def _let_wait(self, folder: str, path: Path, missing: PartnerMissing) -> None:
        self.claim.put_back(folder, path)
        known = (self.inbox / folder / path.name, _stamp(self.inbox / folder / path.name))
        if known not in self._waiting:
            self.tell(missing.sentence)
        self._waiting.add(known)

    # -- putting away -------------------------------------------------------------------------

    def _put_away(self, path: Path, result: FileResult) -> None:
        if result.status is FileStatus.REJECTED:
            self._reject(path, result.reason or say("{file} was rejected", file=path.name))
            return
        if result.rows_rejected:
            self._write_rejected_rows(path.name, result)
        day = self.workplace.now().astimezone(self.workplace.settings.site.zone).date()
        folders.put_away(self.inbox, path, day)
        self.tell(_told(result))

    def _reject(self, path: Path, reason: Sentence) -> None:
        self.rejected += 1
        folders.reject(self.inbox, path, _note([reason]))
        self.tell(say("rejected: {reason}", reason=reason))

    def _write_rejected_rows(self, name: str, result: FileResult) -> None:
        target = folders.free_name(self.inbox / folders.REJECTED, f"{name}.rows.csv")
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(result.header)
        writer.writerows(result.cells_rejected)
        # Spreadsheets take a CSV for UTF-8 only if it begins with the mark.
        target.write_text(text.getvalue(), encoding="utf-8-sig")
        reasons = [row.reason for row in result.rows_rejected]
        folders.note_for(target).write_text(_note(reasons), encoding="utf-8")


def _fault(path: Path) -> Sentence:
    return say(
        "{file} could not be taken because of a fault in orderterm itself; errors.log in the home "
        "tells more: please report it",
        file=path.name,
    )


def _stamp(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _note(reasons: Iterable[Sentence]) -> str:
    """Reasons as a clerk reads them, in both languages."""
    told = list(reasons)
    return "\n".join([*(r.text("zh") for r in told), "", *(r.text("en") for r in told), ""])


def _told(result: FileResult) -> Sentence:
    if result.rows_taken or result.reason is not None and not result.orders_known:
        return say(
            "{file}: {rows} rows taken, {rejected} rejected",
            file=result.file,
            rows=result.rows_taken,
            rejected=len(result.rows_rejected),
        )
    return say(
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
