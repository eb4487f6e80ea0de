"""Who is told of what: once, by the ladder, by the role, and no longer than it matters."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from orderterm.errors import Refusal
from orderterm.store.tables import Notification, Task, database
from orderterm.terms import ExceptionKind, ExceptionPath, NoticeKind, Role, Stage
from orderterm.workflow import orders, registers, stages
from orderterm.workflow.concerns import MOST
from orderterm.workflow.notifications import acknowledge, acknowledge_all, raise_for
from tests.contract.company import Company


@pytest.fixture
def ladder(company: Company) -> Company:
    """Above the one who prepares are a lead, a head and then nobody."""
    hire(company, "head", Role.PREPARATION)
    hire(company, "lead", Role.PREPARATION, "head")
    hire(company, "packer", Role.PREPARATION, "lead")
    return company


def hire(company: Company, badge: str, role: Role, superior: str | None = None) -> None:
    registers.add_staff(company.workplace, "admin", badge, badge.title(), [role], superior)


def told(badge: str, *, unread: bool = False) -> list[tuple[str, str | None, int]]:
    """Kind, order and level of what a person was told, oldest first."""
    query = Notification.select().where(Notification.recipient == badge).order_by(Notification.id)
    return [
        (one.kind.value, one.order_number, one.level)
        for one in query
        if not unread or one.acknowledged_at is None
    ]


def tell(company: Company, badge: str) -> list[tuple[str, str | None, int]]:
    """Raise, and what a person has been told by then."""
    before = len(told(badge))
    assert raise_for(company.workplace, badge) == len(told(badge)) - before
    return told(badge)


def packing(company: Company, badge: str = "packer") -> str:
    """An order in the hands of somebody who prepares it; due at two in the afternoon."""
    company.stock(A=9)
    number = company.ordered(Stage.PREPARATION)
    stages.claim(company.workplace, badge, number)
    return number


def overdue_by(company: Company, number: str, stage: Stage, limits: float) -> datetime:
    """Let time pass until a task is late by so many of its limits, of elapsed or working time."""
    due = company.task(number, stage).due_at
    company.now = due
    return company.later(hours=4 * limits, seconds=1)


# -- what is overdue ------------------------------------------------------------------------------


def test_overdue_work_climbs_rung_by_rung(ladder: Company) -> None:
    number = packing(ladder)
    assert tell(ladder, "lead") == []
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    assert tell(ladder, "lead") == [("overdue", number, 1)]
    assert tell(ladder, "head") == []
    overdue_by(ladder, number, Stage.PREPARATION, 0.5)
    assert tell(ladder, "head") == [("overdue", number, 2)]
    assert tell(ladder, "lead") == [("overdue", number, 1)]
    assert tell(ladder, "packer") == []
    assert tell(ladder, "boss") == []


def test_the_lower_rungs_hear_of_it_also_when_it_has_climbed_further(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 3)
    assert tell(ladder, "lead") == [("overdue", number, 1)]
    assert tell(ladder, "head") == [("overdue", number, 2)]


def test_who_stands_on_two_ladders_is_told_on_each_rung(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 3)
    assert tell(ladder, "head") == [("overdue", number, 2)]
    stages.reassign(ladder.workplace, "boss", number, "lead", reason="x")
    assert tell(ladder, "head") == [("overdue", number, 2), ("overdue", number, 1)]


def test_unassigned_work_goes_to_the_managers(company: Company) -> None:
    number = company.order()
    company.later(hours=2)
    assert tell(company, "boss") == [("overdue", number, 1)]
    for badge in ("rev", "sales", "wall", "admin"):
        assert tell(company, badge) == []


def test_work_of_somebody_with_nobody_above_goes_to_the_managers(company: Company) -> None:
    number = packing(company, "prep")
    overdue_by(company, number, Stage.PREPARATION, 0)
    assert tell(company, "boss") == [("overdue", number, 1)]


def test_who_has_left_is_passed_over(ladder: Company) -> None:
    number = packing(ladder)
    registers.disable_staff(ladder.workplace, "admin", "lead")
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    assert tell(ladder, "head") == [("overdue", number, 1)]
    with pytest.raises(Refusal):
        raise_for(ladder.workplace, "lead")


def test_overdue_exceptions_go_to_the_managers(company: Company) -> None:
    number = company.order(contact="")
    assert tell(company, "boss") == []
    company.later(hours=3)
    assert tell(company, "boss") == [("overdue", number, 1)]


def test_what_is_on_hold_is_not_overdue(company: Company) -> None:
    number, lacking = company.order(), company.order(contact="")
    for one in (number, lacking):
        orders.hold(company.workplace, "boss", one, reason="x")
    company.later(hours=30)
    assert tell(company, "boss") == []


# -- what is due soon, short, incomplete ----------------------------------------------------------


def test_own_work_that_is_due_soon(ladder: Company) -> None:
    number = packing(ladder)
    due = ladder.task(number, Stage.PREPARATION).due_at
    ladder.now = due - timedelta(hours=1)
    assert tell(ladder, "packer") == []
    ladder.now = due - timedelta(minutes=30)
    assert tell(ladder, "packer") == [("due_soon", number, 0)]
    assert tell(ladder, "prep") == []
    assert tell(ladder, "lead") == []


def test_a_shortage_is_for_purchasing(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 3), ("B", 2)])
    company.finish(number, Stage.ALLOCATION)
    assert company.exceptions(number) == [ExceptionKind.SHORTAGE]
    assert tell(company, "buyer") == [("stock_out", number, 0)]
    assert tell(company, "sales") == []
    assert '"short":{"A":2,"B":2}' in Notification.get().payload


def test_missing_information_is_for_sales_and_tells_no_values(company: Company) -> None:
    number = company.order(contact="1380013800x", address="")
    assert tell(company, "sales") == [("information", number, 0)]
    assert tell(company, "buyer") == []
    payload = Notification.get().payload
    assert '"address"' in payload
    assert "1380013800x" not in payload


# -- once -----------------------------------------------------------------------------------------


def test_everything_is_told_once_also_when_read(company: Company) -> None:
    company.order(contact="")
    assert [raise_for(company.workplace, "sales") for _ in range(3)] == [1, 0, 0]
    assert acknowledge_all(company.workplace, "sales") == 1
    company.later(hours=1)
    assert raise_for(company.workplace, "sales") == 0
    assert told("sales", unread=True) == []


def test_many_stations_at_once_tell_once(company: Company) -> None:
    company.receive(*(company.draft(contact="") for _ in range(30)))

    def station(_: int) -> int:
        return raise_for(company.workplace, "sales")

    with ThreadPoolExecutor(4) as stations:
        assert sum(stations.map(station, range(8))) == 30
    assert len(set(told("sales"))) == len(told("sales")) == 30


def test_a_call_with_nothing_new_writes_nothing(company: Company) -> None:
    company.order(contact="")
    company.later(hours=3)
    for badge in ("sales", "boss"):
        raise_for(company.workplace, badge)
    database.execute_sql("PRAGMA query_only = 1")
    for badge in ("sales", "boss", "rev", "buyer"):
        assert raise_for(company.workplace, badge) == 0


def test_a_call_is_bounded_and_the_next_one_goes_on(company: Company) -> None:
    company.receive(*(company.draft() for _ in range(MOST + 7)))
    company.later(hours=2)
    assert [raise_for(company.workplace, "boss") for _ in range(3)] == [MOST, 7, 0]


def test_the_most_overdue_are_told_first(company: Company) -> None:
    company.receive(*(company.draft() for _ in range(MOST)))
    oldest = company.order()
    Task.update(due_at=company.now - timedelta(hours=1)).where(
        Task.id == company.task(oldest, Stage.REVIEW).id
    ).execute()
    company.later(hours=2)
    assert oldest in {number for _, number, _ in tell(company, "boss")}


# -- settled --------------------------------------------------------------------------------------


def test_what_is_done_counts_as_read(ladder: Company) -> None:
    number = packing(ladder)
    due = ladder.task(number, Stage.PREPARATION).due_at
    ladder.now = due - timedelta(minutes=10)
    raise_for(ladder.workplace, "packer")
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    raise_for(ladder.workplace, "lead")
    raise_for(ladder.workplace, "packer")
    assert told("packer", unread=True) == [("due_soon", number, 0)]
    ladder.confirm("packer", number, reason="other")
    for badge in ("packer", "lead"):
        assert raise_for(ladder.workplace, badge) == 0
        assert len(told(badge)) == 1
        assert told(badge, unread=True) == []


def test_what_is_resolved_counts_as_read(company: Company) -> None:
    number = company.order(contact="")
    other = company.order(address="")
    raise_for(company.workplace, "sales")
    company.resolve("sales", number, ExceptionPath.COMPLETE, fields={"contact": "13800138000"})
    assert raise_for(company.workplace, "sales") == 0
    assert told("sales", unread=True) == [("information", other, 0)]


def test_what_is_in_other_hands_is_not_due_soon_any_more(ladder: Company) -> None:
    number = packing(ladder)
    ladder.now = ladder.task(number, Stage.PREPARATION).due_at - timedelta(minutes=10)
    raise_for(ladder.workplace, "packer")
    stages.reassign(ladder.workplace, "boss", number, "prep", reason="x")
    raise_for(ladder.workplace, "packer")
    assert told("packer", unread=True) == []
    assert tell(ladder, "prep") == [("due_soon", number, 0)]


# -- reading --------------------------------------------------------------------------------------


def test_one_is_read_once_and_only_by_its_own_person(company: Company) -> None:
    number = company.order(contact="")
    company.order(address="")
    raise_for(company.workplace, "sales")
    first = Notification.select().order_by(Notification.id).first()
    with pytest.raises(Refusal, match=f"Boss .boss. has no notification {first.id}"):
        acknowledge(company.workplace, "boss", first.id)
    assert len(told("sales", unread=True)) == 2
    outcome = acknowledge(company.workplace, "sales", first.id)
    assert (outcome.number, outcome.changed) == (number, True)
    read_at = company.now
    company.later(hours=1)
    assert not acknowledge(company.workplace, "sales", first.id).changed
    assert Notification.get_by_id(first.id).acknowledged_at == read_at
    with pytest.raises(Refusal, match="has no notification 999"):
        acknowledge(company.workplace, "sales", 999)


def test_all_are_those_of_one_person(company: Company) -> None:
    company.order(contact="")
    hire(company, "sales2", Role.SALES)
    for badge in ("sales", "sales2"):
        raise_for(company.workplace, badge)
    assert acknowledge_all(company.workplace, "sales") == 1
    assert acknowledge_all(company.workplace, "sales") == 0
    assert len(told("sales2", unread=True)) == 1


def test_who_does_not_work_here_is_refused(company: Company) -> None:
    for act in (raise_for, acknowledge_all):
        with pytest.raises(Refusal, match="nobody has the badge"):
            act(company.workplace, "nobody")


def test_every_kind_of_notice_can_be_kept(company: Company) -> None:
    for kind in NoticeKind:
        Notification.create(
            recipient="boss",
            kind=kind,
            subject="x:1",
            level=0,
            payload="{}",
            raised_at=company.now,
        )
    raise_for(company.workplace, "boss")
    assert len(told("boss", unread=True)) == len(NoticeKind)
