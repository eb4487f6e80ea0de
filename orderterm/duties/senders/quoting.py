"""What is told of another program's words: no secret, nobody's contact, nothing unseen or long."""

import logging

from orderterm.duties.secrets import Secrets
from orderterm.rules.contacts import mask_text

_LONGEST = 200


def quoted(words: str, secrets: Secrets) -> str:
    """``words`` as they may be shown and kept; an answer may tell what it was sent."""
    return mask_text(plain(words, secrets))


def plain(words: str, secrets: Secrets) -> str:
    """As ``quoted``, but with all numbers in it: a receipt is one."""
    seen = "".join(each if each.isprintable() else " " for each in secrets.scrub(words))
    told = " ".join(seen.split())
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


def hush(logger: str) -> None:
    """Silence a library's own log, for it tells addresses, and so the keys in them."""
    logging.getLogger(logger).disabled = True
