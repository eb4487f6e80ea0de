"""A parcel's journey comes to the same whatever the order in which it is told."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.carriers import carriers, code_of, same
from orderterm.rules.journeys import CAME_BACK, Step, journey
from orderterm.terms import TrackingState as S

START = datetime(2026, 11, 23, tzinfo=UTC)
STEPS = st.builds(
    Step, st.integers(0, 5).map(lambda hours: START + timedelta(hours=hours)), st.sampled_from(S)
)


def told(*states: S) -> list[Step]:
    """One step an hour."""
    return [Step(START + timedelta(hours=n), state) for n, state in enumerate(states)]


@given(st.lists(STEPS, min_size=1, max_size=8), st.randoms())
def test_order_and_repetition_change_nothing(steps: list[Step], chance: random.Random) -> None:
    again = steps + chance.choices(steps, k=3)
    chance.shuffle(again)

    assert journey(again) == journey(steps)


@given(st.lists(STEPS, min_size=1, max_size=8))
def test_nobody_signs_after_it_came_back_and_nothing_is_wrong_after_a_signature(
    steps: list[Step],
) -> None:
    found = journey(steps)

    assert found.last.at == max(step.at for step in steps)
    if found.signed_at is not None:
        assert found.trouble is None
        assert not any(s.state in CAME_BACK and s.at < found.signed_at for s in steps)
    elif any(step.state in CAME_BACK for step in steps):
        assert found.came_back


@pytest.mark.parametrize(
    ("states", "last", "signed", "trouble"),
    [
        ((S.PICKED_UP, S.IN_TRANSIT, S.SIGNED), S.SIGNED, 2, None),
        ((S.PICKED_UP, S.PROBLEM, S.PROBLEM), S.PROBLEM, None, (1, S.PROBLEM)),
        ((S.PROBLEM, S.IN_TRANSIT, S.PROBLEM), S.PROBLEM, None, (2, S.PROBLEM)),
        ((S.PROBLEM, S.IN_TRANSIT), S.IN_TRANSIT, None, None),
        ((S.DELIVERY_FAILED,), S.DELIVERY_FAILED, None, None),
        ((S.IN_TRANSIT, S.EXPIRED), S.EXPIRED, None, (1, S.EXPIRED)),
        ((S.REFUSED, S.IN_TRANSIT), S.IN_TRANSIT, None, (0, S.REFUSED)),
        ((S.RETURNING, S.RETURNING, S.SIGNED), S.RETURNED, None, (2, S.RETURNED)),
        ((S.SIGNED, S.RETURNING), S.RETURNING, 0, None),
    ],
)
def test_what_a_journey_comes_down_to(
    states: tuple[S, ...], last: S, signed: int | None, trouble: tuple[int, S] | None
) -> None:
    steps = told(*states)

    found = journey(steps)

    assert found.last.state is last
    assert found.signed_at == (None if signed is None else steps[signed].at)
    begun = None if trouble is None else (steps[trouble[0]].at, trouble[1])
    assert (found.trouble and (found.trouble.at, found.trouble.state)) == begun


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("顺丰速运", "shunfeng"),
        ("sf-express", "shunfeng"),
        ("SF", "shunfeng"),
        ("中通", "zhongtong"),
        ("zto-express", "zhongtong"),
        ("圆通速递", "yuantong"),
        ("韵达", "yunda"),
        ("申通快递", "shentong"),
        ("极兔", "jtexpress"),
        ("京东物流", "jd"),
        ("EMS", "ems"),
        ("china-post", "youzhengguonei"),
        ("德邦", "debangwuliu"),
        ("DHL", "dhl"),
        ("UPS", "ups"),
        ("FedEx", "fedex"),
        ("老王快递", None),
    ],
)
def test_a_carrier_is_known_by_every_name(name: str, code: str | None) -> None:
    assert code_of(name) == code


def test_no_name_means_two_carriers() -> None:
    for code, one in carriers().items():
        assert {code_of(name) for name in (code, *one.names)} == {code}


def test_what_can_not_be_told_is_not_guessed() -> None:
    assert same("顺丰", "sf_express") is True
    assert same("顺丰", "中通") is False
    assert same("老王快递", "老王 快递") is True
    assert same("老王快递", "顺丰") is None
