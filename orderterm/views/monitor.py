"""What the wall monitor shows: open work and the day so far, never what has ended before."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from peewee import SQL, Case, fn

from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Order, OrderException, Staff, Task
from orderterm.terms import EXCEPTION_ROLES, STAGE_ROLES, ExceptionKind, Stage, Term
from orderterm.views.board import troubled_without_stage
from orderterm.views.counts import counts
from orderterm.views.forecast import ForecastView
from orderterm.views.openwork import Wanted, held
from orderterm.views.orders import excepted
from orderterm.views.overdue import OverdueRow, late, overdue
from orderterm.views.staff import names
from orderterm.views.times import local
from orderterm.views.today import Hours, Today, today


class Light(Term):
    """How a stage stands: nothing to do, in progress, or with something overdue or an exception."""

    GREEN = "green", "绿"
    YELLOW = "yellow", "黄"
    RED = "red", "红"


class Oldest(Struct, frozen=True):
    """The work that is open longest; ``who`` has it in hand, "" where nobody has."""

    number: str
    since: datetime
    who: str


class StageLoad(Struct, frozen=True):
    """Open tasks of a stage. ``exceptions`` are its orders with an open exception; one without an
    open stage counts at review, where it goes next. ``due_soon`` is counted up to a limit."""

    stage: Stage
    open: int
    due_soon: int
    overdue: int
    exceptions: int
    done_today: int
    oldest: Oldest | None

    @property
    def light(self) -> Light:
        """The colour of the stage."""
        if self.overdue or self.exceptions:
            return Light.RED
        return Light.YELLOW if self.open else Light.GREEN


class PersonLoad(Struct, frozen=True):
    """The open tasks that a person has in hand, and what they finished today."""

    badge: str
    name: str
    open: int
    overdue: int
    done_today: int


class ChannelLoad(Struct, frozen=True):
    """A channel's orders on which something is open, and those it brought today."""

    channel: str
    name: str
    open: int
    received_today: int
    surge: bool


class ExceptionLoad(Struct, frozen=True):
    """Open exceptions of a kind; ``oldest`` says who raised it."""

    kind: ExceptionKind
    open: int
    overdue: int
    oldest: Oldest | None


class Totals(Struct, frozen=True):
    """Orders on which something is open, pressing work of all kinds, and the day's figures."""

    open: int
    due_soon: int
    overdue: int
    exceptions: int
    received_today: int
    completed_today: int


class MonitorView(Struct, frozen=True):
    """The monitor at ``at``. ``overdue`` are the first in the queue, ``totals`` tell how many there
    are; ``arrivals`` and ``completions`` are orders by the hour of today. The ``forecast`` is read
    more rarely than the rest; None until it was."""

    at: datetime
    site: str
    stages: list[StageLoad]
    overdue: list[OverdueRow]
    people: list[PersonLoad]
    channels: list[ChannelLoad]
    exceptions: list[ExceptionLoad]
    arrivals: Hours
    completions: Hours
    totals: Totals
    forecast: ForecastView | None = None

    @property
    def surges(self) -> list[str]:
        """The channels whose day is a surge."""
        return [one.channel for one in self.channels if one.surge]


def monitor(settings: Settings, now: datetime, overdue_limit: int = 200) -> MonitorView:
    """Everything the monitor shows, all of the same moment.

    It costs what is open and what happened today, whatever has ended before.

    Args:
        settings: the home's settings.
        now: the moment.
        overdue_limit: how many rows of overdue work at most.
    """
    with snapshot():
        day = today(settings, now)
        loads = _loads(now)
        stages = _stages(loads, day, settings, now)
        kinds = _exceptions(settings, now)
        channels = _channels(settings, day)
        pressing = counts(Wanted(tasks=False), settings, now).due_soon
        return MonitorView(
            at=local(now, settings.site.zone),
            site=settings.site.name,
            stages=stages,
            overdue=overdue(settings, now, overdue_limit),
            people=_people(loads, day),
            channels=channels,
            exceptions=kinds,
            arrivals=day.arrivals,
            completions=day.completions,
            totals=Totals(
                open=sum(one.open for one in channels),
                due_soon=pressing + sum(one.due_soon for one in stages),
                overdue=sum(one.overdue for one in stages) + sum(one.overdue for one in kinds),
                exceptions=sum(one.open for one in kinds),
                received_today=sum(day.received.values()),
                completed_today=sum(day.completions),
            ),
        )


# -- stages and people ----------------------------------------------------------------------------


class _Load(Struct, frozen=True):
    """The open tasks of one stage in one person's hands, or in nobody's."""

    stage: Stage
    assignee: str | None
    open: int
    overdue: int
    exceptions: int
    oldest: datetime


def _how_many(condition: Any) -> Any:
    return fn.SUM(Case(None, ((condition, 1),), 0))


def _loads(now: datetime) -> list[_Load]:
    query = Task.select(
        Task.stage,
        Task.assignee,
        fn.COUNT(SQL("1")),
        _how_many(late(now)),
        _how_many(excepted(Task.order)),
        fn.MIN(Task.started_at),
    ).where(Task.done_at.is_null())
    return [_Load(*row) for row in queries.rows(query.group_by(Task.stage, Task.assignee))]


def _stages(loads: list[_Load], day: Today, settings: Settings, now: datetime) -> list[StageLoad]:
    first = _first_tasks(loads, settings)
    homeless = troubled_without_stage()
    found = []
    for stage in Stage:
        own = [load for load in loads if load.stage is stage]
        extra = homeless if stage is Stage.REVIEW else 0
        wanted = Wanted(stages=(stage,), exceptions=False)
        found.append(
            StageLoad(
                stage=stage,
                open=sum(load.open for load in own),
                due_soon=counts(wanted, settings, now).due_soon if own else 0,
                overdue=sum(load.overdue for load in own),
                exceptions=sum(load.exceptions for load in own) + extra,
                done_today=sum(done for (_, one), done in day.done.items() if one is stage),
                oldest=first.get(stage),
            )
        )
    return found


def _first_tasks(loads: Iterable[_Load], settings: Settings) -> dict[Stage, Oldest]:
    """The task of each stage that is open longest."""
    since: dict[Stage, datetime] = {}
    for load in loads:
        since[load.stage] = min(load.oldest, since.get(load.stage, load.oldest))
    return _oldest([_task_begun(stage, at) for stage, at in since.items()], settings)


def _task_begun(stage: Stage, at: datetime) -> Any:
    """The open task of ``stage`` that began then; the first in the queue, where many did."""
    return (
        Task.select(Task.stage, Order.number, Task.started_at, Task.assignee)
        .join(Order)
        .where(
            Task.done_at.is_null()
            & (Task.role == STAGE_ROLES[stage])
            & (Task.stage == stage)
            & (Task.started_at == at)
        )
        .order_by(Task.priority, Task.due_at, Task.order)
    )


def _oldest(first_of_each: Iterable[Any], settings: Settings) -> dict[Any, Oldest]:
    """By stage or kind, the first row of each query."""
    rows = [row for query in first_of_each for row in queries.rows(query.limit(1))]
    known = names(badge for *_, badge in rows)
    zone = settings.site.zone
    return {
        key: Oldest(number, local(since, zone), known.get(badge, badge or ""))
        for key, number, since, badge in rows
    }


def _people(loads: list[_Load], day: Today) -> list[PersonLoad]:
    """Everybody who works here and can have work, those with overdue and most work first."""
    done: dict[str, int] = {}
    for (badge, _), tasks in day.done.items():
        done[badge] = done.get(badge, 0) + tasks
    hands = frozenset(STAGE_ROLES.values())
    rows = queries.rows(Staff.select(Staff.badge, Staff.name, Staff.roles, Staff.disabled_at))
    people = [
        _person(badge, name, [load for load in loads if load.assignee == badge], done)
        for badge, name, roles, disabled_at in rows
        if (disabled_at is None and hands.intersection(roles))
        or badge in done
        or any(load.assignee == badge for load in loads)
    ]
    return sorted(people, key=lambda one: (-one.overdue, -one.open, one.badge))


def _person(badge: str, name: str, own: list[_Load], done: dict[str, int]) -> PersonLoad:
    return PersonLoad(
        badge=badge,
        name=name,
        open=sum(load.open for load in own),
        overdue=sum(load.overdue for load in own),
        done_today=done.get(badge, 0),
    )


# -- exceptions and channels ----------------------------------------------------------------------


def _exceptions(settings: Settings, now: datetime) -> list[ExceptionLoad]:
    is_late = (OrderException.due_at < now) & ~held()
    query = OrderException.select(
        OrderException.kind,
        fn.COUNT(SQL("1")),
        _how_many(is_late),
        fn.MIN(OrderException.opened_at),
    ).where(OrderException.resolved_at.is_null())
    rows = queries.rows(query.group_by(OrderException.kind))
    figures = {kind: (total, late_ones) for kind, total, late_ones, _ in rows}
    first = _oldest([_exception_raised(kind, since) for kind, *_, since in rows], settings)
    return [
        ExceptionLoad(kind, *figures.get(kind, (0, 0)), oldest=first.get(kind))
        for kind in ExceptionKind
    ]


def _exception_raised(kind: ExceptionKind, at: datetime) -> Any:
    """The open exception of ``kind`` that was raised then; the first in the queue."""
    found = OrderException
    return (
        found.select(found.kind, Order.number, found.opened_at, found.opened_by)
        .join(Order)
        .where(
            found.resolved_at.is_null()
            & (found.role == EXCEPTION_ROLES[kind])
            & (found.kind == kind)
            & (found.opened_at == at)
        )
        .order_by(found.priority, found.due_at, found.order)
    )


def _channels(settings: Settings, day: Today) -> list[ChannelLoad]:
    """The channels with something open or received today, in the order of the settings."""
    working = Task.select(Task.order).where(Task.done_at.is_null())
    troubled = OrderException.select(OrderException.order).where(
        OrderException.resolved_at.is_null()
    )
    query = Order.select(Order.channel, fn.COUNT(SQL("1"))).where(Order.id.in_(working | troubled))
    opened = queries.pairs(query.group_by(Order.channel.concat("")))
    known = {code: channel.name for code, channel in settings.channels.items()}
    others = sorted((opened.keys() | day.received.keys()) - known.keys())
    return [
        ChannelLoad(
            channel=code,
            name=known.get(code, code),
            open=opened.get(code, 0),
            received_today=day.received.get(code, 0),
            surge=code in day.surges,
        )
        for code in (*known, *others)
        if code in opened or code in day.received
    ]
