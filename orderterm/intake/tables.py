"""CSV and TSV: rows of a text whose delimiter is found out by the header."""

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice

from orderterm.errors import FileRejected
from orderterm.intake.profiles import Profile
from orderterm.intake.sheets import HEAD_ROWS, Rows, Sheet
from orderterm.intake.texts import Text

DELIMITERS = ",\t;|"
MAX_CELL = 2**20
_HEAD_CHARACTERS = 256 * 1024
# Follows the last line; where it comes out inside a cell, a quotation mark was never closed.
_END = "\x03"

# The module's limit is one for the process; Excel's longest cell has 32,767 characters.
csv.field_size_limit(MAX_CELL)


def table_sheets(text: Text, file: str) -> list[Sheet]:
    """The text seen with each delimiter; the header tells later which is right."""
    body = _without_sep_line(text.text)
    return [_sheet(body, text.encoding, delimiter, file) for delimiter in DELIMITERS]


def _without_sep_line(text: str) -> str:
    """A spreadsheet takes a first line ``sep=;`` as a hint and shows no row for it."""
    line, _, rest = text.partition("\n")
    return rest if len(line.rstrip("\r")) == 5 and line.lower().startswith("sep=") else text


def _sheet(text: str, encoding: str, delimiter: str, file: str) -> Sheet:
    def rows(profile: Profile, header_row: int) -> Rows:
        records = _records(text, delimiter, profile.quoted, file)
        return enumerate(islice(records, header_row, None), start=header_row + 1)

    return Sheet(_head(text, delimiter), rows, encoding, delimiter)


def _head(text: str, delimiter: str) -> list[list[str]]:
    """The first rows, as far as the first characters hold them: no cell of them is too long."""
    start = io.StringIO(text[:_HEAD_CHARACTERS], newline="")
    return list(islice(csv.reader(start, delimiter=delimiter), HEAD_ROWS))


def _records(text: str, delimiter: str, quoted: bool, file: str) -> Iterator[list[str]]:
    lines = chain(io.StringIO(text, newline=""), [_END])
    reader = (
        csv.reader(lines, delimiter=delimiter)
        if quoted
        else csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    )
    row = 0
    try:
        for cells in reader:
            if cells and cells[-1].endswith(_END):
                break
            row += 1
            yield cells
    except csv.Error as error:
        raise FileRejected(
            "{file} can't be read from row {row} on: {error}; export it again",
            file=file,
            row=row + 1,
            error=error,
        ) from None
    if cells != [_END]:
        raise FileRejected(
            "{file}: a quotation mark in row {row} is never closed, so the rows below it can't "
            "be told apart; export the file again",
            file=file,
            row=row + 1,
        )
