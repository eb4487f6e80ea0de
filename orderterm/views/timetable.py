"""What a change of limits, shifts or calendar tells: each setting with what it was and what it is.

Settings are told by their names in ``orderterm.toml``, where people meet them.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from orderterm.sentences import Sentence, say
from orderterm.settings import Limit


def change_text(changes: Mapping[str, Any], moved: int) -> Sentence:
    """What has changed, and how many due times moved with it.

    Args:
        changes: the value before and the one after as plain values, by the setting's dotted key.
        moved: how many.
    """
    due_times = say("due times moved: {count}", count=moved)
    if not changes:
        return due_times
    told = [_change(key, before, after) for key, (before, after) in changes.items()]
    return say("{changes}; {moved}", changes=told, moved=due_times)


@cache
def limit_text(limit: Limit) -> Sentence:
    """How long a limit is, and whether only working time counts."""
    if limit.hours is not None:
        hours = f"{limit.hours:g}"
        if limit.clock == "working":
            return say("{hours} working hours", hours=hours)
        return say("{hours} hours", hours=hours)
    if limit.clock == "working":
        return say("{days} working days", days=limit.days)
    return say("{days} days", days=limit.days)


def _change(key: str, before: Any, after: Any) -> Sentence:
    if isinstance(before, list) and isinstance(after, list):
        # Of all the shifts, or a year's extra holidays, what stays as it was says nothing.
        before, after = (
            [one for one in before if one not in after],
            [one for one in after if one not in before],
        )
    return say("{key}: {before} → {after}", key=key, before=_value(before), after=_value(after))


def _value(value: Any) -> object:
    match value:
        case {"clock": "working" | "elapsed" as clock, "hours": hours, "days": days}:
            return limit_text(Limit(clock, hours, days))
        case {"name": name, "start": start, "end": end, "days": days}:
            return f"{name} {start[:5]}–{end[:5]} {' '.join(day[:3] for day in days)}"
        case bool():
            return say("yes") if value else say("no")
        case float():
            return f"{value:g}"
        case None | "" | []:
            return "—"
        case list():
            return [_value(one) for one in value]
        case _:
            return str(value)
