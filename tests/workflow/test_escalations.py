"""The clock: each level of each subject once, to whom it must be told, by the subject's clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from orderterm.settings import parse
from orderterm.store.connection import reading, transaction
from orderterm.store.fields import utc_text
from orderterm.store.tables import (
    Escalation,
    Event,
    Heartbeat,
    Message,
    Notification,
    OrderException,
    Staff,
    Task,
    database,
)
from orderterm.terms import (
    EventKind,
    ExceptionKind,
    MessageKind,
    NoticeKind,
    Priority,
    Role,
    Stage,
)
from orderterm.views.exceptions import detail_text
from orderterm.views.order import order as order_page
from orderterm.views.registers.days import Days
from orderterm.views.registers.progress import ProgressRow, progress
from orderterm.workflow import escalations, orders, registers, sending, stages, undo, watched
from orderterm.workflow.escalations import pass_clock, stand_in
from orderterm.workflow.notifications import acknowledge_all
from orderterm.workflow.workplace import Workplace
from tests.contract.company import Company

Told = list[tuple[str, str | None, int]]


@pytest.fixture
def ladder(company: Company) -> Company:
    """Above the one who prepares are a lead, a head and then nobody."""
    hire(company, "head", Role.PREPARATION)
    hire(company, "lead", Role.PREPARATION, superior="head")
    hire(company, "packer", Role.PREPARATION, superior="lead")
    return company


def hire(company: Company, badge: str, *roles: Role, superior: str | None = None) -> None:
    registers.add_staff(company.workplace, "admin", badge, badge.title(), list(roles), superior)


def told(badge: str) -> Told:
    """Kind, order and level of what a person was told by the clock, oldest first."""
    query = Notification.select().where(Notification.recipient == badge).order_by(Notification.id)
    at_once = (NoticeKind.INFORMATION, NoticeKind.STOCK_OUT, NoticeKind.FOLLOW_UP)
    return [
        (one.kind.value, one.order_number, one.level) for one in query if one.kind not in at_once
    ]


def tell(company: Company, badge: str) -> Told:
    """Pass the clock, and what a person has been told by then."""
    pass_clock(company.workplace)
    return told(badge)


def raised() -> list[tuple[int, str]]:
    """Level and cause of what was raised, in order."""
    query = Escalation.select().order_by(Escalation.raised_at, Escalation.subject, Escalation.level)
    return [(one.level, one.cause.value) for one in query]


def packing(company: Company, badge: str = "packer") -> str:
    """An order in the hands of somebody who prepares it; due at two in the afternoon."""
    company.stock(A=9)
    number = company.ordered(Stage.PREPARATION)
    stages.claim(company.workplace, badge, number)
    return number


def overdue_by(company: Company, number: str, stage: Stage, limits: float) -> datetime:
    """Let time pass until a task is late by so many of its limits."""
    company.now = company.task(number, stage).due_at
    return company.later(hours=4 * limits, seconds=1)


# -- the ladder -----------------------------------------------------------------------------------


def test_overdue_work_climbs_rung_by_rung(ladder: Company) -> None:
    number = packing(ladder)
    assert tell(ladder, "lead") == []
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    assert tell(ladder, "lead") == [("overdue", number, 1)]
    assert told("head") == []
    acknowledge_all(ladder.workplace, "lead")
    overdue_by(ladder, number, Stage.PREPARATION, 0.49)
    assert tell(ladder, "head") == []
    overdue_by(ladder, number, Stage.PREPARATION, 0.5)
    assert tell(ladder, "head") == [("overdue", number, 2)]
    assert told("lead") == [("overdue", number, 1)]
    assert told("boss") == told("packer") == []


def test_its_top_is_the_end(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 9)
    assert pass_clock(ladder.workplace) == 2
    task = ladder.task(number, Stage.PREPARATION)
    assert (task.alert_level, task.alert_at) == (2, None)
    ladder.later(days=9)
    assert pass_clock(ladder.workplace) == 0
    assert told("boss") == []


def test_the_lower_rungs_hear_of_it_also_when_it_has_climbed_further(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 3)
    assert tell(ladder, "lead") == [("overdue", number, 1)]
    assert told("head") == [("overdue", number, 2)]


def test_unassigned_work_goes_to_the_managers_of_its_role(company: Company) -> None:
    number = company.order()
    company.later(hours=2)
    assert tell(company, "boss") == [("overdue", number, 1)]
    for badge in ("rev", "sales", "wall", "admin"):
        assert told(badge) == []
    hire(company, "chief", Role.MANAGER, Role.REVIEWER, superior="boss")
    other = company.order()
    company.later(hours=1, minutes=1)
    assert tell(company, "chief") == [("overdue", other, 1)]
    company.later(minutes=30)
    assert tell(company, "boss") == [("overdue", number, 1), ("overdue", other, 2)]


def test_work_of_somebody_with_nobody_above_goes_to_the_managers(company: Company) -> None:
    number = packing(company, "prep")
    overdue_by(company, number, Stage.PREPARATION, 0)
    assert tell(company, "boss") == [("overdue", number, 1)]


def test_where_there_is_no_manager_it_is_on_record_all_the_same(company: Company) -> None:
    registers.disable_staff(company.workplace, "admin", "boss")
    company.order()
    company.later(hours=9)
    assert pass_clock(company.workplace) == 1
    assert raised() == [(1, "overdue")]
    assert pass_clock(company.workplace) == 0


def test_who_has_left_is_passed_over(ladder: Company) -> None:
    number = packing(ladder)
    registers.disable_staff(ladder.workplace, "admin", "lead")
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    assert tell(ladder, "head") == [("overdue", number, 1)]
    assert told("lead") == []


def test_what_somebody_who_leaves_had_in_hand_is_nobodys(ladder: Company) -> None:
    number = packing(ladder)
    registers.disable_staff(ladder.workplace, "admin", "packer")
    task = ladder.task(number, Stage.PREPARATION)
    assert task.alert_at == task.due_at + timedelta(milliseconds=1), "nobody is warned"
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    assert tell(ladder, "boss") == [("overdue", number, 1)]
    assert told("lead") == told("packer") == []


def test_it_is_on_the_trail_and_no_step_of_anybodys(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 0.5)
    pass_clock(ladder.workplace)
    levels = [event for event in ladder.events(number) if event[1] == EventKind.ESCALATED]
    assert levels == [("orderterm", "escalated")] * 2
    first = Event.get(Event.kind == EventKind.ESCALATED.value)
    assert '"told":["lead"]' in str(first.payload)
    ladder.confirm("packer", number, reason="peak_volume")
    assert ladder.flaws() == []


# -- due soon -------------------------------------------------------------------------------------


def test_own_work_that_is_due_soon(ladder: Company) -> None:
    number = packing(ladder)
    due = ladder.task(number, Stage.PREPARATION).due_at
    ladder.now = due - timedelta(minutes=49)
    assert tell(ladder, "packer") == []
    ladder.now = due - timedelta(minutes=48)
    assert tell(ladder, "packer") == [("due_soon", number, 0)]
    assert told("prep") == told("lead") == []
    assert raised() == [(0, "due_soon")]


def test_nobody_is_told_that_nobodys_work_is_due_soon(company: Company) -> None:
    number = company.order()
    company.later(minutes=55)
    assert pass_clock(company.workplace) == 0
    stages.claim(company.workplace, "rev", number)
    assert tell(company, "rev") == [("due_soon", number, 0)]


# -- what nobody reads ----------------------------------------------------------------------------


def test_what_nobody_reads_climbs_before_its_time(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    pass_clock(ladder.workplace)
    ladder.later(minutes=59)
    assert tell(ladder, "head") == []
    ladder.later(minutes=1)
    assert tell(ladder, "head") == [("overdue", number, 2)]
    assert raised() == [(1, "overdue"), (2, "unacknowledged")]
    ladder.later(hours=9)
    assert pass_clock(ladder.workplace) == 0


def test_nothing_climbs_while_nobody_is_there_to_read_it(ladder: Company) -> None:
    ladder.now = site_time("2026-11-23T17:50")
    number = packing(ladder)
    ladder.now = site_time("2026-11-23T21:51")
    assert tell(ladder, "lead") == [("overdue", number, 1)]
    ladder.now = site_time("2026-11-24T08:50")
    assert tell(ladder, "head") == []
    ladder.later(minutes=1)
    assert tell(ladder, "head") == [("overdue", number, 2)]
    assert raised() == [(1, "overdue"), (2, "unacknowledged")]


def test_what_somebody_has_read_climbs_by_time_only(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    pass_clock(ladder.workplace)
    acknowledge_all(ladder.workplace, "lead")
    ladder.later(minutes=61)
    assert tell(ladder, "head") == []
    overdue_by(ladder, number, Stage.PREPARATION, 0.5)
    assert tell(ladder, "head") == [("overdue", number, 2)]
    assert raised() == [(1, "overdue"), (2, "overdue")]


def test_one_of_several_managers_who_reads_it_is_enough(company: Company) -> None:
    hire(company, "top", Role.SUPERVISOR)
    for badge in ("boss2", "boss3"):
        hire(company, badge, Role.MANAGER, superior="top")
    company.order()
    company.later(hours=1, minutes=1)
    pass_clock(company.workplace)
    acknowledge_all(company.workplace, "boss2")
    company.later(minutes=20)
    assert tell(company, "top") == []


def test_what_was_given_longer_climbs_only_once_it_is_overdue_again(ladder: Company) -> None:
    number = packing(ladder)
    orders.set_priority(ladder.workplace, "boss", number, Priority.URGENT, reason="x")
    ladder.later(hours=2, minutes=1)
    assert tell(ladder, "lead") == [("overdue", number, 1)]
    orders.set_priority(ladder.workplace, "boss", number, Priority.NORMAL, reason="y")
    due = ladder.task(number, Stage.PREPARATION).due_at
    ladder.later(hours=1, minutes=30)
    assert ladder.now < due
    assert tell(ladder, "head") == []
    assert ladder.task(number, Stage.PREPARATION).alert_at > due
    ladder.now = due + timedelta(seconds=1)
    assert tell(ladder, "head") == [("overdue", number, 2)]
    assert raised() == [(1, "overdue"), (2, "unacknowledged")]


def test_who_takes_what_was_due_soon_for_somebody_who_left_is_told(ladder: Company) -> None:
    number = packing(ladder)
    ladder.now = ladder.task(number, Stage.PREPARATION).due_at - timedelta(minutes=5)
    assert tell(ladder, "packer") == [("due_soon", number, 0)]
    registers.disable_staff(ladder.workplace, "admin", "packer")
    stages.claim(ladder.workplace, "prep", number)
    assert tell(ladder, "prep") == [("due_soon", number, 0)]


def test_what_who_leaves_has_not_read_is_told_to_who_is_above(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    assert tell(ladder, "lead") == [("overdue", number, 1)]
    registers.disable_staff(ladder.workplace, "admin", "lead")
    assert told("head") == [("overdue", number, 1)]
    acknowledge_all(ladder.workplace, "head")
    registers.disable_staff(ladder.workplace, "admin", "head")
    assert told("boss") == [], "it was read"


# -- what is taken back ---------------------------------------------------------------------------


def take_back(company: Company, badge: str, number: str) -> None:
    company.later(minutes=1)
    company.confirm(badge, number, reason="peak_volume")
    company.later(minutes=1)
    undo.undo(company.workplace, badge, number, reason="so")


def unread(badge: str) -> list[int]:
    """The levels of which a person has not read."""
    query = Notification.select().where(
        (Notification.recipient == badge) & Notification.acknowledged_at.is_null()
    )
    return [one.level for one in query.order_by(Notification.level)]


def test_what_is_taken_back_goes_on_from_the_level_it_had_risen_to(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    assert tell(ladder, "lead") == [("overdue", number, 1)]
    acknowledge_all(ladder.workplace, "lead")
    for _ in range(2):
        take_back(ladder, "packer", number)
        assert tell(ladder, "lead") == [("overdue", number, 1)]
    assert unread("lead") == []
    task = ladder.task(number, Stage.PREPARATION)
    assert (task.alert_level, task.alert_at) == (1, task.due_at + timedelta(hours=2))
    assert Escalation.get().subject == f"task:{task.id}"
    (row,) = [row for row in progress_of(ladder) if row.done_at is None]
    assert (row.number, row.risen_to) == (number, ("Lead",))
    overdue_by(ladder, number, Stage.PREPARATION, 0.5)
    assert tell(ladder, "head") == [("overdue", number, 2)]
    assert told("lead") == [("overdue", number, 1)]


def progress_of(company: Company) -> list[ProgressRow]:
    day = company.now.date()
    with reading():
        return list(progress(Days(day, day), company.workplace.settings, company.now))


def test_what_nobody_had_read_when_it_was_taken_back_is_unread_still(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 0.5)
    pass_clock(ladder.workplace)
    acknowledge_all(ladder.workplace, "head")
    ladder.later(minutes=1)
    ladder.confirm("packer", number, reason="peak_volume")
    assert (unread("lead"), unread("head")) == ([], [])
    undo.undo(ladder.workplace, "packer", number, reason="so")
    assert (unread("lead"), unread("head")) == ([1], [])
    ladder.confirm("packer", number, reason="peak_volume")
    assert unread("lead") == []


def test_who_was_warned_is_warned_once_also_where_it_is_taken_back(ladder: Company) -> None:
    number = packing(ladder)
    ladder.later(hours=3, minutes=30)
    assert tell(ladder, "packer") == [("due_soon", number, 0)]
    take_back(ladder, "packer", number)
    assert unread("packer") == [0]
    assert tell(ladder, "packer") == [("due_soon", number, 0)]
    take_back(ladder, "boss", number)
    assert (unread("packer"), unread("boss")) == ([], [0])


def test_staff_are_sent_word_once_of_what_is_taken_back(database: Path) -> None:
    company = Company(database, escalation={"send": True})
    number = company.order()
    company.later(hours=2)
    pass_clock(company.workplace)
    take_back(company, "boss", number)
    pass_clock(company.workplace)
    with reading():
        assert Message.select().count() == 1
        assert company.flaws() == []


def test_what_nobody_is_left_to_read_is_told_to_the_managers(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 9)
    pass_clock(ladder.workplace)
    for leaver in ("lead", "head"):
        registers.disable_staff(ladder.workplace, "admin", leaver)
    assert sorted(told("boss")) == [("overdue", number, 1), ("overdue", number, 2)]


def test_what_somebody_read_and_left_climbs_to_who_is_above(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    assert tell(ladder, "lead") == [("overdue", number, 1)]
    acknowledge_all(ladder.workplace, "lead")
    registers.disable_staff(ladder.workplace, "admin", "lead")
    ladder.later(hours=1, minutes=59)
    assert tell(ladder, "head") == []
    ladder.later(minutes=1)
    assert tell(ladder, "head") == [("overdue", number, 2)]
    ladder.later(hours=9)
    assert pass_clock(ladder.workplace) == 0
    registers.disable_staff(ladder.workplace, "admin", "wall")
    assert pass_clock(ladder.workplace) == 0
    assert raised() == [(1, "overdue"), (2, "overdue")]


def test_what_had_risen_to_the_top_goes_on_where_the_top_leaves(ladder: Company) -> None:
    number = packing(ladder)
    overdue_by(ladder, number, Stage.PREPARATION, 0.5)
    assert tell(ladder, "head") == [("overdue", number, 2)]
    for leaver in ("lead", "head"):
        acknowledge_all(ladder.workplace, leaver)
        registers.disable_staff(ladder.workplace, "admin", leaver)
    assert tell(ladder, "boss") == []
    overdue_by(ladder, number, Stage.PREPARATION, 1)
    assert tell(ladder, "boss") == [("overdue", number, 3)]
    task = ladder.task(number, Stage.PREPARATION)
    assert (task.alert_level, task.alert_at) == (3, None)
    ladder.confirm("packer", number, reason="peak_volume")


def test_a_manager_who_comes_later_hears_of_what_nobody_could(company: Company) -> None:
    registers.disable_staff(company.workplace, "admin", "boss")
    company.stock(A=1)
    sent = company.ordered(Stage.TRACKING)
    late, lacking, held = company.order(), company.order(contact=""), company.order(contact="")
    waits = company.ordered(Stage.ALLOCATION)
    company.later(hours=5)
    pass_clock(company.workplace)
    assert {level for level, _ in raised()} == {1}
    for number in (held, late):
        orders.hold(company.workplace, "admin", number, reason="x")
    hire(company, "newcomer", Role.MANAGER)
    assert sorted(tell(company, "newcomer")) == sorted(
        ("overdue", number, 2) for number in (sent, lacking, waits)
    )
    orders.release(company.workplace, "admin", late)
    assert ("overdue", late, 2) in tell(company, "newcomer")
    company.later(hours=9)
    pass_clock(company.workplace)
    assert len(set(told("newcomer"))) == len(told("newcomer")) == 4


def test_who_comes_later_hears_of_nothing_that_others_have_heard_of(company: Company) -> None:
    company.order()
    company.later(hours=3)
    pass_clock(company.workplace)
    for newcomer in (Role.REVIEWER, Role.MANAGER):
        hire(company, newcomer.value, newcomer, superior="boss")
        assert tell(company, newcomer.value) == []
        assert Task.get().alert_at is None


# -- clocks ---------------------------------------------------------------------------------------


def test_what_is_on_hold_stands_still(company: Company) -> None:
    number, lacking = company.order(), company.order(contact="")
    company.later(minutes=30)
    for one in (number, lacking):
        orders.hold(company.workplace, "boss", one, reason="x")
    company.later(hours=2)
    assert pass_clock(company.workplace) == 0
    for one in (number, lacking):
        orders.release(company.workplace, "boss", one)
    company.later(minutes=30)
    assert tell(company, "boss") == []
    company.later(minutes=1)
    assert tell(company, "boss") == [("overdue", number, 1)]
    acknowledge_all(company.workplace, "boss")
    company.later(minutes=59)
    assert tell(company, "boss") == [("overdue", number, 1)]
    company.later(minutes=1)
    assert tell(company, "boss") == [("overdue", number, 1), ("overdue", lacking, 1)]


def test_what_waits_for_stock_stands_still(company: Company) -> None:
    number = company.ordered(Stage.ALLOCATION)
    company.finish(number, Stage.ALLOCATION)
    company.later(minutes=90)
    assert pass_clock(company.workplace) == 0
    assert company.task(number, Stage.ALLOCATION).alert_at is None
    company.later(hours=3)
    assert tell(company, "boss") == [("overdue", number, 1)], "the shortage itself"


def test_overdue_exceptions_go_to_the_managers(company: Company) -> None:
    number = company.order(contact="")
    assert tell(company, "boss") == []
    company.later(hours=3)
    assert tell(company, "boss") == [("overdue", number, 1)]
    assert OrderException.get().alert_level == 1


def test_a_parcel_that_nobody_signs_for_is_a_carriers_delay(company: Company) -> None:
    company.stock(A=9)
    number = company.ordered(Stage.TRACKING)
    Message.delete().execute()
    company.later(hours=48)
    assert pass_clock(company.workplace) == 0
    company.later(seconds=1)
    assert tell(company, "boss") == [("overdue", number, 1)]
    assert company.exceptions(number) == [ExceptionKind.CARRIER_DELAY]
    (trouble,) = order_page(number, company.workplace.settings, company.now).exceptions
    assert "since 11-23 10:00" in detail_text(trouble.detail, "en")
    assert pass_clock(company.workplace) == 0
    assert company.exceptions(number) == [ExceptionKind.CARRIER_DELAY]


def test_a_parcel_whose_delay_is_known_has_no_second_one(company: Company) -> None:
    company.stock(A=9)
    number = company.ordered(Stage.TRACKING)
    company.trouble("track", number, ExceptionKind.CARRIER_DELAY)
    company.later(hours=49)
    assert pass_clock(company.workplace) > 0
    assert company.exceptions(number) == [ExceptionKind.CARRIER_DELAY]


WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
OFFICE: dict[str, Any] = {
    "shifts": [{"name": "day", "start": time(8), "end": time(22), "days": WEEKDAYS}],
    "calendar": {"closed_on_holidays": True},
}


@pytest.mark.parametrize(
    ("ordered", "due"),
    [
        # Golden week 2026 is off up to 7 October; Saturday the 10th is worked in its place.
        ("2026-09-30T21:30", "2026-10-08T08:30"),
        ("2026-10-09T21:45", "2026-10-10T08:45"),
        ("2026-10-10T21:45", "2026-10-12T08:45"),
    ],
)
def test_holidays_and_made_up_days(database: Path, ordered: str, due: str) -> None:
    with reading():
        company = Company(database, **OFFICE)
        company.now = site_time(ordered)
        number = company.order()
        company.now = site_time(due)
        assert pass_clock(company.workplace) == 0
        company.later(seconds=1)
        assert tell(company, "boss") == [("overdue", number, 1)]


def site_time(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_the_hour_that_summer_time_takes_counts_for_nobody(database: Path) -> None:
    night = {"name": "night", "start": time(22), "end": time(6), "days": ["saturday"]}
    site = {"name": "Berlin", "time_zone": "Europe/Berlin", "currency": "EUR"}
    settings: dict[str, Any] = {"site": site, "shifts": [night], "calendar": {"country": "DE"}}
    with reading():
        company = Company(database, **settings)
        company.now = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30, before the clocks go on
        number = company.order()
        assert company.task(number, Stage.REVIEW).due_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
        company.now = datetime(2026, 3, 29, 1, 30, 1, tzinfo=UTC)
        assert tell(company, "boss") == [("overdue", number, 1)]


# -- messages -------------------------------------------------------------------------------------


def test_a_message_that_is_not_sent_in_time(company: Company) -> None:
    company.stock(A=9)
    number = company.ordered(Stage.TRACKING)
    message = Message.get(Message.kind == MessageKind.SHIPPING_NOTICE)
    company.later(hours=1)
    assert pass_clock(company.workplace) == 0
    company.later(seconds=1)
    assert tell(company, "boss") == [("overdue", number, 1)]
    assert Escalation.get().subject == f"message:{message.id}"
    assert Message.get_by_id(message.id).alert_level == 1


@pytest.fixture
def given_up(company: Company) -> Company:
    """The notice of a parcel was given up; above the manager is an owner."""
    hire(company, "owner", Role.SUPERVISOR)
    Staff.update(superior="owner").where(Staff.badge == "boss").execute()
    company.stock(A=9)
    company.ordered(Stage.TRACKING)
    give_up(company)
    return company


def give_up(company: Company) -> None:
    claimed = sending.claim(company.workplace, 60)
    assert claimed is not None
    sending.failed(company.workplace, claimed, "refused", sender="files", final=True)


def test_a_message_that_was_given_up_climbs_until_somebody_sees_to_it(given_up: Company) -> None:
    (number,) = given_up.numbers()
    at_once: Told = [("message_failed", number, 0)]
    given_up.later(hours=1)
    assert tell(given_up, "boss") == at_once
    given_up.later(seconds=1)
    assert tell(given_up, "boss") == [*at_once, ("overdue", number, 1)]
    acknowledge_all(given_up.workplace, "boss")
    assert tell(given_up, "owner") == []
    given_up.later(minutes=30)
    with ThreadPoolExecutor(4) as engines:
        assert sum(engines.map(lambda _: pass_clock(given_up.workplace), range(8))) == 1
    assert told("owner") == [("overdue", number, 2)]
    assert raised() == [(1, "overdue"), (2, "overdue")]


def test_what_nobody_reads_of_a_message_that_was_given_up_climbs(given_up: Company) -> None:
    given_up.workplace = given_up.workplace.with_settings(
        parse({"escalation": {"unacknowledged_minutes": 10}})
    )
    given_up.later(hours=1, seconds=1)
    assert tell(given_up, "owner") == []
    given_up.later(minutes=10)
    assert tell(given_up, "owner") == [("overdue", given_up.numbers()[0], 2)]
    assert raised() == [(1, "overdue"), (2, "unacknowledged")]


def test_a_message_that_fails_again_climbs_from_where_it_was(given_up: Company) -> None:
    given_up.later(hours=1, seconds=1)
    assert pass_clock(given_up.workplace) == 1
    sending.retry(given_up.workplace, "boss", Message.get().id)
    assert pass_clock(given_up.workplace) == 0
    give_up(given_up)
    given_up.later(minutes=30)
    assert pass_clock(given_up.workplace) == 1
    assert raised() == [(1, "overdue"), (2, "overdue")]


@pytest.mark.parametrize("ends", ["sent", "withdrawn"])
def test_a_message_that_is_seen_to_climbs_no_further(given_up: Company, ends: str) -> None:
    work, message = given_up.workplace, Message.get().id
    given_up.later(hours=1, seconds=1)
    pass_clock(work)
    if ends == "withdrawn":
        sending.withdraw(work, "boss", message, reason="told by phone")
    else:
        sending.retry(work, "boss", message)
        claimed = sending.claim(work, 60)
        assert claimed is not None
        sending.sent(work, claimed, "files", "")
    given_up.later(hours=9)
    assert pass_clock(work) == 0


def test_staff_are_sent_word_where_the_company_wants_it(database: Path) -> None:
    with reading():
        company = Company(database, escalation={"send": True})
        number = company.order()
        company.later(hours=1, minutes=1)
        assert pass_clock(company.workplace) == 1
        message: Any = Message.get(Message.kind == MessageKind.ESCALATION)
        assert message.key == f"escalation:task:{company.task(number, Stage.REVIEW).id}:1:boss"
        assert message.recipient_id == "boss"
        assert message.order_id is None
        assert number in message.facts


def test_the_key_of_a_message_is_plain_ascii_whatever_the_badge(database: Path) -> None:
    with reading():
        company = Company(database, escalation={"send": True})
        for badge in ("张三", "李四"):
            hire(company, badge, Role.MANAGER)
        company.order()
        company.later(hours=1, minutes=1)
        assert pass_clock(company.workplace) == 1
        keys = {message.key for message in Message.select()}
        assert len(keys) == 3
        assert all(key.isascii() and key.isprintable() for key in keys)


# -- once -----------------------------------------------------------------------------------------


def test_what_had_to_wait_passes_no_level_over(
    ladder: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    packing(ladder)
    ladder.later(hours=3, minutes=30)

    def begin_late() -> Any:
        ladder.later(hours=2)  # others write meanwhile
        return transaction()

    with monkeypatch.context() as waiting, reading():
        waiting.setattr(escalations, "transaction", begin_late)
        assert escalations.pass_part(ladder.workplace) == 1
    assert escalations.pass_clock(ladder.workplace)
    assert [level for level, _ in raised()] == [0, 1]


def test_many_stations_at_once_tell_once(company: Company) -> None:
    company.receive(*(company.draft() for _ in range(30)))
    company.later(hours=1, minutes=1)
    with ThreadPoolExecutor(4) as stations:
        count = sum(stations.map(lambda _: pass_clock(company.workplace), range(8)))
    assert count == 30
    assert len(set(told("boss"))) == len(told("boss")) == 30
    assert company.events(None).count(("orderterm", "escalated")) == 0
    assert Event.select().where(Event.kind == EventKind.ESCALATED.value).count() == 30


def test_a_level_that_is_on_record_is_not_told_again(company: Company) -> None:
    company.order()
    task = Task.get()
    company.later(hours=1, minutes=1)
    pass_clock(company.workplace)
    Task.update(alert_at=company.now, alert_level=None).execute()
    assert pass_clock(company.workplace) == 0
    assert len(told("boss")) == 1
    assert Event.select().where(Event.kind == EventKind.ESCALATED.value).count() == 1
    assert Task.get_by_id(task.id).alert_level == 1


def test_an_idle_pass_writes_nothing_and_asks_once(company: Company) -> None:
    company.order(contact="")
    company.later(hours=3)
    assert pass_clock(company.workplace) == 1
    asked: list[str] = []
    raw = database.connection()
    raw.set_trace_callback(asked.append)
    assert pass_clock(company.workplace) == 0
    raw.set_trace_callback(None)
    assert len(asked) == 1, asked


def test_a_pass_reads_no_table_from_end_to_end(company: Company) -> None:
    values = (utc_text(company.now), 9)
    plan = [
        row[-1]
        for row in database.connection().execute(f"EXPLAIN QUERY PLAN {watched.DUE}", values)
    ]
    indexes = ("task_alert", "order_exception_alert", "message_alert")
    for index in indexes:
        assert any(
            f"USING INDEX {index} (alert_at" in step or f"INDEX {index} (alert_at" in step
            for step in plan
        ), plan
    assert not any("SCAN task" in step or "TEMP B-TREE" in step for step in plan), plan


def test_a_pass_is_done_in_parts(company: Company) -> None:
    company.receive(*(company.draft() for _ in range(escalations.BATCH + 7)))
    company.later(hours=1, minutes=1)
    parts = [escalations.pass_part(company.workplace) for _ in range(3)]
    assert parts == [escalations.BATCH, 7, None]


def test_however_many_are_late_all_of_them_climb(
    ladder: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalations, "BATCH", 3)
    ladder.stock(A=99)
    numbers = ladder.receive(*(ladder.draft() for _ in range(10))).new
    for number in numbers:
        ladder.bring(number, Stage.PREPARATION)
        stages.claim(ladder.workplace, "packer", number)
    overdue_by(ladder, number, Stage.PREPARATION, 0)
    assert {number for *_, number, level in tell(ladder, "lead") if level == 1} == {*numbers}
    assert told("head") == []
    overdue_by(ladder, number, Stage.PREPARATION, 0.5)
    assert {number for *_, number, level in tell(ladder, "head") if level == 2} == {*numbers}


def test_the_most_overdue_are_told_first(company: Company) -> None:
    company.receive(*(company.draft() for _ in range(escalations.BATCH)))
    oldest = company.task(company.order(), Stage.REVIEW).id
    Task.update(alert_at=company.now).where(Task.id == oldest).execute()
    Task.update(due_at=company.now - timedelta(hours=1)).where(Task.id == oldest).execute()
    company.later(hours=2)
    escalations.pass_part(company.workplace)
    assert Escalation.select().where(Escalation.subject == f"task:{oldest}").exists()


# -- who watches ----------------------------------------------------------------------------------


@pytest.fixture
def terminal(company: Company) -> Workplace:
    return Workplace(company.workplace.settings, lambda: company.now, "terminal")


def test_a_terminal_watches_where_no_engine_does(company: Company, terminal: Workplace) -> None:
    company.order()
    company.later(hours=1, minutes=1)
    escalations.beat(company.workplace)
    assert stand_in(terminal) == 0
    company.later(minutes=1, seconds=59)
    assert stand_in(terminal) == 0
    company.later(seconds=1)
    assert stand_in(terminal) == 1
    beat = Heartbeat.get(Heartbeat.duty == "stand_in")
    assert (beat.station, beat.at) == ("terminal", company.now)


def test_a_lone_terminal_goes_on_watching(company: Company, terminal: Workplace) -> None:
    assert stand_in(terminal) == 0
    company.order()
    company.later(hours=1)
    stand_in(terminal)
    company.later(seconds=5)
    assert stand_in(terminal) == 1


def test_of_two_terminals_one_is_enough(company: Company, terminal: Workplace) -> None:
    company.order()
    company.later(hours=1, minutes=1)
    assert stand_in(company.workplace) == 1
    company.order()
    company.later(hours=1, minutes=1)
    escalations.beat(company.workplace, escalations.STAND_IN)
    assert stand_in(terminal) == 0
    company.later(minutes=2)
    assert stand_in(terminal) == 1


def test_a_beat_from_before_the_time_was_set_back_keeps_nobody_away(
    company: Company, terminal: Workplace
) -> None:
    company.later(days=1)
    escalations.beat(company.workplace)
    company.later(days=-1)
    company.order()
    company.later(hours=1, minutes=1)
    assert stand_in(terminal) == 1


def test_a_beat_is_written_once_a_minute(company: Company) -> None:
    escalations.beat(company.workplace)
    database.execute_sql("PRAGMA query_only = 1")
    company.later(seconds=59)
    escalations.beat(company.workplace)
    database.execute_sql("PRAGMA query_only = 0")
    company.later(seconds=1)
    escalations.beat(company.workplace)
    assert Heartbeat.get().at == company.now


def test_whoever_begins_to_watch_lets_deadlines_follow_the_settings(company: Company) -> None:
    number = company.order()
    assert stand_in(company.workplace, first=True) == 0
    settings = parse({"limits": {"review": {"clock": "working", "hours": 9}}})
    assert stand_in(company.workplace.with_settings(settings)) == 0
    assert company.task(number, Stage.REVIEW).due_at == company.now + timedelta(hours=1)
    stand_in(company.workplace.with_settings(settings), first=True)
    assert company.task(number, Stage.REVIEW).due_at == company.now + timedelta(hours=9)


def test_fresh_settings_count_also_while_an_older_terminal_watches(
    company: Company, terminal: Workplace
) -> None:
    number = company.order()
    stand_in(company.workplace, first=True)
    settings = parse({"limits": {"review": {"clock": "working", "hours": 9}}})
    assert stand_in(terminal.with_settings(settings), first=True) == 0
    assert company.task(number, Stage.REVIEW).due_at == company.now + timedelta(hours=9)
