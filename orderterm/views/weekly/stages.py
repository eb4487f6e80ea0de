"""How long each stage took, how much of it came late and why, and which one holds the rest back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from peewee import SQL, fn

from orderterm.rules.spread import Spread, spread
from orderterm.rules.weeks import Week
from orderterm.rules.working_time import Clock
from orderterm.settings import Limit, Settings
from orderterm.store import queries
from orderterm.store.tables import Task
from orderterm.terms import Stage
from orderterm.views.overdue import late
from orderterm.views.weekly.finished import Finished

_ZERO = timedelta(0)


class Times(Struct, frozen=True):
    """The finished tasks of a stage: how many, how long they took, how many were late."""

    took: Spread
    overdue: int

    @property
    def rate(self) -> float | None:
        """The part that was late, 0 to 1; None where nothing was finished."""
        return self.overdue / self.took.count if self.took.count else None


class StageRow(Struct, frozen=True):
    """A stage in the week and in the one before.

    ``share`` is its part of all the time that the week's finished tasks took, night and day;
    ``clock`` is what its usual limit counts with. ``still_late`` is open and overdue.
    """

    stage: Stage
    clock: Clock
    this: Times
    before: Times
    share: float | None
    still_late: int


class Reason(Struct, frozen=True):
    """How often ``code`` was given for being late; "" is where nothing was given."""

    code: str
    count: int
    before: int


def stage_rows(
    this: Sequence[Finished],
    before: Sequence[Finished],
    open_late: Mapping[Stage, int],
    settings: Settings,
) -> list[StageRow]:
    """The stages at which anything was finished in either week, or is late now, in order."""
    whole = sum((one.elapsed for one in this), _ZERO)
    rows = []
    for stage in Stage:
        own, earlier = _of(stage, this), _of(stage, before)
        if own or earlier or stage in open_late:
            limit: Limit = getattr(settings.limits, stage.value)
            part = sum((one.elapsed for one in own), _ZERO) / whole if whole else None
            still = open_late.get(stage, 0)
            rows.append(StageRow(stage, limit.clock, times(own), times(earlier), part, still))
    return rows


def times(tasks: Sequence[Finished]) -> Times:
    """What some finished tasks took."""
    return Times(spread([one.spent for one in tasks]), sum(one.late for one in tasks))


def reasons(this: Sequence[Finished], before: Sequence[Finished]) -> list[Reason]:
    """Why finished tasks were late, the most frequent first."""
    now, then = (Counter(one.reason for one in tasks if one.late) for tasks in (this, before))
    codes = sorted({*now, *then}, key=lambda code: (-now[code], -then[code], code))
    return [Reason(code, now[code], then[code]) for code in codes]


def open_late(week: Week, now: datetime) -> dict[Stage, int]:
    """How many open tasks of each stage were due in the week or before it, and are late now."""
    query = Task.select(Task.stage, fn.COUNT(SQL("1"))).where(
        Task.done_at.is_null() & late(now) & (Task.due_at < week.end)
    )
    return queries.pairs(query.group_by(Task.stage))


def _of(stage: Stage, tasks: Sequence[Finished]) -> list[Finished]:
    return [one for one in tasks if one.stage is stage]
