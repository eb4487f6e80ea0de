"""``make bench``: how fast it is, as ratios to a floor measured in the same run.

Each row is measured beside the plainest thing that does the same work on the same machine, so that
the ratio means something wherever it runs. ``make bench ARGS="confirm life"`` measures only those.
"""

import sys
from collections.abc import Sequence

from tests.bench import core


def main(names: Sequence[str]) -> None:
    """Measure what is named, or everything, and print a line each."""
    print(f"{'what':<42} {'ours':>16} {'floor':>32} {'ratio':>8}  to reach")
    for name in names or core.MEASUREMENTS:
        row = core.MEASUREMENTS[name]()
        print(f"{row.what:<42} {row.ours:>16} {row.floor:>32} {row.ratio:>8}  {row.to_reach}")


if __name__ == "__main__":
    main(sys.argv[1:])
