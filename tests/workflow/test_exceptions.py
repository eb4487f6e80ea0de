"""Information that lacks, carriers that are late, customers who change their minds."""

from datetime import timedelta
from typing import Any

import pytest

from orderterm.errors import Refusal
from orderterm.rules.drafts import LineDraft
from orderterm.store.tables import OrderException
from orderterm.terms import (
    ChannelStatus,
    Condition,
    ExceptionKind,
    ExceptionPath,
    Nature,
    Priority,
    Stage,
)
from orderterm.workflow import orders, stages
from tests.contract.company import Company

INFORMATION = ExceptionKind.INFORMATION
CHANGE = ExceptionKind.CHANGE_REQUEST
DELAY = ExceptionKind.CARRIER_DELAY


# -- raising --------------------------------------------------------------------------------------


def test_an_exception_says_what_is_wrong(company: Company) -> None:
    number = company.order()
    with pytest.raises(Refusal, match="say what is wrong"):
        company.trouble("rev", number, ExceptionKind.OTHER, note=" ")
    with pytest.raises(Refusal, match="may not do this"):
        company.trouble("wall", number, ExceptionKind.OTHER)
    company.trouble("rev", number, ExceptionKind.OTHER, note="smells")
    assert company.condition(number) is Condition.EXCEPTION
    with pytest.raises(Refusal, match="has an open exception of this kind already"):
        company.trouble("rev", number, ExceptionKind.OTHER)
    with pytest.raises(Refusal, match=r"open exception \(other\): it must be resolved first"):
        company.confirm("rev", number)


def test_a_settled_exception_lets_the_order_go_on(company: Company) -> None:
    number = company.order()
    company.trouble("rev", number, ExceptionKind.OTHER)
    with pytest.raises(Refusal, match="how it was settled"):
        company.resolve("exc", number)
    company.resolve("exc", number, note="aired")
    assert company.condition(number) is Condition.PENDING_REVIEW
    assert company.paths(number) == [ExceptionPath.SETTLE]
    with pytest.raises(Refusal, match="has no open exception"):
        company.resolve("exc", number, note="aired")


def test_which_of_several_exceptions_is_meant_must_be_said(company: Company) -> None:
    number = company.order()
    company.trouble("rev", number, ExceptionKind.OTHER)
    company.trouble("rev", number, CHANGE)
    with pytest.raises(Refusal, match="say which one with --kind"):
        company.resolve("boss", number, note="so")
    company.resolve("boss", number, kind=ExceptionKind.OTHER, note="so")
    assert company.exceptions(number) == [CHANGE]


def test_exceptions_that_make_no_sense_now_are_refused(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.SHIPPING)
    with pytest.raises(Refusal, match="there is no carrier to be late"):
        company.trouble("track", number, DELAY)
    company.bring(number, Stage.TRACKING)
    for kind in (INFORMATION, ExceptionKind.SHORTAGE):
        with pytest.raises(Refusal, match="has been shipped: raise a carrier_delay"):
            company.trouble("track", number, kind)
    company.bring(number, None)
    with pytest.raises(Refusal, match="is completed"):
        company.trouble("track", number, ExceptionKind.OTHER)
    cancelled = company.order()
    orders.cancel(company.workplace, "boss", cancelled, reason="so")
    with pytest.raises(Refusal, match="is cancelled"):
        company.trouble("track", cancelled, CHANGE)


# -- information ----------------------------------------------------------------------------------


def test_an_order_that_lacks_something_is_kept_and_goes_to_sales(company: Company) -> None:
    result = company.receive(company.draft(contact="", lines=[("X", 1)]))
    (number,) = result.new
    assert result.awaiting_information == 1
    assert company.condition(number) is Condition.AWAITING_INFORMATION
    assert company.stages(number) == []
    exception = OrderException.get()
    assert (exception.role, exception.due_at) == ("sales", company.now + timedelta(hours=2))
    with pytest.raises(Refusal, match="open exception"):
        company.confirm("rev", number)


def test_the_fields_are_completed_one_by_one(company: Company) -> None:
    number = company.order(contact="", lines=[("X", 1)])
    with pytest.raises(Refusal, match="may not do this"):
        company.resolve("ship", number, fields={"contact": "13800138000"})
    told = company.resolve("sales", number, fields={"contact": "13800138000"})
    assert "still lacks something: line 1" in str(told.sentence)
    assert company.exceptions(number) == [INFORMATION]
    assert "contact" not in OrderException.get().detail
    company.later(minutes=5)
    company.resolve("sales", number, fields={"line1.sku": "A", "line1.name": "Product A"})
    assert company.stages(number) == [Stage.REVIEW]
    assert company.condition(number) is Condition.PENDING_REVIEW
    assert company.task(number, Stage.REVIEW).started_at == company.now
    assert [kind for _, kind in company.events(number)] == [
        "received",
        "changed",
        "exception_updated",
        "changed",
        "exception_resolved",
    ]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("colour", "red", "is no field of an order"),
        ("line2.sku", "A", "has 1 lines: there is no line2.sku"),
        ("line0.sku", "A", "there is no line0.sku"),
        ("line1.price", "1", "is no field"),
        ("line1.quantity", "many", "is no quantity"),
        ("line1.quantity", "0", "is no quantity"),
        ("line1.quantity", "1000001", "is no quantity"),
        ("line1.quantity", "9" * 40, "is no quantity"),
        ("ordered_at", "yesterday", "is no time"),
    ],
)
def test_a_field_must_be_one_and_hold_its_value(
    company: Company, field: str, value: str, why: str
) -> None:
    number = company.order(contact="")
    with pytest.raises(Refusal, match=why):
        company.resolve("sales", number, fields={"contact": "13800138000", field: value})
    assert company.row(number).contact == ""
    assert company.lines(number) == [("A", 1)]


def test_a_time_without_offset_is_the_sites(company: Company) -> None:
    number = company.order(ordered_at=None)
    company.resolve("sales", number, fields={"ordered_at": "2026-11-22 10:30"})
    assert company.row(number).ordered_at.isoformat() == "2026-11-22T02:30:00+00:00"


def test_completed_fields_are_read_for_tags_and_priority(company: Company) -> None:
    number = company.order(contact="")
    fields = {"contact": "13800138000", "special_request": "加急"}
    company.resolve("sales", number, fields=fields)
    order = company.row(number)
    assert (order.priority, order.priority_rule) == (Priority.URGENT, "expedited")
    assert company.task(number, Stage.REVIEW).priority is Priority.URGENT
    assert ("sales", "priority_changed") in company.events(number)


def test_a_priority_that_stays_is_no_event(company: Company) -> None:
    number = company.order(contact="")
    company.resolve("sales", number, fields={"contact": "13800138000"})
    assert "priority_changed" not in {kind for _, kind in company.events(number)}


def test_information_that_lacks_later_on_keeps_the_stock(company: Company) -> None:
    company.stock(A=2)
    number = company.ordered(Stage.SHIPPING, lines=[("A", 2)])
    company.trouble("ship", number, INFORMATION, note="no such street")
    assert company.stages(number) == []
    assert company.held(number) == {"A": 2}
    company.resolve("sales", number, fields={"address": "杭州市西湖区文一路1号"})
    assert company.stages(number) == [Stage.REVIEW]
    company.bring(number, None)
    assert company.sent(number) == {"A": 2}
    assert company.level("A") == (0, 0)


def test_other_goods_than_are_held_give_the_stock_back(company: Company) -> None:
    company.stock(A=2, B=1)
    number = company.ordered(Stage.SHIPPING, lines=[("A", 2)])
    company.trouble("ship", number, INFORMATION)
    company.resolve(
        "sales",
        number,
        fields={"line1.sku": "B", "line1.name": "Product B", "line1.quantity": "1"},
    )
    assert company.held(number) == {}
    company.bring(number, None)
    assert company.sent(number) == {"B": 1}


def test_an_order_that_lacks_information_can_be_cancelled(company: Company) -> None:
    number = company.order(contact="")
    company.resolve("sales", number, ExceptionPath.CANCEL, note="nobody knows")
    assert company.condition(number) is Condition.CANCELLED


def test_what_opens_while_the_order_is_on_hold_stands_still(company: Company) -> None:
    number = company.order(contact="")
    orders.hold(company.workplace, "boss", number, reason="so")
    company.resolve("sales", number, fields={"contact": "13800138000"})
    assert company.condition(number) is Condition.ON_HOLD
    company.later(hours=5)
    orders.release(company.workplace, "boss", number)
    due = company.task(number, Stage.REVIEW).due_at
    assert due == company.now + timedelta(hours=1)


# -- carrier delay --------------------------------------------------------------------------------


def delayed(company: Company) -> str:
    company.stock(A=1)
    number = company.ordered(Stage.TRACKING)
    company.trouble("track", number, DELAY)
    return number


def test_a_late_parcel_is_expedited(company: Company) -> None:
    number = delayed(company)
    eta = company.now + timedelta(days=1)
    with pytest.raises(Refusal, match="when it will be there"):
        company.resolve("exc", number, ExceptionPath.EXPEDITE, told="by phone")
    with pytest.raises(Refusal, match="how the customer was told"):
        company.resolve("exc", number, ExceptionPath.EXPEDITE, eta=eta)
    company.resolve("exc", number, ExceptionPath.EXPEDITE, eta=eta, told="by phone")
    (parcel,) = company.parcels(number)
    assert parcel.eta == eta
    assert company.condition(number) is Condition.NORMAL
    company.bring(number, None)


def test_a_late_parcel_goes_on_with_another_carrier(company: Company) -> None:
    number = delayed(company)
    company.later(hours=1)
    eta = company.now + timedelta(days=1)
    given: dict[str, Any] = {"eta": eta, "told": "by phone"}
    with pytest.raises(Refusal, match="without a carrier and a waybill"):
        company.resolve("exc", number, ExceptionPath.RECARRY, **given)
    company.resolve("exc", number, ExceptionPath.RECARRY, carrier="YTO", waybill="Y1", **given)
    old, new = company.parcels(number)
    assert (old.replaced_at, new.waybill, new.eta) == (company.now, "Y1", eta)
    assert (old.shipped_at < company.now, new.shipped_at) == (True, company.now)
    assert company.sent(number) == {"A": 1}
    company.bring(number, None)
    old, new = company.parcels(number)
    assert (old.signed_at, new.signed_at) == (None, company.now)


def test_a_signature_ends_the_delay(company: Company) -> None:
    number = delayed(company)
    company.finish(number, Stage.TRACKING)
    assert company.exceptions(number) == []
    assert company.condition(number) is Condition.NORMAL
    company.bring(number, None)
    assert company.condition(number) is Condition.COMPLETED


def test_a_hold_leaves_no_pause_behind_beside_a_delay(company: Company) -> None:
    number = delayed(company)
    orders.hold(company.workplace, "boss", number, reason="so")
    orders.release(company.workplace, "boss", number)
    assert company.pauses(number) == []


# -- change requests ------------------------------------------------------------------------------


def test_a_change_stops_the_clock_and_is_made_when_accepted(company: Company) -> None:
    company.stock(A=3)
    number = company.ordered(Stage.PREPARATION, lines=[("A", 1)])
    company.trouble("sales", number, CHANGE, fields={"line1.quantity": "3"})
    assert [pause.reason for pause in company.pauses(number)] == ["customer"]
    with pytest.raises(Refusal, match="must be resolved first"):
        company.confirm("prep", number)
    with pytest.raises(Refusal, match="say how with --path"):
        company.resolve("sales", number)
    company.resolve("sales", number, ExceptionPath.ACCEPT)
    assert company.held(number) == {}
    assert company.stages(number) == [Stage.REVIEW]
    assert company.pauses(number) == []
    company.bring(number, None)
    assert company.sent(number) == {"A": 3}


def test_a_refused_change_lets_the_clock_run_on(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.PREPARATION)
    due = company.task(number, Stage.PREPARATION).due_at
    company.trouble("sales", number, CHANGE, fields={"line1.quantity": "3"})
    company.later(hours=2)
    with pytest.raises(Refusal, match="why it is refused"):
        company.resolve("sales", number, ExceptionPath.REFUSE)
    company.resolve("sales", number, ExceptionPath.REFUSE, note="made already")
    assert company.task(number, Stage.PREPARATION).due_at == due + timedelta(hours=2)
    assert company.lines(number) == [("A", 1)]
    assert company.condition(number) is Condition.NORMAL


def test_a_change_refused_on_hold_waits_for_the_release(company: Company) -> None:
    number = company.order()
    company.trouble("sales", number, CHANGE)
    orders.hold(company.workplace, "boss", number, reason="so")
    company.resolve("sales", number, ExceptionPath.REFUSE, note="no")
    assert len(company.pauses(number)) == 1
    orders.release(company.workplace, "boss", number)
    assert company.pauses(number) == []


def test_a_release_does_not_end_the_pause_of_a_change(company: Company) -> None:
    number = company.order()
    company.trouble("sales", number, CHANGE)
    orders.hold(company.workplace, "boss", number, reason="so")
    orders.release(company.workplace, "boss", number)
    assert len(company.pauses(number)) == 1
    company.resolve("sales", number, ExceptionPath.REFUSE, note="no")
    assert company.pauses(number) == []


def test_an_accepted_change_that_leaves_something_out_asks_for_it(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION)
    company.trouble("sales", number, CHANGE, fields={"contact": "at the pub"})
    told = company.resolve("sales", number, ExceptionPath.ACCEPT)
    assert "now it lacks something" in str(told.sentence)
    assert company.exceptions(number) == [INFORMATION]
    assert company.stages(number) == []


def test_an_accepted_change_can_be_what_was_lacking(company: Company) -> None:
    number = company.order(contact="")
    company.trouble("sales", number, CHANGE, fields={"contact": "13800138000"})
    company.resolve("sales", number, ExceptionPath.ACCEPT, kind=CHANGE)
    assert company.exceptions(number) == []
    assert company.condition(number) is Condition.PENDING_REVIEW


@pytest.mark.parametrize("wanted", [{"fields": {"contact": "13800138000"}}, {"cancelled": True}])
def test_what_a_customer_wants_is_a_change_request_and_nothing_else(
    company: Company, wanted: dict[str, Any]
) -> None:
    number = company.order()
    with pytest.raises(Refusal, match="--kind change_request"):
        company.trouble("rev", number, ExceptionKind.OTHER, **wanted)
    assert company.exceptions(number) == []


def test_an_accepted_cancellation_cancels(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.PREPARATION)
    company.trouble("sales", number, CHANGE, cancelled=True)
    company.resolve("sales", number, ExceptionPath.ACCEPT)
    assert company.condition(number) is Condition.CANCELLED
    assert company.level("A") == (1, 0)


def test_a_shipped_order_changes_only_by_coming_back(company: Company) -> None:
    company.stock(A=2)
    number = company.ordered(Stage.TRACKING, lines=[("A", 2)], special_request="加急")
    company.trouble("sales", number, CHANGE, fields={"line1.quantity": "1"})
    with pytest.raises(Refusal, match="can only be refused, or taken as a return"):
        company.resolve("sales", number, ExceptionPath.ACCEPT)
    company.resolve("sales", number, ExceptionPath.RETURN, note="too many")
    (back,) = company.numbers(Nature.RETURN)
    assert company.lines(back) == [("A", 2)]
    order = company.row(back)
    assert (order.priority, order.priority_rule) == (Priority.LOW, "non_quality_return")
    company.bring(back, None)
    assert company.level("A") == (2, 0)
    company.bring(number, None)


def test_a_return_for_quality_does_not_wait(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(None)
    company.trouble("sales", number, CHANGE)
    assert company.condition(number) is Condition.EXCEPTION
    company.resolve("sales", number, ExceptionPath.RETURN, note="破损")
    (back,) = company.numbers(Nature.RETURN)
    assert company.row(back).priority is Priority.NORMAL
    assert company.condition(number) is Condition.COMPLETED


def test_what_has_not_left_can_not_come_back(company: Company) -> None:
    number = company.order()
    company.trouble("sales", number, CHANGE)
    with pytest.raises(Refusal, match="has not been shipped: accept or refuse"):
        company.resolve("sales", number, ExceptionPath.RETURN)


def test_a_completed_return_is_not_changed_any_more(company: Company) -> None:
    number = company.ordered(None, nature="退货")
    company.trouble("sales", number, CHANGE)
    with pytest.raises(Refusal, match="is completed: a change can only be refused"):
        company.resolve("sales", number, ExceptionPath.ACCEPT)
    company.resolve("sales", number, ExceptionPath.REFUSE, note="too late")
    assert company.condition(number) is Condition.COMPLETED


# -- changes the channel asks for -----------------------------------------------------------------


def test_the_channels_other_address_is_a_change_request(company: Company) -> None:
    company.stock(A=1)
    draft = company.draft()
    (number,) = company.receive(draft).new
    company.bring(number, Stage.PREPARATION)
    draft.address = "上海市浦东新区世纪大道1号"
    result = company.receive(draft)
    assert (result.changed, result.known) == ([number], 0)
    assert company.row(number).address == "杭州市西湖区文三路478号"
    assert company.exceptions(number) == [CHANGE]
    company.resolve("sales", number, ExceptionPath.ACCEPT)
    assert company.row(number).address == "上海市浦东新区世纪大道1号"
    assert company.stages(number) == [Stage.REVIEW]
    assert company.receive(draft).known == 1
    company.bring(number, None)


def test_the_channels_other_lines_take_the_place_of_the_orders(company: Company) -> None:
    company.stock(A=1, B=2)
    draft = company.draft()
    (number,) = company.receive(draft).new
    company.bring(number, Stage.PREPARATION)
    draft.lines = [LineDraft("B", "Product B", "", 2, 300)]
    company.receive(draft)
    company.resolve("sales", number, ExceptionPath.ACCEPT)
    assert company.lines(number) == [("B", 2)]
    company.bring(number, None)
    assert company.sent(number) == {"B": 2}


def test_a_refused_change_is_not_asked_again_by_the_same_export(company: Company) -> None:
    draft = company.draft()
    (number,) = company.receive(draft).new
    draft.address = "上海市浦东新区世纪大道1号"
    company.receive(draft)
    company.resolve("sales", number, ExceptionPath.REFUSE, note="no")
    assert company.receive(draft).known == 1
    assert company.exceptions(number) == []


def test_a_second_change_is_told_on_the_same_exception(company: Company) -> None:
    draft = company.draft()
    (number,) = company.receive(draft).new
    for address in ("上海市浦东新区世纪大道1号", "上海市浦东新区世纪大道2号"):
        draft.address = address
        assert company.receive(draft).changed == [number]
    assert company.exceptions(number) == [CHANGE]
    assert "世纪大道2号" in OrderException.get().detail
    assert company.events(number)[-1] == ("admin", "exception_updated")


def test_the_channel_cancels(company: Company) -> None:
    draft = company.draft()
    (number,) = company.receive(draft).new
    draft.status = ChannelStatus.CANCELLED
    assert company.receive(draft).changed == [number]
    assert company.condition(number) is Condition.EXCEPTION
    assert company.receive(draft).known == 1
    company.resolve("sales", number, ExceptionPath.ACCEPT)
    assert company.condition(number) is Condition.CANCELLED
    draft.address = "上海市浦东新区世纪大道1号"
    company.receive(draft)
    assert company.exceptions(number) == []
    assert company.events(number)[-1] == ("admin", "channel_status")


def test_the_channel_has_shipped_it_past_us(company: Company) -> None:
    draft = company.draft()
    (number,) = company.receive(draft).new
    draft.status = ChannelStatus.SHIPPED
    assert company.receive(draft).changed == [number]
    draft.status = ChannelStatus.COMPLETED
    assert company.receive(draft).known == 1
    assert company.exceptions(number) == [CHANGE]


def test_a_split_order_is_compared_whole(company: Company) -> None:
    company.stock(A=1)
    draft = company.draft(lines=[("A", 2)])
    (number,) = company.receive(draft).new
    company.bring(number, Stage.ALLOCATION)
    company.confirm("inv", number)
    company.resolve("buyer", number, ExceptionPath.SPLIT, agreed="y")
    draft.address = "上海市浦东新区世纪大道1号"
    company.receive(draft)
    company.resolve("sales", number, ExceptionPath.ACCEPT)
    assert company.lines(number) == [("A", 1)]


def test_a_claim_while_a_change_is_open_is_no_harm(company: Company) -> None:
    number = company.order()
    company.trouble("sales", number, CHANGE)
    assert stages.claim(company.workplace, "rev", number).changed
