"""What carriers and customers say: trouble opens an exception once, and news in any order agree."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderterm.errors import Refusal
from orderterm.rules.drafts import SurveyDraft, TrackingDraft
from orderterm.store.connection import reading, transaction
from orderterm.store.tables import OrderException, SurveyReply
from orderterm.store.tables import database as the_database
from orderterm.terms import Condition, ExceptionKind, ExceptionPath, Stage
from orderterm.terms import TrackingState as S
from orderterm.views.exceptions import detail_text, exceptions
from orderterm.views.parcels import ON_THEIR_WAY
from orderterm.views.parcels import parcels as parcels_on_their_way
from orderterm.workflow import hearing, orders, parcels
from orderterm.workflow.escalations import pass_clock
from tests.contract.company import MONDAY, Company

DELAY, FOLLOW_UP = ExceptionKind.CARRIER_DELAY, ExceptionKind.FOLLOW_UP


def on_its_way(company: Company, carrier: str = "顺丰速运", waybill: str = "W1") -> str:
    company.stock(A=5)
    number = company.ordered(Stage.SHIPPING)
    company.finish(number, Stage.SHIPPING, carrier=carrier, waybill=waybill)
    return number


def hear(
    company: Company, *states: S, carrier: str = "shunfeng", waybill: str = "W1", first: int = 1
) -> None:
    """News of a parcel, one step an hour from the ``first`` hour on."""
    for hour, state in enumerate(states, start=first):
        at = MONDAY + timedelta(hours=hour)
        draft = TrackingDraft(carrier, waybill, state, at, f"step {hour}", row=hour)
        assert hearing.note_tracking(company.workplace, "track", [draft]) == {}


@pytest.mark.parametrize("state", [S.PROBLEM, S.REFUSED, S.RETURNING, S.RETURNED, S.EXPIRED])
def test_trouble_opens_one_exception_that_tells_of_it(company: Company, state: S) -> None:
    number = on_its_way(company)
    hear(company, S.IN_TRANSIT, state)
    hear(company, S.IN_TRANSIT, state)

    assert company.exceptions(number) == [DELAY]
    assert company.condition(number) is Condition.EXCEPTION
    (found,) = exceptions(company.workplace.settings, company.now)
    assert detail_text(found.detail, "zh") == f"顺丰速运 W1 {state.zh} 11-23 12:00；step 2"
    assert company.stages(number) == [Stage.TRACKING]


@pytest.mark.parametrize("state", [S.DELIVERY_FAILED, S.UNKNOWN, S.CUSTOMS, S.AWAITING_COLLECTION])
def test_what_the_carrier_still_works_on_is_no_trouble(company: Company, state: S) -> None:
    number = on_its_way(company)
    hear(company, S.IN_TRANSIT, state)

    assert company.exceptions(number) == []


@pytest.mark.parametrize("newer", [S.IN_TRANSIT, S.SIGNED])
def test_an_old_problem_told_late_opens_nothing(company: Company, newer: S) -> None:
    number = on_its_way(company)
    hear(company, newer, first=5)
    hear(company, S.PROBLEM, first=2)

    assert company.exceptions(number) == []
    assert company.stages(number) == [Stage.CONFIRMATION if newer is S.SIGNED else Stage.TRACKING]


def test_a_parcel_that_moves_again_ends_its_exception(company: Company) -> None:
    number = on_its_way(company)
    hear(company, S.PROBLEM, S.IN_TRANSIT)

    assert company.exceptions(number) == []
    assert company.paths(number) == [ExceptionPath.SETTLE]


def test_what_people_opened_they_end(company: Company) -> None:
    number = on_its_way(company)
    company.trouble("track", number, DELAY)
    hear(company, S.PROBLEM, S.IN_TRANSIT)

    assert company.exceptions(number) == [DELAY]


@pytest.mark.parametrize("by", ["clock", "person"])
def test_trouble_is_told_where_a_delay_is_open_already(company: Company, by: str) -> None:
    number = on_its_way(company)
    company.later(hours=49)
    if by == "person":
        company.trouble("track", number, DELAY)
    pass_clock(company.workplace)
    before = exceptions(company.workplace.settings, company.now)
    hear(company, S.REFUSED, first=48)

    (found,) = exceptions(company.workplace.settings, company.now)
    assert found.detail["tracking"]["state"] == "refused"
    assert before[0].detail.items() <= found.detail.items()
    assert ("track", "exception_updated") in company.events(number)
    company.resolve("exc", number, ExceptionPath.EXPEDITE, eta=company.now, told="by phone")
    hear(company, S.REFUSED, first=49)
    assert company.exceptions(number) == []
    assert company.flaws() == []


def test_what_a_person_dealt_with_is_not_told_again(company: Company) -> None:
    number = on_its_way(company)
    hear(company, S.RETURNING, first=3)
    company.resolve("exc", number, ExceptionPath.EXPEDITE, eta=company.now, told="by phone")
    hear(company, S.RETURNING, first=4)
    hear(company, S.PROBLEM, first=2)
    assert company.exceptions(number) == []

    hear(company, S.RETURNED, first=6)
    assert company.exceptions(number) == [DELAY]


def test_the_exception_tells_of_what_became_of_it(company: Company) -> None:
    on_its_way(company)
    hear(company, S.PROBLEM, S.RETURNING)

    (found,) = exceptions(company.workplace.settings, company.now)
    assert found.detail["tracking"]["state"] == "returning"


def test_the_senders_signature_is_not_the_customers(company: Company) -> None:
    number = on_its_way(company)
    hear(company, S.REFUSED, S.RETURNING, S.SIGNED)

    assert company.stages(number) == [Stage.TRACKING]
    assert company.exceptions(number) == [DELAY]
    assert company.parcels(number)[0].signed_at is None


def test_a_return_told_after_its_signature_takes_it_back(company: Company) -> None:
    number = on_its_way(company)
    hear(company, S.SIGNED, first=5)
    assert company.stages(number) == [Stage.CONFIRMATION]
    hear(company, S.RETURNING, first=3)

    assert company.stages(number) == [Stage.TRACKING]
    assert company.exceptions(number) == [DELAY]
    assert company.parcels(number)[0].signed_at is None
    assert company.flaws() == []


def test_an_ended_order_stays_ended(company: Company) -> None:
    number = on_its_way(company)
    hear(company, S.SIGNED, first=5)
    company.bring(number, None)
    hear(company, S.RETURNING, S.PROBLEM)

    assert company.condition(number) is Condition.COMPLETED
    assert company.parcels(number)[0].signed_at is not None


def test_a_signature_on_hold_ends_the_tracking_with_the_hold(company: Company) -> None:
    number = on_its_way(company)
    orders.hold(company.workplace, "boss", number, reason="the customer asks")
    hear(company, S.SIGNED)
    assert company.stages(number) == [Stage.TRACKING]
    company.later(hours=72)
    orders.release(company.workplace, "boss", number, reason="go on")

    assert company.stages(number) == [Stage.CONFIRMATION]
    assert company.parcels(number)[0].signed_at == MONDAY + timedelta(hours=1)
    assert company.flaws() == []


def test_a_hold_ends_no_tracking_of_what_is_on_its_way(company: Company) -> None:
    number = on_its_way(company)
    parcels.add_parcel(company.workplace, "ship", number, "W2")
    orders.hold(company.workplace, "boss", number, reason="the customer asks")
    hear(company, S.SIGNED)
    orders.release(company.workplace, "boss", number, reason="go on")

    assert company.stages(number) == [Stage.TRACKING]
    hear(company, S.SIGNED, waybill="W2")
    assert company.stages(number) == [Stage.CONFIRMATION]


def test_one_parcel_of_two_keeps_the_exception(company: Company) -> None:
    number = on_its_way(company)
    with transaction():
        parcel = company.parcels(number)[0]
        type(parcel).create(
            order=parcel.order_id,
            round=parcel.round,
            carrier=parcel.carrier,
            waybill="W2",
            shipped_at=parcel.shipped_at,
        )
    hear(company, S.PROBLEM)
    hear(company, S.REFUSED, waybill="W2", first=2)
    hear(company, S.IN_TRANSIT, first=3)

    (found,) = exceptions(company.workplace.settings, company.now)
    assert (found.detail["tracking"]["waybill"], found.kind) == ("W2", DELAY)
    assert company.exceptions(number) == [DELAY]


@pytest.mark.parametrize(
    ("carrier", "kept"),
    [("sf-express", True), ("SF", True), ("", True), ("老王", True), ("中通", False)],
)
def test_a_carrier_by_any_name(company: Company, carrier: str, kept: bool) -> None:
    number = on_its_way(company)
    signed = TrackingDraft(carrier, "W1", S.SIGNED, company.now, row=1)
    refused = hearing.note_tracking(company.workplace, "track", [signed])

    assert (refused == {}) is kept
    assert company.stages(number) == [Stage.CONFIRMATION if kept else Stage.TRACKING]


def test_an_unknown_name_is_taken_for_the_only_parcel_alone(company: Company) -> None:
    numbers = [on_its_way(company), on_its_way(company, carrier="中通")]
    signed = TrackingDraft("老王", "W1", S.SIGNED, company.now, row=1)
    assert set(hearing.note_tracking(company.workplace, "track", [signed])) == {1}
    hear(company, S.SIGNED, carrier="zto-express")

    assert [company.stages(one) for one in numbers] == [[Stage.TRACKING], [Stage.CONFIRMATION]]


def test_a_parcel_that_was_never_found(company: Company) -> None:
    number = on_its_way(company)
    lost = TrackingDraft("shunfeng", "W1", S.EXPIRED, None, "3天查询无记录", row=1)
    for _ in range(2):
        assert hearing.note_tracking(company.workplace, "track", [lost]) == {}
    assert company.exceptions(number) == [DELAY]
    hear(company, S.IN_TRANSIT)
    hearing.note_tracking(company.workplace, "track", [lost])
    assert company.exceptions(number) == []


# -- any order ------------------------------------------------------------------------------------

JOURNEYS = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(S)), min_size=1, max_size=5)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JOURNEYS, st.randoms())
def test_news_in_any_order_and_any_parts_come_to_the_same(
    company: Company, steps: list[tuple[int, S]], chance: random.Random
) -> None:
    """Signed or not, and in trouble or not; only when an exception was open in between differs."""
    mixed = steps + chance.choices(steps, k=2)
    chance.shuffle(mixed)
    cut = chance.randrange(len(mixed) + 1)
    ends = {
        outcome(company, parts)
        for parts in ([sorted(steps)], [[one] for one in mixed], [mixed[:cut], mixed[cut:]])
    }

    assert len(ends) == 1


def outcome(company: Company, parts: list[list[tuple[int, S]]]) -> tuple[object, ...]:
    """What becomes of an order whose parcel's journey is told in these parts."""
    with reading(), the_database.atomic() as changes:
        number = on_its_way(company)
        for part in parts:
            drafts = [
                TrackingDraft("", "W1", state, MONDAY + timedelta(hours=hour))
                for hour, state in part
            ]
            hearing.note_tracking(company.workplace, "track", drafts)
        found = (
            company.parcels(number)[0].signed_at,
            tuple(company.stages(number)),
            tuple(company.exceptions(number)),
            company.condition(number),
        )
        changes.rollback()
    return found


@pytest.mark.parametrize("days", [4000, -4000, 2, -31])
def test_a_time_that_can_not_be_is_refused_and_signs_for_nothing(
    company: Company, days: int
) -> None:
    number = on_its_way(company)
    at = company.now + timedelta(days=days)
    wrong = TrackingDraft("shunfeng", "W1", S.SIGNED, at, "x", row=7)
    right = TrackingDraft("shunfeng", "W1", S.IN_TRANSIT, company.now, "x", row=8)
    refused = hearing.note_tracking(company.workplace, "track", [wrong, right])
    assert list(refused) == [7]
    assert "can't be right for W1" in str(refused[7])
    assert company.stages(number) == [Stage.TRACKING]
    hear(company, S.PROBLEM)
    assert company.exceptions(number) == [DELAY]


def test_shipping_may_be_entered_after_the_parcel_has_left(company: Company) -> None:
    number = on_its_way(company)
    hear(company, S.SIGNED, first=-48)
    assert company.stages(number) == [Stage.CONFIRMATION]


def test_news_of_a_label_that_was_replaced_are_told_as_such(company: Company) -> None:
    number = on_its_way(company)
    hear(company, S.PROBLEM)
    other = dict[str, Any](carrier="YTO", waybill="W2", eta=company.now, told="by phone")
    company.resolve("exc", number, ExceptionPath.RECARRY, **other)
    late = TrackingDraft("shunfeng", "W1", S.SIGNED, company.now, "x", row=7)
    refused = hearing.note_tracking(company.workplace, "track", [late])
    assert "W1 has gone on with another one" in str(refused[7])
    assert company.stages(number) == [Stage.TRACKING]


@pytest.mark.parametrize("told", ["sf123", " SF123 ", "SF 123", "ＳＦ１２３"])
def test_a_waybill_is_known_however_it_is_written(company: Company, told: str) -> None:
    number = on_its_way(company, waybill="SF123")
    hear(company, S.SIGNED, waybill=told)
    assert company.stages(number) == [Stage.CONFIRMATION]


def test_a_waybill_that_is_written_exactly_so_comes_first(company: Company) -> None:
    exact, other = (on_its_way(company, waybill=waybill) for waybill in ("ab1", "AB1"))
    hear(company, S.SIGNED, waybill="ab1")
    assert company.stages(exact) == [Stage.CONFIRMATION]
    assert company.stages(other) == [Stage.TRACKING]


# -- numbers given again --------------------------------------------------------------------------


def given_again(company: Company, **draft: str) -> tuple[str, str, int]:
    """Two orders whose parcels have one number in turn, and the hour of the second."""
    first = on_its_way(company)
    hear(company, S.REFUSED, S.IN_TRANSIT, S.SIGNED)
    company.resolve("exc", first, ExceptionPath.EXPEDITE, eta=company.now, told="by phone")
    hear(company, S.UNKNOWN, first=9)
    company.finish(first, Stage.TRACKING)
    company.bring(first, None)
    company.later(days=200)
    second = company.ordered(Stage.SHIPPING, **draft)
    company.finish(second, Stage.SHIPPING, carrier="顺丰速运", waybill="W1")
    return first, second, 200 * 24


@pytest.mark.parametrize("draft", [{}, {"contact": "13900139000"}])
def test_a_number_given_again_is_another_parcel(company: Company, draft: dict[str, str]) -> None:
    first, second, hour = given_again(company, **draft)
    (row,) = parcels_on_their_way(ON_THEIR_WAY, company.workplace.settings, company.now)
    assert (row.number, row.journey) == (second, None)
    told = company.events(first)
    hear(company, S.PICKED_UP, first=hour)

    assert company.stages(second) == [Stage.TRACKING]
    assert company.exceptions(second) == []
    assert company.parcels(second)[0].signed_at is None
    assert company.events(first) == told
    hear(company, S.SIGNED, first=hour + 1)
    assert company.stages(second) == [Stage.CONFIRMATION]


def test_old_news_of_a_number_are_of_its_old_parcel(company: Company) -> None:
    first, second, _ = given_again(company)
    hear(company, S.OUT_FOR_DELIVERY, first=2)

    assert company.events(first)[-1] == ("track", "tracked")
    assert ("track", "tracked") not in company.events(second)


def test_a_parcel_on_its_way_keeps_its_number(company: Company) -> None:
    number = on_its_way(company)
    company.later(days=200)
    other = company.ordered(Stage.SHIPPING, contact="13900139000")
    with pytest.raises(Refusal, match=f"is on the parcel of {number}"):
        company.finish(other, Stage.SHIPPING, carrier="顺丰速运", waybill="W1")


# -- what is refused, and what is known -----------------------------------------------------------


@pytest.mark.parametrize(
    ("carrier", "end"), [("", "the waybill NOPE9"), ("SF", "the waybill NOPE9 of SF")]
)
def test_a_waybill_that_nobody_has_shipped(company: Company, carrier: str, end: str) -> None:
    draft = TrackingDraft(carrier, "NOPE9", S.SIGNED, company.now, row=2)
    refused = hearing.note_tracking(company.workplace, "track", [draft])
    assert str(refused[2]) == f"row 2: no parcel has {end}"


def test_who_may_not_import_is_refused_what_is_known_as_well(company: Company) -> None:
    on_its_way(company)
    with pytest.raises(Refusal):
        hearing.note_tracking(company.workplace, "wall", [])


def test_orders_in_one_parcel_hear_the_same_of_it(company: Company) -> None:
    numbers = [on_its_way(company), on_its_way(company)]
    hear(company, S.IN_TRANSIT, S.SIGNED)
    for number in numbers:
        assert company.stages(number) == [Stage.CONFIRMATION]
        assert [kind for _, kind in company.events(number)].count("tracked") == 2


# -- answers --------------------------------------------------------------------------------------


def answer(company: Company, number: str, *scores: int, comment: str = "慢") -> None:
    speed, accuracy, service = scores
    draft = SurveyDraft(number, speed, accuracy, service, comment=comment)
    assert hearing.note_survey(company.workplace, "track", [draft]) == {}


def test_a_bad_score_is_followed_up_and_the_order_is_completed_again(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(None)
    answer(company, number, 5, 2, 4)
    answer(company, number, 5, 2, 4)

    assert company.exceptions(number) == [FOLLOW_UP]
    assert company.condition(number) is Condition.EXCEPTION
    (found,) = exceptions(company.workplace.settings, company.now)
    assert detail_text(found.detail, "en") == "speed 5, accuracy 2, service 4; 慢"
    with pytest.raises(Refusal, match="may not do this"):
        company.resolve("sales", number, note="called")
    company.resolve("boss", number, ExceptionPath.SETTLE, note="called, sent a voucher")
    assert company.condition(number) is Condition.COMPLETED
    assert company.flaws() == []


def test_a_corrected_score_ends_the_follow_up(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(None)
    answer(company, number, 1, 1, 1)
    answer(company, number, 1, 1, 2, comment="meant this")
    (found,) = exceptions(company.workplace.settings, company.now)
    assert found.detail["comment"] == "meant this"
    answer(company, number, 5, 5, 4)

    assert company.exceptions(number) == []
    assert company.paths(number) == [ExceptionPath.SETTLE]
    assert company.condition(number) is Condition.COMPLETED
    with reading():
        assert SurveyReply.select().count() == 1
    told = [kind for _, kind in company.events(number) if kind == "surveyed"]
    assert len(told) == 3


def test_an_answer_told_again_overturns_no_later_one(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(None)
    answer(company, number, 1, 1, 1)
    corrected = SurveyDraft(number, 5, 5, 5, comment="a new one came")
    hearing.note_answer(company.workplace, "track", corrected)
    company.later(days=7)
    answer(company, number, 1, 1, 1)

    assert company.exceptions(number) == []
    with reading():
        assert SurveyReply.get().comment == "a new one came"
    answer(company, number, 1, 1, 2)
    assert company.exceptions(number) == [FOLLOW_UP]


def test_what_was_erased_comes_back_with_no_file(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(None)
    answer(company, number, 5, 5, 5, comment="王小明: 谢谢")
    orders.erase(company.workplace, "admin", number, reason="asked for")
    draft = SurveyDraft(number, 5, 5, 5, comment="王小明: 谢谢", row=3)
    refused = hearing.note_survey(company.workplace, "track", [draft])

    assert "row 3: the personal data of" in str(refused[3])
    with reading():
        assert SurveyReply.get().comment == ""
    with pytest.raises(Refusal, match="is erased"):
        hearing.note_answer(company.workplace, "track", draft)


def test_a_follow_up_holds_up_nothing_and_opens_by_itself_alone(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.CONFIRMATION)
    answer(company, number, 1, 5, 5)
    company.confirm("track", number)
    assert company.row(number).completed_at is not None
    assert company.condition(number) is Condition.EXCEPTION
    with reading():
        assert OrderException.get().due_at > company.now
    company.resolve("boss", number, note="called")
    with pytest.raises(Refusal, match="opens by itself"):
        company.trouble("boss", number, FOLLOW_UP)


def test_an_answer_finds_its_order_however_the_number_is_typed(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(None)
    for typed in (number.lower(), f" {number} ", number.replace("-", "－")):
        answer(company, typed, 5, 5, 5)
    with reading():
        assert SurveyReply.select().count() == 1
