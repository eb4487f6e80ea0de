"""What a simulated month left, counted past the program: plain SQL, the gateway's own log."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from orderterm import settings as all_settings
from orderterm.rules.deadlines import due_soon_at, stage_limit
from orderterm.rules.working_time import WorkingTime
from orderterm.store.fields import utc_time
from orderterm.terms import Nature, Priority, Stage
from tests.month.gateway import WELL
from tests.month.plan import Lived


class Counts(Struct):
    """What there is, to be printed."""

    orders: int = 0
    notices: int = 0
    levels: int = 0
    levels_checked: int = 0
    messages: int = 0
    given_up: int = 0
    withdrawn: int = 0
    deliveries: int = 0
    repeats: int = 0


class Audit:
    """Looks at the home of a month that has been lived.

    Args:
        lived: the month.
    """

    def __init__(self, lived: Lived) -> None:
        self.lived = lived
        self.settings = all_settings.load(lived.home)
        self.working_time = WorkingTime(self.settings)
        self.counts = Counts()

    def run(self) -> Counts:
        """Assert all that must hold; returns what was counted."""
        file = self.lived.home / self.settings.database
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            self._orders(database)
            self._notices(database)
            self._levels(database)
            self._messages(database)
        return self.counts

    def _orders(self, database: sqlite3.Connection) -> None:
        sources = _column(
            database, "SELECT channel_order_number FROM orders WHERE origin_id IS NULL"
        )
        assert len(sources) == len(set(sources)) == self.lived.ordered
        self.counts.orders = len(sources)

    # -- notices ------------------------------------------------------------------------------

    def _notices(self, database: sqlite3.Connection) -> None:
        """Each person was told of each matter and level once, and the trail tells of it once."""
        twice = (
            "SELECT recipient, kind, subject, level FROM notification "
            "GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
        )
        assert not database.execute(twice).fetchall()
        told = _pairs(
            database,
            "SELECT json_extract(payload, '$.subject'), json_extract(payload, '$.level') "
            "FROM event WHERE kind = 'escalated'",
        )
        raised = _pairs(database, "SELECT subject, level FROM escalation WHERE level > 0")
        assert Counter(told) == Counter(raised)
        assert max(Counter(raised).values(), default=1) == 1
        (self.counts.notices,) = database.execute("SELECT count(*) FROM notification").fetchone()
        self.counts.levels = len(raised)

    def _levels(self, database: sqlite3.Connection) -> None:
        """Each task rose to just the levels that its time in the queue calls for.

        Counted anew for every task whose clock never stood still; a level that came before its
        time may only have come because nobody had acknowledged the one below.
        """
        raised: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for subject, level, cause in database.execute(
            "SELECT subject, level, cause FROM escalation"
        ):
            raised[subject][level] = cause
        for key, *columns, badge, claimed in database.execute(_TASKS):
            found, moments = raised[f"task:{key}"], self._moments(*columns)
            done = columns[-1]
            until = utc_time(done) if done else self.lived.end
            held_since = utc_time(claimed) if badge else None
            for level, moment in enumerate(moments):
                if moment == until:
                    continue  # both happened in that moment, one before the other
                if moment > until:
                    assert level not in found or found[level] == "unacknowledged", (key, found)
                elif level == 1 or (held_since and held_since < moment and level <= _RUNGS[badge]):
                    assert level in found, (key, columns, badge, found, moments)
                    self.counts.levels_checked += 1

    def _moments(
        self, stage: str, rank: int, nature: str, started: str, due: str, _: str | None
    ) -> list[datetime]:
        """When a task reaches level 0, 1 and so on, by the calendar."""
        limit = stage_limit(
            Stage(stage), Priority.of_rank(rank), Nature(nature), self.settings.limits
        )
        begun, late = utc_time(started), utc_time(due)
        ladder, days = self.settings.escalation, self.working_time
        whole = timedelta(hours=limit.hours) if limit.hours is not None else None
        whole = whole or days.between(begun, days.add(begun, limit), limit.clock)
        further = [
            days.advance(late, whole * ladder.step * level, limit.clock)
            for level in range(1, max(_RUNGS.values()))
        ]
        return [due_soon_at(days, begun, late, limit, ladder.due_soon), late, *further]

    # -- messages -----------------------------------------------------------------------------

    def _messages(self, database: sqlite3.Connection) -> None:
        """Each parcel and each completed order has its message, and each of them was delivered."""
        assert not database.execute(_PARCELS_UNTOLD).fetchall()
        assert not database.execute(_SURVEYS_UNASKED).fetchall()
        unsent = database.execute(
            "SELECT key, attempts, trouble FROM message "
            "WHERE sent_at IS NULL AND given_up_at IS NULL AND withdrawn_at IS NULL"
        ).fetchall()
        assert not unsent, unsent[:5]
        delivered = Counter(_delivered(self.lived.home.parent / "gateway.log"))
        sent = set(_column(database, "SELECT key FROM message WHERE sent_at IS NOT NULL"))
        assert not sent - delivered.keys()
        self.counts.messages = len(sent)
        self.counts.given_up = len(
            _column(database, "SELECT key FROM message WHERE given_up_at IS NOT NULL")
        )
        self.counts.withdrawn = len(
            _column(database, "SELECT key FROM message WHERE withdrawn_at IS NOT NULL")
        )
        self.counts.deliveries = delivered.total()
        self.counts.repeats = delivered.total() - len(delivered)


_PARCELS_UNTOLD = """
SELECT id FROM shipment WHERE NOT EXISTS (
  SELECT 1 FROM message WHERE message.order_id = shipment.order_id AND kind = 'shipping_notice'
  AND json_extract(facts, '$.waybill') = waybill)"""
_SURVEYS_UNASKED = """
SELECT id FROM orders WHERE completed_at IS NOT NULL AND nature <> 'return' AND NOT EXISTS (
  SELECT 1 FROM message WHERE message.order_id = orders.id AND kind = 'survey')"""
_TASKS = """
SELECT task.id, stage, task.priority, nature, started_at, due_at, done_at, assignee, claimed_at
FROM task JOIN orders ON orders.id = order_id
WHERE task.id NOT IN (SELECT task_id FROM pause) AND outcome IS NOT 'withdrawn'"""
_RUNGS = {"rev": 2, "inv": 2, "prep": 2, "ship": 2, "track": 1}
"""How many there are above each of those who have work in hand."""


def _delivered(log: Path) -> Iterator[str]:
    for line in log.read_text("utf-8").splitlines():
        key, answer = line.rsplit(" ", 1)
        if answer == WELL:
            yield key


def _column(database: sqlite3.Connection, query: str) -> list[str]:
    return [value for (value,) in database.execute(query)]


def _pairs(database: sqlite3.Connection, query: str) -> list[tuple[str, int]]:
    return [(subject, level) for subject, level in database.execute(query)]
