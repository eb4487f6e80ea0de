"""Taking a step back: what it did is compensated, and the trail shows both."""

from datetime import timedelta

import pytest

from orderterm.errors import Refusal
from orderterm.rules.drafts import TrackingDraft
from orderterm.store.connection import reading
from orderterm.store.tables import Inspection, OrderException, Refund, StockMovement
from orderterm.terms import FLOWS, Condition, ExceptionKind, Nature, Stage, TrackingState
from orderterm.workflow import escalations, exceptions, hearing, orders, stages, undo
from orderterm.workflow.parcels import add_parcel
from tests.contract.company import WORKER, Company


def take_back(company: Company, badge: str, number: str) -> None:
    undo.undo(company.workplace, badge, number, reason="wrong key")


@pytest.mark.parametrize(
    ("nature", "stage"), [(nature, stage) for nature in Nature for stage in FLOWS[nature]]
)
def test_every_stage_can_be_taken_back_and_done_again(
    company: Company, nature: Nature, stage: Stage
) -> None:
    company.stock(A=5)
    number = company.ordered(stage, nature=nature.value, lines=[("A", 2)])
    before = (company.level("A"), company.held(number), company.condition(number))
    company.finish(number, stage)
    take_back(company, WORKER[stage], number)
    assert (company.level("A"), company.held(number), company.condition(number)) == before
    assert company.stages(number) == [stage]
    assert company.task(number, stage).assignee_id == WORKER[stage]
    assert company.events(number)[-1] == (WORKER[stage], "undone")
    company.bring(number, None)
    shipped = {"A": 2} if Stage.SHIPPING in FLOWS[nature] else {}
    assert company.sent(number) == shipped
    assert company.flaws() == []


def test_a_parcel_that_did_not_leave_is_no_parcel(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.TRACKING)
    take_back(company, "ship", number)
    assert company.parcels(number) == []
    assert [m.quantity for m in StockMovement.select().order_by(StockMovement.id)] == [1, -1, 1]
    orders.cancel(company.workplace, "boss", number, reason="so")
    assert company.level("A") == (1, 0)


def test_parcels_that_did_not_leave_are_taken_back_together(company: Company) -> None:
    company.stock(A=2)
    number = company.ordered(Stage.TRACKING, lines=[("A", 2)])
    add_parcel(company.workplace, "ship", number, "W-2")
    take_back(company, "ship", number)
    assert company.parcels(number) == []
    assert company.level("A") == (2, 2)
    company.bring(number, None)
    assert company.sent(number) == {"A": 2}


def test_shipping_stays_where_one_of_its_parcels_is_signed_for(company: Company) -> None:
    company.stock(A=2)
    number = company.ordered(Stage.TRACKING, lines=[("A", 2)])
    add_parcel(company.workplace, "ship", number, "W-2")
    signed = TrackingDraft("SF", "W-2", TrackingState.SIGNED, company.now)
    assert hearing.note_tracking(company.workplace, "track", [signed]) == {}
    with pytest.raises(Refusal, match=r"W-2 of .* has been signed for"):
        take_back(company, "ship", number)
    assert company.level("A") == (0, 0)


def test_a_reason_is_needed(company: Company) -> None:
    number = company.ordered(Stage.ALLOCATION)
    with pytest.raises(Refusal, match="say why"):
        undo.undo(company.workplace, "rev", number, reason=" ")


def test_only_ones_own_step_can_be_taken_back(company: Company) -> None:
    number = company.ordered(Stage.ALLOCATION)
    with pytest.raises(Refusal, match=r"was Rev's \(done\): only they can undo it"):
        take_back(company, "inv", number)
    with pytest.raises(Refusal, match="was Rev's"):
        take_back(company, "boss", number)
    with pytest.raises(Refusal, match="may not do this"):
        take_back(company, "wall", number)


def test_what_another_has_begun_is_not_taken_away(company: Company) -> None:
    number = company.ordered(Stage.ALLOCATION)
    stages.claim(company.workplace, "inv", number)
    with pytest.raises(Refusal, match=r"Inv has begun allocation of .*: ask them"):
        take_back(company, "rev", number)


def test_what_one_has_begun_oneself_is_taken_away(company: Company) -> None:
    number = company.order()
    company.confirm("boss", number)
    stages.claim(company.workplace, "boss", number)
    take_back(company, "boss", number)
    assert company.stages(number) == [Stage.REVIEW]


def test_what_was_begun_by_order_of_the_boss_is_not_taken_away(company: Company) -> None:
    number = company.order()
    company.confirm("boss", number)
    stages.reassign(company.workplace, "boss", number, "inv", reason="so")
    with pytest.raises(Refusal, match="only a finished stage or a cancellation"):
        take_back(company, "boss", number)


def test_a_step_is_taken_back_once(company: Company) -> None:
    number = company.ordered(Stage.ALLOCATION)
    take_back(company, "rev", number)
    with pytest.raises(Refusal, match="only a finished stage"):
        take_back(company, "rev", number)


def test_receiving_is_not_a_step(company: Company) -> None:
    number = company.order()
    with pytest.raises(Refusal, match=r"the last step of .* was: received"):
        take_back(company, "admin", number)


def test_what_the_next_one_has_finished_stays(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.PREPARATION)
    with pytest.raises(Refusal, match="was Inv's"):
        take_back(company, "rev", number)


def test_a_cancellation_is_taken_back_to_review(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.PREPARATION)
    orders.cancel(company.workplace, "sales", number, reason="so")
    with pytest.raises(Refusal, match="was Sales's"):
        take_back(company, "boss", number)
    take_back(company, "sales", number)
    assert company.condition(number) is Condition.PENDING_REVIEW
    assert company.held(number) == {}
    company.bring(number, None)


def test_a_cancellation_that_is_taken_back_makes_nothing_punctual(company: Company) -> None:
    number = company.order()
    due = company.task(number, Stage.REVIEW).due_at
    company.later(hours=3)
    escalations.pass_clock(company.workplace)
    orders.cancel(company.workplace, "sales", number, reason="so")
    take_back(company, "sales", number)
    assert company.task(number, Stage.REVIEW).due_at == due
    assert not escalations.pass_clock(company.workplace), "everybody knows already"
    with pytest.raises(Refusal, match="overdue"):
        company.finish(number, Stage.REVIEW)


def test_a_cancellation_of_what_lacks_information_is_taken_back_to_that(company: Company) -> None:
    number = company.order(contact="")
    orders.cancel(company.workplace, "sales", number, reason="so")
    take_back(company, "sales", number)
    assert company.condition(number) is Condition.AWAITING_INFORMATION
    assert company.exceptions(number) == [ExceptionKind.INFORMATION]
    company.resolve("sales", number, fields={"contact": "13800138000"})
    assert company.condition(number) is Condition.PENDING_REVIEW


def test_what_is_taken_back_has_stood_still_as_before(company: Company) -> None:
    number = company.order()
    orders.hold(company.workplace, "boss", number, reason="x")
    company.later(hours=2)
    orders.release(company.workplace, "boss", number)
    due = company.task(number, Stage.REVIEW).due_at
    company.finish(number, Stage.REVIEW)
    take_back(company, "rev", number)
    again = company.task(number, Stage.REVIEW)
    assert (again.due_at, again.alert_at < due) == (due, True)
    assert company.finish(number, Stage.REVIEW).changed, "it is not late"


def test_a_cancellation_that_is_taken_back_costs_no_exception_its_time(company: Company) -> None:
    number = company.order(contact="")
    company.later(minutes=30)
    orders.cancel(company.workplace, "sales", number, reason="so")
    company.later(hours=4)
    take_back(company, "sales", number)
    with reading():
        exception = OrderException.get()
    left = timedelta(hours=1, minutes=30)
    assert exception.due_at == company.now + left
    assert exception.alert_at > exception.due_at
    orders.hold(company.workplace, "boss", number, reason="x")
    company.later(hours=1)
    orders.release(company.workplace, "boss", number)
    with reading():
        assert OrderException.get().due_at == company.now + left


def test_an_allocation_that_ended_a_shortage_is_taken_back(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION)
    company.trouble("inv", number, ExceptionKind.SHORTAGE)
    company.confirm("inv", number)
    take_back(company, "inv", number)
    assert company.stages(number) == [Stage.ALLOCATION]
    assert company.level("A") == (1, 0)


def test_nobody_else_gets_what_is_only_taken_back(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.PREPARATION)
    waiting = company.ordered(Stage.ALLOCATION)
    company.confirm("inv", waiting)
    take_back(company, "inv", number)
    assert company.stages(waiting) == [Stage.ALLOCATION]
    assert company.confirm("inv", number).changed
    assert company.held(number) == {"A": 1}


def test_a_shortage_raised_by_hand_is_a_step_of_its_own(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.PREPARATION)
    exceptions.raise_by_hand(
        company.workplace, "inv", number, ExceptionKind.SHORTAGE, note="the shelf is empty"
    )
    with pytest.raises(Refusal, match="only a finished stage"):
        take_back(company, "inv", number)


def test_an_inspection_is_withdrawn_with_its_stock(company: Company) -> None:
    number = company.ordered(Stage.RECEIVING, nature="退货", lines=[("A", 2)])
    company.confirm("inv", number, restock={"A": 1}, scrap={"A": 1})
    take_back(company, "inv", number)
    assert company.level("A") == (0, 0)
    assert all(one.withdrawn_at for one in Inspection.select())
    company.confirm("inv", number, restock={"A": 2})
    assert company.level("A") == (2, 0)


def test_an_inspection_stays_where_its_stock_is_promised_by_now(company: Company) -> None:
    back = company.ordered(Stage.RECEIVING, nature="退货")
    waiting = company.ordered(Stage.ALLOCATION)
    company.confirm("inv", waiting)
    company.confirm("inv", back)
    assert company.stages(waiting) == [Stage.PREPARATION]
    with pytest.raises(Refusal, match="is promised to other orders by now"):
        take_back(company, "inv", back)
    assert company.level("A") == (1, 1)


def test_a_refund_is_withdrawn(company: Company) -> None:
    number = company.ordered(Stage.CONFIRMATION, nature="退货")
    take_back(company, "fin", number)
    assert Refund.get().withdrawn_at == company.now
    assert company.stages(number) == [Stage.REFUND]
