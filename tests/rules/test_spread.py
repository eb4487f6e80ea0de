"""The median and the 90th percentile, held against the standard library's."""

import statistics
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.spread import Spread, spread

LENGTHS = st.lists(st.integers(0, 10**7).map(lambda s: timedelta(seconds=s)), min_size=2)


def test_of_nothing_nothing_is_known() -> None:
    assert spread([]) == Spread(0, None, None)


def test_one_length_is_all_there_is() -> None:
    assert spread([timedelta(hours=3)]) == Spread(1, timedelta(hours=3), timedelta(hours=3))


@given(LENGTHS)
def test_it_is_what_statistics_says(lengths: list[timedelta]) -> None:
    seconds = [length.total_seconds() for length in lengths]
    found = spread(lengths)
    assert found.count == len(lengths)
    assert found.median == timedelta(seconds=statistics.median(seconds))
    ninth = statistics.quantiles(seconds, n=10, method="inclusive")[8]
    assert found.p90 is not None
    assert found.p90.total_seconds() == pytest.approx(ninth, abs=1e-3)
