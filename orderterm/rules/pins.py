"""PINs: kept as hashes that take a while to try, so that a stolen database tells none."""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from datetime import timedelta

SHORTEST, LONGEST = 4, 64
SLIPS = 3
"""So many wrong PINs in a row cost nothing: everybody's finger slips."""
LONGEST_WAIT = timedelta(seconds=60)
_COST, _BLOCK, _LANES = 2**14, 8, 1
_MEMORY = 64 * 1024 * 1024


def hash_pin(pin: str) -> str:
    """The hash that is kept of a PIN, with all it takes to check one against it."""
    salt = os.urandom(16)
    found = _scrypt(pin, salt, _COST, _BLOCK, _LANES)
    texts = (b64encode(part).decode() for part in (salt, found))
    return "$".join(("scrypt", str(_COST), str(_BLOCK), str(_LANES), *texts))


def is_pin(pin: str, kept: str) -> bool:
    """Whether ``pin`` is the one of which ``kept`` is the hash."""
    _, cost, block, lanes, salt, expected = kept.split("$")
    found = _scrypt(pin, b64decode(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(found, b64decode(expected))


def is_usable(pin: str) -> bool:
    """Whether a PIN is long enough, and can be typed on the sign-in line."""
    return SHORTEST <= len(pin) <= LONGEST and pin.isprintable() and pin == pin.strip()


def wait_after(wrong: int) -> timedelta:
    """How long the next try has to wait after so many wrong PINs in a row."""
    if wrong < SLIPS:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(wrong - SLIPS, 10)), LONGEST_WAIT)


def _scrypt(pin: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=block, p=lanes, maxmem=_MEMORY)
