"""Orders as those see them who only watch: without the customers' phones and addresses."""

from typing import Any, TypeVar

from msgspec import structs

from orderterm.rules.contacts import mask_address, mask_phone, mask_remark, mask_text
from orderterm.views.order import ExceptionView, OrderView, TimelineEntry
from orderterm.views.orders import Customer
from orderterm.views.work import Work

W = TypeVar("W", bound=Work)

_LABELS = frozenset({"carrier", "waybill", "number", "origin", "sku", "reference"})
"""What is long and made of digits, but nobody's phone."""


def masked_work(work: W) -> W:
    """A row of a list, masked."""
    return structs.replace(
        work,
        customer=mask_remark(work.customer, work.address),
        contact=masked_contact(work.contact),
        address=masked_address(work.address),
        detail=masked_facts(work.detail, work.address),
    )


def masked_order(order: OrderView) -> OrderView:
    """An order with its exceptions and its story, masked."""
    customer, address = order.customer, order.customer.address
    return structs.replace(
        order,
        customer=Customer(
            mask_remark(customer.name, address),
            customer.level,
            masked_contact(customer.contact),
            masked_address(address),
        ),
        special_request=mask_remark(order.special_request, address),
        note=mask_remark(order.note, address),
        priority_reason=mask_remark(order.priority_reason, address),
        exceptions=[_exception(found, address) for found in order.exceptions],
        timeline=[_entry(entry, address) for entry in order.timeline],
    )


def _exception(found: ExceptionView, address: str) -> ExceptionView:
    facts = masked_facts(found.facts, address)
    return structs.replace(found, detail=masked_facts(found.detail, address), facts=facts)


def _entry(entry: TimelineEntry, address: str) -> TimelineEntry:
    facts = masked_facts(entry.facts, address)
    return structs.replace(entry, note=mask_remark(entry.note, address), facts=facts)


def masked_facts(value: Any, address: str, name: str = "") -> Any:
    """Plain values with every contact and address in them masked, however deep.

    Args:
        value: a text, a number, or lists and mappings of them.
        address: the customer's, which words may tell again.
        name: what a mapping calls the value.
    """
    if isinstance(value, dict):
        return {key: masked_facts(inner, address, str(key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked_facts(inner, address, name) for inner in value]
    if not isinstance(value, str) or not value or name in _LABELS:
        return value
    if name == "address":
        return mask_address(value)
    return masked_contact(value) if name == "contact" else mask_remark(value, address)


def masked_contact(text: str) -> str:
    """A phone number or e-mail address, masked; nothing stays nothing."""
    if not text:
        return text
    return mask_text(text) if "@" in text else mask_phone(text)


def masked_address(text: str) -> str:
    """An address, masked; nothing stays nothing."""
    return mask_address(text) if text else text
