"""The audit trail: read it, check it, and take personal data out of it."""

from collections.abc import Sequence

import click

from orderterm.commands.common import Session, echo_json, pass_session, report
from orderterm.commands.helping import Group
from orderterm.commands.options import as_json, badge, number, reason
from orderterm.commands.types import TEXT
from orderterm.sentences import say
from orderterm.store.trail import Flaw
from orderterm.views.trail import EventRow

_READING = "list"


class _Audit(Group):
    """``audit`` alone, or with an order's number, reads the trail."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_READING, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Audit)
def audit_command() -> None:
    """The audit trail. `orderterm audit [NUMBER]` is short for `orderterm audit list [NUMBER]`."""


@audit_command.command(_READING)
@click.argument("number", type=TEXT, required=False)
@click.option(
    "--limit", type=click.IntRange(1), help="The last so many events; else 50, or all of an order."
)
@as_json
@pass_session
def list_events(session: Session, number: str | None, limit: int | None, as_json: bool) -> None:
    """Read the trail, or one order's story."""
    from orderterm.views.trail import events, story

    session.open(readonly=True)
    if number is not None:
        _check_order(session, number)
    found = events(session.settings, number, limit or (None if number else 50))
    if as_json:
        echo_json(found)
        return
    if number is not None:
        session.print([story(number, found, session.language), ""])
    _print_events(session, found)


def _check_order(session: Session, number: str) -> None:
    """Refuse a number that no order has."""
    from orderterm.views.order import order

    order(number, session.settings, session.now())


def _print_events(session: Session, found: Sequence[EventRow]) -> None:
    from orderterm.views.trail import note_text, step_text

    session.table(
        (
            say("event"),
            say("time"),
            say("person"),
            say("station"),
            say("order"),
            say("what"),
            say("note"),
        ),
        [
            (
                str(event.id),
                f"{event.at:%Y-%m-%d %H:%M:%S}",
                f"{event.name} ({event.actor})" if event.name else event.actor,
                event.station,
                event.order or "",
                step_text(event.kind, event.facts, session.language, event.people),
                note_text(event.note, session.settings, session.language),
            )
            for event in found
        ],
        right=(0,),
    )


@audit_command.command("verify")
@as_json
@pass_session
def verify(session: Session, as_json: bool) -> None:
    """Check the whole trail; exits 1 and names every flaw if there is any."""
    from orderterm.store import connection, trail
    from orderterm.store.tables import Event

    session.open(readonly=True)
    with connection.snapshot():
        count = Event.select().count()
        flaws = list(trail.verify())
    if as_json:
        echo_json({"ok": not flaws, "events": count, "flaws": _plain(session, flaws)})
    elif flaws:
        for flaw in flaws:
            session.say(flaw.sentence)
    else:
        session.say(say("the trail is whole: {count} events", count=count))
    if flaws:
        session.say(
            say(
                "the trail does not hold: {count} flaws; compare it with a backup", count=len(flaws)
            ),
            err=True,
        )
        raise click.exceptions.Exit(1)


def _plain(session: Session, flaws: Sequence[Flaw]) -> list[dict[str, object]]:
    return [{"event": flaw.event, "reason": flaw.sentence.text(session.language)} for flaw in flaws]


@audit_command.command("erase")
@number
@badge
@reason(required=True)
@as_json
@pass_session
def erase(session: Session, number: str, badge: str, reason: str, as_json: bool) -> None:
    """Erase the personal data of an ended order; the trail still verifies."""
    from orderterm.workflow import orders

    session.open()
    outcome = orders.erase(session.workplace, badge, number, reason=reason)
    report(session, outcome, as_json=as_json)
