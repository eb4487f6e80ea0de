"""Unread notifications, their count, and each in words."""

from datetime import timedelta

import pytest

from orderterm.sentences import Sentence
from orderterm.store.tables import Notification
from orderterm.terms import Language, NoticeKind, Role, Stage
from orderterm.views.notifications import Notice, notice_text, unread, unread_count
from orderterm.workflow import registers, stages
from orderterm.workflow.escalations import pass_clock
from orderterm.workflow.notifications import acknowledge
from tests.contract.company import Company


def notices(company: Company, badge: str, limit: int = 200) -> list[Notice]:
    """What a person has not read, after a look at the clock."""
    pass_clock(company.workplace)
    return unread(badge, company.workplace.settings, limit)


def words(company: Company, badge: str) -> str:
    """The one thing a person is told."""
    (notice,) = notices(company, badge)
    return str(notice_text(notice))


@pytest.fixture
def packing(company: Company) -> str:
    """An order in the hands of a packer, under a lead; due at two in the afternoon."""
    for badge, superior in (("lead", None), ("packer", "lead")):
        registers.add_staff(
            company.workplace, "admin", badge, badge.title(), [Role.PREPARATION], superior
        )
    company.stock(A=9)
    number = company.ordered(Stage.PREPARATION)
    stages.claim(company.workplace, "packer", number)
    return number


def test_overdue_work_names_who_has_it(company: Company, packing: str) -> None:
    company.later(hours=5)
    (notice,) = notices(company, "lead")
    assert (notice.kind, notice.order_number, notice.level) == (NoticeKind.OVERDUE, packing, 1)
    assert notice.raised_at == company.now
    assert f"{notice.raised_at:%H:%M %z}" == "15:00 +0800"
    assert notice.facts["assignee"] == "packer"
    due = f"{notice.facts['due_at']:%m-%d %H:%M}"
    assert due == "11-23 14:00"
    text = notice_text(notice)
    assert str(text) == f"preparation of {packing} is overdue since {due}: Packer"


def test_work_in_nobodys_hands(company: Company) -> None:
    number = company.order()
    company.later(hours=2)
    assert words(company, "boss") == f"review of {number} is overdue since 11-23 11:00: nobody yet"


def test_an_overdue_exception(company: Company) -> None:
    number = company.order(contact="")
    company.later(hours=3)
    assert words(company, "boss") == (
        f"the exception of {number} (information) is overdue since 11-23 12:00"
    )


def test_own_work_due_soon(company: Company, packing: str) -> None:
    company.now = company.task(packing, Stage.PREPARATION).due_at - timedelta(minutes=5)
    assert words(company, "packer") == f"preparation of {packing} is due soon: 11-23 14:00"


def test_a_shortage_tells_the_pieces(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 3), ("B", 2)])
    company.finish(number, Stage.ALLOCATION)
    (notice,) = notices(company, "buyer")
    assert notice.facts["short"] == {"A": 2, "B": 2}
    assert str(notice_text(notice)) == f"{number} waits for stock: A × 2; B × 2"


@pytest.mark.parametrize(("language", "part"), [("en", "contact"), ("zh", "联系方式")])
def test_missing_information_in_the_readers_language(
    company: Company, language: Language, part: str
) -> None:
    number = company.order(contact="")
    (notice,) = notices(company, "sales")
    assert notice.facts["fields"] == ["contact"]
    text = notice_text(notice)
    assert isinstance(text, Sentence)
    assert number in text.text(language)
    assert part in text.text(language)


def test_any_kind_is_told_somehow(company: Company) -> None:
    for kind in NoticeKind:
        told = str(notice_text(Notice(1, kind, "N1", 0, company.now, {})))
        assert told == f"{kind.en}: N1"


def test_the_newest_come_first_and_no_more_than_wanted(company: Company) -> None:
    numbers = []
    for _ in range(4):
        company.later(minutes=1)
        numbers.append(company.order(contact=""))
    newest_first = numbers[::-1]
    assert [one.order_number for one in notices(company, "sales")] == newest_first
    assert [one.order_number for one in notices(company, "sales", 3)] == newest_first[:3]
    acknowledge(company.workplace, "sales", notices(company, "sales")[0].id)
    assert [one.order_number for one in notices(company, "sales")] == newest_first[1:]
    assert notices(company, "boss") == []


def test_the_count_is_of_the_unread_and_ends_at_999(company: Company) -> None:
    assert unread_count("sales") == 0
    row = {"recipient": "sales", "kind": NoticeKind.OVERDUE, "level": 1, "payload": "{}"}
    Notification.insert_many(
        [{**row, "subject": f"task:{n}", "raised_at": company.now} for n in range(1005)]
    ).execute()
    assert unread_count("sales") == 999
    Notification.update(acknowledged_at=company.now).where(Notification.id > 7).execute()
    assert unread_count("sales") == 7
    assert unread_count("boss") == 0
