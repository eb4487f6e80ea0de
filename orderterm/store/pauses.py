"""Which tasks stand still: their clocks wait for the customer or for stock."""

from typing import Any

from peewee import SQL, fn

from orderterm.store.tables import Pause, Task


def stands_still() -> Any:
    """The condition of a task whose clock stands still: a pause of it has not ended."""
    lasts = (Pause.task == Task.id) & Pause.ended_at.is_null()
    return fn.EXISTS(Pause.select(SQL("1")).where(lasts))
