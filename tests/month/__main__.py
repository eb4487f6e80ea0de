"""``python -m tests.month``: a month of 2,000 orders a day with engines that are killed.

``--days 3 --orders 50`` makes it short; ``--keep FOLDER`` leaves the home to be looked at.
"""

import argparse
import tempfile
from pathlib import Path

from tests.month.audit import Audit
from tests.month.plan import Plan
from tests.month.run import live
from tests.month.totals import compare


def main() -> None:
    """Live through the month, look at what it left, and print both."""
    parser = argparse.ArgumentParser(prog="python -m tests.month", description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    plan = Plan(days=asked.days, orders=asked.orders, seed=asked.seed)
    with tempfile.TemporaryDirectory(prefix="orderterm-month-") as place:
        folder = asked.keep or Path(place)
        folder.mkdir(exist_ok=True)
        lived = live(folder, plan, lambda told: print(told, flush=True))
        print(f"{lived.ticks} ticks, {lived.kills} kills, {lived.seconds:.0f} s")
        print(Audit(lived).run())
        totals = list(compare(lived))
        for name, reported, counted in totals:
            print(f"{name:<28} {reported:>8} {counted:>8}")
        assert all(reported == counted for _, reported, counted in totals)


if __name__ == "__main__":
    main()
