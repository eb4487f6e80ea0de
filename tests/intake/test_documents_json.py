"""JSON: own template and its dangers."""

import json
from typing import Any

import pytest

from orderterm.rules.drafts import StockDraft
from tests.intake.desk import Desk, wrongs

ORDER: dict[str, Any] = {
    "channel_order_number": "A-1",
    "ordered_at": "2026-09-10T08:00:00+02:00",
    "customer_name": "Ann",
    "contact": "1",
    "address": "Street 1",
}


def test_an_object_a_line(desk: Desk) -> None:
    rows = [
        ORDER | {"sku": "B", "quantity": 2},
        ORDER | {"sku": "A", "quantity": 1, "unit_price": 4.5},
    ]

    order = desk.order(json.dumps(rows), "file.json")

    assert [(line.sku, line.quantity, line.unit_price) for line in order.lines] == [
        ("A", 1, 450),
        ("B", 2, None),
    ]
    assert order.ordered_at is not None
    assert order.ordered_at.isoformat() == "2026-09-10T06:00:00+00:00"


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"orders": rows}])
def test_an_object_an_order_with_its_lines(desk: Desk, wrap: Any) -> None:
    lines = [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": "2"}]
    rows = [ORDER | {"lines": lines}, ORDER | {"channel_order_number": "A-2", "lines": []}]

    first, second = desk.orders(json.dumps(wrap(rows)), "file.json")

    assert [line.sku for line in first.lines] == ["A", "B"]
    assert (second.channel_order_number, second.lines, second.row) == ("A-2", [], 2)


def test_a_single_object_is_an_order(desk: Desk) -> None:
    record = ORDER | {"lines": [{"sku": "A", "quantity": 1}]}

    assert desk.order(json.dumps(record), "file.txt").lines[0].sku == "A"


def test_other_kinds(desk: Desk) -> None:
    document = desk.read('[{"sku": "A", "on_hand": 7}]', "file.json")

    assert document.drafts == [StockDraft("A", 7, row=1)]


def test_long_ids_keep_every_digit(desk: Desk) -> None:
    text = json.dumps([ORDER | {"sku": "A", "quantity": 1, "channel_order_number": 10**18 + 7}])

    assert desk.order(text, "file.json").channel_order_number == "1000000000000000007"


def test_numbers_too_large_are_a_problem_of_the_order(desk: Desk) -> None:
    text = json.dumps([ORDER | {"sku": "A", "quantity": 0}]).replace(": 0", ": 1" + "0" * 5000)

    order = desk.order(text, "file.json")

    assert order.lines[0].quantity is None
    assert "line1.quantity" in wrongs(order)


def test_escaped_controls_and_lone_surrogates_are_taken_out(desk: Desk) -> None:
    text = json.dumps([ORDER | {"sku": "A", "quantity": 1, "customer_name": "A\x1b\0\ud800B"}])

    assert desk.order(text, "file.json").customer_name == "AB"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[" * 10_000 + "]" * 10_000, "nested too deep"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested too deep"),
        ('[{"sku": "A", "on_hand": NaN}]', "NaN"),
        ('[{"sku": "A", "on_hand": -Infinity}]', "-Infinity"),
        ('[{"sku": "A", "sku": "B", "on_hand": 1}]', "'sku' twice"),
        ('[{"sku": "A"', "not proper JSON: line 1, column 13"),
        ("[]", "holds no rows"),
        ("3", "holds no rows"),
        ('{"a": 1}', "has no header"),
        ('{"a": [1, 2]}', "has no header"),
    ],
)
def test_documents_that_are_refused(desk: Desk, text: str, why: str) -> None:
    assert why in desk.reason(text, "bad.json")


def test_json_that_is_not_utf_8_is_refused(desk: Desk) -> None:
    reason = desk.reason('[{"sku": "保温杯", "on_hand": 1}]', "bad.json", "gbk")

    assert "is not UTF-8" in reason


def test_deep_values_inside_a_record_harm_nothing(desk: Desk) -> None:
    deep = "[" * 300 + "]" * 300
    text = f'[{{"sku": "A", "on_hand": 1, "x": {deep}, "y": {"{" + chr(34)}z": {deep}}}}}]'

    assert desk.read(text, "file.json").drafts == [StockDraft("A", 1, row=1)]


def test_objects_far_inside_a_record_harm_nothing(desk: Desk) -> None:
    deep = '{"z":' * 800 + "1" + "}" * 800

    document = desk.read(f'[{{"sku": "A", "on_hand": 1, "x": {deep}}}]', "file.json")

    assert document.drafts == [StockDraft("A", 1, row=1)]
    assert max(column.count(".") for column in document.header) < 10


def test_elements_that_are_no_objects_are_rejected_rows(desk: Desk) -> None:
    document = desk.read('[{"sku": "A", "on_hand": 1}, 5, null]', "file.json")

    assert len(document.drafts) == 1
    assert [row.row for row in document.rejected] == [2]


def test_list_of_words_is_one_text(desk: Desk) -> None:
    text = json.dumps([ORDER | {"sku": "A", "quantity": 1, "note": ["gift", "red"], "shop": True}])

    order = desk.order(text, "file.json")

    assert (order.note, order.shop) == ("gift, red", "true")
