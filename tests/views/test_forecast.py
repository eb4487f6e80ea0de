"""The forecast, read from the record."""

from datetime import timedelta
from typing import Any

import pytest

from orderterm.rules.forecast import Rate
from orderterm.terms import ExceptionKind, ExceptionPath, Stage
from orderterm.views import forecast
from orderterm.views.forecast import ForecastView, QueueForecast, foreseen, rates
from orderterm.views.handover import handovers
from orderterm.workflow import stages
from orderterm.workflow.handover import hand_over
from tests.contract.company import Company
from tests.views.plans import asked, read_whole, scans, steps


def seen(company: Company) -> ForecastView:
    return foreseen(company.workplace.settings, company.now)


def review(company: Company) -> QueueForecast:
    return seen(company).of(Stage.REVIEW)


@pytest.fixture
def slow(company: Company) -> Company:
    """Two reviews were done, each in half an hour."""
    for _ in range(2):
        number = company.order()
        company.later(minutes=30)
        company.confirm("rev", number)
    return company


def test_it_follows_from_the_last_days(slow: Company) -> None:
    numbers = [slow.order() for _ in range(4)]
    stages.claim(slow.workplace, "rev", numbers[3])
    found = review(slow)
    assert (found.open, found.waiting, found.per_hour, found.late) == (4, 0, 2.0, 2)
    assert f"{found.done_at:%H:%M %z}" == "13:00 +0800"
    assert [(one.number, one.minutes_late) for one in found.orders] == [
        (numbers[1], 30),
        (numbers[2], 60),
    ]
    assert seen(slow).late == 2
    (task,) = slow.tasks(numbers[1])
    assert found.orders[0].task == f"t{task.id}"


def test_it_names_who_has_the_order(slow: Company) -> None:
    numbers = [slow.order() for _ in range(3)]
    for number in numbers:
        stages.claim(slow.workplace, "rev", number)
    (late,) = review(slow).orders
    assert (late.assignee, late.assignee_name) == ("rev", "Rev")


def test_what_stands_still_is_not_worked_on(slow: Company) -> None:
    slow.trouble("sales", slow.order(), ExceptionKind.CHANGE_REQUEST)
    found = review(slow)
    assert (found.open, found.waiting, found.done_at) == (0, 1, seen(slow).at)


def test_what_is_late_already_is_no_warning(slow: Company) -> None:
    slow.order()
    slow.later(minutes=90)
    found = review(slow)
    assert (found.overdue, found.late) == (1, 0)


@pytest.fixture
def travelling(company: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Two parcels have taken twenty hours and two of another carrier sixty; one of each is ten
    hours on its way."""
    monkeypatch.setattr("orderterm.rules.awaited.ENOUGH", 2)
    company.stock(A=9)
    quick, slow = ([_sent(company, carrier) for _ in range(2)] for carrier in ("SF", "ZTO"))
    company.later(hours=20)
    for number in quick:
        company.finish(number, Stage.TRACKING)
    company.later(hours=40)
    for number in slow:
        company.finish(number, Stage.TRACKING, reason="carrier")
    for carrier in ("SF", "ZTO"):
        _sent(company, carrier)
    company.later(hours=10)
    return company


def _sent(company: Company, carrier: str) -> str:
    number = company.ordered(Stage.SHIPPING)
    company.finish(number, Stage.SHIPPING, carrier=carrier)
    return number


def test_a_parcel_takes_as_long_as_others_of_its_carrier(travelling: Company) -> None:
    found = seen(travelling).of(Stage.TRACKING)
    (late,) = found.orders
    assert (found.open, late.number) == (2, travelling.numbers()[-1])
    assert late.expected_at == found.done_at == travelling.now + timedelta(hours=50)
    assert late.minutes_late == 12 * 60
    travelling.later(hours=11)
    assert seen(travelling).of(Stage.TRACKING).late == 1
    travelling.later(hours=40)
    assert seen(travelling).of(Stage.TRACKING).done_at is None


def test_a_parcel_goes_on_with_its_new_carrier_as_that_ones_do(travelling: Company) -> None:
    slow = travelling.numbers()[-1]
    travelling.trouble("exc", slow, ExceptionKind.CARRIER_DELAY)
    told: Any = {"eta": travelling.now + timedelta(days=1), "told": "by phone"}
    told |= {"carrier": "SF", "waybill": "S1"}
    travelling.resolve("exc", slow, ExceptionPath.RECARRY, **told)
    found = seen(travelling).of(Stage.TRACKING)
    assert (found.late, found.done_at) == (0, travelling.now + timedelta(hours=20))
    hand_over(travelling.workplace, "track")
    (row,) = handovers(travelling.workplace.settings, travelling.now)
    tracking = next(one for one in row.summary.stages if one.stage is Stage.TRACKING)
    assert (tracking.will_be_late, tracking.done_at) == (0, found.done_at)
    travelling.later(hours=20)
    travelling.finish(slow, Stage.TRACKING)
    lengths = rates(travelling.workplace.settings, travelling.now)[Stage.TRACKING].lengths
    assert lengths is not None
    assert set(lengths["SF"]) == {timedelta(hours=20)}


def test_whoever_hands_over_is_told_the_same(travelling: Company) -> None:
    hand_over(travelling.workplace, "track")
    (row,) = handovers(travelling.workplace.settings, travelling.now)
    tracking = next(one for one in row.summary.stages if one.stage is Stage.TRACKING)
    assert (tracking.will_be_late, tracking.done_at) == (1, travelling.now + timedelta(hours=50))


def test_where_nobody_has_worked_lately_there_is_no_end(slow: Company) -> None:
    assert seen(slow).of(Stage.ALLOCATION).done_at is None
    slow.later(days=15)
    slow.order()
    found = review(slow)
    assert (found.per_hour, found.done_at, found.late) == (0, None, 0)


def test_only_the_last_days_that_had_work_count(
    slow: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow.later(days=1)
    for _ in range(3):
        number = slow.order()
        slow.later(minutes=10)
        slow.confirm("rev", number)
    monkeypatch.setattr("orderterm.rules.forecast.DAYS", 1)
    # Half an hour of work is taken for an hour.
    assert rates(slow.workplace.settings, slow.now)[Stage.REVIEW].per_hour == pytest.approx(3)
    monkeypatch.setattr("orderterm.rules.forecast.DAYS", 2)
    known = rates(slow.workplace.settings, slow.now)[Stage.REVIEW]
    assert known.per_hour == pytest.approx(5 / 1.5)


def test_rates_that_are_known_are_not_read_again(slow: Company) -> None:
    slow.order()
    known = {Stage.REVIEW: Rate(10)}
    with asked() as selects:
        found = foreseen(slow.workplace.settings, slow.now, known).of(Stage.REVIEW)
    assert found.done_at == slow.now + timedelta(minutes=6)
    assert not any('"task_done"' in step for step in steps(selects))


def test_it_reads_open_work_and_the_last_days_only(slow: Company) -> None:
    slow.order()
    with asked() as selects:
        seen(slow)
    assert read_whole(scans(selects)) <= {"staff"}
    assert any("INDEX task_done" in step for step in steps(selects))
    assert any("INDEX task_queue" in step for step in steps(selects))


def test_no_more_is_named_than_asked_for(slow: Company) -> None:
    for _ in range(5):
        slow.order()
    found = foreseen(slow.workplace.settings, slow.now, orders=1).of(Stage.REVIEW)
    assert (found.late, len(found.orders)) == (3, 1)
    assert forecast.MOST_OPEN >= 50_000
