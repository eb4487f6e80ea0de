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
from tests.month.run import Lived


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
        tasks = database.execute(
            "SELECT task.id, stage, task.priority, nature, started_at, due_at, done_at "
            "FROM task JOIN orders ON orders.id = order_id "
            "WHERE task.id NOT IN (SELECT task_id FROM pause) AND outcome IS NOT 'withdrawn'"
        )
        for key, stage, rank, nature, started, due, done in tasks:
            until = utc_time(done) if done else self.lived.end
            limit = stage_limit(
                Stage(stage), Priority.of_rank(rank), Nature(nature), self.settings.limits
            )
            called = set(self._called_for(utc_time(started), utc_time(due), limit, until))
            found = raised[f"task:{key}"]
            missing = called - found.keys()
            early = {level for level in found if level not in called}
            assert not missing, (key, stage, started, due, done, missing, found)
            assert all(found[level] == "unacknowledged" for level in early), (key, found, called)
            self.counts.levels_checked += 1

    def _called_for(
        self, started: datetime, due: datetime, limit: all_settings.Limit, until: datetime
    ) -> Iterator[int]:
        share = self.settings.escalation.due_soon
        if due_soon_at(self.working_time, started, due, limit, share) <= until:
            yield 0
        length = self._length(started, limit)
        moment, level = due, 1
        while moment < until and level <= TOP:
            yield level
            moment = self.working_time.advance(
                due, length * self.settings.escalation.step * level, limit.clock
            )
            level += 1

    def _length(self, started: datetime, limit: all_settings.Limit) -> timedelta:
        if limit.hours is not None:
            return timedelta(hours=limit.hours)
        due = self.working_time.add(started, limit)
        return self.working_time.between(started, due, limit.clock)

    # -- messages -----------------------------------------------------------------------------

    def _messages(self, database: sqlite3.Connection) -> None:
        """Each parcel and each completed order has its message, and each of them was delivered."""
        keys = set(_column(database, "SELECT key FROM message"))
        parcels = _column(database, "SELECT 'shipping_notice:' || id FROM shipment")
        surveys = _column(
            database,
            "SELECT 'survey:' || id FROM orders "
            "WHERE completed_at IS NOT NULL AND nature <> 'return'",
        )
        assert not {*parcels, *surveys} - keys
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


TOP = 2
"""The rungs above those who work: their lead, and the boss; some have the boss only."""


def _delivered(log: Path) -> Iterator[str]:
    for line in log.read_text("utf-8").splitlines():
        key, answer = line.rsplit(" ", 1)
        if answer == WELL:
            yield key


def _column(database: sqlite3.Connection, query: str) -> list[str]:
    return [value for (value,) in database.execute(query)]


def _pairs(database: sqlite3.Connection, query: str) -> list[tuple[str, int]]:
    return [(subject, level) for subject, level in database.execute(query)]
