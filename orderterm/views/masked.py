"""Orders as those see them who only watch: without the customers' phones and addresses."""

from typing import Any, TypeVar

from msgspec import structs

from orderterm.rules.contacts import mask_address, mask_phone, mask_text
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
        customer=mask_text(work.customer),
        contact=_contact(work.contact),
        address=_address(work.address),
        detail=_masked(work.detail),
    )


def masked_order(order: OrderView) -> OrderView:
    """An order with its exceptions and its story, masked."""
    customer = order.customer
    return structs.replace(
        order,
        customer=Customer(
            mask_text(customer.name),
            customer.level,
            _contact(customer.contact),
            _address(customer.address),
        ),
        special_request=mask_text(order.special_request),
        note=mask_text(order.note),
        exceptions=[_exception(found) for found in order.exceptions],
        timeline=[_entry(entry) for entry in order.timeline],
    )


def _exception(found: ExceptionView) -> ExceptionView:
    return structs.replace(found, detail=_masked(found.detail), facts=_masked(found.facts))


def _entry(entry: TimelineEntry) -> TimelineEntry:
    return structs.replace(entry, note=mask_text(entry.note), facts=_masked(entry.facts))


def _masked(value: Any, name: str = "") -> Any:
    """Plain values with every contact and address in them masked, however deep."""
    if isinstance(value, dict):
        return {key: _masked(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, name) for inner in value]
    if not isinstance(value, str) or not value or name in _LABELS:
        return value
    if name == "address":
        return mask_address(value)
    return _contact(value) if name == "contact" else mask_text(value)


def _contact(text: str) -> str:
    if not text:
        return text
    return mask_text(text) if "@" in text else mask_phone(text)


def _address(text: str) -> str:
    return mask_address(text) if text else text
