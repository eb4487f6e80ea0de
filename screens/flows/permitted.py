"""Saying at once that something is not for this person, before anything is asked for."""

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.terms import ExceptionKind, Stage
from screens.work_screen import WorkScreen


def demand(
    screen: WorkScreen,
    action: Action,
    *,
    stage: Stage | None = None,
    kind: ExceptionKind | None = None,
) -> None:
    """Refuse what the door would refuse later.

    Raises:
        Refusal: whoever sits here may not do this.
    """
    who = screen.station.person
    if who is None:
        return
    person = Person(who.badge, who.name, who.roles)
    if why := not_permitted(action, person, stage=stage, kind=kind):
        raise Refusal(why)
