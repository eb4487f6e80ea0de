"""Registers and reviews as files."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orderterm.commands.common import Session, pass_session
from orderterm.commands.helping import Command
from orderterm.commands.types import DAY, Badge, TermChoice
from orderterm.reports.names import Format, ReportName
from orderterm.sentences import say

if TYPE_CHECKING:
    from orderterm.reports.registers.frame import Request
    from orderterm.terms import Language

_STANDARD_OUTPUT = Path("-")


@click.command(cls=Command)
@click.argument("name", type=TermChoice(ReportName), metavar="NAME")
@click.option("--from", "first", type=DAY, help="The first day; else today, or the last week.")
@click.option("--to", "last", type=DAY, help="The last day, included; else the first.")
@click.option(
    "--format",
    "kind",
    type=TermChoice(Format),
    help="The kind of file; else what the file's name ends in, or xlsx.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file, or a folder for it; - is standard output. Else the folder of reports.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), help="The language of the report.")
@click.option(
    "--as",
    "badge",
    type=Badge(),
    metavar="BADGE",
    help="Who reads it: for a supervisor what leads to customers is masked.",
)
@pass_session
def report_command(
    session: Session,
    name: ReportName,
    first: date | None,
    last: date | None,
    kind: Format | None,
    out: Path | None,
    language: "Language | None",
    badge: str | None,
) -> None:
    """Write a register or the weekly review, as of now; days are the site's.

    NAME is registration, priority, progress, shortage, exceptions, shipping, survey, weekly or
    handover.
    """
    from orderterm.reports.catalogue import period_of
    from orderterm.reports.making import language_of, make, sees_masked
    from orderterm.reports.registers.frame import Request

    now, settings = session.now(), session.settings
    period = period_of(name, first, last, settings, now)
    chosen = kind or _named_by(out)
    session.open(readonly=True)
    masked = badge is not None and sees_masked(badge)
    request = Request(settings, period, now, masked)
    words = language or language_of(settings)
    if out == _STANDARD_OUTPUT:
        _print(session, name, request, chosen, words)
        return
    target = _target(session, name, request, chosen, out)
    make(name, request, chosen, words, target)
    session.say(say("{report} is in {file}", report=name, file=target))


def _named_by(out: Path | None) -> Format:
    """The format that a file's name ends in."""
    ending = out.suffix.lstrip(".").lower() if out else ""
    return Format(ending) if ending in set(Format) else Format.XLSX


def _target(
    session: Session, name: ReportName, request: "Request", kind: Format, out: Path | None
) -> Path:
    from orderterm.reports.making import file_name, folder_of

    usual = file_name(name, request.period, kind)
    if out is None:
        return folder_of(session.home, session.settings) / usual
    return out / usual if out.is_dir() else out


def _print(
    session: Session, name: ReportName, request: "Request", kind: Format, language: "Language"
) -> None:
    from orderterm.reports.making import write

    if kind is Format.XLSX:
        raise session.misuse(say("a workbook can't be printed: give --format csv or html"))
    output: Any = sys.stdout.buffer
    write(name, request, kind, language, output)
    output.flush()
