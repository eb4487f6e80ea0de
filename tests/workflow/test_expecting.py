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
