"""What went wrong in a week: exceptions by kind, how they ended, and the causes that came back."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from orderterm.rules.causes import Raised, counted, counted_as
from orderterm.rules.deadlines import exception_limit
from orderterm.rules.spread import spread
from orderterm.rules.weeks import Week
from orderterm.rules.working_time import Clock
from orderterm.settings import Settings
from orderterm.store import causes
from orderterm.store.connection import snapshot
from orderterm.store.tables import OrderException
from orderterm.terms import ExceptionKind, ExceptionPath
from orderterm.views.times import clocks


class KindRow(Struct, frozen=True):
    """The exceptions of a kind that were opened in the week.

    ``before`` is how many the week before had, ``open`` how many are open still; ``median`` is
    what those that are resolved took, on the limit's ``clock``.
    """

    kind: ExceptionKind
    opened: int
    before: int
    open: int
    clock: Clock
    median: timedelta | None
    paths: dict[ExceptionPath, int]


class Cause(Struct, frozen=True):
    """How often a cause was met in the week and in the one before; ``code`` as in
    ``rules.causes``."""

    code: str
    count: int
    before: int

    @property
    def repeated(self) -> bool:
        """Whether it came back: twice in the week, or in both weeks."""
        return self.count >= 2 or bool(self.count and self.before)


class Troubles(Struct, frozen=True):
    """Exceptions by kind, and all causes, the most frequent first."""

    kinds: list[KindRow]
    causes: list[Cause]

    @property
    def opened(self) -> int:
        """The exceptions of the week."""
        return sum(row.opened for row in self.kinds)

    @property
    def before(self) -> int:
        """The exceptions of the week before."""
        return sum(row.before for row in self.kinds)

    def count(self, code: str) -> int:
        """How often a cause was met in the week."""
        wanted = counted_as(code)
        return next((one.count for one in self.causes if one.code == wanted), 0)

    def counts(self, kind: str) -> dict[str, int]:
        """How often each cause of a kind, such as ``carrier``, was met in the week, by what stands
        behind the kind in its code."""
        begin = f"{kind}:"
        found = [one for one in self.causes if one.count and one.code.startswith(begin)]
        return {one.code.removeprefix(begin): one.count for one in found}


class _Opened(Struct, frozen=True):
    kind: ExceptionKind
    opened_at: datetime
    resolved_at: datetime | None
    path: ExceptionPath | None


def troubles(week: Week, settings: Settings) -> Troubles:
    """What went wrong in a week, beside the week before."""
    with snapshot():
        this, earlier = _raised(week), _raised(week.before())
        counts = _counted(week, this), _counted(week.before(), earlier)
    kinds = _kinds([_Opened(row[0], *row[4:]) for row in this], _tally(earlier), settings)
    return Troubles(kinds, _causes(*counts))


def _raised(week: Week) -> list[tuple[Any, ...]]:
    found = OrderException
    return causes.raised(week.start, week.end, found.opened_at, found.resolved_at, found.path)


def _tally(rows: list[tuple[Any, ...]]) -> Counter[ExceptionKind]:
    return Counter(row[0] for row in rows)


def _counted(week: Week, rows: list[tuple[Any, ...]]) -> Counter[str]:
    return counted([Raised(*row[:4]) for row in rows], causes.late(week.start, week.end))


def _causes(now: Counter[str], then: Counter[str]) -> list[Cause]:
    codes = sorted({*now, *then}, key=lambda code: (-now[code], -then[code], code))
    return [Cause(code, now[code], then[code]) for code in codes]


def _kinds(
    opened: Sequence[_Opened], before: Counter[ExceptionKind], settings: Settings
) -> list[KindRow]:
    rows = []
    for kind in ExceptionKind:
        own = [one for one in opened if one.kind is kind]
        if own or before[kind]:
            rows.append(_kind(kind, own, before[kind], settings))
    return rows


def _kind(kind: ExceptionKind, own: list[_Opened], before: int, settings: Settings) -> KindRow:
    clock, time = exception_limit(kind, settings.limits).clock, clocks(settings)
    took = [
        time.between(one.opened_at, one.resolved_at, clock)
        for one in own
        if one.resolved_at is not None
    ]
    return KindRow(
        kind=kind,
        opened=len(own),
        before=before,
        open=len(own) - len(took),
        clock=clock,
        median=spread(took).median,
        paths=dict(Counter(one.path for one in own if one.path is not None).most_common()),
    )
