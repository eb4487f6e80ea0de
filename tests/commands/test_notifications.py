"""What a person is told of, and notes, from the command line."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def test_what_sales_should_know(program: Any) -> None:
    number = program.order("N4")
    (told,) = program.json("notifications", "--as", "sa")
    assert list(told) == [
        "id",
        "kind",
        "order_number",
        "level",
        "raised_at",
        "facts",
        "text",
    ]
    assert (told["kind"], told["order_number"], told["level"]) == ("information", number, 0)
    assert told["facts"]["fields"] == ["contact"]
    assert told["raised_at"].endswith("+08:00")
    assert told["text"].startswith(f"{number} waits for information: ")
    assert told["text"] in program("notifications", "--as", "sa")


def test_one_is_read_and_stays_so(program: Any) -> None:
    (told,) = program.json("notifications", "--as", "sa")
    said = program("notifications", "--as", "sa", "--acknowledge", str(told["id"]))
    assert said == f"notification {told['id']} is read\nno unread notifications\n"
    assert program.json("notifications", "--as", "sa") == []


def test_how_many_are_left_where_not_all_are_listed(program: Any, home: Path) -> None:
    with closing(sqlite3.connect(home / "orderterm.db")) as database:
        database.execute("DELETE FROM notification")
        rows = [(f"handover:{key}", f"2026-11-22T08:00:00.{key:03}Z") for key in range(250)]
        database.executemany(
            "INSERT INTO notification (recipient, kind, subject, level, payload, raised_at) "
            """VALUES ('sa', 'handover', ?, 0, '{"role": "sales", "giver": "m"}', ?)""",
            rows,
        )
        database.commit()
    last = program("notifications", "--as", "sa").splitlines()[-1]
    assert last == "50 older ones come up once these are read"
    listed = program.run("notifications", "--as", "sa", "--json")
    assert len(json.loads(listed.stdout)) == 200
    assert listed.stderr == f"{last}\n"
    program("notifications", "--as", "sa", "--acknowledge", "all")
    assert program("notifications", "--as", "sa") == "no unread notifications\n"


def test_all_are_read(program: Any) -> None:
    program("notifications", "--as", "sa")
    assert program("notifications", "--as", "sa", "--acknowledge", "all").startswith(
        "marked as read: 1\n"
    )
    assert program.json("notifications", "--as", "sa", "--acknowledge", "all") == []


def test_the_list_speaks_chinese(chinese: Any) -> None:
    assert "待补充" in chinese("notifications", "--as", "sa")


def test_refusals(program: Any) -> None:
    assert "nobody has the badge zz" in program.refused("notifications", "--as", "zz")
    (told,) = program.json("notifications", "--as", "sa")
    other = program.refused("notifications", "--as", "m", "--acknowledge", str(told["id"]))
    assert f"has no notification {told['id']}" in other
    for wrong in ("some", "-1", "1.5", "９", "1" * 30):
        assert "--acknowledge" in program.misused(
            "notifications", "--as", "sa", f"--acknowledge={wrong}"
        )


def test_a_note_is_on_the_trail(program: Any) -> None:
    number = program.order("N1")
    said = program("note", number, "--as", "t", "--text", "周二送货", "--with-customer")
    assert said == f"the note is on the trail of {number}\n"
    shown = program("show", number)
    assert "called the customer" in shown
    assert "周二送货" in shown
    assert "called the customer: 周二送货 (钱七, " in program("audit", number)
    answer = program.json("note", number, "--as", "t", "--text", "箱子压坏")
    assert answer["changed"] is True
    last = answer["order"]["timeline"][-1]
    assert (last["kind"], last["note"]) == ("noted", "箱子压坏")
    assert last["facts"]["with_customer"] is False


def test_a_note_is_refused(program: Any) -> None:
    number = program.order("N1")
    assert "may not do this" in program.refused("note", number, "--as", "su", "--text", "x")
    assert "say what is to be noted" in program.refused("note", number, "--as", "t", "--text", " ")
    assert "there is no order" in program.refused(
        "note", "20200101-EC-001", "--as", "t", "--text=x"
    )
