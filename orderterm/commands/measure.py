"""The measures of the weekly reviews: agree on one, finish one, list them."""

from datetime import date

import click

from orderterm.commands.common import Session, echo_json, pass_session
from orderterm.commands.helping import Group
from orderterm.commands.options import as_json, badge
from orderterm.commands.types import DAY, TEXT, Badge, TermChoice
from orderterm.sentences import say
from orderterm.terms import MeasureOutcome
from orderterm.views.measures import MeasureRow


@click.group(cls=Group)
def measure_command() -> None:
    """What the weekly reviews agree to do, and what came of it."""


@measure_command.command("agree")
@click.argument("cause", type=TEXT)
@click.argument("text", type=TEXT, metavar="WHAT")
@click.option("--responsible", type=Badge(), required=True, metavar="BADGE", help="Who does it.")
@click.option("--until", type=DAY, required=True, help="The last day for it.")
@click.option("--week", type=DAY, help="A day of the week that is reviewed; else last week.")
@badge
@pass_session
def agree(
    session: Session,
    cause: str,
    text: str,
    responsible: str,
    until: date,
    week: date | None,
    badge: str,
) -> None:
    """Agree on a measure against a cause: a code of the review, as shortage:BW-500, or words."""
    from orderterm.rules.weeks import week_of
    from orderterm.workflow import measures

    session.open()
    zone = session.settings.site.zone
    reviewed = week or week_of(session.now().astimezone(zone).date(), zone).before().monday
    outcome = measures.agree(session.workplace, badge, reviewed, cause, text, responsible, until)
    session.say(outcome.sentence)


@measure_command.command("finish")
@click.argument("number", type=click.IntRange(1, 2**62), metavar="NUMBER")
@click.option(
    "--outcome", type=TermChoice(MeasureOutcome), required=True, help="What became of it."
)
@click.option(
    "--remark", type=TEXT, default="", metavar="WORDS", help="What there is to say of it."
)
@badge
@pass_session
def finish(session: Session, number: int, outcome: MeasureOutcome, remark: str, badge: str) -> None:
    """End a measure; what did not work, or was dropped, needs a remark."""
    from orderterm.workflow import measures

    session.open()
    session.say(measures.finish(session.workplace, badge, number, outcome, remark).sentence)


@measure_command.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are finished as well.")
@as_json
@pass_session
def list_measures(session: Session, everything: bool, as_json: bool) -> None:
    """List the measures, unfinished ones first, by the day until which they are to be done."""
    from orderterm.views.measures import measures

    session.open(readonly=True)
    found = measures(session.settings, session.now(), since=date.min if everything else None)
    if as_json:
        echo_json(found)
    elif not found:
        session.say(say("no measures"))
    else:
        _print(session, found)


def _print(session: Session, rows: list[MeasureRow]) -> None:
    from orderterm.rules.causes import cause_sentence

    language = session.language
    session.table(
        (
            say("number"),
            say("review of the week of"),
            say("cause"),
            say("measure"),
            say("responsible"),
            say("to be done until"),
            say("times in that week"),
            say("result"),
        ),
        [
            (
                str(row.id),
                row.week.isoformat(),
                cause_sentence(row.cause).text(language),
                row.text,
                row.responsible_name,
                row.due_on.isoformat(),
                str(row.baseline),
                _result(row, session),
            )
            for row in rows
        ],
        right=(0, 6),
    )


def _result(row: MeasureRow, session: Session) -> str:
    if row.outcome is not None:
        return row.outcome.label(session.language)
    return say("overdue").text(session.language) if row.overdue else ""
