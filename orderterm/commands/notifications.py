"""What a person is told of: listed, marked as read."""

from typing import Any

import click
import msgspec

from orderterm.commands.common import Session, echo_json, pass_session
from orderterm.commands.helping import Command
from orderterm.commands.options import as_json, badge
from orderterm.commands.types import Value
from orderterm.sentences import Sentence, say

_ALL = "all"
_MOST_DIGITS = 18


class _Which(Value):
    """A notification by its id, or ``all``."""

    name = "ID|all"

    def get_metavar(self, *_: Any, **__: Any) -> str:
        return self.name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip().lower()
        is_id = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
        if not is_id and text != _ALL:
            why = say(
                "{value} must be the number of a notification, or {all}", value=value, all=_ALL
            )
            self.refuse(why, param, ctx)
        return text


@click.command(cls=Command)
@click.option(
    "--acknowledge", "which", type=_Which(), help="Mark one as read, or all, and list the rest."
)
@badge
@as_json
@pass_session
def notifications_command(session: Session, which: str | None, badge: str, as_json: bool) -> None:
    """List what somebody should know and has not read, the newest first."""
    from orderterm.store.connection import reading
    from orderterm.store.people import employed
    from orderterm.views.notifications import left_text, notice_text, unread, unread_count
    from orderterm.workflow.escalations import stand_in

    session.open()
    with reading():
        employed(badge)
    # First, so that nothing is marked as read that comes up only now.
    done = _acknowledge(session, badge, which) if which else None
    stand_in(session.workplace, first=True)
    found = unread(badge, session.settings)
    left = left_text(len(found), unread_count(badge))
    texts = [notice_text(notice).text(session.language) for notice in found]
    if as_json:
        told = zip(found, texts, strict=True)
        echo_json([{**msgspec.to_builtins(notice), "text": text} for notice, text in told])
        if left:
            session.say(left, err=True)
        return
    if done:
        session.say(done)
    if not found:
        session.say(say("no unread notifications"))
        return
    from orderterm.commands.pages import short

    language = session.language
    session.table(
        (say("number"), say("raised"), say("kind"), say("what")),
        [
            (str(notice.id), short(notice.raised_at), notice.kind.label(language), text)
            for notice, text in zip(found, texts, strict=True)
        ],
        right=(0,),
    )
    if left:
        session.say(left)


def _acknowledge(session: Session, badge: str, which: str) -> Sentence:
    from orderterm.workflow.notifications import acknowledge, acknowledge_all

    if which == _ALL:
        count = acknowledge_all(session.workplace, badge)
        return say("marked as read: {count}", count=count)
    return acknowledge(session.workplace, badge, int(which)).sentence
