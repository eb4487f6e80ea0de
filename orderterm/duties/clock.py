"""The clock: tells who must know of what is due soon, overdue, or not sent in time."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from orderterm.sentences import Sentence, say
from orderterm.workflow import escalations, timetable
from orderterm.workflow.workplace import Workplace


class ClockDuty:
    """Watches every deadline; any number of them may work side by side.

    Args:
        workplace: the home at work.
        home: the home's folder.
        tell: told when deadlines moved with the settings.
    """

    name = escalations.CLOCK
    interval_seconds = 5.0

    def __init__(self, workplace: Workplace, home: Path, tell: Callable[[Sentence], None]) -> None:
        del home  # as every duty is given it
        self.workplace = workplace
        self.tell = tell
        self._follows = False
        self._beat_at: datetime | None = None

    def step(self) -> bool:
        """Tell a part of what there is to tell; at first let deadlines follow the settings."""
        if not self._follows:
            self._follow()
        self._beat()
        return escalations.pass_part(self.workplace) is not None

    def _beat(self) -> None:
        now = self.workplace.now()
        if self._beat_at is None or not self._beat_at <= now < self._beat_at + escalations.BEAT:
            escalations.beat(self.workplace)
            self._beat_at = now

    def _follow(self) -> None:
        moved = timetable.adopt(self.workplace)
        self._follows = True
        if moved:
            self.tell(
                say("limits, shifts or calendar have changed: {count} deadlines moved", count=moved)
            )
