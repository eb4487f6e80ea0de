"""What people are told: at once where it is theirs to do, and no longer than it matters."""

from datetime import timedelta

import pytest

from orderterm.errors import Refusal
from orderterm.store.connection import transaction
from orderterm.store.tables import Message, Notification
from orderterm.terms import ExceptionKind, ExceptionPath, MessageKind, NoticeKind, Role, Stage
from orderterm.workflow import notifications, registers, stages
from orderterm.workflow.door import open_case
from orderterm.workflow.escalations import pass_clock
from orderterm.workflow.notifications import acknowledge, acknowledge_all
from tests.contract.company import Company


def told(badge: str, *, unread: bool = False) -> list[tuple[str, str | None, int]]:
    """Kind, order and level of what a person was told, oldest first."""
    query = Notification.select().where(Notification.recipient == badge).order_by(Notification.id)
    return [
        (one.kind.value, one.order_number, one.level)
        for one in query
        if not unread or one.acknowledged_at is None
    ]


def packing(company: Company) -> str:
    """An order in the hands of somebody who prepares it, and due soon."""
    company.stock(A=9)
    number = company.ordered(Stage.PREPARATION)
    stages.claim(company.workplace, "prep", number)
    company.now = company.task(number, Stage.PREPARATION).due_at - timedelta(minutes=10)
    pass_clock(company.workplace)
    return number


# -- at once --------------------------------------------------------------------------------------


def test_a_shortage_is_for_purchasing(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 3), ("B", 2)])
    company.finish(number, Stage.ALLOCATION)
    assert told("buyer") == [("stock_out", number, 0)]
    assert told("sales") == []
    assert '"short":{"A":2,"B":2}' in Notification.get().payload


def test_missing_information_is_for_sales_and_tells_no_values(company: Company) -> None:
    number = company.order(contact="1380013800x", address="")
    assert told("sales") == [("information", number, 0)]
    assert told("buyer") == []
    payload = Notification.get().payload
    assert '"address"' in payload
    assert "1380013800x" not in payload


def test_each_of_many_that_lack_something_is_told(company: Company) -> None:
    registers.add_staff(company.workplace, "admin", "sales2", "Second", [Role.SALES])
    drafts = [company.draft(contact="" if n % 2 else "13800138000") for n in range(20)]
    numbers = company.receive(*drafts).new
    for badge in ("sales", "sales2"):
        assert [number for _, number, _ in told(badge)] == numbers[1::2]


def test_what_is_to_be_followed_up_is_for_managers(company: Company) -> None:
    number = company.order()
    with open_case(company.workplace, "admin", number) as case:
        case.raise_exception(ExceptionKind.FOLLOW_UP, {"note": "slow"})
    assert told("boss") == [("follow_up", number, 0)]


def test_a_message_that_was_given_up_is_for_managers_and_trackers(company: Company) -> None:
    order = company.row(company.order())
    message = Message.create(
        key="k",
        kind=MessageKind.SURVEY,
        order=order.id,
        facts="{}",
        queued_at=company.now,
        due_at=company.now,
    )
    for _ in range(2):
        with transaction():
            notifications.notify_failed(company.workplace, message)
    for badge in ("boss", "track"):
        assert told(badge) == [("message_failed", order.number, 0)]
    assert told("sales") == []


# -- settled --------------------------------------------------------------------------------------


def test_what_is_done_counts_as_read(company: Company) -> None:
    number = packing(company)
    assert told("prep", unread=True) == [("due_soon", number, 0)]
    company.later(minutes=11)
    pass_clock(company.workplace)
    assert told("boss", unread=True) == [("overdue", number, 1)]
    company.confirm("prep", number, reason="other")
    for badge in ("prep", "boss"):
        assert len(told(badge)) == 1
        assert told(badge, unread=True) == []


def test_what_is_resolved_counts_as_read(company: Company) -> None:
    number = company.order(contact="")
    other = company.order(address="")
    company.resolve("sales", number, ExceptionPath.COMPLETE, fields={"contact": "13800138000"})
    assert told("sales", unread=True) == [("information", other, 0)]


def test_what_goes_into_other_hands_is_due_soon_for_them(company: Company) -> None:
    registers.add_staff(company.workplace, "admin", "prep2", "Second", [Role.PREPARATION])
    number = packing(company)
    stages.reassign(company.workplace, "boss", number, "prep2", reason="x")
    assert told("prep", unread=True) == []
    assert told("prep2", unread=True) == [("due_soon", number, 0)]
    assert pass_clock(company.workplace) == 0


# -- reading --------------------------------------------------------------------------------------


def test_one_is_read_once_and_only_by_its_own_person(company: Company) -> None:
    number = company.order(contact="")
    company.order(address="")
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
    registers.add_staff(company.workplace, "admin", "sales2", "Second", [Role.SALES])
    company.order(contact="")
    assert acknowledge_all(company.workplace, "sales") == 1
    assert acknowledge_all(company.workplace, "sales") == 0
    assert len(told("sales2", unread=True)) == 1
    with pytest.raises(Refusal, match="nobody has the badge"):
        acknowledge_all(company.workplace, "nobody")


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
    assert len(told("boss", unread=True)) == len(NoticeKind)
