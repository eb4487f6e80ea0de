"""A report as one HTML file that stands by itself: no script, nothing fetched from elsewhere."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

import jinja2
from msgspec import Struct

from orderterm.reports.charts import svg
from orderterm.reports.document import NUMERIC, Report, Section, headline, shown, words
from orderterm.terms import Language

_FOLDER = Path(__file__).parent / "templates"
_LANGUAGES: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
_CHUNK = 200
"""How many pieces of the page are written at once."""


class _Part(Struct, frozen=True):
    """A section as the page shows it; each cell is a text and whether it is aligned right."""

    title: str
    note: str
    chart: str
    headings: list[tuple[str, bool]]
    rows: Iterator[list[tuple[str, bool]]]


def write(report: Report, language: Language, file: BinaryIO) -> None:
    """Write ``report`` into ``file`` as a page that a browser shows and prints."""
    page = _template().stream(
        lang=_LANGUAGES[language],
        title=words(report.title, language),
        headline=headline(report, language),
        parts=(_part(section, place, language) for place, section in enumerate(report.sections)),
    )
    page.enable_buffering(_CHUNK)
    for piece in page:
        file.write(piece.encode())


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("report.html")


def _part(section: Section, place: int, language: Language) -> _Part:
    return _Part(
        title=words(section.title, language),
        note=words(section.note, language) if section.note else "",
        chart=svg(section.chart, language, place) if section.chart else "",
        headings=[
            (words(column.title, language), column.kind in NUMERIC) for column in section.columns
        ],
        rows=_rows(section, language),
    )


def _rows(section: Section, language: Language) -> Iterator[list[tuple[str, bool]]]:
    kinds = [column.kind for column in section.columns]
    for row in section.rows:
        yield [
            (shown(value, kind, language), kind in NUMERIC)
            for value, kind in zip(row, kinds, strict=True)
        ]
