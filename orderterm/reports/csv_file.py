"""A report as CSV: UTF-8 with a byte order mark and CRLF, as spreadsheets expect it.

One section is a plain table, headings first. Several follow each other, each under a line with
its title and after an empty line.
"""

import csv
import io
from typing import BinaryIO

from orderterm.reports.document import FIGURES, Kind, Report, Value, shown, words
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
        kinds = [column.kind for column in section.columns]
        lines.writerows(
            [_cell(value, kind, language) for value, kind in zip(row, kinds, strict=True)]
            for row in section.rows
        )
    text.flush()
    text.detach()


def _cell(value: Value, kind: Kind, language: Language) -> str:
    if value is None:
        return ""
    text = shown(value, kind, language)
    return text if text[:1].isalnum() or isinstance(value, FIGURES) else _harmless(text)


def _harmless(text: str) -> str:
    """``text``, with a ' before it where a spreadsheet would take it for a formula and run it."""
    return "'" + text if text.lstrip()[:1] in _FORMULA_SIGNS else text
