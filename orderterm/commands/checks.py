"""What the doctor looks at; each thing is well, or is not and says the way out."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from orderterm.commands.common import Session
from orderterm.duties.checking import check_senders
from orderterm.duties.polling import check_polling
from orderterm.duties.templates import template_faults
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.store import connection, trail
from orderterm.store.stock import miscounted
from orderterm.store.tables import database
from orderterm.views.stock import stock

_MOUNTS = Path("/proc/self/mounts")
_REMOTE = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "lustre")


class Finding(NamedTuple):
    """One thing that was looked at."""

    well: bool
    sentence: Sentence


def findings(session: Session) -> Iterator[Finding]:
    """Everything looked at, as it is found; what stands on something broken is left out."""
    try:
        settings = session.settings
    except OrdertermError as error:
        yield Finding(False, error.sentence)
        return
    yield Finding(True, say("the settings of {home} can be used", home=session.home))
    yield from _inbox(session.home / settings.inbox.folder, list(settings.channels))
    yield from _messages(settings, session.home)
    yield from _disk(session.database)
    try:
        session.open(readonly=True)
        with connection.reading():
            yield Finding(
                True, say("the database {file} is of this version", file=session.database)
            )
            yield from _database(session.database)
    except OrdertermError as error:
        yield Finding(False, error.sentence)


def _inbox(inbox: Path, channels: list[str]) -> Iterator[Finding]:
    folders = [inbox, *(inbox / code for code in channels)]
    bad = [folder for folder in folders if not _is_writable(folder)]
    for folder in bad:
        yield Finding(
            False,
            say(
                "{folder} is no folder that can be written to; `orderterm init` makes it, or "
                "mend its permissions",
                folder=folder,
            ),
        )
    if not bad:
        yield Finding(True, say("the inbox {folder} has all its folders", folder=inbox))


def _messages(settings: Settings, home: Path) -> Iterator[Finding]:
    sendable = say("messages can be sent as the settings say")
    yield from _faults(check_senders(settings, home), sendable)
    yield from _faults(
        template_faults(settings, home), say("the templates of messages can be filled")
    )
    polled = say("kuaidi100 can be asked as the settings say")
    yield from _faults(
        check_polling(settings, home), polled if settings.kuaidi100.enabled else None
    )


def _faults(bad: Iterable[Sentence], well: Sentence | None) -> Iterator[Finding]:
    """What is wrong, else ``well``, where there is anything to say then."""
    found = list(bad)
    yield from (Finding(False, sentence) for sentence in found)
    if well is not None and not found:
        yield Finding(True, well)


def _is_writable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def _disk(file: Path) -> Iterator[Finding]:
    kind = _file_system(file)
    if kind is None:
        return
    if kind.startswith(_REMOTE):
        yield Finding(
            False,
            say(
                "{file} lies on a network disk ({kind}), where stations can damage it; move the "
                "database to a local disk with the setting `database`",
                file=file,
                kind=kind,
            ),
        )
    else:
        yield Finding(True, say("{file} lies on a local disk ({kind})", file=file, kind=kind))


def _file_system(file: Path) -> str | None:
    """The kind of file system that ``file`` lies on; None where it can't be told."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    place, best, kind = file.resolve(), "", None
    for mount in mounts:
        fields = mount.split()
        point = fields[1].replace("\\040", " ")
        if place.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def _database(file: Path) -> Iterator[Finding]:
    yield _whole()
    yield _consistent()
    yield _journal(file)
    yield _trail()
    yield _checkpoints()
    yield from _stock()


def _whole() -> Finding:
    problems = [row[0] for row in database.execute_sql("PRAGMA quick_check")]
    if problems == ["ok"]:
        return Finding(True, say("the database is whole"))
    return Finding(
        False,
        say("the database is damaged: {problems}; go back to a backup", problems=problems[:3]),
    )


def _consistent() -> Finding:
    lost = sorted({row[0] for row in database.execute_sql("PRAGMA foreign_key_check")})
    if not lost:
        return Finding(True, say("all references in the database are whole"))
    return Finding(
        False,
        say("rows of {tables} point at nothing; go back to a backup", tables=lost),
    )


def _journal(file: Path) -> Finding:
    mode = database.execute_sql("PRAGMA journal_mode").fetchone()[0]
    if mode == "wal":
        return Finding(True, say("readers and writers don't wait for each other (WAL)"))
    return Finding(
        False,
        say(
            "{file} is in {mode} mode; stop every orderterm, then run `orderterm engine --once`, "
            "which puts it back to WAL",
            file=file,
            mode=mode,
        ),
    )


def _trail() -> Finding:
    flaws = list(trail.verify())
    if not flaws:
        return Finding(True, say("the audit trail is whole"))
    return Finding(
        False,
        say(
            "the audit trail has {count} flaws, the first: {flaw}; `orderterm audit verify` names "
            "all, compare them with a backup",
            count=len(flaws),
            flaw=flaws[0].sentence,
        ),
    )


def _checkpoints() -> Finding:
    wrong = miscounted()
    if not wrong:
        return Finding(True, say("the checkpoints of the stock come to what was moved"))
    return Finding(
        False,
        say(
            "the checkpoints of {skus} don't come to what was moved, so their stock is told "
            "wrong; go back to a backup",
            skus=wrong[:3],
        ),
    )


def _stock() -> Iterator[Finding]:
    below = [row for row in stock() if row.on_hand < 0 or row.available < 0]
    for row in below:
        yield Finding(
            False,
            say(
                "the stock of {sku} is {on_hand} with {allocated} allocated; count it and import "
                "the count",
                sku=row.sku,
                on_hand=row.on_hand,
                allocated=row.allocated,
            ),
        )
    if not below:
        yield Finding(True, say("no stock is below zero, and none is promised twice"))
