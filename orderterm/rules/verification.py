"""Whether an order can be worked: nothing missing, nothing malformed, nothing contradicted."""

import re
from collections.abc import Callable, Iterator, Mapping
from unicodedata import normalize

from msgspec import Struct

from orderterm.rules.classification import nature_named
from orderterm.rules.contacts import is_phone, mask_address, mask_text, part_extension
from orderterm.rules.drafts import LineDraft, OrderDraft, Problem
from orderterm.rules.products import names_contradict, specifications_contradict
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings

MOST_PIECES = 1_000_000
"""More in one line is a mistake: a barcode scanned into the quantity has more digits."""

_SHORTEST_ADDRESS = 4
_PLACEHOLDERS = frozenset(("未知地址", "地址不详", "暂无地址", "收货地址", "详细地址", "测试地址"))
_PLACEHOLDERS |= {"null", "none", "unknown", "address", "pending", "test", "testaddress"}
_PLACEHOLDERS |= {"sameasabove", "notavailable", "tobeconfirmed", "等待补充"}
_MASKED = re.compile(r"\*{2,}|^(?:##|\$\$|~)")
_BARE_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EMAIL = re.compile(r"[^\s@,;*]+@[^\s@,;*.]+(?:\.[^\s@,;*.]+)*\.[^\W\d_]{2,}")
_HAN = "[\u3400-\u9fff]"
_SEVERAL = re.compile(
    rf"[/;,、|\n]|(?<={_HAN})[\s:]*(?=[+0-9])|(?<=[a-z])[\s:]+(?=[+0-9(])|(?<=[0-9])[\s(]*(?={_HAN})"
)


class Product(Struct, frozen=True):
    """What the catalogue says of one SKU."""

    sku: str
    name: str
    specification: str = ""


class VerificationRules:
    """What of the settings verification asks for, made ready once."""

    def __init__(self, settings: Settings) -> None:
        self.required = tuple((name, _CHECKS[name]) for name in settings.verification.required)


def verify(
    draft: OrderDraft, catalogue: Mapping[str, Product], rules: VerificationRules
) -> list[Problem]:
    """Everything that keeps the order from review; nothing for an order that can be worked.

    Required fields are there and plausible, each line names a SKU of the catalogue, which its name
    and specification don't contradict, and a quantity above 0. What the reader of the file found
    wrong comes first; the same field is not found wrong twice.
    """
    problems = list(draft.problems)
    for field, check in rules.required:
        if (reason := check(draft)) is not None:
            problems.append(Problem(field, reason))
    if draft.nature and nature_named(draft.nature) is None:
        problems.append(Problem("nature", say("nature {nature} is not known", nature=draft.nature)))
    if not draft.lines:
        problems.append(Problem("lines", say("the order has no lines")))
    for position, line in enumerate(draft.lines, start=1):
        problems += _line_problems(position, line, catalogue.get(line.sku))
    return _first_of_each_field(problems) if draft.problems else problems


def is_contact(text: str) -> bool:
    """Whether a phone number or e-mail address can be read in ``text``.

    Phones: Chinese mobiles, landlines with their area code, 400 numbers, North American numbers
    and anything international with + or 00; grouped in any way, with or without an extension.
    Of several, one is enough. A masked number (``138****8000``) is none.
    """
    if _BARE_MOBILE.fullmatch(text):
        return True
    text = normalize("NFKC", text).strip().lower()
    return _is_one_contact(text) or any(map(_is_one_contact, _SEVERAL.split(text)))


def _is_one_contact(text: str) -> bool:
    text = text.strip()
    if "@" in text:
        return _EMAIL.fullmatch(text) is not None
    return is_phone(part_extension(text)[0])


def is_address(text: str) -> bool:
    """Whether ``text`` may be an address: four characters at least, and no mere placeholder."""
    if len(text.strip()) < _SHORTEST_ADDRESS:
        return False
    bare = "".join(filter(str.isalnum, text.casefold()))
    return len(set(bare)) > 1 and bare not in _PLACEHOLDERS


def _check_name(draft: OrderDraft) -> Sentence | None:
    return None if draft.customer_name.strip() else say("the customer's name is missing")


def _check_contact(draft: OrderDraft) -> Sentence | None:
    contact = draft.contact
    if is_contact(contact):
        return None
    if not contact.strip():
        return say("the contact is missing")
    if _MASKED.search(contact):
        return say("the contact {contact} is masked: get it whole", contact=mask_text(contact))
    return say(
        "the contact {contact} is neither a phone number nor an e-mail address",
        contact=mask_text(contact),
    )


def _check_address(draft: OrderDraft) -> Sentence | None:
    address = draft.address
    if not address.strip():
        return say("the delivery address is missing")
    if _MASKED.search(address):
        return say(
            "the delivery address {address} is masked: get it whole", address=mask_address(address)
        )
    if is_address(address):
        return None
    return say("the delivery address {address} can't be delivered to", address=repr(address[:12]))


def _check_ordered_at(draft: OrderDraft) -> Sentence | None:
    return None if draft.ordered_at is not None else say("the order time is missing")


_CHECKS: dict[str, Callable[[OrderDraft], Sentence | None]] = {
    "customer_name": _check_name,
    "contact": _check_contact,
    "address": _check_address,
    "ordered_at": _check_ordered_at,
}


def _line_problems(position: int, line: LineDraft, product: Product | None) -> list[Problem]:
    reasons: list[tuple[str, Sentence]] = []
    if product is None:
        reasons.append(("sku", _sku_reason(position, line.sku)))
    elif line.name != product.name or line.specification != product.specification:
        reasons += _contradictions(position, line, product)
    quantity = line.quantity
    if quantity is None or not 0 < quantity <= MOST_PIECES:
        reasons.append(("quantity", _quantity_reason(position, quantity)))
    return [Problem(f"line{position}.{field}", reason) for field, reason in reasons]


def _sku_reason(position: int, sku: str) -> Sentence:
    if not sku.strip():
        return say("line {line}: the SKU is missing", line=position)
    return say("line {line}: SKU {sku} is not in the catalogue", line=position, sku=sku)


def _quantity_reason(position: int, quantity: int | None) -> Sentence:
    if quantity is None:
        return say("line {line}: the quantity is missing", line=position)
    if quantity <= 0:
        return say(
            "line {line}: quantity {quantity} is not above 0", line=position, quantity=quantity
        )
    return say(
        "line {line}: quantity {quantity} is more than {most}, too many for one line",
        line=position,
        quantity=quantity,
        most=MOST_PIECES,
    )


def _contradictions(
    position: int, line: LineDraft, product: Product
) -> Iterator[tuple[str, Sentence]]:
    if names_contradict(line.name, product.name):
        yield (
            "name",
            say(
                "line {line}: the name {given} contradicts the catalogue's {known} for SKU {sku}",
                line=position,
                given=line.name,
                known=product.name,
                sku=line.sku,
            ),
        )
    if specifications_contradict(line.specification, product.specification):
        yield (
            "specification",
            say(
                "line {line}: the specification {given} contradicts the catalogue's {known} "
                "for SKU {sku}",
                line=position,
                given=line.specification,
                known=product.specification,
                sku=line.sku,
            ),
        )


def _first_of_each_field(problems: list[Problem]) -> list[Problem]:
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.field, problem)
    return list(first.values())
