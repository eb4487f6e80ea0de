"""Messages to customers: which wait, which were given up; sending them again, withdrawing them."""

from typing import Any

import click

from orderterm.commands.common import Session, echo_json, pass_session
from orderterm.commands.helping import Group
from orderterm.commands.options import as_json, badge, reason
from orderterm.commands.types import TEXT, Value
from orderterm.sentences import Sentence, say

_ALL = "all"
_MOST_DIGITS = 18


class _Message(Value):
    """A message by its id, or ``all`` where ``many`` may be meant."""

    def __init__(self, *, many: bool) -> None:
        self.name = "ID|all" if many else "ID"
        self._many = many

    def get_metavar(self, *_: Any, **__: Any) -> str:
        return self.name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip().lower()
        is_id = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
        if not is_id and not (self._many and text == _ALL):
            self.refuse(self._what_it_must_be(value), param, ctx)
        return text

    def _what_it_must_be(self, value: object) -> Sentence:
        if self._many:
            return say("{value} must be the number of a message, or {all}", value=value, all=_ALL)
        return say("{value} must be the number of a message", value=value)


@click.group(cls=Group)
def messages_command() -> None:
    """What customers are told by message, and what became of it."""


@messages_command.command("list")
@click.argument("number", type=TEXT, required=False)
@click.option("--unsent", is_flag=True, help="Only those that wait for being sent.")
@click.option("--failed", is_flag=True, help="Only those that were given up.")
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many."
)
@as_json
@pass_session
def list_messages(
    session: Session, number: str | None, unsent: bool, failed: bool, limit: int, as_json: bool
) -> None:
    """List messages, the newest first; with NUMBER those about one order."""
    from orderterm.views.messages import Which, messages, state_text

    if unsent and failed:
        raise session.misuse(say("--unsent and --failed exclude each other"))
    session.open(readonly=True)
    which = Which.UNSENT if unsent else Which.FAILED if failed else Which.ALL
    found = messages(session.settings, session.now(), which, number=number, limit=limit)
    if as_json:
        echo_json(found)
        return
    if not found:
        session.say(say("no messages"))
        return
    from orderterm.commands.pages import short

    language = session.language
    session.table(
        (
            say("number"),
            say("queued"),
            say("kind"),
            say("order"),
            say("to"),
            say("state"),
            say("what"),
        ),
        [
            (
                str(row.id),
                short(row.queued_at),
                row.kind.label(language),
                row.number or "",
                row.name,
                row.state.label(language),
                state_text(row).text(language),
            )
            for row in found
        ],
        right=(0,),
    )


@messages_command.command("retry")
@click.argument("message", type=_Message(many=True))
@badge
@pass_session
def retry_message(session: Session, message: str, badge: str) -> None:
    """Send a message once more that was given up, or all of them."""
    from orderterm.workflow import sending

    session.open()
    if message == _ALL:
        count = sending.retry_all(session.workplace, badge)
        session.say(say("messages that are sent again: {count}", count=count))
        return
    session.say(sending.retry(session.workplace, badge, int(message)).sentence)


@messages_command.command("withdraw")
@click.argument("message", type=_Message(many=False))
@badge
@reason(required=True)
@pass_session
def withdraw_message(session: Session, message: str, badge: str, reason: str) -> None:
    """Take a message back that has not been sent."""
    from orderterm.workflow import sending

    session.open()
    outcome = sending.withdraw(session.workplace, badge, int(message), reason=reason)
    session.say(outcome.sentence)
