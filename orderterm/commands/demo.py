"""A sample company's day."""

from pathlib import Path

import click

from orderterm.commands.common import Session, pass_session
from orderterm.sentences import Sentence, say


@click.command()
@click.option("--headless", is_flag=True, help="Run the day to its end and print the board.")
@click.option(
    "--orders", type=click.IntRange(1), default=200, show_default=True, help="How many orders."
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
    session: Session,
    headless: bool,  # noqa: ARG001 - there is no screen yet to go without
    orders: int,
    seed: int,
    home: Path | None,
) -> None:
    """Make a sample company and run its day: real files come in and are worked to the end."""
    from orderterm.demo import day
    from orderterm.reports import board as text
    from orderterm.settings import terminal_language
    from orderterm.views.board import board

    def tell(sentence: Sentence) -> None:
        click.echo(sentence.text(terminal_language()), err=True)

    place, end = day.run(home or session.explicit, orders=orders, seed=seed, tell=tell)
    made = Session(place)
    made.open(readonly=True)
    made.print(text.lines(board(made.settings, end), made.language))
    made.say(say("the home of the sample company is {home}", home=place))
