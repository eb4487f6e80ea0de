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
