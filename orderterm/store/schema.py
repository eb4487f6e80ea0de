"""The version of the database: which migrations it has had, and giving it the rest."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from peewee import DatabaseError, SqliteDatabase

from orderterm import resources
from orderterm.errors import StoreError
from orderterm.store.connection import BUSY_TIMEOUT_SECONDS

HISTORY = "schema_migration"


def check(file: Path) -> None:
    """See that ``file`` is a database of this version; changes nothing.

    Raises:
        StoreError: it is missing, not ours, or of another version; says what to run.
    """
    if not file.exists():
        raise _missing(file)
    applied, known = _applied(file), _known()
    if missing := [name for name in known if name not in applied]:
        raise StoreError(
            "the database {file} is older than this program ({missing} not applied); "
            "run `orderterm migrate`",
            file=file,
            missing=missing,
        )
    if unknown := [name for name in applied if name not in known]:
        raise StoreError(
            "the database {file} is newer than this program (it has had {unknown}); "
            "install the orderterm that last migrated it",
            file=file,
            unknown=unknown,
        )


def _missing(file: Path) -> StoreError:
    return StoreError(
        "there is no database {file}; `orderterm init` makes a home with one", file=file
    )


def migrate(file: Path, now: datetime) -> tuple[list[str], Path | None]:
    """Copy the database beside itself, then bring it up to date; all of it or nothing.

    Args:
        file: the database; made when it is not there.
        now: the time that names the copy.

    Returns:
        The migrations applied, and the copy (None where there was nothing to copy or to do).

    Raises:
        StoreError: there is no folder for it, or it can't be copied or migrated; the database is
            as it was.
    """
    if not file.parent.is_dir():
        raise _missing(file)
    applied = _applied(file) if file.exists() else []
    pending = [name for name in _known() if name not in applied]
    if not pending:
        return [], None
    copy = backup(file, _copy_name(file, now)) if file.exists() else None
    return _migrated(file), copy


def backup(file: Path, target: Path) -> Path:
    """A consistent copy of ``file`` at ``target``, made while others go on working.

    Raises:
        StoreError: ``target`` is there already, or can't be written.
    """
    try:
        target.touch(exist_ok=False)
        with closing(_read_only(file)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    except FileExistsError:
        raise StoreError(
            "{file} is there already and is not overwritten; name another file", file=target
        ) from None
    except (sqlite3.Error, OSError) as error:
        if target.is_file():
            target.unlink()
        raise StoreError(
            "{file} can't be copied to {target} ({reason}): name a file in a folder that is there "
            "and that you may write to, on a disc with room for it",
            file=file,
            target=target,
            reason=getattr(error, "strerror", None) or error,
        ) from error
    return target


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_SECONDS
    )


def _copy_name(file: Path, now: datetime) -> Path:
    """A name that no copy has yet; two who migrate at once each make their own."""
    name = f"{file.name}.before-migration-{now:%Y%m%dT%H%M%S}"
    names = (file.with_name(name + suffix) for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in names if not path.exists())


def _known() -> list[str]:
    return sorted(script.stem for script in resources.migrations().glob("[0-9]*.py"))


def _applied(file: Path) -> list[str]:
    try:
        with closing(_read_only(file)) as reader:
            tables = reader.execute(
                "SELECT 1 FROM sqlite_master WHERE name = ?", (HISTORY,)
            ).fetchall()
            if not tables:
                return []
            return [name for (name,) in reader.execute("SELECT name FROM schema_migration")]
    except sqlite3.OperationalError as error:
        raise StoreError(
            "{file} can't be opened: {error}; look whether you may read it, and write in its "
            "folder",
            file=file,
            error=error,
        ) from error
    except sqlite3.Error as error:
        raise StoreError(
            "{file} can't be read as a database: {error}; put a backup in its place, or name "
            "another file as `database` in orderterm.toml",
            file=file,
            error=error,
        ) from error


@contextmanager
def _writable(file: Path) -> Iterator[SqliteDatabase]:
    from playhouse.migrations import MigrationError  # slow to load, and seldom needed

    # Foreign keys stay off: a migration may rebuild a table that others point at.
    opened = SqliteDatabase(
        str(file),
        pragmas={"journal_mode": "wal", "synchronous": "full"},
        timeout=BUSY_TIMEOUT_SECONDS,
        lock_type="IMMEDIATE",
    )
    try:
        with opened.connection_context():
            yield opened
    except (MigrationError, DatabaseError) as error:
        raise StoreError(
            "the database {file} can't be migrated: {error}; it is as it was",
            file=file,
            error=error,
        ) from error


def _migrated(file: Path) -> list[str]:
    from playhouse.migrations import Runner

    with _writable(file) as opened, opened.atomic():
        # Planned inside the lock, so that two runners can't both find the same work to do.
        return list(Runner(opened, str(resources.migrations()), HISTORY).up())
