"""Public keys as OpenSSH writes them, read and checked without trusting a word of them."""

import binascii
import hashlib
from base64 import b64decode, b64encode

from msgspec import Struct

from orderterm.errors import Refusal

_PARTS = {
    "ssh-ed25519": 1,
    "ssh-rsa": 2,
    "ecdsa-sha2-nistp256": 2,
    "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2,
    "sk-ssh-ed25519@openssh.com": 2,
    "sk-ecdsa-sha2-nistp256@openssh.com": 3,
}
"""The kinds of key that are taken, and how many parts follow the kind inside of one."""

_RSA_BITS = 2048


class PublicKey(Struct, frozen=True):
    """A key; ``text`` is its line without what people wrote behind it, ``comment`` is that."""

    text: str
    comment: str
    fingerprint: str


def read_key(line: str) -> PublicKey:
    """The public key that a line of a ``.pub`` file holds.

    Raises:
        Refusal: it is none that can be taken.
    """
    words = line.strip().split(maxsplit=2)
    if len(words) < 2 or not line.strip().isprintable():
        raise _no_key()
    kind, encoded = words[:2]
    if kind not in _PARTS:
        raise Refusal(
            "{kind} is no kind of SSH key that is taken; there are {kinds}",
            kind=kind[:40],
            kinds=list(_PARTS),
        )
    blob = _blob(encoded)
    parts = _parts(blob)
    if len(parts) != _PARTS[kind] + 1 or parts[0] != kind.encode():
        raise _no_key()
    if kind == "ssh-rsa" and int.from_bytes(parts[2], "big").bit_length() < _RSA_BITS:
        raise Refusal("the RSA key is shorter than {bits} bits; make a new one", bits=_RSA_BITS)
    digest = b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    comment = words[2] if len(words) > 2 else ""
    return PublicKey(f"{kind} {b64encode(blob).decode()}", comment, f"SHA256:{digest}")


def _blob(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise _no_key() from None


def _parts(blob: bytes) -> list[bytes]:
    """The length-prefixed parts of a key."""
    parts, at = [], 0
    while at < len(blob):
        start = at + 4
        at = start + int.from_bytes(blob[at:start], "big")
        if start > len(blob) or at > len(blob):
            raise _no_key()
        parts.append(blob[start:at])
    return parts


def _no_key() -> Refusal:
    return Refusal(
        "this is no public key of OpenSSH: give the one line of a .pub file, "
        "which begins with its kind, such as ssh-ed25519"
    )
