"""Overdue work that has risen to somebody, and who holds what."""

import pytest

from orderterm.terms import ExceptionKind, NoticeKind, Role
from orderterm.views.escalated import escalated
from orderterm.views.hands import in_hands
from orderterm.views.notifications import unread
from orderterm.views.queue import Wanted
from orderterm.views.staff import sign_in
from orderterm.workflow import escalations, orders, registers, stages
from tests.contract.company import Company


@pytest.fixture
def company(company: Company) -> Company:
    people = (("top", "manager", None), ("lee", "sales", "top"), ("kim", "reviewer", "lee"))
    for badge, role, superior in people:
        registers.add_staff(company.workplace, "admin", badge, badge, [Role(role)], superior)
    chief = [Role.MANAGER, Role.REVIEWER]
    registers.add_staff(company.workplace, "admin", "chief", "chief", chief, "boss")
    return company


def claimed(company: Company, badge: str) -> str:
    number = company.order()
    stages.claim(company.workplace, badge, number)
    return number


def up_to(company: Company, badge: str) -> list[str]:
    """The orders that are on somebody's list, by a clock that has just been passed."""
    escalations.pass_clock(company.workplace)
    settings = company.workplace.settings
    return [work.number for work in escalated(sign_in(badge), Wanted(), settings, company.now)]


def test_a_superior_sees_it_first_and_the_next_one_later(company: Company) -> None:
    number = claimed(company, "kim")
    company.later(minutes=65)
    assert up_to(company, "lee") == [number]
    assert up_to(company, "top") == []
    company.later(minutes=30)
    assert up_to(company, "top") == [number]
    assert up_to(company, "sales") == []


def test_what_is_nobodys_goes_to_the_managers_of_its_role_and_then_up(company: Company) -> None:
    number, free = claimed(company, "rev"), company.order()
    company.later(minutes=65)
    assert up_to(company, "chief") == [number, free]
    assert up_to(company, "boss") == up_to(company, "top") == up_to(company, "lee") == []
    company.later(minutes=30)
    assert up_to(company, "boss") == [number, free]


def test_where_the_role_has_no_manager_it_goes_to_all(company: Company) -> None:
    number = company.order(contact="")  # it lacks something, which is for sales to mend
    company.later(minutes=125)
    for badge in ("boss", "chief", "top"):
        assert up_to(company, badge) == [number]


def test_what_the_clock_has_not_told_has_risen_to_nobody(company: Company) -> None:
    claimed(company, "kim")
    company.later(minutes=65)
    settings = company.workplace.settings
    assert escalated(sign_in("lee"), Wanted(), settings, company.now) == []


def test_each_row_tells_its_level(company: Company) -> None:
    claimed(company, "kim")
    company.later(minutes=65)
    up_to(company, "lee")
    settings = company.workplace.settings
    (work,) = escalated(sign_in("lee"), Wanted(), settings, company.now)
    assert work.level == 1
    company.later(minutes=60)
    up_to(company, "lee")
    (work,) = escalated(sign_in("lee"), Wanted(), settings, company.now)
    assert work.level == 2


def test_however_much_is_late_what_has_risen_further_is_found(company: Company) -> None:
    for _ in range(30):
        claimed(company, "kim")
    last = company.order()
    stages.claim(company.workplace, "rev", last)
    company.later(minutes=65)
    escalations.pass_clock(company.workplace)
    settings = company.workplace.settings
    (work,) = escalated(sign_in("chief"), Wanted(), settings, company.now, limit=10)
    assert work.number == last
    first = escalated(sign_in("lee"), Wanted(), settings, company.now, limit=10)
    assert [one.number for one in first] == company.numbers()[:10]


def test_what_stands_still_rises_to_nobody(company: Company) -> None:
    orders.hold(company.workplace, "boss", claimed(company, "kim"), reason="wait")
    company.later(hours=9)
    assert up_to(company, "boss") == up_to(company, "lee") == []


def test_who_has_left_is_passed_over(company: Company) -> None:
    number = claimed(company, "kim")
    registers.disable_staff(company.workplace, "admin", "lee")
    company.later(minutes=65)
    assert up_to(company, "top") == [number]


@pytest.mark.parametrize("minutes", [30, 65, 95, 200, 3000])
def test_it_is_what_people_are_notified_of(company: Company, minutes: int) -> None:
    claimed(company, "kim")
    claimed(company, "rev")
    company.order()
    company.trouble("rev", company.order(), ExceptionKind.OTHER)
    for passed in (minutes, 61):  # what nobody reads climbs before its time
        company.later(minutes=passed)
        for reader in ("lee", "top", "boss", "chief"):
            listed = set(up_to(company, reader))
            told = {
                one.order_number
                for one in unread(reader, company.workplace.settings)
                if one.kind is NoticeKind.OVERDUE
            }
            assert listed == told, reader


def test_each_person_has_their_own_work_in_hand(company: Company) -> None:
    own = [claimed(company, "kim") for _ in range(3)]
    other = claimed(company, "rev")
    company.order()
    held = in_hands(company.workplace.settings, company.now, each=2)
    assert {badge: [work.number for work in works] for badge, works in held.items()} == {
        "kim": own[:2],
        "rev": [other],
    }
