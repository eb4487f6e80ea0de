"""What will be late, on the manager's screen and on the monitor, before it is."""

from datetime import timedelta

import pytest
from msgspec import structs

from orderterm.terms import Language, Role, Stage
from orderterm.views.forecast import QueueForecast
from screens.lists.forecast_rows import forecast_text
from screens.station import Station
from tests.contract.company import Company
from tests.screens.seat import Seat, seated
from tests.screens.test_monitor import SMALL, WIDE, watching


@pytest.fixture
def slow(company: Company) -> Company:
    """Two reviews were done, each in half an hour; four wait."""
    for _ in range(2):
        number = company.order()
        company.later(minutes=30)
        company.confirm("rev", number)
    for _ in range(4):
        company.order()
    return company


def test_what_is_waited_for_is_no_work_to_be_done(company: Company) -> None:
    ends = company.now + timedelta(hours=2)
    station = Station(company.file.parent, company.workplace.settings, lambda: company.now, "t1")
    queue = QueueForecast(Stage.TRACKING, Role.TRACKING, 9, 0, 0, 4.0, ends, 3, ())
    told = str(forecast_text(queue, 7, station))
    assert told.startswith("tracking: 9 under way; going by how long others took")
    assert told.endswith("; 3 will be late if nothing changes")
    assert "of work" in str(forecast_text(structs.replace(queue, stage=Stage.REVIEW), 7, station))


async def to_forecast(seat: Seat) -> None:
    while seat.desk.page.title.template != "forecast":
        await seat.press("tab")


async def test_a_queue_leads_to_the_orders_that_will_be_late(slow: Company) -> None:
    async with seated(slow, "boss") as seat:
        await to_forecast(seat)
        review = next(line for line in seat.lines if "review" in line).split()
        assert review[-5:] == ["review", "4", "2", "13:00", "2"]
        await seat.shows("4 to do at 2 an hour of work")
        assert "20261123-EC-006  due 12:00, expected 13:00" in seat.text
        await seat.press("enter")
        assert seat.numbers == ["20261123-EC-005", "20261123-EC-006"]
        assert "12:30" in seat.lines[2]
        await seat.press("escape")
        assert "forecast" in seat.lines[0]
        await seat.press("down", "enter")
        assert seat.answer == "nothing that is open at receiving will be late"


async def test_beside_a_wide_list_nothing_is_cut(slow: Company) -> None:
    async with seated(slow, "boss", size=(120, 40)) as seat:
        await to_forecast(seat)
        await seat.shows("due 12:00, expected 13:00")
        assert "+1:00" in seat.text
        assert "waiting" in seat.lines[1]
        assert seat.lines[-1].startswith("enter details  ? all keys")
        await seat.press("enter")
        assert "due expected by" in seat.lines[1]


async def test_where_nobody_works_it_is_said(slow: Company) -> None:
    async with seated(slow, "boss") as seat:
        await to_forecast(seat)
        await seat.press("down", "down")
        await seat.shows("nobody has finished anything here")


@pytest.mark.parametrize("size", [SMALL, WIDE])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_monitor_warns_before_it_is_late(
    slow: Company, size: tuple[int, int], language: Language
) -> None:
    async with watching(slow, size, language) as stand:
        await stand.shows("! 2 will be late" if language == "en" else "! 预计 2 单将超时")
        assert "13:00" in stand.line("●")
        assert stand.line("! ").strip(" ").endswith(" 2")


async def test_the_monitor_says_that_nothing_more_will_be_late(company: Company) -> None:
    async with watching(company) as stand:
        await stand.shows("nothing more will be late")
        company.order()
        await stand.shows("1 open")
        assert "nothing more will be late" in stand.text
