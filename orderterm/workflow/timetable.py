"""The limits, shifts and calendar that due times were worked out with, and what their change does.

Due times are kept with the work, so that queues sort by them; they follow from the record and from
these settings. When the settings change, all that is open is worked out anew.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from orderterm import public_days
from orderterm.store import trail
from orderterm.store.connection import reading, transaction
from orderterm.store.queries import first, rows
from orderterm.store.tables import (
    Event,
    Message,
    Order,
    OrderException,
    Pause,
    Table,
    Task,
    Timetable,
    TrailHead,
)
from orderterm.terms import EventKind, MessageKind
from orderterm.workflow import alerts
from orderterm.workflow.outbox import is_unsent, is_waited_for
from orderterm.workflow.workplace import SYSTEM, Workplace

BATCH = 200
"""How many due times are worked out in one transaction."""
LAG = timedelta(hours=1)
"""For so long after a change somebody may still be at work by the settings before it."""

_KEPT = 1
"""The id of the only row."""
_BEGUN = "begun"
"""The key that is on record, beside the settings before, while due times are worked out anew."""
_REACHED = "reached"
"""The key of the event on the trail up to which what was done follows the settings on record."""


class _Kept(NamedTuple):
    """What is on record: the settings, ``_REACHED``, and since when due times follow them."""

    settings: dict[str, Any]
    reached: int | None
    since: datetime


def adopt(workplace: Workplace) -> int:
    """Let every open due time follow the settings of ``workplace``, where they have changed.

    It is done in short transactions. That it was begun is put on record first and the settings
    last: who is killed on the way leaves it to the next one, whatever the settings are by then.

    Returns:
        How many due times moved.
    """
    now, moved = _content(workplace), 0
    with reading():
        # Somebody else may let them follow other settings meanwhile, and be overtaken or overtake.
        while _on_record() != now:
            with transaction():
                # Whoever was faster may have done it all while this transaction waited its turn.
                if (before := _on_record()) == now:
                    break
                begun = {**(before or {}), _BEGUN: True}
                reached = _last_event()
                _keep(_Kept(begun, reached, workplace.now()))
            moved += _work_out_anew(workplace)
            with transaction():
                if _on_record() == begun:
                    _keep(_Kept(now, reached, workplace.now()))
                    _tell(workplace, before, now, moved)
        return moved + catch_up(workplace)


def catch_up(workplace: Workplace) -> int:
    """Let what was done by other settings follow too, since due times follow ``workplace``'s.

    For a terminal takes changed settings up within a minute, and an engine not before it is done
    with a file. Where due times follow others, or have followed these for long, nothing is done.

    Returns:
        How many due times moved.
    """
    with reading():
        kept = _kept()
        if kept is None or kept.reached is None or kept.settings != _content(workplace):
            return 0
        if workplace.now() >= kept.since + LAG:
            return 0
        last = _last_event()
        parts = _in_parts(_changed_orders(kept.reached, last))
        moved = [_renew_orders(workplace, kept.settings, part) for part in parts]
        if moved:
            with transaction():
                if _on_record() == kept.settings:
                    _keep(kept._replace(reached=last))
                    _tell(workplace, kept.settings, kept.settings, sum(moved))
    return sum(moved)


def is_adopted(workplace: Workplace) -> bool:
    """Whether due times follow the settings of ``workplace``."""
    with reading():
        return _on_record() == _content(workplace)


# -- what is on record ----------------------------------------------------------------------------


def _content(workplace: Workplace) -> dict[str, Any]:
    """The settings that decide due times and alerts, as plain values by dotted key."""
    settings = workplace.settings
    ladder = msgspec.to_builtins(settings.escalation)
    ladder.pop("send")
    named = {
        "limits": msgspec.to_builtins(settings.limits),
        "calendar": msgspec.to_builtins(settings.calendar),
        "escalation": ladder,
    }
    holidays = public_days.source() if settings.calendar.country else ""
    return {
        "calendar.public_days": holidays,
        "shifts": msgspec.to_builtins(settings.shifts),
        "site.time_zone": settings.site.time_zone,
        **{f"{name}.{key}": value for name, own in named.items() for key, value in own.items()},
    }


def _kept() -> _Kept | None:
    columns = (Timetable.content, Timetable.since)
    found = first(Timetable.select(*columns).where(Timetable.id == _KEPT))
    if found is None:
        return None
    settings = msgspec.json.decode(found[0])
    return _Kept(settings, settings.pop(_REACHED, None), found[1])


def _on_record() -> dict[str, Any] | None:
    kept = _kept()
    return None if kept is None else kept.settings


def _keep(kept: _Kept) -> None:
    content = trail.plain_json({**kept.settings, _REACHED: kept.reached})
    Timetable.insert(id=_KEPT, content=content, since=kept.since).on_conflict(
        conflict_target=[Timetable.id],
        update={Timetable.content: content, Timetable.since: kept.since},
    ).execute()


def _last_event() -> int:
    return int(TrailHead.select(TrailHead.last_event).scalar())


def _tell(
    workplace: Workplace, before: dict[str, Any] | None, now: dict[str, Any], moved: int
) -> None:
    """Put on the trail what has changed; where nothing was known before, only if that moved."""
    known = {key: value for key, value in (before or {}).items() if key != _BEGUN}
    keys = [key for key in known.keys() & now.keys() if known[key] != now[key]]
    if known:
        keys += known.keys() ^ now.keys()
    if not keys and not moved:
        return
    changes = {key: [known.get(key), now.get(key)] for key in sorted(keys)}
    kind, facts = EventKind.TIMETABLE_CHANGED.value, {"changes": changes, "moved": moved}
    at = workplace.now()
    trail.append([trail.Entry(at, SYSTEM.badge, workplace.station, None, kind, facts)])


# -- working out anew -----------------------------------------------------------------------------


def _work_out_anew(workplace: Workplace) -> int:
    return (
        sum(_renew_tasks(workplace, part) for part in _parts(Task, Task.done_at.is_null()))
        + sum(
            _renew_exceptions(workplace, part)
            for part in _parts(OrderException, OrderException.resolved_at.is_null())
        )
        + sum(_renew_messages(workplace, part) for part in _parts(Message, is_waited_for()))
    )


def _parts(table: type[Table], condition: Any) -> Iterator[Sequence[int]]:
    """The ids of what is open, in parts; what is opened meanwhile is caught up with."""
    return _in_parts(_ids(table, condition))


def _in_parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _changed_orders(after: int, last: int) -> list[int]:
    """The ids of the orders that the trail tells of after one event up to another."""
    # Whatever works out a due time is on the trail; the trail's own order is that of the writing.
    numbers = Event.select(Event.order_number).where((Event.id > after) & (Event.id <= last))
    return [key for (key,) in rows(Order.select(Order.id).where(Order.number.in_(numbers)))]


def _renew_orders(workplace: Workplace, settings: dict[str, Any], keys: Sequence[int]) -> int:
    """Work out anew what is open of orders, as long as ``settings`` are on record."""
    with transaction():
        if _on_record() != settings:
            return 0
        tasks = Task.order.in_(keys) & Task.done_at.is_null()
        troubles = OrderException.order.in_(keys) & OrderException.resolved_at.is_null()
        messages = Message.order.in_(keys) & is_unsent()
        return (
            _renew_tasks(workplace, _ids(Task, tasks))
            + _renew_exceptions(workplace, _ids(OrderException, troubles))
            + _renew_messages(workplace, _ids(Message, messages))
        )


def _ids(table: type[Table], condition: Any) -> list[int]:
    return [key for (key,) in rows(table.select(table.id).where(condition))]


def _renew_tasks(workplace: Workplace, keys: Sequence[int]) -> int:
    with transaction():
        orders = _orders(Task, keys)
        pauses = _pauses(keys)
        moved = 0
        open_ones: list[Any] = list(Task.select().where(Task.id.in_(keys) & Task.done_at.is_null()))
        for task in open_ones:
            order, spans = orders[task.order_id], pauses.get(task.id, [])
            ended = [(start, end) for start, end in spans if end is not None]
            due = alerts.task_due(workplace, order, task.stage, task.started_at, ended)
            moved += _is_moved(task.due_at, due)
            task.due_at = due
            stands = len(ended) < len(spans)
            at = (
                None if stands else alerts.task_alert(workplace, task, order.priority, order.nature)
            )
            Task.update(due_at=due, alert_at=at).where(Task.id == task.id).execute()
    return moved


def _pauses(tasks: Sequence[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """The spans in which each of ``tasks`` stood still; the end is None where it still does."""
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    query = Pause.select(Pause.task, Pause.started_at, Pause.ended_at)
    for task, start, end in rows(query.where(Pause.task.in_(tasks))):
        found.setdefault(task, []).append((start, end))
    return found


def _orders(table: Any, keys: Sequence[int]) -> dict[int, Any]:
    """By id, the orders of the tasks or exceptions with ``keys``."""
    query = Order.select().where(Order.id.in_(table.select(table.order).where(table.id.in_(keys))))
    return {order.id: order for order in query}


def _renew_exceptions(workplace: Workplace, keys: Sequence[int]) -> int:
    with transaction():
        orders = _orders(OrderException, keys)
        moved = 0
        still_open = OrderException.id.in_(keys) & OrderException.resolved_at.is_null()
        open_ones: list[Any] = list(OrderException.select().where(still_open))
        for trouble in open_ones:
            order = orders[trouble.order_id]
            due = alerts.due_with_holds(workplace, trouble, alerts.holds(order.number))
            moved += _is_moved(trouble.due_at, due)
            trouble.due_at = due
            held = order.held_at is not None
            at = None if held else alerts.exception_alert(workplace, trouble)
            OrderException.update(due_at=due, alert_at=at).where(
                OrderException.id == trouble.id
            ).execute()
    return moved


def _renew_messages(workplace: Workplace, keys: Sequence[int]) -> int:
    with transaction():
        moved = 0
        waiting: list[Any] = list(Message.select().where(Message.id.in_(keys) & is_unsent()))
        for message in waiting:
            limit = alerts.message_limit(workplace, MessageKind(message.kind))
            if limit is None:
                continue
            due = workplace.working_time.add(message.queued_at, limit)
            moved += _is_moved(message.due_at, due)
            message.due_at = due
            at = alerts.message_alert(workplace, message, limit)
            Message.update(due_at=due, alert_at=at).where(Message.id == message.id).execute()
    return moved


def _is_moved(before: datetime, after: datetime) -> bool:
    """Whether a due time is another one on record, which keeps milliseconds."""
    return before != after.replace(microsecond=after.microsecond // 1000 * 1000)
