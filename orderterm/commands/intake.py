"""Files in: now, by hand, or by the engine that watches the inbox."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orderterm.commands.common import Session, echo_json, pass_session
from orderterm.commands.helping import Command
from orderterm.commands.options import as_json, badge
from orderterm.commands.types import TEXT, TermChoice
from orderterm.sentences import Sentence, say
from orderterm.terms import ChannelStatus, FileKind, FileStatus

if TYPE_CHECKING:
    from orderterm.intake.results import FileResult


@click.command(cls=Command)
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@badge
@click.option(
    "--channel", type=TEXT, default="", help="The channel's code; else the files' folder tells it."
)
@click.option(
    "--kind", type=TermChoice(FileKind), help="What the files hold; else their columns tell."
)
@click.option("--profile", type=TEXT, default="", help="How to read them; else their columns tell.")
@click.option("--explain", is_flag=True, help="Show how they would be read, changing nothing.")
@as_json
@pass_session
def import_command(
    session: Session,
    files: tuple[Path, ...],
    badge: str,
    channel: str,
    kind: FileKind | None,
    profile: str,
    explain: bool,
    as_json: bool,
) -> None:
    """Take files in now: orders, products, stock, customers, tracking or survey replies.

    Exits 1 if any file is rejected; the good ones are taken in all the same.
    """
    if explain:
        _explain(session, files, channel, kind, profile, as_json=as_json)
        return
    from orderterm.intake.importing import import_files

    session.open()
    results = import_files(
        session.workplace,
        badge,
        session.home,
        files,
        channel=channel,
        kind=kind,
        profile=profile,
    )
    if as_json:
        echo_json({"files": [_plain(session, result) for result in results]})
    else:
        for result in results:
            _print(session, result)
    if any(result.status is FileStatus.REJECTED for result in results):
        raise click.exceptions.Exit(1)


def _explain(
    session: Session,
    files: Sequence[Path],
    channel: str,
    kind: FileKind | None,
    profile: str,
    *,
    as_json: bool,
) -> None:
    from orderterm.intake.explain import explain

    session.open(readonly=True)
    told: list[dict[str, Any]] = []
    for file in files:
        explanation = explain(
            session.workplace, session.home, file, channel=channel, kind=kind, profile=profile
        )
        told.append({"file": str(file), "lines": explanation.lines(session.language)})
    if as_json:
        echo_json({"files": told})
        return
    for one in told:
        session.print(one["lines"])


def _plain(session: Session, result: "FileResult") -> dict[str, Any]:
    """The result as JSON carries it, its sentences in the reader's language."""
    language = session.language
    return {
        "file": result.file,
        "kind": result.kind,
        "channel": result.channel,
        "profile": result.profile,
        "orders_new": result.orders_new,
        "orders_known": result.orders_known,
        "orders_changed": result.orders_changed,
        "awaiting_information": result.awaiting_information,
        "rows_rejected": [
            {"row": one.row, "reason": one.reason.text(language)} for one in result.rows_rejected
        ],
        "status": result.status,
        "reason": result.reason.text(language) if result.reason else "",
        "skipped": result.skipped,
        "not_overwritten": result.not_overwritten,
        "rows_taken": result.rows_taken,
    }


def _print(session: Session, result: "FileResult") -> None:
    if result.status is FileStatus.REJECTED:
        session.say(
            say("{file} is rejected: {reason}", file=result.file, reason=result.reason or ""),
            err=True,
        )
        return
    session.say(_summary(result))
    if result.reason is not None:
        session.say(say("  {sentence}", sentence=result.reason))
    for status, count in result.skipped.items():
        word = ChannelStatus(status)
        session.say(say("  {count} skipped: {status}", count=count, status=word))
    for row in sorted(result.rows_rejected, key=lambda one: one.row):
        session.say(say("  {sentence}", sentence=row.reason))


def _summary(result: "FileResult") -> Sentence:
    if result.kind is not FileKind.ORDERS:
        return say(
            "{file}: {kind}, {taken} rows taken, {rejected} rejected",
            file=result.file,
            kind=result.kind or "",
            taken=result.rows_taken,
            rejected=len(result.rows_rejected),
        )
    return say(
        "{file}: {new} orders new, {known} known, {changed} changed, {waiting} awaiting "
        "information, {rejected} rows rejected ({channel}, {profile})",
        file=result.file,
        new=result.orders_new,
        known=result.orders_known,
        changed=result.orders_changed,
        waiting=result.awaiting_information,
        rejected=len(result.rows_rejected),
        channel=result.channel,
        profile=result.profile,
    )


@click.command(cls=Command)
@click.option("--once", is_flag=True, help="Do what there is to do now, then stop.")
@pass_session
def engine_command(session: Session, once: bool) -> None:
    """Run the duties until stopped: take files in, watch the clock, send messages."""
    from orderterm.duties import engine

    session.open()
    # A rejected file is an outcome that lies in rejected/ with its reason, and no failure.
    engine.run(session.workplace, session.home, once=once, tell=session.say)
