"""A sample company: its whole day at once, or live in the terminal."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import click

from orderterm.commands.common import Session, at_a_terminal, pass_session
from orderterm.commands.helping import Command
from orderterm.sentences import Sentence, say
from orderterm.settings import terminal_language
from orderterm.terms import Role

OPENER = "orderterm.open_terminal"
"""Where the context keeps what opens the screens: the commands themselves know none."""

_HINT = say("c finishes a step, J takes the last shift over, g changes your role, ? tells all keys")
LIVE_ORDERS, DAY_ORDERS = 120, 200
NICENESS = 10


class Opener(Protocol):
    """Opens the screens in the home of a session; returns the exit code."""

    def __call__(
        self, session: Session, *, badge: str | None, role: Role | None, hint: Sentence | None
    ) -> int: ...


@click.command(cls=Command)
@click.option("--headless", is_flag=True, help="Run the day to its end and print the board.")
@click.option(
    "--orders",
    type=click.IntRange(1),
    help=f"How many orders its day brings; {LIVE_ORDERS} in the terminal, else {DAY_ORDERS}.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed gives the same day."
)
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to make the company; else in a throw-away folder.",
)
@pass_session
def demo_command(
    session: Session, headless: bool, orders: int | None, seed: int, home: Path | None
) -> None:
    """Open a sample company, live, in the terminal.

    Orders come in every few seconds, simulated colleagues work them, and you may do all there is
    to do. Without a terminal, or with --headless, its day is run to its end and the board printed:
    real files come in and are worked to the end.
    """
    place = home or session.explicit
    if headless or not at_a_terminal():
        _whole_day(place, orders or DAY_ORDERS, seed)
        return
    context = click.get_current_context()
    context.exit(live(session, context.meta[OPENER], place, orders or LIVE_ORDERS, seed))


def live(session: Session, opener: Opener, home: Path | None, orders: int, seed: int) -> int:
    """Make the company, let its staff work, and open the screens for the visitor.

    Args:
        session: this call of the program.
        opener: opens the screens.
        home: where the company is made, and stays; None for a folder that goes with the demo.
        orders: how many orders its day brings.
        seed: decides everything that is left to chance.

    Returns:
        The exit code of the screens.

    Raises:
        OrdertermError: the home can't be made, or holds something that is no demo.
    """
    from orderterm.demo.company import VISITOR
    from orderterm.demo.live import open_live, prepare

    _tell(say("making a sample company in the middle of its day; this takes a few seconds ..."))
    with _place(home) as place:
        prepare(place, orders=orders, seed=seed, now=session.now(), tell=_unheard)
        with open_live(place, seed):
            return opener(Session(place), badge=VISITOR.badge, role=Role.REVIEWER, hint=_HINT)


@click.command(cls=Command, hidden=True)
@click.option("--seed", type=int, default=1, help="Decides everything that is left to chance.")
@pass_session
def colleagues_command(session: Session, seed: int) -> None:
    """Be the staff of a live demo, for as long as standard input is held open."""
    from orderterm.demo import live
    from orderterm.demo.desk import STATION
    from orderterm.workflow.workplace import Workplace

    os.nice(NICENESS)
    session.open()
    workplace = Workplace(session.settings, session.now, STATION)
    live.live_on(workplace, session.home, seed, sys.stdin.fileno())


@contextmanager
def _place(home: Path | None) -> Iterator[Path]:
    if home is not None:
        yield home
        return
    with tempfile.TemporaryDirectory(prefix="orderterm-demo-", ignore_cleanup_errors=True) as place:
        yield Path(place)


def _whole_day(home: Path | None, orders: int, seed: int) -> None:
    from orderterm.demo import day
    from orderterm.reports import board as text
    from orderterm.views.board import board

    place, end = day.run(home, orders=orders, seed=seed, tell=_tell)
    made = Session(place)
    made.open(readonly=True)
    made.print(text.lines(board(made.settings, end), made.language))
    made.say(say("the home of the sample company is {home}", home=place))


def _tell(sentence: Sentence) -> None:
    click.echo(sentence.text(terminal_language()), err=True)


def _unheard(_: Sentence) -> None:
    """The day before the visitor came is told by the screens."""
