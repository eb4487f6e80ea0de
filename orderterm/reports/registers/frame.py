"""What all registers share: what they are made of, and columns that take their value from a row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct

from orderterm.reports.document import NOTHING, Column, Kind, Period, Report, Section, Value
from orderterm.reports.names import ReportName
from orderterm.sentences import Labelled, Sentence, say
from orderterm.settings import Settings
from orderterm.terms import Language
from orderterm.views.exceptions import detail_text
from orderterm.views.registers.days import Days

R = TypeVar("R")

Field = tuple[Column, Callable[[Any], Value]]
"""A column, and what stands in it for a row of the view."""

_OTHER = "other: "
_YES, _NO = say("yes"), say("no")


class Request(Struct, frozen=True):
    """Which days a report is wanted of, at ``now``; ``masked`` hides what leads to customers."""

    settings: Settings
    period: Period
    now: datetime
    masked: bool = False

    @property
    def days(self) -> Days:
        """The days as views ask for them."""
        return Days(self.period.first, self.period.last)

    def seen(self, rows: Iterable[R], mask: Callable[[R], R]) -> Iterable[R]:
        """``rows`` as the reader may see them."""
        return map(mask, rows) if self.masked else rows


class Detail(Struct, frozen=True):
    """What is wrong with an order, told in the reader's language."""

    facts: dict[str, Any]

    def label(self, language: Language) -> str:
        """The words."""
        return detail_text(self.facts, language)


def field(
    title: Sentence,
    value: Callable[[Any], Value],
    kind: Kind = "text",
    width: int | None = None,
) -> Field:
    """A column that shows ``value`` of each row."""
    return Column(title, kind, width), value


def section(
    title: Sentence | Labelled,
    fields: Sequence[Field],
    rows: Iterable[Any],
    empty: Sentence = NOTHING,
) -> Section:
    """A table of ``rows``, made as they are read; ``empty`` is said where there are none."""
    columns = [column for column, _ in fields]
    return Section(title, columns, _cells(fields, rows), empty=empty)


def report(name: ReportName, request: Request, *sections: Section) -> Report:
    """The report ``name`` of what is asked for."""
    return Report(
        name=name.value,
        title=name,
        period=request.period,
        made_at=request.now.astimezone(request.settings.site.zone),
        site=request.settings.site.name,
        sections=sections,
    )


def yes_no(truth: bool | None) -> Sentence | None:
    """Yes, no, or nothing where it is neither."""
    if truth is None:
        return None
    return _YES if truth else _NO


def why_late(reason: str, settings: Settings) -> Value:
    """Why a stage was late: its code as people call it, or somebody's own words."""
    if labels := settings.overdue_reasons.get(reason):
        return Named(labels.zh, labels.en)
    return reason.removeprefix(_OTHER)


class Named(Struct, frozen=True):
    """A word of the settings, which has a label in each language."""

    zh: str
    en: str

    def label(self, language: Language) -> str:
        """The word."""
        return self.zh if language == "zh" else self.en


def _cells(fields: Sequence[Field], rows: Iterable[Any]) -> Iterator[list[Value]]:
    values = [value for _, value in fields]
    for row in rows:
        yield [value(row) for value in values]
