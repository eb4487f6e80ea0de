"""``make bench``: how fast it is, as ratios to a floor measured in the same run.

Each row is measured beside the plainest thing that does the same work on the same machine, so that
the ratio means something wherever it runs. ``make bench ARGS="confirm life"`` measures only those;
``screens`` are all rows of the terminal.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence

from tests.bench import clock, core, screens

GROUPS: dict[str, Iterable[str]] = {
    "core": core.MEASUREMENTS,
    "clock": clock.MEASUREMENTS,
    "screens": screens.MEASUREMENTS,
}


def main(names: Sequence[str]) -> None:
    """Measure what is named, or everything, and print a line each."""
    print(f"{'what':<42} {'ours':>16} {'floor':>32} {'ratio':>8}  to reach")
    for name in names or GROUPS:
        for row in rows(name):
            line = f"{row.what:<42} {row.ours:>16} {row.floor:>32} {row.ratio:>8}  {row.to_reach}"
            print(line, flush=True)


def rows(name: str) -> Iterator[core.Row]:
    """The rows of one measurement, or of all of a group."""
    if name in GROUPS:
        for own in GROUPS[name]:
            yield from rows(own)
    elif name in screens.MEASUREMENTS:
        yield from screens.MEASUREMENTS[name]()
    elif name in clock.MEASUREMENTS:
        yield clock.MEASUREMENTS[name]()
    else:
        yield core.MEASUREMENTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
