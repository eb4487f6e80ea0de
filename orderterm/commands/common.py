"""What all commands share: the home they work in, and how they print."""

import os
import shutil
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orderterm.errors import OrdertermError
from orderterm.home import find_home
from orderterm.sentences import Sentence
from orderterm.settings import Settings, load, terminal_language
from orderterm.terms import Language

if TYPE_CHECKING:
    from orderterm.workflow.workplace import Outcome, Workplace


class Session:
    """One call of the program: its home, settings, language and clock, each found when asked for.

    Args:
        explicit: the home that ``--home`` names, if it does.
    """

    def __init__(self, explicit: Path | None) -> None:
        self.explicit = explicit

    @cached_property
    def home(self) -> Path:
        """The home; it need not exist."""
        try:
            return find_home(self.explicit, os.environ, Path.cwd())
        except FileNotFoundError:
            raise OrdertermError(
                "the working directory is gone; go to another one and try again"
            ) from None

    @cached_property
    def settings(self) -> Settings:
        """The home's settings, checked."""
        return load(self.home)

    @property
    def language(self) -> Language:
        """The language to speak; the terminal's where the settings themselves are wrong."""
        try:
            return terminal_language(self.settings)
        except OrdertermError:
            return terminal_language()

    @property
    def database(self) -> Path:
        """The database file; it need not exist."""
        return self.home / self.settings.database

    def now(self) -> datetime:
        """The time."""
        return datetime.now(UTC)

    @cached_property
    def workplace(self) -> "Workplace":
        """The home at work, for what changes something."""
        from orderterm.workflow.workplace import Workplace

        return Workplace(self.settings, self.now, _station())

    def open(self, *, readonly: bool = False) -> None:
        """Make the home's database this process's, after a look at its version.

        Raises:
            StoreError: it is missing or of another version.
        """
        from orderterm.store import connection, schema

        schema.check(self.database)
        connection.use(self.database, readonly=readonly)

    def say(self, sentence: Sentence, *, err: bool = False) -> None:
        """Print a sentence on a line of its own."""
        self.print([sentence.text(self.language)], err=err)

    def misuse(self, sentence: Sentence) -> click.UsageError:
        """What is raised where the command was called wrongly."""
        return click.UsageError(sentence.text(self.language))

    def print(self, lines: Sequence[str], *, err: bool = False) -> None:
        """Print lines, with nothing in them that a terminal would obey."""
        from orderterm.reports.tables import printable

        for line in lines:
            click.echo(printable(line), err=err)

    def table(
        self,
        headings: Sequence[Sentence],
        rows: Sequence[Sequence[str]],
        right: Sequence[int] = (),
    ) -> None:
        """Print rows under headings; on a terminal they are cut to its width."""
        from orderterm.reports.tables import table

        texts = [heading.text(self.language) for heading in headings]
        for line in table(texts, rows, right=right, width=_width()):
            click.echo(line)


def report(session: Session, outcome: "Outcome", *, as_json: bool) -> None:
    """Say what came of an action on an order; as JSON with the order as it is now."""
    if not as_json:
        session.say(outcome.sentence)
        return
    from orderterm.views.order import order

    echo_json(
        {
            "number": outcome.number,
            "changed": outcome.changed,
            "message": outcome.sentence.text(session.language),
            "order": order(outcome.number, session.settings, session.now()),
        }
    )


def echo_json(document: Any) -> None:
    """Print one JSON document, in UTF-8 whatever the terminal speaks."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))


def at_a_terminal() -> bool:
    """Whether there is one to read keys from and to draw on."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _width() -> int | None:
    """The terminal's width in cells; None where the output goes elsewhere."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def _station() -> str:
    """The terminal that changes are made from, for the trail."""
    terminal = os.environ.get("SSH_TTY") or _own_terminal()
    return f"{socket.gethostname()}:{terminal}" if terminal else socket.gethostname()


def _own_terminal() -> str:
    try:
        return os.ttyname(0)
    except OSError:
        return ""


pass_session = click.make_pass_decorator(Session)
