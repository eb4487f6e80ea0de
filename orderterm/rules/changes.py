"""What a channel says of an order it already sent: the same, or something else."""

import re
from collections.abc import Callable, Iterator
from hashlib import blake2b

from msgspec import Struct

from orderterm.rules.contacts import normalise_address, normalise_name, normalise_phone
from orderterm.rules.drafts import OrderDraft

_STARS = re.compile(r"\*+")


class ChannelContent(Struct, frozen=True):
    """What of an order the channel may change: its customer, and pieces by SKU, sorted by SKU."""

    customer_name: str
    contact: str
    address: str
    lines: tuple[tuple[str, int], ...]


class Difference(Struct, frozen=True):
    """One thing that changed: a field of the order, or ``lines.SKU`` with its pieces."""

    field: str
    before: str
    after: str


def content_of(draft: OrderDraft) -> ChannelContent:
    """What a later export of the same order is compared with."""
    pieces: dict[str, int] = {}
    for line in draft.lines:
        pieces[line.sku] = pieces.get(line.sku, 0) + (line.quantity or 0)
    return ChannelContent(
        draft.customer_name, draft.contact, draft.address, tuple(sorted(pieces.items()))
    )


def fingerprint(content: ChannelContent) -> str:
    """A hash of ``content`` as 32 hex digits, the same in every process and version."""
    # Each text goes with its length, so that no text can run into the next one.
    name, contact, address = content.customer_name, content.contact, content.address
    whole = f"{len(name)}:{name}{len(contact)}:{contact}{len(address)}:{address}"
    for sku, quantity in content.lines:
        whole += f"{len(sku)}:{sku}{quantity};"
    return blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def differences(before: ChannelContent, after: ChannelContent) -> list[Difference]:
    """What ``after`` says otherwise than ``before``.

    Spelling (spaces, punctuation, case, width) is no change. What a later export leaves out or
    masks with stars is not told, and so no change either; channels do both to older orders.
    """
    return [*_fields(before, after), *_lines(before, after)]


_FIELDS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("customer_name", normalise_name),
    ("contact", normalise_phone),
    ("address", normalise_address),
)


def _fields(before: ChannelContent, after: ChannelContent) -> Iterator[Difference]:
    for field, normalise in _FIELDS:
        old: str = getattr(before, field)
        new: str = getattr(after, field)
        if old != new and not _agree(normalise(old), normalise(new)):
            yield Difference(field, old, new)


def _lines(before: ChannelContent, after: ChannelContent) -> Iterator[Difference]:
    if not after.lines:
        return
    old, new = dict(before.lines), dict(after.lines)
    for sku in sorted(old.keys() | new.keys()):
        if old.get(sku, 0) != new.get(sku, 0):
            yield Difference(f"lines.{sku}", str(old.get(sku, 0)), str(new.get(sku, 0)))


def _agree(before: str, after: str) -> bool:
    if before == after or not after:
        return True
    return _fits(after, before) or _fits(before, after)


def _fits(masked: str, plain: str) -> bool:
    """Whether ``plain`` is what the stars of ``masked`` may hide."""
    if "*" not in masked:
        return False
    pattern = ".*".join(re.escape(part) for part in _STARS.split(masked))
    return re.fullmatch(pattern, plain, re.DOTALL) is not None
