"""The filters a person named, to come back to: theirs alone, for each of their roles."""

from typing import Any

from orderterm.errors import Refusal
from orderterm.sentences import say
from orderterm.store.connection import transaction
from orderterm.store.people import employed
from orderterm.store.tables import SavedView
from orderterm.store.trail import plain_json
from orderterm.terms import Role
from orderterm.workflow.workplace import Outcome, Workplace

LONGEST_NAME = 40
"""In characters: the name has to fit where views are chosen."""


def save(_: Workplace, badge: str, role: Role, name: str, wanted: dict[str, Any]) -> Outcome:
    """Keep a filter under a name; one of that name gives way.

    Args:
        _: the home at work.
        badge: whose view it is.
        role: in which of their roles.
        name: what they call it.
        wanted: the filter, as plain values.

    Raises:
        Refusal: the name is blank or too long, or nobody has the badge.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refusal(
            "a view needs a name of 1 to {longest} characters, and this one has {length}",
            longest=LONGEST_NAME,
            length=len(name),
        )
    with transaction():
        employed(badge)
        kept = plain_json(wanted)
        SavedView.insert(staff=badge, role=role, name=name, filter=kept).on_conflict(
            conflict_target=[SavedView.staff, SavedView.role, SavedView.name],
            update={SavedView.filter: kept},
        ).execute()
    return Outcome(name, True, say("the view {name} is saved", name=name))


def forget(_: Workplace, badge: str, role: Role, name: str) -> Outcome:
    """Forget a saved view.

    Raises:
        Refusal: nobody has the badge.
    """
    with transaction():
        employed(badge)
        own = (SavedView.staff == badge) & (SavedView.role == role)
        changed = SavedView.delete().where(own & (SavedView.name == name)).execute()
    if not changed:
        return Outcome(name, False, say("there is no saved view {name}", name=name))
    return Outcome(name, True, say("the view {name} is forgotten", name=name))
