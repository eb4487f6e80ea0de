"""A day in the life of the sample company: files arrive, people work them, the clock runs fast."""

import getpass
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from orderterm import home as homes
from orderterm import settings as all_settings
from orderterm.demo import company
from orderterm.demo.feed import Feed, FeedFile
from orderterm.demo.hands import Hands
from orderterm.duties.inbox import InboxDuty
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
    place = _make_home(home or throw_away(seed))
    settings = all_settings.load(place)
    zone = settings.site.zone
    clock = Clock(datetime.combine(DAY, OPENS, zone).astimezone(UTC))
    file = place / settings.database
    schema.migrate(file, clock())
    connection.use(file)
    workplace = Workplace(settings, clock, "demo")
    with connection.reading():
        _hire(workplace)
        _work(workplace, place, clock, Feed(seed, DAY, zone, orders), seed, tell)
    return place, clock()


def throw_away(seed: int) -> Path:
    """The folder of the demo with this seed: always the same, so that a later one replaces it."""
    return Path(tempfile.gettempdir()) / f"orderterm-demo-{getpass.getuser()}-{seed}"


def _make_home(place: Path) -> Path:
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


def _hire(workplace: Workplace) -> None:
    registers.add_first_admin(workplace)
    for one in company.STAFF:
        registers.add_staff(workplace, SYSTEM.badge, one.badge, one.name, one.roles, one.superior)


def _work(
    workplace: Workplace, home: Path, clock: Clock, feed: Feed, seed: int, tell: Tell
) -> None:
    zone = workplace.settings.site.zone
    closing = datetime.combine(DAY, CLOSES, zone).astimezone(UTC)
    steps = int((closing - clock.at) / STEP)
    duty = InboxDuty(workplace, home, tell, settle_seconds=0.0)
    hands = Hands(workplace, seed, pace=max(1, round(feed.orders / steps * 1.7)))
    files = list(feed.files())
    try:
        while clock.at <= closing:
            files = _drop(duty.inbox, files, clock.at)
            duty.take_in()
            hands.work()
            if clock.at.astimezone(zone).minute == 0:
                tell(hands.told(clock.at.astimezone(zone)))
            clock.at += STEP
    finally:
        duty.close()


def _drop(inbox: Path, files: list[FeedFile], now: datetime) -> list[FeedFile]:
    """Put the files that are due into their folders; returns those that are not."""
    for file in files:
        if file.at <= now:
            target = inbox / file.channel / file.name
            whole = target.with_name(target.name + ".part")
            whole.write_bytes(file.content)
            os.replace(whole, target)
    return [file for file in files if file.at > now]
