"""What tracking services say in JSON, in every shape they say it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderterm.intake.journeys import journeys
from orderterm.intake.profiles import load_profiles
from orderterm.rules.drafts import TrackingDraft
from orderterm.terms import FileKind
from orderterm.terms import TrackingState as S
from tests.intake.desk import Desk

ANSWER = {
    "message": "ok",
    "nu": "SF1",
    "ischeck": "0",
    "com": "shunfeng",
    "status": "200",
    "state": "5",
    "data": [
        {"time": "2026-11-22 08:00:00", "context": "派件中", "ftime": "2026-11-22 08:00:00"},
        {"time": "2026-11-21 08:00:00", "context": "离开", "ftime": "2026-11-21 08:00:00"},
    ],
}
CHECKPOINT = {
    "slug": "ups",
    "tag": "InTransit",
    "subtag": "InTransit_007",
    "checkpoint_time": "2026-11-21T08:00:00-05:00",
    "message": "Departed",
    "location": "Newark",
}
TRACKING = {
    "tracking_number": "1Z9",
    "slug": "ups",
    "tag": "InTransit",
    "checkpoints": [CHECKPOINT],
}


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def steps(desk: Desk, document: Any) -> list[TrackingDraft]:
    read = desk.read(json.dumps(document, ensure_ascii=False), "news.json")
    assert (read.kind, read.rejected) == (FileKind.TRACKING, [])
    return [draft for draft in read.drafts if isinstance(draft, TrackingDraft)]


def test_an_answer_of_kuaidi100(desk: Desk) -> None:
    assert steps(desk, ANSWER) == [
        TrackingDraft("shunfeng", "SF1", S.OUT_FOR_DELIVERY, at(22), "派件中", row=1),
        TrackingDraft("shunfeng", "SF1", S.IN_TRANSIT, at(21), "离开", row=2),
    ]


def pushed(status: str, **fields: Any) -> dict[str, Any]:
    return {"status": status, "message": "m", "lastResult": ANSWER} | fields


@pytest.mark.parametrize("status", ["polling", "shutdown", "updateall"])
def test_what_kuaidi100_pushes(desk: Desk, status: str) -> None:
    assert steps(desk, pushed(status)) == steps(desk, ANSWER)


def test_a_corrected_carrier_is_the_one_that_was_subscribed(desk: Desk) -> None:
    document = pushed("polling", autoCheck="1", comOld="yuantong", comNew="shunfeng")

    assert {step.carrier for step in steps(desk, document)} == {"yuantong"}


def test_an_abort_ends_what_was_known(desk: Desk) -> None:
    last = steps(desk, pushed("abort", message="60天无变化时"))[-1]
    assert (last.state, last.at, last.description) == (S.EXPIRED, at(22), "60天无变化时")
    empty = {**ANSWER, "data": []}
    (lost,) = steps(desk, pushed("abort", lastResult=empty))
    assert (lost.state, lost.at, lost.waybill) == (S.EXPIRED, None, "SF1")


def test_a_list_of_documents_is_numbered_by_step(desk: Desk) -> None:
    found = steps(desk, [ANSWER, pushed("polling")])
    assert [step.row for step in found] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "wrapped",
    [
        {"event": "tracking_update", "msg": TRACKING, "ts": 1},
        {"meta": {"code": 200}, "data": {"tracking": TRACKING}},
        {"meta": {"code": 200}, "data": {"page": 1, "trackings": [TRACKING]}},
        {"meta": {"code": 200}, "data": TRACKING},
        [TRACKING],
        TRACKING,
    ],
)
def test_every_wrapping_of_aftership(desk: Desk, wrapped: Any) -> None:
    assert steps(desk, wrapped) == [
        TrackingDraft("ups", "1Z9", S.IN_TRANSIT, at(21, 13), "Departed Newark", row=1)
    ]


def test_a_parcel_that_aftership_follows_no_more(desk: Desk) -> None:
    found = steps(desk, {"msg": TRACKING | {"tag": "Expired"}})
    assert [(step.state, step.at) for step in found] == [
        (S.IN_TRANSIT, at(21, 13)),
        (S.EXPIRED, at(21, 13)),
    ]


def test_the_latest_news_are_told_by_the_clock_and_not_by_its_digits(desk: Desk) -> None:
    late = CHECKPOINT | {"checkpoint_time": "2026-11-21T19:00:00-05:00"}
    early = CHECKPOINT | {"checkpoint_time": "2026-11-21T20:00:00+08:00"}
    found = steps(desk, {"msg": TRACKING | {"tag": "Expired", "checkpoints": [late, early]}})
    assert [(step.state, step.at) for step in found][-1] == (S.EXPIRED, at(22))


def test_where_the_carrier_tells_no_time_that_of_the_news_counts(desk: Desk) -> None:
    told = CHECKPOINT | {"checkpoint_time": None, "created_at": "2026-11-21T00:00:00+00:00"}
    (found,) = steps(desk, {"msg": TRACKING | {"checkpoints": [told]}})
    assert found.at == at(21)


def test_a_parcel_without_news_yet(desk: Desk) -> None:
    waiting = TRACKING | {"tag": "Pending", "checkpoints": [], "updated_at": "2026-11-21T00:00:00Z"}
    (found,) = steps(desk, {"msg": waiting})
    assert (found.state, found.at) == (S.AWAITING_PICKUP, at(21))


KUAIDI100 = {
    S.IN_TRANSIT: "0 7 1001 1002 1003",
    S.PICKED_UP: "1 103",
    S.AWAITING_PICKUP: "101 102",
    S.OUT_FOR_DELIVERY: "5",
    S.AWAITING_COLLECTION: "501",
    S.SIGNED: "3 301 302 303 304",
    S.PROBLEM: "2 13 201 202 205 207 208 209 210 401",
    S.DELIVERY_FAILED: "204 206",
    S.RETURNED: "4",
    S.RETURNING: "6",
    S.REFUSED: "14 203",
    S.CUSTOMS: "8 10 11 12",
    S.EXPIRED: "abort",
}
AFTERSHIP = {
    S.AWAITING_PICKUP: "Pending InfoReceived InfoReceived_001 Pending_005",
    S.IN_TRANSIT: "InTransit InTransit_001 InTransit_007",
    S.OUT_FOR_DELIVERY: "OutForDelivery OutForDelivery_003",
    S.DELIVERY_FAILED: "AttemptFail AttemptFail_002",
    S.SIGNED: "Delivered Delivered_001 Delivered_004",
    S.AWAITING_COLLECTION: "AvailableForPickup AvailableForPickup_001",
    S.PROBLEM: "Exception Exception_004 Exception_013",
    S.REFUSED: "Exception_003",
    S.RETURNING: "Exception_010",
    S.RETURNED: "Exception_011",
    S.EXPIRED: "Expired Expired_001",
}
OWN = {
    S.AWAITING_PICKUP: "待揽收 pending InfoReceived",
    S.PICKED_UP: "已揽收 GOT ACCEPT",
    S.IN_TRANSIT: "在途 transit TRANSIT ARRIVAL DEPARTURE",
    S.OUT_FOR_DELIVERY: "派件中 pickup SENT",
    S.AWAITING_COLLECTION: "待取件 INBOUND",
    S.SIGNED: "已签收 delivered SIGNED",
    S.DELIVERY_FAILED: "派送失败 undelivered SIGNFAIL",
    S.PROBLEM: "异常 exception ISSUE",
    S.RETURNING: "退回中 RETURN",
    S.RETURNED: "已退回",
    S.REFUSED: "拒签 REJECTION",
    S.CUSTOMS: "清关",
    S.UNKNOWN: "未知 notfound",
    S.EXPIRED: "过期 expired abort",
}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("com,nu,context,time,state", KUAIDI100),
        ("slug,tracking_number,message,checkpoint_time,tag", AFTERSHIP),
        ("物流公司,物流单号,描述,时间,状态", OWN | {S.IN_TRANSIT: OWN[S.IN_TRANSIT] + " 0"}),
        ("物流公司,物流单号,描述,时间,状态", KUAIDI100),
        ("物流公司,物流单号,描述,时间,状态", AFTERSHIP),
    ],
)
def test_every_word_of_every_service(desk: Desk, header: str, words: dict[S, str]) -> None:
    pairs = [(word, state) for state, told in words.items() for word in told.split()]
    rows = "".join(f"c,W,d,2026-11-22 08:00,{word}\n" for word, _ in pairs)

    document = desk.read(f"{header}\n{rows}")

    assert document.rejected == []
    read = [draft.state for draft in document.drafts if isinstance(draft, TrackingDraft)]
    assert dict(zip((word for word, _ in pairs), read, strict=True)) == dict(pairs)


def test_what_was_rejected_can_be_given_again(desk: Desk) -> None:
    """The rows go back with our own words for the states, under the service's header."""
    rows = "".join(f"c,W,d,2026-11-22 08:00,{state.value}\n" for state in S)
    document = desk.read(f"com,nu,context,time,state\n{rows}")
    assert (document.rejected, len(document.drafts)) == ([], len(S))


KEYS = [
    "nu",
    "com",
    "data",
    "state",
    "status",
    "lastResult",
    "ftime",
    "message",
    "msg",
    "tracking",
    "tracking_number",
    "trackings",
    "tag",
    "checkpoints",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner | st.sampled_from(["abort", "polling", "Expired"]),
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(JSON)
def test_whatever_a_document_holds_it_is_rows_of_texts(document: Any) -> None:
    for found in journeys(document):
        assert all(len(row) == len(found.header) for row in found.rows)
        assert all(isinstance(cell, str) for row in found.rows for cell in row)


def test_the_services_profiles_are_shipped() -> None:
    names = {profile.name for profile in load_profiles(None) if profile.kind is FileKind.TRACKING}
    assert names == {"aftership", "kuaidi100", "orderterm-tracking"}
