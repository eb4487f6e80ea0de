"""Who holds what: the work that is in each person's hands."""

from datetime import datetime

from orderterm.settings import Settings
from orderterm.store.connection import snapshot
from orderterm.store.tables import Task
from orderterm.views.openwork import found_tasks, task_columns
from orderterm.views.work import Work, works

MOST = 2_000
"""How many tasks are looked at; more than a house of people has in hand."""


def in_hands(settings: Settings, now: datetime, each: int = 50) -> dict[str, list[Work]]:
    """The first tasks that each person has in hand, by badge, as queues sort.

    Args:
        settings: the home's settings.
        now: the time.
        each: how many tasks of one person at most.
    """
    query = (
        Task.select(*task_columns())
        .where(Task.done_at.is_null() & (Task.assignee > ""))
        .order_by(Task.priority, Task.due_at, Task.order)
        .limit(MOST)
    )
    with snapshot():
        rows = works(found_tasks(query), settings, now)
    found: dict[str, list[Work]] = {}
    for work in rows:
        found.setdefault(work.assignee or "", []).append(work)
    return {badge: own[:each] for badge, own in found.items()}
