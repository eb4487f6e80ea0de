"""Orders entered by hand, and notes on any order."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderterm.errors import Refusal
from orderterm.rules.drafts import OrderDraft
from orderterm.terms import ChannelStatus, Condition, ExceptionKind, Priority, Stage
from orderterm.workflow import orders
from orderterm.workflow.entering import enter
from tests.contract.company import PEOPLE, Company


def by_hand(company: Company, channel: str = "EC", **fields: object) -> str:
    """Enter an order without a number of the channel; returns that number."""
    draft = company.draft(**{"channel_order_number": "", **fields})
    outcome = enter(company.workplace, "sales", channel, draft)
    assert outcome.changed
    return str(company.row(outcome.number).channel_order_number)


def test_an_order_by_hand_goes_to_review_like_any_other(company: Company) -> None:
    draft = company.draft(channel_order_number="", special_request="加急", ordered_at=None)
    outcome = enter(company.workplace, "sales", "EC", draft)
    row = company.row(outcome.number)
    assert row.channel_order_number == "HAND-20261123-0001"
    assert (row.condition, row.priority) == (Condition.PENDING_REVIEW, Priority.URGENT)
    assert row.ordered_at == company.now
    assert company.stages(outcome.number) == [Stage.REVIEW]
    assert company.events(outcome.number) == [("sales", "received")]
    assert "goes to review" in str(outcome.sentence)


def test_what_is_missing_opens_an_exception(company: Company) -> None:
    outcome = enter(company.workplace, "sales", "EC", OrderDraft(customer_name="王小明"))
    assert company.condition(outcome.number) is Condition.AWAITING_INFORMATION
    assert company.exceptions(outcome.number) == [ExceptionKind.INFORMATION]
    assert "something is missing" in str(outcome.sentence)


def test_the_numbers_count_for_each_channel_and_day(company: Company) -> None:
    assert [by_hand(company), by_hand(company), by_hand(company, "DL")] == [
        "HAND-20261123-0001",
        "HAND-20261123-0002",
        "HAND-20261123-0001",
    ]
    company.later(days=1)
    assert by_hand(company) == "HAND-20261124-0001"


def test_the_numbers_grow_past_what_people_typed(company: Company) -> None:
    for typed in ("HAND-20261123-9999", "HAND-20261123-7x", "HAND-20261123-00x"):
        assert by_hand(company, channel_order_number=typed) == typed
    assert by_hand(company) == "HAND-20261123-10000"
    assert by_hand(company) == "HAND-20261123-10001"


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=st.lists(st.integers(0, 99_999), max_size=3))
def test_a_number_is_never_given_twice(company: Company, typed: list[int]) -> None:
    before = {row.channel_order_number for row in company.walk()}
    for serial in typed:
        number = f"HAND-20261123-{serial:04d}"
        if number not in before:
            before.add(by_hand(company, channel_order_number=number))
    made = by_hand(company)
    assert made not in before


def test_a_number_too_long_for_a_serial_does_not_count(company: Company) -> None:
    company.order(channel_order_number="HAND-20261123-" + "9" * 5000)
    number = enter(company.workplace, "sales", "EC", company.draft(channel_order_number="")).number
    assert company.row(number).channel_order_number == "HAND-20261123-0001"


def test_a_number_that_is_there_is_refused_and_changes_nothing(company: Company) -> None:
    number = company.order(channel_order_number="N77")
    draft = company.draft(channel_order_number="N77", address="上海市徐汇区漕溪北路18号")
    with pytest.raises(Refusal, match=f"EC has an order N77 already: it is {number}"):
        enter(company.workplace, "sales", "EC", draft)
    assert company.exceptions(number) == []
    assert company.numbers() == [number]


def test_an_order_by_hand_is_open_whatever_the_draft_says(company: Company) -> None:
    by_hand(company, status=ChannelStatus.CANCELLED)
    assert [row.channel_status for row in company.walk()] == [ChannelStatus.OPEN]


@pytest.mark.parametrize("badge", [*PEOPLE, "admin"])
def test_sales_and_chiefs_enter_orders(company: Company, badge: str) -> None:
    if badge in ("sales", "boss", "admin"):
        assert enter(company.workplace, badge, "EC", company.draft()).changed
        return
    with pytest.raises(Refusal, match="may not do this: enter an order"):
        enter(company.workplace, badge, "EC", company.draft())
    assert company.numbers() == []


def test_a_channel_must_be_known(company: Company) -> None:
    with pytest.raises(Refusal, match="there is no channel XX"):
        enter(company.workplace, "sales", "XX", company.draft(channel_order_number=""))


# -- notes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("badge", [*PEOPLE, "admin"])
def test_every_working_role_notes(company: Company, badge: str) -> None:
    number = company.order()
    if badge == "wall":
        with pytest.raises(Refusal, match="may not do this: note"):
            orders.note(company.workplace, badge, number, "x")
        return
    assert orders.note(company.workplace, badge, number, "x").changed
    assert company.events(number)[-1] == (badge, "noted")


def test_a_note_changes_nothing_but_the_trail_in_any_condition(company: Company) -> None:
    company.stock(A=9)
    done, cancelled, held = company.ordered(None), company.order(), company.order()
    orders.cancel(company.workplace, "boss", cancelled, reason="x")
    orders.hold(company.workplace, "boss", held, reason="x")
    for number in (done, cancelled, held):
        before = company.row(number).__data__
        orders.note(company.workplace, "sales", number, " 客户要发票 ", with_customer=True)
        assert company.row(number).__data__ == before
    assert company.flaws() == []


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_note_says_something(company: Company, text: str) -> None:
    number = company.order()
    with pytest.raises(Refusal, match="say what is to be noted"):
        orders.note(company.workplace, "sales", number, text)
    assert company.events(number) == [("admin", "received")]
