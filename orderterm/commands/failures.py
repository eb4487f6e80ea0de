"""What a person hears when a command fails."""

import traceback
from datetime import UTC, datetime
from pathlib import Path

import click

from orderterm.commands.common import Session
from orderterm.errors import OrdertermError
from orderterm.reports.tables import printable
from orderterm.sentences import Sentence, say
from orderterm.settings import terminal_language

LOG = "errors.log"


def explain(error: Exception, session: Session | None) -> None:
    """Say on standard error, in one sentence, what went wrong.

    What nobody foresaw is put into ``errors.log`` in the home, for whoever mends the program.

    Args:
        error: what happened.
        session: where it happened; None where not even that was made.
    """
    language = session.language if session is not None else terminal_language()
    if isinstance(error, OrdertermError):
        sentence = error.sentence
    else:
        sentence = _unforeseen(error, _log(error, session))
    click.echo(printable(" ".join(sentence.text(language).split())), err=True)


def _unforeseen(error: Exception, log: Path | None) -> Sentence:
    what = str(error) or type(error).__name__
    if log is None:
        return say("something unforeseen happened: {what}; no step was left half done", what=what)
    return say(
        "something unforeseen happened: {what}; no step was left half done, and {log} tells more: "
        "send it to whoever looks after orderterm",
        what=what,
        log=log,
    )


def _log(error: Exception, session: Session | None) -> Path | None:
    """Where the traceback was written; None where there is no home to write it to."""
    if session is None:
        return None
    try:
        file = session.home / LOG
        with file.open("a", encoding="utf-8", errors="replace") as log:
            log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n")
            log.writelines(traceback.format_exception(error))
            log.write("\n")
    except (OSError, OrdertermError):
        return None
    return file
