"""The doctor on messages that could not be sent."""

from pathlib import Path
from typing import Any


def test_the_doctor_looks_at_the_senders(program: Any, home: Path) -> None:
    assert "messages can be sent as the settings say" in program("doctor")
    secret = home / "robot.key"
    secret.write_text("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789ab\n")
    secret.chmod(0o644)
    with (home / "orderterm.toml").open("a", encoding="utf-8") as settings:
        settings.write('[senders.group]\nkind = "wecom"\nurl = "file:robot.key"\n')
    _route(home, "group")
    found = program.run("doctor")
    assert found.exit_code == 1
    assert f"run `chmod 600 {secret}`" in found.stdout
    assert "0123456789ab" not in found.output
    secret.chmod(0o600)
    assert "messages can be sent" in program("doctor")


def _route(home: Path, sender: str) -> None:
    file = home / "orderterm.toml"
    text = file.read_text(encoding="utf-8")
    assert 'sender = "files"' in text
    file.write_text(text.replace('sender = "files"', f'sender = "{sender}"'), encoding="utf-8")


def test_the_doctor_looks_at_the_account_of_kuaidi100(program: Any, home: Path) -> None:
    assert "kuaidi100" not in program("doctor")
    file = home / "orderterm.toml"
    text = file.read_text(encoding="utf-8")
    block = text.index("[kuaidi100]")
    enabled = text[:block] + text[block:].replace("enabled = false", "enabled = true", 1)
    file.write_text(enabled, encoding="utf-8")
    found = program.run("doctor")
    assert found.exit_code == 1
    assert "customer says nothing" in found.stdout
    assert "key says nothing" in found.stdout

    for name in ("customer", "key"):
        (home / name).write_text("0123456789\n")
        (home / name).chmod(0o600)
        enabled = enabled.replace(f'\n{name} = ""', f'\n{name} = "file:{name}"', 1)
    file.write_text(enabled, encoding="utf-8")
    assert "kuaidi100 can be asked as the settings say" in program("doctor")
