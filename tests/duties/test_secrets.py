"""Secrets: where they may be kept, and that they never show."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.duties.secrets import Secrets
from orderterm.errors import OrdertermError

PASSWORD = "p@ss wörd/0123456789"


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return Secrets(tmp_path, {"ROBOT": PASSWORD, "EMPTY": " ", "TWO": "a\nb"})


def kept(tmp_path: Path, content: bytes = PASSWORD.encode(), mode: int = 0o600) -> Path:
    file = tmp_path / "secret"
    file.write_bytes(content)
    file.chmod(mode)
    return file


def refused(secrets: Secrets, place: str) -> str:
    with pytest.raises(OrdertermError) as raised:
        secrets.read(place)
    return str(raised.value)


def test_of_the_environment(secrets: Secrets) -> None:
    assert secrets.read("env:ROBOT").reveal() == PASSWORD


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_of_a_file(secrets: Secrets, tmp_path: Path, ending: bytes) -> None:
    file = kept(tmp_path, PASSWORD.encode() + ending)
    assert secrets.read(f"file:{file}").reveal() == PASSWORD
    assert secrets.read("file:secret").reveal() == PASSWORD


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o601, 0o620, 0o666])
def test_others_may_not_touch_the_file(secrets: Secrets, tmp_path: Path, mode: int) -> None:
    file = kept(tmp_path, mode=mode)
    assert refused(secrets, "file:secret") == (
        f"{file} holds a secret and others can read it; run `chmod 600 {file}`"
    )


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_the_owner_may(secrets: Secrets, tmp_path: Path, mode: int) -> None:
    kept(tmp_path, mode=mode)
    assert secrets.read("file:secret").reveal() == PASSWORD


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_of_another_user(secrets: Secrets, tmp_path: Path) -> None:
    os.chown(kept(tmp_path), 12345, 12345)
    assert "belongs to another user" in refused(secrets, "file:secret")


def test_what_is_no_file(secrets: Secrets, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    assert refused(secrets, "file:pipe").endswith("is no plain file, as a secret's must be")
    assert refused(secrets, "file:folder").endswith("is no plain file, as a secret's must be")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("env:NONE", "there is no variable NONE in the environment"),
        ("env:EMPTY", "the secret env:EMPTY is empty"),
        ("env:TWO", "the secret env:TWO holds more than one line"),
        ("file:nowhere", "the secret file:nowhere can't be read (No such file or directory)"),
        ("file:a\0b", "can't be read"),
    ],
)
def test_none(secrets: Secrets, place: str, said: str) -> None:
    assert said in refused(secrets, place)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\n", "is empty"), (b"\xff\xfe", "is not text"), (b"a\n\n", "more than one line")],
)
def test_none_in_the_file(secrets: Secrets, tmp_path: Path, content: bytes, said: str) -> None:
    kept(tmp_path, content)
    assert said in refused(secrets, "file:secret")


def test_none_is_wanted(secrets: Secrets) -> None:
    assert secrets.optional("") is None
    assert secrets.optional("env:ROBOT") is not None


def test_never_shown(secrets: Secrets) -> None:
    secret = secrets.read("env:ROBOT")
    assert f"{secret} {secret!r} {[secret]}" == " ".join(
        ["Secret('env:ROBOT')"] * 2 + ["[Secret('env:ROBOT')]"]
    )
    told = f"{PASSWORD} p%40ss%20w%C3%B6rd%2F0123456789 p%40ss%20w%C3%B6rd/0123456789"
    assert secrets.scrub(f"who said {told}?") == "who said *** *** ***?"


def test_never_shown_as_json_tells_it(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path, {"KEY": 'ab/cd"ef+ghé'})
    secrets.read("env:KEY")
    told = r'{"said": "ab\/cd\"ef+gh\u00e9", "and": "ab/cd\"ef+ghé"}'
    assert secrets.scrub(told) == '{"said": "***", "and": "***"}'


@pytest.mark.parametrize(
    "address",
    [
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123-4567-89ab",
        "https://open.feishu.cn/open-apis/bot/v2/hook/0123-4567-89ab",
        "https://robot:0123-4567-89ab@example.com/",
        "tgram://0123-4567-89ab/12",
        "mailto://someone:0123-4567-89ab@example.com",
    ],
)
def test_the_key_in_an_address(tmp_path: Path, address: str) -> None:
    secrets = Secrets(tmp_path, {"ROBOT": address})
    secrets.read("env:ROBOT")
    told = secrets.scrub(f"no robot 0123-4567-89ab at {address}")
    assert "0123-4567-89ab" not in told
    assert told.startswith("no robot *** at ")


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1))
def test_any_text_is_scrubbed(value: str) -> None:
    secrets = Secrets(Path(), {"ROBOT": value})
    if value.isprintable() and "*" not in value:
        secrets.read("env:ROBOT")
        assert value not in secrets.scrub(f"a {value} b")
