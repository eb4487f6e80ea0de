"""A day in the life of the sample company: files arrive, people work them, the clock runs fast."""

import getpass
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from orderterm import home as homes
from orderterm import settings as all_settings
from orderterm.demo import company
from orderterm.demo.company import Person
from orderterm.demo.desk import STATION
from orderterm.demo.feed import Feed, FeedFile
from orderterm.demo.hands import Hands
from orderterm.duties.clock import ClockDuty
from orderterm.duties.crew import do_all
from orderterm.duties.inbox import InboxDuty
from orderterm.duties.outbox import OutboxDuty
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence
from orderterm.store import connection, schema
from orderterm.workflow import registers
from orderterm.workflow.workplace import SYSTEM, Workplace

DAY = date(2026, 11, 23)
OPENS, CLOSES = time(7, 30), time(22, 0)
STEP = timedelta(minutes=10)
MARKER = ".orderterm-demo"

Tell = Callable[[Sentence], None]


class Clock:
    """The simulated time, which only moves when it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def run(home: Path | None, *, orders: int, seed: int, tell: Tell) -> tuple[Path, datetime]:
    """Run the sample company's day to its end.

    Args:
        home: where its home is made; a throw-away folder where None.
        orders: how many orders its customers place that day.
        seed: the same seed gives the same day.
        tell: told how the day goes, a sentence at a time.

    Returns:
        The home, and the time at the end of the day.

    Raises:
        OrdertermError: the home can't be made, or holds something else.
    """
    place = make_home(home or throw_away(seed))
    zone = all_settings.load(place).site.zone
    clock = Clock(datetime.combine(DAY, OPENS, zone).astimezone(UTC))
    closing = datetime.combine(DAY, CLOSES, zone).astimezone(UTC)
    feed = Feed(seed, datetime.combine(DAY, time(), zone), orders)
    workplace = open_home(place, clock)
    steps = int((closing - clock.at) / STEP)
    hands = Hands(workplace, seed, pace=pace(orders, steps))
    with connection.reading():
        hire(workplace, company.STAFF)
        work(hands, place, clock, closing, list(feed.files()), tell)
    return place, clock()


def pace(orders: int, steps: int) -> int:
    """How many tasks a role must get through in a step to keep up with so many orders."""
    return max(1, round(orders / steps * 1.7))


def throw_away(seed: int) -> Path:
    """The folder of the demo with this seed: always the same, so that a later one replaces it."""
    return Path(tempfile.gettempdir()) / f"orderterm-demo-{getpass.getuser()}-{seed}"


def make_home(place: Path, own_settings: str = "") -> Path:
    """Make a home for the sample company; an earlier demo's is replaced.

    Args:
        place: where.
        own_settings: its ``orderterm.toml``; the shipped one where empty.

    Raises:
        OrdertermError: it can't be made, or the place holds something that is no demo.
    """
    if os.path.lexists(place) and not _may_be_replaced(place):
        raise OrdertermError(
            "{folder} holds something that is no demo; name an empty folder with --home",
            folder=place,
        )
    try:
        if place.exists():
            shutil.rmtree(place)
        place.mkdir(mode=0o700, parents=True)
        (place / MARKER).touch()
        if own_settings:
            (place / all_settings.FILE_NAME).write_text(own_settings, encoding="utf-8")
    except OSError as error:
        raise OrdertermError(
            "{folder} can't be made: {reason}; name another folder with --home",
            folder=place,
            reason=error.strerror or str(error),
        ) from error
    homes.make_home(place)
    return place


def _may_be_replaced(place: Path) -> bool:
    """Whether it is an empty folder, or an earlier demo's."""
    if place.is_symlink() or not place.is_dir():
        return False
    return (place / MARKER).is_file() or not any(place.iterdir())


def open_home(place: Path, clock: Clock) -> Workplace:
    """The new home at work, with an empty database, which is this process's from now on."""
    settings = all_settings.load(place)
    file = place / settings.database
    schema.migrate(file, clock())
    connection.use(file)
    return Workplace(settings, clock, STATION)


def hire(workplace: Workplace, people: Iterable[Person]) -> None:
    """Put people on the staff; superiors come before their people."""
    registers.add_first_admin(workplace)
    for one in people:
        registers.add_staff(workplace, SYSTEM.badge, one.badge, one.name, one.roles, one.superior)


def work(
    hands: Hands, home: Path, clock: Clock, until: datetime, files: list[FeedFile], tell: Tell
) -> list[FeedFile]:
    """Let the time pass, and the staff work on what the files bring.

    Args:
        hands: the staff.
        home: where they work.
        clock: tells their time; moved on step by step.
        until: the last moment at which they still work.
        files: what comes in, each at its time, the earliest first.
        tell: told how it goes.

    Returns:
        The files whose time has not come.
    """
    zone = hands.workplace.settings.site.zone
    duty = InboxDuty(hands.workplace, home, tell, settle_seconds=0.0)
    others = (ClockDuty(hands.workplace, home, tell), OutboxDuty(hands.workplace, home, tell))
    try:
        while clock.at <= until:
            due = [file for file in files if file.at <= clock.at]
            files = files[len(due) :]
            drop(duty.inbox, due)
            duty.take_in()
            hands.work()
            do_all(others, tell)
            if clock.at.astimezone(zone).minute == 0:
                tell(hands.told(clock.at.astimezone(zone)))
            clock.at += STEP
    finally:
        duty.close()
    return files


def drop(inbox: Path, files: Iterable[FeedFile]) -> None:
    """Put files into their folders, each all at once."""
    for file in files:
        target = inbox / file.channel / file.name
        part = target.with_name(target.name + ".part")
        part.write_bytes(file.content)
        os.replace(part, target)
