"""What an exception was resolved with is watched: a promise that is not kept opens it once more."""

from datetime import timedelta

import msgspec
import pytest

from orderterm.rules.drafts import TrackingDraft
from orderterm.store.connection import transaction
from orderterm.store.tables import Notification, OrderException
from orderterm.terms import Condition, ExceptionKind, ExceptionPath, Stage, TrackingState
from orderterm.views.exceptions import detail_text
from orderterm.workflow import hearing, orders, promises, watched
from orderterm.workflow.escalations import pass_clock
from orderterm.workflow.expecting import expect
from tests.contract.company import Company


@pytest.fixture
def short(company: Company) -> str:
    """An order of two that waits for stock, of which one is there."""
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 2)])
    company.confirm("inv", number)
    return number


@pytest.fixture
def late(company: Company) -> str:
    """An order whose parcel nobody has signed for in time."""
    company.stock(A=1)
    number = company.ordered(Stage.TRACKING)
    passed(company, hours=49)
    assert company.exceptions(number) == [ExceptionKind.CARRIER_DELAY]
    return number


def passed(company: Company, **span: float) -> None:
    company.later(**span)
    pass_clock(company.workplace)


def transferred(company: Company, number: str, **span: float) -> None:
    until = company.now + timedelta(**span)
    company.resolve("buyer", number, ExceptionPath.TRANSFER, until=until)


def expedited(company: Company, number: str, **span: float) -> None:
    eta = company.now + timedelta(**span)
    company.resolve("exc", number, ExceptionPath.EXPEDITE, eta=eta, told="by phone")


# -- stock ----------------------------------------------------------------------------------------


def test_stock_that_does_not_come_is_short_again(company: Company, short: str) -> None:
    transferred(company, short, days=1)
    passed(company, hours=23, minutes=59)
    assert company.exceptions(short) == []
    passed(company, minutes=1)
    assert company.exceptions(short) == [ExceptionKind.SHORTAGE]
    assert company.condition(short) is Condition.AWAITING_STOCK
    again = OrderException.get(OrderException.resolved_at.is_null())
    detail = msgspec.json.decode(again.detail)
    assert detail["short"] == {"A": 1}
    assert detail_text(detail, "en") == "A × 1; expected by 11-24 10:00, not come"
    assert again.alert_at > again.due_at > company.now
    told = Notification.select().where(Notification.recipient == "buyer")
    assert len([one for one in told if one.acknowledged_at is None]) == 1
    assert not company.flaws()


def test_what_the_customer_agreed_to_is_watched_too(company: Company, short: str) -> None:
    until = company.now + timedelta(days=2)
    company.resolve("buyer", short, ExceptionPath.DELAY, until=until, agreed="by phone")
    passed(company, days=2)
    assert company.exceptions(short) == [ExceptionKind.SHORTAGE]


def test_a_promise_is_asked_after_once(company: Company, short: str) -> None:
    transferred(company, short, days=1)
    passed(company, days=1)
    for _ in range(9):
        passed(company, days=1)
    assert OrderException.select().count() == 2
    transferred(company, short, days=1)
    passed(company, hours=23)
    assert company.exceptions(short) == []
    passed(company, hours=1)
    assert company.exceptions(short) == [ExceptionKind.SHORTAGE]
    assert OrderException.select().count() == 3


def test_an_engine_that_comes_second_asks_no_more(company: Company, short: str) -> None:
    transferred(company, short, days=1)
    company.later(days=1)
    found = [key for _, key in watched.due(company.now, 9)]
    pass_clock(company.workplace)
    company.resolve("buyer", short, ExceptionPath.SPLIT, agreed="by phone")
    with transaction():
        promises.ask_after(company.workplace, found, company.now)
    assert company.exceptions(short) == []


def test_stock_that_has_come_is_asked_after_no_more(company: Company, short: str) -> None:
    transferred(company, short, days=1)
    company.stock(A=2)
    assert company.stages(short) == [Stage.PREPARATION]
    passed(company, days=1)
    assert company.exceptions(short) == []


@pytest.mark.parametrize(("first", "then"), [(1, 2), (2, 1)])
def test_the_last_day_that_was_told_counts(
    company: Company, short: str, first: int, then: int
) -> None:
    transferred(company, short, days=first)
    expect(company.workplace, "buyer", short, company.now + timedelta(days=then), "it changes")
    passed(company, days=min(first, then))
    assert (company.exceptions(short) == []) == (then == 2)
    passed(company, days=1)
    assert company.exceptions(short) == [ExceptionKind.SHORTAGE]
    assert OrderException.select().count() == 3


def test_who_waits_without_a_day_is_watched_by_the_shortage(company: Company, short: str) -> None:
    for _ in range(9):
        passed(company, days=1)
    assert company.exceptions(short) == [ExceptionKind.SHORTAGE]
    assert OrderException.select().count() == 1


def test_a_promise_to_a_cancelled_order_is_none(company: Company, short: str) -> None:
    transferred(company, short, days=1)
    orders.cancel(company.workplace, "boss", short, reason="so")
    passed(company, days=1)
    assert company.exceptions(short) == []


def test_a_shortage_found_on_hold_stands_still_with_the_order(company: Company, short: str) -> None:
    transferred(company, short, days=1)
    orders.hold(company.workplace, "boss", short, reason="so")
    passed(company, days=3)
    assert company.condition(short) is Condition.ON_HOLD
    again = OrderException.get(OrderException.resolved_at.is_null())
    assert again.alert_at is None
    orders.release(company.workplace, "boss", short)
    assert company.exceptions(short) == [ExceptionKind.SHORTAGE]
    again = OrderException.get(OrderException.resolved_at.is_null())
    assert again.alert_at > again.due_at > company.now


# -- parcels --------------------------------------------------------------------------------------


def test_a_parcel_that_is_not_there_by_its_new_day_is_late_again(
    company: Company, late: str
) -> None:
    due = company.task(late, Stage.TRACKING).due_at
    expedited(company, late, days=1)
    passed(company, hours=23)
    assert company.exceptions(late) == []
    passed(company, hours=1)
    assert company.exceptions(late) == [ExceptionKind.CARRIER_DELAY]
    again = OrderException.get(OrderException.resolved_at.is_null())
    assert detail_text(msgspec.json.decode(again.detail), "en").endswith("not come")
    assert company.task(late, Stage.TRACKING).due_at == due
    for _ in range(9):
        passed(company, days=1)
    assert OrderException.select().count() == 2
    expedited(company, late, days=1)
    passed(company, days=1)
    assert company.exceptions(late) == [ExceptionKind.CARRIER_DELAY]
    assert not company.flaws()


def test_another_carrier_is_watched_as_the_first_was(company: Company, late: str) -> None:
    eta = company.now + timedelta(days=3)
    company.resolve(
        "exc",
        late,
        ExceptionPath.RECARRY,
        carrier="ZTO",
        waybill="Z1",
        eta=eta,
        told="by phone",
    )
    passed(company, days=2)
    assert company.exceptions(late) == []
    passed(company, days=1)
    assert company.exceptions(late) == [ExceptionKind.CARRIER_DELAY]
    signed = TrackingDraft("ZTO", "Z1", TrackingState.SIGNED, company.now)
    hearing.note_tracking(company.workplace, "track", [signed])
    assert company.exceptions(late) == []


def test_a_parcel_that_was_signed_for_is_asked_after_no_more(company: Company, late: str) -> None:
    expedited(company, late, days=1)
    company.confirm("track", late, reason="carrier_late")
    passed(company, days=1)
    assert company.exceptions(late) == []


def test_a_promise_that_passes_while_it_is_late_anyway_opens_nothing(
    company: Company, late: str
) -> None:
    expedited(company, late, days=1)
    stuck = TrackingDraft(
        company.parcels(late)[0].carrier,
        company.parcels(late)[0].waybill,
        TrackingState.REFUSED,
        company.now,
    )
    hearing.note_tracking(company.workplace, "track", [stuck])
    assert company.exceptions(late) == [ExceptionKind.CARRIER_DELAY]
    passed(company, days=1)
    assert OrderException.select().count() == 2
