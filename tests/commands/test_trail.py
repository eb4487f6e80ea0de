"""The audit trail from the command line."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest


def test_one_orders_story_in_one_line(program: Any, chinese: Any) -> None:
    number = program.order("N1")
    program.work(number, "review", "allocation", "preparation")
    story = chinese("audit", number).splitlines()[0]
    steps = story.partition(f"{number}: ")[2].split(" → ")
    patterns = [r"审核通过\(张三, \d\d:\d\d\)", r"库存锁定\(李四, .*\)", r"备货完成\(王五, .*\)"]
    assert len(steps) == len(patterns)
    for step, pattern in zip(steps, patterns, strict=True):
        assert re.fullmatch(pattern, step)
    assert "review passed (张三, " in program("audit", number)


def test_the_story_tells_what_else_happened(program: Any) -> None:
    number = program.order("N2")
    assert "received (admin, " in program("audit", number)
    program.work(number, "review", "allocation")
    program(
        "exception", "resolve", number, "--path", "delay", "--until", "2190-01-01",
        "--agreed", "电话", "--as", "m",
    )  # fmt: skip
    program("priority", number, "high", "--reason", "x", "--as", "m")
    program("hold", number, "--reason", "x", "--as", "m")
    program("release", number, "--as", "m")
    program("claim", number, "--as", "l")
    program("reassign", number, "--to", "m", "--reason", "x", "--as", "m")
    program("cancel", number, "--reason", "x", "--as", "m")
    story = program("audit", number).splitlines()[0]
    for step in (
        "shortage (李四",
        "shortage, ",
        "normal → high",
        "put on hold (冯二",
        "released",
        "allocation to m",
        "cancelled",
    ):
        assert step in story
    assert "claimed" not in story
    assert "claimed: allocation" in program("audit", number)
    program("undo", number, "--reason", "x", "--as", "m")
    assert "undone: cancelled" in program("audit", number)


def test_the_whole_trail(program: Any) -> None:
    events = program.json("audit")
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["order"].endswith("-EC-004")
    assert {"staff_added", "catalogue", "stock_counted", "received"} <= {e["kind"] for e in events}
    assert [e["id"] for e in program.json("audit", "--limit", "2")] == [
        events[-2]["id"],
        events[-1]["id"],
    ]
    assert "3 products" in program("audit")
    number = program.order("N1")
    assert [event["order"] for event in program.json("audit", number)] == [number]
    assert program.json("audit", "list", number) == program.json("audit", number)
    assert "there is no order 7" in program.refused("audit", "7")


def test_a_whole_trail_verifies(program: Any) -> None:
    assert "whole" in program("audit", "verify")
    verified = program.json("audit", "verify")
    assert verified["ok"] is True
    assert verified["flaws"] == []
    assert verified["events"] == len(program.json("audit", "--limit", "1000"))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE event SET actor = 'nobody' WHERE id = 3",
        "DELETE FROM event WHERE id = 3",
    ],
)
def test_a_damaged_trail_is_named_and_exits_1(program: Any, home: Path, damage: str) -> None:
    with closing(sqlite3.connect(home / "orderterm.db")) as database:
        for trigger in ("event_no_update", "event_no_delete"):
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute(damage)
        database.commit()
    result = program.run("audit", "verify")
    assert result.exit_code == 1
    assert "event 3" in result.stdout
    assert "does not hold" in result.stderr
    result = program.run("audit", "verify", "--json")
    assert result.exit_code == 1
    assert '"event": 3' in result.stdout
    doctor = program.run("doctor")
    assert doctor.exit_code == 1
    assert "wrong" in doctor.stdout
    assert "audit verify" in doctor.stdout


def test_erasing_personal_data(program: Any) -> None:
    number = program.order("N1")
    reason = ("--reason", "客户要求")
    assert "has not ended" in program.refused("audit", "erase", number, "--as", "admin", *reason)
    assert "may not do this" in program.refused("audit", "erase", number, "--as", "m", *reason)
    program("cancel", number, "--as", "m", *reason)
    program("audit", "erase", number, "--as", "admin", *reason)
    assert program.json("show", number)["customer"]["name"] == ""
    assert program.json("audit", number)[0]["payload"] is None
    assert "personal data erased" in program("audit", number)
    assert program.json("audit", "verify")["ok"] is True


def test_help(program: Any) -> None:
    assert "verify" in program("audit", "--help")
