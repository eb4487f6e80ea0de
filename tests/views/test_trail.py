"""An order's story, told from its events."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orderterm.terms import EventKind, Stage
from orderterm.views.trail import EventRow, step_text, story

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


def test_every_stage_is_told_in_its_own_words() -> None:
    told = {step_text("stage_done", {"stage": stage.value}, "zh") for stage in Stage}
    assert len(told) == len(Stage)
