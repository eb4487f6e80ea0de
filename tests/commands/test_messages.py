"""Messages from the command line, and what the doctor says of their templates."""

from pathlib import Path
from typing import Any

STAGES = {"review": "z", "allocation": "l", "preparation": "p", "shipping": "s"}


def ship(program: Any, key: str) -> str:
    """Bring an order out of the house; returns its number."""
    number: str = program.order(key)
    for stage, badge in STAGES.items():
        more = ("--carrier", "SF", "--waybill", f"W{key}") if stage == "shipping" else ()
        program("confirm", number, "--stage", stage, "--as", badge, *more)
    return number


def test_messages_are_listed_sent_again_and_withdrawn(program: Any, home: Path) -> None:
    assert program("messages", "list") == "no messages\n"
    number = ship(program, "N1")
    (told,) = program.json("messages", "list", number)
    assert (told["kind"], told["number"], told["state"]) == ("shipping_notice", number, "waiting")
    assert told["queued_at"].endswith("+08:00")
    assert "not tried yet" in program("messages", "list", "--unsent")
    assert program("messages", "list", "--failed") == "no messages\n"

    (home / "messages").write_text("in the way")
    program("engine", "--once")
    assert "can't be written" in program("messages", "list")
    (home / "messages").unlink()
    retried = program("messages", "retry", str(told["id"]), "--as", "t")
    assert retried == f"message {told['id']} is sent again\n"
    program("engine", "--once")
    assert program.json("messages", "list")[0]["state"] == "sent"
    (file,) = (home / "messages").iterdir()
    assert number in file.name
    assert "message sent: shipping notice" in program("show", number)

    other = ship(program, "N3")
    (waiting,) = program.json("messages", "list", other)
    one = str(waiting["id"])
    withdrawn = program("messages", "withdraw", one, "--as", "m", "--reason", "phoned")
    assert withdrawn == f"message {one} is withdrawn\n"
    assert program("messages", "retry", "all", "--as", "m") == ("messages that are sent again: 0\n")


def test_what_can_t_be_meant_is_refused(program: Any) -> None:
    for words, said in (
        (("list", "--unsent", "--failed"), "exclude each other"),
        (("retry", "x", "--as", "t"), "must be the number of a message, or all"),
        (("withdraw", "all", "--as", "m", "--reason", "r"), "must be the number of a message"),
    ):
        ended = program.run("messages", *words)
        assert ended.exit_code == 2
        assert said in ended.stderr
    ended = program.run("messages", "retry", "1", "--as", "p")
    assert ended.exit_code == 1
    assert "may not do this" in ended.stderr
    assert program.run("messages", "retry", "987654", "--as", "t").exit_code == 1
    assert "there is no order nope" in program.refused("messages", "list", "nope")


def test_the_doctor_and_the_engine_look_at_the_templates(program: Any, home: Path) -> None:
    assert "the templates of messages can be filled" in program("doctor")
    (home / "templates").mkdir()
    (home / "templates" / "survey.zh.txt").write_text("主题：x\n\n{phone}", encoding="utf-8")
    found = program.run("doctor")
    assert found.exit_code == 1
    assert "survey.zh.txt, line 3: {phone} can't be filled" in found.stdout
    ended = program.run("engine", "--once")
    assert ended.exit_code == 1
    assert "line 3: {phone} can't be filled" in ended.stderr
