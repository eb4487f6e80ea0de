"""The forecast as rows of a list, and what is told of a queue beside it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from orderterm.rules.awaited import AWAITED
from orderterm.sentences import Sentence, say
from orderterm.views.forecast import ForecastView, LateOrder, QueueForecast
from screens.desk import Desk
from screens.station import Station
from screens.terminal.cells import fit, width, wrap
from screens.widgets.canvas import Line
from screens.widgets.pane import Maker
from screens.widgets.work_list import Column


class ForecastRow(Struct, frozen=True):
    """A queue as it will be; ``days`` are those that its rate is of."""

    queue: QueueForecast
    days: int

    @property
    def key(self) -> str:
        """What the list knows the row by."""
        return self.queue.stage.value

    @property
    def title(self) -> Sentence:
        """What a list of its orders that will be late is called."""
        return say("{stage}: will be late", stage=self.queue.stage)


def forecast_rows(found: ForecastView) -> list[ForecastRow]:
    """Each stage's queue."""
    return [ForecastRow(queue, found.days) for queue in found.queues]


def _figure(number: int) -> str:
    return str(number) if number else ""


def _end(row: ForecastRow, station: Station) -> str:
    """When the queue is done; a question mark where that is not in sight."""
    if not row.queue.open:
        return ""
    return day_and_time(row.queue.done_at, station)


def day_and_time(moment: datetime | None, station: Station) -> str:
    """A time of today as hours and minutes, another one with its day; ``?`` where it is unknown."""
    if moment is None:
        return "?"
    today = moment.astimezone(station.zone).date() == station.now().date()
    return f"{moment:%H:%M}" if today else f"{moment:%m-%d %H:%M}"


def hours_and_minutes(minutes: int) -> str:
    """How late: ``1:05``."""
    return f"{minutes // 60}:{minutes % 60:02d}"


FORECAST = (
    Column(say("stage"), 12, lambda row, s: s.text(row.queue.stage), keep=10, grow=True),
    Column(say("to do"), 6, lambda row, _: _figure(row.queue.open), right=True, keep=9),
    Column(
        say("overdue"),
        7,
        lambda row, _: _figure(row.queue.overdue),
        look=lambda *_: "overdue",
        right=True,
        keep=6,
    ),
    Column(say("waiting"), 7, lambda row, _: _figure(row.queue.waiting), right=True, keep=4),
    Column(
        say("an hour"),
        8,
        lambda row, _: f"{row.queue.per_hour:g}" if row.queue.per_hour else "",
        right=True,
        keep=8,
    ),
    Column(say("done by"), 11, _end, right=True, keep=9),
    Column(
        say("will be late"),
        12,
        lambda row, _: _figure(row.queue.late),
        look=lambda *_: "due-soon",
        right=True,
        keep=9,
    ),
)


def about_forecast(desk: Desk, row: ForecastRow) -> Maker:
    """How the queue will go, and the first orders that will be late."""
    station = desk.station
    told = [forecast_text(row.queue, row.days, station)]

    def lines(columns: int) -> Sequence[Line]:
        text = [[(line, "")] for one in told for line in wrap(station.text(one), columns)]
        late = [line for order in row.queue.orders for line in _late(order, station, columns)]
        return [*text, *late]

    return lines


def forecast_text(queue: QueueForecast, days: int, station: Station) -> Sentence:
    """How a queue will go, in a sentence."""
    if not queue.open:
        return say("nothing to do at {stage}", stage=queue.stage)
    if not queue.per_hour:
        return say(
            "{stage}: {open} to do, and nobody has finished anything here in the last days",
            stage=queue.stage,
            open=queue.open,
        )
    if queue.done_at is None:
        return say(
            "{stage}: {open} to do at {rate} an hour: the end is not in sight",
            stage=queue.stage,
            open=queue.open,
            rate=f"{queue.per_hour:g}",
        )
    if queue.stage in AWAITED:
        return say(
            "{stage}: {open} under way; going by how long others took, the last is done by {at}; "
            "{late} will be late if nothing changes",
            stage=queue.stage,
            open=queue.open,
            at=day_and_time(queue.done_at, station),
            late=queue.late,
        )
    return say(
        "{stage}: {open} to do at {rate} an hour of work, as on its last {days} working days and "
        "in the last hours: done by {at}; {late} will be late if nothing changes",
        stage=queue.stage,
        open=queue.open,
        rate=f"{queue.per_hour:g}",
        days=days,
        at=day_and_time(queue.done_at, station),
        late=queue.late,
    )


def _late(order: LateOrder, station: Station, columns: int) -> list[Line]:
    """An order that will be late; where all of it is too long for a line, on two."""
    told = say(
        "due {due}, expected {expected}",
        due=day_and_time(order.due_at, station),
        expected=day_and_time(order.expected_at, station),
    )
    text = station.text(told)
    number, late = f"{order.number}  ", f"  +{hours_and_minutes(order.minutes_late)}"
    room = max(0, columns - width(number) - width(late))
    if width(text) <= room:
        return [[(number, ""), (fit(text, room), "faint"), (late, "due-soon")]]
    return [[(number, ""), (" " * room, ""), (late, "due-soon")], [(f"  {text}", "faint")]]
