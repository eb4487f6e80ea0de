"""Getting sheets onto paper: through the configured command, else into files of the home."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from orderterm.reports import printing
from orderterm.sentences import Sentence, say
from screens.station import Station

Sheet = tuple[str, Sequence[str]]
"""A file's name, and the lines that are printed."""


async def put_on_paper(sheets: Sequence[Sheet], station: Station) -> Sentence:
    """Print sheets one after another, or save them.

    Args:
        sheets: at least one.
        station: whose settings say where to.

    Returns:
        Where they are.

    Raises:
        OrdertermError: the printer or the folder can't be used; says why.
    """
    # Neither of the threads for the database: a printer may take its time.
    return await asyncio.to_thread(_put, sheets, station)


def _put(sheets: Sequence[Sheet], station: Station) -> Sentence:
    command = station.settings.printing.command
    if command:
        for _, lines in sheets:
            printing.send(lines, command)
        return say("printed with {command}", command=command)
    # An absolute folder stays what it is when it is joined to the home.
    folder = station.home / station.settings.printing.folder
    files = [printing.save(lines, folder, name) for name, lines in sheets]
    where = files[0] if len(files) == 1 else folder
    return say("saved as {file}", file=from_home(where, station))


def from_home(path: Path, station: Station) -> str:
    """The path as one types it in the home, so that it fits the line."""
    inside = path.is_relative_to(station.home)
    return str(path.relative_to(station.home) if inside else path)
