"""What is usual of many figures, and what the slowest tenth of them exceeds."""

import statistics
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct


class Spread(Struct, frozen=True):
    """How many lengths of time there were, their median, and what nine of ten stay within.

    Both are None where there was none.
    """

    count: int
    median: timedelta | None
    p90: timedelta | None


def spread(lengths: Sequence[timedelta]) -> Spread:
    """The spread of ``lengths``, which may be in any order.

    The 90th percentile lies between the two lengths around it, as spreadsheets work it out.
    """
    if not lengths:
        return Spread(0, None, None)
    seconds = sorted(length.total_seconds() for length in lengths)
    return Spread(
        len(seconds),
        timedelta(seconds=statistics.median(seconds)),
        timedelta(seconds=_part(seconds, 0.9)),
    )


def _part(ordered: Sequence[float], part: float) -> float:
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
