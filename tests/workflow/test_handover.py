"""Shift handover: what is told, who takes it over, and what passes from hand to hand."""

from datetime import datetime, time, timedelta
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from orderterm.errors import Refusal
from orderterm.settings import parse
from orderterm.store import connection
from orderterm.store.queries import rows
from orderterm.store.tables import Notification, Task
from orderterm.terms import ExceptionKind, NoticeKind, PauseReason, Role, Stage
from orderterm.views.handover import HandoverRow, handovers, summary_text, waiting_for
from orderterm.workflow import expecting, handover, orders, passing, registers, stages
from orderterm.workflow.alerts import renew_tasks
from orderterm.workflow.escalations import pass_clock
from orderterm.workflow.notifications import acknowledge_all
from orderterm.workflow.outstanding import outstanding
from orderterm.workflow.workplace import Outcome, Workplace
from tests.contract.company import MONDAY, Company


@pytest.fixture
def shift(company: Company) -> Company:
    """A company in which Kim relieves Rev."""
    registers.add_staff(company.workplace, "admin", "kim", "Kim", [Role.REVIEWER])
    return company


def give(company: Company, badge: str = "rev", role: Role | None = None, **told: str) -> Outcome:
    return handover.hand_over(company.workplace, badge, role, **told)


def take(company: Company, badge: str = "kim", number: int | None = None) -> Outcome:
    return handover.take_over(company.workplace, badge, number)


def kept(company: Company) -> list[HandoverRow]:
    return handovers(company.workplace.settings, company.now)


def _unread(kind: NoticeKind) -> Any:
    return Notification.acknowledged_at.is_null() & (Notification.kind == kind)


def unread(kind: NoticeKind) -> list[str]:
    """Who has not read what they were told of a kind."""
    query = Notification.select(Notification.recipient).where(_unread(kind))
    return [badge for (badge,) in rows(query)]


def claimed(company: Company, badge: str = "rev") -> str:
    number = company.order()
    stages.claim(company.workplace, badge, number)
    return number


def test_the_state_of_the_role_is_told(shift: Company) -> None:
    late = claimed(shift)
    shift.later(minutes=10)
    shift.order()
    shift.later(minutes=49)
    soon = shift.order()
    shift.later(minutes=2)
    outcome = give(shift, remark=" mind the first ")
    assert outcome.changed
    assert str(outcome.sentence) == "reviewer is handed over: 3 open, 1 overdue"
    (row,) = kept(shift)
    assert (row.role, row.shift, row.giver, row.remark) == (
        Role.REVIEWER,
        "早班",
        "Rev",
        "mind the first",
    )
    (review,) = row.summary.stages
    assert (review.stage, review.open, review.in_hand, review.overdue) == (Stage.REVIEW, 3, 1, 1)
    assert review.due_soon == 1
    assert [one.number for one in row.summary.late] == [late]
    assert soon not in {one.number for one in row.summary.at_risk}
    assert [(one.name, one.tasks) for one in row.summary.in_hands] == [("Rev", 1)]
    assert row.taken_by is None
    assert ("rev", "handed_over") in shift.events(None)
    assert shift.flaws() == []


def test_what_is_foreseen_to_be_late_is_at_risk(shift: Company) -> None:
    for _ in range(4):
        number = shift.order()
        shift.later(minutes=30)
        shift.confirm("rev", number)
    last = [shift.order() for _ in range(4)][-1]
    give(shift)
    (row,) = kept(shift)
    assert row.summary.stages[0].will_be_late == 2
    risk = row.summary.at_risk[-1]
    assert (risk.number, risk.expected_at) == (last, shift.now + timedelta(hours=2))


def test_who_is_waited_for_is_told(shift: Company) -> None:
    short = shift.ordered(Stage.ALLOCATION, lines=[("C", 1)])
    shift.confirm("inv", short)
    until = shift.now + timedelta(days=1)
    expecting.expect(shift.workplace, "buyer", short, until, "asked")
    asked = shift.ordered(Stage.ALLOCATION)
    shift.trouble("sales", asked, ExceptionKind.CHANGE_REQUEST)
    give(shift, "inv")
    (row,) = kept(shift)
    assert [(one.number, one.reason) for one in row.summary.waiting] == [
        (short, PauseReason.STOCK),
        (asked, PauseReason.CUSTOMER),
    ]
    assert row.summary.waiting[0].expected_at == until
    assert row.summary.stages[1].waiting == 2
    texts = [str(one) for one in summary_text(row, shift.workplace.settings)]
    assert f"waits for stock until 11-24 10:00: {short}" in texts
    assert f"waits for the customer: {asked}" in texts


def test_a_manager_hands_the_whole_house_over(shift: Company) -> None:
    shift.stock(A=1)
    shift.order()
    shift.ordered(Stage.PREPARATION)
    shift.order(contact="")
    give(shift, "boss")
    (row,) = kept(shift)
    assert row.summary.open == 2
    assert [one.kind for one in row.summary.exceptions] == [ExceptionKind.INFORMATION]
    give(shift, "boss", Role.REVIEWER)
    assert {row.role for row in kept(shift)} == {Role.MANAGER, Role.REVIEWER}


def test_taking_over_passes_on_what_is_in_the_givers_hands(shift: Company) -> None:
    registers.add_staff(shift.workplace, "admin", "lee", "Lee", [Role.REVIEWER])
    own, lees, free = claimed(shift), claimed(shift, "lee"), shift.order()
    give(shift)
    outcome = take(shift)
    assert str(outcome.sentence) == (
        "reviewer is taken over from Rev; tasks that are in your hands now: 1"
    )
    assert [shift.task(one, Stage.REVIEW).assignee_id for one in (own, lees, free)] == [
        "kim",
        "lee",
        None,
    ]
    assert shift.events(own)[-1] == ("kim", "claimed")
    assert shift.events(None)[-1] == ("kim", "taken_over")
    (row,) = kept(shift)
    assert (row.taker, row.taken_at is not None) == ("Kim", True)


def test_of_an_order_in_two_hands_only_the_givers_part_passes_on(shift: Company) -> None:
    registers.add_staff(shift.workplace, "admin", "chief", "Chief", [Role.MANAGER])
    shift.stock(A=1)
    number = shift.ordered(Stage.ALLOCATION, lines=[("A", 1), ("C", 1)])
    shift.confirm("inv", number, partial=True)
    stages.claim(shift.workplace, "boss", number, stage=Stage.PREPARATION)
    stages.claim(shift.workplace, "inv", number, stage=Stage.ALLOCATION)
    give(shift, "boss")
    take(shift, "chief")
    assert shift.task(number, Stage.PREPARATION).assignee_id == "chief"
    assert shift.task(number, Stage.ALLOCATION).assignee_id == "inv"


def test_who_takes_over_is_warned_in_the_givers_place(shift: Company) -> None:
    number = claimed(shift)
    shift.later(minutes=50)
    pass_clock(shift.workplace)
    claimed(shift)
    give(shift)
    assert unread(NoticeKind.DUE_SOON) == ["rev"]
    take(shift)
    assert unread(NoticeKind.DUE_SOON) == ["kim"]
    with connection.transaction():
        tasks = list(Task.select().order_by(Task.id))
        renew_tasks(shift.workplace, [task.id for task in tasks])
        assert [task.alert_at for task in Task.select().order_by(Task.id)] == [
            task.alert_at for task in tasks
        ]
    shift.later(minutes=11)
    pass_clock(shift.workplace)
    assert shift.task(number, Stage.REVIEW).alert_level == 1


class _Cut(Exception):
    """The line was cut."""


def _until(company: Company, looks: int) -> Workplace:
    """A place at which everything ends when somebody looks at the clock once too often."""
    looked = count()

    def clock() -> datetime:
        if next(looked) >= looks:
            raise _Cut
        return company.now

    return Workplace(company.workplace.settings, clock, "t1")


def test_who_is_cut_off_takes_the_rest_the_next_time(
    shift: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "BATCH", 2)
    registers.add_staff(shift.workplace, "admin", "lee", "Lee", [Role.REVIEWER])
    numbers = [claimed(shift) for _ in range(5)]
    give(shift)
    shift.later(minutes=1)
    for looks, had in ((1, 0), (2, 0), (1, 2), (0, 2), (1, 4)):
        with pytest.raises(_Cut):
            handover.take_over(_until(shift, looks), "kim")
        hands = [shift.task(one, Stage.REVIEW).assignee_id for one in numbers]
        assert hands == ["kim"] * had + ["rev"] * (5 - had)
        passed = [shift.events(one).count(("kim", "claimed")) for one in numbers]
        assert passed == [1] * had + [0] * (5 - had)
        assert waiting_for("kim", [Role.REVIEWER], shift.workplace.settings, shift.now)
    assert waiting_for("lee", [Role.REVIEWER], shift.workplace.settings, shift.now) == []
    assert not take(shift, "lee").changed
    assert str(take(shift).sentence).endswith("tasks that are in your hands now: 1")
    assert {shift.task(one, Stage.REVIEW).assignee_id for one in numbers} == {"kim"}
    assert shift.events(None).count(("kim", "taken_over")) == 1
    assert not take(shift).changed
    assert waiting_for("kim", [Role.REVIEWER], shift.workplace.settings, shift.now) == []
    assert shift.flaws() == []


def test_what_the_giver_begins_afterwards_stays_theirs(shift: Company) -> None:
    before = claimed(shift)
    give(shift)
    with pytest.raises(_Cut):
        handover.take_over(_until(shift, 2), "kim")
    shift.later(minutes=1)
    after = claimed(shift)
    assert str(take(shift).sentence).endswith("in your hands now: 1")
    assert [shift.task(one, Stage.REVIEW).assignee_id for one in (before, after)] == ["kim", "rev"]


def test_twice_tells_who_took_it_and_when(shift: Company) -> None:
    give(shift)
    shift.later(minutes=5)
    take(shift)
    shift.later(minutes=5)
    again = take(shift)
    assert not again.changed
    assert str(again.sentence) == "the handover of reviewer was taken over by Kim at 11-23 10:05"
    assert shift.events(None).count(("kim", "taken_over")) == 1


def test_nobody_takes_their_own(shift: Company) -> None:
    outcome = give(shift)
    for number in (None, int(outcome.number)):
        with pytest.raises(Refusal, match="yourself"):
            take(shift, "rev", number)


def test_handing_over_again_replaces_what_nobody_has_taken(shift: Company) -> None:
    give(shift, remark="one")
    shift.order()
    give(shift, remark="two")
    (row,) = kept(shift)
    assert (row.remark, row.summary.open) == ("two", 1)
    take(shift)
    give(shift)
    assert len(kept(shift)) == 2


def told() -> list[tuple[str, datetime]]:
    """Who has been told of a handover and has not read it, and when it was told."""
    query = Notification.select(Notification.recipient, Notification.raised_at)
    return rows(query.where(_unread(NoticeKind.HANDOVER)).order_by(Notification.recipient))


def test_those_who_may_take_it_over_are_told_once(shift: Company) -> None:
    registers.add_staff(shift.workplace, "admin", "lee", "Lee", [Role.REVIEWER, Role.SALES])
    registers.add_staff(shift.workplace, "admin", "ex", "Ex", [Role.REVIEWER])
    registers.disable_staff(shift.workplace, "admin", "ex")
    give(shift)
    assert told() == [("kim", shift.now), ("lee", shift.now)]
    acknowledge_all(shift.workplace, "kim")
    shift.later(minutes=5)
    give(shift)
    assert told() == [("kim", shift.now), ("lee", shift.now)]
    take(shift, "lee")
    assert told() == []


def test_who_leaves_bequeaths_no_handover(shift: Company) -> None:
    give(shift)
    registers.disable_staff(shift.workplace, "admin", "kim")
    assert [badge for badge, _ in told()] == ["kim"]


def test_who_has_not_the_role_is_refused(shift: Company) -> None:
    give(shift)
    with pytest.raises(Refusal, match="no handover waits for shipping"):
        take(shift, "ship")
    with pytest.raises(Refusal, match="is for reviewer"):
        take(shift, "ship", kept(shift)[0].id)
    with pytest.raises(Refusal, match="no role reviewer"):
        give(shift, "ship", Role.REVIEWER)
    with pytest.raises(Refusal, match="may not do this"):
        give(shift, "wall")
    with pytest.raises(Refusal, match="may not do this"):
        take(shift, "wall")
    with pytest.raises(Refusal, match="there is no handover 99"):
        take(shift, "kim", 99)


def test_who_has_several_roles_says_which(shift: Company) -> None:
    registers.add_staff(shift.workplace, "admin", "two", "Two", [Role.REVIEWER, Role.SHIPPING])
    with pytest.raises(Refusal, match="several roles"):
        give(shift, "two")
    give(shift, "two", Role.SHIPPING)
    assert kept(shift)[0].role is Role.SHIPPING


def test_a_manager_takes_any_handover_that_is_named(shift: Company) -> None:
    number = claimed(shift)
    give(shift)
    take(shift, "boss", kept(shift)[0].id)
    assert shift.task(number, Stage.REVIEW).assignee_id == "boss"


def test_two_givers_are_taken_over_at_once(shift: Company) -> None:
    registers.add_staff(shift.workplace, "admin", "lee", "Lee", [Role.REVIEWER])
    give(shift)
    give(shift, "lee")
    assert len(waiting_for("kim", [Role.REVIEWER], shift.workplace.settings, shift.now)) == 2
    assert str(take(shift).sentence).startswith("2 handovers are taken over")
    assert waiting_for("kim", [Role.REVIEWER], shift.workplace.settings, shift.now) == []


def test_who_leaves_late_is_of_the_shift_that_has_ended(shift: Company) -> None:
    shift.later(hours=5, minutes=20)
    give(shift)
    shift.later(hours=1)
    give(shift, "ship")
    assert [row.shift for row in kept(shift)] == ["晚班", "早班"]
    shift.later(minutes=39)
    assert not kept(shift)[1].neglected
    shift.later(minutes=2)
    assert kept(shift)[1].neglected


@pytest.mark.parametrize(
    ("hour", "minute", "name"), [(15, 58, "early"), (16, 30, "early"), (17, 5, "late")]
)
def test_where_shifts_overlap_the_one_that_ends_first_hands_over(
    database: Path, hour: int, minute: int, name: str
) -> None:
    days = ["monday", "tuesday"]
    company = Company(
        database,
        shifts=[
            {"name": "early", "start": time(8), "end": time(16), "days": days},
            {"name": "late", "start": time(14), "end": time(22), "days": days},
        ],
    )
    company.now = MONDAY.replace(hour=hour - 8, minute=minute)
    give(company)
    (row,) = kept(company)
    assert row.shift == name
    company.now = MONDAY.replace(hour=18 - 8, minute=1)
    assert kept(company)[0].neglected is (name == "early")


def test_what_nobody_takes_is_told_two_hours_after_the_shift(shift: Company) -> None:
    give(shift)
    shift.later(hours=6, minutes=59)
    assert not kept(shift)[0].neglected
    shift.later(minutes=2)
    assert kept(shift)[0].neglected
    assert "long over" in str(summary_text(kept(shift)[0], shift.workplace.settings)[0])
    take(shift)
    assert not kept(shift)[0].neglected


def _take_in_a_process(file: Path, badge: str) -> bool:
    connection.use(file)
    work = Workplace(parse({}), lambda: MONDAY + timedelta(hours=1), "t2")
    return handover.take_over(work, badge).changed


def test_of_two_takers_at_once_one_has_it(shift: Company) -> None:
    registers.add_staff(shift.workplace, "admin", "lee", "Lee", [Role.REVIEWER])
    number = claimed(shift)
    give(shift)
    with get_context("spawn").Pool(2) as pool:
        changed = pool.starmap(_take_in_a_process, [(shift.file, "kim"), (shift.file, "lee")])
    assert sorted(changed) == [False, True]
    taker = kept(shift)[0].taken_by
    assert shift.task(number, Stage.REVIEW).assignee_id == taker
    taken = [event for event in shift.events(None) if event[1] == "taken_over"]
    assert taken == [(taker, "taken_over")]


def test_others_can_write_while_the_work_is_counted(
    shift: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Event()

    def write() -> None:
        shift.order()
        written.set()

    def counted(*about: Any) -> Any:
        Thread(target=write, daemon=True).start()
        assert written.wait(5)
        return outstanding(*about)

    monkeypatch.setattr(handover, "outstanding", counted)
    give(shift)


def test_what_had_risen_to_the_giver_s_top_climbs_on_above_the_taker(company: Company) -> None:
    for badge, superior in (("head", None), ("lead", "head"), ("packer", "lead")):
        role = [Role.PREPARATION]
        registers.add_staff(company.workplace, "admin", badge, badge.title(), role, superior)
    company.stock(A=9)
    number = company.ordered(Stage.PREPARATION)
    stages.claim(company.workplace, "prep", number)
    due = company.task(number, Stage.PREPARATION).due_at
    company.now = due + timedelta(seconds=1)
    pass_clock(company.workplace)
    acknowledge_all(company.workplace, "boss")
    task = company.task(number, Stage.PREPARATION)
    assert (task.alert_level, task.alert_at) == (1, None)
    give(company, "prep")
    take(company, "packer")
    assert company.task(number, Stage.PREPARATION).alert_at == due + timedelta(hours=2)
    company.later(hours=2)
    pass_clock(company.workplace)
    assert "head" in unread(NoticeKind.OVERDUE)


def test_what_stands_still_goes_on_standing_in_other_hands(company: Company) -> None:
    registers.add_staff(company.workplace, "admin", "kim", "Kim", [Role.REVIEWER], "boss")
    number = claimed(company)
    company.later(hours=1, seconds=1)
    pass_clock(company.workplace)
    orders.hold(company.workplace, "boss", number, reason="x")
    give(company)
    take(company)
    task = company.task(number, Stage.REVIEW)
    assert (task.assignee_id, task.alert_level, task.alert_at) == ("kim", 1, None)
