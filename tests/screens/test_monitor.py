"""The wall monitor: what it shows at each size, what its keys do, and what it can't do."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from peewee import OperationalError
from textual.app import App
from textual.pilot import Pilot

from orderterm.settings import FILE_NAME
from orderterm.store import connection
from orderterm.terms import ExceptionKind, Language, Stage
from orderterm.workflow import stages
from orderterm.workflow.escalations import pass_clock
from screens import monitor
from screens.monitor import MonitorApp, MonitorScreen
from screens.run import open_monitor
from screens.station import Station
from screens.terminal.marks import marks
from tests.contract.company import Company

SMALL, WIDE, VAST = (80, 24), (120, 40), (240, 67)
SIZES = [SMALL, WIDE, VAST]
PATIENCE_SECONDS = 60.0
UNICODE = set("▁▂▃▄▅▆▇█●·…→")

COMMANDS = {
    "app.help",
    "app.language",
    "app.palette",
    "app.quit",
    "app.repaint",
    "app.theme",
    "list.refresh",
    "monitor.freeze",
    "monitor.page",
    "monitor.turn",
}


class Stand:
    """Somebody who stands before the monitor."""

    def __init__(self, app: MonitorApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def screen(self) -> MonitorScreen:
        return self.app.monitor

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def wall(self) -> list[str]:
        """What is on the wall, without the lines above and below."""
        return self.lines[1:-2]

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await self.pilot.pause(0.02)

    async def shows(self, words: str) -> None:
        try:
            await self.until(lambda: words in self.text)
        except TimeoutError:
            raise AssertionError(f"{words!r} is not on the screen:\n{self.text}") from None

    async def press(self, *keys: str) -> None:
        screen = self.screen
        for key in keys:
            await self.pilot.press(key)
            await self.until(lambda: screen._flow is None or screen.is_asking)
        await self.pilot.pause()

    def line(self, words: str) -> str:
        """The line that has ``words``."""
        return next(line for line in self.lines if words in line)


@asynccontextmanager
async def watching(
    company: Company,
    size: tuple[int, int] = SMALL,
    language: Language = "en",
    *,
    readonly: bool = False,
    **screen: Any,
) -> AsyncIterator[Stand]:
    """Open the company's monitor.

    Args:
        company: at work; with ``readonly`` it can't work on, as the process has one database.
        size: columns and lines of the terminal.
        language: of the terminal.
        readonly: open the database as ``orderterm monitor`` does.
        screen: settings of the screen.
    """
    if readonly:
        connection.use(company.file, readonly=True)
    settings = company.workplace.settings
    settings = structs.replace(settings, screen=structs.replace(settings.screen, **screen))
    station = Station(company.file.parent, settings, lambda: company.now, "monitor")
    station.language = language
    app = MonitorApp(station)
    async with app.run_test(size=size) as pilot:
        stand = Stand(app, pilot)
        await stand.until(lambda: app.monitor.latest is not None)
        await pilot.pause()
        yield stand


def late(company: Company, count: int, **draft: Any) -> list[str]:
    """Orders whose review is overdue."""
    numbers = [company.order(**draft) for _ in range(count)]
    company.later(hours=2)
    return numbers


@pytest.fixture
def busy(company: Company) -> Company:
    """A company with something of everything."""
    company.stock(A=50)
    company.ordered(None)
    company.ordered(Stage.SHIPPING)
    stages.claim(company.workplace, "rev", company.ordered(Stage.REVIEW))
    company.trouble("exc", company.ordered(Stage.PREPARATION), ExceptionKind.OTHER)
    late(company, 2, customer_name="王小明 13911112222", contact="m.wang@example.com")
    pass_clock(company.workplace)
    return company


# -- what it shows --------------------------------------------------------------------------------


async def test_a_small_screen_has_three_pages(busy: Company) -> None:
    async with watching(busy) as stand:
        assert "1/3 stages" in stand.lines[0]
        assert "   5 open" in stand.wall[0]
        assert "   3 overdue" in stand.wall[0]
        assert "   1 exceptions" in stand.wall[0]
        review = stand.line("review")
        assert re.match(r" ● red +review +3 +3 (?: +[?])? +20261123-EC-003 +2:00 Rev$", review)
        assert stand.line("refund").split() == ["●", "green", "refund"]
        assert "6 came in, 1 were completed" in stand.text
        await stand.press("tab")
        assert "2/3 overdue" in stand.lines[0]
        assert "overdue: 1 to 3 of 3" in stand.text
        row = stand.line("20261123-EC-003").split()
        assert row[2:7] == ["review", "Rev", "11:00", "1:00", "Boss"]
        assert "王小明 139**" in stand.text
        await stand.press("tab")
        assert "3/3 load" in stand.lines[0]
        assert stand.line(" Rev ").split()[:4] == ["Rev", "1", "1", "3"]
        assert "other" in stand.text
        assert "商城" in stand.text
        await stand.press("tab")
        assert "1/3 stages" in stand.lines[0]


@pytest.mark.parametrize("size", [WIDE, VAST])
async def test_a_larger_screen_shows_all_at_once(busy: Company, size: tuple[int, int]) -> None:
    async with watching(busy, size) as stand:
        assert "1/1 overview" in stand.lines[0]
        for words in ("● red    review", "by the hour", "overdue: 1 to 3", "Rev", "商城", "other"):
            assert words in stand.text
        await stand.press("tab")
        assert "everything there is to see is on this page" in stand.text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_customers_are_masked_at_every_size(
    busy: Company, size: tuple[int, int], language: Language
) -> None:
    async with watching(busy, size, language) as stand:
        for _ in range(4):
            assert not re.search(r"\d{11}|m\.wang|文三路|478号", stand.text)
            await stand.press("tab")


async def test_the_vast_screen_tells_masked_contacts_and_addresses(busy: Company) -> None:
    async with watching(busy, VAST) as stand:
        assert "m***@example" in stand.text
        assert "杭州市西****" in stand.text


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_jumps(busy: Company, size: tuple[int, int]) -> None:
    def places(stand: Stand) -> list[tuple[int, int]]:
        words = ("review", "shipping", "refund", "by the hour", "exc.", "oldest", "with")
        return [
            (y, line.find(word))
            for word in words
            for y, line in enumerate(stand.wall)
            if word in line[:80]
        ][:12]

    async with watching(busy, size) as stand:
        before = places(stand)
        for _ in range(12):
            busy.order()
        await stand.shows("17 open")
        assert places(stand) == before
        open_ends = {
            len(line) - len(line.lstrip()) for line in (stand.line("red"), stand.line("refund"))
        }
        assert open_ends == {1}


async def test_figures_stand_right_aligned(busy: Company) -> None:
    for _ in range(8):
        busy.order()
    async with watching(busy) as stand:
        end = stand.line("to do").index("to do") + len("to do")
        review, shipping = stand.line("review"), stand.line("shipping")
        assert review[:end].endswith(" 11")
        assert shipping[:end].endswith("  1")


async def test_the_hours_of_the_day_are_a_chart(company: Company) -> None:
    for _ in range(8):
        company.order()
    company.later(hours=1)
    company.order()
    async with watching(company) as stand:
        chart = [line.ljust(80) for line in stand.wall[12:20]]
        assert [line[38:44] for line in chart[:4]] == [" ██   ", " ██   ", " ██ ▃▃", "  8  1"]
        assert not any(line[8:].strip() for line in chart[4:8])
        assert stand.wall[20].split()[10:12] == ["10", "11"]


async def test_hours_too_busy_for_their_cells_tell_the_highest(company: Company) -> None:
    company.receive(*(company.draft() for _ in range(100)))
    async with watching(company) as stand:
        assert "at most 100 an hour" in stand.text
    async with watching(company, VAST) as stand:
        assert "at most" not in stand.text
        assert re.search(r"^ +100$", stand.text[: stand.text.index("done")], re.MULTILINE) or (
            " 100 " in stand.text
        )


async def test_a_surge_is_flagged_on_every_page(company: Company) -> None:
    for _ in range(8):
        company.order()
        company.later(days=1)
    for _ in range(6):
        company.order()
    async with watching(company) as stand:
        for _ in range(3):
            assert "! SURGE: 商城" in stand.wall[0]
            await stand.press("tab")


async def test_a_long_list_is_shown_part_by_part(company: Company) -> None:
    numbers = late(company, 40)
    async with watching(company) as stand:
        seen: list[str] = []
        for _ in range(3):
            await stand.press("tab")
            assert "2/3" in stand.lines[0]
            seen += re.findall(r"\d{8}-EC-\d{3}", stand.text)
        assert seen == numbers
        await stand.press("tab")
        assert "3/3" in stand.lines[0]


async def test_plain_characters_and_no_colours(busy: Company) -> None:
    async with watching(busy, ascii=True, theme="mono") as stand:
        for _ in range(3):
            assert not UNICODE & set("\n".join(stand.wall))
            colours = {
                segment.style.color
                for strip in stand.app.screen._compositor.render_strips()
                for segment in strip
                if segment.style
            }
            assert all(colour is None or colour.is_default for colour in colours)
            await stand.press("tab")
        assert stand.line("review").startswith(" * red")
        assert "##" in stand.text
        assert stand.app.has_class("-plain")
        assert stand.app.screen.station.marks == marks(ascii=True)  # type: ignore[attr-defined]


async def test_it_changes_its_language(busy: Company) -> None:
    async with watching(busy) as stand:
        await stand.press("L")
        assert "● 红" in stand.line("审核")
        await stand.press("L")
        assert "● red" in stand.line("review")


@pytest.mark.parametrize("size", [(20, 5), (40, 10), (119, 34), (199, 48)])
async def test_it_lives_on_any_screen(busy: Company, size: tuple[int, int]) -> None:
    async with watching(busy, size) as stand:
        await stand.press("tab", "tab", "tab", "space", "?", "escape")
        assert len(stand.lines) == size[1]
        await stand.pilot.resize_terminal(*SMALL)
        await stand.shows("FROZEN")


# -- its keys -------------------------------------------------------------------------------------


async def test_a_change_is_seen(busy: Company) -> None:
    async with watching(busy) as stand:
        busy.order()
        await stand.shows(" 6 open")


async def test_the_clocks_go_on_where_nothing_changes(company: Company) -> None:
    number = company.order()
    async with watching(company) as stand:
        assert "yellow" in stand.line("review")
        company.later(hours=2)
        await stand.shows("● red    review")
        assert f"{number}   2:00" in stand.line("review")


async def test_a_frozen_picture_is_held_still(busy: Company) -> None:
    async with watching(busy) as stand:
        await stand.press("space")
        assert "FROZEN since 12:00" in stand.lines[0]
        before = stand.wall
        busy.order()
        await stand.until(lambda: stand.screen.latest.totals.open == 6)  # type: ignore[union-attr]
        await stand.pilot.pause()
        assert stand.wall == before
        await stand.press("tab", "tab", "tab")
        assert stand.wall == before
        await stand.press("space")
        assert "FROZEN" not in stand.text
        assert " 6 open" in stand.text


async def test_pages_turn_by_themselves_until_they_are_held(
    busy: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "TURN_SECONDS", 0.1)
    async with watching(busy) as stand:
        await stand.press("t")
        assert "pages turn" in stand.lines[0]
        for title in ("2/3", "3/3", "1/3"):
            await stand.shows(title)
        await stand.press("space")
        page = stand.screen.wall.place
        await stand.pilot.pause(0.3)
        assert stand.screen.wall.place == page
        await stand.press("t")
        assert "pages turn" not in stand.lines[0]


async def test_a_key_for_nothing_says_so(company: Company) -> None:
    async with watching(company) as stand:
        await stand.press("c")
        assert "the key c does nothing here" in stand.text


async def test_the_figures_can_be_read_at_once(company: Company) -> None:
    async with watching(company) as stand:
        await stand.press("r")
        assert "read at 10:00:00" in stand.text


async def test_it_follows_the_settings(company: Company) -> None:
    async with watching(company) as stand:
        assert "south gate" not in stand.lines[0]
        toml = company.file.with_name(FILE_NAME)
        toml.write_text("site.name = 'south gate'", encoding="utf-8")
        await stand.press("r")
        assert "south gate" in stand.lines[0]


# -- the database away ----------------------------------------------------------------------------


async def test_the_last_picture_stays_while_the_database_is_away(busy: Company) -> None:
    elsewhere = busy.file.with_name("elsewhere.db")
    async with watching(busy, readonly=True) as stand:
        before = stand.wall
        busy.file.rename(elsewhere)
        await stand.shows("stale since 12:00:00")
        assert stand.wall == before
        await stand.press("r")
        assert "orderterm.db can't be read since 12:00:00" in stand.text
        assert "stale since 12:00:00" in stand.text
        elsewhere.rename(busy.file)
        await stand.until(lambda: "stale" not in stand.lines[0])
        assert "orderterm.db can be read again" in stand.text
        busy.later(days=1)
        await stand.shows(" 6 overdue")


async def test_its_folder_may_be_away_too(busy: Company) -> None:
    folder = busy.file.parent
    elsewhere = folder.with_name("elsewhere")
    async with watching(busy, readonly=True) as stand:
        folder.rename(elsewhere)
        await stand.shows("stale since")
        elsewhere.rename(folder)
        await stand.until(lambda: "stale" not in stand.lines[0])
        assert " 5 open" in stand.text


async def test_a_backup_in_its_place_is_shown(busy: Company) -> None:
    backup = busy.file.with_name("backup.db")
    with closing(sqlite3.connect(busy.file)) as source, closing(sqlite3.connect(backup)) as copy:
        source.backup(copy)
    busy.order()
    async with watching(busy, readonly=True) as stand:
        assert " 6 open" in stand.text
        with closing(sqlite3.connect(busy.file)) as source:
            source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        backup.replace(busy.file)
        await stand.shows(" 5 open")
        assert "stale" not in stand.lines[0]


async def test_it_tries_again_by_itself(busy: Company) -> None:
    async with watching(busy, readonly=True) as stand:
        stand.screen.be_away("for a moment")
        assert "stale since 12:00:00" in stand.text
        await stand.until(lambda: "stale" not in stand.lines[0])


async def test_what_is_no_database_is_as_good_as_none(busy: Company, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish"
    rubbish.write_bytes(b"no database" * 1000)
    async with watching(busy, readonly=True) as stand:
        before = stand.wall
        rubbish.replace(busy.file)
        busy.later(minutes=1)
        await stand.shows("stale since 12:01:00")
        assert stand.wall == before


# -- what it can't do -----------------------------------------------------------------------------


def dump(file: Path) -> Iterator[str]:
    with closing(sqlite3.connect(file)) as opened:
        yield from opened.iterdump()


def test_neither_a_key_nor_its_connection_can_write(
    busy: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = list(dump(busy.file))
    commands: set[str] = set()
    refusals: list[str] = []

    async def try_all(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, MonitorApp)
        stand = Stand(pilot.app, pilot)
        await stand.shows("5 open")
        by_key = stand.screen.commands()
        commands.update(one.id for one in by_key.values())
        for key in by_key.keys() - {"ctrl+q"}:
            await stand.press(key)
            if stand.screen.is_asking:
                await stand.press("escape")
        try:
            busy.order()
        except OperationalError as error:
            refusals.append(str(error))
        await pilot.press("ctrl+q")

    def run(app: MonitorApp, **_: Any) -> None:
        App.run(app, headless=True, size=SMALL, auto_pilot=try_all)

    monkeypatch.setattr(MonitorApp, "run", run)
    settings = busy.workplace.settings
    assert open_monitor(busy.file.parent, settings, lambda: busy.now) == 0
    assert commands == COMMANDS
    assert refusals == ["attempt to write a readonly database"]
    assert list(dump(busy.file)) == before
