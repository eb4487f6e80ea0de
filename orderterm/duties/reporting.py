"""The duty that writes the reports of each shift and each week when it is over.

What was written is known by a mark of its name, so that any number of engines may do it. The file
itself tells nothing: people move it away, and make one of the same name before the week is over.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from msgspec import Struct
from peewee import OperationalError

from orderterm.errors import OrdertermError, StoreError
from orderterm.reports.catalogue import last_week
from orderterm.reports.document import Period
from orderterm.reports.making import file_name, folder_of, language_of, make
from orderterm.reports.names import Format, ReportName
from orderterm.reports.registers.frame import Request
from orderterm.sentences import Sentence, say
from orderterm.views.trail import begun
from orderterm.workflow.workplace import Workplace

LOOK_BACK = timedelta(days=7)
"""How long ago a shift may have ended whose reports are written late."""
TRY_AGAIN = timedelta(minutes=10)

_MARKS = ".written"
_DAY = timedelta(days=1)

log = logging.getLogger(__name__)


class _Due(Struct, frozen=True):
    """A file that is to be there once ``ended`` has passed; ``part`` is the shift's name."""

    name: ReportName
    period: Period
    kind: Format
    ended: datetime
    part: str = ""

    @property
    def file(self) -> str:
        """What the file is called."""
        return file_name(self.name, self.period, self.kind, self.part)


class ReportingDuty:
    """Writes each report once.

    Args:
        workplace: the home at work.
        home: the home's folder.
        tell: told what was written, and what can't be; nothing personal is in it.
    """

    name = "reporting"
    interval_seconds = 30.0

    def __init__(self, workplace: Workplace, home: Path, tell: Callable[[Sentence], None]) -> None:
        self._workplace = workplace
        self._tell = tell
        self._folder = folder_of(home, workplace.settings)
        self._quiet: tuple[datetime, datetime] | None = None
        self._failed: dict[str, datetime] = {}
        self._told: set[str] = set()

    def step(self) -> bool:
        """Write the next report, if one is due that was not written yet."""
        now = self._workplace.now()
        # A clock that was put back would make the quiet as long as that.
        if self._quiet is not None and self._quiet[0] <= now < self._quiet[1]:
            return False
        due = list(self._due(now))
        wanted = next((one for one in due if not self._is_settled(one, now)), None)
        if wanted is None:
            self._forget_all_but({one.file for one in due})
            self._quiet = now, self._next_end(now)
            return False
        self._write(wanted, now)
        return True

    def _due(self, now: datetime) -> Iterator[_Due]:
        """Every file that the time behind us asks for, the earliest first."""
        since = begun()
        if since is None:
            return  # before the home came into use there was nothing to report
        reports, zone = self._workplace.settings.reports, self._workplace.settings.site.zone
        kinds = [Format(kind) for kind in reports.formats]
        for end, period, shift in self._shifts(now):
            if end > since:
                for name in reports.shift:
                    for kind in kinds:
                        yield _Due(ReportName(name), period, kind, end, shift)
        week = last_week(now.astimezone(zone).date())
        end = datetime.combine(week.last + _DAY, time(), zone)
        if end > since:
            for weekly in reports.week:
                yield from (_Due(ReportName(weekly), week, kind, end) for kind in kinds)

    def _shifts(self, now: datetime) -> Iterator[tuple[datetime, Period, str]]:
        """The shifts that have ended and are to be looked at: the end, the days, the name."""
        zone = self._workplace.settings.site.zone
        for day in _days(now.astimezone(zone).date() - LOOK_BACK - _DAY, LOOK_BACK + _DAY):
            for name, end in self._ends(day).items():
                if now - LOOK_BACK < end <= now:
                    # What a shift overnight does lies on two days.
                    last = (end - timedelta.resolution).astimezone(zone).date()
                    yield end, Period(day, last), name

    def _ends(self, day: date) -> dict[str, datetime]:
        """When the shifts of a day are over, by name: a shift with a break in it, after its last
        part."""
        spans = sorted(self._workplace.working_time.shifts_on(day), key=lambda span: span.end)
        return {span.name: span.end for span in spans}

    def _next_end(self, now: datetime) -> datetime:
        """When there is something to look at again."""
        zone = self._workplace.settings.site.zone
        today = now.astimezone(zone).date()
        monday = datetime.combine(today + timedelta(days=7 - today.weekday()), time(), zone)
        ends = [
            span.end
            for day in _days(today - _DAY, LOOK_BACK)
            for span in self._workplace.working_time.shifts_on(day)
            if span.end > now
        ]
        return min([monday, *ends, *(at for at in self._failed.values() if at > now)])

    def _is_settled(self, due: _Due, now: datetime) -> bool:
        """Whether nothing is to be done now: it was written, or has just failed."""
        if now < self._failed.get(due.file, now) <= now + TRY_AGAIN:
            return True
        return self._mark(due.file).exists()

    def _write(self, due: _Due, now: datetime) -> None:
        settings = self._workplace.settings
        request = Request(settings, due.period, now)
        target = self._folder / due.file
        try:
            make(due.name, request, due.kind, language_of(settings), target)
            self._mark(due.file).parent.mkdir(exist_ok=True)
            self._mark(due.file).touch()
        except (StoreError, OperationalError):
            raise
        except OrdertermError as error:
            self._fail(due, now, error.sentence)
        except OSError as error:
            self._fail(due, now, _unwritten(self._mark(due.file), error))
        except Exception:
            log.exception("a fault in the program, with the report %s in hand", due.file)
            fault = say("a fault in orderterm itself; errors.log in the home tells more")
            self._fail(due, now, fault)
        else:
            self._failed.pop(due.file, None)
            self._tell(say("{report} is in {file}", report=due.name, file=target))

    def _fail(self, due: _Due, now: datetime, why: Sentence) -> None:
        """Leave a report for later; the same trouble with it is told once."""
        self._failed[due.file] = now + TRY_AGAIN
        if due.file not in self._told:
            self._told.add(due.file)
            self._tell(say("{report} can't be written now: {reason}", report=due.name, reason=why))

    def _mark(self, file: str) -> Path:
        return self._folder / _MARKS / file

    def _forget_all_but(self, files: set[str]) -> None:
        """Take away the marks of what is not looked at any more."""
        for mark in (self._folder / _MARKS).glob("*"):
            if mark.name not in files:
                mark.unlink(missing_ok=True)


def _unwritten(file: Path, error: OSError) -> Sentence:
    reason = error.strerror or type(error).__name__
    return say("{file} can't be written: {reason}", file=file, reason=reason)


def _days(first: date, length: timedelta) -> Iterator[date]:
    """``first`` and the days after it, over ``length``."""
    yield from (first + number * _DAY for number in range(length.days + 1))
