"""What a contact is good for: a phone, an e-mail address, or neither."""

import re
from unicodedata import normalize

from orderterm.rules.contacts import normalise_phone, part_extension

_PHONE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})|((?:\+|00)?\d{7,15})")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def phone(contact: str) -> str:
    """The number to dial, digits only but for a leading +; "" where ``contact`` is none.

    No message reaches a number with an extension, so that is none either. A mainland Chinese
    mobile comes without its country code, as the gateways there know it.
    """
    if part_extension(contact)[1]:
        return ""
    found = _PHONE.fullmatch(normalise_phone(contact))
    return (found[1] or found[2]) if found else ""


def email(contact: str) -> str:
    """The e-mail address; "" where ``contact`` is none, or one that mail servers can't be told."""
    text = normalize("NFKC", contact).strip()
    # "=?" would begin an encoded word in a header, which may hide a line's end.
    return text if _EMAIL.fullmatch(text) and "=?" not in text else ""
