"""The forecast: when each queue will be done, and what will be late if nothing changes."""

import click

from orderterm.commands.common import Session, echo_json, pass_session
from orderterm.commands.helping import Command
from orderterm.commands.options import as_json
from orderterm.sentences import say


@click.command(cls=Command)
@as_json
@pass_session
def forecast_command(session: Session, as_json: bool) -> None:
    """Tell when each stage's queue will be done, and which orders will be late."""
    from orderterm.commands.pages import short
    from orderterm.views.forecast import QueueForecast, foreseen

    session.open()
    found = foreseen(session.settings, session.now())
    if as_json:
        echo_json(found)
        return
    language = session.language

    def end(queue: QueueForecast) -> str:
        if not queue.open:
            return ""
        return short(queue.done_at) if queue.done_at else "?"

    session.table(
        (
            say("stage"),
            say("to do"),
            say("overdue"),
            say("waiting"),
            say("an hour"),
            say("done by"),
            say("will be late"),
        ),
        [
            (
                queue.stage.label(language),
                str(queue.open),
                str(queue.overdue),
                str(queue.waiting),
                f"{queue.per_hour:g}",
                end(queue),
                str(queue.late),
            )
            for queue in found.queues
        ],
        right=(1, 2, 3, 4, 5, 6),
    )
    late = [order for queue in found.queues for order in queue.orders]
    if not late:
        session.say(say("nothing more will be late"))
        return
    session.say(say("will be late if nothing changes:"))
    session.table(
        (say("order"), say("stage"), say("with"), say("due"), say("expected by")),
        [
            (
                order.number,
                order.stage.label(language),
                order.assignee_name,
                short(order.due_at),
                short(order.expected_at),
            )
            for order in late
        ],
    )
