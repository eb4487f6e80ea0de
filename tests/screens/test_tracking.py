"""The tracking desk: parcels, customers, carriers that are late."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from orderterm.errors import Refusal
from orderterm.rules.drafts import TrackingDraft
from orderterm.store.connection import reading
from orderterm.store.tables import Event, Order, SurveyReply, Task
from orderterm.terms import ExceptionKind, Priority, Stage, TrackingState
from orderterm.workflow import hearing, orders
from screens.flows.parcels import moment_before
from tests.contract.company import Company
from tests.screens.seat import Seat, seated


def shipped(company: Company, **draft: Any) -> str:
    """An order on its way."""
    return company.ordered(Stage.TRACKING, **draft)


@pytest.fixture
def company(company: Company) -> Company:
    company.stock(A=100, B=100)
    return company


async def test_one_key_signs_for_the_parcel_and_the_cursor_goes_on(company: Company) -> None:
    first = shipped(company)
    company.later(hours=1)
    second = shipped(company)
    async with seated(company, "track") as seat:
        assert seat.numbers == [first, second]
        await seat.press("c")
        assert company.stages(first) == [Stage.CONFIRMATION]
        assert company.parcels(first)[0].signed_at == company.now
        assert "tracking of" in seat.answer
        assert seat.here == second


async def test_the_oldest_parcel_stands_first_whatever_its_priority(company: Company) -> None:
    first = shipped(company)
    company.later(hours=1)
    second = shipped(company)
    orders.set_priority(company.workplace, "boss", second, Priority.URGENT, reason="pressed")
    async with seated(company, "track") as seat:
        assert seat.numbers == [first, second]


async def test_the_list_tells_carrier_age_and_what_was_heard(company: Company) -> None:
    number = shipped(company)
    waybill = company.parcels(number)[0].waybill
    company.later(days=1, hours=2)
    drafts = [
        TrackingDraft("SF", waybill, TrackingState.PICKED_UP, company.now - timedelta(hours=9)),
        TrackingDraft("SF", waybill, TrackingState.OUT_FOR_DELIVERY, company.now),
    ]
    hearing.note_tracking(company.workplace, "track", drafts)
    async with seated(company, "track", size=(120, 40)) as seat:
        line = seat.lines[2]
        assert "SF" in line
        assert waybill[:12] in line
        assert " 1 12:00 out" in line


async def test_a_parcel_was_signed_for_yesterday(company: Company) -> None:
    number = shipped(company)
    company.later(days=1)
    async with seated(company, "track") as seat:
        await seat.press("S")
        await seat.type("11-24 09:30")
        assert company.stages(number) == [Stage.CONFIRMATION]
        local = company.parcels(number)[0].signed_at.astimezone(seat.app.station.zone)
        assert f"{local:%m-%d %H:%M}" == "11-24 09:30"


async def test_nobody_signs_before_the_parcel_left(company: Company) -> None:
    number = shipped(company)
    async with seated(company, "track") as seat:
        await seat.press("S")
        await seat.type("5")
        assert "was shipped on 11-23" in seat.answer
        assert company.stages(number) == [Stage.TRACKING]


async def test_a_late_parcel_asks_why(company: Company) -> None:
    number = shipped(company)
    company.later(days=4)
    async with seated(company, "track") as seat:
        await seat.press("c")
        await seat.shows("why is it late?")
        await seat.press("1")
        await seat.type("the road was closed")
        assert company.stages(number) == [Stage.CONFIRMATION]
    done = Task.get((Task.stage == Stage.TRACKING) & Task.done_at.is_null(False))
    assert done.overdue_reason == "waiting_stock"
    told = Event.get((Event.order_number == number) & Event.payload.contains("overdue_reason"))
    assert '"note":"the road was closed"' in (told.payload or "")


async def test_the_carrier_delay_is_raised_with_two_keys(company: Company) -> None:
    number = shipped(company)
    async with seated(company, "track") as seat:
        await seat.press("x", "1", "1")
        assert company.exceptions(number) == [ExceptionKind.CARRIER_DELAY]
        assert "carrier delay" in seat.answer


async def test_another_exception_is_raised_in_words(company: Company) -> None:
    number = shipped(company)
    async with seated(company, "track") as seat:
        await seat.press("x", "2")
        await seat.type("wants it blue")
        assert company.exceptions(number) == [ExceptionKind.CHANGE_REQUEST]


async def to_page(seat: Seat, times: int) -> None:
    for _ in range(times):
        await seat.press("tab")


async def test_a_late_carriers_parcel_is_signed_for_after_all(company: Company) -> None:
    number = shipped(company)
    company.trouble("track", number, ExceptionKind.CARRIER_DELAY)
    async with seated(company, "track") as seat:
        await to_page(seat, 2)
        assert seat.numbers == [number]
        await seat.press("c")
        assert company.stages(number) == [Stage.CONFIRMATION]
        assert company.exceptions(number) == []
        await seat.until(lambda: seat.numbers == [])


async def test_a_carrier_delay_is_resolved_by_others_and_that_is_said_at_once(
    company: Company,
) -> None:
    number = shipped(company)
    company.trouble("track", number, ExceptionKind.CARRIER_DELAY)
    async with seated(company, "track") as seat:
        await to_page(seat, 2)
        await seat.press("e")
        assert "may not do this" in seat.answer
        assert not seat.screen.is_asking


async def test_the_customers_word_completes_the_order(company: Company) -> None:
    number = company.ordered(Stage.CONFIRMATION)
    async with seated(company, "track") as seat:
        await to_page(seat, 1)
        assert seat.numbers == [number]
        assert "13800138000" in seat.lines[2]
        await seat.press("c")
        assert company.row(number).completed_at is not None
        assert seat.answer == f"{number} is completed"


async def test_whom_nobody_has_asked_is_asked_by_phone(company: Company) -> None:
    number = company.ordered(None)
    async with seated(company, "track") as seat:
        await to_page(seat, 4)
        assert seat.numbers == [number]
        assert "13800138000" in seat.lines[2]
        await seat.press("s", "1", "4", "3")
        await seat.type("late")
        assert "1 4 3" in seat.answer
        assert company.exceptions(number) == [ExceptionKind.FOLLOW_UP]
        await seat.press("r")
        assert seat.numbers == []


async def test_the_survey_takes_a_key_a_score_and_a_comment(company: Company) -> None:
    number = company.ordered(Stage.CONFIRMATION)
    async with seated(company, "track") as seat:
        await to_page(seat, 1)
        await seat.press("s", "5", "4", "3")
        await seat.type("nice")
        with reading():
            reply = SurveyReply.get(SurveyReply.order == Order.get(Order.number == number).id)
        scores = (reply.speed, reply.accuracy, reply.service, reply.comment)
        assert scores == (5, 4, 3, "nice")
        assert "5 4 3" in seat.answer
        assert company.stages(number) == [Stage.CONFIRMATION]


async def test_calls_are_counted_beside_the_list(company: Company) -> None:
    shipped(company)
    async with seated(company, "track") as seat:
        await seat.shows("the customer has not been called")
        for words in ("no answer", "will be home"):
            await seat.press("l", "1")
            await seat.type(words)
        await seat.shows("called 2 times, last 11-23 10:00: will be home")


async def test_a_scanned_waybill_goes_to_its_order(company: Company) -> None:
    shipped(company)
    company.later(hours=1)
    second = shipped(company)
    async with seated(company, "track") as seat:
        await seat.scan(company.parcels(second)[0].waybill)
        assert seat.here == second


async def test_all_marked_parcels_are_signed_for_together(company: Company) -> None:
    numbers = [shipped(company) for _ in range(3)]
    async with seated(company, "track") as seat:
        await seat.press("A", "c", "1")
        assert [company.stages(number) for number in numbers] == [[Stage.CONFIRMATION]] * 3


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0", "11-23 10:00"),
        ("1", "11-22 12:00"),
        ("09:15", "11-23 09:15"),
        ("11-20", "11-20 12:00"),
        ("11-20 18:05", "11-20 18:05"),
        ("2026-10-30", "10-30 12:00"),
    ],
)
async def test_times_that_are_over_are_typed_in_few_words(
    company: Company, typed: str, meant: str
) -> None:
    async with seated(company, "track") as seat:
        found: datetime = moment_before(typed, seat.app.station)
        assert f"{found:%m-%d %H:%M}" == meant


@pytest.mark.parametrize("typed", ["tomorrow", "23:00", "2027-01-01", "13-40", ""])
async def test_what_is_no_time_that_is_over_is_refused(company: Company, typed: str) -> None:
    async with seated(company, "track") as seat:
        with pytest.raises(Refusal):
            moment_before(typed, seat.app.station)


async def test_who_was_not_asked_yet_is_asked_with_the_first_key_of_the_footer(
    company: Company,
) -> None:
    company.stock(A=1)
    company.ordered(None, contact="+33 6 39 98 12 11")
    async with seated(company, "track") as seat:
        await seat.press("tab", "tab", "tab", "tab")
        assert "not asked yet" in seat.lines[0]
        assert "+33 6 39 98 12 11" in seat.lines[2]
        assert seat.lines[-1].startswith("s survey  l call note")
