"""Stock: all of it or nothing, what waits for it, the ways out of a shortage, and back orders."""

from datetime import timedelta
from typing import Any

import pytest

from orderterm.errors import Refusal
from orderterm.rules.drafts import StockDraft
from orderterm.settings import parse
from orderterm.store.connection import reading
from orderterm.store.tables import Order, OrderException, OrderLine, StockMovement, Task
from orderterm.terms import Condition, ExceptionKind, ExceptionPath, Nature, Priority, Stage
from orderterm.workflow import orders, stages, stocktaking, undo
from orderterm.workflow.workplace import Workplace
from tests.contract.company import Company

SHORTAGE = ExceptionKind.SHORTAGE


def short(company: Company, **draft: object) -> str:
    """An order that has found too little stock."""
    number = company.ordered(Stage.ALLOCATION, **draft)
    company.confirm("inv", number)
    assert company.exceptions(number) == [SHORTAGE]
    return number


def test_an_order_holds_all_it_needs_or_nothing(company: Company) -> None:
    company.stock(A=5, B=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 2), ("B", 2)])
    told = company.confirm("inv", number)
    assert "is short of B × 1" in str(told.sentence)
    assert company.held(number) == {}
    assert company.condition(number) is Condition.AWAITING_STOCK
    assert [pause.reason for pause in company.pauses(number)] == ["stock"]
    with pytest.raises(Refusal, match="still waits for stock: B × 1"):
        company.confirm("inv", number)


def test_two_lines_of_one_sku_are_summed(company: Company) -> None:
    company.stock(A=3)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 2), ("A", 2)])
    assert "short of A × 1" in str(company.confirm("inv", number).sentence)
    company.stock(A=4)
    assert company.held(number) == {"A": 4}
    assert company.level("A") == (4, 4)


def test_purchasing_is_told_and_has_a_limit(company: Company) -> None:
    number = short(company)
    warning = OrderException.get()
    assert (warning.role, warning.due_at) == ("purchasing", company.now + timedelta(hours=4))
    assert warning.detail == '{"short":{"A":1}}'
    assert company.stages(number) == [Stage.ALLOCATION]


def test_arrivals_are_offered_in_queue_order(company: Company) -> None:
    normal = short(company)
    company.later(minutes=5)
    later = short(company)
    urgent = short(company, special_request="加急")
    result = company.stock(A=2)
    assert result.served == [urgent, normal]
    assert company.condition(later) is Condition.AWAITING_STOCK
    assert company.stages(normal) == [Stage.PREPARATION]
    assert company.paths(normal) == [ExceptionPath.ARRIVED]
    assert company.events(normal)[-2:] == [
        ("orderterm", "stage_done"),
        ("orderterm", "exception_resolved"),
    ]


def short_after(company: Company, **late: float) -> str:
    """An order that has found too little stock some time after it came to allocation."""
    number = company.ordered(Stage.ALLOCATION)
    company.later(**late)
    company.confirm("inv", number)
    return number


def reasons(number: str) -> list[str | None]:
    """Why the allocations of an order that are done were late."""
    done = (Order.number == number) & (Task.stage == Stage.ALLOCATION) & Task.done_at.is_null(False)
    with reading():
        return [task.overdue_reason for task in Task.select().join(Order).where(done)]


def test_what_was_late_before_it_waited_has_a_reason(company: Company) -> None:
    late, in_time = short_after(company, hours=4), short_after(company, minutes=30)
    company.later(hours=5)
    assert set(company.stock(A=2).served) == {late, in_time}
    assert (reasons(late), reasons(in_time)) == (["waiting_stock"], [None])


def test_what_was_promised_while_it_waited_has_a_reason(company: Company) -> None:
    number = company.ordered(Stage.ALLOCATION, ship_by=company.now + timedelta(hours=2))
    company.confirm("inv", number)
    company.later(hours=3)
    company.stock(A=1)
    assert reasons(number) == ["waiting_stock"]


@pytest.mark.parametrize(("given", "kept"), [("", "waiting_stock"), ("peak_volume",) * 2])
def test_who_takes_a_part_of_what_waits_need_not_say_why(
    company: Company, given: str, kept: str
) -> None:
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 2)])
    company.later(hours=4)
    company.confirm("inv", number)
    company.later(hours=1)
    company.stock(A=1)
    company.resolve("buyer", number, ExceptionPath.TRANSFER, until=company.now + timedelta(days=1))
    company.confirm("inv", number, partial=True, reason=given)
    assert reasons(number) == [kept]


def test_an_arrival_is_taken_whole_or_not_at_all(company: Company) -> None:
    big = short(company, lines=[("A", 3)])
    small = short(company, lines=[("A", 1)])
    assert company.stock(A=2).served == [small]
    assert company.held(big) == {}
    assert company.stock(A=4).served == [big]


def test_the_due_time_of_who_waited_moves(company: Company) -> None:
    company.stock(A=1)
    first = company.ordered(Stage.PREPARATION)
    number = short(company)
    company.later(hours=3)
    orders.cancel(company.workplace, "boss", first, reason="so")
    assert company.stages(number) == [Stage.PREPARATION]
    undo_due = company.task(number, Stage.PREPARATION).due_at
    assert undo_due == company.now + timedelta(hours=4)


def test_held_and_blocked_orders_are_not_served(company: Company) -> None:
    held, blocked = short(company), short(company)
    orders.hold(company.workplace, "boss", held, reason="so")
    company.trouble("boss", blocked, ExceptionKind.OTHER)
    assert company.stock(A=9).served == []
    orders.release(company.workplace, "boss", held)
    assert company.paths(held) == [ExceptionPath.ARRIVED]
    assert company.stages(held) == [Stage.PREPARATION]
    company.resolve("boss", blocked, ExceptionPath.SETTLE, kind=ExceptionKind.OTHER, note="so")
    assert company.stages(blocked) == [Stage.PREPARATION]


def test_stock_that_an_undone_allocation_kept_is_offered_on_when_the_order_ends(
    company: Company,
) -> None:
    company.stock(A=1)
    first, waiting = company.ordered(Stage.PREPARATION), short(company)
    undo.undo(company.workplace, "inv", first, reason="so")
    assert company.stages(waiting) == [Stage.ALLOCATION]
    orders.cancel(company.workplace, "boss", first, reason="so")
    assert company.stages(waiting) == [Stage.PREPARATION]


def test_a_shortage_found_before_allocation_keeps_it_waiting(company: Company) -> None:
    number = company.order()
    company.trouble("boss", number, SHORTAGE)
    company.confirm("rev", number)
    assert company.condition(number) is Condition.AWAITING_STOCK
    assert company.stock(A=1).served == [number]


# -- the ways out ---------------------------------------------------------------------------------


def test_a_transfer_is_waited_for(company: Company) -> None:
    number = short(company)
    with pytest.raises(Refusal, match="until when"):
        company.resolve("buyer", number, ExceptionPath.TRANSFER)
    until = company.now + timedelta(days=2)
    company.resolve("buyer", number, ExceptionPath.TRANSFER, until=until)
    assert company.exceptions(number) == []
    assert company.condition(number) is Condition.AWAITING_STOCK
    assert [pause.expected_at for pause in company.pauses(number)] == [until]
    assert company.stock(A=1).served == [number]


def test_a_transfer_that_did_not_come_is_a_shortage_again(company: Company) -> None:
    number = short(company)
    until = company.now + timedelta(days=1)
    company.resolve("buyer", number, ExceptionPath.TRANSFER, until=until)
    company.later(days=1)
    company.confirm("inv", number)
    assert company.exceptions(number) == [SHORTAGE]


@pytest.mark.parametrize("path", [ExceptionPath.DELAY, ExceptionPath.TRANSFER])
def test_more_than_three_working_days_need_a_manager(company: Company, path: ExceptionPath) -> None:
    number = short(company)
    # Monday, and a weekend between the third working day and the fourth.
    for days in (4, 5, 7):
        until = company.now + timedelta(days=days)
        with pytest.raises(Refusal, match="longer than 3 working days and needs a manager"):
            company.resolve("buyer", number, path, until=until, agreed="by phone")
    until = company.now + timedelta(days=3)
    with pytest.raises(Refusal, match="until when"):
        company.resolve("buyer", number, path, agreed="by phone")
    assert company.resolve("buyer", number, path, until=until, agreed="by phone").changed


def test_a_manager_agrees_to_a_long_delay(company: Company) -> None:
    number = short(company)
    until = company.now + timedelta(days=20)
    with pytest.raises(Refusal, match="how the customer agreed"):
        company.resolve("boss", number, ExceptionPath.DELAY, until=until)
    company.resolve("boss", number, ExceptionPath.DELAY, until=until, agreed="by phone")
    assert company.condition(number) is Condition.AWAITING_STOCK


def test_a_substitute_is_allocated(company: Company) -> None:
    company.stock(B=5)
    number = short(company, lines=[("A", 2), ("A", 1)])
    refused: list[tuple[dict[str, Any], str]] = [
        ({}, "which SKU"),
        ({"sku": "A"}, "what it is replaced by"),
        ({"sku": "A", "substitute": "B"}, "how the customer agreed"),
        ({"sku": "A", "substitute": "X", "agreed": "so"}, "X is not in the catalogue"),
        ({"sku": "C", "substitute": "B", "agreed": "so"}, "has no line of C"),
    ]
    for given, why in refused:
        with pytest.raises(Refusal, match=why):
            company.resolve("buyer", number, ExceptionPath.SUBSTITUTE, **given)
    company.resolve("buyer", number, ExceptionPath.SUBSTITUTE, sku="A", substitute="B", agreed="y")
    assert company.lines(number) == [("B", 2), ("B", 1)]
    assert {line.substituted_for for line in OrderLine.select()} == {"A"}
    assert company.condition(number) is Condition.NORMAL
    company.confirm("inv", number)
    assert company.held(number) == {"B": 3}
    company.bring(number, None)


def test_an_empty_shelf_found_in_preparation_can_be_substituted(company: Company) -> None:
    company.stock(A=2, B=2)
    number = company.ordered(Stage.PREPARATION, lines=[("A", 2)])
    company.trouble("prep", number, SHORTAGE)
    company.resolve("buyer", number, ExceptionPath.SUBSTITUTE, sku="A", substitute="B", agreed="y")
    assert company.stages(number) == [Stage.ALLOCATION]
    assert company.held(number) == {}
    company.bring(number, None)
    assert company.sent(number) == {"B": 2}


def test_a_split_sends_what_is_there(company: Company) -> None:
    company.stock(A=3, B=0)
    number = short(company, lines=[("A", 2), ("B", 1), ("A", 2)])
    with pytest.raises(Refusal, match="how the customer agreed"):
        company.resolve("buyer", number, ExceptionPath.SPLIT)
    company.resolve("buyer", number, ExceptionPath.SPLIT, agreed="by phone")
    (rest,) = [one for one in company.numbers() if one != number]
    assert company.lines(number) == [("A", 2), ("A", 1)]
    assert company.lines(rest) == [("B", 1), ("A", 1)]
    assert company.condition(number) is Condition.NORMAL
    assert company.condition(rest) is Condition.AWAITING_STOCK
    assert Order.get(Order.number == rest).origin.number == number
    company.bring(number, None)
    assert company.stock(A=1, B=1).served == [rest]
    company.bring(rest, None)


def test_nothing_or_all_in_stock_is_nothing_to_split(company: Company) -> None:
    number = short(company)
    with pytest.raises(Refusal, match="nothing to split"):
        company.resolve("buyer", number, ExceptionPath.SPLIT, agreed="y")
    company.stock(A=0, B=9)
    there = company.ordered(Stage.ALLOCATION, lines=[("B", 1)])
    company.trouble("inv", there, SHORTAGE)
    with pytest.raises(Refusal, match="confirm its allocation"):
        company.resolve("buyer", there, ExceptionPath.SPLIT, agreed="y")


def test_a_short_order_is_cancelled_by_who_may(company: Company) -> None:
    number = short(company)
    with pytest.raises(Refusal, match="why it is cancelled"):
        company.resolve("buyer", number, ExceptionPath.CANCEL)
    with pytest.raises(Refusal, match="may not do this"):
        company.resolve("buyer", number, ExceptionPath.CANCEL, note="so")
    company.resolve("exc", number, ExceptionPath.CANCEL, note="so")
    assert company.condition(number) is Condition.CANCELLED
    assert company.exceptions(number) == []


def test_the_ways_out_are_the_kinds_own_and_the_roles(company: Company) -> None:
    number = short(company)
    with pytest.raises(Refusal, match="may not do this"):
        company.resolve("ship", number, ExceptionPath.TRANSFER)
    with pytest.raises(Refusal, match=r"is no way out .*there are transfer, delay"):
        company.resolve("buyer", number, ExceptionPath.COMPLETE)
    with pytest.raises(Refusal, match="say how with --path: transfer"):
        company.resolve("buyer", number)
    with pytest.raises(Refusal, match="no open exception of this kind"):
        company.resolve("boss", number, ExceptionPath.SETTLE, ExceptionKind.OTHER)


# -- a count below what is held -------------------------------------------------------------------


def test_the_last_in_the_queue_gives_its_stock_back(company: Company) -> None:
    company.stock(A=3, B=1)
    first = company.ordered(Stage.PREPARATION)
    last = company.ordered(Stage.PREPARATION, lines=[("A", 1), ("B", 1)])
    urgent = company.ordered(Stage.SHIPPING, special_request="加急")
    result = company.stock(A=2)
    assert result.deprived == [last]
    assert company.held(last) == {}
    assert company.stages(last) == [Stage.ALLOCATION]
    assert company.exceptions(last) == [SHORTAGE]
    assert company.stages(first) == [Stage.PREPARATION]
    assert company.stages(urgent) == [Stage.SHIPPING]
    assert company.level("A") == (2, 2)
    assert ("orderterm", "deallocated") in company.events(last)


def test_what_comes_free_with_it_is_offered_on(company: Company) -> None:
    company.stock(A=1, B=1)
    both = company.ordered(Stage.PREPARATION, lines=[("A", 1), ("B", 1)])
    waiting = short(company, lines=[("B", 1)])
    result = company.stock(A=0)
    assert (result.deprived, result.served) == ([both], [waiting])


def test_what_has_left_is_not_taken_back(company: Company) -> None:
    company.stock(A=2)
    gone = company.ordered(Stage.TRACKING)
    here = company.ordered(Stage.PREPARATION)
    assert company.stock(A=0).deprived == [here]
    assert company.stages(gone) == [Stage.TRACKING]


def test_an_order_that_lacks_information_gives_back_without_going_on(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.PREPARATION)
    company.trouble("boss", number, ExceptionKind.INFORMATION)
    assert company.stock(A=0).deprived == [number]
    assert company.stages(number) == []
    assert company.exceptions(number) == [ExceptionKind.INFORMATION]


def test_counting_is_for_some_and_never_below_zero(company: Company) -> None:
    with pytest.raises(Refusal, match="may not do this"):
        stocktaking.count(company.workplace, "ship", [StockDraft("A", 1)])
    with pytest.raises(Refusal, match="below zero"):
        company.stock(A=-1)
    company.stock(A=2)
    assert company.stock(A=2).changes == {}
    assert StockMovement.select().count() == 1


def test_a_count_of_very_many_skus_goes_through(company: Company) -> None:
    counts = {f"S{index}": 1 for index in range(11_000)}
    assert len(company.stock(**counts).changes) == 11_000
    assert company.stock(**counts).changes == {}


# -- back orders ----------------------------------------------------------------------------------


def partly(company: Company) -> str:
    """An order of five A of which three are there and go ahead."""
    company.stock(A=3)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 5)])
    company.confirm("inv", number, partial=True)
    assert company.stages(number) == [Stage.PREPARATION, Stage.ALLOCATION]
    assert company.held(number) == {"A": 3}
    assert company.exceptions(number) == [SHORTAGE]
    return number


def test_a_part_goes_ahead_and_the_rest_follows_under_the_same_number(company: Company) -> None:
    number = partly(company)
    for stage in (Stage.PREPARATION, Stage.SHIPPING, Stage.TRACKING):
        company.finish(number, stage)
    assert company.stages(number) == [Stage.ALLOCATION]
    assert company.sent(number) == {"A": 3}
    assert company.arrive(A=2).served == [number]
    company.bring(number, None)
    assert company.sent(number) == {"A": 5}
    assert [parcel.round for parcel in company.parcels(number)] == [1, 2]
    done = [kind for _, kind in company.events(number)]
    assert done.count("stage_done") == 1 + 4 + 4 + 1
    assert company.condition(number) is Condition.COMPLETED


def test_each_part_keeps_its_own_pieces(company: Company) -> None:
    number = company.bring(partly(company), Stage.SHIPPING)
    company.arrive(A=2)
    company.finish(number, Stage.SHIPPING)
    assert company.sent(number) == {"A": 3}
    assert company.held(number) == {"A": 2}
    company.bring(number, None)
    assert company.sent(number) == {"A": 5}


def test_the_confirmation_waits_for_the_last_part(company: Company) -> None:
    number = partly(company)
    company.finish(number, Stage.PREPARATION)
    company.finish(number, Stage.SHIPPING)
    company.arrive(A=2)
    company.finish(number, Stage.PREPARATION)
    company.finish(number, Stage.TRACKING)
    assert company.stages(number) == [Stage.SHIPPING]
    company.bring(number, None)
    assert len(company.parcels(number)) == 2


@pytest.mark.parametrize("stage", [Stage.PREPARATION, Stage.SHIPPING, Stage.TRACKING])
def test_the_rest_that_catches_up_goes_on_together(company: Company, stage: Stage) -> None:
    number = company.bring(partly(company), stage)
    company.later(minutes=30)
    company.arrive(A=2)
    while company.stages(number) != [stage]:
        (behind,) = [one for one in company.stages(number) if one is not stage]
        label = {"waybill": "second"} if behind is Stage.SHIPPING else {}
        company.finish(number, behind, **label)
    assert company.task(number, stage).started_at == company.now
    company.bring(number, None)
    assert company.sent(number) == {"A": 5}
    parcels = company.parcels(number)
    assert len(parcels) == (2 if stage is Stage.TRACKING else 1)
    assert all(parcel.signed_at for parcel in parcels)


def test_the_setting_lets_every_order_go_in_parts(company: Company) -> None:
    company.workplace = Workplace(
        parse({"allocation": {"partial": True}}), lambda: company.now, "t"
    )
    partial = company.ordered(Stage.ALLOCATION, lines=[("A", 2)])
    company.confirm("inv", partial)
    assert company.stages(partial) == [Stage.ALLOCATION]
    company.stock(A=1)
    assert company.stages(partial) == [Stage.ALLOCATION]
    company.stock(A=2)
    assert company.stages(partial) == [Stage.PREPARATION]


def test_the_rest_of_a_shipped_order_can_be_given_up(company: Company) -> None:
    number = partly(company)
    for stage in (Stage.PREPARATION, Stage.SHIPPING, Stage.TRACKING):
        company.finish(number, stage)
    with pytest.raises(Refusal, match="may not do this"):
        company.resolve("buyer", number, ExceptionPath.CANCEL, note="so")
    company.resolve("exc", number, ExceptionPath.CANCEL, note="sold out")
    assert company.stages(number) == [Stage.CONFIRMATION]
    assert company.lines(number) == [("A", 3)]
    company.bring(number, None)


def test_giving_up_the_rest_leaves_the_first_part_alone(company: Company) -> None:
    company.stock(A=3)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 3), ("B", 1)])
    company.confirm("inv", number, partial=True)
    company.bring(number, Stage.TRACKING)
    company.resolve("exc", number, ExceptionPath.CANCEL, note="sold out")
    assert company.stages(number) == [Stage.TRACKING]
    assert company.lines(number) == [("A", 3)]


def test_a_substitute_for_the_rest_leaves_the_first_part_alone(company: Company) -> None:
    number = partly(company)
    company.stock(A=3, B=9)
    company.resolve("buyer", number, ExceptionPath.SUBSTITUTE, sku="A", substitute="B", agreed="y")
    assert company.lines(number) == [("A", 3), ("B", 2)]
    assert company.held(number) == {"A": 3}
    company.finish(number, Stage.ALLOCATION)
    company.bring(number, None)
    assert company.sent(number) == {"A": 3, "B": 2}


def test_a_count_takes_both_parts_back(company: Company) -> None:
    number = partly(company)
    assert company.stock(A=1).deprived == [number]
    assert company.stages(number) == [Stage.ALLOCATION]
    assert company.held(number) == {}
    company.stock(A=5)
    company.bring(number, None)
    assert company.sent(number) == {"A": 5}


def test_a_partial_allocation_is_undone_whole(company: Company) -> None:
    number = partly(company)
    undo.undo(company.workplace, "inv", number, reason="so")
    assert company.held(number) == {}
    assert company.stages(number) == [Stage.ALLOCATION]
    assert company.stock(A=5).served == [number]
    company.bring(number, None)


def test_a_part_that_joined_the_other_is_not_undone(company: Company) -> None:
    number = company.bring(partly(company), Stage.SHIPPING)
    company.arrive(A=2)
    company.finish(number, Stage.PREPARATION)
    with pytest.raises(Refusal, match="goes on together with what was at shipping"):
        undo.undo(company.workplace, "prep", number, reason="so")


def test_a_split_of_the_rest_leaves_the_first_part_alone(company: Company) -> None:
    company.stock(A=3, B=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 5), ("B", 1)])
    company.confirm("inv", number, partial=True)
    company.stock(A=4)
    company.resolve("buyer", number, ExceptionPath.SPLIT, agreed="y")
    rest = company.numbers()[-1]
    assert company.lines(rest) == [("A", 1)]
    assert company.lines(number) == [("A", 4), ("B", 1)]
    company.confirm("inv", number, stage=Stage.ALLOCATION)
    company.bring(number, None)
    assert company.sent(number) == {"A": 4, "B": 1}


def test_a_priority_reaches_both_parts(company: Company) -> None:
    number = partly(company)
    orders.set_priority(company.workplace, "boss", number, Priority.URGENT, reason="so")
    assert {task.priority for task in company.tasks(number)} == {Priority.URGENT}


def test_work_is_found_by_the_persons_role_where_two_parts_are_open(company: Company) -> None:
    number = partly(company)
    assert stages.claim(company.workplace, "prep", number).changed
    assert company.task(number, Stage.PREPARATION).assignee_id == "prep"
    with pytest.raises(Refusal, match="say which one with --stage"):
        company.confirm("boss", number)
    assert company.row(number).nature is Nature.STANDARD
