"""The reserve of a product follows from its demand, its lead time and the service level."""

import math
from statistics import NormalDist, stdev

from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.safety_stock import LEAST_DAYS, safety_stock

DEMANDS = st.lists(st.integers(0, 10_000), min_size=LEAST_DAYS, max_size=60)
LEADS = st.integers(1, 366)
LEVELS = st.floats(0.5, 0.9999)


def test_an_example_worked_out_by_hand() -> None:
    # Mean 10, the deviations are ten times 2, so that σ = √(40 / 9) = 2.108; z(95 %) = 1.645.
    found = safety_stock([8, 12] * 5, 9, 0.95)
    assert found is not None
    assert round(found.sigma, 3) == 2.108
    assert round(found.z, 3) == 1.645
    assert found.pieces == math.ceil(1.645 * 2.108 * 3) == 11


def test_a_demand_that_never_varies_needs_no_reserve() -> None:
    found = safety_stock([7] * 20, 30, 0.99)
    assert found is not None
    assert found.pieces == 0


@given(st.lists(st.integers(0, 10_000), max_size=LEAST_DAYS - 1), LEADS, LEVELS)
def test_too_few_days_tell_nothing(demand: list[int], lead: int, level: float) -> None:
    assert safety_stock(demand, lead, level) is None


@given(DEMANDS, LEADS, LEVELS)
def test_it_is_the_formula_rounded_up(demand: list[int], lead: int, level: float) -> None:
    found = safety_stock(demand, lead, level)
    assert found is not None
    exact = NormalDist().inv_cdf(level) * stdev(demand) * lead**0.5
    assert -1e-6 <= found.pieces - exact < 1 + 1e-6
    assert found.pieces >= 0
    assert found.lead_time_days == lead


@given(DEMANDS, LEADS, LEVELS)
def test_it_never_falls_with_a_longer_lead_time_or_a_higher_level(
    demand: list[int], lead: int, level: float
) -> None:
    here, longer = safety_stock(demand, lead, level), safety_stock(demand, lead + 1, level)
    surer = safety_stock(demand, lead, min(level + 0.01, 0.9999))
    assert here is not None
    assert longer is not None
    assert surer is not None
    assert here.pieces <= longer.pieces
    assert here.pieces <= surer.pieces
