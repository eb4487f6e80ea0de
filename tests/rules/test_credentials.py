"""PINs and public keys: what is taken, and that nothing else passes for it."""

import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.errors import Refusal
from orderterm.rules.pins import hash_pin, is_pin, is_usable
from orderterm.rules.ssh_keys import read_key

ED25519 = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f kim@desk"
)


def test_a_pin_is_known_again_and_no_other() -> None:
    kept = hash_pin("2468 口令")
    assert is_pin("2468 口令", kept)
    assert not is_pin("2468", kept)
    assert "2468" not in kept
    assert hash_pin("2468") != hash_pin("2468")


@pytest.mark.parametrize("pin", ["", "123", " 1234", "1234 ", "12\t34", "1" * 65])
def test_what_can_not_be_a_pin(pin: str) -> None:
    assert not is_usable(pin)


def test_a_key_is_read_with_its_comment() -> None:
    key = read_key(f"  {ED25519}\n")
    assert key.comment == "kim@desk"
    assert f"{key.text} {key.comment}" == ED25519
    assert key.fingerprint.startswith("SHA256:")
    assert len(key.fingerprint) == 50


@pytest.mark.parametrize(
    "kind", [["ed25519"], ["ecdsa", "-b", "256"], ["ecdsa", "-b", "521"], ["rsa", "-b", "2048"]]
)
def test_the_fingerprint_is_the_one_that_openssh_shows(tmp_path: Path, kind: list[str]) -> None:
    file = tmp_path / "key"
    try:
        made = ["ssh-keygen", "-q", "-N", "", "-C", "a comment", "-f", str(file), "-t", *kind]
        subprocess.run(made, check=True)
    except FileNotFoundError:
        pytest.skip("there is no ssh-keygen here")
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", f"{file}.pub"], check=True, capture_output=True, text=True
    )

    key = read_key((tmp_path / "key.pub").read_text())

    assert key.fingerprint in shown.stdout
    assert key.comment == "a comment"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 " + b64encode(b"\0\0\0\x0bssh-ed25519").decode(),
        ED25519.replace("ssh-ed25519 ", "ssh-rsa ", 1),
        f'command="rm -rf /" {ED25519}',
        ED25519 + "\nssh-ed25519 AAAA",
        ED25519 + "\x1b[2J",
        "ssh-dss AAAAB3NzaC1kc3MAAAAA",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
    ],
)
def test_what_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(Refusal):
        read_key(line)


def test_a_short_rsa_key_is_refused() -> None:
    parts = (b"ssh-rsa", b"\x01\x00\x01", b"\x7f" * 128)
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    with pytest.raises(Refusal, match="shorter than 2048"):
        read_key(f"ssh-rsa {b64encode(blob).decode()}")


@given(st.binary(max_size=80), st.text(max_size=20))
def test_no_bytes_break_the_reader(blob: bytes, comment: str) -> None:
    try:
        key = read_key(f"ssh-ed25519 {b64encode(blob).decode()} {comment}")
    except Refusal:
        return
    assert key.text.split()[0] == "ssh-ed25519"
