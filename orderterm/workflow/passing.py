"""Tasks that pass from one person's hands into another's when a shift is taken over.

There may be very many. They pass in parts, each in a short transaction of its own, so that others
can work meanwhile; what was not passed when the program was killed is still in the giver's hands,
and is found there again.
"""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.store import trail
from orderterm.store.connection import reading, transaction
from orderterm.store.queries import rows
from orderterm.store.tables import Order, Task
from orderterm.terms import EventKind, Stage
from orderterm.workflow.alerts import renew_tasks
from orderterm.workflow.notifications import pass_on
from orderterm.workflow.subjects import TASK, subject
from orderterm.workflow.workplace import Workplace

BATCH = 200
"""How many tasks pass in one transaction."""


def in_hands(giver: str, taker: Person, stages: Iterable[Stage], until: datetime) -> list[int]:
    """The open tasks that ``giver`` had in hand at a moment and still has, and ``taker`` may do.

    Args:
        giver: whose they are.
        taker: to whom they would pass.
        stages: those that are handed over.
        until: the moment; what the giver has taken in hand since then stays with them.

    Returns:
        Their ids.
    """
    allowed = [one for one in stages if not_permitted(Action.CONFIRM, taker, one) is None]
    query = Task.select(Task.id).where(
        _held_by(giver) & Task.stage.in_(allowed) & (Task.claimed_at <= until)
    )
    return [key for (key,) in rows(query.order_by(Task.id))]


def pass_tasks(
    workplace: Workplace, giver: str, taker: Person, keys: list[int], handover: int
) -> int:
    """Put those of the giver's tasks that are still open into the taker's hands.

    Args:
        workplace: the home at work.
        giver: who has them.
        taker: who gets them.
        keys: the tasks' ids.
        handover: the handover that they pass with, for the trail.

    Returns:
        How many passed.
    """
    passed, took = 0, 0.0
    with reading():
        for start in range(0, len(keys), BATCH):
            # SQLite keeps no queue: who waits looks in now and then, and must find a gap.
            time.sleep(took)
            began = time.monotonic()
            passed += _pass_part(workplace, giver, taker, keys[start : start + BATCH], handover)
            took = time.monotonic() - began
    return passed


def _pass_part(
    workplace: Workplace, giver: str, taker: Person, keys: list[int], handover: int
) -> int:
    with transaction():
        at = workplace.now()
        theirs = Task.id.in_(keys) & _held_by(giver)
        columns = (Task.id, Task.stage, Task.alert_level, Order.number)
        found = rows(Task.select(*columns).join(Order).where(theirs).order_by(Task.id))
        Task.update(assignee=taker.badge, claimed_at=at).where(theirs).execute()
        for key, _, level, _ in found:
            if level is not None:
                pass_on(subject(TASK, key), taker.badge, at)
        # Where the ladder ends depends on who has it: what was silent may have more to say.
        renew_tasks(workplace, [key for key, _, level, _ in found if level])
        kind, station = EventKind.CLAIMED.value, workplace.station
        told = {"taken_from": giver, "handover": handover}
        trail.append(
            trail.Entry(at, taker.badge, station, number, kind, {"stage": stage.value, **told})
            for _, stage, _, number in found
        )
    return len(found)


def _held_by(badge: str) -> Any:
    return (Task.assignee == badge) & Task.done_at.is_null()
