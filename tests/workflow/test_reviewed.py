"""What a second pair of eyes found: stock from nothing, money twice, words that were not so."""

import pytest

from orderterm.errors import Refusal
from orderterm.store.queries import rows
from orderterm.store.tables import Refund
from orderterm.terms import Condition, ExceptionKind, ExceptionPath, Stage
from orderterm.workflow import exceptions, orders, stages, undo
from tests.contract.company import Company

CHANGE = ExceptionKind.CHANGE_REQUEST


def ask(company: Company, number: str, **fields: str) -> None:
    """The customer calls and wants something else."""
    exceptions.raise_by_hand(
        company.workplace,
        "sales",
        number,
        CHANGE,
        note="calls",
        fields={name.replace("_1_", "1."): value for name, value in fields.items()},
    )


def test_only_what_left_comes_back_and_only_once(company: Company) -> None:
    company.stock(A=5)
    number = company.ordered(Stage.ALLOCATION, lines=(("A", 8),))
    company.confirm("inv", number, partial=True)
    company.confirm("prep", number, stage=Stage.PREPARATION)
    parcel = {"carrier": "SF", "waybill": "W1"}
    company.confirm("ship", number, stage=Stage.SHIPPING, **parcel)
    ask(company, number)
    company.resolve("sales", number, ExceptionPath.RETURN, kind=CHANGE)
    (back,) = [other for other in company.numbers() if other != number]
    company.confirm("rev", back)
    with pytest.raises(Refusal, match="announced 5 × A"):
        company.confirm("inv", back, restock={"A": 8})
    company.confirm("inv", back)
    assert company.level("A")[0] == 5
    ask(company, number)
    with pytest.raises(Refusal, match="comes back already"):
        company.resolve("sales", number, ExceptionPath.RETURN, kind=CHANGE)


def test_a_return_that_goes_back_to_review_is_not_refunded_twice(company: Company) -> None:
    number = company.ordered(Stage.CONFIRMATION, nature="return")
    ask(company, number, address="杭州市西湖区文三路479号")
    company.resolve("sales", number, ExceptionPath.ACCEPT, kind=CHANGE)
    company.bring(number, Stage.CONFIRMATION)
    amounts = [amount for (amount,) in rows(Refund.select(Refund.amount).order_by(Refund.id))]
    assert amounts[0] > 0
    assert amounts[1:] == [0]


def test_undoing_a_cancellation_opens_its_change_request_again(company: Company) -> None:
    number = company.order()
    ask(company, number, address="杭州市西湖区文三路479号")
    orders.cancel(company.workplace, "sales", number, reason="so")
    undo.undo(company.workplace, "sales", number, reason="so")
    assert company.exceptions(number) == [CHANGE]
    assert company.condition(number) is Condition.EXCEPTION


def test_a_stage_that_was_taken_back_is_not_said_to_be_done(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.SHIPPING)
    ask(company, number, address="杭州市西湖区文三路479号")
    company.resolve("sales", number, ExceptionPath.ACCEPT, kind=CHANGE)
    for badge, stage in (("inv", Stage.ALLOCATION), ("prep", Stage.PREPARATION)):
        with pytest.raises(Refusal):
            company.confirm(badge, number, stage=stage)


def test_the_channels_word_comes_on_top_of_what_a_colleague_wrote_down(company: Company) -> None:
    draft = company.draft()
    (number,) = company.receive(draft).new
    ask(company, number, line_1_quantity="4")
    draft.address = "杭州市西湖区文三路479号"
    assert company.receive(draft).changed == [number]
    company.resolve("sales", number, ExceptionPath.ACCEPT, kind=CHANGE)
    company.stock(A=9)
    company.bring(number, Stage.PREPARATION)
    assert company.held(number) == {"A": 4}


def test_a_line_that_has_left_is_not_replaced(company: Company) -> None:
    company.stock(A=1, C=9)
    number = company.ordered(Stage.ALLOCATION, lines=(("A", 1), ("B", 2)))
    company.confirm("inv", number, partial=True)
    company.confirm("prep", number, stage=Stage.PREPARATION)
    parcel = {"carrier": "SF", "waybill": "W1"}
    company.confirm("ship", number, stage=Stage.SHIPPING, **parcel)
    with pytest.raises(Refusal, match="not short of A"):
        company.resolve(
            "buyer", number, ExceptionPath.SUBSTITUTE, sku="A", substitute="C", agreed="yes"
        )
    assert stages.claim(company.workplace, "track", number, stage=Stage.TRACKING).changed
