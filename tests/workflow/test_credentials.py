"""PINs: a wrong one costs time, whoever gives it and from wherever."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from orderterm.errors import Refusal
from orderterm.rules.pins import LONGEST_WAIT, SLIPS, wait_after
from orderterm.store.connection import reading
from orderterm.workflow import credentials
from orderterm.workflow.credentials import is_right_pin
from tests.contract.company import Company


@pytest.fixture
def company(company: Company) -> Company:
    credentials.set_pin(company.workplace, "rev", "rev", "2468")
    return company


def slip(company: Company, times: int) -> None:
    for _ in range(times):
        assert not is_right_pin(company.workplace, "rev", "1357")


def test_a_slip_costs_nothing(company: Company) -> None:
    slip(company, SLIPS - 1)
    assert is_right_pin(company.workplace, "rev", "2468")
    slip(company, SLIPS)


def test_after_some_wrong_ones_even_the_right_one_waits(company: Company) -> None:
    slip(company, SLIPS)
    for pin in ("1357", "2468"):
        with pytest.raises(Refusal, match=r"too many wrong PINs of rev: the next one .* 10:00:01"):
            is_right_pin(company.workplace, "rev", pin)
    company.later(seconds=1)
    slip(company, 1)
    company.later(seconds=1)
    with pytest.raises(Refusal, match="10:00:03"):
        is_right_pin(company.workplace, "rev", "2468")
    company.later(seconds=1)
    assert is_right_pin(company.workplace, "rev", "2468")
    slip(company, SLIPS)


def test_the_waits_grow_and_end() -> None:
    waits = [wait_after(wrong) for wrong in range(100)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_a_new_pin_and_another_person_wait_for_nothing(company: Company) -> None:
    slip(company, SLIPS)
    assert is_right_pin(company.workplace, "prep", "whatever")
    credentials.set_pin(company.workplace, "admin", "rev", "9753")
    assert is_right_pin(company.workplace, "rev", "9753")


def test_a_clock_that_is_put_back_locks_nobody_out(company: Company) -> None:
    slip(company, SLIPS)
    company.later(days=-1)
    assert is_right_pin(company.workplace, "rev", "2468")


def test_many_at_once_are_tried_no_oftener(company: Company) -> None:
    def try_it(pin: str) -> bool:
        with reading():
            try:
                is_right_pin(company.workplace, "rev", pin)
            except Refusal:
                return False
            return True

    with ThreadPoolExecutor(4) as several:
        tried = list(several.map(try_it, map(str, range(1000, 1012))))
    assert sum(tried) == SLIPS
