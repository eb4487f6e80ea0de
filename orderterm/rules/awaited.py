"""When tasks that nobody works on are done: parcels travel, customers confirm when they like.

No pace tells when such a task is done, but how long those before it took does: one that has waited
thirty hours goes on as those did which had once waited thirty hours.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from orderterm.terms import Stage

AWAITED = frozenset({Stage.TRACKING, Stage.CONFIRMATION})
"""The stages that are waited for, and not worked at."""
ENOUGH = 20
"""Of fewer finished tasks nothing can be told."""

Lengths = Mapping[str, Sequence[timedelta]]
"""How long finished tasks took, the shortest first: by carrier, and all of them under ""."""


def lengths_of(took: Iterable[tuple[str, timedelta]]) -> Lengths:
    """The lengths of finished tasks, each given with its carrier ("" for none)."""
    found: dict[str, list[timedelta]] = {"": []}
    for carrier, one in took:
        found[""].append(one)
        if carrier:
            found.setdefault(carrier, []).append(one)
    return {carrier: sorted(known) for carrier, known in found.items()}


def length(lengths: Lengths, carrier: str, waited: timedelta, share: float) -> timedelta | None:
    """How long a task takes that has ``waited`` so far, at most and with a chance of ``share``.

    Args:
        lengths: of finished tasks; those of the same carrier count where there are enough.
        carrier: the task's; "" for none.
        waited: how old it is.
        share: from 0 to less than 1.

    Returns:
        The whole of it, with what it has waited; None where too little is known, or none of the
        others took so long.
    """
    known = lengths.get(carrier, ())
    if len(known) < ENOUGH:
        known = lengths[""]
    shorter = bisect_right(known, waited)
    longer = len(known) - shorter
    if len(known) < ENOUGH or not longer:
        return None
    return known[shorter + int(longer * share)]
