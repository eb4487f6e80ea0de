"""Parcels on their way, by age, and what was heard of each."""

from datetime import timedelta

import pytest

from orderterm.rules.drafts import TrackingDraft
from orderterm.store.connection import reading
from orderterm.terms import Priority, Stage, TrackingState
from orderterm.views.openwork import Wanted
from orderterm.views.parcels import ON_THEIR_WAY, Parcel, last, parcels
from orderterm.workflow import hearing, orders
from tests.contract.company import Company
from tests.views.plans import asked, read_whole, scans


@pytest.fixture
def company(company: Company) -> Company:
    company.stock(A=100)
    return company


def sent(company: Company, count: int) -> list[str]:
    """Orders that leave one after another, of all priorities in turn, but some at once."""
    numbers = []
    for place in range(count):
        number = company.ordered(Stage.TRACKING)
        priority = list(Priority)[place % 4]
        if priority is not company.row(number).priority:
            orders.set_priority(company.workplace, "boss", number, priority, reason="so")
        numbers.append(number)
        if place % 3:
            company.later(minutes=7)
    return numbers


def page(company: Company, wanted: Wanted = ON_THEIR_WAY, **where: object) -> list[Parcel]:
    settings = company.workplace.settings
    return parcels(wanted, settings, company.now, **where)  # type: ignore[arg-type]


def heard(company: Company, number: str, state: TrackingState, carrier: str = "SF") -> None:
    """Something new is heard of the order's parcel."""
    waybill = company.parcels(number)[0].waybill
    draft = TrackingDraft(carrier, waybill, state, company.later(minutes=1))
    hearing.note_tracking(company.workplace, "track", [draft])


@pytest.mark.parametrize("step", [1, 2, 5, 50])
def test_it_is_the_same_list_whichever_way_it_is_paged(company: Company, step: int) -> None:
    numbers = sent(company, 11)
    company.ordered(Stage.CONFIRMATION)
    forth: list[Parcel] = []
    while some := page(company, after=forth[-1].place if forth else None, count=step):
        forth += some
    assert [row.number for row in forth] == numbers
    back = last(ON_THEIR_WAY, company.workplace.settings, company.now, count=step)
    assert back == forth[-step:]
    while some := page(company, before=back[0].place, count=step):
        back = some + back
    assert back == forth


def test_it_can_be_narrowed(company: Company) -> None:
    numbers = sent(company, 8)
    urgent = Wanted(
        roles=ON_THEIR_WAY.roles,
        stages=ON_THEIR_WAY.stages,
        exceptions=False,
        priority=Priority.URGENT,
    )
    assert [row.number for row in page(company, urgent)] == numbers[::4]


def test_what_was_heard_last_is_told(company: Company) -> None:
    first, second, third = sent(company, 3)
    heard(company, first, TrackingState.PICKED_UP)
    heard(company, first, TrackingState.IN_TRANSIT)
    heard(company, second, TrackingState.PICKED_UP, carrier="SF")
    heard(company, second, TrackingState.CUSTOMS, carrier="")
    states = {row.number: row.journey.state if row.journey else None for row in page(company)}
    assert states == {first: TrackingState.IN_TRANSIT, second: TrackingState.CUSTOMS, third: None}


def test_only_open_work_is_read(company: Company) -> None:
    rows = [*map(company.bring, sent(company, 4)[:1], [None])] and page(company)
    assert rows
    company.later(days=1)
    with reading(), asked() as selects:
        page(company, after=rows[0].place)
    assert read_whole(scans(selects)) <= {"staff"}


def test_the_place_of_a_row_is_due_time_and_order(company: Company) -> None:
    sent(company, 3)
    rows = page(company)
    assert rows[0].place[1] <= rows[-1].place[1]
    assert rows[-1].place[1] - rows[0].place[1] < timedelta(hours=1)
