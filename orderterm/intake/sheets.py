"""What every kind of file comes down to: rows of text below a header that a profile knows."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from orderterm.errors import FileRejected
from orderterm.intake.profiles import Profile
from orderterm.intake.texts import clean, fold, shown
from orderterm.terms import FileKind

HEAD_ROWS = 60
"""A header is looked for in so many rows."""

Rows = Iterator[tuple[int, list[str]]]
"""Rows with their number in the file, 1-based, as a spreadsheet counts."""


class Sheet(Struct):
    """One way to see a file as rows: a delimiter tried, a sheet of a workbook, a JSON array.

    ``head``: the first rows; ``rows(profile, n)``: those below row ``n``, read as ``profile``
    needs them.
    """

    head: list[list[str]]
    rows: Callable[[Profile, int], Rows]
    encoding: str = ""
    delimiter: str = ""


class Found(Struct):
    """A sheet whose row ``header_row`` is the header of ``profile``."""

    sheet: Sheet
    profile: Profile
    header_row: int
    header: list[str]


class _Features:
    """The features of a profile, folded once."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.needed = [
            {fold(feature)} if isinstance(feature, str) else set(map(fold, feature))
            for feature in profile.features
        ]
        self.absent = set(map(fold, profile.absent))

    def match(self, columns: set[str]) -> bool:
        return self.absent.isdisjoint(columns) and not any(
            names.isdisjoint(columns) for names in self.needed
        )


def find(
    sheets: Sequence[Sheet],
    profiles: Sequence[Profile],
    file: str,
    kind: FileKind | None = None,
    profile_name: str = "",
) -> Found:
    """The header in ``sheets`` that the most specific of ``profiles`` knows.

    Most specific is the one with the most features; among equals the earlier profile, then the
    earlier row.

    Raises:
        FileRejected: no header is known, or not of this ``kind`` or ``profile_name``.
    """
    wanted = _wanted(profiles, file, kind, profile_name)
    if found := _best(sheets, wanted):
        return found
    if other := _best(sheets, profiles):
        raise _mismatch(other, file, kind, profile_name)
    raise _unknown(sheets, file)


def _wanted(
    profiles: Sequence[Profile], file: str, kind: FileKind | None, name: str
) -> list[Profile]:
    if name and name not in {profile.name for profile in profiles}:
        raise FileRejected(
            "{file} is to be read by the profile {name}, which does not exist; there are {names}",
            file=file,
            name=name,
            names=[profile.name for profile in profiles],
        )
    return [p for p in profiles if kind in (None, p.kind) and name in ("", p.name)]


def _best(sheets: Sequence[Sheet], profiles: Sequence[Profile]) -> Found | None:
    known = [_Features(profile) for profile in profiles]
    best: Found | None = None
    best_score: tuple[int, int, int] = (0, 0, 0)
    for sheet in sheets:
        for number, cells in enumerate(sheet.head, start=1):
            columns = {folded for cell in cells if (folded := fold(cell))}
            for position, features in enumerate(known):
                score = (len(features.needed), -position, len(cells))
                if score > best_score and features.match(columns):
                    header = [clean(cell) for cell in cells]
                    best, best_score = Found(sheet, features.profile, number, header), score
    return best


def _mismatch(found: Found, file: str, kind: FileKind | None, name: str) -> FileRejected:
    if name:
        return FileRejected(
            "{file} is to be read by the profile {name}, but looks like {title}; correct the "
            "channel's profile, or put the file where it belongs",
            file=file,
            name=name,
            title=found.profile.title,
        )
    return FileRejected(
        "{file} was given as {kind}, but looks like {title}, a file of {found}; import it as that",
        file=file,
        kind=kind,
        title=found.profile.title,
        found=found.profile.kind,
    )


def _unknown(sheets: Sequence[Sheet], file: str) -> FileRejected:
    heads = [cells for sheet in sheets for cells in sheet.head if shown(cells)]
    if not heads:
        return FileRejected("{file} holds no rows; export it again", file=file)
    columns = max(heads[:HEAD_ROWS], key=lambda cells: sum(map(bool, cells)))
    return FileRejected(
        "{file} has no header that any profile knows; its columns are: {columns}. Use "
        "orderterm's own template, or add a profile for this file",
        file=file,
        columns=shown(columns),
    )
