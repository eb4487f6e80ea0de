"""The bytes of a text file become text: its encoding, and cells without the dirt exports leave."""

import codecs
import re
import stat
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from orderterm.errors import FileRejected

MAX_BYTES = 256 * 1024 * 1024

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UTF = ("utf-8", *(encoding for _, encoding in _MARKS))
_BOM = "\ufeff"
# Every kind of blank, and the two that have no width.
_JUNK = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b" + _BOM
# Control characters would reach the terminal, lone surrogates break the database; no export
# means anything by either. Tab, line feed and carriage return stay.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SUSPECT = frozenset("='-")


class Text(NamedTuple):
    """A decoded file, and the name of its encoding."""

    text: str
    encoding: str


def read_bytes(path: Path) -> bytes:
    """The whole file.

    Raises:
        FileRejected: it is no regular file, can't be opened, is empty or over 256 MiB.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise FileRejected(
                "{file} is a folder or a device; put in the file itself", file=path.name
            )
        if found.st_size > MAX_BYTES:
            raise FileRejected(
                "{file} is too big: {size} MiB, where {limit} MiB are taken; split it and "
                "import the parts",
                file=path.name,
                size=found.st_size // 2**20,
                limit=MAX_BYTES // 2**20,
            )
        data = path.read_bytes()
    except PermissionError:
        raise FileRejected(
            "{file} can't be read: this program has no permission; let it read the file and "
            "put it in again",
            file=path.name,
        ) from None
    except OSError as error:
        raise FileRejected(
            "{file} can't be read: {error}", file=path.name, error=error.strerror or error
        ) from None
    if not data or data.isspace():
        raise FileRejected("{file} is empty; export it again", file=path.name)
    return data


def decode(data: bytes, fallback: str, name: str) -> Text:
    """``data`` as text: by its byte order mark, else strict UTF-8, GB18030, then ``fallback``.

    Raises:
        FileRejected: it holds NULs, or none of the encodings fits; names the file ``name``.
    """
    return _decoded(data, _candidates(data, fallback), name)


def decode_as(data: bytes, encoding: str, name: str) -> Text:
    """``data`` as text in ``encoding`` and no other; otherwise as ``decode``."""
    return _decoded(data, (encoding,), name)


def _decoded(data: bytes, encodings: tuple[str, ...], name: str) -> Text:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" in text:
            break
        return Text(without_controls(text), encoding)
    raise FileRejected(
        "{file} is not a text: it holds bytes that no text has; export it again as CSV or XLSX",
        file=name,
    )


def _candidates(data: bytes, fallback: str) -> tuple[str, ...]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return (encoding,)
    return ("utf-8", "gb18030", fallback)


def without_controls(text: str) -> str:
    """``text`` without control characters and lone surrogates."""
    return _CONTROLS.sub("", text) if _CONTROLS.search(text) else text


def clean(cell: str) -> str:
    """What a cell says: no blanks around it, no ``="…"``, no leading ``'``; ``-`` is empty."""
    cell = cell.strip(_JUNK)
    if cell[:1] not in _SUSPECT:
        return cell
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        cell = cell[2:-1].strip(_JUNK)
    # Excel's text mark stands before digits; 's-Hertogenbosch and 't Zand keep theirs.
    if cell.startswith("'") and not cell[1:2].islower():
        cell = cell[1:].strip(_JUNK)
    return "" if cell in ("-", "--") else cell


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A header or a status word as it is compared: width, letter case and blanks are alike."""
    return " ".join(unicodedata.normalize("NFKC", clean(text)).casefold().split())


def shown(cells: list[str], most: int = 20) -> str:
    """The cells of a row for a sentence: printable and short."""
    words = [c for cell in cells if (c := "".join(filter(str.isprintable, clean(cell))))]
    short = [word if len(word) <= 30 else word[:29] + "…" for word in words]
    return ", ".join(short[:most]) + (", …" if len(short) > most else "")
