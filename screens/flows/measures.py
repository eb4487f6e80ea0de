"""The measures of the weekly reviews: agree on one, and say what came of it."""

from orderterm.errors import Refusal
from orderterm.rules.causes import cause_sentence
from orderterm.rules.permissions import Action
from orderterm.rules.weeks import Week, week_of
from orderterm.sentences import Sentence, say
from orderterm.terms import MeasureOutcome
from orderterm.views.measures import MeasureRow
from orderterm.views.staff import staff
from orderterm.views.weekly.troubles import Cause, troubles
from orderterm.workflow import measures
from screens.desk import Desk
from screens.flows.answers import day_at
from screens.flows.permitted import demand

_MOST_CAUSES = 9


async def agree(desk: Desk) -> None:
    """Agree on a measure against a cause of a week."""
    demand(desk, Action.MEASURE)
    station = desk.station
    week = await _week(desk)
    cause = await _cause(desk, week)
    text = await desk.ask(say("what is to be done?"))
    doer = await _doer(desk)
    until = day_at(await desk.ask(say("done in how many days (or 11-25)?"), "7"), station).date()
    outcome = await desk.change(
        lambda: measures.agree(
            station.workplace, station.badge, week.monday, cause, text, doer, until
        )
    )
    desk.answer(outcome.sentence, "done")
    desk.refresh_soon()


async def _week(desk: Desk) -> Week:
    """The week that is reviewed: as a rule the last one."""
    settings, now = desk.station.settings, desk.station.now()
    this = week_of(now.astimezone(settings.site.zone).date(), settings.site.zone)
    entries = [(say("last week"), this.before()), (say("this week"), this)]
    days = [f"{week.monday:%m-%d} – {week.sunday:%m-%d}" for _, week in entries]
    return await desk.choose(say("which week is reviewed?"), entries, about=days)


async def _cause(desk: Desk, week: Week) -> str:
    """One of the week's most frequent causes, or words."""
    found = await desk.read(lambda: troubles(week, desk.station.settings))
    top = [one for one in found.causes if one.count][:_MOST_CAUSES]
    entries: list[tuple[Sentence, str]] = [(cause_sentence(one.code), one.code) for one in top]
    asked = say("against which cause?")
    code = await desk.choose(
        asked, [*entries, (say("other words …"), "")], about=[_times(desk, one) for one in top]
    )
    return code or await desk.ask(asked)


def _times(desk: Desk, cause: Cause) -> str:
    told = say("{count} times, the week before {before}", count=cause.count, before=cause.before)
    return desk.station.text(told)


async def _doer(desk: Desk) -> str:
    """The badge of whoever does it."""
    people = await desk.read(lambda: staff(desk.station.settings))
    here = [one for one in people if one.disabled_at is None]
    return await desk.choose(
        say("who does it?"),
        [(one.name, one.badge) for one in here],
        about=[one.badge for one in here],
        by_name=True,
    )


async def finish(desk: Desk) -> None:
    """Say what came of the measure in hand."""
    demand(desk, Action.MEASURE)
    row, station = desk.one_of(MeasureRow), desk.station
    if row is None:
        raise Refusal("no measure is in hand here: the page of the measures shows them all")
    if row.outcome is not None:
        raise Refusal("measure {id} is finished already: {outcome}", id=row.id, outcome=row.outcome)
    outcome = await desk.choose(
        say("what came of it: {text}", text=row.text), [(one, one) for one in MeasureOutcome]
    )
    worked = outcome is MeasureOutcome.WORKED
    remark = await desk.ask(say("what is there to say of it?"), blank=worked)
    done = await desk.change(
        lambda: measures.finish(station.workplace, station.badge, row.id, outcome, remark)
    )
    desk.answer(done.sentence, "done")
    desk.refresh_soon()
