"""Two days of a simulated month, one a holiday; ``make month`` lives through all of it."""

from datetime import date
from pathlib import Path

from tests.month.audit import Audit
from tests.month.plan import Plan
from tests.month.run import live
from tests.month.totals import compare

EVE = date(2026, 9, 30)
"""The last day before a week of public holidays."""


def test_engines_are_killed_and_nothing_is_lost_nor_told_twice(tmp_path: Path) -> None:
    plan = Plan(first=EVE, days=2, orders=40, surge_day=0, tick_minutes=60, kills_a_day=4)
    lived = live(tmp_path, plan, lambda _: None)
    counts = Audit(lived).run()
    assert lived.kills > 2
    assert counts.levels_checked > 10
    assert counts.messages > 20
    for name, reported, counted in compare(lived):
        assert reported == counted, name
