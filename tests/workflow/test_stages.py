"""The straight way of an order through its stages, and who may take which step."""

from datetime import timedelta

import msgspec
import pytest

from orderterm.errors import Refusal
from orderterm.store.connection import reading
from orderterm.store.tables import Event, Task
from orderterm.terms import FLOWS, Condition, EventKind, Nature, Priority, Role, Stage
from orderterm.workflow import orders, registers, stages
from tests.contract.company import MONDAY, PEOPLE, WORKER, Company


def story(company: Company, number: str) -> list[tuple[str, str]]:
    return company.events(number)


@pytest.mark.parametrize("nature", Nature)
def test_every_flow_runs_to_its_end(company: Company, nature: Nature) -> None:
    company.stock(A=5)
    number = company.order(nature=nature.value, lines=[("A", 2)])
    for stage in FLOWS[nature]:
        assert company.stages(number) == [stage]
        company.finish(number, stage)
    assert company.condition(number) is Condition.COMPLETED
    assert story(company, number) == [
        ("admin", "received"),
        *((WORKER[stage], "stage_done") for stage in FLOWS[nature]),
    ]
    assert company.flaws() == []


def test_shipping_takes_the_stock_off_the_shelf(company: Company) -> None:
    company.stock(A=5)
    number = company.ordered(Stage.PREPARATION, lines=[("A", 2)])
    assert company.level("A") == (5, 2)
    company.bring(number, Stage.TRACKING)
    assert company.level("A") == (3, 0)
    (parcel,) = company.parcels(number)
    assert (parcel.carrier, parcel.shipped_at) == ("SF", company.now)


def test_conditions_follow_the_stages(company: Company) -> None:
    company.stock(A=1)
    number = company.order()
    assert company.condition(number) is Condition.PENDING_REVIEW
    company.finish(number, Stage.REVIEW)
    assert company.condition(number) is Condition.NORMAL


@pytest.mark.parametrize("stage", FLOWS[Nature.STANDARD])
def test_a_stage_is_for_its_role_and_the_chiefs(company: Company, stage: Stage) -> None:
    company.stock(A=1)
    number = company.ordered(stage)
    for badge, role in PEOPLE.items():
        if badge in (WORKER[stage], "boss"):
            continue
        with pytest.raises(Refusal, match="may not do this"):
            company.confirm(badge, number, stage=stage)
        assert role is not Role.MANAGER
    assert company.stages(number) == [stage]
    parcel = {"carrier": "SF", "waybill": "1"} if stage is Stage.SHIPPING else {}
    company.confirm("boss", number, stage=stage, **parcel)
    assert stage not in company.stages(number)


def test_the_supervisor_only_watches(company: Company) -> None:
    number = company.order()
    for action in (stages.claim, stages.confirm):
        with pytest.raises(Refusal, match=r"Wall.*may not do this"):
            action(company.workplace, "wall", number)
    for change in (orders.hold, orders.cancel):
        with pytest.raises(Refusal, match="may not do this"):
            change(company.workplace, "wall", number, reason="so")


def test_unknown_orders_and_people_are_named(company: Company) -> None:
    with pytest.raises(Refusal, match="no order 20261123-EC-999"):
        company.confirm("rev", "20261123-EC-999")
    with pytest.raises(Refusal, match="nobody has the badge nobody"):
        company.confirm("nobody", company.order())


# -- once and only once ---------------------------------------------------------------------------


@pytest.mark.parametrize("named", [True, False])
def test_a_second_confirmation_says_who_and_when(company: Company, named: bool) -> None:
    number = company.order()
    company.confirm("rev", number)
    company.later(minutes=30)
    given = {"stage": Stage.REVIEW} if named else {}
    again = company.confirm("rev", number, **given)
    assert not again.changed
    assert again.sentence.text("en") == f"review of {number} was done by Rev at 11-23 10:00"
    assert story(company, number) == [("admin", "received"), ("rev", "stage_done")]


def test_who_works_two_stages_in_a_row_finishes_both_without_naming_them(company: Company) -> None:
    company.stock(A=1)
    registers.add_staff(company.workplace, "admin", "two", "Two", [Role.REVIEWER, Role.INVENTORY])
    number = company.order()
    assert company.confirm("two", number).changed
    assert company.confirm("two", number).changed
    assert company.stages(number) == [Stage.PREPARATION]
    assert not company.confirm("two", number).changed


def test_a_stage_of_a_cancelled_order_is_not_said_to_be_done(company: Company) -> None:
    number = company.ordered(Stage.ALLOCATION)
    orders.cancel(company.workplace, "boss", number, reason="so")
    for given in ({}, {"stage": Stage.REVIEW}):
        with pytest.raises(Refusal, match="is cancelled"):
            company.confirm("rev", number, **given)


def test_a_completed_order_says_who_completed_it(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(None)
    again = company.confirm("track", number)
    assert "confirmation of" in str(again.sentence)
    assert not again.changed
    assert not company.confirm("rev", number).changed
    with pytest.raises(Refusal, match=r"may not do this|is completed"):
        company.confirm("sales", number)


def test_a_stage_that_has_not_come_yet_is_refused(company: Company) -> None:
    number = company.order()
    with pytest.raises(Refusal, match="is not at preparation: it is at review"):
        company.confirm("prep", number, stage=Stage.PREPARATION)


# -- claims ---------------------------------------------------------------------------------------


def test_what_is_claimed_is_left_alone_by_others(company: Company) -> None:
    registers.add_staff(company.workplace, "admin", "rev2", "Rev2", [Role.REVIEWER])
    number = company.order()
    assert stages.claim(company.workplace, "rev", number).changed
    task = company.task(number, Stage.REVIEW)
    assert (task.assignee_id, task.claimed_at) == ("rev", company.now)
    with pytest.raises(Refusal, match=r"is with Rev \(rev\): take it over"):
        company.confirm("rev2", number)
    with pytest.raises(Refusal, match="take it over"):
        stages.claim(company.workplace, "rev2", number)
    assert stages.claim(company.workplace, "rev2", number, take_over=True).changed
    with reading():
        claims = Event.select().where(Event.kind == EventKind.CLAIMED.value).order_by(Event.id)
        taken_from = [msgspec.json.decode(str(one.payload))["taken_from"] for one in claims]
    assert taken_from == [None, "rev"]
    with pytest.raises(Refusal, match="is with Rev2"):
        company.confirm("rev", number)
    assert company.confirm("rev2", number).changed


def test_claiming_ones_own_changes_nothing(company: Company) -> None:
    number = company.order()
    stages.claim(company.workplace, "rev", number)
    assert not stages.claim(company.workplace, "rev", number).changed
    assert story(company, number) == [("admin", "received"), ("rev", "claimed")]


def test_a_manager_may_finish_what_another_has_claimed(company: Company) -> None:
    number = company.order()
    stages.claim(company.workplace, "rev", number)
    assert company.confirm("boss", number).changed


def test_claims_need_the_role_of_the_stage(company: Company) -> None:
    number = company.order()
    for over in (False, True):
        with pytest.raises(Refusal, match="may not do this"):
            stages.claim(company.workplace, "prep", number, take_over=over)
    orders.hold(company.workplace, "boss", number, reason="so")
    with pytest.raises(Refusal, match="on hold"):
        stages.claim(company.workplace, "rev", number)


def test_a_manager_gives_work_to_somebody_who_may_do_it(company: Company) -> None:
    number = company.order()
    with pytest.raises(Refusal, match="may not do this"):
        stages.reassign(company.workplace, "rev", number, "rev", reason="so")
    with pytest.raises(Refusal, match=r"Prep .*may not do this"):
        stages.reassign(company.workplace, "boss", number, "prep", reason="so")
    with pytest.raises(Refusal, match="say why"):
        stages.reassign(company.workplace, "boss", number, "rev", reason=" ")
    stages.reassign(company.workplace, "boss", number, "rev", reason="so")
    assert company.task(number, Stage.REVIEW).assignee_id == "rev"
    assert story(company, number)[-1] == ("boss", "reassigned")


def test_who_leaves_has_nothing_in_hand_any_more(company: Company) -> None:
    number = company.order()
    stages.claim(company.workplace, "rev", number)
    registers.disable_staff(company.workplace, "admin", "rev")
    task = company.task(number, Stage.REVIEW)
    assert (task.assignee_id, task.claimed_at) == (None, None)
    with pytest.raises(Refusal, match=r"Rev \(rev\) is disabled"):
        company.confirm("rev", number)


# -- deadlines ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "note", "kept", "noted"),
    [
        ("peak_volume", "", "peak_volume", None),
        ("peak_volume", "three trucks", "peak_volume", "three trucks"),
        ("peak_volume: three trucks", "", "peak_volume", "three trucks"),
        ("peak_volume: three trucks", "at once", "peak_volume", "three trucks; at once"),
        ("other: the cat", "", "other: the cat", None),
        ("at noon: the cat", "", "other: at noon: the cat", None),
    ],
)
def test_why_it_was_late_is_kept_as_a_code_with_a_note(
    company: Company, reason: str, note: str, kept: str, noted: str | None
) -> None:
    number = company.order()
    company.later(minutes=61)
    company.confirm("rev", number, reason=reason, note=note)
    assert Task.get(Task.stage == Stage.REVIEW).overdue_reason == kept
    last = Event.select().where(Event.kind == "stage_done").get()
    told = msgspec.json.decode(last.payload or "")
    assert (told["overdue_reason"], told.get("note")) == (kept, noted)


def test_a_late_stage_needs_a_reason(company: Company) -> None:
    number = company.order()
    company.later(minutes=61)
    with pytest.raises(Refusal, match="overdue since 11-23 11:00: say why"):
        company.confirm("rev", number)
    with pytest.raises(Refusal, match="say why"):
        company.confirm("rev", number, reason="  ")
    assert company.stages(number) == [Stage.REVIEW]
    assert company.confirm("rev", number, reason="peak_volume").changed
    assert Task.get(Task.done_by == "rev").overdue_reason == "peak_volume"


def test_a_reason_in_words_is_kept_as_other(company: Company) -> None:
    number = company.order()
    company.later(hours=2)
    company.confirm("rev", number, reason="the lamp was out")
    assert Task.get(Task.done_by == "rev").overdue_reason == "other: the lamp was out"


def test_work_in_time_has_no_reason(company: Company) -> None:
    number = company.order()
    company.later(minutes=60)
    company.confirm("rev", number, reason="peak_volume")
    assert Task.get(Task.done_by == "rev").overdue_reason is None


def test_custom_work_has_three_working_days(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.PREPARATION, nature="定制")
    assert (
        company.task(number, Stage.PREPARATION).due_at.date() == (MONDAY + timedelta(days=3)).date()
    )
    assert company.row(number).priority is Priority.HIGH


def test_the_channels_promise_caps_every_stage_up_to_shipping(company: Company) -> None:
    company.stock(A=1)
    promise = company.now + timedelta(minutes=20)
    number = company.order(ship_by=promise)
    for stage in FLOWS[Nature.STANDARD]:
        capped = stage not in (Stage.TRACKING, Stage.CONFIRMATION)
        assert (company.task(number, stage).due_at == promise) is capped, stage
        company.finish(number, stage)


def test_another_priority_moves_the_due_time_of_what_is_open(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.PREPARATION)
    assert company.task(number, Stage.PREPARATION).due_at == company.now + timedelta(hours=4)
    company.later(minutes=10)
    orders.set_priority(company.workplace, "rev", number, Priority.URGENT, reason="the boss's aunt")
    task = company.task(number, Stage.PREPARATION)
    assert task.due_at == company.now + timedelta(hours=2, minutes=-10)
    assert task.priority is Priority.URGENT
    order = company.row(number)
    assert (order.priority_rule, order.priority_reason) == ("override", "the boss's aunt")


def test_another_priority_needs_a_reason_a_role_and_an_order_under_way(company: Company) -> None:
    number = company.order()
    change = orders.set_priority
    with pytest.raises(Refusal, match="may not do this"):
        change(company.workplace, "ship", number, Priority.LOW, reason="so")
    with pytest.raises(Refusal, match="say why"):
        change(company.workplace, "boss", number, Priority.LOW, reason="")
    orders.cancel(company.workplace, "boss", number, reason="so")
    with pytest.raises(Refusal, match="is cancelled"):
        change(company.workplace, "boss", number, Priority.LOW, reason="so")


# -- hold, release, cancel ------------------------------------------------------------------------


def test_a_hold_stops_the_order_and_its_clock(company: Company) -> None:
    number = company.order()
    due = company.task(number, Stage.REVIEW).due_at
    company.later(minutes=10)
    with pytest.raises(Refusal, match="say why"):
        orders.hold(company.workplace, "sales", number, reason="")
    orders.hold(company.workplace, "sales", number, reason="asked")
    assert company.condition(number) is Condition.ON_HOLD
    with pytest.raises(Refusal, match="on hold"):
        company.confirm("rev", number)
    with pytest.raises(Refusal, match="on hold already"):
        orders.hold(company.workplace, "sales", number, reason="asked")
    company.later(hours=3)
    orders.release(company.workplace, "sales", number)
    assert company.condition(number) is Condition.PENDING_REVIEW
    assert company.task(number, Stage.REVIEW).due_at == due + timedelta(hours=3)
    assert company.pauses(number) == []
    assert company.confirm("rev", number).changed
    with pytest.raises(Refusal, match="not on hold"):
        orders.release(company.workplace, "sales", number)


def test_cancelling_gives_the_stock_back(company: Company) -> None:
    company.stock(A=3)
    number = company.ordered(Stage.PREPARATION, lines=[("A", 3)])
    with pytest.raises(Refusal, match="may not do this"):
        orders.cancel(company.workplace, "prep", number, reason="so")
    with pytest.raises(Refusal, match="say why"):
        orders.cancel(company.workplace, "sales", number, reason=" ")
    orders.cancel(company.workplace, "sales", number, reason="so")
    assert company.condition(number) is Condition.CANCELLED
    assert company.level("A") == (3, 0)
    assert company.stages(number) == []
    with pytest.raises(Refusal, match="is cancelled"):
        orders.cancel(company.workplace, "sales", number, reason="so")


def test_an_order_on_hold_can_be_cancelled(company: Company) -> None:
    number = company.order()
    orders.hold(company.workplace, "boss", number, reason="so")
    orders.cancel(company.workplace, "boss", number, reason="so")
    assert company.condition(number) is Condition.CANCELLED


def test_what_has_been_shipped_is_not_cancelled(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.TRACKING)
    with pytest.raises(Refusal, match="has been shipped and can't be cancelled"):
        orders.cancel(company.workplace, "boss", number, reason="so")


def test_stock_of_a_cancelled_order_goes_to_who_waits_for_it(company: Company) -> None:
    company.stock(A=1)
    first = company.ordered(Stage.PREPARATION)
    second = company.ordered(Stage.ALLOCATION)
    company.confirm("inv", second)
    assert company.condition(second) is Condition.AWAITING_STOCK
    orders.cancel(company.workplace, "boss", first, reason="so")
    assert company.stages(second) == [Stage.PREPARATION]
    assert company.condition(second) is Condition.NORMAL


# -- shipping -------------------------------------------------------------------------------------


def test_a_parcel_needs_carrier_and_waybill(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.SHIPPING)
    for given in ({}, {"carrier": "SF"}, {"waybill": "1"}, {"carrier": "SF", "waybill": " "}):
        with pytest.raises(Refusal, match="without a carrier and a waybill"):
            company.confirm("ship", number, **given)
    assert company.level("A") == (1, 1)


def test_the_carrier_the_customer_asked_for_is_taken(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.SHIPPING, note="请发顺丰")
    company.confirm("ship", number, waybill="1")
    assert company.parcels(number)[0].carrier == "顺丰"


def test_one_waybill_is_not_on_two_customers_parcels(company: Company) -> None:
    company.stock(A=3)
    first, same = company.ordered(Stage.SHIPPING), company.ordered(Stage.SHIPPING)
    other = company.ordered(Stage.SHIPPING, contact="13900139000")
    company.confirm("ship", first, carrier="SF", waybill="1")
    company.confirm("ship", same, carrier="SF", waybill="1")
    with pytest.raises(Refusal, match=f"on the parcel of {first}"):
        company.confirm("ship", other, carrier="SF", waybill="1")
