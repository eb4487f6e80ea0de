"""The forecast: when each queue will be done, and what will be late if nothing changes."""

from typing import TYPE_CHECKING

import click

from orderterm.commands.common import Session, echo_json, pass_session
from orderterm.commands.helping import Command
from orderterm.commands.options import as_json
from orderterm.sentences import say

if TYPE_CHECKING:
    from orderterm.views.forecast import ForecastView, QueueForecast


@click.command(cls=Command)
@as_json
@pass_session
def forecast_command(session: Session, as_json: bool) -> None:
    """Tell when each stage's queue will be done, and which orders will be late."""
    from orderterm.views.forecast import foreseen

    session.open()
    found = foreseen(session.settings, session.now())
    if as_json:
        echo_json(found)
        return
    _print_queues(session, found)
    _print_late(session, found)


def _print_queues(session: Session, found: "ForecastView") -> None:
    headings = (
        say("stage"),
        say("to do"),
        say("overdue"),
        say("waiting"),
        say("an hour"),
        say("done by"),
        say("will be late"),
    )
    rows = [
        (
            queue.stage.label(session.language),
            str(queue.open),
            str(queue.overdue),
            str(queue.waiting),
            f"{queue.per_hour:g}",
            _end(queue),
            str(queue.late),
        )
        for queue in found.queues
    ]
    session.table(headings, rows, right=range(1, len(headings)))


def _end(queue: "QueueForecast") -> str:
    from orderterm.commands.pages import short

    if not queue.open:
        return ""
    return short(queue.done_at) if queue.done_at else "?"


def _print_late(session: Session, found: "ForecastView") -> None:
    from orderterm.commands.pages import short

    late = [order for queue in found.queues for order in queue.orders]
    if not late:
        session.say(say("nothing more will be late"))
        return
    session.say(say("will be late if nothing changes:"))
    headings = (say("order"), say("stage"), say("with"), say("due"), say("expected by"))
    rows = [
        (
            order.number,
            order.stage.label(session.language),
            order.assignee_name,
            short(order.due_at),
            short(order.expected_at),
        )
        for order in late
    ]
    session.table(headings, rows)
