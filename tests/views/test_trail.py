"""An order's story, told from its events."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orderterm.terms import EventKind, Stage
from orderterm.views.order import order
from orderterm.views.trail import EventRow, events, step_text, story
from orderterm.workflow.escalations import pass_clock
from orderterm.workflow.handover import hand_over, take_over
from tests.contract.company import Company

AT = datetime(2026, 11, 22, 23, 50, tzinfo=ZoneInfo("Asia/Shanghai"))


def event(kind: str, minutes: int, name: str = "张三", **facts: Any) -> EventRow:
    """An event some minutes after the first one; without facts its payload was erased."""
    payload = {"salt": "x", **facts} if facts else None
    at = AT + timedelta(minutes=minutes)
    return EventRow(1, at, "z", name, "t1", "N", kind, payload, "", "", "")


def test_the_form_of_a_story() -> None:
    told = [
        event("received", 0, lines=1),
        event("stage_done", 1, stage="review"),
        event("claimed", 2, stage="allocation"),
        event("stage_done", 3, "李四", stage="allocation"),
    ]
    assert story("N", told, "zh").endswith("N: 审核通过(张三, 23:51) → 库存锁定(李四, 23:53)")
    assert story("N", told, "en").endswith(
        "N: review passed (张三, 23:51) → stock allocated (李四, 23:53)"
    )


def test_the_date_is_told_when_the_day_changes() -> None:
    told = [event("stage_done", m, stage="review") for m in (0, 20, 30)]
    steps = story("N", told, "zh").partition("N: ")[2]
    assert steps == "审核通过(张三, 23:50) → 审核通过(张三, 11-23 00:10) → 审核通过(张三, 00:20)"


def test_a_badge_stands_for_who_is_not_on_the_staff() -> None:
    assert story("N", [event("held", 0, "", reason="x")], "zh").endswith("挂起(z, 23:50)")


def test_a_note_is_told_in_its_own_words() -> None:
    told = [
        event("noted", 0, note="he wants it on Tuesday", with_customer=True),
        event("noted", 1, "李四", note="the box is dented", with_customer=False),
        event("noted", 2),
    ]
    assert story("N", told, "en").partition("N: ")[2] == (
        "called the customer: he wants it on Tuesday (张三, 23:50) → "
        "note: the box is dented (李四, 23:51) → note (张三, 23:52)"
    )


@pytest.mark.parametrize("kind", list(EventKind))
def test_every_kind_of_event_is_told_also_when_erased(kind: EventKind) -> None:
    for language in ("zh", "en"):
        assert step_text(kind.value, {}, language) == kind.label(language)


@pytest.mark.parametrize(
    ("kind", "facts", "told"),
    [
        ("stage_done", {"stage": "shipping"}, "已发货"),
        ("undone", {"undone": "stage_done", "stage": "review"}, "撤销: 审核"),
        ("undone", {"undone": "cancelled", "stage": None}, "撤销: 取消"),
        ("priority_changed", {"before": "normal", "after": "urgent"}, "调整优先级: 常规 → 紧急"),
        ("exception_raised", {"exception": "shortage"}, "异常: 库存不足"),
        ("exception_updated", {"exception": "change_request"}, "异常更新: 需求变更"),
        ("channel_status", {"before": "open", "after": "shipped"}, "渠道状态: 待发货 → 已发货"),
        ("staff_disabled", {"badge": "z"}, "停用员工: z"),
        ("noted", {"note": "周二到", "with_customer": True}, "致电客户"),
        ("noted", {"note": "周二到", "with_customer": False}, "沟通记录"),
        ("made_later", {"x": 1}, "made_later"),
    ],
)
def test_what_matters_of_an_event(kind: str, facts: dict[str, Any], told: str) -> None:
    assert step_text(kind, facts, "zh") == told


@pytest.mark.parametrize(
    ("kind", "facts", "told"),
    [
        (
            "escalated",
            {"stage": "review", "level": 2, "told": ["boss", "z"]},
            "escalated: review, level 2, told: 王经理, z",
        ),
        (
            "escalated",
            {"exception": "shortage", "level": 1, "told": []},
            "escalated: shortage, level 1, told: nobody",
        ),
        (
            "escalated",
            {"message": "survey", "level": 1, "told": ["boss"]},
            "escalated: survey, level 1, told: 王经理",
        ),
        (
            "handed_over",
            {"role": "preparation", "open": 5, "overdue": 2},
            "handed over: preparation, 5 open, 2 overdue",
        ),
        (
            "taken_over",
            {"role": "preparation", "given_by": "boss", "tasks": 3},
            "taken over: preparation from 王经理, tasks: 3",
        ),
    ],
)
def test_who_was_told_and_who_gave_what(kind: str, facts: dict[str, Any], told: str) -> None:
    assert step_text(kind, facts, "en", {"boss": "王经理"}) == told


def test_they_are_told_by_name(company: Company) -> None:
    number = company.order()
    company.later(hours=2)
    pass_clock(company.workplace)
    hand_over(company.workplace, "rev")
    take_over(company.workplace, "admin", 1)
    settings = company.workplace.settings
    told = [step_text(one.kind, one.facts, "en", one.people) for one in events(settings, limit=3)]
    assert told == [
        "escalated: review, level 1, told: Boss",
        "handed over: reviewer, 1 open, 1 overdue",
        "taken over: reviewer from Rev, tasks: 0",
    ]
    (entry,) = [one for one in order(number, settings, company.now).timeline if one.people]
    assert (entry.kind, entry.people) == ("escalated", {"boss": "Boss"})


LIMIT = {"clock": "working", "hours": 1.0, "days": None}
SHIFT = {"name": "早班", "start": "08:00:00", "end": "15:00:00", "days": ["monday", "sunday"]}


@pytest.mark.parametrize(
    ("key", "before", "after", "told"),
    [
        (
            "limits.review",
            LIMIT,
            {"clock": "elapsed", "hours": None, "days": 3},
            "1 working hours → 3 days",
        ),
        (
            "shifts",
            [SHIFT, {**SHIFT, "name": "晚班"}],
            [{**SHIFT, "end": "16:00:00"}, {**SHIFT, "name": "晚班"}],
            "早班 08:00–15:00 mon sun → 早班 08:00–16:00 mon sun",
        ),
        ("calendar.extra_holidays", [], ["2026-12-31", "2027-01-02"], "— → 2026-12-31, 2027-01-02"),
        ("calendar.closed_on_holidays", True, False, "yes → no"),
        ("calendar.country", "CN", "", "CN → —"),
        ("escalation.step", 0.5, 1.0, "0.5 → 1"),
        ("limits.later", None, LIMIT, "— → 1 working hours"),
    ],
)
def test_what_a_change_of_limits_or_shifts_was(
    key: str, before: object, after: object, told: str
) -> None:
    facts = {"changes": {key: [before, after]}, "moved": 4}
    expected = f"limits or shifts changed: {key}: {told}; due times moved: 4"
    assert step_text("timetable_changed", facts, "en") == expected


def test_due_times_that_moved_before_any_setting_was_on_record() -> None:
    facts = {"changes": {}, "moved": 4}
    assert step_text("timetable_changed", facts, "en").endswith("changed: due times moved: 4")


def test_every_stage_is_told_in_its_own_words() -> None:
    told = {step_text("stage_done", {"stage": stage.value}, "zh") for stage in Stage}
    assert len(told) == len(Stage)
