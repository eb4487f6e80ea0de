"""``python -m tests.month.engine HOME CLOCK NAME``: an engine that lives by a simulated clock.

It is the real one. Only its pauses are short, because a day passes in a minute, and what it writes
is left to the system to bring to the disk: it may be killed, but no power is cut.
"""

import sys
from pathlib import Path

from orderterm import settings
from orderterm.duties import engine
from orderterm.duties.clock import ClockDuty
from orderterm.duties.outbox import OutboxDuty
from orderterm.duties.reporting import ReportingDuty
from orderterm.store import connection
from orderterm.workflow.workplace import Workplace
from tests.month.clock import SharedClock

if __name__ == "__main__":
    home, clock, name = Path(sys.argv[1]), SharedClock(Path(sys.argv[2])), sys.argv[3]
    connection.PRAGMAS["synchronous"] = "off"
    ClockDuty.interval_seconds = OutboxDuty.interval_seconds = 0.05
    ReportingDuty.interval_seconds = 0.2
    made = settings.load(home)
    connection.use(home / made.database)
    workplace = Workplace(made, clock, name)
    engine.run(workplace, home, once=False, tell=lambda told: print(told, flush=True))
