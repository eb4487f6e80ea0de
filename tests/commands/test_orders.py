"""Listing orders, showing one, and carrying one to its end."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

KEYS = [
    "number",
    "channel",
    "channel_kind",
    "channel_order_number",
    "shop",
    "nature",
    "condition",
    "priority",
    "priority_rule",
    "tags",
    "stage",
    "role",
    "assignee",
    "received_at",
    "ordered_at",
    "due_at",
    "overdue",
    "customer",
    "lines",
    "exceptions",
    "ship_by",
    "shipment",
    "timeline",
]


def test_the_list_is_sorted_as_a_queue(program: Any) -> None:
    found = program.json("orders")
    assert [order["channel_order_number"] for order in found] == ["N3", "N1", "N2", "N4"]
    assert [order["priority"] for order in found] == ["urgent", "normal", "normal", "normal"]
    assert [order["condition"] for order in found][-1] == "awaiting_information"
    assert [order["role"] for order in found] == ["reviewer"] * 3 + ["sales"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--stage", "review"], ["N3", "N1", "N2"]),
        (["--stage", "shipping"], []),
        (["--role", "sales"], ["N4"]),
        (["--role", "reviewer", "--limit", "2"], ["N3", "N1"]),
        (["--priority", "urgent"], ["N3"]),
        (["--condition", "awaiting_information"], ["N4"]),
        (["--channel", "TM"], []),
        (["--channel", "EC", "--limit", "1"], ["N3"]),
        (["--overdue"], []),
    ],
)
def test_filters(program: Any, options: list[str], expected: list[str]) -> None:
    found = program.json("orders", *options)
    assert [order["channel_order_number"] for order in found] == expected


def test_ended_orders_follow_the_open_ones_newest_first(program: Any) -> None:
    for name in ("N1", "N3"):
        program("cancel", program.order(name), "--as", "m", "--reason", "不要了")
    found = program.json("orders")
    assert [order["channel_order_number"] for order in found] == ["N2", "N4", "N3", "N1"]
    assert [o["number"] for o in program.json("orders", "--condition", "cancelled")] == [
        order["number"] for order in found[2:]
    ]


def test_the_list_as_text_speaks_both_languages(program: Any, chinese: Any) -> None:
    assert "pending review" in program("orders")
    assert "待审核" in chinese("orders")
    assert "王小明" in chinese("orders")
    assert program("orders", "--stage", "refund").strip()


def test_json_of_an_order_has_the_promised_keys_first(program: Any) -> None:
    text = program("show", program.order("N1"), "--json")
    order = json.loads(text)
    assert list(order)[: len(KEYS)] == KEYS
    assert order["number"].endswith("-EC-001")
    assert order["channel"] == "EC"
    assert order["channel_kind"] == "ecommerce"
    assert order["ordered_at"] == "2026-11-22T09:00:00+08:00"
    assert order["customer"] == {
        "name": "王小明",
        "level": "",
        "contact": "13800138000",
        "address": "杭州市西湖区文三路478号",
    }
    (line,) = order["lines"]
    assert list(line)[:5] == ["sku", "name", "specification", "quantity", "allocated"]
    assert (line["sku"], line["quantity"], line["allocated"]) == ("A", 2, 0)
    assert (order["stage"], order["role"], order["assignee"]) == ("review", "reviewer", None)
    assert order["exceptions"] == []
    assert order["shipment"] is None
    assert order["overdue"] is False
    (received,) = order["timeline"]
    assert list(received)[:5] == ["at", "actor", "kind", "stage", "note"]
    assert (received["actor"], received["kind"], received["stage"]) == ("admin", "received", None)
    for moment in (order["received_at"], order["due_at"], received["at"]):
        assert datetime.fromisoformat(moment).utcoffset() is not None


def test_an_order_with_an_exception_is_with_who_resolves_it(program: Any) -> None:
    order = program.json("show", program.order("N4"))
    assert (order["stage"], order["role"]) == (None, "sales")
    (exception,) = order["exceptions"]
    assert list(exception)[:5] == ["kind", "opened_at", "due_at", "resolved_at", "resolution"]
    assert exception["kind"] == "information"
    assert order["due_at"] == exception["due_at"]
    assert exception["resolved_at"] is None


def test_the_sheet_of_an_order_speaks_both_languages(program: Any, chinese: Any) -> None:
    number = program.order("N3")
    english, han = program("show", number), chinese("show", number)
    assert number in english
    assert "urgent" in english
    assert "expedited" in english
    assert "紧急" in han
    assert "加急" in han
    assert "审核" in han
    assert "J. Dupont" in han


def test_from_review_to_the_end(program: Any) -> None:
    number = program.order("N1")
    program.work(number, "review", "allocation")
    assert program.json("show", number)["lines"][0]["allocated"] == 2
    program.work(number, "preparation", "shipping")
    shipped = program.json("show", number)
    assert (shipped["stage"], shipped["shipment"]["carrier"]) == ("tracking", "顺丰")
    assert shipped["lines"][0]["allocated"] == 2
    assert program.json("stock", "A")[0]["on_hand"] == 3
    program.work(number, "tracking")
    done = program.json("confirm", number, "--as", "t", "--note", "满意")
    assert list(done) == ["number", "changed", "message", "order"]
    assert (done["number"], done["changed"]) == (number, True)
    order = done["order"]
    assert (order["condition"], order["stage"], order["due_at"]) == ("completed", None, None)
    assert order["shipment"]["signed_at"] is not None
    assert order["timeline"][-1]["note"] == "满意"
    assert order["timeline"][-1]["name"] == "钱七"
    assert "顺丰" in program("show", number)


def test_a_stage_done_before_is_said_so_and_not_done_again(program: Any) -> None:
    number = program.order("N1")
    program.work(number, "review")
    again = program.json("confirm", number, "--as", "z", "--stage", "review")
    assert again["changed"] is False
    assert "张三" in again["message"]
    assert len(again["order"]["timeline"]) == 2


def test_refusals_are_one_sentence(program: Any) -> None:
    number = program.order("N1")
    assert "nobody has the badge xx" in program.refused("confirm", number, "--as", "xx")
    assert "there is no order 7" in program.refused("confirm", "7", "--as", "z")
    assert "there is no order 7" in program.refused("show", "7")
    assert "may not do this" in program.refused("confirm", number, "--as", "p")
    assert "may not do this" in program.refused("confirm", number, "--as", "su", "--json")
    assert "is not at shipping" in program.refused(
        "confirm", number, "--as", "s", "--stage", "shipping"
    )


def test_a_shipment_needs_its_carrier_and_waybill(program: Any) -> None:
    number = program.order("N1")
    program.work(number, "review", "allocation", "preparation")
    assert "--waybill" in program.refused("confirm", number, "--as", "s")
    program(
        "confirm", number, "--as", "s", "--carrier", "DHL", "--waybill", "1", "--eta", "2190-01-02"
    )
    shipment = program.json("show", number)["shipment"]
    assert shipment["eta"] == "2190-01-02T23:59:59+08:00"
    program("confirm", number, "--as", "t", "--signed-at", "2026-11-22 10:30")
    assert program.json("show", number)["shipment"]["signed_at"] == "2026-11-22T10:30:00+08:00"


def test_a_signature_can_not_lie_in_the_future(program: Any) -> None:
    assert "has not come yet" in program.misused(
        "confirm", program.order("N1"), "--as", "t", "--signed-at", "2190-01-01 10:00"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["confirm", "X"],
        ["confirm", "X", "--as", "z", "--eta", "soon"],
        ["confirm", "X", "--as", "z", "--eta", "0001-01-01"],
        ["confirm", "X", "--as", "z", "--amount", "much"],
        ["confirm", "X", "--as", "z", "--amount", "1.005"],
        ["confirm", "X", "--as", "z", "--amount", "-1"],
        ["confirm", "X", "--as", "z", "--restock", "A"],
        ["confirm", "X", "--as", "z", "--scrap", "A=many"],
        ["confirm", "X", "--as", "z", "--stage", "nowhere"],
        ["confirm", "X", "--as", "\udcff"],
        ["confirm", "X", "--as", "z", "--note", "a\x00b"],
        ["exception", "raise", "X", "--kind", "other", "--note", "x", "--set", "y", "--as", "z"],
        ["orders", "--limit", "0"],
        ["hold", "X", "--as", "z"],
        ["nonsense"],
    ],
)
def test_misuse_exits_2(program: Any, arguments: list[str]) -> None:
    assert "Usage:" in program.misused(*arguments)


def test_claim_take_over_and_reassign(program: Any) -> None:
    program("staff", "add", "z2", "张四", "--role", "reviewer", "--as", "admin")
    number = program.order("N1")
    assert program.json("claim", number, "--as", "z")["order"]["assignee"] == "z"
    assert program.json("claim", number, "--as", "z")["changed"] is False
    assert "张三" in program.refused("claim", number, "--as", "z2")
    assert "张三" in program.refused("confirm", number, "--as", "z2")
    program("claim", number, "--take-over", "--stage", "review", "--as", "z2")
    assert program.json("orders", "--limit", "2")[1]["assignee_name"] == "张四"
    assert "may not do this" in program.refused(
        "reassign", number, "--to", "z", "--reason", "x", "--as", "z"
    )
    program("reassign", number, "--to", "z", "--reason", "下班", "--as", "m")
    order = program.json("show", number)
    assert (order["assignee"], order["assignee_name"]) == ("z", "张三")
    assert order["timeline"][-1]["note"] == "下班"


def test_priority_hold_release_cancel_undo(program: Any, chinese: Any) -> None:
    number = program.order("N1")
    urgent = program.json("priority", number, "urgent", "--reason", "VIP", "--as", "m")["order"]
    assert (urgent["priority"], urgent["priority_rule"], urgent["priority_reason"]) == (
        "urgent",
        "override",
        "VIP",
    )
    assert "VIP" in program("show", number)
    assert program.json("hold", number, "--reason", "等电话", "--as", "sa")["changed"] is True
    held = program.json("show", number)
    assert (held["condition"], held["stages"][0]["paused"]) == ("on_hold", True)
    assert "on hold" in program.refused("confirm", number, "--as", "z")
    program("release", number, "--as", "sa")
    program.work(number, "review")
    program("undo", number, "--reason", "点错了", "--as", "z")
    assert program.json("show", number)["stage"] == "review"
    assert "审核" in chinese("show", number)
    program("cancel", number, "--reason", "不要了", "--as", "sa")
    assert program.json("show", number)["condition"] == "cancelled"


def test_overdue_work_is_marked_and_needs_a_reason(program: Any, home: Path) -> None:
    limits = '[limits]\nreview = { hours = 0.0000001, clock = "elapsed" }\n'
    (home / "orderterm.toml").write_text(limits, encoding="utf-8")
    number = program.order("N1")
    program("priority", number, "high", "--reason", "x", "--as", "m")
    order = program.json("show", number)
    assert order["overdue"] is True
    assert [one["number"] for one in program.json("orders", "--overdue")] == [number]
    assert "overdue" in program("orders", "--overdue")
    assert "--reason" in program.refused("confirm", number, "--as", "z")
    program("confirm", number, "--as", "z", "--reason", "peak_volume")
    assert "peak volume" in program("show", number)
    assert "peak volume" in program("audit", number)
    assert "peak_volume" in program("audit", number, "--json")
    assert program.json("show", number)["timeline"][-1]["note"] == "peak_volume"


def test_a_held_order_is_never_overdue(program: Any, home: Path) -> None:
    limits = '[limits]\nreview = { hours = 0.0000001, clock = "elapsed" }\n'
    (home / "orderterm.toml").write_text(limits, encoding="utf-8")
    number = program.order("N1")
    program("priority", number, "high", "--reason", "x", "--as", "m")
    program("hold", number, "--reason", "x", "--as", "m")
    assert program.json("show", number)["overdue"] is False
    assert program.json("orders", "--overdue") == []


def test_what_is_open_to_a_person_is_told_and_why_the_rest_is_not(
    program: Any, chinese: Any
) -> None:
    number = program.order("N1")
    before = program.json("show", number, "--as", "z")["actions"]
    assert [action for action, why in before.items() if why is None] == [
        "confirm",
        "claim",
        "take_over",
        "hold",
        "priority",
        "raise",
        "note",
    ]
    assert before["cancel"] == (
        "张三 (z) may not do this: cancel is for sales, exceptions, manager, administrator"
    )
    assert "received" in before["undo"]
    program("confirm", number, "--as", "z")
    after = program.json("show", number, "--as", "z")["actions"]
    assert (after["undo"], "inventory" in after["confirm"]) == (None, True)
    program("claim", number, "--as", "l")
    begun = program.json("show", number, "--as", "z")["actions"]
    assert "李四 has begun allocation" in begun["undo"]
    shown = chinese("show", number, "--as", "su")
    assert "陈三" in shown.split("\n\n")[-1]
    assert "actions" not in program.json("show", number)
    assert "nobody has the badge" in program.refused("show", number, "--as", "nobody")
