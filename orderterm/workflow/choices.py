"""What is open to a person for an order now, and why the rest is not."""

from orderterm.rules.permissions import Action, open_actions
from orderterm.sentences import Sentence
from orderterm.store.connection import snapshot
from orderterm.workflow import undo
from orderterm.workflow.case import Case
from orderterm.workflow.door import find_order
from orderterm.workflow.workplace import Workplace, person


def choices(workplace: Workplace, badge: str, number: str) -> dict[Action, Sentence | None]:
    """Every action on the order: None where it is open to the person, else why it is not.

    Raises:
        Refusal: there is no such order or person.
    """
    with snapshot():
        case = Case(workplace, person(badge), find_order(number))
        found = open_actions(case.standing(), case.actor)
        found[Action.UNDO] = found[Action.UNDO] or undo.why_not(case)
        return found
