"""The site's working time: its shifts, working days and public holidays, and clocks that run in it.

Two clocks measure time: ``elapsed`` runs always, ``working`` only while a shift is on. How the
shifts lie in UTC is worked out once for a stretch of days and kept as a tape, on which both
questions (how much passed, and when has so much passed) are one bisection.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple

from orderterm.errors import OrdertermError
from orderterm.public_days import PublicDays, public_days
from orderterm.settings import Calendar, Limit, Settings

Clock = Literal["working", "elapsed"]

_NONE_PUBLIC = PublicDays(frozenset(), frozenset())
_ZERO = timedelta(0)
_DAY = timedelta(days=1)
_MARGIN = timedelta(days=32)
_BARREN = timedelta(days=400)
_LONGEST = timedelta(days=3660)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Span(NamedTuple):
    """One shift of one day, in UTC."""

    start: datetime
    end: datetime
    name: str


class WorkingDays:
    """Which days are worked: not a weekend unless made up, and no public holiday."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._weekend = {_WEEKDAYS.index(name) for name in calendar.weekend}
        self._extra_holidays = frozenset(calendar.extra_holidays)
        self._extra_working_days = frozenset(calendar.extra_working_days)
        self._known: dict[date, bool] = {}

    def is_working(self, day: date) -> bool:
        """Whether ``day`` counts in a limit of working days; what the settings add goes first."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._is_working(day)
        return known

    def is_holiday(self, day: date) -> bool:
        """Whether ``day`` is a public holiday, or one the settings add."""
        if day in self._extra_working_days:
            return False
        return day in self._extra_holidays or self._is_public_holiday(day)

    def is_made_up(self, day: date) -> bool:
        """Whether ``day`` is of a weekend, and yet worked."""
        return day.weekday() in self._weekend and self.is_working(day)

    def after(self, day: date) -> Iterator[date]:
        """The working days after ``day``, without end.

        Raises:
            OrdertermError: no working day in more than 400 days, or the calendar is at its end.
        """
        last = day
        while day - last <= _BARREN and day < date.max:
            day += _DAY
            if self.is_working(day):
                last = day
                yield day
        raise _no_working_time(day)

    def _is_working(self, day: date) -> bool:
        if day in self._extra_working_days:
            return True
        if self.is_holiday(day):
            return False
        return day.weekday() not in self._weekend or self._is_publicly_made_up(day)

    def _is_public_holiday(self, day: date) -> bool:
        return day in self._public(day.year).holidays

    def _is_publicly_made_up(self, day: date) -> bool:
        return day in self._public(day.year).made_up

    def _public(self, year: int) -> PublicDays:
        calendar = self._calendar
        if not calendar.country:
            return _NONE_PUBLIC
        return public_days(calendar.country, calendar.subdivision, year)


class _Tape(NamedTuple):
    """All working time from ``first`` to ``last``: spans apart from each other, in order.

    ``before[i]`` is the working time on the tape before ``starts[i]``.
    """

    first: datetime
    last: datetime
    starts: list[datetime]
    ends: list[datetime]
    before: list[timedelta]

    @property
    def total(self) -> timedelta:
        return self.before[-1] + (self.ends[-1] - self.starts[-1]) if self.starts else _ZERO

    def passed(self, moment: datetime) -> timedelta:
        """The working time from the tape's beginning to ``moment``."""
        i = bisect_right(self.starts, moment) - 1
        if i < 0:
            return _ZERO
        return self.before[i] + (min(moment, self.ends[i]) - self.starts[i])

    def moment(self, passed: timedelta) -> datetime:
        """The first moment at which ``passed``, more than nothing, has passed on the tape."""
        i = bisect_left(self.before, passed) - 1
        return self.starts[i] + (passed - self.before[i])

    def opening(self, moment: datetime) -> datetime | None:
        """The first working moment from ``moment`` on."""
        i = bisect_right(self.ends, moment)
        return max(moment, self.starts[i]) if i < len(self.starts) else None


class WorkingTime:
    """The clocks of one site. Every moment given is aware, every moment returned is in UTC.

    A shift whose end is not after its start ends on the next day and belongs to the day on which
    it starts; shifts that overlap count once. A made-up working day whose weekday has no shift of
    its own runs the shifts of the first ordinary working weekday.
    """

    def __init__(self, settings: Settings) -> None:
        self._zone = settings.site.zone
        self._days = WorkingDays(settings.calendar)
        self._closed_on_holidays = settings.calendar.closed_on_holidays
        self._shifts = [
            [shift for shift in settings.shifts if name in shift.days] for name in _WEEKDAYS
        ]
        ordinary = (
            shifts
            for name, shifts in zip(_WEEKDAYS, self._shifts, strict=True)
            if name not in settings.calendar.weekend
        )
        self._shifts_made_up = next(filter(None, ordinary), [])
        self._spans: dict[date, Sequence[Span]] = {}
        self._tape: _Tape | None = None

    def add(self, start: datetime, limit: Limit, extra: timedelta = _ZERO) -> datetime:
        """When ``limit``, begun at ``start``, is used up; ``extra`` on the same clock lengthens it.

        Working hours pass only in shifts; a due time at a shift's end is that end, not the next
        opening. A limit of working days ends at the same local time of day that many working days
        later; what starts on another day, or before a day's opening, starts with the opening.

        Raises:
            OrdertermError: the calendar has no working time, or too little of it.
        """
        start = _in_utc(start)
        if limit.hours is not None:
            return self.advance(start, _hours(limit.hours) + extra, limit.clock)
        days = limit.days or 0
        if limit.clock == "elapsed":
            return self.advance(start, days * _DAY + extra, limit.clock)
        due = self._add_working_days(start, days)
        return self.advance(due, extra, limit.clock) if extra else due

    def advance(self, start: datetime, length: timedelta, clock: Clock) -> datetime:
        """The first moment by which ``length`` of ``clock`` has passed since ``start``.

        Raises:
            OrdertermError: the calendar has no working time, or too little of it.
        """
        start = _in_utc(start)
        if length <= _ZERO:
            return start
        if clock == "working":
            return self._advance_working(start, length)
        if length > _LONGEST:
            raise _too_long(start)
        return start + length

    def between(self, start: datetime, end: datetime, clock: Clock) -> timedelta:
        """How much of ``clock`` passes from ``start`` to ``end``; below 0 if that is earlier."""
        if clock == "elapsed":
            return end - start
        start, end = _in_utc(start), _in_utc(end)
        tape = self._tape_over(min(start, end), max(start, end))
        return tape.passed(end) - tape.passed(start)

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` counts in a limit of working days."""
        return self._days.is_working(day)

    def shifts_on(self, day: date) -> Sequence[Span]:
        """The shifts that start on ``day``, by start; their times are UTC."""
        return self._spans_on(day)

    def shift_at(self, moment: datetime) -> str:
        """The name of the shift that is on, of several the one that began last; "" for none."""
        on = self._spans_at(moment)
        return on[-1].name if on else ""

    def next_to_end(self, moment: datetime) -> Span | None:
        """The shift that is on, of several the one that ends first; None for none."""
        return min(self._spans_at(moment), key=lambda span: span.end, default=None)

    def _spans_at(self, moment: datetime) -> list[Span]:
        """The shifts that are on, by start."""
        moment = _in_utc(moment)
        day = moment.astimezone(self._zone).date()
        return [
            span
            for span in (*self._spans_on(day - _DAY), *self._spans_on(day))
            if span.start <= moment < span.end
        ]

    def _advance_working(self, start: datetime, length: timedelta) -> datetime:
        tape = self._tape_over(start, start)
        target = tape.passed(start) + length
        while target > tape.total:
            if tape.last - max([start, *tape.ends[-1:]]) > _BARREN:
                raise _no_working_time(start)
            if tape.last - start > _LONGEST:
                raise _too_long(start)
            tape = self._tape_over(tape.first, tape.last + _MARGIN)
            target = tape.passed(start) + length
        return tape.moment(target)

    def _add_working_days(self, start: datetime, days: int) -> datetime:
        local = start.astimezone(self._zone)
        day = local.date()
        if not self._days.is_working(day):
            day = next(self._days.after(day))
        opening = self._opening(day)
        if start < opening:
            local = opening.astimezone(self._zone)
        if days * _DAY > _LONGEST:
            raise _too_long(start)
        later = self._days.after(day)
        for _ in range(days):
            day = next(later)
        return datetime.combine(day, local.time(), self._zone).astimezone(UTC)

    def _opening(self, day: date) -> datetime:
        """When work begins on ``day``: midnight if it goes on from the day before or never does."""
        midnight, next_midnight = self._at(day, time()), self._at(day + _DAY, time())
        opening = self._tape_over(midnight, next_midnight).opening(midnight)
        return opening if opening is not None and opening < next_midnight else midnight

    def _tape_over(self, first: datetime, last: datetime) -> _Tape:
        """A tape that covers both moments. It is replaced, never changed: threads share it."""
        tape = self._tape
        if tape is not None:
            if tape.first <= first and last <= tape.last:
                return tape
            first, last = min(first, tape.first), max(last, tape.last)
        try:
            self._tape = tape = self._recorded(first - _MARGIN, last + _MARGIN)
        except OverflowError:
            raise _too_long(first) from None
        return tape

    def _recorded(self, first: datetime, last: datetime) -> _Tape:
        tape = _Tape(first, last, [], [], [])
        # Two days more on each side: one for the zone's offset, one for a shift overnight.
        day, end = first.date() - 2 * _DAY, last.date() + 2 * _DAY
        while day <= end:
            for span in self._spans_on(day):
                _record(tape, span)
            day += _DAY
        return tape

    def _spans_on(self, day: date) -> Sequence[Span]:
        """The shifts that start on ``day``, by start."""
        spans = self._spans.get(day)
        if spans is None:
            spans = self._spans[day] = sorted(self._spans_of(day))
        return spans

    def _spans_of(self, day: date) -> Iterator[Span]:
        if self._closed_on_holidays and self._days.is_holiday(day):
            return
        shifts = self._shifts[day.weekday()]
        if not shifts and self._days.is_made_up(day):
            shifts = self._shifts_made_up
        for shift in shifts:
            end_day = day if shift.end > shift.start else day + _DAY
            start, end = self._at(day, shift.start), self._at(end_day, shift.end)
            # The hour that a zone skips can swallow a shift whole.
            if start < end:
                yield Span(start, end, shift.name)

    def _at(self, day: date, local: time) -> datetime:
        return datetime.combine(day, local, self._zone).astimezone(UTC)


def _record(tape: _Tape, span: Span) -> None:
    if tape.ends and span.start <= tape.ends[-1]:
        tape.ends[-1] = max(tape.ends[-1], span.end)
        return
    tape.before.append(tape.total)
    tape.starts.append(span.start)
    tape.ends.append(span.end)


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _hours(hours: float) -> timedelta:
    # A number too large for a timedelta must end as a sentence, and this is longer than any.
    return timedelta(hours=min(hours, 1e6))


def _no_working_time(start: date) -> OrdertermError:
    return OrdertermError(
        "the calendar holds no working time for more than 400 days from {start:%Y-%m-%d}: "
        "check shifts and calendar in orderterm.toml",
        start=start,
    )


def _too_long(start: date) -> OrdertermError:
    return OrdertermError(
        "no due time within ten years of {start:%Y-%m-%d} can be found: "
        "check limits, shifts and calendar in orderterm.toml",
        start=start,
    )
