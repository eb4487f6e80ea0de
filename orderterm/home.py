"""The home: the folder that holds one company's settings, database and inbox."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from orderterm import resources, settings
from orderterm.errors import OrdertermError

VARIABLE = "ORDERTERM_HOME"
COMPANY_FOLDER = "company"
"""The inbox folder for what is no channel's: products, stock, customers, tracking, surveys."""


def find_home(explicit: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """Which folder is the home; it need not exist yet.

    Args:
        explicit: what ``--home`` says, if it was given.
        environ: the environment; an empty ``ORDERTERM_HOME`` counts as none.
        cwd: the working directory; it is the home if it holds ``orderterm.toml``.

    Returns:
        The first of these, as an absolute path, else the user's data folder.
    """
    if explicit is not None:
        return cwd / explicit
    if named := environ.get(VARIABLE):
        return cwd / named
    if os.path.isfile(cwd / settings.FILE_NAME):
        return cwd
    return platformdirs.user_data_path("orderterm", appauthor=False)


def make_home(home: Path) -> list[Path]:
    """Make what ``home`` lacks: ``orderterm.toml`` and the inbox with a folder for each channel.

    The notes on what a file must look like come along; the sample orders stay behind, because in
    a watched folder they would be taken for real ones. Nothing that is there is changed, so it may
    be called again, for instance after a channel was added.

    Returns:
        What it made, in the order in which it was made.

    Raises:
        OrdertermError: a folder or file can't be made, with the reason.
        SettingsError: the ``orderterm.toml`` that is there can't be used.
    """
    made: list[Path] = []
    try:
        _make_folder(home, made)
        _make_settings(home / settings.FILE_NAME, made)
        _make_inbox(home, made)
    except OSError as error:
        raise _not_made(error, home) from None
    return made


def _make_settings(file: Path, made: list[Path]) -> None:
    if not file.exists():
        file.write_text(settings.default_text(), encoding="utf-8")
        made.append(file)


def _make_inbox(home: Path, made: list[Path]) -> None:
    chosen = settings.load(home)
    inbox = home / chosen.inbox.folder
    for folder in (inbox, *(inbox / name for name in (*chosen.channels, COMPANY_FOLDER))):
        _make_folder(folder, made)
    shipped = resources.shipped_inbox()
    for note in sorted(shipped.rglob("README*")):
        target = inbox / note.relative_to(shipped)
        if target.parent.is_dir() and not target.exists():
            shutil.copyfile(note, target)
            made.append(target)


def _make_folder(folder: Path, made: list[Path]) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True)
        made.append(folder)


def _not_made(error: OSError, home: Path) -> OrdertermError:
    place = Path(error.filename or home)
    for path in (place, *place.parents):
        if os.path.isfile(path):  # unlike Path.is_file it never raises
            return OrdertermError(
                "{path} is a file, but a folder must be there; move the file away or choose "
                "another home with --home",
                path=path,
            )
    return OrdertermError(
        "{path} can't be made: {reason}; choose another home with --home",
        path=place,
        reason=error.strerror,
    )
