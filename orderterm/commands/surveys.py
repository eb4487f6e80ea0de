"""Customers' answers: note one that came by phone, and show what they come to."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from orderterm.commands.common import Session, echo_json, pass_session, report
from orderterm.commands.helping import Group
from orderterm.commands.options import as_json, badge, number
from orderterm.commands.types import TEXT, Moment
from orderterm.sentences import Sentence, say

if TYPE_CHECKING:
    from orderterm.views.surveys import Scores, SurveySummary

_SCORE = click.IntRange(1, 5)
_DAY = Moment()
_DAYS = 28
"""Without --from the last four weeks are told of."""


class _Surveys(Group):
    """What is no command of its own is an order's number: its answer is noted."""

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if arguments[0] in self.commands or arguments[0].startswith("-"):
            return super().resolve_command(context, arguments)
        return "note", self.commands["note"], arguments


@click.group(cls=_Surveys)
def survey_command() -> None:
    """Customers' answers: `survey NUMBER` notes one, `survey list` shows what they come to."""


@survey_command.command("note")
@number
@click.option("--speed", type=_SCORE, required=True, help="How fast it came.")
@click.option("--accuracy", type=_SCORE, required=True, help="Whether it was what was ordered.")
@click.option("--service", type=_SCORE, required=True, help="How the service was.")
@click.option("--comment", type=TEXT, default="", help="What the customer said.")
@badge
@as_json
@pass_session
def note(
    session: Session,
    number: str,
    speed: int,
    accuracy: int,
    service: int,
    comment: str,
    badge: str,
    as_json: bool,
) -> None:
    """Note a customer's three scores, 1 to 5; a second answer takes the first one's place."""
    from orderterm.rules.drafts import SurveyDraft
    from orderterm.workflow.hearing import note_answer
    from orderterm.workflow.workplace import Outcome

    session.open()
    draft = SurveyDraft(number, speed, accuracy, service, comment)
    note_answer(session.workplace, badge, draft)
    sentence = say(
        "{number}: the answer is noted ({scores})",
        number=number,
        scores=f"{speed} {accuracy} {service}",
    )
    report(session, Outcome(number, True, sentence), as_json=as_json)


@survey_command.command("list")
@click.option("--from", "first", type=_DAY, help="The first day; four weeks ago without it.")
@click.option("--to", "last", type=_DAY, help="The last day; today without it.")
@as_json
@pass_session
def list_answers(
    session: Session, first: datetime | None, last: datetime | None, as_json: bool
) -> None:
    """Show the scores by carrier, channel, product and week, and the comments."""
    from orderterm.views.surveys import survey_summary

    session.open(readonly=True)
    zone = session.settings.site.zone
    until = (last or session.now()).astimezone(zone).date()
    since = first.astimezone(zone).date() if first else until - timedelta(days=_DAYS - 1)
    found = survey_summary(session.settings, since, until)
    if as_json:
        echo_json(found)
    elif found.total is None:
        session.say(say("no customer answered from {first} to {last}", **_span(since, until)))
    else:
        _print(session, found)


def _span(first: date, last: date) -> dict[str, Any]:
    return {"first": first.isoformat(), "last": last.isoformat()}


def _print(session: Session, found: "SurveySummary") -> None:
    every = say("all").text(session.language)
    sides: list[tuple[Sentence, list[Scores]]] = [
        (say("carrier"), found.by_carrier),
        (say("channel"), found.by_channel),
        (say("product"), found.by_product),
        (say("week"), found.by_week),
    ]
    for heading, scores in sides:
        total = [_row(every, found.total)] if found.total else []
        headings = (heading, say("answers"), say("speed"), say("accuracy"), say("service"))
        rows = [_row(one.key, one) for one in scores]
        session.table((*headings, say("bad")), [*rows, *total], right=(1, 2, 3, 4, 5))
        session.print([""])
    session.print(
        [
            f"{one.number}  {one.speed} {one.accuracy} {one.service}  {one.comment}"
            for one in found.comments
        ]
    )


def _row(key: str, scores: "Scores") -> tuple[str, ...]:
    means = (scores.speed, scores.accuracy, scores.service)
    return (key, str(scores.count), *(f"{mean:.2f}" for mean in means), f"{scores.bad:.0%}")
