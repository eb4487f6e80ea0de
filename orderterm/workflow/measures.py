"""What a weekly review agrees to do, and what came of it."""

from datetime import date
from typing import Any

from orderterm.errors import Refusal
from orderterm.rules.causes import Raised, counted, counted_as
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.rules.weeks import Week, week_of
from orderterm.sentences import say
from orderterm.store import causes, trail
from orderterm.store.connection import transaction
from orderterm.store.tables import Measure
from orderterm.terms import EventKind, MeasureOutcome
from orderterm.workflow.workplace import Outcome, Workplace, person


def agree(
    workplace: Workplace,
    badge: str,
    week: date,
    cause: str,
    text: str,
    responsible: str,
    due_on: date,
) -> Outcome:
    """Agree on a measure against a cause; how often the week met that cause is kept with it.

    Of a week that is still running that is not all: its review counts the whole of it.

    Args:
        workplace: the home at work.
        badge: who decides; a manager.
        week: any day of the week that is reviewed.
        cause: a code of the review, such as ``shortage:BW-500``, or words.
        text: what is to be done.
        responsible: the badge of whoever does it.
        due_on: the last day for it.

    Raises:
        Refusal: it is not for this person to do, something is missing, the week has not begun, or
            the last day is over.
    """
    with transaction():
        actor = _permitted(badge)
        reviewed = week_of(week, workplace.settings.site.zone)
        cause, text = _said(cause, text)
        doer = person(responsible)
        _check_days(workplace, reviewed, due_on)
        facts: dict[str, Any] = {
            "week": reviewed.monday.isoformat(),
            "cause": cause,
            "text": text,
            "responsible": doer.badge,
            "due_on": due_on.isoformat(),
            "baseline": _met(cause, reviewed),
        }
        at = workplace.now()
        measure = Measure.create(**facts, agreed_at=at, agreed_by=actor.badge)
        _record(workplace, actor, EventKind.MEASURE_AGREED, measure=measure.id, **facts)
        return Outcome(
            str(measure.id),
            True,
            say(
                "measure {id}: {name} until {day}: {text}",
                id=measure.id,
                name=doer.name,
                day=facts["due_on"],
                text=text,
            ),
        )


def finish(
    workplace: Workplace, badge: str, measure: int, outcome: MeasureOutcome, remark: str = ""
) -> Outcome:
    """End a measure, with what people say became of it.

    Args:
        workplace: the home at work.
        badge: who decides; a manager.
        measure: its number.
        outcome: whether it worked, did not, or was dropped.
        remark: what there is to say of it; needed where it did not work.

    Raises:
        Refusal: it is not for this person to do, there is no such measure, it is finished, or
            nothing is said of why it did not work.
    """
    with transaction():
        actor = _permitted(badge)
        found = Measure.get_or_none(Measure.id == measure)
        if found is None:
            raise Refusal(
                "there is no measure {id}: `orderterm measure list` shows those there are",
                id=measure,
            )
        if found.outcome is not None:
            raise Refusal(
                "measure {id} is finished already: {outcome}", id=measure, outcome=found.outcome
            )
        if outcome is not MeasureOutcome.WORKED and not remark.strip():
            raise Refusal(
                "say with --remark why measure {id} ends as: {outcome}",
                id=measure,
                outcome=outcome,
            )
        ended = {"outcome": outcome.value, "remark": remark.strip()}
        Measure.update(**ended, finished_at=workplace.now(), finished_by=actor.badge).where(
            Measure.id == measure
        ).execute()
        facts = {"measure": measure, "cause": found.cause, **ended}
        _record(workplace, actor, EventKind.MEASURE_FINISHED, **facts)
        return Outcome(
            str(measure),
            True,
            say("measure {id} is finished: {outcome}", id=measure, outcome=outcome),
        )


def _said(cause: str, text: str) -> tuple[str, str]:
    """Both on one line: they become cells of a table."""
    cause, text = " ".join(cause.split()), " ".join(text.split())
    if not cause or not text:
        raise Refusal("a measure needs a cause and what is to be done against it: give both")
    return cause, text


def _check_days(workplace: Workplace, week: Week, due_on: date) -> None:
    today = workplace.now().astimezone(week.zone).date()
    if week.monday > today:
        raise Refusal("the week of {day} has not begun", day=week.monday.isoformat())
    if due_on < today:
        raise Refusal("{day} is over: give a day from today on", day=due_on.isoformat())


def _met(cause: str, week: Week) -> int:
    """How often the week met a cause; 0 for words of somebody's own."""
    raised = [Raised(*row) for row in causes.raised(week.start, week.end)]
    return counted(raised, causes.late(week.start, week.end))[counted_as(cause)]


def _permitted(badge: str) -> Person:
    actor = person(badge)
    if why := not_permitted(Action.MEASURE, actor):
        raise Refusal(why)
    return actor


def _record(workplace: Workplace, actor: Person, kind: EventKind, **payload: Any) -> None:
    entry = trail.Entry(workplace.now(), actor.badge, workplace.station, None, kind.value, payload)
    trail.append([entry])
