"""The forecast and the handover on the command line."""

from typing import Any

AT_ALL_HOURS = """
[[shifts]]
name = "always"
start = 00:00:00
end = 00:00:00
days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
[calendar]
closed_on_holidays = false
"""
"""Settings under which somebody is at work whenever the tests run."""


def test_the_forecast(program: Any) -> None:
    found = program.json("forecast")
    assert list(found) == ["at", "days", "queues"]
    review = found["queues"][0]
    assert (review["stage"], review["open"], review["done_at"]) == ("review", 3, None)
    text = program("forecast")
    assert text.splitlines()[0].split()[:3] == ["stage", "to", "do"]
    assert "nothing more will be late" in text


def test_what_will_be_late_is_listed(program: Any) -> None:
    (program.home / "orderterm.toml").write_text(AT_ALL_HOURS, encoding="utf-8")
    program("confirm", program.order("N1"), "--as", "z")
    found = program.json("forecast")["queues"][0]
    assert found["per_hour"] > 0
    assert ("will be late if nothing changes" in program("forecast")) == bool(found["orders"])


def test_a_shift_is_handed_over_and_taken(program: Any) -> None:
    assert program("handover", "show") == "nothing has been handed over yet\n"
    number = program.order("N1")
    program("claim", number, "--as", "z")
    said = program("handover", "give", "--as", "z", "--remark", "mind the lift")
    assert said.startswith("reviewer is handed over: 3 open, ")
    assert "remark: mind the lift" in said
    assert "1 in hand" in said
    (row,) = program.json("handover", "show")
    assert (row["role"], row["giver"], row["taken_by"]) == ("reviewer", "张三", None)
    assert program.json("handover", "show", "--handover", str(row["id"]))["id"] == row["id"]
    assert "yourself" in program.refused("handover", "take", "--as", "z")
    taken = program.json("handover", "take", "--as", "m", "--handover", str(row["id"]))
    assert taken["changed"]
    assert taken["handover"]["taken_by"] == "m"
    assert program.json("show", number)["assignee"] == "m"
    again = program.json("handover", "take", "--as", "m", "--handover", str(row["id"]))
    assert not again["changed"]
    assert "was taken over by 冯二" in again["message"]
    assert "taken over by 冯二" in program("handover", "show")


def test_refusals(program: Any) -> None:
    assert "there is no handover 7" in program.refused("handover", "show", "--handover", "7")
    assert "may not do this" in program.refused("handover", "give", "--as", "su")
    wrong = program.refused("handover", "give", "--as", "z", "--role", "shipping")
    assert "no role shipping" in wrong
    assert "no handover waits for" in program.refused("handover", "take", "--as", "s")
