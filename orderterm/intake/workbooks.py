"""XLSX: the sheets of a workbook, opened only when its claims are bearable."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineWorkbook

from orderterm.errors import FileRejected
from orderterm.intake.profiles import Profile
from orderterm.intake.sheets import HEAD_ROWS, Rows, Sheet
from orderterm.intake.texts import without_controls

ZIP = b"PK\x03\x04"
OLD = b"\xd0\xcf\x11\xe0"
"""How an .xls of before 2007 begins, and an .xlsx with a password."""

MAX_BYTES = 512 * 1024 * 1024
MAX_RATIO = 200
MAX_CELLS = 32 * 1024 * 1024
_SMALL = 16 * 1024 * 1024
_CHUNK = 2**20
_NO_SHEETS = ("xl/sharedstrings.xml", "xl/styles.xml")
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")


def workbook_sheets(data: bytes, file: str) -> list[Sheet]:
    """The sheets of the workbook ``data``.

    Raises:
        FileRejected: it is broken, too big once unpacked, locked by a password, or no XLSX.
    """
    if data.startswith(OLD):
        raise FileRejected(
            "{file} is an old Excel file (.xls) or locked by a password; save it as .xlsx "
            "without a password",
            file=file,
        )
    try:
        _check(data, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise _broken(file) from None
    return _opened(data, file)


def _broken(file: str) -> FileRejected:
    return FileRejected(
        "{file} is no whole Excel workbook: it is damaged or was only half copied; copy or "
        "export it again",
        file=file,
    )


def _check(data: bytes, file: str) -> None:
    """Refuses what would fill the memory, before the workbook is opened."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if "xl/workbook.xml" not in archive.namelist():
            raise FileRejected(
                "{file} is no Excel workbook (.xlsx) inside; export it again as XLSX or CSV",
                file=file,
            )
        if sum(m.file_size for m in members) > MAX_BYTES or any(map(_is_bomb, members)):
            raise FileRejected(
                "{file} claims to unpack to {size} MiB, where {limit} MiB are taken; split it "
                "and import the parts",
                file=file,
                size=sum(m.file_size for m in members) // 2**20,
                limit=MAX_BYTES // 2**20,
            )
        for member in members:
            if member.filename.lower().endswith(".xml") and (
                member.filename.lower() not in _NO_SHEETS
            ):
                _check_extent(archive, member, file)


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > max(_SMALL, MAX_RATIO * member.compress_size)


def _check_extent(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> None:
    """The reader lays a sheet out as one block up to its last row and column; a stray cell in
    the far corner would take hundreds of gigabytes and end the process."""
    height = width = 0
    for part in _parts(archive, member):
        places = _PLACE.findall(part)
        height = max([height, *(int(row) for _, row in places)])
        named = {letters for letters, _ in places if letters}
        width = max([width, *map(_column, named), _longest_row(part, len(places))])
        if height * width > MAX_CELLS:
            raise FileRejected(
                "{file} has a sheet of {height} rows and {width} columns, most of them empty; "
                "delete what stands far below and to the right, and save it again",
                file=file,
                height=height,
                width=width,
            )


def _longest_row(part: bytes, places: int) -> int:
    """Cells may leave out their place; then their count in a row is the row's width."""
    if len(_CELL.findall(part)) <= places - part.count(b"<row"):
        return 0
    return max(len(_CELL.findall(row)) for row in part.split(b"<row"))


def _parts(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's text in pieces that end where a row begins."""
    rest = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            head, mark, tail = (rest + chunk).rpartition(b"<row")
            yield head
            rest = mark + tail
    yield rest


def _column(letters: bytes) -> int:
    """``A`` is 1, ``AA`` 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _opened(data: bytes, file: str) -> list[Sheet]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [_sheet(_python(workbook, name)) for name in workbook.sheet_names]
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # noqa: BLE001
        # A panic of the reader's Rust code is no Exception, and its class can't be imported.
        # Whichever of its failures it is, the workbook can't be read.
        raise _broken(file) from None


def _python(workbook: CalamineWorkbook, name: str) -> list[list[Any]]:
    return workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _sheet(values: list[list[Any]]) -> Sheet:
    def rows(profile: Profile, header_row: int) -> Rows:
        del profile  # a workbook reads the same for every profile
        below = enumerate(values[header_row:], start=header_row + 1)
        return ((number, [_text(value) for value in row]) for number, row in below)

    return Sheet([[_text(value) for value in row] for row in values[:HEAD_ROWS]], rows)


def _text(value: Any) -> str:
    """A cell as a person sees it in the sheet."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    """An id is shown without ``.0``; past 15 digits Excel has lost the rest, and this tells."""
    if not value.is_integer():
        return repr(value)
    return str(int(value)) if abs(value) < 1e15 else f"{value:.14E}"
