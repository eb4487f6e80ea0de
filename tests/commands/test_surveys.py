"""Customers' answers, noted and shown from the command line."""

from typing import Any


def ended(program: Any) -> str:
    number: str = program.order("N1")
    stages = ("review", "allocation", "preparation", "shipping", "tracking", "confirmation")
    program.work(number, *stages)
    return number


def test_an_answer_by_phone_and_its_follow_up(program: Any, chinese: Any) -> None:
    number = ended(program)
    scores = ("--speed", "4", "--accuracy", "2", "--service", "5")
    said = program("survey", number, *scores, "--comment", "wrong colour", "--as", "m")
    assert f"{number}: the answer is noted (4 2 5)" in said
    (found,) = program.json("exception", "list", "--kind", "follow_up")
    assert (found["number"], found["role"]) == (number, "manager")
    assert "wrong colour" in program("exception", "list")
    assert program.json("show", number)["condition"] == "exception"

    listed = program.json("survey", "list")
    assert (listed["total"]["count"], listed["total"]["bad"]) == (1, 1.0)
    assert [one["key"] for one in listed["by_channel"]] == [number.split("-")[1]]
    assert "wrong colour" in program("survey", "list")
    assert "wrong colour" in chinese("survey", "list")

    options = ("--path", "settle", "--note", "sent another one", "--as", "m")
    done = program.json("exception", "resolve", number, *options)
    assert done["order"]["condition"] == "completed"


def test_what_can_not_be_noted_is_said(program: Any) -> None:
    number = program.order("N1")
    scores = ("--speed", "4", "--accuracy", "4", "--service", "5", "--as", "m")
    assert "has not been shipped" in program.refused("survey", number, *scores)
    assert "there is no order" in program.refused("survey", "20200101-EC-001", *scores)
    program.misused("survey", number, "--speed", "6", "--as", "m")
    options = ("--kind", "follow_up", "--note", "so", "--as", "m")
    assert "opens by itself" in program.refused("exception", "raise", number, *options)


def test_days_without_an_answer(program: Any) -> None:
    days = ("--from", "2020-01-01", "--to", "2020-01-31")
    assert "no customer answered" in program("survey", "list", *days)
    assert program.json("survey", "list", *days)["total"] is None
