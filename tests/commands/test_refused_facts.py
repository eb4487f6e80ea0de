"""What is told in the wrong place or time is refused, never dropped or taken."""

from typing import Any

import pytest


def test_facts_of_another_stage_are_not_thrown_away(program: Any) -> None:
    number = program.order("N1")
    parcel = ("--carrier", "顺丰", "--waybill", "SF9")
    assert "belongs to shipping" in program.refused("confirm", number, "--as", "z", *parcel)
    assert program.json("show", number)["stage"] == "review"


def test_a_managers_claim_takes_nobodys_work_unless_they_say_so(program: Any) -> None:
    number = program.order("N1")
    program("claim", number, "--as", "z")
    assert "is with 张三" in program.refused("claim", number, "--as", "m")
    program("claim", number, "--take-over", "--as", "m")


@pytest.mark.parametrize("option", ["--eta", "--until"])
def test_a_promise_in_the_past_is_misuse(program: Any, option: str) -> None:
    number = program.order("N1")
    command = ("exception", "resolve", number, "--path", "transfer", "--as", "pu")
    assert "is over" in program.misused(*command, option, "2020-01-01")


def test_resolving_nothing_is_no_success(program: Any) -> None:
    number = program.order("N4")
    events = len(program.json("audit", number))
    assert "still lacks" in program.refused("exception", "resolve", number, "--as", "sa")
    assert len(program.json("audit", number)) == events


def test_a_second_erasure_keeps_the_reason_of_the_first(program: Any) -> None:
    number = program.order("N1")
    program("cancel", number, "--as", "sa", "--reason", "x")
    for reason in ("asked by letter", "asked again"):
        program("audit", "erase", number, "--as", "admin", "--reason", reason)
    told = program("audit", number)
    assert "asked by letter" in told
    assert "asked again" in told
    assert program.json("audit", "verify")["ok"]


def test_nobody_acts_as_the_program_itself(program: Any) -> None:
    number = program.order("N1")
    said = program.misused("hold", number, "--as", "orderterm", "--reason", "x")
    assert "give a person's badge" in said


def test_an_error_obeys_no_escape_sequence(program: Any) -> None:
    assert "\x1b" not in program.refused("show", "\x1b[31mHACK\u202e")
    assert "\u202e" not in program.refused("show", "HACK\u202e")
