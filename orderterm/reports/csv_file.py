"""A report as CSV: UTF-8 with a byte order mark and CRLF, as spreadsheets expect it.

One section is a plain table, headings first. Several follow each other, each under a line with
its title and after an empty line.
"""

import csv
import io
from typing import BinaryIO

from orderterm.reports.document import Column, Report, Value, shown, words
from orderterm.terms import Language

_BYTE_ORDER_MARK = "\ufeff"
_FORMULA_SIGNS = frozenset("=+-@＝＋－＠")
"""What a formula begins with; Excel takes the wide signs as well."""


def write(report: Report, language: Language, file: BinaryIO) -> None:
    """Write ``report`` into ``file`` as CSV."""
    text = io.TextIOWrapper(file, "utf-8", newline="")
    text.write(_BYTE_ORDER_MARK)
    lines = csv.writer(text, lineterminator="\r\n")
    for place, section in enumerate(report.sections):
        if len(report.sections) > 1:
            lines.writerows([[]] * (place > 0) + [[_harmless(words(section.title, language))]])
        lines.writerow([_harmless(words(one.title, language)) for one in section.columns])
        for row in section.rows:
            cells = zip(row, section.columns, strict=True)
            lines.writerow([_cell(value, column, language) for value, column in cells])
    text.flush()
    text.detach()


def _cell(value: Value, column: Column, language: Language) -> str:
    text = shown(value, column.kind, language)
    return text if isinstance(value, int | float) else _harmless(text)


def _harmless(text: str) -> str:
    """``text``, with a ' before it where a spreadsheet would take it for a formula and run it."""
    return "'" + text if text.lstrip()[:1] in _FORMULA_SIGNS else text
