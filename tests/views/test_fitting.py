"""Whether what is there is enough, told before anything is allocated."""

from random import Random

import pytest

from orderterm.store.connection import reading
from orderterm.terms import Nature, Role, Stage
from orderterm.views import queue
from orderterm.views.fitting import allocatable, shortfalls
from orderterm.views.openwork import Wanted
from orderterm.views.returns import announced
from tests.contract.company import PRODUCTS, Company

OWN = Wanted(roles=(Role.INVENTORY,))


@pytest.mark.parametrize("seed", range(6))
def test_what_is_told_to_fit_is_what_can_be_allocated(company: Company, seed: int) -> None:
    random = Random(seed)
    company.stock(**{sku: random.randint(0, 12) for sku in PRODUCTS})
    for _ in range(12):
        lines = [(random.choice(PRODUCTS), random.randint(1, 4)) for _ in range(3)]
        company.ordered(Stage.ALLOCATION, lines=lines)
    settings, now = company.workplace.settings, company.now
    with reading():
        alone = shortfalls(queue.page(OWN, settings, now))
        able = [work.number for work in allocatable(OWN, settings, now, "inv")]
    numbers = company.numbers()
    assert [not alone[company.row(number).id] for number in numbers[:1]] == [numbers[0] in able]
    for number in numbers:
        company.confirm("inv", number)
    assert able == [one for one in numbers if company.stages(one) == [Stage.PREPARATION]]


def test_what_is_not_at_allocation_is_not_compared(company: Company) -> None:
    company.order()
    with reading():
        works = queue.page(Wanted(), company.workplace.settings, company.now)
        assert shortfalls(works) == {}


def test_what_was_inspected_is_not_expected_again(company: Company) -> None:
    number = company.ordered(
        Stage.RECEIVING, lines=[("A", 2), ("B", 1), ("A", 1)], nature=Nature.RETURN
    )
    with reading():
        assert announced(number) == {"A": 3, "B": 1}
    company.finish(number, Stage.RECEIVING, restock={"A": 2}, scrap={"B": 1})
    with reading():
        assert announced(number) == {"A": 1}
        assert announced("20261123-EC-999") == {}
