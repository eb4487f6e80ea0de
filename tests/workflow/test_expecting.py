"""Telling an order when its stock comes."""

from datetime import timedelta

import pytest

from orderterm.errors import Refusal
from orderterm.terms import ExceptionKind, ExceptionPath, Stage
from orderterm.workflow.expecting import expect
from tests.contract.company import Company


@pytest.fixture
def short(company: Company) -> str:
    """An order that waits for stock."""
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 2)])
    company.confirm("inv", number)
    return number


def told(company: Company, number: str, days: int) -> None:
    until = company.now + timedelta(days=days)
    expect(company.workplace, "buyer", number, until, note="it changes")


def test_the_first_day_resolves_the_shortage(company: Company, short: str) -> None:
    told(company, short, 2)
    assert company.exceptions(short) == []
    assert company.paths(short) == [ExceptionPath.TRANSFER]
    (pause,) = company.pauses(short)
    assert pause.expected_at == company.now + timedelta(days=2)


def test_another_day_is_told_as_well(company: Company, short: str) -> None:
    told(company, short, 2)
    told(company, short, 1)
    (pause,) = company.pauses(short)
    assert pause.expected_at == company.now + timedelta(days=1)
    assert company.exceptions(short) == []
    assert not company.flaws()


def test_a_day_that_is_refused_changes_nothing(company: Company, short: str) -> None:
    told(company, short, 1)
    before = company.events(short)
    with pytest.raises(Refusal, match="needs a manager"):
        told(company, short, 30)
    assert company.exceptions(short) == []
    assert company.events(short) == before


def test_it_is_for_purchasing(company: Company, short: str) -> None:
    until = company.now + timedelta(days=1)
    with pytest.raises(Refusal, match="may not do this"):
        expect(company.workplace, "rev", short, until, note="")
    assert company.exceptions(short) == [ExceptionKind.SHORTAGE]


def test_what_waits_for_no_stock_is_left_alone(company: Company, short: str) -> None:
    told(company, short, 1)
    company.stock(A=5)
    assert company.stages(short) == [Stage.PREPARATION]
    before = company.events(short)
    with pytest.raises(Refusal, match="waits for no stock now"):
        told(company, short, 2)
    assert company.events(short) == before


def test_a_back_order_is_told_another_day_when_the_rest_has_left(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 1), ("B", 1)])
    company.confirm("inv", number, partial=True)
    company.finish(number, Stage.PREPARATION)
    company.finish(number, Stage.SHIPPING)
    told(company, number, 2)
    told(company, number, 1)
    (pause,) = company.pauses(number)
    assert pause.expected_at == company.now + timedelta(days=1)
    assert company.exceptions(number) == []


def test_another_day_needs_its_reason(company: Company, short: str) -> None:
    told(company, short, 1)
    until = company.now + timedelta(days=2)
    with pytest.raises(Refusal, match="say why the day changes"):
        expect(company.workplace, "buyer", short, until, note=" ")
