"""Making a report: read in one moment, written whole or not at all."""

import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from orderterm.errors import OrdertermError, Refusal
from orderterm.reports.catalogue import BUILDERS
from orderterm.reports.document import Period, Report
from orderterm.reports.names import Format, ReportName
from orderterm.reports.registers.frame import Request
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.settings import Settings, terminal_language
from orderterm.store.connection import reading, snapshot
from orderterm.store.people import employed
from orderterm.terms import Language, Role

Writer = Callable[[Report, Language, BinaryIO], None]

# Loaded when a file is written: a terminal that writes none pays for none.
_WRITERS = {
    Format.XLSX: "orderterm.reports.xlsx",
    Format.CSV: "orderterm.reports.csv_file",
    Format.HTML: "orderterm.reports.html",
}


def sees_masked(badge: str) -> bool:
    """Whether a person sees reports without what leads to customers, as who only watches does.

    Raises:
        Refusal: nobody has the badge, the person no longer works here, or may have no reports.
    """
    with reading():
        found = employed(badge)
    if why := not_permitted(Action.REPORT, Person(badge, found.name, found.roles)):
        raise Refusal(why)
    return set(found.roles) <= {Role.SUPERVISOR}


def folder_of(home: Path, settings: Settings) -> Path:
    """Where reports are written, unless somebody says otherwise."""
    return home / settings.reports.folder


def language_of(settings: Settings) -> Language:
    """The language that reports are written in, unless somebody says otherwise."""
    chosen = settings.reports.language
    return terminal_language(settings) if chosen == "auto" else chosen


def file_name(name: ReportName, period: Period, kind: Format, part: str = "") -> str:
    """``exceptions-2026-11-22.xlsx``; several days as ``2026-11-16_2026-11-22``.

    Args:
        name: the report.
        period: its days.
        kind: of file.
        part: what of the period it is, such as a shift; "" for all.
    """
    days = period.first.isoformat()
    if period.last != period.first:
        days += f"_{period.last.isoformat()}"
    plain = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in part)
    return "-".join(filter(None, (name.value, days, plain))) + f".{kind.value}"


def make(
    name: ReportName, request: Request, kind: Format, language: Language, target: Path
) -> None:
    """Make a report as the file ``target``, in place of one that is there.

    Raises:
        OrdertermError: it can't be written; says why.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".report-", dir=target.parent) as nearby:
            whole = Path(nearby, "whole")
            with whole.open("wb") as file:
                write(name, request, kind, language, file)
            whole.replace(target)
    except OSError as error:
        raise OrdertermError(
            "{file} can't be written: {reason}; name another one with --out, or another folder "
            "in orderterm.toml (reports.folder)",
            file=target,
            reason=error.strerror or str(error),
        ) from error


def write(
    name: ReportName, request: Request, kind: Format, language: Language, file: BinaryIO
) -> None:
    """Make a report and write it into ``file``, all as it is at one moment."""
    writer: Writer = import_module(_WRITERS[kind]).write
    with snapshot():
        writer(BUILDERS[name](request), language, file)
